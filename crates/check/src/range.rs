//! Range clauses.

use escargo_dialect::Feature;
use escargo_syntax::{Expr, ExprId, Stmt, StmtId};
use escargo_types::identity::identical;
use escargo_types::{ChanDir, ObjId, Signature, Type, TypeId};

use crate::checker::Checker;
use crate::code::Code;
use crate::info::{Mode, NodeRef};
use crate::operand::Operand;
use crate::stmt::StmtContext;

/// What ranging over something yields: the types of the iteration variables that it permits.
#[derive(Clone, Copy, Debug, Default)]
struct Yields {
    key: Option<TypeId>,
    value: Option<TypeId>,
}

impl Yields {
    const fn both(key: TypeId, value: TypeId) -> Yields {
        Yields { key: Some(key), value: Some(value) }
    }
    /// After an error nothing more is said about the variables.
    const INVALID: Yields = Yields::both(TypeId::INVALID, TypeId::INVALID);
}

impl<'a> Checker<'a> {
    /// A `for … range` statement (`types2/range.go`).
    pub(crate) fn range_stmt(&mut self, inner: StmtContext, s: StmtId) {
        let Stmt::Range { lhs, define, x: e, body, .. } = self.tree()[s] else { return };
        let lhs = self.exprs_of(lhs);
        let mut x = Operand::new();
        self.env.has_call_or_recv = false;
        self.expr(None, &mut x, e);
        if x.is_valid() && lhs.len() < 2 && !self.env.has_call_or_recv {
            self.record_array_range(e, x.ty);
        }
        let yields = if x.is_valid() { self.range_clause(&x, &lhs) } else { Yields::default() };

        // What the clause says is outside the scope of the variables.
        let outer = self.open_scope(NodeRef::Stmt(s));
        let targets = lhs.iter().copied().zip([yields.key, yields.value]);
        if define {
            self.declare_range_variables(s, &mut x, targets);
        } else if !lhs.is_empty() {
            for (target, ty) in targets {
                self.assign_range_variable(&mut x, target, ty);
            }
        } else if self.store.is_integer(x.ty) {
            // As if assigned to the blank identifier: an untyped constant gets its type.
            self.assignment(&mut x, None, "range clause");
        }
        self.stmt(inner, body);
        self.close_scope(outer);
    }

    /// Records the length of an array that is ranged over.
    fn record_array_range(&mut self, e: ExprId, ty: TypeId) {
        let array = self.array_behind_pointer(self.store.under(ty));
        if let Type::Array { len: Some(len), .. } = *self.store.ty(array) {
            let e = self.tree().unparen(e);
            self.info.files[self.env.file].array_ranges.insert(e, len);
        }
    }

    /// Judges what is ranged over and the number of variables; gives their types.
    fn range_clause(&mut self, x: &Operand, lhs: &[ExprId]) -> Yields {
        let yields = match self.range_yields(x.ty) {
            Ok(yields) => yields,
            Err(cause) => {
                let colon = if cause.is_empty() { "" } else { ": " };
                let message = format!("cannot range over {}{colon}{cause}", self.ops(x));
                self.soft_error(self.op_start(x), Code::InvalidRangeExpr, message);
                return Yields::INVALID;
            }
        };
        let (surplus, message) = match (yields.key, yields.value, lhs) {
            (None, _, &[key, ..]) => {
                (key, format!("range over {} permits no iteration variables", self.ops(x)))
            }
            (_, None, &[_, value, ..]) => {
                (value, format!("range over {} permits only one iteration variable", self.ops(x)))
            }
            (_, _, &[_, _, extra, ..]) => {
                (extra, "range clause permits at most two iteration variables".to_owned())
            }
            _ => return yields,
        };
        self.soft_error(self.start(surplus), Code::InvalidIterVar, message);
        yields
    }

    /// The types that ranging over `ty` yields, or why it cannot be ranged over; the reason may be empty.
    fn range_yields(&self, ty: TypeId) -> Result<Yields, String> {
        let store = self.store;
        let common = self.common_under(ty, &mut |member| match member {
            Some((t, u)) if matches!(store.ty(u), Type::Chan { dir: ChanDir::Send, .. }) => {
                Err(format!("receive from send-only channel {}", self.ts(t)))
            }
            _ => Ok(()),
        })?;
        let common = self.array_behind_pointer(common);
        match store.ty(common) {
            Type::Basic(_) if store.is_string(common) => Ok(Yields::both(TypeId::INT, TypeId::RUNE)),
            Type::Basic(_) if store.is_integer(common) => {
                if !self.allows(Feature::RangeOverInt) {
                    return Err(version_cause(Feature::RangeOverInt));
                }
                Ok(Yields { key: Some(ty), value: None })
            }
            &Type::Array { elem, .. } | &Type::Slice(elem) => Ok(Yields::both(TypeId::INT, elem)),
            &Type::Map { key, elem } => Ok(Yields::both(key, elem)),
            &Type::Chan { elem, .. } => Ok(Yields { key: Some(elem), value: None }),
            Type::Signature(sig) => {
                if !self.allows(Feature::RangeOverFunc) {
                    return Err(version_cause(Feature::RangeOverFunc));
                }
                self.iterator_yields(sig.get()).map_err(|cause| cause.into_owned())
            }
            _ => Err(String::new()),
        }
    }

    /// What an iterator function passes to its yield function.
    fn iterator_yields(&self, sig: &Signature) -> Result<Yields, std::borrow::Cow<'static, str>> {
        let store = self.store;
        let &[yield_param] = store.tuple(sig.params) else {
            return Err("func must be func(yield func(...) bool): wrong argument count".into());
        };
        if !store.tuple(sig.results).is_empty() {
            return Err("func must be func(yield func(...) bool): unexpected results".into());
        }
        let callback = self
            .common_under(store.obj_type(yield_param), &mut |_| Ok(()))
            .map_err(|cause| format!("func must be func(yield func(...) bool): in yield type, {cause}"))?;
        let Some(yield_sig) = store.as_signature(callback) else {
            return Err("func must be func(yield func(...) bool): argument is not func".into());
        };
        let params = store.tuple(yield_sig.params);
        if params.len() > 2 {
            return Err("func must be func(yield func(...) bool): yield func has too many parameters".into());
        }
        let result = match store.tuple(yield_sig.results) {
            &[result] => store.obj_type(result),
            _ => TypeId::INVALID,
        };
        if !identical(store, result, TypeId::BOOL) {
            return Err(if store.is_boolean(result) {
                "func must be func(yield func(...) bool): yield func returns user-defined boolean, not bool"
                    .into()
            } else {
                "func must be func(yield func(...) bool): yield func does not return bool".into()
            });
        }
        if yield_sig.variadic {
            return Err(format!("yield func of type {} cannot be variadic", self.ts(callback)).into());
        }
        let param = |i: usize| params.get(i).map(|&p| store.obj_type(p));
        Ok(Yields { key: param(0), value: param(1) })
    }

    /// `for k, v := range x`.
    fn declare_range_variables(
        &mut self,
        s: StmtId,
        x: &mut Operand,
        targets: impl Iterator<Item = (ExprId, Option<TypeId>)>,
    ) {
        let mut named: Vec<ObjId> = Vec::new();
        for (target, ty) in targets {
            let var = self.range_variable(target, &mut named);
            let Some(ty) = ty.filter(|&t| t != TypeId::INVALID) else {
                let var = self.store.obj(var);
                var.set_ty(Some(TypeId::INVALID));
                var.mark_used();
                continue;
            };
            if self.store.is_integer(x.ty) {
                self.init_var(var, x, "range clause");
            } else {
                // There is no better expression to name in an error than the variable.
                let mut y = Operand { mode: Mode::Value, ty, expr: Some(target), ..Operand::new() };
                self.init_var(var, &mut y, "assignment");
            }
        }
        if named.is_empty() {
            self.error(self.stmt_pos(s), Code::NoNewVar, "no new variables on left side of :=");
        }
        for var in named {
            self.declare(self.env.scope, None, var);
        }
    }

    /// Makes the variable of an iteration variable's name.
    fn range_variable(&mut self, target: ExprId, named: &mut Vec<ObjId>) -> ObjId {
        let Expr::Name(ident) = self.tree()[target] else {
            self.error_at(target, Code::InvalidSyntaxTree, format!("cannot declare {}", self.es(target)));
            return self.new_local(self.start(target), escargo_base::Symbol::intern("_"), None);
        };
        let id = self.tree()[ident];
        let var = self.new_local(self.at(id.start), id.name, None);
        self.record_def(ident, Some(var));
        if !id.name.is_blank() {
            named.push(var);
        }
        var
    }

    /// `for k, v = range x`.
    fn assign_range_variable(&mut self, x: &mut Operand, target: ExprId, ty: Option<TypeId>) {
        let Some(ty) = ty.filter(|&t| t != TypeId::INVALID) else { return };
        if !self.store.is_integer(x.ty) {
            let mut y = Operand { mode: Mode::Value, ty, expr: Some(target), ..Operand::new() };
            self.assign_var(target, None, Some(&mut y), "assignment");
            return;
        }
        self.assign_var(target, None, Some(x), "range clause");
        // An untyped x has taken the variable's type.
        if x.is_valid() && !self.store.is_integer(x.ty) {
            let message = format!("cannot use iteration variable of type {}", self.ts(x.ty));
            self.soft_error(self.start(target), Code::InvalidRangeExpr, message);
        }
    }
}

fn version_cause(feature: Feature) -> String {
    format!("requires {} or later", feature.since())
}

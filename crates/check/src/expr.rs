//! Expressions: the main dispatch, and what kind of result a context accepts.

use escargo_base::Pos;
use escargo_syntax::{BinaryOp, Expr, ExprId, UnaryOp};
use escargo_types::identity::identical;
use escargo_types::typeset::for_each_type;
use escargo_types::{Type, TypeId};

use crate::checker::Checker;
use crate::code::Code;
use crate::operand::{Mode, Operand, Part};

/// Stack left when an expression is entered, below which a new segment is taken.
pub(crate) const RED_ZONE: usize = 128 * 1024;
/// Size of a new stack segment.
pub(crate) const STACK_SEGMENT: usize = 4 * 1024 * 1024;

/// What an expression is assigned to: its type and a description, used to give a generic function value its arguments.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) sig: TypeId,
    pub(crate) desc: String,
}

/// How an expression may be used as a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExprKind {
    Conversion,
    Expression,
    Statement,
}

/// What a context does not accept.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Exclude {
    NoValue,
    NoValueOrBuiltin,
    NotValue,
}

impl<'a> Checker<'a> {
    /// A target of a type, if that is a function type.
    pub(crate) fn new_target(&self, ty: Option<TypeId>, desc: &str) -> Option<Target> {
        let sig = escargo_types::typeset::common_under(self.store, ty?)?;
        matches!(self.store.ty(sig), Type::Signature(_)).then(|| Target { sig, desc: desc.into() })
    }

    /// Evaluates and records an expression. Generic functions take their type arguments from `target`; `hint` is the
    /// type of an element of a composite literal, whose own literal type may then be absent. On errors `x` is invalid.
    pub(crate) fn raw_expr(
        &mut self,
        target: Option<&Target>,
        x: &mut Operand,
        e: ExprId,
        hint: Option<TypeId>,
        allow_generic: bool,
    ) -> ExprKind {
        *x = Operand::new();
        let is_leaf = matches!(self.tree()[e], Expr::Name(_) | Expr::BasicLit { .. });
        let kind = if is_leaf {
            self.dispatch(target, x, e, hint)
        } else {
            stacker::maybe_grow(RED_ZONE, STACK_SEGMENT, || self.dispatch(target, x, e, hint))
        };
        self.finish_expr(target, x, allow_generic);
        kind
    }

    /// What is done to every operand once its expression is evaluated.
    fn finish_expr(&mut self, target: Option<&Target>, x: &mut Operand, allow_generic: bool) {
        if !allow_generic {
            self.non_generic(target, x);
        }
        self.record(x);
    }

    /// Refuses a generic type, and a generic function whose type arguments `target` does not tell.
    pub(crate) fn non_generic(&mut self, target: Option<&Target>, x: &mut Operand) {
        if !x.is_valid() || x.mode == Mode::NoValue {
            return;
        }
        let what = match self.store.ty(x.ty) {
            Type::Alias(_) | Type::Named(_) if self.store.is_generic(x.ty) => "type",
            Type::Signature(sig) if !sig.get().tparams.is_empty() => {
                if target.is_some() {
                    let pos = x.expr.map_or(Pos::NONE, |e| self.node_pos(e));
                    self.func_inst(target, pos, x, None, true);
                    return;
                }
                "function"
            }
            _ => return,
        };
        let text = self.operand_expr(x);
        let message = format!("cannot use generic {what} {text} without instantiation");
        self.error(self.op_start(x), Code::WrongTypeArgCount, message);
        x.invalidate();
        x.ty = TypeId::INVALID;
    }

    fn dispatch(
        &mut self,
        target: Option<&Target>,
        x: &mut Operand,
        e: ExprId,
        hint: Option<TypeId>,
    ) -> ExprKind {
        let tree = self.tree();
        match tree[e] {
            Expr::Bad => x.invalidate(),
            Expr::Name(id) => {
                self.ident(x, e, id, false);
                x.expr = Some(e);
                return ExprKind::Expression;
            }
            Expr::BasicLit { bad: true, .. } => x.invalidate(),
            Expr::BasicLit { kind, .. } => self.basic_lit(x, e, kind),
            Expr::FuncLit { .. } => self.func_lit(x, e),
            Expr::CompositeLit { .. } => self.composite_lit(x, e, hint),
            Expr::Paren(inner) => {
                // Inference of type arguments does not look through parentheses.
                let kind = self.raw_expr(None, x, inner, None, false);
                x.expr = Some(e);
                return kind;
            }
            Expr::Selector { .. } => {
                self.selector(x, e, false);
                x.expr = Some(e);
                return ExprKind::Expression;
            }
            Expr::Index { .. } => {
                if self.index_expr(x, e) {
                    self.func_inst(target, self.node_pos(e), x, Some(e), true);
                }
            }
            Expr::Slice { .. } => self.slice_expr(x, e),
            Expr::TypeAssert { x: inner, ty } => self.type_assert(x, e, inner, ty),
            Expr::Call { .. } => return self.call_expr(x, e),
            Expr::Unary { op, x: inner } => {
                self.unary(x, e, op, inner);
                if x.is_valid() && op == UnaryOp::Recv {
                    x.expr = Some(e);
                    return ExprKind::Statement;
                }
            }
            Expr::Star(inner) => self.star(x, inner),
            Expr::Binary { .. } => self.binary_chain(x, e),
            Expr::ArrayType { .. }
            | Expr::SliceType(_)
            | Expr::StructType { .. }
            | Expr::FuncType { .. }
            | Expr::InterfaceType { .. }
            | Expr::MapType { .. }
            | Expr::ChanType { .. } => {
                x.ty = self.typ(e);
                x.mode = Mode::TypeExpr;
            }
            Expr::DotsType(_) => self.misplaced(x, e, "invalid use of ..."),
            Expr::KeyValue { .. } => self.misplaced(x, e, "no key:value expected"),
            Expr::TypeSwitchGuard { x: inner } => {
                self.misplaced(x, e, "use of .(type) outside type switch");
                self.use_exprs(&[inner]);
            }
        }
        x.expr = Some(e);
        // An invalid expression counts as a statement lest more errors follow.
        if x.is_valid() { ExprKind::Expression } else { ExprKind::Statement }
    }

    /// Something that only certain contexts, which handle it themselves, may hold.
    fn misplaced(&mut self, x: &mut Operand, e: ExprId, message: &str) {
        self.error_at(e, Code::InvalidSyntaxTree, message);
        x.invalidate();
    }

    /// A binary expression. Chains such as `a + b + c + …` lean to the left and may be very long; they are walked
    /// without recursion.
    fn binary_chain(&mut self, x: &mut Operand, e: ExprId) {
        let tree = self.tree();
        let mut spine: smallvec::SmallVec<[(ExprId, BinaryOp, ExprId, ExprId); 4]> = Default::default();
        let mut at = e;
        while let Expr::Binary { op, x: lhs, y: rhs } = tree[at] {
            spine.push((at, op, lhs, rhs));
            at = lhs;
        }
        self.expr(None, x, at);
        while let Some((node, op, lhs, rhs)) = spine.pop() {
            self.binary_with(x, Some(node), lhs, rhs, op);
            if spine.is_empty() {
                break;
            }
            x.expr = Some(node);
            self.finish_expr(None, x, false);
            self.require_value(x);
        }
    }

    /// `*x`: a pointer type or a variable.
    fn star(&mut self, x: &mut Operand, inner: ExprId) {
        self.expr_or_type(x, inner, false);
        match x.mode {
            Mode::Invalid => {}
            Mode::TypeExpr => {
                self.valid_var_type(inner, x.ty);
                x.ty = self.written(self.store.pointer(x.ty));
            }
            _ => match self.pointer_base(x) {
                Some(base) if self.is_complete(base) => {
                    x.mode = Mode::Variable;
                    x.ty = base;
                }
                _ => x.invalidate(),
            },
        }
    }

    /// The type that the pointer `x` points to; reports if there is none.
    fn pointer_base(&mut self, x: &Operand) -> Option<TypeId> {
        let store = self.store;
        let mut base = None;
        let ok = for_each_type(store, x.ty, &mut |next| {
            let Some(&Type::Pointer(elem)) = next.map(|(_, under)| store.ty(under)) else {
                let message = format!("invalid operation: cannot indirect {}", self.ops(x));
                self.error(self.op_start(x), Code::InvalidIndirection, message);
                return false;
            };
            if base.is_some_and(|base| !identical(store, elem, base)) {
                let x_text = self.ops(x);
                let message =
                    format!("invalid operation: pointers of {x_text} must have identical base types");
                self.error(self.op_start(x), Code::InvalidIndirection, message);
                return false;
            }
            base = Some(elem);
            true
        });
        base.filter(|_| ok)
    }

    /// `x.(T)`.
    fn type_assert(&mut self, x: &mut Operand, e: ExprId, inner: ExprId, ty: ExprId) {
        self.expr(None, x, inner);
        if !x.is_valid() {
            return;
        }
        let refused = if self.store.is_type_param(x.ty) {
            Some(format!("cannot use type assertion on type parameter value {}", self.ops(x)))
        } else if !self.store.is_interface(x.ty) {
            Some(format!("{} is not an interface", self.ops(x)))
        } else {
            None
        };
        if let Some(why) = refused {
            self.error(self.op_start(x), Code::InvalidAssert, format!("invalid operation: {why}"));
            x.invalidate();
            return;
        }
        let ty = self.var_type(ty);
        if !self.store.is_valid(ty) || !self.is_complete(ty) {
            x.invalidate();
            return;
        }
        self.type_assertion(e, x, ty, false);
        x.mode = Mode::CommaOk;
        x.ty = ty;
    }

    /// Reports if the value of interface type `x` cannot be of type `ty`; `e` is the assertion or type switch case.
    pub(crate) fn type_assertion(&mut self, e: ExprId, x: &Operand, ty: TypeId, is_switch: bool) {
        let mut cause = String::new();
        if self.assertable_to(x.ty, ty, &mut cause) {
            return;
        }
        let (e_text, ty_text) = (self.es(e), self.ts(ty));
        let message = if is_switch {
            let x_text = self.ops(x);
            format!(
                "impossible type switch case: {e_text}\n\t{x_text} cannot have dynamic type {ty_text} {cause}"
            )
        } else {
            let x_text = self.ts(x.ty);
            format!("impossible type assertion: {e_text}\n\t{ty_text} does not implement {x_text} {cause}")
        };
        self.error_at(e, Code::ImpossibleAssert, message);
    }

    // ----- what a context accepts -----

    /// A single value.
    pub(crate) fn expr(&mut self, target: Option<&Target>, x: &mut Operand, e: ExprId) {
        self.raw_expr(target, x, e, None, false);
        self.require_value(x);
    }

    /// A single value that may be a generic function.
    pub(crate) fn generic_expr(&mut self, x: &mut Operand, e: ExprId) {
        self.raw_expr(None, x, e, None, true);
        self.require_value(x);
    }

    /// As [`generic_expr`](Self::generic_expr) with the type of a composite literal that has none of its own.
    pub(crate) fn expr_with_hint(&mut self, x: &mut Operand, e: ExprId, hint: TypeId) {
        self.raw_expr(None, x, e, Some(hint), true);
        self.require_value(x);
    }

    /// One or more values; with `allow_comma_ok` the second result says that comma-ok was used.
    pub(crate) fn multi_expr(&mut self, e: ExprId, allow_comma_ok: bool) -> (Vec<Operand>, bool) {
        let mut x = Operand::new();
        self.raw_expr(None, &mut x, e, None, false);
        self.exclude(&mut x, Exclude::NotValue);
        let store = self.store;
        if x.is_valid()
            && let Type::Tuple(tuple) = store.ty(x.ty)
        {
            let result = |(i, &var)| Operand::part_of(e, Part::Result(i as u32 + 1), store.obj_type(var));
            return (tuple.vars.iter().enumerate().map(result).collect(), false);
        }
        let second = match x.mode {
            _ if !allow_comma_ok => return (vec![x], false),
            Mode::MapIndex | Mode::CommaOk => Operand::part_of(e, Part::Ok, TypeId::UNTYPED_BOOL),
            Mode::CommaErr => Operand::part_of(e, Part::Err, TypeId::ERROR),
            _ => return (vec![x], false),
        };
        (vec![x, second], true)
    }

    /// A value or a type.
    pub(crate) fn expr_or_type(&mut self, x: &mut Operand, e: ExprId, allow_generic: bool) {
        self.raw_expr(None, x, e, None, allow_generic);
        self.exclude(x, Exclude::NoValue);
        self.single_value(x);
    }

    /// Reports what is no value: types, builtins, and calls without result.
    pub(crate) fn exclude_non_values(&mut self, x: &mut Operand) {
        self.exclude(x, Exclude::NotValue);
    }

    /// Reports a builtin where a value or type is wanted.
    pub(crate) fn exclude_builtin(&mut self, x: &mut Operand) {
        self.exclude(x, Exclude::NoValueOrBuiltin);
    }

    fn require_value(&mut self, x: &mut Operand) {
        self.exclude(x, Exclude::NotValue);
        self.single_value(x);
    }

    fn exclude(&mut self, x: &mut Operand, what: Exclude) {
        let (code, rest) = match (x.mode, what) {
            (Mode::NoValue, Exclude::NotValue) => (Code::TooManyValues, "used as value"),
            (Mode::NoValue, _) => (Code::TooManyValues, "used as value or type"),
            (Mode::Builtin(_), Exclude::NotValue | Exclude::NoValueOrBuiltin) => {
                (Code::UncalledBuiltin, "must be called")
            }
            (Mode::TypeExpr, Exclude::NotValue) => (Code::NotAnExpr, "is not an expression"),
            _ => return,
        };
        let message = format!("{} {rest}", self.ops(x));
        self.error(self.op_start(x), code, message);
        x.invalidate();
    }

    /// Reports a call with several results used where one value is wanted.
    pub(crate) fn single_value(&mut self, x: &mut Operand) {
        if x.mode == Mode::Value && matches!(self.store.ty(x.ty), Type::Tuple(_)) {
            let message = format!("multiple-value {} in single-value context", self.ops(x));
            self.error(self.op_start(x), Code::TooManyValues, message);
            x.invalidate();
        }
    }
}

//! Assignments and initializations.

use escargo_base::{Pos, Symbol};
use escargo_syntax::{Expr, ExprId, IdentId, StmtId};
use escargo_types::identity::identical;
use escargo_types::{ObjId, Type, TypeId};
use rustc_hash::FxHashSet;
use smallvec::SmallVec;

use crate::checker::Checker;
use crate::code::Code;
use crate::info::Mode;
use crate::operand::Operand;

impl<'a> Checker<'a> {
    /// Checks that `x` may be assigned to a variable of type `ty` (`None`: its own default type) and converts it if
    /// untyped; on failure `x` is invalid (`types2/assignments.go: assignment`). Records the implicit conversion.
    pub(crate) fn assignment(&mut self, x: &mut Operand, ty: Option<TypeId>, context: &str) {
        self.single_value(x);
        match x.mode {
            Mode::Invalid => return,
            Mode::NoValue | Mode::Builtin(_) | Mode::TypeExpr | Mode::CgoFunc => {
                let to = ty.map_or_else(|| "<nil>".to_owned(), |ty| self.ts(ty));
                let message = format!("cannot assign {} to {to} in {context}", self.ops(x));
                self.error(self.op_start(x), Code::IncompatibleAssign, message);
                x.invalidate();
                return;
            }
            _ => {}
        }
        if self.store.is_untyped(x.ty) {
            self.type_untyped(x, ty, context);
            if !x.is_valid() {
                return;
            }
        }
        // Only signatures can be generic; a variable's type may then supply the type arguments.
        if matches!(self.store.ty(x.ty), Type::Signature(_)) {
            let target = self.new_target(ty, context);
            self.non_generic(target.as_ref(), x);
            if !x.is_valid() {
                return;
            }
        }
        let Some(ty) = ty else { return };
        let mut cause = String::new();
        if let Err(code) = self.assignable_to(x, ty, &mut cause) {
            let colon = if cause.is_empty() { "" } else { ": " };
            let (op, to) = (self.ops(x), self.ts(ty));
            let message = format!("cannot use {op} as {to} value in {context}{colon}{cause}");
            self.error(self.op_start(x), code, message);
            x.invalidate();
            return;
        }
        if let Some(e) = x.expr.filter(|_| x.ty != ty && !identical(self.store, x.ty, ty)) {
            self.record_conversion(e, ty);
        }
    }

    /// Gives an untyped operand the type that its destination `ty` demands: in interfaces and where there is no type,
    /// its default type.
    fn type_untyped(&mut self, x: &mut Operand, ty: Option<TypeId>, context: &str) {
        let target = match ty {
            Some(ty) if x.mode == Mode::Nil || !self.store.is_non_type_param_interface(ty) => ty,
            None if x.mode == Mode::Nil => {
                let message = format!("use of untyped nil in {context}");
                self.error(self.op_start(x), Code::UntypedNilUse, message);
                x.invalidate();
                return;
            }
            _ => self.store.default_type(x.ty),
        };
        match self.implicit_type(x, target) {
            Ok((ty, val)) => self.take_type(x, ty, val),
            Err(code) => {
                let (code, suffix) = match code {
                    Code::TruncatedFloat => (code, " (truncated)"),
                    Code::NumericOverflow => (code, " (overflows)"),
                    _ => (Code::IncompatibleAssign, ""),
                };
                let (op, to) = (self.ops(x), self.ts(target));
                let message = format!("cannot use {op} as {to} value in {context}{suffix}");
                self.error(self.op_start(x), code, message);
                x.invalidate();
            }
        }
    }

    // ----- initialization -----

    /// Gives an object without a type the invalid one.
    fn settle_type(&self, obj: ObjId) {
        self.store.obj(obj).ty_or_set(TypeId::INVALID);
    }

    /// Whether the operand or the object's type is of no use because of an earlier error.
    fn is_spoiled(&self, lhs: ObjId, x: &Operand) -> bool {
        let ty = self.store.obj(lhs).ty();
        !x.is_valid() || !self.store.is_valid(x.ty) || ty.is_some_and(|ty| !self.store.is_valid(ty))
    }

    /// Initializes a constant.
    pub(crate) fn init_const(&mut self, lhs: ObjId, x: &mut Operand) {
        if self.is_spoiled(lhs, x) {
            self.settle_type(lhs);
            return;
        }
        if x.mode != Mode::Constant {
            let message = format!("{} is not constant", self.ops(x));
            self.error(self.op_start(x), Code::InvalidConstInit, message);
            self.settle_type(lhs);
            return;
        }
        let ty = self.store.obj(lhs).ty_or_set(x.ty);
        self.assignment(x, Some(ty), "constant declaration");
        if let Some(val) = x.val.as_ref().filter(|_| x.is_valid()) {
            self.store.obj(lhs).set_value(val.clone());
        }
    }

    /// Initializes a variable; one without a type takes that of `x`. On failure `x` is invalid.
    pub(crate) fn init_var(&mut self, lhs: ObjId, x: &mut Operand, context: &str) {
        if self.is_spoiled(lhs, x) {
            self.settle_type(lhs);
            x.invalidate();
            return;
        }
        let ty = match self.store.obj(lhs).ty() {
            Some(ty) => ty,
            None if x.ty == TypeId::UNTYPED_NIL => {
                let message = format!("use of untyped nil in {context}");
                self.error(self.op_start(x), Code::UntypedNilUse, message);
                self.settle_type(lhs);
                x.invalidate();
                return;
            }
            None => {
                let ty = self.store.default_type(x.ty);
                self.store.obj(lhs).ty_or_set(ty)
            }
        };
        self.assignment(x, Some(ty), context);
    }

    /// Initializes variables. `returns`: the return statement, if this initializes results.
    pub(crate) fn init_vars(&mut self, lhs: &[ObjId], rhs: &[ExprId], returns: Option<StmtId>) {
        let context = match returns {
            Some(_) => "return statement",
            None if lhs.len() > 1 => "multiple assignment",
            None => "assignment",
        };
        // A single call is left to the general case for its better messages.
        if lhs.len() == rhs.len() && !self.is_single_call(rhs) {
            for (&var, &e) in lhs.iter().zip(rhs) {
                self.init_one(var, e, returns, context);
            }
            return;
        }
        let &[single] = rhs else {
            // Only if there is nothing else to complain about.
            if self.use_exprs(rhs) {
                match returns {
                    Some(s) => {
                        let values = self.expr_list(rhs);
                        self.return_error(s, lhs, &values);
                    }
                    None => self.assign_error(rhs, lhs.len(), rhs.len()),
                }
            }
            return lhs.iter().for_each(|&v| self.settle_type(v));
        };
        let (mut values, comma_ok) = self.multi_expr(single, lhs.len() == 2 && returns.is_none());
        if lhs.len() == values.len() {
            for (&var, x) in lhs.iter().zip(&mut values) {
                self.init_var(var, x, context);
            }
            if comma_ok {
                self.record_comma_ok(single, &values);
            }
            return;
        }
        if values.first().is_some_and(Operand::is_valid) {
            match returns {
                Some(s) => self.return_error(s, lhs, &values),
                None => self.assign_error(rhs, lhs.len(), values.len()),
            }
        }
        lhs.iter().for_each(|&v| self.settle_type(v));
    }

    fn init_one(&mut self, var: ObjId, e: ExprId, returns: Option<StmtId>, context: &str) {
        let mut x = Operand::new();
        let object = self.store.obj(var);
        let unnamed_result = returns.is_some() && object.name.is_empty();
        let name = if unnamed_result { "result variable" } else { object.name.as_str() };
        let target = self.new_target(object.ty(), name);
        self.expr(target.as_ref(), &mut x, e);
        self.init_var(var, &mut x, context);
    }

    fn is_single_call(&self, rhs: &[ExprId]) -> bool {
        let tree = self.tree();
        matches!(rhs, &[e] if matches!(tree[tree.unparen(e)], Expr::Call { .. }))
    }

    // ----- assignment -----

    /// The variable of this package that an expression names. Variables of other packages come in by dot-imports.
    fn own_variable(&self, ident: IdentId) -> Option<ObjId> {
        let obj = self.lookup(self.tree().name(ident))?;
        let object = self.store.obj(obj);
        (object.is_var() && object.pkg == Some(self.pkg)).then_some(obj)
    }

    /// Runs `eval` so that it does not count as a use of the variable that `ident` names.
    fn without_use(&mut self, ident: Option<IdentId>, eval: impl FnOnce(&mut Self)) {
        let unused = ident.and_then(|id| self.own_variable(id)).filter(|&v| !self.store.obj(v).is_used());
        eval(self);
        if let Some(var) = unused {
            self.store.obj(var).clear_used();
        }
    }

    fn name_of(&self, e: ExprId) -> Option<IdentId> {
        let tree = self.tree();
        match tree[tree.unparen(e)] {
            Expr::Name(ident) => Some(ident),
            _ => None,
        }
    }

    /// The type of the left side of an assignment: `None` for the blank identifier, the invalid type after an error.
    fn lhs_type(&mut self, lhs: ExprId) -> Option<TypeId> {
        let ident = self.name_of(lhs);
        if let Some(ident) = ident.filter(|&id| self.tree().name(id).is_blank()) {
            self.record_def(ident, None);
            return None;
        }
        let mut x = Operand::new();
        self.without_use(ident, |c| c.expr(None, &mut x, lhs));
        if !x.is_valid() || !self.store.is_valid(x.ty) {
            return Some(TypeId::INVALID);
        }
        if matches!(x.mode, Mode::Variable | Mode::MapIndex) {
            return Some(x.ty);
        }
        self.unassignable(&x, lhs);
        Some(TypeId::INVALID)
    }

    fn unassignable(&mut self, x: &Operand, lhs: ExprId) {
        let shown = x.expr.unwrap_or(lhs);
        if let Expr::Selector { x: operand, .. } = self.tree()[shown] {
            let mut op = Operand::new();
            self.expr(None, &mut op, operand);
            if op.mode == Mode::MapIndex {
                let message = format!("cannot assign to struct field {} in map", self.es(shown));
                self.error(self.op_start(x), Code::UnaddressableFieldAssign, message);
                return;
            }
        }
        let message =
            format!("cannot assign to {} (neither addressable nor a map index expression)", self.es(shown));
        self.error(self.op_start(x), Code::UnassignableOperand, message);
    }

    /// Checks `lhs = x`, where `x` is evaluated, or `lhs = rhs`. On failure `x` is invalid.
    pub(crate) fn assign_var(
        &mut self,
        lhs: ExprId,
        rhs: Option<ExprId>,
        x: Option<&mut Operand>,
        context: &str,
    ) {
        let ty = self.lhs_type(lhs);
        if ty.is_some_and(|ty| !self.store.is_valid(ty)) {
            if let Some(x) = x {
                x.invalidate();
            } else if let Some(rhs) = rhs {
                self.use_exprs(&[rhs]);
            }
            return;
        }
        let mut evaluated = Operand::new();
        let x = match (x, rhs) {
            (Some(x), _) => x,
            (None, Some(rhs)) => {
                // The text of the left side is needed for functions only.
                let is_func =
                    |ty: &TypeId| matches!(self.store.ty(self.store.under(*ty)), Type::Signature(_));
                let target = match ty.filter(is_func) {
                    Some(ty) => self.new_target(Some(ty), &self.es(lhs)),
                    None => None,
                };
                self.expr(target.as_ref(), &mut evaluated, rhs);
                &mut evaluated
            }
            (None, None) => return,
        };
        let blank = ty.is_none() && context == "assignment";
        self.assignment(x, ty, if blank { "assignment to _ identifier" } else { context });
    }

    /// Checks `lhs… = rhs…`.
    pub(crate) fn assign_vars(&mut self, lhs: &[ExprId], rhs: &[ExprId]) {
        let context = if lhs.len() > 1 { "multiple assignment" } else { "assignment" };
        if lhs.len() == rhs.len() && !self.is_single_call(rhs) {
            for (&l, &r) in lhs.iter().zip(rhs) {
                self.assign_var(l, Some(r), None, context);
            }
            return;
        }
        let &[single] = rhs else {
            let lhs_ok = self.use_lhs(lhs);
            let rhs_ok = self.use_exprs(rhs);
            if lhs_ok && rhs_ok {
                self.assign_error(rhs, lhs.len(), rhs.len());
            }
            return;
        };
        let (mut values, comma_ok) = self.multi_expr(single, lhs.len() == 2);
        if lhs.len() == values.len() {
            for (&l, x) in lhs.iter().zip(&mut values) {
                self.assign_var(l, None, Some(x), context);
            }
            if comma_ok {
                self.record_comma_ok(single, &values);
            }
            return;
        }
        if values.first().is_some_and(Operand::is_valid) {
            self.assign_error(rhs, lhs.len(), values.len());
        }
        self.use_lhs(lhs);
    }

    /// `lhs… := rhs…`; `pos` is the operator.
    pub(crate) fn short_var_decl(&mut self, pos: Pos, lhs: &[ExprId], rhs: &[ExprId]) {
        let put_off = self.delayed.len();
        let scope = self.env.scope;
        let mut seen: FxHashSet<Symbol> = FxHashSet::default();
        let mut vars: SmallVec<[ObjId; 4]> = SmallVec::new();
        let mut new: SmallVec<[ObjId; 4]> = SmallVec::new();
        let mut failed = false;
        for &e in lhs {
            let var = self.short_variable(e, &mut seen, &mut new, &mut failed);
            // Something must take the value even after an error.
            vars.push(var.unwrap_or_else(|| self.new_local(self.node_pos(e), Symbol::intern("_"), None)));
        }
        self.init_vars(&vars, rhs, None);
        // Function literals on the right do not see the new variables.
        self.process_delayed(put_off);
        if new.is_empty() && !failed {
            self.soft_error(pos, Code::NoNewVar, "no new variables on left side of :=");
        }
        for var in new {
            self.declare(scope, None, var);
        }
    }

    /// The variable that a left side of `:=` stands for: one of this scope, or a new one.
    fn short_variable(
        &mut self,
        e: ExprId,
        seen: &mut FxHashSet<Symbol>,
        new: &mut SmallVec<[ObjId; 4]>,
        failed: &mut bool,
    ) -> Option<ObjId> {
        let Expr::Name(ident) = self.tree()[e] else {
            self.use_lhs(&[e]);
            self.error_at(e, Code::BadDecl, format!("non-name {} on left side of :=", self.es(e)));
            *failed = true;
            return None;
        };
        let id = self.tree()[ident];
        if !id.name.is_blank() && !seen.insert(id.name) {
            self.error_at(e, Code::RepeatedDecl, format!("{} repeated on left side of :=", id.name));
            *failed = true;
            return None;
        }
        if let Some(other) = self.scopes[self.env.scope].lookup(id.name) {
            self.record_use(ident, other);
            if self.store.obj(other).is_var() {
                return Some(other);
            }
            self.error_at(e, Code::UnassignableOperand, format!("cannot assign to {}", id.name));
            *failed = true;
            return None;
        }
        let var = self.new_local(self.at(id.start), id.name, None);
        if !id.name.is_blank() {
            new.push(var);
        }
        self.record_def(ident, Some(var));
        Some(var)
    }

    /// Records that an expression was used with comma-ok: its type is then a tuple.
    fn record_comma_ok(&mut self, e: ExprId, values: &[Operand]) {
        let [x, ok] = values else { return };
        if !x.is_valid() || !ok.is_valid() {
            return;
        }
        let tree = self.tree();
        let pos = self.node_pos(e);
        let vars = [x.ty, ok.ty].map(|ty| self.new_local(pos, Symbol::EMPTY, Some(ty)));
        let tuple = self.store.new_tuple(vars);
        let types = &mut self.info.files[self.env.file].types;
        let mut e = e;
        types[e].ty = tuple;
        while let Expr::Paren(inner) = tree[e] {
            e = inner;
            types[e].ty = tuple;
        }
    }

    // ----- mismatches -----

    /// Reports `right` values for `left` variables.
    fn assign_error(&mut self, rhs: &[ExprId], left: usize, right: usize) {
        let Some(&first) = rhs.first() else { return };
        let (vars, values) = (measure(left, "variable"), measure(right, "value"));
        let tree = self.tree();
        let message = match tree[tree.unparen(first)] {
            Expr::Call { fun, .. } if rhs.len() == 1 => {
                format!("assignment mismatch: {vars} but {} returns {values}", self.es(fun))
            }
            _ => format!("assignment mismatch: {vars} but {values}"),
        };
        self.error_at(first, Code::WrongAssignCount, message);
    }

    fn return_error(&mut self, s: StmtId, vars: &[ObjId], values: &[Operand]) {
        let (at, what) = match (values.get(vars.len()), values.last()) {
            (Some(extra), _) => (self.op_start(extra), "too many"),
            (None, Some(last)) => (self.op_start(last), "not enough"),
            (None, None) => (self.stmt_pos(s), "not enough"),
        };
        let have: SmallVec<[TypeId; 4]> = values.iter().map(|x| x.ty).collect();
        let want: SmallVec<[TypeId; 4]> = vars.iter().map(|&v| self.store.obj_type(v)).collect();
        let mut err = self.new_error(Code::WrongResultCount);
        err.add(at, format!("{what} return values"));
        err.add(Pos::NONE, format!("have {}", self.types_summary(&have, false, false)));
        err.add(Pos::NONE, format!("want {}", self.types_summary(&want, false, false)));
        self.report(err);
    }

    // ----- expressions of no consequence -----

    /// Evaluates expressions for their errors and uses only; whether all are valid.
    pub(crate) fn use_exprs(&mut self, exprs: &[ExprId]) -> bool {
        exprs.iter().filter(|&&e| !self.use_expr(e, false)).count() == 0
    }
    /// As [`use_exprs`](Self::use_exprs), but plain variables are not marked as used.
    pub(crate) fn use_lhs(&mut self, exprs: &[ExprId]) -> bool {
        exprs.iter().filter(|&&e| !self.use_expr(e, true)).count() == 0
    }

    fn use_expr(&mut self, e: ExprId, is_lhs: bool) -> bool {
        let mut x = Operand::new();
        let Some(ident) = self.name_of(e) else {
            self.raw_expr(None, &mut x, e, None, true);
            return x.is_valid();
        };
        if self.tree().name(ident).is_blank() {
            return true;
        }
        let name = self.tree().unparen(e);
        self.without_use(Some(ident).filter(|_| is_lhs), |c| c.expr_or_type(&mut x, name, true));
        x.is_valid()
    }
}

fn measure(n: usize, unit: &str) -> String {
    let s = if n == 1 { "" } else { "s" };
    format!("{n} {unit}{s}")
}

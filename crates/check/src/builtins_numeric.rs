//! Builtins on numbers: complex, real, imag, min, max.

use escargo_base::Pos;
use escargo_dialect::Feature;
use escargo_types::constant::Op;
use escargo_types::identity::identical;
use escargo_types::ty::Term;
use escargo_types::typeset::type_set;
use escargo_types::{BasicKind, Builtin, Interface, Object, Type, TypeId, Union};

use crate::builtins::BuiltinCall;
use crate::checker::Checker;
use crate::code::Code;
use crate::info::Mode;
use crate::operand::Operand;

impl<'a> Checker<'a> {
    pub(crate) fn builtin_complex(&mut self, x: &mut Operand, b: &mut BuiltinCall) -> bool {
        let y = &mut b.args[1];
        match (self.store.is_untyped(x.ty), self.store.is_untyped(y.ty)) {
            (false, false) => {}
            (true, false) => self.convert_untyped(x, y.ty),
            (false, true) => self.convert_untyped(y, x.ty),
            (true, true) if x.mode == Mode::Constant && y.mode == Mode::Constant => {
                self.as_untyped_float(x);
                self.as_untyped_float(y);
            }
            (true, true) => {
                // A shift whose operand has no type yet: floats cannot be shifted, which is reported.
                self.convert_untyped(x, TypeId::FLOAT64);
                self.convert_untyped(y, TypeId::FLOAT64);
            }
        }
        if !x.is_valid() || !y.is_valid() {
            return false;
        }
        if !identical(self.store, x.ty, y.ty) {
            let (call, x_type, y_type) = (self.es(b.call), self.ts(x.ty), self.ts(y.ty));
            let message = format!("invalid operation: {call} (mismatched types {x_type} and {y_type})");
            self.error(self.op_start(x), Code::InvalidComplex, message);
            return false;
        }
        let Some(result) = self.map_argument_type(x, b.id, complex_of) else {
            let message =
                format!("invalid argument: arguments have type {}, expected floating-point", self.ts(x.ty));
            self.error(self.op_start(x), Code::InvalidComplex, message);
            return false;
        };
        if let (Some(re), Some(im), Mode::Constant, Mode::Constant) = (&x.val, &y.val, x.mode, y.mode) {
            let val = re.to_float().binary_op(Op::Add, &im.to_float().make_imag());
            self.set_constant(x, result, val);
        } else {
            self.builtin_value(x, b, result, &[x.ty, x.ty]);
        }
        true
    }

    /// Takes an untyped numeric constant without imaginary part for a floating-point number.
    fn as_untyped_float(&self, x: &mut Operand) {
        let is_real = x.val.as_ref().is_some_and(|v| v.imag().sign() == 0);
        if is_real && self.store.is_numeric(x.ty) {
            x.ty = TypeId::UNTYPED_FLOAT;
        }
    }

    /// `real` and `imag`.
    pub(crate) fn builtin_part(&mut self, x: &mut Operand, b: &BuiltinCall) -> bool {
        if self.store.is_untyped(x.ty) {
            if x.mode != Mode::Constant {
                // A shift whose operand has no type yet: complex numbers cannot be shifted, which is reported.
                self.convert_untyped(x, TypeId::COMPLEX128);
                if !x.is_valid() {
                    return false;
                }
            } else if self.store.is_numeric(x.ty) {
                x.ty = TypeId::UNTYPED_COMPLEX;
            }
        }
        let is_real = b.id == Builtin::Real;
        let Some(result) = self.map_argument_type(x, b.id, part_of) else {
            let code = if is_real { Code::InvalidReal } else { Code::InvalidImag };
            let message =
                format!("invalid argument: argument has type {}, expected complex type", self.ts(x.ty));
            self.error(self.op_start(x), code, message);
            return false;
        };
        match x.val.as_ref().filter(|_| x.mode == Mode::Constant) {
            Some(val) => {
                let part = if is_real { val.real() } else { val.imag() };
                self.set_constant(x, result, part);
            }
            None => self.builtin_value(x, b, result, &[x.ty]),
        }
        true
    }

    /// The result type for an argument type. That of a type parameter is a new one, bounded by the results for
    /// the types of its set; the language does not allow it yet, which is reported.
    fn map_argument_type(
        &mut self,
        x: &Operand,
        id: Builtin,
        f: fn(BasicKind) -> Option<TypeId>,
    ) -> Option<TypeId> {
        let store = self.store;
        let param = store.unalias(x.ty);
        let Type::TypeParam(tparam) = store.ty(param) else { return f(store.basic_kind(x.ty)?) };
        let set = type_set(store, store.under(param));
        if !set.has_terms() {
            return None;
        }
        let mut terms = Vec::new();
        for term in set.specific_terms() {
            terms.push(Term { tilde: term.tilde, ty: f(store.basic_kind(term.ty)?)? });
        }
        let code = match id {
            Builtin::Real => Code::InvalidReal,
            Builtin::Imag => Code::InvalidImag,
            _ => Code::InvalidComplex,
        };
        let (arg, name) = (self.ops(x), id.name());
        let message =
            format!("{arg} not supported as argument to built-in {name} for go1.18 (see go.dev/issue/50937)");
        self.soft_error(self.op_start(x), code, message);

        let obj = store.obj(tparam.obj);
        let result = store.new_type_param(store.new_object(Object::type_name(
            Pos::NONE,
            Some(self.pkg),
            obj.name,
            None,
        )));
        let union = store.new_union(Union { terms: terms.into() });
        let bound = store.new_interface(Interface::new(vec![], vec![union], vec![Pos::NONE], false), false);
        if let Type::TypeParam(new) = store.ty(result) {
            new.set_bound(bound);
            new.set_index(tparam.index().unwrap_or(0));
        }
        Some(result)
    }

    pub(crate) fn builtin_min_max(&mut self, x: &mut Operand, b: &mut BuiltinCall) -> bool {
        let what = || format!("built-in {}", b.id.name());
        self.require(Feature::MinMax, self.start(b.fun), what);
        for i in 0..b.args.len() {
            if !self.add_to_min_max(x, b, i) {
                return false;
            }
        }
        if x.mode != Mode::Constant {
            x.mode = Mode::Value;
            x.val = None;
            // A value must have a type.
            let context = format!("argument to built-in {}", b.id.name());
            self.assignment(x, Some(TypeId::EMPTY_INTERFACE), &context);
            if !x.is_valid() {
                return false;
            }
        }
        for arg in &b.args {
            if let Some(e) = arg.expr {
                self.update_expr_type(e, x.ty, true);
            }
        }
        if x.mode != Mode::Constant {
            let params = vec![x.ty; b.args.len()];
            self.builtin_value(x, b, x.ty, &params);
        }
        true
    }

    /// Takes argument `i` into account; `x` is the result of those before it (of the first: itself).
    fn add_to_min_max(&mut self, x: &mut Operand, b: &mut BuiltinCall, i: usize) -> bool {
        let arg = &mut b.args[i];
        if !self.store.all_ordered(arg.ty) {
            let message = format!("invalid argument: {} cannot be ordered", self.ops(arg));
            self.error(self.op_start(arg), Code::InvalidMinMaxOperand, message);
            return false;
        }
        if i == 0 {
            return true;
        }
        self.match_operands(x, arg);
        if !x.is_valid() {
            return false;
        }
        if !identical(self.store, x.ty, arg.ty) {
            let (x_type, arg_type) = (self.ts(x.ty), self.ts(arg.ty));
            let shown = arg.expr.map_or_else(String::new, |e| self.es(e));
            let message = format!(
                "invalid argument: mismatched types {x_type} (previous argument) and {arg_type} (type of {shown})"
            );
            self.error(self.op_start(arg), Code::MismatchedTypes, message);
            return false;
        }
        match (&x.val, &arg.val) {
            (Some(so_far), Some(val)) if x.mode == Mode::Constant && arg.mode == Mode::Constant => {
                let op = if b.id == Builtin::Max { Op::Gt } else { Op::Lt };
                if val.compare(op, so_far) {
                    x.clone_from(arg);
                }
            }
            _ => x.mode = Mode::Value,
        }
        true
    }
}

fn complex_of(kind: BasicKind) -> Option<TypeId> {
    match kind {
        BasicKind::Float32 => Some(TypeId::COMPLEX64),
        BasicKind::Float64 => Some(TypeId::COMPLEX128),
        BasicKind::UntypedFloat => Some(TypeId::UNTYPED_COMPLEX),
        _ => None,
    }
}

fn part_of(kind: BasicKind) -> Option<TypeId> {
    match kind {
        BasicKind::Complex64 => Some(TypeId::FLOAT32),
        BasicKind::Complex128 => Some(TypeId::FLOAT64),
        BasicKind::UntypedComplex => Some(TypeId::UNTYPED_FLOAT),
        _ => None,
    }
}

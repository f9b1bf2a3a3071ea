//! Calls of predeclared functions and of package unsafe.

use escargo_base::{Pos, Symbol};
use escargo_dialect::Feature;
use escargo_syntax::{Expr, ExprId};
use escargo_types::identity::identical;
use escargo_types::{Builtin, ChanDir, Object, Signature, Type, TypeId, Value, VarKind};
use smallvec::SmallVec;

use crate::checker::Checker;
use crate::code::Code;
use crate::info::Mode;
use crate::operand::Operand;
use crate::stmt::ExprList;

/// Result, parameters, and whether the signature is variadic.
pub(crate) type SignatureKey = (Option<TypeId>, SmallVec<[TypeId; 3]>, bool);

/// A call of a builtin.
pub(crate) struct BuiltinCall {
    pub(crate) id: Builtin,
    /// The call expression.
    pub(crate) call: ExprId,
    /// What is called.
    pub(crate) fun: ExprId,
    pub(crate) has_dots: bool,
    /// Arguments as written.
    pub(crate) exprs: ExprList,
    /// Evaluated arguments; empty for the builtins that see to theirs.
    pub(crate) args: Vec<Operand>,
}

impl<'a> Checker<'a> {
    /// A call of a builtin; the result is in `x`, but for its expression. Returns whether the call is valid.
    pub(crate) fn builtin_call(&mut self, x: &mut Operand, call: ExprId, id: Builtin) -> bool {
        let Expr::Call { fun, args, has_dots } = self.tree()[call] else { return false };
        let exprs = self.exprs_of(args);
        if has_dots && id != Builtin::Append {
            let message = format!("invalid operation: invalid use of ... with built-in {}", id.name());
            self.error_at(call, Code::InvalidDotDotDot, message);
            self.use_exprs(&exprs);
            return false;
        }
        let mut b = BuiltinCall { id, call, fun, has_dots, exprs, args: Vec::new() };
        if !matches!(id, Builtin::Len | Builtin::Cap) {
            return self.builtin_with_arguments(x, &mut b);
        }
        // Whether the length is constant depends on the calls in this argument alone.
        let outer = std::mem::replace(&mut self.env.has_call_or_recv, false);
        let ok = self.builtin_with_arguments(x, &mut b);
        self.env.has_call_or_recv = outer;
        ok
    }

    fn builtin_with_arguments(&mut self, x: &mut Operand, b: &mut BuiltinCall) -> bool {
        let takes_exprs =
            matches!(b.id, Builtin::Make | Builtin::New | Builtin::UnsafeOffsetof | Builtin::Trace);
        let mut count = b.exprs.len();
        if !takes_exprs {
            b.args = self.expr_list(&b.exprs);
            count = b.args.len();
            if b.args.iter().any(|arg| !arg.is_valid()) {
                return false;
            }
            if let Some(first) = b.args.first() {
                x.clone_from(first);
            }
        }
        let &(_, _, wanted, variadic, _) = b.id.row();
        let quality = if count < wanted {
            "not enough"
        } else if !variadic && count > wanted {
            "too many"
        } else {
            return self.builtin(x, b);
        };
        let call = self.es(b.call);
        let message =
            format!("invalid operation: {quality} arguments for {call} (expected {wanted}, found {count})");
        self.error_at(b.call, Code::WrongArgCount, message);
        false
    }

    fn builtin(&mut self, x: &mut Operand, b: &mut BuiltinCall) -> bool {
        match b.id {
            Builtin::Append => self.builtin_append(x, b),
            Builtin::Cap | Builtin::Len => self.builtin_len(x, b),
            Builtin::Clear => self.builtin_clear(x, b),
            Builtin::Close => self.builtin_close(x, b),
            Builtin::Complex => self.builtin_complex(x, b),
            Builtin::Copy => self.builtin_copy(x, b),
            Builtin::Delete => self.builtin_delete(x, b),
            Builtin::Imag | Builtin::Real => self.builtin_part(x, b),
            Builtin::Make => self.builtin_make(x, b),
            Builtin::Max | Builtin::Min => self.builtin_min_max(x, b),
            Builtin::New => self.builtin_new(x, b),
            Builtin::Panic => self.builtin_panic(x, b),
            Builtin::Print | Builtin::Println => self.builtin_print(x, b),
            Builtin::Recover => {
                self.builtin_value(x, b, TypeId::EMPTY_INTERFACE, &[]);
                true
            }
            Builtin::UnsafeAdd => self.unsafe_add(x, b),
            Builtin::UnsafeAlignof => self.unsafe_alignof(x, b),
            Builtin::UnsafeOffsetof => self.unsafe_offsetof(x, b),
            Builtin::UnsafeSizeof => self.unsafe_sizeof(x, b),
            Builtin::UnsafeSlice => self.unsafe_slice(x, b),
            Builtin::UnsafeSliceData => self.unsafe_slice_data(x, b),
            Builtin::UnsafeString => self.unsafe_string(x, b),
            Builtin::UnsafeStringData => self.unsafe_string_data(x, b),
            Builtin::Assert => self.builtin_assert(x, b),
            Builtin::Trace => self.builtin_trace(x, b),
        }
    }

    // ----- what is recorded -----

    /// The signature of a builtin as it is used in one call.
    pub(crate) fn builtin_signature(
        &mut self,
        result: Option<TypeId>,
        params: &[TypeId],
        variadic: bool,
    ) -> TypeId {
        let store = self.store;
        let params: SmallVec<[TypeId; 3]> = params.iter().map(|&ty| store.default_type(ty)).collect();
        // Calls of the same types share a signature: there are many calls.
        let key = (result, params, variadic);
        if let Some(&sig) = self.builtin_signatures.get(&key) {
            return sig;
        }
        let var = |kind, ty| store.new_object(Object::var(kind, Pos::NONE, None, Symbol::EMPTY, Some(ty)));
        let params: Vec<_> = key.1.iter().map(|&ty| var(VarKind::Param, ty)).collect();
        let results: Vec<_> = result.into_iter().map(|ty| var(VarKind::Result, ty)).collect();
        let sig = store.new_signature(Signature {
            params: store.new_tuple(params),
            results: store.new_tuple(results),
            variadic,
            ..Signature::default()
        });
        self.builtin_signatures.insert(key, sig);
        sig
    }

    /// Records the signature for the name of a builtin and the parentheses around it.
    pub(crate) fn record_builtin(
        &mut self,
        fun: ExprId,
        id: Builtin,
        result: Option<TypeId>,
        params: &[TypeId],
    ) {
        let sig = self.builtin_signature(result, params, false);
        self.record_builtin_signature(fun, id, sig);
    }

    fn record_builtin_signature(&mut self, fun: ExprId, id: Builtin, sig: TypeId) {
        let tree = self.tree();
        let mut fun = fun;
        self.record_type_and_value(fun, Mode::Builtin(id), sig, None);
        while let Expr::Paren(inner) = tree[fun] {
            fun = inner;
            self.record_type_and_value(fun, Mode::Builtin(id), sig, None);
        }
    }

    /// The call gives a value that is no constant.
    pub(crate) fn builtin_value(
        &mut self,
        x: &mut Operand,
        b: &BuiltinCall,
        result: TypeId,
        params: &[TypeId],
    ) {
        self.record_builtin(b.fun, b.id, Some(result), params);
        x.mode = Mode::Value;
        x.ty = result;
        x.val = None;
    }

    /// The call gives no value.
    fn builtin_no_value(&mut self, x: &mut Operand, b: &BuiltinCall, params: &[TypeId]) {
        self.record_builtin(b.fun, b.id, None, params);
        x.mode = Mode::NoValue;
        x.val = None;
    }

    // ----- slices, maps, channels -----

    /// The element type of a slice, or of all slices of a type set.
    fn slice_elem(&self, x: &Operand) -> Result<TypeId, String> {
        let mut elem = None;
        for under in self.under_types(x.ty) {
            let Some(&Type::Slice(e)) = under.map(|u| self.store.ty(u)) else {
                // "nil" alone would not say what is wrong.
                let have = if x.mode == Mode::Nil { "untyped nil".to_owned() } else { self.ops(x) };
                return Err(format!("argument must be a slice; have {have}"));
            };
            match elem {
                None => elem = Some(e),
                Some(first) if !identical(self.store, first, e) => {
                    let (first, e) = (self.ts(first), self.ts(e));
                    return Err(format!("mismatched slice element types {first} and {e} in {}", self.ops(x)));
                }
                Some(_) => {}
            }
        }
        elem.ok_or_else(|| "no specific type".to_owned())
    }

    fn is_assignable_to_bytes(&mut self, x: &Operand) -> bool {
        let bytes = self.store.slice(TypeId::BYTE);
        self.assignable_to(x, bytes, &mut String::new()).is_ok()
    }

    /// Whether all types of `ty`'s type set are strings or byte slices; then, whether there is a string.
    fn bytes_or_strings(&self, ty: TypeId) -> Option<bool> {
        let mut has_string = false;
        for under in self.under_types(ty) {
            let under = under?;
            match *self.store.ty(under) {
                Type::Slice(elem) if identical(self.store, elem, TypeId::BYTE) => {}
                _ if self.store.is_string(under) => has_string = true,
                _ => return None,
            }
        }
        Some(has_string)
    }

    fn builtin_append(&mut self, x: &mut Operand, b: &mut BuiltinCall) -> bool {
        let elem = match self.slice_elem(x) {
            Ok(elem) => elem,
            Err(cause) => {
                self.error(self.op_start(x), Code::InvalidAppend, format!("invalid append: {cause}"));
                return false;
            }
        };
        // append(bytes, string...)
        let of_string = match &b.args[..] {
            [_, y] if b.has_dots => {
                let ty = y.ty;
                (self.bytes_or_strings(ty) == Some(true) && self.is_assignable_to_bytes(x)).then_some(ty)
            }
            _ => None,
        };
        let last = of_string.unwrap_or_else(|| self.store.slice(elem));
        let sig = self.builtin_signature(Some(x.ty), &[x.ty, last], true);
        if of_string.is_none() {
            // The result is known whatever is wrong with the arguments.
            let count = b.exprs.len();
            self.arguments(b.call, b.fun, b.has_dots, count, sig, &[], &[], &mut b.args, &[]);
        }
        self.record_builtin_signature(b.fun, b.id, sig);
        x.mode = Mode::Value;
        x.val = None;
        true
    }

    fn builtin_len(&mut self, x: &mut Operand, b: &BuiltinCall) -> bool {
        let is_len = b.id == Builtin::Len;
        let under = self.store.under(x.ty);
        let has_length = |under: TypeId| match self.store.ty(self.array_behind_pointer(under)) {
            Type::Array { .. } | Type::Slice(_) | Type::Chan { .. } => true,
            Type::Map { .. } => is_len,
            Type::Basic(_) => is_len && self.store.is_string(under),
            _ => false,
        };
        let is_param = self.store.is_type_param(x.ty);
        let valid =
            if is_param { self.under_is(x.ty, |u| u.is_some_and(has_length)) } else { has_length(under) };
        if !valid {
            if self.store.is_valid(under) {
                let code = if is_len { Code::InvalidLen } else { Code::InvalidCap };
                let message = format!("invalid argument: {} for built-in {}", self.ops(x), b.id.name());
                self.error(self.op_start(x), code, message);
            }
            return false;
        }
        let constant = match *self.store.ty(self.array_behind_pointer(under)) {
            // Arrays have their length whatever they hold, but calls in the expression must run.
            Type::Array { len, .. } if !self.env.has_call_or_recv => {
                Some(len.map_or(Value::Unknown, Value::uint))
            }
            Type::Basic(_) if x.mode == Mode::Constant => {
                Some(x.val.as_ref().map_or(Value::Unknown, |s| Value::uint(s.string_len())))
            }
            _ => None,
        };
        match constant {
            Some(len) => self.set_constant(x, TypeId::INT, len),
            None => self.builtin_value(x, b, TypeId::INT, &[x.ty]),
        }
        true
    }

    /// Makes `x` a constant.
    pub(crate) fn set_constant(&self, x: &mut Operand, ty: TypeId, val: Value) {
        x.mode = Mode::Constant;
        x.ty = ty;
        x.val = Some(val);
    }

    fn builtin_clear(&mut self, x: &mut Operand, b: &BuiltinCall) -> bool {
        self.require(Feature::Clear, self.start(b.fun), || "clear".to_owned());
        let clearable = |u| matches!(self.store.ty(u), Type::Map { .. } | Type::Slice(_));
        if !self.under_is(x.ty, |u| u.is_some_and(clearable)) {
            let message = format!(
                "invalid argument: cannot clear {}: argument must be (or constrained by) map or slice",
                self.ops(x)
            );
            self.error(self.op_start(x), Code::InvalidClear, message);
            return false;
        }
        self.builtin_no_value(x, b, &[x.ty]);
        true
    }

    fn builtin_close(&mut self, x: &mut Operand, b: &BuiltinCall) -> bool {
        let mut wrong = None;
        self.under_is(x.ty, |u| {
            wrong = match u.map(|u| self.store.ty(u)) {
                Some(Type::Chan { dir: ChanDir::Recv, .. }) => Some("receive-only channel"),
                Some(Type::Chan { .. }) => None,
                _ => Some("non-channel"),
            };
            wrong.is_none()
        });
        if let Some(what) = wrong {
            let message = format!("invalid operation: cannot close {what} {}", self.ops(x));
            self.error(self.op_start(x), Code::InvalidClose, message);
            return false;
        }
        self.builtin_no_value(x, b, &[x.ty]);
        true
    }

    fn builtin_copy(&mut self, x: &mut Operand, b: &BuiltinCall) -> bool {
        let y = &b.args[1];
        let dst = match self.slice_elem(x) {
            Ok(elem) => elem,
            Err(cause) => return self.invalid_copy(x, &cause),
        };
        // Strings are copied into byte slices.
        let is_text = self.bytes_or_strings(y.ty).is_some() && self.is_assignable_to_bytes(x);
        if !is_text {
            let src = match self.slice_elem(y) {
                Ok(elem) => elem,
                // The mismatch of element types is the better thing to report.
                Err(_) if self.store.all_string(y.ty) => TypeId::BYTE,
                Err(cause) => return self.invalid_copy(y, &cause),
            };
            if !identical(self.store, dst, src) {
                let (x_text, y_text) = (self.ops(x), self.ops(y));
                let (dst, src) = (self.ts(dst), self.ts(src));
                let cause =
                    format!("arguments {x_text} and {y_text} have different element types {dst} and {src}");
                return self.invalid_copy(x, &cause);
            }
        }
        self.builtin_value(x, b, TypeId::INT, &[x.ty, y.ty]);
        true
    }

    fn invalid_copy(&mut self, at: &Operand, cause: &str) -> bool {
        self.error(self.op_start(at), Code::InvalidCopy, format!("invalid copy: {cause}"));
        false
    }

    fn builtin_delete(&mut self, x: &mut Operand, b: &mut BuiltinCall) -> bool {
        let map = x.ty;
        let mut key = None;
        let mut wrong = None;
        self.under_is(map, |u| {
            match (u.map(|u| self.store.ty(u)), key) {
                (Some(&Type::Map { key: k, .. }), Some(first)) if !identical(self.store, k, first) => {
                    wrong = Some(format!("maps of {} must have identical key types", self.ops(x)));
                }
                (Some(&Type::Map { key: k, .. }), _) => key = Some(k),
                _ => wrong = Some(format!("{} is not a map", self.ops(x))),
            }
            wrong.is_none()
        });
        if let Some(wrong) = wrong {
            self.error(self.op_start(x), Code::InvalidDelete, format!("invalid argument: {wrong}"));
            return false;
        }
        let key = key.unwrap_or(TypeId::INVALID);
        x.clone_from(&b.args[1]);
        self.assignment(x, Some(key), "argument to delete");
        if x.is_valid() {
            self.builtin_no_value(x, b, &[map, key]);
        }
        x.is_valid()
    }

    // ----- make and new -----

    fn builtin_make(&mut self, x: &mut Operand, b: &BuiltinCall) -> bool {
        let store = self.store;
        let type_expr = b.exprs[0];
        let ty = self.var_type(type_expr);
        if !store.is_valid(ty) {
            return false;
        }
        let made = self.common_under(ty, &mut |member| match member.map(|(_, u)| store.ty(u)) {
            Some(Type::Slice(_) | Type::Map { .. } | Type::Chan { .. }) => Ok(()),
            None => Err("no specific type".to_owned()),
            Some(_) => Err("type must be slice, map, or channel".to_owned()),
        });
        let made = match made {
            Ok(made) => made,
            Err(cause) => {
                let message = format!("invalid argument: cannot make {}: {cause}", self.es(type_expr));
                self.error_at(type_expr, Code::InvalidMake, message);
                return false;
            }
        };
        let min = if matches!(store.ty(made), Type::Slice(_)) { 2 } else { 1 };
        let count = b.exprs.len();
        if !(min..=min + 1).contains(&count) {
            let call = self.es(b.call);
            let message =
                format!("invalid operation: {call} expects {min} or {} arguments; found {count}", min + 1);
            self.error_at(b.call, Code::WrongArgCount, message);
            return false;
        }
        let mut params: SmallVec<[TypeId; 3]> = smallvec::smallvec![ty];
        let mut sizes: SmallVec<[u64; 2]> = SmallVec::new();
        for &e in &b.exprs[1..] {
            let (ty, size) = self.index_value(e, None);
            params.push(ty);
            sizes.extend(size);
        }
        if let [len, cap] = sizes[..]
            && len > cap
        {
            let message = "invalid argument: length and capacity swapped";
            self.error_at(b.exprs[1], Code::SwappedMakeArgs, message);
        }
        self.builtin_value(x, b, ty, &params);
        true
    }

    fn builtin_new(&mut self, x: &mut Operand, b: &BuiltinCall) -> bool {
        let arg = b.exprs[0];
        self.expr_or_type(x, arg, false);
        self.exclude_builtin(x);
        match x.mode {
            Mode::Invalid => return false,
            Mode::TypeExpr => self.valid_var_type(arg, x.ty),
            _ => {
                if self.store.is_untyped(x.ty) {
                    self.assignment(x, None, "argument to new");
                    if !x.is_valid() {
                        return false;
                    }
                }
                // Last, so that it is the only error about the argument.
                if !self.allows(Feature::NewExpr) {
                    let what = format!("new({})", self.es(arg));
                    self.require(Feature::NewExpr, self.start(b.fun), || what);
                }
            }
        }
        let elem = x.ty;
        self.builtin_value(x, b, self.written(self.store.pointer(elem)), &[elem]);
        true
    }

    // ----- panic, print -----

    fn builtin_panic(&mut self, x: &mut Operand, b: &BuiltinCall) -> bool {
        // Only a function with results must end in a terminating statement.
        if self.env.sig.is_some_and(|sig| !self.results_of(sig).is_empty()) {
            self.env.panics.insert(b.call);
        }
        self.assignment(x, Some(TypeId::EMPTY_INTERFACE), "argument to panic");
        if x.is_valid() {
            self.builtin_no_value(x, b, &[TypeId::EMPTY_INTERFACE]);
        }
        x.is_valid()
    }

    fn builtin_print(&mut self, x: &mut Operand, b: &mut BuiltinCall) -> bool {
        let context = format!("argument to built-in {}", b.id.name());
        let mut params: SmallVec<[TypeId; 3]> = SmallVec::new();
        for arg in &mut b.args {
            self.assignment(arg, None, &context);
            if !arg.is_valid() {
                return false;
            }
            params.push(arg.ty);
        }
        self.builtin_no_value(x, b, &params);
        true
    }

    // ----- for the type checker's own tests -----

    /// `assert(cond)` is an error if the constant condition does not hold.
    fn builtin_assert(&mut self, x: &mut Operand, b: &BuiltinCall) -> bool {
        if x.mode != Mode::Constant || !self.store.is_boolean(x.ty) {
            let message = format!("invalid argument: {} is not a boolean constant", self.ops(x));
            self.error(self.op_start(x), Code::Test, message);
            return false;
        }
        if !x.val.as_ref().is_some_and(Value::as_bool) {
            self.error_at(b.call, Code::Test, format!("{} failed", self.es(b.call)));
        }
        true
    }

    /// `trace(x, …)` is its first argument, which may be a type.
    fn builtin_trace(&mut self, x: &mut Operand, b: &BuiltinCall) -> bool {
        x.mode = Mode::NoValue;
        for (i, &e) in b.exprs.iter().enumerate() {
            let mut other = Operand::new();
            self.raw_expr(None, if i == 0 { &mut *x } else { &mut other }, e, None, false);
        }
        x.is_valid()
    }
}

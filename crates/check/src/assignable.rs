//! Assignability (spec: Assignability).

use escargo_types::identity::identical;
use escargo_types::typeset::{for_each_type, type_set};
use escargo_types::{ChanDir, Type, TypeId};

use crate::checker::Checker;
use crate::code::Code;
use crate::operand::Operand;

/// Where the reason goes if it is wanted.
pub(crate) type Cause<'c> = Option<&'c mut String>;

impl Checker<'_> {
    /// Whether `x` can be assigned to a variable of type `ty`. On failure the code says why, `cause` (worded only if
    /// asked for) may get details.
    pub(crate) fn assignable_to<'c>(
        &mut self,
        x: &Operand,
        ty: TypeId,
        cause: impl Into<Option<&'c mut String>>,
    ) -> Result<(), Code> {
        self.assignable(x, ty, cause.into())
    }

    fn assignable(&mut self, x: &Operand, ty: TypeId, mut cause: Cause<'_>) -> Result<(), Code> {
        if !x.is_valid() || !self.store.is_valid(ty) {
            return Ok(());
        }
        let store = self.store;
        let (from, to) = (store.unalias(x.ty), store.unalias(ty));
        if identical(store, from, to) {
            return Ok(());
        }
        let (from_is_param, to_is_param) = (store.is_type_param(from), store.is_type_param(to));
        if store.is_untyped(from) {
            return self.untyped_assignable(x, to, to_is_param);
        }
        let (from_under, to_under) = (store.under(from), store.under(to));
        if matches!((store.ty(from_under), store.ty(to_under)), (Type::Interface(_), Type::Interface(_))) {
            // Interfaces that embed each other, an error reported elsewhere, then have the methods they need.
            type_set(store, from_under);
        }
        let one_unnamed = !store.has_name(from) || !store.has_name(to);
        if !from_is_param && !to_is_param && one_unnamed && identical(store, from_under, to_under) {
            return Ok(());
        }
        if let Some(answer) = self.interface_assignable(from, to, cause.as_deref_mut()) {
            return answer;
        }
        if let (&Type::Chan { dir: ChanDir::Both, elem: x }, &Type::Chan { elem: y, .. }) =
            (store.ty(from_under), store.ty(to_under))
            && identical(store, x, y)
        {
            return if one_unnamed { Ok(()) } else { Err(Code::InvalidChanAssign) };
        }
        if to_is_param && !store.has_name(from) {
            return self.assignable_to_each(x, to, cause);
        }
        if from_is_param && !store.has_name(to) {
            return self.each_assignable_to(x, from, ty, cause);
        }
        Err(Code::IncompatibleAssign)
    }

    /// Untyped values must have a representation in the type, or in each type of a type parameter's set.
    fn untyped_assignable(&mut self, x: &Operand, to: TypeId, to_is_param: bool) -> Result<(), Code> {
        let fits = if to_is_param {
            for_each_type(self.store, to, &mut |next| {
                next.is_some_and(|(ty, _)| self.implicit_type(x, ty).is_ok())
            })
        } else {
            self.implicit_type(x, to).is_ok()
        };
        if fits { Ok(()) } else { Err(Code::IncompatibleAssign) }
    }

    /// The answer as far as interfaces give one.
    fn interface_assignable(
        &mut self,
        from: TypeId,
        to: TypeId,
        mut cause: Cause<'_>,
    ) -> Option<Result<(), Code>> {
        let store = self.store;
        let from_is_param = store.is_type_param(from);
        // Pointers to interfaces are asked too, for the sake of the reason.
        if store.is_non_type_param_interface(to) || store.is_interface_pointer(to) {
            if self.implements(from, to, false, cause.as_deref_mut()) {
                return Some(Ok(()));
            }
            if !from_is_param {
                return Some(Err(Code::InvalidIfaceAssign));
            }
            if let Some(cause) = cause.as_deref_mut() {
                cause.clear();
            }
        }
        if !from_is_param && store.is_interface(from) && self.implements(to, from, false, None) {
            if let Some(cause) = cause {
                *cause = "need type assertion".into();
            }
            return Some(Err(Code::IncompatibleAssign));
        }
        None
    }

    /// `x`, whose type has no name, to a type parameter: to each type of its set.
    fn assignable_to_each(&mut self, x: &Operand, param: TypeId, mut cause: Cause<'_>) -> Result<(), Code> {
        let mut answer = Err(Code::IncompatibleAssign);
        for_each_type(self.store, param, &mut |next| {
            let Some((ty, _)) = next else { return false };
            answer = self.assignable(x, ty, cause.as_deref_mut());
            if let (Err(_), Some(cause)) = (answer, cause.as_deref_mut()) {
                let (x, ty, param) = (self.ts(x.ty), self.ts(ty), self.ts(param));
                put_before(cause, format!("cannot assign {x} to {ty} (in {param})"));
            }
            answer.is_ok()
        });
        answer
    }

    /// `x` of a type parameter to a type that has no name: from each type of the set.
    fn each_assignable_to(
        &mut self,
        x: &Operand,
        param: TypeId,
        to: TypeId,
        mut cause: Cause<'_>,
    ) -> Result<(), Code> {
        let mut answer = Err(Code::IncompatibleAssign);
        let mut x = x.clone();
        for_each_type(self.store, param, &mut |next| {
            let Some((ty, _)) = next else { return false };
            x.ty = ty;
            answer = self.assignable(&x, to, cause.as_deref_mut());
            if let (Err(_), Some(cause)) = (answer, cause.as_deref_mut()) {
                let (ty, param, to) = (self.ts(ty), self.ts(param), self.ts(to));
                put_before(cause, format!("cannot assign {ty} (in {param}) to {to}"));
            }
            answer.is_ok()
        });
        answer
    }
}

/// Puts a reason before the more detailed one that led to it.
pub(crate) fn put_before(cause: &mut String, why: String) {
    let details = std::mem::replace(cause, why);
    if !details.is_empty() {
        cause.push_str("\n\t");
        cause.push_str(&details);
    }
}

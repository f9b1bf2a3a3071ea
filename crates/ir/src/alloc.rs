//! What the passes ask about the memory of values: sizes, pointers in them, and how interfaces hold them
//! (`types/size.go`, `types/type.go`).

use escargo_types::ty::{BasicKind, Type};
use escargo_types::{ObjId, TypeId};

use crate::Context;

/// The mark of types that are not allocated on the heap, and the packages that declare it: the second one in releases
/// before 1.24.
const NOT_IN_HEAP: (&str, [&str; 2]) = ("nih", ["internal/runtime/sys", "runtime/internal/sys"]);

impl Context<'_> {
    /// Size in bytes; none if it overflows.
    pub fn size_of(&self, ty: TypeId) -> Option<u64> {
        self.sizes.size_of(self.store, ty)
    }
    /// Alignment in bytes.
    pub fn align_of(&self, ty: TypeId) -> u64 {
        self.sizes.align_of(self.store, ty)
    }
    /// Whether values of the type hold pointers into the heap.
    pub fn has_pointers(&self, ty: TypeId) -> bool {
        let store = self.store;
        match store.ty(store.under(ty)) {
            Type::Basic(basic) => {
                matches!(
                    basic.kind,
                    BasicKind::String
                        | BasicKind::UntypedString
                        | BasicKind::UnsafePointer
                        | BasicKind::UntypedNil
                )
            }
            &Type::Pointer(elem) | &Type::Slice(elem) => !self.is_not_in_heap(elem),
            &Type::Array { elem, len } => len != Some(0) && self.has_pointers(elem),
            Type::Struct(s) => s.fields.iter().any(|&field| self.has_pointers(store.obj_type(field))),
            Type::Tuple(t) => t.vars.iter().any(|&var| self.has_pointers(store.obj_type(var))),
            _ => true,
        }
    }
    /// Length in bytes of the beginning of a value that holds all its pointers.
    pub fn ptr_data_size(&self, ty: TypeId) -> u64 {
        let store = self.store;
        let word = self.sizes.word;
        match store.ty(store.under(ty)) {
            Type::Interface(_) => 2 * word,
            Type::Struct(s) => self.struct_ptr_data_size(&s.fields),
            &Type::Array { elem, len } => match (len.unwrap_or(0), self.ptr_data_size(elem)) {
                (0, _) | (_, 0) => 0,
                (len, last) => {
                    let before = self.size_of(elem).unwrap_or(u64::MAX).saturating_mul(len - 1);
                    before.saturating_add(last)
                }
            },
            // All others have at most one pointer, and it comes first.
            _ if self.has_pointers(ty) => word,
            _ => 0,
        }
    }

    fn struct_ptr_data_size(&self, fields: &[ObjId]) -> u64 {
        let ty = |i: usize| self.store.obj_type(fields[i]);
        let Some(last) = (0..fields.len()).rev().find(|&i| self.has_pointers(ty(i))) else { return 0 };
        let offsets = self.sizes.offsets_of(self.store, &fields[..=last]);
        let offset = offsets.last().copied().flatten().unwrap_or(u64::MAX);
        offset.saturating_add(self.ptr_data_size(ty(last)))
    }

    /// Whether an interface holds values of the type themselves, as one pointer, and not the address of a copy
    /// (`types.IsDirectIface`).
    pub fn is_direct_iface(&self, ty: TypeId) -> bool {
        let store = self.store;
        match store.ty(store.under(ty)) {
            &Type::Pointer(elem) => !self.is_not_in_heap(elem),
            Type::Map { .. } | Type::Chan { .. } | Type::Signature(_) => true,
            Type::Basic(basic) => basic.kind == BasicKind::UnsafePointer,
            Type::Array { .. } | Type::Struct(_) if self.model.lowering.direct_iface_by_layout => {
                let word = self.sizes.word;
                self.size_of(ty) == Some(word) && self.ptr_data_size(ty) == word
            }
            &Type::Array { elem, len } => len == Some(1) && self.is_direct_iface(elem),
            Type::Struct(s) => match s.fields[..] {
                [field] => self.is_direct_iface(store.obj_type(field)),
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether values of the type may not be allocated on the heap: types of the run time that contain
    /// `internal/runtime/sys.NotInHeap`. Pointers to them are none for the garbage collector.
    pub fn is_not_in_heap(&self, ty: TypeId) -> bool {
        let store = self.store;
        if let Type::Named(named) = store.ty(ty) {
            let object = store.obj(named.obj);
            if object.name == NOT_IN_HEAP.0
                && object.pkg.is_some_and(|pkg| NOT_IN_HEAP.1.contains(&store.pkg(pkg).path.as_str()))
            {
                return true;
            }
        }
        match store.ty(store.under(ty)) {
            &Type::Array { elem, .. } => self.is_not_in_heap(elem),
            Type::Struct(s) => s.fields.iter().any(|&field| self.is_not_in_heap(store.obj_type(field))),
            _ => false,
        }
    }
}

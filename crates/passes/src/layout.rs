//! How values lie in memory, as far as passes ask (`types/{size,type}.go` of Go 1.27).

use escargo_ir::Context;
use escargo_types::ty::{BasicKind, Type};
use escargo_types::{TypeId, TypeStore};

/// Whether the data word of an interface holds a value of the type itself: it is one word and that is a pointer.
pub(crate) fn is_direct_iface(cx: &Context<'_>, ty: TypeId) -> bool {
    cx.sizes.size_of(cx.store, ty) == Some(cx.sizes.word) && has_pointers(cx.store, ty)
}

/// Whether values of the type hold pointers into the heap.
pub(crate) fn has_pointers(store: &TypeStore, ty: TypeId) -> bool {
    match store.ty(store.under(ty)) {
        Type::Basic(basic) => matches!(basic.kind, BasicKind::String | BasicKind::UnsafePointer),
        &Type::Array { elem, len } => len != Some(0) && has_pointers(store, elem),
        Type::Struct(s) => s.fields.iter().any(|&field| has_pointers(store, store.obj_type(field))),
        &Type::Pointer(elem) => !is_not_in_heap(store, elem),
        _ => true,
    }
}

/// Whether values of the type are never in the heap: by the marker type of the run time.
fn is_not_in_heap(store: &TypeStore, ty: TypeId) -> bool {
    if let Some((_, named)) = store.as_named(ty) {
        let object = store.obj(named.obj);
        let is_sys = |pkg| store.pkg(pkg).path == "internal/runtime/sys";
        if object.name == "nih" && object.pkg.is_some_and(is_sys) {
            return true;
        }
    }
    match store.ty(store.under(ty)) {
        &Type::Array { elem, .. } => is_not_in_heap(store, elem),
        Type::Struct(s) => s.fields.iter().any(|&field| is_not_in_heap(store, store.obj_type(field))),
        _ => false,
    }
}

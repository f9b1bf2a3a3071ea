//! Which operation converts a value of one type to another (`typecheck/subr.go` of Go 1.27).

use escargo_types::identity;
use escargo_types::shape::identical;
use escargo_types::sizes::Sizes;
use escargo_types::ty::{BasicKind, ChanDir, Type};
use escargo_types::typeset::type_set;
use escargo_types::{TypeId, TypeStore};

use crate::Op;

/// Whether two types are identical, lax about shapes, when struct tags are ignored (`types.IdenticalIgnoreTags`).
fn identical_ignore_tags(store: &TypeStore, x: TypeId, y: TypeId) -> bool {
    identical(store, x, y) || identity::identical_ignore_tags(store, x, y)
}

fn is_empty_interface(store: &TypeStore, ty: TypeId) -> bool {
    let under = store.under(ty);
    matches!(store.ty(under), Type::Interface(_)) && type_set(store, under).methods.is_empty()
}

/// The operation that assigning a value of type `src` to a variable of type `dst` takes; nothing if it cannot be
/// assigned. A type that is assigned to an interface is trusted to implement it (`typecheck/subr.go`, assignOp).
pub fn assign_op(store: &TypeStore, src: TypeId, dst: TypeId) -> Option<Op> {
    if identical(store, src, dst) {
        return Some(Op::ConvNop);
    }
    let (src_under, dst_under) = (store.under(src), store.under(dst));
    let from_interface = store.is_interface(src_under);
    if identical(store, src_under, dst_under) {
        let unnamed = !store.has_name(src) || !store.has_name(dst);
        if is_empty_interface(store, src)
            || unnamed && !from_interface
            || store.is_shape(src)
            || store.is_shape(dst)
        {
            return Some(Op::ConvNop);
        }
    }
    if store.is_interface(dst_under) && src != TypeId::UNTYPED_NIL {
        return Some(Op::ConvIface);
    }
    if from_interface {
        return None;
    }
    match (store.ty(src_under), store.ty(dst_under)) {
        (&Type::Chan { dir: ChanDir::Both, elem: a }, &Type::Chan { elem: b, .. }) => {
            let unnamed = !store.has_name(src) || !store.has_name(dst);
            (unnamed && identical(store, a, b)).then_some(Op::ConvNop)
        }
        _ => (src == TypeId::UNTYPED_NIL && store.has_nil(dst)).then_some(Op::ConvNop),
    }
}

/// The kind that numbers of a kind are computed with: `int` and its like are one of the sized ones
/// (`typecheck/universe.go`, types.SimType).
fn simple_kind(sizes: Sizes, kind: BasicKind) -> BasicKind {
    let wide = sizes.word == 8;
    match kind {
        BasicKind::Int if wide => BasicKind::Int64,
        BasicKind::Int => BasicKind::Int32,
        BasicKind::Uint | BasicKind::Uintptr if wide => BasicKind::Uint64,
        BasicKind::Uint | BasicKind::Uintptr => BasicKind::Uint32,
        kind => kind,
    }
}

/// The operation that converts a value of type `src` to `dst`; nothing if it cannot be converted. `constant` says
/// whether the value is a constant (`typecheck/subr.go`, convertOp).
pub fn convert_op(store: &TypeStore, sizes: Sizes, constant: bool, src: TypeId, dst: TypeId) -> Option<Op> {
    if let Some(op) = assign_op(store, src, dst) {
        return Some(op);
    }
    let (src_under, dst_under) = (store.under(src), store.under(dst));
    if store.is_interface(src_under) || store.is_interface(dst_under) {
        return None;
    }
    if identical_ignore_tags(store, src_under, dst_under) {
        return Some(Op::ConvNop);
    }
    if let (&Type::Pointer(a), &Type::Pointer(b)) = (store.ty(src), store.ty(dst))
        && identical_ignore_tags(store, store.under(a), store.under(b))
    {
        return Some(Op::ConvNop);
    }
    convert_numeric(store, sizes, constant, src, dst).or_else(|| convert_other(store, src, dst))
}

fn convert_numeric(store: &TypeStore, sizes: Sizes, constant: bool, src: TypeId, dst: TypeId) -> Option<Op> {
    let real = store.is_integer_or_float(src) && store.is_integer_or_float(dst);
    if real || store.is_complex(src) && store.is_complex(dst) {
        let simple = |ty| store.basic_kind(ty).map(|kind| simple_kind(sizes, kind));
        return Some(if simple(src) == simple(dst) { Op::ConvNop } else { Op::Conv });
    }
    (constant && store.is_numeric(src) && store.is_numeric(dst)).then_some(Op::Conv)
}

fn convert_other(store: &TypeStore, src: TypeId, dst: TypeId) -> Option<Op> {
    let (src_under, dst_under) = (store.under(src), store.under(dst));
    let string = |ty| store.is_string(ty);
    let address = |ty| store.pointer_elem(ty).is_some() || store.basic_kind(ty) == Some(BasicKind::Uintptr);
    match (store.ty(src_under), store.ty(dst_under)) {
        (Type::Basic(_), Type::Basic(_)) if store.is_integer(src) && string(dst) => Some(Op::RuneStr),
        (&Type::Slice(elem), Type::Basic(_)) if string(dst) => match store.basic_kind(elem)? {
            BasicKind::Uint8 => Some(Op::Bytes2Str),
            BasicKind::Int32 => Some(Op::Runes2Str),
            _ => None,
        },
        (Type::Basic(_), &Type::Slice(elem)) if string(src) => match store.basic_kind(elem)? {
            BasicKind::Uint8 => Some(Op::Str2Bytes),
            BasicKind::Int32 => Some(Op::Str2Runes),
            _ => None,
        },
        (&Type::Slice(a), &Type::Array { elem: b, .. }) => identical(store, a, b).then_some(Op::Slice2Arr),
        (&Type::Slice(a), &Type::Pointer(array)) => match *store.ty(store.under(array)) {
            Type::Array { elem: b, .. } => identical(store, a, b).then_some(Op::Slice2ArrPtr),
            _ => None,
        },
        _ if address(src) && store.is_unsafe_pointer(dst) => Some(Op::ConvNop),
        _ if store.is_unsafe_pointer(src) && address(dst) => Some(Op::ConvNop),
        _ => None,
    }
}

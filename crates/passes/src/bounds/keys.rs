//! What can be passed by address, and keys of maps (`walk/{order,walk,complit,convert}.go`, `ssa/value.go`).

use escargo_ir::{Class, Context, NodeId, Unit};
use escargo_types::TypeId;
use escargo_types::ty::{BasicKind, Type};

/// Elements of maps larger than this are never handled by the fast functions.
const MAX_ELEM_SIZE: u64 = 128;

/// What a map's keys are passed as (`walk.mapfast`).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyKind {
    /// By address.
    Address,
    /// As an integer.
    Int,
    /// As a pointer.
    Pointer,
    /// As a string.
    String,
}

/// How values are compared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Equality {
    Memory,
    String,
    Other,
}

pub(super) fn key_kind(cx: &Context<'_>, map: TypeId) -> KeyKind {
    let &Type::Map { key, elem } = cx.store.ty(cx.store.under(map)) else { return KeyKind::Address };
    if cx.size_of(elem).is_none_or(|size| size > MAX_ELEM_SIZE) {
        return KeyKind::Address;
    }
    match (equality(cx, key), cx.size_of(key)) {
        (Equality::String, _) => KeyKind::String,
        (Equality::Memory, Some(4 | 8)) if !cx.has_pointers(key) => KeyKind::Int,
        (Equality::Memory, Some(size)) if size == cx.sizes.word => KeyKind::Pointer,
        _ => KeyKind::Address,
    }
}

/// Whether a key can be converted to what the map's functions take; other keys are copied through memory.
pub(super) fn is_convertible(cx: &Context<'_>, key: TypeId, kind: KeyKind) -> bool {
    match kind {
        KeyKind::Int => cx.store.is_integer(key),
        KeyKind::String => cx.store.is_string(key),
        KeyKind::Pointer => match cx.store.ty(cx.store.under(key)) {
            Type::Pointer(_) | Type::Map { .. } | Type::Chan { .. } | Type::Signature(_) => true,
            Type::Basic(basic) => basic.kind == BasicKind::UnsafePointer,
            _ => false,
        },
        KeyKind::Address => false,
    }
}

fn equality(cx: &Context<'_>, ty: TypeId) -> Equality {
    let store = cx.store;
    match store.ty(store.under(ty)) {
        Type::Basic(basic) if basic.kind == BasicKind::String => Equality::String,
        Type::Basic(_) if store.is_float(ty) || store.is_complex(ty) => Equality::Other,
        Type::Basic(_) | Type::Pointer(_) | Type::Chan { .. } => Equality::Memory,
        &Type::Array { elem, len } => match (equality(cx, elem), len) {
            (Equality::Memory, _) | (_, Some(0)) => Equality::Memory,
            (other, Some(1)) => other,
            _ => Equality::Other,
        },
        Type::Struct(s) => {
            let is_blank = |field| store.obj(field).name.is_blank();
            match s.fields[..] {
                [field] if !is_blank(field) => equality(cx, store.obj_type(field)),
                _ => {
                    let plain = s.fields.iter().all(|&field| {
                        !is_blank(field) && equality(cx, store.obj_type(field)) == Equality::Memory
                    });
                    let size = |&field| cx.size_of(store.obj_type(field)).unwrap_or(0);
                    let padded = s.fields.iter().map(size).sum::<u64>() != cx.size_of(ty).unwrap_or(0);
                    if plain && !padded { Equality::Memory } else { Equality::Other }
                }
            }
        }
        _ => Equality::Other,
    }
}

/// Whether `x == x` holds for all values of the type (`types.IsReflexive`).
pub(super) fn is_reflexive(cx: &Context<'_>, ty: TypeId) -> bool {
    let store = cx.store;
    match store.ty(store.under(ty)) {
        Type::Basic(_) => !store.is_float(ty) && !store.is_complex(ty),
        Type::Interface(_) => false,
        &Type::Array { elem, .. } => is_reflexive(cx, elem),
        Type::Struct(s) => s.fields.iter().all(|&field| is_reflexive(cx, store.obj_type(field))),
        _ => true,
    }
}

/// Whether values of the type may live in registers (`ssa.CanSSA`).
fn can_be_register(cx: &Context<'_>, ty: TypeId) -> bool {
    const MAX_FIELDS: usize = 4;
    let store = cx.store;
    match cx.size_of(ty) {
        Some(0) => return true,
        Some(size) if size <= MAX_FIELDS as u64 * cx.sizes.word => {}
        _ => return false,
    }
    match store.ty(store.under(ty)) {
        &Type::Array { elem, len } => len.is_some_and(|len| len <= 1) && can_be_register(cx, elem),
        Type::Struct(_) if cx.is_direct_iface(ty) => true,
        Type::Struct(s) => {
            s.fields.len() <= MAX_FIELDS
                && s.fields.iter().all(|&field| can_be_register(cx, store.obj_type(field)))
        }
        _ => true,
    }
}

/// Whether the address of the expression can be passed on without copying it: not that of local variables which
/// could otherwise live in registers.
pub(super) fn has_usable_address(cx: &Context<'_>, unit: &Unit, node: NodeId) -> bool {
    let outer = unit.outer_value(cx.store, node);
    let register = unit.as_name(outer).is_some_and(|name| {
        let name = &unit.names[name];
        name.class == Class::Auto && name.outer.is_none() && !name.addrtaken && can_be_register(cx, name.ty)
    });
    unit.is_addressable(cx.store, node) && !register
}

/// Whether a conversion of the type to an interface passes the address of the value
/// (`walk.dataWordFuncName`).
pub(super) fn converts_by_address(cx: &Context<'_>, ty: TypeId) -> bool {
    let store = cx.store;
    match (cx.size_of(ty), cx.align_of(ty)) {
        (Some(2), 2) => return false,
        (Some(4), 4) if !cx.has_pointers(ty) => return false,
        (Some(8), align) if align == cx.align_of(TypeId::UINT64) && !cx.has_pointers(ty) => return false,
        _ => {}
    }
    let mut sole = ty;
    loop {
        sole = match store.ty(store.under(sole)) {
            &Type::Array { elem, len: Some(1) } => elem,
            Type::Struct(s) if s.fields.len() == 1 => store.obj_type(s.fields[0]),
            Type::Slice(_) => return false,
            Type::Basic(basic) => return basic.kind != BasicKind::String,
            _ => return true,
        };
    }
}

//! Values in interfaces (`walk/convert.go`, dataWord; `walk/order.go`, addrTemp).

use escargo_dialect::allocating::{BOXED_LIMIT, ZERO_VALUE};
use escargo_ir::{Class as NameClass, Context, Kind, NodeId, Op, Unit};
use escargo_types::ty::{BasicKind, Type};
use escargo_types::{TypeId, TypeStore};

use crate::walk::{Collector, Seen};
use crate::{Class, SiteKind, Why};

impl Collector<'_, '_> {
    /// A conversion to an interface; none if the value is in an interface already.
    pub(crate) fn boxed(&mut self, node: NodeId, x: NodeId) -> Option<(Seen, Class)> {
        let ty = self.ty(x);
        if self.cx.store.is_interface(ty) {
            return None;
        }
        let size = self.size_of(ty);
        let seen = Seen::new(SiteKind::Boxed, ty).sized(Some(size));
        let class = self.boxed_free(ty, size, x).map(Class::Never).unwrap_or_else(|| {
            if self.stays(node) && size <= BOXED_LIMIT {
                return Class::Stack;
            }
            match helper(self.cx, ty) {
                Helper::Small => Class::RunTime(Why::SmallValue),
                Helper::String => Class::RunTime(Why::EmptyString),
                Helper::Slice => Class::RunTime(Why::NilSlice),
                Helper::ByAddress => Class::Heap,
            }
        });
        Some((seen, class))
    }

    /// Why a value needs no memory of its own, if it needs none.
    fn boxed_free(&mut self, ty: TypeId, size: u64, x: NodeId) -> Option<Why> {
        if self.cx.is_direct_iface(ty) {
            return Some(Why::PointerShaped);
        }
        if size == 0 {
            return Some(Why::ZeroSize);
        }
        let store = self.cx.store;
        let is_byte = |ty| store.is_boolean(ty) || size == 1 && store.is_integer(ty);
        if sole_component(store, ty).is_some_and(is_byte) {
            return Some(Why::SingleByte);
        }
        self.is_read_only(ty, size, x).then_some(Why::ReadOnly)
    }

    fn is_read_only(&mut self, ty: TypeId, size: u64, x: NodeId) -> bool {
        let (cx, unit) = (self.cx, self.unit);
        match unit.nodes[x].kind {
            Kind::Name(name) if unit.names[name].class == NameClass::Extern && unit.names[name].read_only => {
                return true;
            }
            // Data of these packages must not hold addresses.
            Kind::Literal(_) if is_fips(cx, unit) => return false,
            Kind::Nil | Kind::Literal(_) => return true,
            _ => {}
        }
        let by_address = matches!(helper(cx, ty), Helper::ByAddress);
        if is_fips(cx, unit)
            || !(by_address || unit.is_static_data(cx.store, x))
            || !self.rules.shares_composites
        {
            return false;
        }
        let captured = unit.as_name(x).is_some_and(|name| unit.names[name].is_closure_var());
        let value = if captured { x } else { self.values.static_value(cx, unit, self.func, x) };
        let is_literal =
            matches!(unit.nodes[value].kind, Kind::CompositeLit { op: Op::StructLit | Op::ArrayLit, .. });
        is_literal && (unit.is_zero(value) && size <= ZERO_VALUE || unit.is_static_data(cx.store, value))
    }
}

/// The function of the run time that puts a value on the heap for an interface.
enum Helper {
    /// For two, four or eight bytes without pointers.
    Small,
    String,
    Slice,
    /// For all others, which it is given the address of.
    ByAddress,
}

fn helper(cx: &Context<'_>, ty: TypeId) -> Helper {
    let store = cx.store;
    match (cx.size_of(ty), cx.align_of(ty)) {
        (Some(2), 2) => return Helper::Small,
        (Some(4), 4) if !cx.has_pointers(ty) => return Helper::Small,
        (Some(8), align) if align == cx.align_of(TypeId::UINT64) && !cx.has_pointers(ty) => {
            return Helper::Small;
        }
        _ => {}
    }
    match sole_component(store, ty).map(|ty| store.ty(store.under(ty))) {
        Some(Type::Slice(_)) => Helper::Slice,
        Some(Type::Basic(basic)) if basic.kind == BasicKind::String => Helper::String,
        _ => Helper::ByAddress,
    }
}

/// What a value consists of, behind structs of one field and arrays of one element; none if there is more in one.
fn sole_component(store: &TypeStore, mut ty: TypeId) -> Option<TypeId> {
    loop {
        ty = match store.ty(store.under(ty)) {
            &Type::Array { elem, len } => (len == Some(1)).then_some(elem)?,
            Type::Struct(s) => match s.fields[..] {
                [field] => store.obj_type(field),
                _ => return None,
            },
            _ => return Some(ty),
        };
    }
}

/// Packages whose data must not hold addresses (`cmd/internal/obj/fips140.go`).
fn is_fips(cx: &Context<'_>, unit: &Unit) -> bool {
    const ROOT: &str = "crypto/internal/fips140";
    let package = cx.store.pkg(unit.pkg);
    let path = package.path.as_str();
    let inside = path.strip_prefix(ROOT).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    inside && !path.ends_with("_test")
}

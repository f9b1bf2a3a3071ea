//! Shapes: types that stand for all type arguments which generic code can treat alike, and instances of types that
//! are declared in generic functions.

use escargo_base::{Pos, Symbol};

use crate::object::{Object, Package};
use crate::store::{PkgId, TypeId, TypeStore};
use crate::subst::SubstMap;
use crate::ty::{BasicKind, Named, Type};

impl TypeStore {
    /// The package that shapes are declared in.
    pub fn shape_pkg(&self) -> PkgId {
        *self.shape_pkg.get_or_init(|| {
            let path = Symbol::intern("go.shape");
            self.new_package(Package::new(path, Some(path), false))
        })
    }

    /// A new shape `go.shape.NAME` with an underlying type. Whoever makes shapes keeps one per name.
    pub fn shape_of(&self, under: TypeId, name: Symbol) -> TypeId {
        let obj = self.new_object(Object::type_name(Pos::NONE, Some(self.shape_pkg()), name, None));
        let named = Named::declared(obj);
        named.set_rhs(under);
        named.set_underlying(under);
        let id = self.push_shape(Type::Named(named.into()));
        self.obj(obj).set_ty(Some(id));
        id
    }

    /// Whether the type is a shape.
    pub fn is_shape(&self, ty: TypeId) -> bool {
        match self.ty(ty) {
            Type::Named(n) if self.has_shape(ty) => self.obj(n.obj).pkg == Some(self.shape_pkg()),
            _ => false,
        }
    }

    /// Whether these are type arguments for all parameters of a type declared in a generic function: for those of
    /// the function as well as its own.
    pub fn has_all_targs(&self, origin: TypeId, targs: &[TypeId]) -> bool {
        match self.ty(origin) {
            Type::Named(n) => {
                !n.implicits().is_empty() && targs.len() == n.implicits().len() + n.own_tparams().len()
            }
            _ => false,
        }
    }

    /// What the type parameters of a declared type stand for in an instance; those of the function around it too if
    /// there are arguments for them.
    pub fn instance_map(&self, origin: TypeId, targs: &[TypeId]) -> SubstMap {
        let Type::Named(generic) = self.ty(origin) else { return SubstMap::default() };
        if !self.has_all_targs(origin, targs) {
            return SubstMap::new(generic.own_tparams(), targs);
        }
        let params = generic.implicits().iter().chain(generic.own_tparams());
        SubstMap(params.copied().zip(targs.iter().copied()).collect())
    }
}

/// Whether two types of the compiler's middle are identical. Where shapes are concerned it asks for less than the
/// language does: a shape of a basic or pointer type is identical to every type of that kind
/// (`types/identity.go`, without identStrict).
pub fn identical(store: &TypeStore, x: TypeId, y: TypeId) -> bool {
    if x == y {
        return true;
    }
    if !store.has_shape(x) && !store.has_shape(y) {
        return crate::identity::identical(store, x, y);
    }
    Walk { store, open: Vec::new() }.same(x, y)
}

struct Walk<'s> {
    store: &'s TypeStore,
    /// Pairs being compared.
    open: Vec<(TypeId, TypeId)>,
}

impl Walk<'_> {
    fn same(&mut self, x: TypeId, y: TypeId) -> bool {
        let store = self.store;
        let (x, y) = (store.unalias(x), store.unalias(y));
        if x == y {
            return true;
        }
        let named = |t| matches!(store.ty(t), Type::Named(_));
        let (u, v) = (store.under(x), store.under(y));
        if std::mem::discriminant(store.ty(u)) != std::mem::discriminant(store.ty(v)) {
            return false;
        }
        let shaped = store.has_shape(x) || store.has_shape(y);
        // Basic types and the types behind names have names in the compiler, so that kinds decide.
        if shaped && let (Some(a), Some(b)) = (kind(store, u), kind(store, v)) {
            return a == b;
        }
        let names = named(x) || named(y);
        if shaped && names && matches!(store.ty(u), Type::Pointer(_)) {
            return true;
        }
        if !shaped && names {
            return crate::identity::identical(store, x, y);
        }
        if self.open.contains(&(x, y)) {
            return true;
        }
        self.open.push((x, y));
        let same = self.same_structure(u, v);
        self.open.pop();
        same
    }

    fn same_structure(&mut self, x: TypeId, y: TypeId) -> bool {
        let store = self.store;
        match (store.ty(x), store.ty(y)) {
            (Type::Basic(a), Type::Basic(b)) => a.kind == b.kind,
            (&Type::Array { elem: a, len: m }, &Type::Array { elem: b, len: n }) => m == n && self.same(a, b),
            (&Type::Slice(a), &Type::Slice(b)) | (&Type::Pointer(a), &Type::Pointer(b)) => self.same(a, b),
            (&Type::Map { key: k, elem: a }, &Type::Map { key: l, elem: b }) => {
                self.same(k, l) && self.same(a, b)
            }
            (&Type::Chan { dir: c, elem: a }, &Type::Chan { dir: d, elem: b }) => c == d && self.same(a, b),
            (Type::Struct(a), Type::Struct(b)) => {
                a.fields.len() == b.fields.len()
                    && (0..a.fields.len()).all(|i| {
                        let (f, g) = (store.obj(a.fields[i]), store.obj(b.fields[i]));
                        f.name == g.name
                            && f.is_embedded() == g.is_embedded()
                            && a.tag(i) == b.tag(i)
                            && (f.is_exported() || f.pkg == g.pkg)
                            && self.same(store.obj_type(a.fields[i]), store.obj_type(b.fields[i]))
                    })
            }
            (Type::Tuple(a), Type::Tuple(b)) => {
                a.vars.len() == b.vars.len()
                    && a.vars
                        .iter()
                        .zip(&b.vars)
                        .all(|(&v, &w)| self.same(store.obj_type(v), store.obj_type(w)))
            }
            (Type::Signature(a), Type::Signature(b)) => {
                let (a, b) = (a.get(), b.get());
                a.variadic == b.variadic && self.same(a.params, b.params) && self.same(a.results, b.results)
            }
            (Type::Interface(_), Type::Interface(_)) => {
                let (a, b) = (crate::typeset::type_set(store, x), crate::typeset::type_set(store, y));
                a.methods.len() == b.methods.len()
                    && a.methods.iter().zip(&b.methods).all(|(&f, &g)| {
                        let (m, n) = (store.obj(f), store.obj(g));
                        m.name == n.name
                            && (m.is_exported() || m.pkg == n.pkg)
                            && self.same(store.obj_type(f), store.obj_type(g))
                    })
            }
            _ => false,
        }
    }
}

/// The kind of a basic type.
fn kind(store: &TypeStore, ty: TypeId) -> Option<BasicKind> {
    match store.ty(ty) {
        Type::Basic(b) => Some(b.kind),
        _ => None,
    }
}

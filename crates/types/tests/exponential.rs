//! Types that are used twice on each of many levels: walks that take them for trees never end.

use escargo_base::{Pos, Symbol};
use escargo_types::identity::identical;
use escargo_types::print::type_string;
use escargo_types::subst::{SubstMap, subst};
use escargo_types::{Object, TypeId, TypeStore};

const LEVELS: usize = 64;

/// `struct{ x, y struct{ x, y struct{ … } } }`, each level written once.
fn doubled(store: &TypeStore, innermost: TypeId) -> TypeId {
    (0..LEVELS).fold(innermost, |ty, _| {
        let field = |name| store.new_object(Object::field(Pos::NONE, None, Symbol::intern(name), ty, false));
        store.new_struct(vec![field("x"), field("y")], Vec::new())
    })
}

#[test]
fn identity_compares_each_pair_once() {
    let store = TypeStore::new();
    let (a, b) = (doubled(&store, TypeId::INT), doubled(&store, TypeId::INT));
    assert!(a != b && identical(&store, a, b));
    assert!(!identical(&store, a, doubled(&store, TypeId::STRING)));
}

#[test]
fn substitution_replaces_each_type_once() {
    let store = TypeStore::new();
    let name = store.new_object(Object::type_name(Pos::NONE, None, Symbol::intern("P"), None));
    let param = store.new_type_param(name);
    let generic = doubled(&store, param);
    let instance = subst(&store, generic, &SubstMap::new(&[param], &[TypeId::INT]));
    assert!(identical(&store, instance, doubled(&store, TypeId::INT)));
}

#[test]
fn texts_are_cut_short() {
    let store = TypeStore::new();
    let text = type_string(&store, doubled(&store, TypeId::INT), &|_| String::new());
    assert!(text.starts_with("struct{x struct{x ") && text.len() < 2 << 20, "{} bytes", text.len());
}

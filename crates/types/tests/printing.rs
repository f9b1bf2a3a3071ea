//! How types and objects are written, as `go/types` of Go 1.27 writes them.

mod common;

use common::{Build, sym};
use escargo_base::Pos;
use escargo_types::print::{full_path, object_string};
use escargo_types::ty::{ChanDir, Term, Union};
use escargo_types::{Alias, Interface, ObjId, Object, ObjectKind, Signature, Type, TypeId, VarKind};

const INT: TypeId = TypeId::INT;
const STRING: TypeId = TypeId::STRING;

#[test]
fn types_as_text() {
    let b = Build::new();
    let s = &b.store;
    let bytes = s.slice(TypeId::BYTE);
    let pair = pair(&b);
    let e2 = b.declare("E2", b.strukt(&[]));
    let fields =
        vec![b.field("x", INT), b.embedded("E2", s.pointer(e2)), b.field("z", TypeId::UNSAFE_POINTER)];
    let tagged = s.new_struct(fields, vec![sym("json:\"x\"")]);
    let recv = s.chan(ChanDir::Recv, INT);
    let both = s.chan(ChanDir::Both, INT);
    let variadic = Signature {
        variadic: true,
        ..b.sig(&[("x", INT), ("y", s.slice(STRING))], &[("n", INT), ("err", TypeId::ERROR)])
    };
    let append = Signature { variadic: true, ..b.sig(&[("", bytes), ("", STRING)], &[("", bytes)]) };
    let e = b.declare("E", b.interface(&[("Error", b.func(&[], &[("", STRING)]))], &[]));
    let terms = [Term { tilde: true, ty: INT }, Term { tilde: false, ty: STRING }];
    let union = s.new_union(Union { terms: terms.into() });
    let m = b.func(&[("x", INT)], &[("", TypeId::ERROR)]);
    let Type::Named(comparable) = s.ty(TypeId::COMPARABLE) else { panic!() };
    let table = [
        (b.instance(pair, &[INT, bytes]), "Pair[int, []byte]"),
        (pair, "Pair[K comparable, V any]"),
        (s.chan(ChanDir::Both, recv), "chan (<-chan int)"),
        (s.chan(ChanDir::Send, both), "chan<- chan int"),
        (s.chan(ChanDir::Recv, both), "<-chan chan int"),
        (s.new_signature(variadic), "func(x int, y ...string) (n int, err error)"),
        (s.new_signature(append), "func([]byte, string...) []byte"),
        (b.func(&[("", INT), ("", TypeId::FLOAT64)], &[("", TypeId::BOOL)]), "func(int, float64) bool"),
        (b.func(&[], &[("", INT), ("", TypeId::ERROR)]), "func() (int, error)"),
        (b.func(&[], &[("n", INT)]), "func() (n int)"),
        (tagged, r#"struct{x int "json:\"x\""; *E2; z unsafe.Pointer}"#),
        (TypeId::EMPTY_INTERFACE, "interface{}"),
        (TypeId::ANY, "any"),
        (s.array(s.map(STRING, s.pointer(e)), Some(3)), "[3]map[string]*E"),
        (b.interface(&[("m", m)], &[e, union]), "interface{m(x int) error; E; ~int | string}"),
        (s.new_interface(Interface::new(vec![], vec![union], vec![], true), false), "~int | string"),
        (comparable.rhs().expect("known"), "interface{comparable}"),
        (s.new_tuple([b.var(VarKind::Result, "", INT)]), "(int)"),
        (TypeId::UNTYPED_FLOAT, "untyped float"),
        (TypeId::INVALID, "invalid type"),
    ];
    for (ty, expected) in table {
        assert_eq!(b.text(ty), expected);
    }
}

/// `type Pair[K comparable, V any] struct{k K; v V}`
fn pair(b: &Build) -> TypeId {
    let pair = b.named("Pair");
    let (k, v) = (b.tparam("K", 0, TypeId::COMPARABLE), b.tparam("V", 1, TypeId::ANY));
    b.set_tparams(pair, &[k, v]);
    b.set_rhs(pair, b.strukt(&[("k", k), ("v", v)]));
    pair
}

#[test]
fn type_parameters_share_constraints_and_say_when_they_shadow() {
    let b = Build::new();
    let s = &b.store;
    let terms = [Term { tilde: true, ty: INT }, Term { tilde: false, ty: STRING }];
    let union = s.new_union(Union { terms: terms.into() });
    let bound = s.new_interface(Interface::new(vec![], vec![union], vec![], true), false);
    let (p, q) = (b.tparam("P", 0, TypeId::ANY), b.tparam("Q", 1, TypeId::ANY));
    let r = b.tparam("R", 2, bound);
    let sig = Signature { tparams: [p, q, r].into(), ..b.sig(&[("p", p)], &[("", q), ("", r)]) };
    assert_eq!(b.text(s.new_signature(sig)), "func[P, Q any, R ~int | string](p P) (Q, R)");
    assert_eq!(b.text(b.tparam("int", 0, TypeId::ANY)), "int/* type parameter */");
}

#[test]
fn interfaces_that_contain_themselves_end() {
    let b = Build::new();
    let s = &b.store;
    // As `type A = interface{ m() A }` would be, if the alias were looked through.
    let result = s.new_object(Object::var(VarKind::Result, Pos::NONE, None, sym(""), None));
    let sig = Signature { results: s.new_tuple([result]), ..Signature::default() };
    let i = b.interface(&[("m", s.new_signature(sig))], &[]);
    s.obj(result).set_ty(Some(i));
    assert_eq!(b.text(i), "interface{m() <cycle to *Interface>}");
}

#[test]
fn objects_as_text() {
    let b = Build::new();
    let s = &b.store;
    let pair = pair(&b);
    let bytes = s.slice(TypeId::BYTE);
    let type_name = |name: &str| {
        let object = Object::type_name(Pos::NONE, Some(b.pkg), sym(name), None);
        object.mark_package_level();
        s.new_object(object)
    };
    let alias = |name: &str, rhs, tparams: &[TypeId]| -> ObjId {
        let obj = type_name(name);
        let id = s.new_alias(Alias::new(obj, Some(rhs)), false);
        let Type::Alias(a) = s.ty(id) else { panic!() };
        a.set_tparams(tparams.to_vec());
        s.obj(obj).set_ty(Some(id));
        obj
    };
    let package_level = |object: Object| {
        object.mark_package_level();
        s.new_object(object)
    };
    let constant = Object::constant(Pos::NONE, Some(b.pkg), sym("C"), Some(TypeId::UNTYPED_INT), None);
    let func = Object::func(Pos::NONE, Some(b.pkg), sym("F"), Some(b.func(&[("x", INT)], &[])));
    let k = b.tparam("K", 0, TypeId::ANY);
    let recv_args = [k, b.tparam("V", 1, TypeId::ANY)];
    let sig = Signature { recv_tparams: recv_args.into(), ..b.sig(&[("x", recv_args[1])], &[("", k)]) };
    let m = b.method(s.pointer(b.instance(pair, &recv_args)), "M", sig);
    b.set_methods(pair, &[m]);
    let inst = b.instance(pair, &[INT, bytes]);
    let of = |kind| s.new_object(Object::new(Pos::NONE, Some(b.pkg), sym("x"), None, kind));
    let universe = s.universe();
    let p = b.tparam("P", 0, TypeId::ANY);
    let table = [
        (alias("A", s.slice(INT), &[]), "type ex/p.A = []int"),
        (alias("GA", s.map(STRING, p), &[p]), "type ex/p.GA[P any] = map[string]P"),
        (s.named_obj(p), "type parameter P any"),
        (s.named_obj(pair), "type ex/p.Pair[K comparable, V any] struct{k K; v V}"),
        (package_level(constant), "const ex/p.C untyped int"),
        (b.var(VarKind::Local, "x", INT), "var x int"),
        (b.field("x", inst), "field x ex/p.Pair[int, []byte]"),
        (package_level(func), "func ex/p.F(x int)"),
        (s.method(inst, 0), "func (*ex/p.Pair[int, []byte]).M(x []byte) int"),
        (universe.error_method, "func (error).Error() string"),
        (of(ObjectKind::PkgName { imported: b.pkg }), "package x (\"ex/p\")"),
        (of(ObjectKind::Label), "label x"),
        (universe.lookup(sym("len")).unwrap(), "builtin len"),
        (universe.nil, "nil"),
        (universe.lookup(sym("any")).unwrap(), "type any = interface{}"),
        (universe.lookup(sym("error")).unwrap(), "type error interface{Error() string}"),
        (universe.lookup(sym("int")).unwrap(), "type int"),
    ];
    for (obj, expected) in table {
        assert_eq!(object_string(s, obj, &full_path(s)), expected);
    }
}

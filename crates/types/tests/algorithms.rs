//! Identity, expansion of instances, look-up, type sets and sizes on types built by hand.

mod common;

use common::{Build, sym};
use escargo_base::Pos;
use escargo_types::identity::{identical, identical_ignore_tags, identity_hash};
use escargo_types::lookup::{Lookup, lookup_field_or_method};
use escargo_types::methodset::method_set;
use escargo_types::object::Package;
use escargo_types::predicates::NotComparable;
use escargo_types::sizes::Sizes;
use escargo_types::subst::{SubstMap, instantiate_signature, subst};
use escargo_types::ty::{ChanDir, Term, Union};
use escargo_types::typeset::{
    NoCommonUnder, TypeSetError, check_type_set, common_under, common_under_or, type_set,
};
use escargo_types::{Alias, Interface, ObjId, Object, Signature, Type, TypeId, TypeStore};

const ANY: TypeId = TypeId::ANY;
const INT: TypeId = TypeId::INT;
const STRING: TypeId = TypeId::STRING;

#[test]
fn tags_names_and_packages_decide_identity_of_structs() {
    let b = Build::new();
    let s = &b.store;
    let plain = s.new_struct(vec![b.field("x", INT)], vec![]);
    let tagged = s.new_struct(vec![b.field("x", INT)], vec![sym("t")]);
    assert!(!identical(s, plain, tagged) && identical_ignore_tags(s, plain, tagged));
    let again = s.new_struct(vec![b.field("x", INT)], vec![sym("t")]);
    assert!(identical(s, tagged, again));
    assert_eq!(identity_hash(s, tagged), identity_hash(s, again));

    let q = s.new_package(Package::new(sym("ex/q"), Some(sym("q")), false));
    let foreign = |name| {
        let f = s.new_object(Object::field(Pos::NONE, Some(q), sym(name), INT, false));
        s.new_struct(vec![f], vec![])
    };
    assert!(!identical(s, plain, foreign("x")), "unexported names of two packages differ");
    assert!(identical(s, b.strukt(&[("X", INT)]), foreign("X")));
    let embedded = s.new_struct(vec![b.embedded("int", INT)], vec![]);
    assert!(!identical(s, embedded, b.strukt(&[("int", INT)])));
}

#[test]
fn spelling_is_kept_but_does_not_decide_identity() {
    let b = Build::new();
    let s = &b.store;
    let (bytes, octets) = (s.slice(TypeId::BYTE), s.slice(TypeId::UINT8));
    assert_ne!(bytes, octets);
    assert!(identical(s, bytes, octets));
    assert_eq!(identity_hash(s, bytes), identity_hash(s, octets));
    assert_eq!(s.slice(TypeId::BYTE), bytes);
    assert!(identical(s, ANY, TypeId::EMPTY_INTERFACE));
    assert!(!identical(s, s.array(INT, Some(1)), s.array(INT, Some(2))));
    assert!(identical(s, s.array(INT, None), s.array(INT, Some(2))), "follow-up errors are avoided");
    assert!(!identical(s, s.chan(ChanDir::Send, INT), s.chan(ChanDir::Both, INT)));
    let f = b.func(&[("x", INT)], &[]);
    assert!(identical(s, f, b.func(&[("y", INT)], &[])));
    assert!(!identical(s, f, b.func(&[("y", INT)], &[("", INT)])));
}

#[test]
fn generic_signatures_are_identical_modulo_renaming() {
    let b = Build::new();
    let s = &b.store;
    let make = |name: &str, bound| {
        let p = b.tparam(name, 0, bound);
        let sig = b.sig(&[("x", s.slice(p))], &[("", p)]);
        s.new_signature(Signature { tparams: [p].into(), ..sig })
    };
    let (x, y) = (make("P", ANY), make("Q", ANY));
    assert!(identical(s, x, y));
    assert_eq!(identity_hash(s, x), identity_hash(s, y));
    assert!(!identical(s, x, make("P", TypeId::COMPARABLE)));
    assert_eq!(b.text(instantiate_signature(s, x, &[INT])), "func(x []int) int");
    assert_eq!(instantiate_signature(s, x, &[INT, INT]), TypeId::INVALID);
}

#[test]
fn interfaces_may_contain_themselves_through_parameters() {
    let b = Build::new();
    let s = &b.store;
    // type T interface { m() interface{ T } }, twice.
    let make = |name: &str| {
        let t = b.named(name);
        let result = b.interface(&[], &[t]);
        let rhs = b.interface(&[("m", b.func(&[], &[("", result)]))], &[]);
        b.set_rhs(t, rhs);
        s.under(t)
    };
    let (x, y) = (make("T"), make("U"));
    assert!(identical(s, x, y));
    assert!(!identical(s, x, b.interface(&[("m", b.func(&[], &[]))], &[])));
}

#[test]
fn underlying_types_are_not_remembered_too_early() {
    let b = Build::new();
    let s = &b.store;
    let (t, u) = (b.named("T"), b.named("U"));
    b.set_rhs(t, u);
    let object = s.new_object(Object::type_name(Pos::NONE, Some(b.pkg), sym("A"), None));
    let a = s.new_alias(Alias::new(object, None), false);
    assert_eq!((s.under(t), s.unalias(a), s.under(a)), (TypeId::INVALID, TypeId::INVALID, TypeId::INVALID));
    assert!(!s.is_resolved(t) && !s.is_resolved(a));
    b.set_rhs(u, a);
    assert_eq!(s.under(t), TypeId::INVALID);
    let Type::Alias(alias) = s.ty(a) else { panic!() };
    alias.set_rhs(INT);
    assert_eq!((s.under(t), s.under(u), s.under(a)), (INT, INT, INT));
    assert!(s.is_resolved(t) && s.is_integer(t) && !s.is_string(t));
}

#[test]
fn cyclic_declarations_end() {
    let b = Build::new();
    let s = &b.store;
    let ring: Vec<TypeId> = (0..5).map(|i| b.named(&format!("T{i}"))).collect();
    for i in 0..5 {
        b.set_rhs(ring[i], ring[(i + 1) % 5]);
    }
    let lasso = b.declare("L", ring[3]);
    assert_eq!((s.under(ring[0]), s.under(lasso)), (TypeId::INVALID, TypeId::INVALID));

    // type T[P any] T[[]P]
    let t = b.named("T");
    let p = b.tparam("P", 0, ANY);
    b.set_tparams(t, &[p]);
    b.set_rhs(t, b.instance(t, &[s.slice(p)]));
    assert_eq!(s.under(b.instance(t, &[INT])), TypeId::INVALID);
    // type I[P any] interface { I[[]P] }
    let i = b.named("I");
    b.set_tparams(i, &[p]);
    b.set_rhs(i, b.interface(&[], &[b.instance(i, &[s.slice(p)])]));
    assert!(type_set(s, s.under(b.instance(i, &[INT]))).is_all());
}

/// `type T[P any] struct{ next *T[arg(P)] }`
fn list(b: &Build, arg: impl FnOnce(TypeId) -> TypeId) -> TypeId {
    let t = b.named("T");
    let p = b.tparam("P", 0, ANY);
    b.set_tparams(t, &[p]);
    let next = b.store.pointer(b.instance(t, &[arg(p)]));
    b.set_rhs(t, b.strukt(&[("next", next), ("value", p)]));
    t
}

fn first_field(store: &TypeStore, ty: TypeId) -> ObjId {
    store.struct_fields(ty).expect("a struct")[0]
}

#[test]
fn instances_expand_to_themselves() {
    let b = Build::new();
    let s = &b.store;
    let t = list(&b, |p| p);
    let inst = b.instance(t, &[INT]);
    assert_eq!(inst, b.instance(t, &[INT]));
    let next = first_field(s, inst);
    assert_eq!(s.pointer_elem(s.obj_type(next)), Some(inst));
    assert_eq!(s.obj(next).origin(), Some(first_field(s, t)));
    assert_eq!(s.named_rhs(inst), Some(s.under(inst)));
    assert_eq!(b.text(s.under(inst)), "struct{next *T[int]; value int}");
    assert!(!identical(s, inst, b.instance(t, &[STRING])));
    assert!(identical(s, b.instance(t, &[TypeId::BYTE]), b.instance(t, &[TypeId::UINT8])));
    assert_eq!(s.named_rhs(b.instance(t, &[INT, INT])), Some(TypeId::INVALID));
}

#[test]
fn endless_instances_expand_one_level_at_a_time() {
    let b = Build::new();
    let s = &b.store;
    let t = list(&b, |p| s.slice(p));
    let before = s.counts().0;
    let mut inst = b.instance(t, &[INT]);
    for _ in 0..3 {
        inst = s.pointer_elem(s.obj_type(first_field(s, inst))).expect("a pointer");
    }
    assert_eq!(b.text(inst), "T[[][][]int]");
    assert!(s.counts().0 - before < 20, "no more types than asked for");
    let f = lookup_field_or_method(s, inst, true, Some(b.pkg), sym("nowhere"), false);
    assert_eq!(f, Lookup::NotFound);

    // type E[P any] struct{ *E[[]P] }
    let e = b.named("E");
    let p = b.tparam("P", 0, ANY);
    b.set_tparams(e, &[p]);
    let embedded = b.embedded("E", s.pointer(b.instance(e, &[s.slice(p)])));
    b.set_rhs(e, s.new_struct(vec![embedded], vec![]));
    let inst = b.instance(e, &[INT]);
    assert_eq!(lookup_field_or_method(s, inst, true, None, sym("X"), false), Lookup::NotFound);
    assert!(method_set(s, inst).is_empty());
}

#[test]
fn instances_are_unique_up_to_spelling() {
    let b = Build::new();
    let s = &b.store;
    // type T[P, Q any] struct{ next *T[P, struct{x []P}] }
    let t = b.named("T");
    let (p, q) = (b.tparam("P", 0, ANY), b.tparam("Q", 1, ANY));
    b.set_tparams(t, &[p, q]);
    let next = s.pointer(b.instance(t, &[p, b.strukt(&[("x", s.slice(p))])]));
    b.set_rhs(t, b.strukt(&[("next", next)]));
    let step = |ty| s.pointer_elem(s.obj_type(first_field(s, ty))).expect("a pointer");
    for arg in [INT, b.tparam("R", 0, ANY)] {
        let second = step(b.instance(t, &[arg, arg]));
        assert_eq!(step(second), second, "comes back to itself");
    }
    let of = |arg| b.instance(t, &[arg, arg]);
    assert_eq!(of(b.strukt(&[("x", INT)])), of(b.strukt(&[("x", INT)])));
    assert_eq!(of(b.func(&[("x", INT)], &[])), of(b.func(&[("y", INT)], &[])));
    assert_ne!(of(b.strukt(&[("x", INT)])), of(b.strukt(&[("y", INT)])));
    assert_ne!(of(s.slice(TypeId::BYTE)), of(s.slice(TypeId::UINT8)), "printed as written");
    assert_ne!(of(ANY), of(TypeId::EMPTY_INTERFACE));
    let tagged = s.new_struct(vec![b.field("x", INT)], vec![sym("t")]);
    assert_ne!(of(b.strukt(&[("x", INT)])), of(tagged));
}

#[test]
fn instances_of_aliases() {
    let b = Build::new();
    let s = &b.store;
    // type A[P any] = map[string]P
    let p = b.tparam("P", 0, ANY);
    let object = s.new_object(Object::type_name(Pos::NONE, Some(b.pkg), sym("A"), None));
    let a = s.new_alias(Alias::new(object, None), false);
    let Type::Alias(alias) = s.ty(a) else { panic!() };
    alias.set_tparams(vec![p]);
    assert!(s.is_generic(a));
    assert_eq!(s.instantiate(a, &[INT], Pos::NONE), TypeId::INVALID, "not known yet, and not remembered");
    alias.set_rhs(s.map(STRING, p));
    let inst = s.instantiate(a, &[INT], Pos::NONE);
    assert_eq!((s.unalias(inst), b.text(inst).as_str()), (s.map(STRING, INT), "A[int]"));
    assert_eq!(s.instantiate(a, &[INT], Pos::NONE), inst);
    assert_eq!(s.instantiate(a, &[INT, INT], Pos::NONE), TypeId::INVALID);
    let q = b.tparam("Q", 0, ANY);
    let generic = s.slice(s.instantiate(a, &[q], Pos::NONE));
    assert_eq!(subst(s, generic, &SubstMap::new(&[q], &[INT])), s.slice(inst));
    assert!(!s.is_generic(inst));
}

#[test]
fn substitution_keeps_what_does_not_change() {
    let b = Build::new();
    let s = &b.store;
    let (p, q) = (b.tparam("P", 0, ANY), b.tparam("Q", 1, ANY));
    let map = SubstMap::new(&[p], &[INT]);
    for same in [q, s.slice(q), b.strukt(&[("x", INT)]), s.map(STRING, q), b.func(&[("", q)], &[])] {
        assert_eq!(subst(s, same, &map), same);
    }
    assert_eq!(subst(s, s.map(p, s.slice(p)), &map), s.map(INT, s.slice(INT)));
    let two = b.strukt(&[("x", q), ("y", p)]);
    let new = subst(s, two, &map);
    assert_eq!(b.text(new), "struct{x Q; y int}");
    let (old, new) = (s.struct_fields(two).unwrap(), s.struct_fields(new).unwrap());
    assert_eq!((old[0], Some(old[1])), (new[0], s.obj(new[1]).origin()));
    assert!(s.is_parameterized(&[q], two) && !s.is_parameterized(&[q], s.slice(p)));
}

#[test]
fn methods_of_instances_get_their_types_on_demand() {
    let b = Build::new();
    let s = &b.store;
    let t = b.named("T");
    let p = b.tparam("P", 0, ANY);
    b.set_tparams(t, &[p]);
    b.set_rhs(t, b.strukt(&[("x", p)]));
    // func (r *T[Q]) M[R interface{ ~[]Q }](q Q, r R) R
    let q = b.tparam("Q", 0, ANY);
    let term = Term { tilde: true, ty: s.slice(q) };
    let union = s.new_union(Union { terms: [term].into() });
    let r = b.tparam("R", 0, s.new_interface(Interface::new(vec![], vec![union], vec![], true), true));
    let sig = b.sig(&[("q", q), ("r", r)], &[("", r)]);
    let m = b.method(
        s.pointer(b.instance(t, &[q])),
        "M",
        Signature { recv_tparams: [q].into(), tparams: [r].into(), ..sig },
    );
    b.set_methods(t, &[m]);

    let inst = b.instance(t, &[INT]);
    let found = lookup_field_or_method(s, inst, true, Some(b.pkg), sym("M"), false);
    let method = found.obj().expect("a method");
    assert_eq!(found, Lookup::Found { obj: s.method(inst, 0), index: vec![0], indirect: false });
    assert_eq!(s.obj(method).ty(), None);
    assert_eq!(
        lookup_field_or_method(s, inst, false, Some(b.pkg), sym("M"), false),
        Lookup::PointerReceiver,
        "known although the signature is not expanded"
    );
    let sig = s.method_type(method).expect("typed");
    assert_eq!(s.method_type(method), Some(sig));
    assert_eq!(b.text(sig), "func[R ~[]int](q int, r R) R");
    let sig = s.as_signature(sig).unwrap();
    assert_eq!(b.text(s.obj_type(sig.recv.unwrap())), "*T[int]");
    assert!(sig.recv_tparams.is_empty() && sig.tparams[0] != r);
    assert_eq!(s.obj(method).origin(), Some(m));
}

#[test]
fn methods_of_an_interface_instance_belong_to_it() {
    let b = Build::new();
    let s = &b.store;
    // type I[P any] interface { m() }: nothing in it mentions P.
    let i = b.named("I");
    b.set_tparams(i, &[b.tparam("P", 0, ANY)]);
    let m = b.method(i, "m", b.sig(&[], &[]));
    b.set_rhs(i, s.new_interface(Interface::new(vec![m], vec![], vec![], false), false));
    let inst = b.instance(i, &[INT]);
    let set = type_set(s, s.under(inst));
    let recv = s.as_signature(s.obj_type(set.methods[0])).unwrap().recv.unwrap();
    assert_eq!(s.obj_type(recv), inst);
    assert_eq!(s.obj(set.methods[0]).origin(), Some(m));
}

#[test]
fn look_up_goes_breadth_first_and_reports_ambiguity() {
    let b = Build::new();
    let s = &b.store;
    let find = |ty, addressable, name: &str| {
        lookup_field_or_method(s, ty, addressable, Some(b.pkg), sym(name), false)
    };
    let deep = b.declare("Deep", b.strukt(&[("x", INT), ("only", INT)]));
    let left = b.declare("Left", s.new_struct(vec![b.embedded("Deep", s.pointer(deep))], vec![]));
    let right = b.declare("Right", b.strukt(&[("x", INT), ("both", INT)]));
    let other = b.declare("Other", b.strukt(&[("both", INT)]));
    let m = b.method(s.pointer(right), "Ptr", b.sig(&[], &[]));
    let v = b.method(right, "Val", b.sig(&[], &[]));
    b.set_methods(right, &[m, v]);
    let fields = vec![b.embedded("Left", left), b.embedded("Right", right), b.embedded("Other", other)];
    let top = b.declare("Top", s.new_struct(fields, vec![]));

    let found = |obj, index: &[u32], indirect| Lookup::Found { obj, index: index.to_vec(), indirect };
    let x = s.struct_fields(right).unwrap()[0];
    assert_eq!(find(top, false, "x"), found(x, &[1, 0], false), "the shallower one wins");
    let only = s.struct_fields(deep).unwrap()[1];
    assert_eq!(find(top, false, "only"), found(only, &[0, 0, 1], true), "through a pointer");
    assert_eq!(find(top, false, "both"), Lookup::Ambiguous(vec![2, 0]));
    assert_eq!(find(top, false, "Ptr"), Lookup::PointerReceiver);
    assert_eq!(find(top, true, "Ptr"), found(m, &[1, 0], false));
    assert_eq!(find(s.pointer(top), false, "Ptr"), found(m, &[1, 0], true));
    assert_eq!(find(top, false, "_"), Lookup::NotFound);
    let folded = lookup_field_or_method(s, top, true, None, sym("vAL"), true);
    assert_eq!(folded, found(v, &[1, 1], false));

    // A declared pointer type has fields, but no methods.
    let ptr = b.declare("PtrType", s.pointer(right));
    assert_eq!(find(ptr, true, "x"), found(x, &[0], true));
    assert_eq!(find(ptr, true, "Val"), Lookup::NotFound);
    // Unexported names are those of one package.
    assert_eq!(lookup_field_or_method(s, top, true, None, sym("x"), false), Lookup::NotFound);

    let names = |ty| -> Vec<&str> { method_set(s, ty).iter().map(|m| s.obj(m.obj).name.as_str()).collect() };
    assert_eq!((names(top), names(s.pointer(top))), (vec!["Val"], vec!["Ptr", "Val"]));
    assert_eq!(method_set(s, top)[0].index, [1, 1]);
    assert!(names(ptr).is_empty());
}

#[test]
fn interfaces_are_looked_up_by_their_type_set() {
    let b = Build::new();
    let s = &b.store;
    let e = b.declare("E", b.interface(&[("Z", b.func(&[], &[])), ("a", b.func(&[], &[]))], &[]));
    let i = b.declare("I", b.interface(&[("M", b.func(&[], &[]))], &[e, TypeId::ERROR]));
    let names: Vec<&str> = type_set(s, s.under(i)).methods.iter().map(|&m| s.obj(m).name.as_str()).collect();
    assert_eq!(names, ["Error", "M", "Z", "a"], "exported ones first");
    let hit = lookup_field_or_method(s, i, false, Some(b.pkg), sym("M"), false);
    assert!(matches!(hit, Lookup::Found { index, .. } if index == [1]));
    let none = lookup_field_or_method(s, s.pointer(i), false, Some(b.pkg), sym("M"), false);
    assert_eq!(none, Lookup::NotFound, "a pointer to an interface has no methods");
    let p = b.tparam("P", 0, i);
    assert!(lookup_field_or_method(s, p, false, Some(b.pkg), sym("a"), false).obj().is_some());
}

fn union(b: &Build, terms: &[(bool, TypeId)]) -> TypeId {
    let terms = terms.iter().map(|&(tilde, ty)| Term { tilde, ty }).collect();
    b.store.new_union(Union { terms })
}

#[test]
fn type_sets_intersect_and_unite() {
    let b = Build::new();
    let s = &b.store;
    let my_int = b.declare("MyInt", INT);
    let set = |embeds: &[TypeId]| type_set(s, b.interface(&[], embeds));
    let text = |embeds: &[TypeId]| {
        let terms = set(embeds).specific_terms().iter();
        terms.map(|t| format!("{}{}", if t.tilde { "~" } else { "" }, b.text(t.ty))).collect::<Vec<_>>()
    };
    assert_eq!(text(&[union(&b, &[(true, INT), (false, my_int), (false, STRING)])]), ["~int", "string"]);
    assert_eq!(text(&[union(&b, &[(true, INT), (false, STRING)]), my_int]), ["MyInt"]);
    assert!(set(&[INT, STRING]).is_empty() && !set(&[INT, STRING]).all_comparable(s));
    assert!(set(&[union(&b, &[(true, my_int)])]).is_empty(), "no type has MyInt as underlying type");
    assert!(set(&[union(&b, &[(false, INT), (false, ANY)])]).is_all());
    let both = set(&[TypeId::COMPARABLE, union(&b, &[(false, s.slice(INT)), (false, INT)])]);
    assert_eq!((both.specific_terms().len(), both.comparable), (1, false));
    assert!(set(&[TypeId::COMPARABLE]).all_comparable(s) && !set(&[]).all_comparable(s));
    assert!(set(&[my_int]).subset_of(s, set(&[union(&b, &[(true, INT)])])));
    assert!(!set(&[]).subset_of(s, set(&[INT])));
    let orders = [[(false, INT), (false, STRING)], [(false, STRING), (false, INT)]];
    let [x, y] = orders.map(|terms| b.interface(&[], &[union(&b, &terms)]));
    assert!(identical(s, x, y));
    assert_eq!(identity_hash(s, x), identity_hash(s, y));
}

#[test]
fn wrong_interfaces_are_reported() {
    let b = Build::new();
    let s = &b.store;
    let m = |ty| b.interface(&[("m", ty)], &[]);
    let (f, g) = (b.func(&[], &[]), b.func(&[("x", INT)], &[]));
    let errors = |interface| {
        let mut kinds = Vec::new();
        check_type_set(s, interface, &mut |e| {
            kinds.push(match e {
                TypeSetError::DuplicateMethod { explicit: true, .. } => "explicit",
                TypeSetError::DuplicateMethod { .. } => "different",
                TypeSetError::OverlappingMethod { .. } => "overlapping",
                TypeSetError::InvalidEmbed { .. } => "embed",
                TypeSetError::TooManyTerms { .. } => "terms",
            });
        });
        kinds
    };
    assert_eq!(errors(b.interface(&[("m", f), ("m", f)], &[])), ["explicit"]);
    assert_eq!(errors(b.interface(&[("m", f)], &[m(g)])), ["different"]);
    assert_eq!(errors(b.interface(&[("m", f)], &[m(b.func(&[], &[]))])), ["overlapping"]);
    assert_eq!(errors(b.interface(&[], &[INT, TypeId::COMPARABLE])), ["embed", "embed"]);
    let many: Vec<_> = (0..101).map(|i| (false, s.array(INT, Some(i)))).collect();
    assert_eq!(errors(b.interface(&[], &[union(&b, &many)])), ["embed", "terms"]);
}

#[test]
fn common_underlying_types() {
    let b = Build::new();
    let s = &b.store;
    let tparam = |terms: &[(bool, TypeId)]| b.tparam("P", 0, union(&b, terms));
    let my = b.declare("My", s.slice(INT));
    assert_eq!(common_under(s, tparam(&[(false, my), (true, s.slice(INT))])), Some(s.slice(INT)));
    assert_eq!(common_under(s, my), Some(s.slice(INT)));
    let (both, send) = (s.chan(ChanDir::Both, INT), s.chan(ChanDir::Send, INT));
    let recv = s.chan(ChanDir::Recv, INT);
    assert_eq!(common_under(s, tparam(&[(false, both), (false, send)])), Some(send));
    let why = |ty| {
        common_under_or(s, ty, &mut |_| Ok::<(), NoCommonUnder>(()))
            .map_err(|e| e.message(s, &|_| String::new()))
    };
    assert_eq!(
        why(tparam(&[(false, recv), (false, send)])),
        Err("channels <-chan int and chan<- int have conflicting directions".to_owned())
    );
    assert_eq!(
        why(tparam(&[(false, my), (false, STRING)])),
        Err("My and string have different underlying types".to_owned())
    );
    assert_eq!(why(b.tparam("P", 0, ANY)), Err("no specific type".to_owned()));
}

#[test]
fn predicates_look_into_type_sets() {
    let b = Build::new();
    let s = &b.store;
    let p = b.tparam("P", 0, union(&b, &[(true, INT), (true, TypeId::INT8)]));
    assert!(s.all_integer(p) && !s.is_integer(p) && !s.all_unsigned(p) && s.is_interface(p));
    assert!(!s.is_non_type_param_interface(p) && s.is_type_param(p) && !s.has_nil(p));
    assert!(!s.all_integer(b.tparam("P", 0, ANY)));
    let q = b.tparam("Q", 0, union(&b, &[(false, s.slice(INT)), (false, s.pointer(INT))]));
    assert!(s.has_nil(q) && s.has_nil(ANY) && !s.has_nil(TypeId::UNTYPED_NIL));
    assert_eq!(s.max_type(TypeId::UNTYPED_RUNE, TypeId::UNTYPED_INT), Some(TypeId::UNTYPED_RUNE));
    assert_eq!(s.default_type(TypeId::UNTYPED_RUNE), TypeId::RUNE);

    let cause = |ty| s.incomparable_cause(ty, &|_| String::new());
    let holder = b.strukt(&[("f", s.slice(INT))]);
    assert_eq!(s.comparable(holder, true), Err(NotComparable::StructField(s.slice(INT))));
    assert_eq!(cause(holder), "struct containing []int cannot be compared");
    assert_eq!(cause(s.slice(INT)), "slice can only be compared to nil");
    assert_eq!(cause(s.array(s.slice(INT), Some(2))), "[2][]int cannot be compared");
    assert_eq!(cause(q), "incomparable types in type set");
    assert!(s.comparable(ANY, true).is_ok() && s.comparable(ANY, false).is_err());
    // type R struct { next *R; self [1]R } is invalid, but asking about it must end.
    let r = b.named("R");
    b.set_rhs(r, b.strukt(&[("self", s.array(r, Some(1)))]));
    assert!(s.comparable(r, true).is_ok());
}

#[test]
fn sizes_are_those_of_gc() {
    let b = Build::new();
    let s = &b.store;
    let amd64 = Sizes { word: 8, max_align: 8 };
    let i386 = Sizes { word: 4, max_align: 4 };
    let empty = b.strukt(&[]);
    let (byte, int64) = (TypeId::BYTE, TypeId::INT64);
    let inner = b.strukt(&[("x", TypeId::INT16), ("y", byte)]);
    /// Field types; then size, alignment and offsets on amd64 and 386.
    type Case<'a> = (&'a [TypeId], [(u64, u64, &'a [u64]); 2]);
    let cases: &[Case<'_>] = &[
        (&[byte, int64, byte], [(24, 8, &[0, 8, 16]), (16, 4, &[0, 4, 12])]),
        (&[byte, empty], [(2, 1, &[0, 1]), (2, 1, &[0, 1])]),
        (&[TypeId::COMPLEX128, TypeId::BOOL], [(24, 8, &[0, 16]), (20, 4, &[0, 16])]),
        (
            &[STRING, s.slice(INT), ANY, b.func(&[], &[]), s.map(INT, INT)],
            [(72, 8, &[0, 16, 40, 56, 64]), (36, 4, &[0, 8, 20, 28, 32])],
        ),
        (&[s.array(inner, Some(3)), TypeId::INT32], [(16, 4, &[0, 12]), (16, 4, &[0, 12])]),
        (&[s.array(int64, Some(0)), byte], [(8, 8, &[0, 0]), (4, 4, &[0, 0])]),
    ];
    for (types, expected) in cases {
        let ty = b.strukt(&types.iter().map(|&t| ("f", t)).collect::<Vec<_>>());
        for (sizes, (size, align, offsets)) in [amd64, i386].iter().zip(expected) {
            assert_eq!(
                (sizes.size_of(s, ty), sizes.align_of(s, ty)),
                (Some(*size), *align),
                "{}",
                b.text(ty)
            );
            let got = sizes.offsets_of(s, s.struct_fields(ty).unwrap());
            assert_eq!(got, offsets.iter().map(|&o| Some(o)).collect::<Vec<_>>());
        }
    }
    let huge = s.array(s.array(INT, Some(1 << 40)), Some(1 << 40));
    assert_eq!(amd64.size_of(s, huge), None);
    let ty = b.strukt(&[("a", byte), ("h", huge), ("b", byte)]);
    assert_eq!(amd64.offsets_of(s, s.struct_fields(ty).unwrap()), [Some(0), Some(8), None]);
    let r = b.named("R");
    b.set_rhs(r, b.strukt(&[("self", r)]));
    assert_eq!(amd64.size_of(s, r), None);
}

#[test]
fn types_of_any_depth_do_not_exhaust_the_stack() {
    let b = Build::new();
    let s = &b.store;
    let p = b.tparam("P", 0, ANY);
    let nest = |mut ty| {
        for _ in 0..5000 {
            let f = b.func(&[("x", ty)], &[]);
            let i = s.array(s.new_struct(vec![b.field("f", ty), b.field("g", f)], vec![]), Some(1));
            ty = b.interface(&[("m", b.func(&[("x", i)], &[]))], &[]);
            ty = b.strukt(&[("y", ty), ("z", i)]);
        }
        ty
    };
    // A list that is long in one direction only.
    let mut long = p;
    for _ in 0..20_000 {
        long = s.array(s.pointer(long), Some(1));
    }
    subst(s, long, &SubstMap::new(&[p], &[INT]));
    b.text(long);
    s.is_parameterized(&[p], long);
    let _ = s.comparable(long, true);
    let (x, y) = (nest(INT), nest(INT));
    assert_eq!(identity_hash(s, x), identity_hash(s, y));
    let _ = s.comparable(x, true);
    let _ = s.is_parameterized(&[p], x);
    Sizes { word: 8, max_align: 8 }.size_of(s, x);
    let mut chain = p;
    for _ in 0..20_000 {
        chain = b.interface(&[], &[chain]);
    }
    type_set(s, chain);
}

#[test]
fn threads_agree_on_what_is_computed_on_demand() {
    let b = Build::new();
    let s = &b.store;
    let t = list(&b, |p| s.slice(p));
    let inst = b.instance(t, &[INT]);
    let walk = || {
        let mut ids = vec![inst];
        for _ in 0..50 {
            let next = s.pointer_elem(s.obj_type(first_field(s, ids[ids.len() - 1])));
            ids.push(next.expect("a pointer"));
        }
        ids
    };
    let results: Vec<Vec<TypeId>> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..4).map(|_| scope.spawn(walk)).collect();
        workers.into_iter().map(|w| w.join().expect("no panic")).collect()
    });
    assert!(results.windows(2).all(|w| w[0] == w[1]));
}

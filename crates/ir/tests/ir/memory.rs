//! Sizes, pointers, and what interfaces hold.

use escargo_types::object::Package;
use escargo_types::ty::ChanDir;
use escargo_types::{TypeId, Value};

use crate::support::{Session, sym};

#[test]
fn pointers_in_types() {
    let s = Session::new(27);
    let (store, cx) = (&s.store, s.cx());
    let pointer = store.pointer(TypeId::INT);
    let mixed = s.strukt(&[("a", TypeId::INT), ("p", pointer), ("b", TypeId::INT)]);
    for (ty, size, bytes) in [
        (TypeId::INT, 8, 0),
        (TypeId::UINTPTR, 8, 0),
        (TypeId::UNSAFE_POINTER, 8, 8),
        (TypeId::STRING, 16, 8),
        (TypeId::ANY, 16, 16),
        (TypeId::ERROR, 16, 16),
        (store.slice(TypeId::INT), 24, 8),
        (store.map(TypeId::INT, TypeId::INT), 8, 8),
        (store.chan(ChanDir::Both, TypeId::INT), 8, 8),
        (s.func_type(&[], &[], false), 8, 8),
        (store.array(TypeId::STRING, Some(0)), 0, 0),
        (store.array(TypeId::STRING, Some(3)), 48, 40),
        (s.strukt(&[]), 0, 0),
        (mixed, 24, 16),
        (store.array(mixed, Some(2)), 48, 40),
        (s.named("T", mixed), 24, 16),
    ] {
        assert_eq!(cx.size_of(ty), Some(size), "{ty:?}");
        assert_eq!(cx.ptr_data_size(ty), bytes, "{ty:?}");
        assert_eq!(cx.has_pointers(ty), bytes > 0, "{ty:?}");
    }
}

#[test]
fn what_interfaces_hold_directly() {
    for minor in [25, 26] {
        let s = Session::new(minor);
        let (store, cx) = (&s.store, s.cx());
        let pointer = store.pointer(TypeId::INT);
        let empty = s.strukt(&[]);
        let one = s.strukt(&[("p", pointer)]);
        let by_layout = minor >= 26;
        for (ty, direct) in [
            (TypeId::INT, false),
            (TypeId::UINTPTR, false),
            (TypeId::STRING, false),
            (TypeId::UNSAFE_POINTER, true),
            (pointer, true),
            (s.named("P", pointer), true),
            (store.map(TypeId::INT, TypeId::INT), true),
            (s.func_type(&[], &[], false), true),
            (store.array(pointer, Some(1)), true),
            (store.array(pointer, Some(2)), false),
            (store.array(TypeId::INT, Some(1)), false),
            (empty, false),
            (one, true),
            (store.array(one, Some(1)), true),
            (s.strukt(&[("x", TypeId::INT)]), false),
            (s.strukt(&[("p", pointer), ("q", pointer)]), false),
            (s.strukt(&[("_", empty), ("p", pointer)]), by_layout),
            // The end of the last field must not be that of the whole.
            (s.strukt(&[("p", pointer), ("_", empty)]), false),
        ] {
            assert_eq!(cx.is_direct_iface(ty), direct, "1.{minor} {ty:?}");
        }
    }
}

#[test]
fn memory_of_the_run_time_has_no_pointers() {
    let s = Session::new(27);
    let (store, cx) = (&s.store, s.cx());
    let sys = store.new_package(Package::new(sym("internal/runtime/sys"), Some(sym("sys")), false));
    let mark = s.named_in(sys, "nih", s.strukt(&[]));
    let mark = s.named_in(sys, "NotInHeap", s.strukt(&[("_", mark)]));
    let t = s.named("T", s.strukt(&[("_", mark), ("next", store.pointer(TypeId::INT))]));
    let array = store.array(t, Some(4));
    for ty in [mark, t, array, s.strukt(&[("t", t)])] {
        assert!(cx.is_not_in_heap(ty));
        assert!(!cx.has_pointers(store.pointer(ty)) && !cx.is_direct_iface(store.pointer(ty)));
        assert!(!cx.has_pointers(store.slice(ty)));
    }
    assert!(cx.has_pointers(t));
    assert!(!cx.is_not_in_heap(store.pointer(t)) && cx.has_pointers(store.pointer(store.pointer(t))));
    assert_eq!(Value::int(0).sign(), 0);
}

//! Compares constants with what the compiler shows of them. `data/constants.go` writes the table.

use escargo_ir::print::node_text;
use escargo_ir::{Kind, fix_value};
use escargo_types::constant::LiteralKind;
use escargo_types::{TypeId, Value};

use crate::support::Session;

const TABLE: &str = include_str!("data/constants.txt");

#[test]
fn constants_read_as_in_messages() {
    let mut s = Session::new(27);
    let named = [
        ("MyInt", TypeId::INT),
        ("MyRune", TypeId::RUNE),
        ("MyFloat", TypeId::FLOAT64),
        ("MyComplex", TypeId::COMPLEX128),
        ("MyString", TypeId::STRING),
        ("MyBool", TypeId::BOOL),
    ]
    .map(|(name, under)| (name, s.named(name, under)));
    let mut lines = 0;
    for line in TABLE.lines() {
        let [ty, literal, want] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let (value, default) = evaluate(literal);
        let ty = match ty {
            "any" => default,
            _ => named.iter().find(|(name, _)| *name == ty).map_or_else(|| predeclared(ty), |(_, ty)| *ty),
        };
        let value = fix_value(&s.store, &value, ty);
        let node = s.expr(ty, Kind::Literal(Box::new(value)));
        assert_eq!(node_text(&s.cx(), &s.unit, node), want, "{line}");
        lines += 1;
    }
    assert!(lines > 250, "the table is short");
}

/// A literal's value and default type.
fn evaluate(literal: &str) -> (Value, TypeId) {
    let (digits, negative) = literal.strip_prefix('-').map_or((literal, false), |digits| (digits, true));
    let hexadecimal = digits.starts_with("0x");
    let (kind, ty) = match digits.as_bytes() {
        b"true" | b"false" => return (Value::Bool(literal == "true"), TypeId::BOOL),
        [b'\'', ..] => (LiteralKind::Char, TypeId::RUNE),
        [b'"' | b'`', ..] => (LiteralKind::String, TypeId::STRING),
        [.., b'i'] => (LiteralKind::Imag, TypeId::COMPLEX128),
        text if text.contains(&b'.') || text.contains(&b'p') => (LiteralKind::Float, TypeId::FLOAT64),
        text if text.contains(&b'e') && !hexadecimal => (LiteralKind::Float, TypeId::FLOAT64),
        _ => (LiteralKind::Int, TypeId::INT),
    };
    let value = Value::from_literal(kind, digits);
    let value = if negative { value.unary_op(escargo_types::constant::Op::Neg, 0) } else { value };
    (value, ty)
}

fn predeclared(name: &str) -> TypeId {
    match name {
        "bool" => TypeId::BOOL,
        "int" => TypeId::INT,
        "int32" => TypeId::INT32,
        "int64" => TypeId::INT64,
        "uint" => TypeId::UINT,
        "uint8" => TypeId::UINT8,
        "uint64" => TypeId::UINT64,
        "uintptr" => TypeId::UINTPTR,
        "byte" => TypeId::BYTE,
        "rune" => TypeId::RUNE,
        "float32" => TypeId::FLOAT32,
        "float64" => TypeId::FLOAT64,
        "complex64" => TypeId::COMPLEX64,
        "complex128" => TypeId::COMPLEX128,
        "string" => TypeId::STRING,
        _ => panic!("{name}"),
    }
}

//! Compares constant arithmetic with a table of what Go computes.
//!
//! `data/constants.go` writes the table and says how to read it. `CONSTANTS_TABLE` may name a longer one.

use std::fmt::Write;

use escargo_types::constant::{LiteralKind, Op, Value};

const TABLE: &str = include_str!("data/constants.txt");

#[test]
fn values_match_go() {
    let longer = std::env::var_os("CONSTANTS_TABLE").and_then(|path| std::fs::read_to_string(path).ok());
    let table = longer.as_deref().unwrap_or(TABLE);
    let (mut lines, mut wrong) = (0, Vec::new());
    for line in table.lines() {
        lines += 1;
        let mut fields = line.split('\t');
        let (Some(expression), Some(exact), Some(short)) = (fields.next(), fields.next(), fields.next())
        else {
            panic!("line {lines} has too few fields");
        };
        let got = evaluate(expression).unwrap_or_else(|| panic!("cannot read {expression}"));
        if got != (exact.to_owned(), short.to_owned()) {
            wrong.push(format!("{expression}\n  want {exact} {short}\n  got  {} {}", got.0, got.1));
        }
    }
    assert!(lines > 1000, "the table is short");
    assert!(
        wrong.is_empty(),
        "{} of {lines} differ\n{}",
        wrong.len(),
        wrong[..wrong.len().min(20)].join("\n")
    );
}

/// The exact and the short form of a postfix expression's value, or its property and nothing.
fn evaluate(expression: &str) -> Option<(String, String)> {
    let mut stack: Vec<Value> = Vec::new();
    for word in expression.split_ascii_whitespace() {
        if let Some((sort, text)) = word.split_once(':') {
            stack.push(literal(sort, text)?);
            continue;
        }
        let y = stack.pop()?;
        if let Some(name) = word.strip_suffix('?') {
            return Some((shortened(property(&y, name)?), String::new()));
        }
        let value = match operator(word) {
            Some(op) if is_comparison(op) => Value::Bool(stack.pop()?.compare(op, &y)),
            Some(op) => stack.pop()?.binary_op(op, &y),
            None => unary(word, y)?,
        };
        stack.push(value);
    }
    let value = stack.pop()?;
    Some((shortened(value.exact_string()), shortened(value.short_string())))
}

fn literal(sort: &str, text: &str) -> Option<Value> {
    let kind = match sort {
        "i" => LiteralKind::Int,
        "f" => LiteralKind::Float,
        "j" => LiteralKind::Imag,
        "c" => LiteralKind::Char,
        "s" => LiteralKind::String,
        _ => return None,
    };
    if matches!(kind, LiteralKind::Char | LiteralKind::String) {
        let byte = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).ok();
        let bytes: Option<Vec<u8>> = (0..text.len()).step_by(2).map(byte).collect();
        return Some(Value::from_literal(kind, bytes?));
    }
    Some(Value::from_literal(kind, text))
}

fn operator(word: &str) -> Option<Op> {
    Some(match word {
        "+" => Op::Add,
        "-" => Op::Sub,
        "*" => Op::Mul,
        "/" => Op::Quo,
        "//" => Op::IntQuo,
        "%" => Op::Rem,
        "&" => Op::And,
        "|" => Op::Or,
        "^" => Op::Xor,
        "&^" => Op::AndNot,
        "&&" => Op::LAnd,
        "||" => Op::LOr,
        "==" => Op::Eq,
        "!=" => Op::Ne,
        "<" => Op::Lt,
        "<=" => Op::Le,
        ">" => Op::Gt,
        ">=" => Op::Ge,
        _ => return None,
    })
}

fn is_comparison(op: Op) -> bool {
    matches!(op, Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge)
}

fn unary(word: &str, x: Value) -> Option<Value> {
    Some(match word {
        "neg" => x.unary_op(Op::Neg, 0),
        "pos" => x.unary_op(Op::Pos, 0),
        "not" => x.unary_op(Op::Not, 0),
        "int" => x.to_int(),
        "float" => x.to_float(),
        "complex" => x.to_complex(),
        "real" => x.real(),
        "imag" => x.imag(),
        "mkimag" => x.make_imag(),
        // Go's own rounding takes an unknown value for zero; the checker never asks for that.
        "r64" if x.is_unknown() => Value::float(0.0),
        "r32" if x.is_unknown() => Value::float(0.0),
        "r64" => x.round_to_f64().unwrap_or_default(),
        "r32" => x.round_to_f32().unwrap_or_default(),
        _ => {
            let (op, count) =
                word.split_at_checked(1).filter(|(op, _)| *op == "~").or(word.split_at_checked(2))?;
            match op {
                "~" => x.unary_op(Op::Xor, count.parse().ok()?),
                "<<" => x.shift(Op::Shl, count.parse().ok()?),
                ">>" => x.shift(Op::Shr, count.parse().ok()?),
                _ => return None,
            }
        }
    })
}

fn property(x: &Value, name: &str) -> Option<String> {
    let or_none = |text: Option<String>| text.unwrap_or_else(|| "none".into());
    Some(match name {
        "i64" => or_none(x.i64().map(|value| value.to_string())),
        "u64" => or_none(x.u64().map(|value| value.to_string())),
        "f64" => format!("{:016x} {}", (x.f64().0 + 0.0).to_bits(), x.f64().1),
        "f32" => format!("{:08x} {}", (x.f32().0 + 0.0).to_bits(), x.f32().1),
        "bits" => x.bit_len().to_string(),
        "sign" => x.sign().to_string(),
        "bytes" => x.bytes().iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        }),
        _ => return None,
    })
}

/// Long texts stand in the table as their length and FNV-1a hash.
fn shortened(text: String) -> String {
    if text.len() <= 100 && !text.contains(['\t', '\n']) {
        return text;
    }
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    format!("#{}:{hash:016x}", text.len())
}

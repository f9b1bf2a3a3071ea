//! Bounds checks that the compiler drops before it optimizes (`walk/expr.go` of Go 1.27, walkIndex).
//!
//! Whether the check of an index can go depends on the index expression alone. In which order the compiler finds such
//! indices, and whether it finds them at all, depends on how it takes expressions apart: [`order`] puts what must be
//! evaluated first into statements of their own, [`walk`] then visits all in the order of the code to be. Functions
//! without any such index are left alone.

mod keys;
mod order;
mod order_stmt;
mod walk;
mod walk_expr;
mod walk_stmt;

use escargo_ir::scc::Contents;
use escargo_ir::{Context, FuncId, IrPos, Kind, NodeId, Op, Unit};
use escargo_types::ty::Type;

use order::Order;
use walk::Walk;

/// Positions of indices whose check is dropped, in the order in which the compiler says so. The bodies of functions
/// are of no use afterwards. `on_heap` tells of a variable's node whether escape analysis moved it there, `contents` what was
/// found in the body of a function.
pub fn run(
    cx: &Context<'_>,
    unit: &mut Unit,
    on_heap: &dyn Fn(NodeId) -> bool,
    contents: &dyn Fn(FuncId) -> Option<Contents>,
) -> Vec<IrPos> {
    let mut elided = Vec::new();
    if cx.flags.m == 0 {
        return elided;
    }
    for i in 0..unit.func_list.len() {
        let func = unit.func_list[i];
        if contents(func).is_none_or(|contents| contents.indices || contents.literals) {
            elided.extend(function(cx, unit, func, on_heap));
        }
    }
    elided
}

/// As [`run`] for one function of the list, with the capturing literals in it.
pub fn function(
    cx: &Context<'_>,
    unit: &mut Unit,
    func: FuncId,
    on_heap: &dyn Fn(NodeId) -> bool,
) -> Vec<IrPos> {
    let mut elided = Vec::new();
    let skipped = unit.func_name(func).sym.is_blank() || unit.funcs[func].is_capturing();
    if !skipped && has_candidate(cx, unit, func) {
        let mut todo = vec![func];
        while let Some(func) = todo.pop() {
            Order::function(cx, unit, func);
            todo.extend(Walk::function(cx, unit, func, on_heap, &mut elided));
        }
    }
    elided
}

/// Whether a check can be dropped anywhere in the function or in its literals that capture.
fn has_candidate(cx: &Context<'_>, unit: &Unit, func: FuncId) -> bool {
    unit.any_in_list(&unit.funcs[func].body, &mut |node| match unit.nodes[node].kind {
        Kind::Closure(literal) => unit.funcs[literal].is_capturing() && has_candidate(cx, unit, literal),
        Kind::Index(Op::Index, x, index) => is_elided(cx, unit, x, index),
        _ => false,
    })
}

/// Whether `x[index]` needs no check though the index is not constant.
fn is_elided(cx: &Context<'_>, unit: &Unit, x: NodeId, index: NodeId) -> bool {
    !unit.is_const_int(index) && length(cx, unit, x).is_some_and(|len| is_bounded(cx, unit, index, len))
}

/// Length of an array, of the array that a pointer points to, or of a constant string.
fn length(cx: &Context<'_>, unit: &Unit, x: NodeId) -> Option<u64> {
    let store = cx.store;
    let ty = unit.nodes[x].ty;
    match store.ty(store.under(store.pointer_elem(ty).unwrap_or(ty))) {
        Type::Array { len, .. } => *len,
        _ => unit.const_string_len(x),
    }
}

/// Whether an integer is known to be below `limit`, by its type and its operation (`walk.bounded`).
fn is_bounded(cx: &Context<'_>, unit: &Unit, node: NodeId, limit: u64) -> bool {
    let ty = unit.nodes[node].ty;
    if !cx.store.is_integer(ty) {
        return false;
    }
    let signed = !cx.store.is_unsigned(ty);
    let mut bits = 8 * cx.size_of(ty).unwrap_or(8) as i64;
    let below = |value: i64| u64::try_from(value).is_ok_and(|value| value < limit);
    if let Some(value) = unit.small_int(node) {
        return below(value);
    }
    if let Kind::Binary(op, x, y) = unit.nodes[node].kind {
        let divisor = unit.small_int(y).filter(|_| !signed);
        match (op, divisor) {
            (Op::And | Op::AndNot, _) if mask(unit, op, x, y, signed, bits).is_some_and(below) => {
                return true;
            }
            (Op::Mod, Some(value)) if u64::try_from(value).is_ok_and(|value| value <= limit) => return true,
            (Op::Div, Some(mut value)) => {
                while bits > 0 && value >= 2 {
                    bits -= 1;
                    value >>= 1;
                }
            }
            (Op::Rsh, Some(value)) if value > bits => return limit > 0,
            (Op::Rsh, Some(value)) => bits -= value,
            _ => {}
        }
    }
    !signed && bits <= 62 && 1u64 << bits <= limit
}

/// The largest value that `x & y` or `x &^ y` can have, if one side is constant.
fn mask(unit: &Unit, op: Op, x: NodeId, y: NodeId, signed: bool, bits: i64) -> Option<i64> {
    if let Some(value) = unit.small_int(x) {
        return Some(value);
    }
    let value = unit.small_int(y)?;
    Some(match op {
        Op::AndNot if signed || bits >= 64 => !value,
        Op::AndNot => !value & ((1 << bits) - 1),
        _ => value,
    })
}

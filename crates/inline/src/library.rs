//! Functions of the standard library that the inliner knows by name.

use escargo_ir::{Context, FuncId, Kind, NodeId, Op, Unit, static_callee};

use crate::event::CannotInline;

/// The path of a function's package and its symbol.
fn symbol_of(cx: &Context<'_>, unit: &Unit, func: FuncId) -> Option<(&'static str, &'static str)> {
    let name = unit.func_name(func);
    Some((cx.store.pkg(name.pkg?).path.as_str(), name.sym.as_str()))
}

/// The package of the functions that the compiler calls on its own has a path of its own.
fn real_path(path: &'static str) -> &'static str {
    if path == "go.runtime" { "runtime" } else { path }
}

/// The function that an expression names directly: a function, or a method expression.
fn named_callee(unit: &Unit, fun: NodeId) -> Option<FuncId> {
    match unit.nodes[fun].kind {
        Kind::Closure(_) => None,
        _ => static_callee(unit, fun),
    }
}

/// Whether the code generator makes calls of this a single operation (`ssagen/intrinsics.go`, IsIntrinsicCall).
pub(crate) fn is_intrinsic(cx: &Context<'_>, unit: &Unit, fun: NodeId) -> bool {
    let symbol = named_callee(unit, fun).and_then(|func| symbol_of(cx, unit, func));
    symbol
        .is_some_and(|(path, name)| cx.model.inlining.is_intrinsic(cx.target.goarch(), real_path(path), name))
}

/// Whether the call is one that escape analysis replaces (`internal/abi.EscapeNonString`).
pub(crate) fn is_escape_marker(cx: &Context<'_>, unit: &Unit, fun: NodeId) -> bool {
    let symbol = static_callee(unit, fun).and_then(|func| symbol_of(cx, unit, func));
    symbol.is_some_and(|(path, name)| path == "internal/abi" && name.starts_with("EscapeNonString["))
}

/// Whether a method is one of `reflect` that pointer checking looks at where it is called.
pub(crate) fn is_checked_method(cx: &Context<'_>, unit: &Unit, fun: NodeId) -> bool {
    if unit.nodes[fun].op() != Op::MethExpr {
        return false;
    }
    let symbol = static_callee(unit, fun).and_then(|func| symbol_of(cx, unit, func));
    matches!(symbol, Some(("reflect", "Value.UnsafeAddr" | "Value.Pointer")))
}

/// Whether a function belongs to the package `runtime`.
pub(crate) fn is_runtime(cx: &Context<'_>, unit: &Unit, func: FuncId) -> bool {
    symbol_of(cx, unit, func).is_some_and(|(path, _)| real_path(path) == "runtime")
}

/// How a call of a named function counts.
pub(crate) enum Known {
    /// Like any other.
    Ordinary,
    /// Nothing on top of the call.
    Cheap,
    /// As much as a whole budget on top (`runtime.throw`).
    Throw,
    /// Its caller cannot be inlined.
    Refused(CannotInline),
}

/// What is known of the function that an expression names directly (`inline/inl.go`, doNode).
pub(crate) fn known_call(cx: &Context<'_>, unit: &Unit, fun: NodeId) -> Known {
    let rules = &cx.model.inlining;
    let Some(func) = named_callee(unit, fun) else { return Known::Ordinary };
    let Some((path, name)) = symbol_of(cx, unit, func) else { return Known::Ordinary };
    let real = real_path(path);
    if rules.caller_sensitive.package == real && rules.caller_sensitive.names(name) {
        return Known::Refused(CannotInline::CallTo(unit.func_name(func).sym));
    }
    if rules.refuses_range_func_defer && real == "runtime" && name == "deferrangefunc" {
        return Known::Refused(CannotInline::DeferInRangeFunc);
    }
    if rules.costly_throw && real == "runtime" && name == "throw" {
        return Known::Throw;
    }
    if rules.is_cheap(cx.target.goarch(), real, name) { Known::Cheap } else { Known::Ordinary }
}

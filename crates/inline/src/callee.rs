//! Which function a call calls, as far as it is known before the program runs.

use escargo_ir::{Class, Context, FuncId, Kind, NodeId, Op, Unit, static_value};
use escargo_types::shape::identical;

use crate::library;

/// The function that an expression denotes (`inline/inl.go`, inlCallee). A function literal only if what it captures
/// belongs to `caller`. Literals that the result leads to have not been judged.
pub(crate) fn callee(cx: &Context<'_>, unit: &Unit, caller: FuncId, fun: NodeId) -> Option<FuncId> {
    match &unit.nodes[static_value(cx, unit, fun)].kind {
        Kind::Selector(s) if s.op == Op::MethExpr => {
            let recv = unit.funcs[s.func?].recv?;
            // A promoted method has another receiver.
            identical(cx.store, recv, unit.nodes[s.x].ty).then_some(s.func).flatten()
        }
        &Kind::Name(name) if unit.names[name].class == Class::Func => unit.names[name].func,
        &Kind::Closure(func) => {
            let captured = unit.funcs[func].closure_vars.first();
            let owner =
                captured.and_then(|&name| unit.names[name].outer).map(|outer| unit.names[outer].owner);
            let reachable = owner.is_none_or(|owner| owner == Some(caller));
            (reachable || cx.model.inlining.crosses_frames).then_some(func)
        }
        _ => None,
    }
}

/// Whether a call could be inlined if its callee allows it (`inline/inl.go`, inlineCallCheck).
pub(crate) fn might_inline(cx: &Context<'_>, unit: &Unit, call: NodeId) -> bool {
    let Kind::Call(call) = &unit.nodes[call].kind else { return false };
    cx.flags.inlines()
        && call.op == Op::CallFunc
        && !call.go_defer
        && !call.no_inline
        && (cx.flags.debug("checkptr") == 0 || !library::is_checked_method(cx, unit, call.fun))
        && !library::is_escape_marker(cx, unit, call.fun)
        && !library::is_intrinsic(cx, unit, call.fun)
}

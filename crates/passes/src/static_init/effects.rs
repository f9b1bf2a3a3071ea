//! What expressions may change (`staticinit/sched.go`, mayModifyPkgVar, canRepeat).

use escargo_ir::{Class, Kind, NodeId, Op, Unit};
use escargo_types::TypeStore;

use super::Schedule;

impl Schedule<'_, '_> {
    /// Whether an expression may change variables of the package.
    pub(super) fn may_modify_package_var(&self, node: NodeId) -> bool {
        let (unit, store) = (&*self.unit, self.cx.store);
        unit.any(node, &mut |node| match &unit.nodes[node].kind {
            Kind::Call(call) => call.op == Op::CallInter || !is_func_pc(unit, store, call.fun),
            // They could change a package variable's array.
            Kind::Builtin { op: Op::Append, .. } | Kind::Unary(Op::Clear, _) | Kind::Binary(Op::Copy, ..) => {
                true
            }
            &Kind::AssignOp { x, .. } | &Kind::Assign { x, .. } => !is_harmless(unit, store, x),
            Kind::AssignList { op, lhs, .. } if *op != Op::SelRecv2 => {
                lhs.iter().any(|&x| !is_harmless(unit, store, x))
            }
            _ => false,
        })
    }
}

/// Whether assigning to a destination changes local variables, or variables of other packages, only. What a local
/// pointer points to counts as local.
fn is_harmless(unit: &Unit, store: &TypeStore, x: NodeId) -> bool {
    let mut outer = unit.outer_value(store, x);
    while let Kind::Unary(Op::Deref, x) = unit.nodes[outer].kind {
        outer = x;
    }
    match unit.nodes[outer].kind {
        Kind::Blank => true,
        Kind::Name(name) => {
            let name = &unit.names[name];
            !(name.class == Class::Extern && name.pkg == Some(unit.pkg))
        }
        _ => false,
    }
}

/// Whether a callee is `abi.FuncPCABI0` or `abi.FuncPCABIInternal`, which only take an address.
pub(crate) fn is_func_pc(unit: &Unit, store: &TypeStore, fun: NodeId) -> bool {
    unit.as_name(fun).is_some_and(|name| {
        let name = &unit.names[name];
        (name.sym == "FuncPCABI0" || name.sym == "FuncPCABIInternal")
            && name.pkg.is_some_and(|pkg| store.pkg(pkg).path == "internal/abi")
    })
}

/// Whether evaluating an expression twice gives the same as evaluating it once.
pub(super) fn can_repeat(unit: &Unit, node: NodeId) -> bool {
    !unit.any(node, &mut |node| {
        use Op::{MakeChan, MakeMap, MakeSlice, MapLit, New, PtrLit, SliceLit, Str2Bytes, Str2Runes};
        unit.is_side_effect(node)
            || matches!(
                unit.nodes[node].op(),
                MakeChan | MakeMap | MakeSlice | MapLit | New | PtrLit | SliceLit | Str2Bytes | Str2Runes
            )
    })
}

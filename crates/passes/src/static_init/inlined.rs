//! Inlined calls that are no more than an expression (`staticinit/sched.go`, staticAssignInlinedCall, subst).

use escargo_ir::{Context, Kind, List, NodeId, Op, Unit};
use escargo_types::constant::Op as ConstOp;
use escargo_types::{TypeId, Value};
use rustc_hash::FxHashMap;

use super::effects::can_repeat;
use super::{Dest, Schedule};

/// The call of a function whose body is one return statement with one result.
struct Expression {
    params: List,
    args: List,
    value: NodeId,
}

impl Schedule<'_, '_> {
    /// Whether an inlined call can be data: its arguments are put in the place of the parameters.
    pub(super) fn inlined_call(&mut self, dest: Dest, offset: u64, call: NodeId, ty: TypeId) -> bool {
        let switched_off =
            self.cx.flags.debug.iter().any(|(name, value)| name == "inlstaticinit" && *value == 0);
        if switched_off || !self.cx.model.lowering.static_inlined_calls {
            return false;
        }
        let Some(call) = expression(self.unit, call) else { return false };
        if !self.can_substitute(&call) {
            return false;
        }
        let unit = &*self.unit;
        let pairs = call.params.iter().zip(&call.args);
        let args =
            pairs.filter(|&(&param, _)| !unit.is_blank(param)).map(|(&param, &arg)| (param, arg)).collect();
        let mut subst = Subst { cx: self.cx, args, valid: true };
        let value = subst.edit(self.unit, call.value);
        subst.valid && self.assign(dest, offset, value, ty)
    }

    fn can_substitute(&self, call: &Expression) -> bool {
        let unit = &*self.unit;
        let is_addrtaken =
            |&param: &NodeId| unit.as_name(param).is_some_and(|name| unit.names[name].addrtaken);
        if call.params.iter().any(is_addrtaken) || call.args.iter().any(|&arg| unit.any_side_effects(arg)) {
            return false;
        }
        let mut uses: FxHashMap<NodeId, u32> = call.params.iter().map(|&param| (param, 0)).collect();
        let mut captures = false;
        unit.preorder(call.value, &mut |node| {
            if let Some(count) = uses.get_mut(&node) {
                *count += 1;
            }
            if let Kind::Closure(func) = unit.nodes[node].kind {
                captures |= !unit.funcs[func].closure_vars.is_empty();
            }
        });
        !captures
            && call
                .params
                .iter()
                .zip(&call.args)
                .all(|(param, &arg)| uses[param] <= 1 || can_repeat(unit, arg))
    }
}

fn expression(unit: &Unit, call: NodeId) -> Option<Expression> {
    let Kind::InlCall { body, .. } = &unit.nodes[call].kind else { return None };
    let &[params, mark] = &unit.nodes[call].init[..] else { return None };
    let Kind::AssignList { op: Op::As2, lhs: params, rhs: args, .. } = &unit.nodes[params].kind else {
        return None;
    };
    let &[block, label] = &body[..] else { return None };
    let (Kind::InlMark(_), Kind::Block(list), Kind::Label(label)) =
        (&unit.nodes[mark].kind, &unit.nodes[block].kind, &unit.nodes[label].kind)
    else {
        return None;
    };
    let &[declare, assign, goto] = &list[..] else { return None };
    let (&Kind::Decl(var), Kind::AssignList { op: Op::As2, lhs, rhs, .. }, Kind::Branch(Op::Goto, target)) =
        (&unit.nodes[declare].kind, &unit.nodes[assign].kind, &unit.nodes[goto].kind)
    else {
        return None;
    };
    if *target != Some(*label) || lhs[..] != [unit.names[var].node] {
        return None;
    }
    Some(Expression { params: params.clone(), args: args.clone(), value: *rhs.first()? })
}

/// A copy of an expression with arguments in the place of parameters.
struct Subst<'a, 'c> {
    cx: &'a Context<'c>,
    args: FxHashMap<NodeId, NodeId>,
    /// Whether all could be worked out.
    valid: bool,
}

impl Subst<'_, '_> {
    fn edit(&mut self, unit: &mut Unit, node: NodeId) -> NodeId {
        match unit.nodes[node].op() {
            Op::Name => {
                let Some(&arg) = self.args.get(&node) else { return node };
                let pos = unit.nodes[arg].pos;
                return unit.deep_copy(pos, arg);
            }
            Op::Literal | Op::Nil | Op::Type => return node,
            _ => {}
        }
        let copy = unit.copy_node(node);
        unit.edit_children(copy, &mut |unit, child| self.edit(unit, child));
        match unit.nodes[copy].kind {
            Kind::Conv(Op::Conv, x) if unit.literal(x).is_some() => {
                let ty = unit.nodes[copy].ty;
                self.truncate(unit, x, ty).unwrap_or_else(|| {
                    self.valid = false;
                    copy
                })
            }
            Kind::AddStr(_) => merge_strings(unit, copy),
            _ => copy,
        }
    }

    /// A constant converted to another type by cutting off what does not fit. Only between integers, or between types
    /// of one kind.
    fn truncate(&self, unit: &mut Unit, x: NodeId, ty: TypeId) -> Option<NodeId> {
        let store = self.cx.store;
        let (pos, from) = (unit.nodes[x].pos, unit.nodes[x].ty);
        let mut value = unit.literal(x)?.clone();
        if store.basic_kind(from) != store.basic_kind(ty) {
            if !store.is_integer(from) || !store.is_integer(ty) {
                return None;
            }
            let bits = 8 * self.cx.sizes.size_of(store, ty)?;
            value = wrap(&value, bits, !store.is_unsigned(ty));
        }
        Some(unit.expr(pos, ty, Kind::Literal(Box::new(value))))
    }
}

fn wrap(value: &Value, bits: u64, signed: bool) -> Value {
    let mask = if bits >= 64 { u64::MAX } else { (1 << bits) - 1 };
    let cut = value.binary_op(ConstOp::And, &Value::uint(mask));
    if signed && cut.compare(ConstOp::Ge, &Value::uint(1 << (bits - 1))) {
        return cut.binary_op(ConstOp::Or, &Value::int(-1i64 << (bits - 1)));
    }
    cut
}

/// Joins constants that stand side by side in a concatenation.
fn merge_strings(unit: &mut Unit, node: NodeId) -> NodeId {
    let Kind::AddStr(list) = &unit.nodes[node].kind else { return node };
    let mut merged = List::new();
    let mut run: Option<(NodeId, Value)> = None;
    let mut runs: Vec<(usize, NodeId, Value)> = Vec::new();
    for &part in list {
        match (unit.literal(part), &mut run) {
            (Some(text), Some((_, value))) => *value = value.binary_op(ConstOp::Add, text),
            (Some(text), None) => run = Some((part, text.clone())),
            (None, _) => {
                if let Some((first, value)) = run.take() {
                    runs.push((merged.len(), first, value));
                    merged.push(first);
                }
                merged.push(part);
            }
        }
    }
    if let Some((first, value)) = run {
        runs.push((merged.len(), first, value));
        merged.push(first);
    }
    if merged.len() == list.len() {
        return node;
    }
    if let ([_], Some((_, _, value))) = (&merged[..], runs.last()) {
        let (pos, ty) = (unit.nodes[node].pos, unit.nodes[node].ty);
        return unit.expr(pos, ty, Kind::Literal(Box::new(value.clone())));
    }
    for (i, first, value) in runs {
        let (pos, ty) = (unit.nodes[first].pos, unit.nodes[first].ty);
        merged[i] = unit.expr(pos, ty, Kind::Literal(Box::new(value)));
    }
    unit.nodes[node].kind = Kind::AddStr(merged);
    node
}

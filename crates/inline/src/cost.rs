//! What a body costs (`inline/inl.go`, hairyVisitor): each node counts one, with exceptions.

use escargo_ir::{Call, Class, Context, FuncId, Kind, NodeId, Op, Selector, Unit};
use escargo_types::{Type, Value};

use crate::callee;
use crate::event::CannotInline;
use crate::judge::{Judge, Site};
use crate::library::{self, Known};

/// Cost of any body that is still inlined.
pub(crate) const BUDGET: i32 = 80;
/// Cost of a call on top of the call itself.
const CALL: i32 = 57;
/// Functions of as many nodes are big.
const BIG: i32 = 5000;

/// Cost of a function's body, or why it cannot be inlined: what comes first in the order of the visit.
pub(crate) fn body_cost(judge: &mut Judge<'_>, func: FuncId) -> Result<i32, CannotInline> {
    let unit = judge.unit();
    let rules = &judge.cx.model.inlining;
    let literal = unit.funcs[func].parent.is_some();
    let limit = rules.literal_budget.filter(|_| literal).unwrap_or(BUDGET);
    let mut visit = CostVisit {
        unit,
        func,
        is_big: is_big(&judge.cx, unit, func),
        cost: 0,
        limit,
        call: if judge.cx.flags.l == 4 { 1 } else { CALL },
        complete: judge.wants_complete_costs(),
        refused: None,
        judge,
    };
    visit.list(&unit.funcs[func].body);
    match visit.refused {
        Some(reason) => Err(reason),
        None if visit.cost > limit => Err(CannotInline::TooComplex { cost: visit.cost, budget: limit }),
        None => Ok(visit.cost),
    }
}

/// Whether only cheap calls are inlined into a function (`inline/inl.go`, IsBigFunc).
pub(crate) fn is_big(cx: &Context<'_>, unit: &Unit, func: FuncId) -> bool {
    let mut count = NodeCount { unit, rebate: cx.model.inlining.free_multi_assign, left: BIG - 1 };
    count.list(&unit.funcs[func].body);
    count.left <= 0
}

/// The temporaries of `a, b = f()`: how many values, if the node is such an assignment.
fn multi_assign(unit: &Unit, kind: &Kind) -> Option<i32> {
    let Kind::AssignList { op: Op::As2, lhs, rhs, .. } = kind else { return None };
    let [stmt] = unit.nodes[*rhs.first()?].init[..] else { return None };
    matches!(unit.nodes[stmt].kind, Kind::AssignList { .. }).then_some(lhs.len() as i32)
}

struct NodeCount<'a> {
    unit: &'a Unit,
    rebate: bool,
    /// Nodes that may still come.
    left: i32,
}

impl NodeCount<'_> {
    fn list(&mut self, list: &[NodeId]) {
        for &node in list {
            self.node(node);
        }
    }
    fn node(&mut self, node: NodeId) {
        if self.left <= 0 {
            return;
        }
        if self.rebate
            && let Some(values) = multi_assign(self.unit, &self.unit.nodes[node].kind)
        {
            self.left += 4 * values + 1;
        }
        self.left -= 1;
        if self.left > 0 {
            self.unit.for_each_child(node, &mut |child| self.node(child));
        }
    }
}

/// A walk through one body.
struct CostVisit<'j, 'a> {
    judge: &'j mut Judge<'a>,
    unit: &'a Unit,
    func: FuncId,
    is_big: bool,
    cost: i32,
    limit: i32,
    /// Cost of a call on top.
    call: i32,
    /// The visit goes on when the limit is exceeded.
    complete: bool,
    /// Why the function cannot be inlined; ends the visit.
    refused: Option<CannotInline>,
}

impl CostVisit<'_, '_> {
    fn list(&mut self, list: &[NodeId]) {
        for &node in list {
            self.node(node);
        }
    }

    fn node(&mut self, node: NodeId) {
        if self.refused.is_some() {
            return;
        }
        let unit = self.unit;
        let rules = &self.judge.cx.model.inlining;
        let n = &unit.nodes[node];
        let own = match &n.kind {
            Kind::Branch(Op::Fall, _) | Kind::Leaf(Op::DclConst) => return,
            Kind::Leaf(Op::DclType) => return self.refused = Some(CannotInline::Unhandled(Op::DclType)),
            Kind::Type if rules.free_types => return,
            Kind::If { cond, body, els } => match unit.literal(*cond) {
                // Neither the statement nor its condition costs anything.
                Some(Value::Bool(holds)) => {
                    self.list(&n.init);
                    return self.list(if *holds { body } else { els });
                }
                _ => 1,
            },
            Kind::Call(call) if call.op == Op::CallFunc => match self.call(node, call) {
                Ok(extra) => 1 + extra,
                Err(reason) => return self.refused = Some(reason),
            },
            Kind::Call(_) => 1 + self.call,
            Kind::Builtin { op: Op::Recover, .. } => return self.refused = Some(CannotInline::Recover),
            Kind::GoDefer { op, .. } => return self.refused = Some(CannotInline::Unhandled(*op)),
            Kind::TailCall(_) => return self.refused = Some(CannotInline::Unhandled(Op::TailCall)),
            Kind::Closure(literal) => match self.literal(*literal) {
                Ok(cost) => cost,
                Err(reason) => return self.refused = Some(reason),
            },
            kind => self.plain(kind),
        };
        self.cost += own;
        if self.cost > self.limit && !self.complete {
            return self.refused = Some(CannotInline::TooExpensive);
        }
        unit.for_each_child(node, &mut |child| self.node(child));
    }

    /// Cost of operations that call nothing; below zero where they give back what their operands cost.
    fn plain(&self, kind: &Kind) -> i32 {
        let unit = self.unit;
        let rules = &self.judge.cx.model.inlining;
        match *kind {
            Kind::Block(_) | Kind::Conv(Op::ConvNop, _) => 0,
            Kind::Selector(ref s) if s.op == Op::MethExpr => 0,
            Kind::Selector(ref s) if s.op == Op::MethValue => 2,
            Kind::CompositeLit { op: Op::SliceLit, .. } => 2,
            Kind::Unary(Op::Panic, x) => {
                let x = &unit.nodes[x];
                if x.op() == Op::ConvIface && x.implicit { 1 } else { 2 }
            }
            Kind::Unary(Op::Addr, x) if rules.free_first_field && self.is_first_field(x) => -1,
            // `*(*X)(unsafe.Pointer(&x))`
            Kind::Unary(Op::Deref, x) => i32::from(unit.nodes[unit.behind_conv_nop(x)].op() != Op::Addr),
            Kind::AssignList { .. } if rules.free_multi_assign => {
                multi_assign(unit, kind).map_or(1, |values| -4 * values)
            }
            Kind::Slice(_, x, [low, high, _]) if rules.free_bounds => {
                let starts = low.is_some_and(|low| is_zero(unit, low));
                let ends = high
                    .is_some_and(|high| matches!(unit.nodes[high].kind, Kind::Unary(Op::Len, y) if y == x));
                1 - i32::from(starts) - 2 * i32::from(ends)
            }
            _ => 1,
        }
    }

    /// Whether an expression is a field at the start of a variable, or of what a variable points to.
    fn is_first_field(&self, x: NodeId) -> bool {
        match &self.unit.nodes[x].kind {
            Kind::Selector(s) if matches!(s.op, Op::Dot | Op::DotPtr) => {
                self.unit.nodes[s.x].op() == Op::Name && self.field_offset(s) == Some(0)
            }
            _ => false,
        }
    }

    fn field_offset(&self, selector: &Selector) -> Option<u64> {
        let store = self.judge.cx.store;
        let mut ty = store.under(self.unit.nodes[selector.x].ty);
        if let &Type::Pointer(elem) = store.ty(ty) {
            ty = store.under(elem);
        }
        let fields = store.struct_fields(ty)?;
        let is_it = |&field: &_| Some(field) == selector.obj;
        let index = fields.iter().position(is_it);
        let index = index.or_else(|| fields.iter().position(|&f| store.obj(f).name == selector.sel))?;
        self.judge.cx.sizes.offset_of(store, ty, &[index as u32])
    }

    fn literal(&mut self, func: FuncId) -> Result<i32, CannotInline> {
        let cx = &self.judge.cx;
        if cx.flags.debug.iter().any(|(name, on)| name == "inlfuncswithclosures" && *on == 0) {
            return Err(CannotInline::Literals);
        }
        if cx.model.inlining.counts_literal_bodies {
            self.cost += 15;
            self.list(&self.unit.funcs[func].body);
            return self.refused.map_or(Ok(1), Err);
        }
        Ok(16)
    }

    /// Cost of a call on top of the node, its operands excluded.
    fn call(&mut self, node: NodeId, call: &Call) -> Result<i32, CannotInline> {
        let (unit, cx) = (self.unit, self.judge.cx);
        match library::known_call(&cx, unit, call.fun) {
            Known::Refused(reason) => return Err(reason),
            Known::Cheap => return Ok(0),
            Known::Throw => return Ok(BUDGET),
            Known::Ordinary if library::is_intrinsic(&cx, unit, call.fun) => return Ok(0),
            Known::Ordinary => {}
        }
        let site = callee::callee(&cx, unit, self.func, call.fun).map(|callee| Site {
            pos: unit.nodes[node].pos,
            caller: self.func,
            callee,
            is_big: self.is_big,
            only_call: false,
        });
        if let Some(cost) = site.and_then(|site| self.judge.cost_at(&site)) {
            return Ok(cost);
        }
        let parameter = cx.model.inlining.parameter_call.filter(|_| self.is_parameter(call.fun));
        Ok(parameter.map_or(self.call, |cost| cost.min(self.call)))
    }

    /// Whether what is called is a parameter or a captured variable.
    fn is_parameter(&self, fun: NodeId) -> bool {
        self.unit
            .as_name(fun)
            .map(|name| &self.unit.names[name])
            .is_some_and(|name| name.outer.is_some() || name.class == Class::Param)
    }
}

fn is_zero(unit: &Unit, node: NodeId) -> bool {
    matches!(unit.literal(node), Some(Value::Int(_))) && unit.is_zero(node)
}

//! Whether a function can be inlined, and where (`inline/inl.go`, CanInline and canInlineCallExpr).

use escargo_ir::{
    Context, FuncId, InlineInfo, IrPos, Kind, NodeId, Pragmas, Role, Unit,
    print::{body_text, func_type_text},
};

use crate::Bodies;
use crate::cost::{self, BUDGET};
use crate::event::{CallRefused, CannotInline, Event, InlineText};

/// Most that a function may cost to be inlined into a big one.
const BIG_LIMIT: i32 = 20;

/// Judges functions. What it finds out about them is kept apart until [`Judge::into_facts`], because literals are
/// judged while a body is being looked at.
pub(crate) struct Judge<'a> {
    pub(crate) cx: Context<'a>,
    pub(crate) bodies: &'a dyn Bodies,
    /// Level of messages; only the log is told without one.
    level: Option<u32>,
    sink: &'a mut dyn FnMut(Event),
    /// Few: one function with the literals that it calls.
    facts: Vec<(FuncId, Option<InlineInfo>)>,
}

/// A call of a known function.
pub(crate) struct Site {
    pub(crate) pos: IrPos,
    pub(crate) caller: FuncId,
    pub(crate) callee: FuncId,
    /// The caller is big.
    pub(crate) is_big: bool,
    /// It is the only call of a function literal.
    pub(crate) only_call: bool,
}

impl<'a> Judge<'a> {
    pub(crate) fn new(
        cx: Context<'a>,
        bodies: &'a dyn Bodies,
        level: Option<u32>,
        sink: &'a mut dyn FnMut(Event),
    ) -> Judge<'a> {
        Judge { cx, bodies, level, sink, facts: Vec::new() }
    }

    pub(crate) fn unit(&self) -> &'a Unit {
        self.bodies.unit_ref()
    }

    /// What was found out about functions that had not been judged before.
    pub(crate) fn into_facts(self) -> Vec<(FuncId, Option<InlineInfo>)> {
        self.facts
    }

    /// Judges a function, unless that was done before.
    pub(crate) fn can_inline(&mut self, func: FuncId) {
        if let Some(reason) = self.impossible(func) {
            return self.refuse(func, reason);
        }
        if self.unit().funcs[func].inline_checked || self.facts.iter().any(|(f, _)| *f == func) {
            return;
        }
        let cost = match cost::body_cost(self, func) {
            Ok(cost) => cost,
            Err(reason) => {
                self.facts.push((func, None));
                return self.refuse(func, reason);
            }
        };
        let info = InlineInfo { cost, can_delay_results: can_delay_results(self.unit(), func) };
        self.facts.push((func, Some(info)));
        if self.says(1) {
            let text = (self.level >= Some(2)).then(|| self.text(func));
            (self.sink)(Event::CanInline { func, cost, text, silent: self.level.is_none() });
        }
    }

    fn text(&self, func: FuncId) -> InlineText {
        let unit = self.unit();
        InlineText {
            signature: func_type_text(&self.cx, unit, func).into(),
            body: body_text(&self.cx, unit, &unit.funcs[func].body).into(),
        }
    }

    pub(crate) fn refuse(&mut self, func: FuncId, reason: CannotInline) {
        if self.says(2) {
            (self.sink)(Event::CannotInline { func, reason, silent: self.level.is_none() });
        }
    }

    /// Whether events of a level are wanted.
    fn says(&self, level: u32) -> bool {
        self.cx.flags.json || self.level.is_some_and(|wanted| wanted >= level)
    }

    /// Whether bodies are looked at to their end, however much they cost.
    pub(crate) fn wants_complete_costs(&self) -> bool {
        self.level >= Some(2) || self.cx.flags.json
    }

    /// Why a function cannot be inlined whatever it does (InlineImpossible).
    fn impossible(&self, func: FuncId) -> Option<CannotInline> {
        let f = &self.unit().funcs[func];
        let refused = |pragma, reason| f.pragmas.has(pragma).then_some(reason);
        let checks_pointers = self.cx.flags.debug("checkptr") != 0;
        refused(Pragmas::NOINLINE, CannotInline::NoInline)
            .or_else(|| refused(Pragmas::NOCHECKPTR, CannotInline::NoCheckPtr).filter(|_| checks_pointers))
            .or_else(|| refused(Pragmas::CGO_UNSAFE_ARGS, CannotInline::CgoUnsafeArgs))
            .or_else(|| refused(Pragmas::UINTPTR_KEEP_ALIVE, CannotInline::UintptrKeepAlive))
            .or_else(|| refused(Pragmas::UINTPTR_ESCAPES, CannotInline::UintptrEscapes))
            .or_else(|| refused(Pragmas::YES_WRITE_BARRIER_REC, CannotInline::YesWriteBarrierRec))
            .or_else(|| (f.role == Role::Comparison).then_some(CannotInline::Comparison))
            .or_else(|| {
                (f.body.is_empty() && !f.has_body && !self.has_inline_body(func))
                    .then_some(CannotInline::NoBody)
            })
    }

    /// What inlining a function costs, as far as that is known.
    fn info(&self, func: FuncId) -> Option<InlineInfo> {
        match self.facts.iter().find(|(f, _)| *f == func) {
            Some((_, info)) => *info,
            None => self.unit().funcs[func].inline,
        }
    }

    /// Whether a function is known to be inlinable and its source is at hand, as that of literals always is.
    pub(crate) fn has_inline_body(&self, func: FuncId) -> bool {
        self.info(func).is_some() && (self.unit().funcs[func].is_literal() || self.bodies.has_body(func))
    }

    /// Judges what a call leads to, if that is a literal, and gives its cost if it would be inlined there.
    pub(crate) fn cost_at(&mut self, site: &Site) -> Option<i32> {
        self.judge_literal(site.callee);
        let info = self.info(site.callee).filter(|_| self.has_inline_body(site.callee))?;
        let fits = !self.cx.model.inlining.checks_call_site || self.accept(site).is_ok();
        fits.then_some(info.cost)
    }

    /// Literals that are called are judged when the call is looked at.
    pub(crate) fn judge_literal(&mut self, func: FuncId) {
        if self.unit().funcs[func].is_literal() {
            self.can_inline(func);
        }
    }

    /// Whether a call may be inlined.
    pub(crate) fn accept(&self, site: &Site) -> Result<(), CallRefused> {
        let (unit, tree) = (self.unit(), &self.unit().inline_tree);
        let Some(info) = self.info(site.callee) else { return Err(CallRefused::Callee) };
        let max = self.limit(site);
        if info.cost > max {
            return Err(CallRefused::TooCostly { cost: info.cost, max });
        }
        if self.cx.model.inlining.refuses_recursion && site.caller == site.callee {
            return Err(CallRefused::Recursive);
        }
        if tree.ancestors(site.pos).any(|inl| self.same_place(tree.calls[inl].call, site.pos)) {
            return Err(CallRefused::SamePosition);
        }
        if self.cx.flags.debug("checkptr") != 0 && crate::library::is_runtime(&self.cx, unit, site.callee) {
            return Err(CallRefused::RuntimeWithCheckPtr);
        }
        if tree.ancestors(site.pos).any(|inl| tree.calls[inl].callee == site.callee) {
            return Err(CallRefused::RepeatedCycle);
        }
        Ok(())
    }

    /// Most that the callee may cost at a call (inlineCostOK).
    fn limit(&self, site: &Site) -> i32 {
        let max = if site.is_big { BIG_LIMIT } else { BUDGET };
        match self.cx.model.inlining.literal_budget {
            Some(once) if self.unit().funcs[site.callee].parent.is_some() => {
                if site.only_call {
                    once.max(2 * max)
                } else {
                    2 * max
                }
            }
            _ => max,
        }
    }

    /// Whether two positions are the same file, line and column, as precisely as the compiler stores them.
    fn same_place(&self, a: IrPos, b: IrPos) -> bool {
        if a.pos == b.pos {
            return true;
        }
        let (Some(file), true) = (a.pos.file, a.pos.file == b.pos.file) else { return false };
        let lines = self.cx.sources.file(file).lines();
        let (a, b) = (lines.line_column(a.pos.offset), lines.line_column(b.pos.offset));
        a.0 == b.0 && a.1 >= MAX_COLUMN && b.1 >= MAX_COLUMN
    }
}

/// Columns from here on are not told apart (`cmd/internal/src/pos.go`).
const MAX_COLUMN: u32 = 255;

/// Whether the results of a function can be declared where it returns: it does so only once, with operands, and no
/// result has a name.
fn can_delay_results(unit: &Unit, func: FuncId) -> bool {
    let mut returns = 0;
    unit.preorder_list(&unit.funcs[func].body, &mut |node: NodeId| {
        if let Kind::Return(results) = &unit.nodes[node].kind {
            returns += if results.is_empty() { 2 } else { 1 };
        }
    });
    let unnamed = |&name: &_| {
        let sym = unit.names[name].sym;
        sym.is_empty() || sym.is_blank() || sym.as_str().starts_with('~')
    };
    returns == 1 && unit.funcs[func].results().iter().all(unnamed)
}

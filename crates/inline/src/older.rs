//! The inlining pass of releases before 1.23 (`inline/inl.go` of 1.19 and 1.21, `interleaved.go` of 1.22).

use std::collections::VecDeque;

use escargo_dialect::inlining::PassOrder;
use escargo_ir::scc::{BottomUp, Group};
use escargo_ir::{FuncId, Kind, NodeId, Op};
use rustc_hash::FxHashSet;

use crate::event::CannotInline;
use crate::pass::Inliner;

impl Inliner<'_> {
    /// From the bottom up, judges functions and inlines into them: one by one, or by groups.
    pub(crate) fn functions_and_groups(&mut self, funcs: &[FuncId]) {
        let rules = &self.cx.model.inlining;
        if !self.cx.flags.inlines() && !rules.devirtualizes_inline {
            return;
        }
        let one_by_one = rules.order == PassOrder::Functions;
        let mut groups = BottomUp::new(&self.cx, funcs);
        while let Some(group) = groups.next(self.cx.store, self.bodies.unit_ref()) {
            for &func in &group.funcs {
                if self.cx.flags.inlines() {
                    self.can_inline_in_group(func, &group, Some(self.cx.flags.m));
                }
                if one_by_one {
                    self.inline_calls(func);
                }
            }
            if !one_by_one {
                group.funcs.iter().for_each(|&func| self.inline_calls(func));
            }
        }
    }

    /// Judges a function of a group; one that calls itself is refused where that is the rule.
    pub(crate) fn can_inline_in_group(&mut self, func: FuncId, group: &Group, level: Option<u32>) {
        let rules = &self.cx.model.inlining;
        let unit = self.bodies.unit_ref();
        let declared = group.funcs.iter().filter(|&&f| !unit.funcs[f].is_literal()).count();
        if !rules.refuses_recursion || !group.recursive || declared > 1 {
            self.judging(level, |judge| judge.can_inline(func));
        } else if rules.reports_recursive_literals || !unit.funcs[func].is_literal() {
            self.judging(level, |judge| judge.refuse(func, CannotInline::Recursive));
        }
    }

    /// Inlines calls in a function: operands first; calls in what was inlined at once, or when the function is done.
    pub(crate) fn inline_calls(&mut self, func: FuncId) {
        let is_big = self.is_big(func);
        let mut inlined = VecDeque::new();
        for node in self.bodies.unit_ref().funcs[func].body.clone() {
            self.inline_below(func, is_big, node, &mut inlined);
        }
        while let Some(node) = inlined.pop_front() {
            self.inline_children(func, is_big, node, &mut inlined);
        }
    }

    fn inline_children(&mut self, func: FuncId, is_big: bool, node: NodeId, inlined: &mut VecDeque<NodeId>) {
        for child in self.bodies.unit_ref().children(node) {
            self.inline_below(func, is_big, child, inlined);
        }
    }

    fn inline_below(&mut self, func: FuncId, is_big: bool, node: NodeId, inlined: &mut VecDeque<NodeId>) {
        if let Kind::TailCall(call) = self.bodies.unit_ref().nodes[node].kind
            && let Kind::Call(call) = &mut self.bodies.unit().nodes[call].kind
        {
            call.no_inline = true;
        }
        self.inline_children(func, is_big, node, inlined);
        if !matches!(self.bodies.unit_ref().nodes[node].kind, Kind::Call(_)) {
            return;
        }
        if self.cx.model.inlining.devirtualizes_inline {
            self.devirtualize(node, &FxHashSet::default());
        }
        if self.try_inline(func, node, is_big, false) {
            match self.cx.model.inlining.order {
                PassOrder::Functions => self.inline_children(func, is_big, node, inlined),
                _ => inlined.push_back(node),
            }
        }
    }

    /// Makes calls direct in all functions, where that is a pass of its own.
    pub(crate) fn devirtualize_all(&mut self) {
        for func in self.bodies.unit_ref().func_list.clone() {
            for node in self.bodies.unit_ref().funcs[func].body.clone() {
                self.devirtualize_below(node);
            }
        }
    }

    fn devirtualize_below(&mut self, node: NodeId) {
        if self.bodies.unit_ref().nodes[node].op() == Op::CallInter {
            self.devirtualize(node, &FxHashSet::default());
        }
        for child in self.bodies.unit_ref().children(node) {
            self.devirtualize_below(child);
        }
    }
}

//! The inlining pass over a package (`inline/interleaved/interleaved.go`).

use escargo_dialect::inlining::PassOrder;
use escargo_ir::scc::{BottomUp, References};
use escargo_ir::{Context, FuncId, InlinedCall, Kind, NodeId, Unit};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::Bodies;
use crate::callee;
use crate::cost::is_big;
use crate::event::{CallRefused, Event};
use crate::flow::Flow;
use crate::judge::{Judge, Site};

/// Judges functions, makes calls direct, and inlines them.
pub(crate) struct Inliner<'a> {
    pub(crate) cx: Context<'a>,
    pub(crate) bodies: &'a mut dyn Bodies,
    pub(crate) sink: &'a mut dyn FnMut(Event),
    /// What is assigned to interface variables.
    pub(crate) flow: Flow,
    /// Number of call sites seen that lead to a function.
    uses: FxHashMap<FuncId, u32>,
}

/// The calls of a function that is inlined into.
pub(crate) struct Caller {
    pub(crate) func: FuncId,
    pub(crate) is_big: bool,
    /// Calls in the order in which they are looked at. A call that was inlined has become an inlined call.
    sites: Vec<NodeId>,
    /// What the calls lead to.
    resolved: Vec<Option<FuncId>>,
    /// Calls that have been listed.
    marked: FxHashSet<NodeId>,
}

impl<'a> Inliner<'a> {
    pub(crate) fn new(
        cx: Context<'a>,
        bodies: &'a mut dyn Bodies,
        sink: &'a mut dyn FnMut(Event),
    ) -> Inliner<'a> {
        Inliner { cx, bodies, sink, flow: Flow::default(), uses: FxHashMap::default() }
    }

    /// Does the whole package.
    pub(crate) fn package(&mut self) {
        let funcs = self.bodies.unit_ref().func_list.clone();
        match self.cx.model.inlining.order {
            PassOrder::Functions | PassOrder::Groups => self.functions_and_groups(&funcs),
            PassOrder::Package => {
                self.can_inline_all(&funcs, Some(self.cx.flags.m));
                for &func in &funcs {
                    let mut caller = self.caller(func);
                    self.fixpoint(&mut caller);
                }
            }
            PassOrder::Batches => {
                let references = self.can_inline_all(&funcs, Some(self.cx.flags.m));
                self.batches(&funcs, references);
            }
        }
    }

    /// Does one function by itself.
    pub(crate) fn function(&mut self, func: FuncId) {
        match self.cx.model.inlining.order {
            PassOrder::Functions | PassOrder::Groups => self.inline_calls(func),
            PassOrder::Package | PassOrder::Batches => {
                let mut caller = self.caller(func);
                self.fixpoint(&mut caller);
            }
        }
    }

    /// Judges functions and what they lead to, from the bottom up (CanInlineFuncs); to what functions refer.
    pub(crate) fn can_inline_all(&mut self, funcs: &[FuncId], level: Option<u32>) -> References {
        if !self.cx.flags.inlines() {
            return References::default();
        }
        let mut groups = BottomUp::new(&self.cx, funcs).noting();
        while let Some(group) = groups.next(self.cx.store, self.bodies.unit_ref()) {
            for &func in &group.funcs {
                self.can_inline_in_group(func, &group, level);
            }
        }
        groups.references()
    }

    /// Works with a judge, and keeps what it found out.
    pub(crate) fn judging<T>(&mut self, level: Option<u32>, work: impl FnOnce(&mut Judge<'_>) -> T) -> T {
        let mut judge = Judge::new(self.cx, &*self.bodies, level, &mut *self.sink);
        let result = work(&mut judge);
        for (func, info) in judge.into_facts() {
            let func = &mut self.bodies.unit().funcs[func];
            func.inline_checked = true;
            func.inline = info;
        }
        result
    }

    /// Finds the calls of a function, and whether it is big.
    pub(crate) fn caller(&mut self, func: FuncId) -> Caller {
        let mut caller = Caller {
            func,
            is_big: self.is_big(func),
            sites: Vec::new(),
            resolved: Vec::new(),
            marked: FxHashSet::default(),
        };
        let body = self.bodies.unit_ref().funcs[func].body.clone();
        caller.mark(self.bodies.unit(), &body);
        caller
    }

    /// Whether only cheap calls are inlined into a function; says so.
    pub(crate) fn is_big(&mut self, func: FuncId) -> bool {
        let is_big = self.cx.flags.inlines() && is_big(&self.cx, self.bodies.unit_ref(), func);
        if is_big && self.cx.flags.m >= 2 && self.cx.model.inlining.reports_big {
            (self.sink)(Event::BigFunction { func });
        }
        is_big
    }

    /// Judged functions: counts call sites, then inlines group by group.
    fn batches(&mut self, funcs: &[FuncId], mut references: References) {
        let mut callers: FxHashMap<FuncId, Caller> = FxHashMap::default();
        for &func in funcs {
            let mut caller = self.caller(func);
            for i in 0..caller.sites.len() {
                let site = caller.sites[i];
                let before = self.bodies.unit_ref().nodes[site].op();
                self.resolve(&mut caller, i);
                if self.bodies.unit_ref().nodes[site].op() != before {
                    // A method is called now that was not known before.
                    references.forget(func);
                }
            }
            callers.insert(func, caller);
        }
        let mut groups = BottomUp::new(&self.cx, funcs).with(references);
        while let Some(group) = groups.next(self.cx.store, self.bodies.unit_ref()) {
            let mut members: Vec<Caller> = group.funcs.iter().filter_map(|f| callers.remove(f)).collect();
            let mut changed = true;
            while changed {
                changed = false;
                for caller in &mut members {
                    changed |= self.round(caller);
                }
            }
        }
    }

    /// Tries all calls of a function, then batch by batch those that inlining brought; whether any was inlined.
    fn round(&mut self, caller: &mut Caller) -> bool {
        let mut changed = false;
        let mut batch = 0..caller.sites.len();
        while !batch.is_empty() {
            for i in batch.clone() {
                changed |= self.edit(caller, i);
            }
            batch = batch.end..caller.sites.len();
            for i in batch.clone() {
                self.resolve(caller, i);
            }
        }
        changed
    }

    /// Tries all calls of a function, and those that inlining brings, until nothing changes.
    fn fixpoint(&mut self, caller: &mut Caller) {
        let mut changed = true;
        while changed {
            changed = false;
            let mut i = 0;
            while i < caller.sites.len() {
                changed |= self.edit(caller, i);
                i += 1;
            }
        }
    }

    /// What a call leads to, and how many call sites lead there. Makes the call direct first, if it can be.
    fn resolve(&mut self, caller: &mut Caller, i: usize) -> Option<(FuncId, u32)> {
        if let Some(&Some(callee)) = caller.resolved.get(i) {
            return Some((callee, self.uses.get(&callee).copied().unwrap_or(0)));
        }
        let call = caller.sites[i];
        if !matches!(self.bodies.unit_ref().nodes[call].kind, Kind::Call(_)) {
            return None;
        }
        if self.cx.model.inlining.devirtualizes_inline {
            self.devirtualize(call, &caller.marked);
        }
        let callee = self.target(caller.func, call)?;
        if caller.resolved.len() <= i {
            caller.resolved.resize(i + 1, None);
        }
        caller.resolved[i] = Some(callee);
        let uses = self.uses.entry(callee).or_insert(0);
        *uses += 1;
        Some((callee, *uses))
    }

    /// The function that a call leads to, if it may be inlined.
    pub(crate) fn target(&self, caller: FuncId, call: NodeId) -> Option<FuncId> {
        let unit = self.bodies.unit_ref();
        let Kind::Call(node) = &unit.nodes[call].kind else { return None };
        let fun = node.fun;
        callee::might_inline(&self.cx, unit, call)
            .then(|| callee::callee(&self.cx, unit, caller, fun))
            .flatten()
    }

    /// Tries to inline a call; whether it was.
    fn edit(&mut self, caller: &mut Caller, i: usize) -> bool {
        let call = caller.sites[i];
        if !matches!(self.bodies.unit_ref().nodes[call].kind, Kind::Call(_)) {
            return false;
        }
        let Some((callee, uses)) = self.resolve(caller, i) else { return false };
        let only_call = uses == 1 && self.bodies.unit_ref().funcs[callee].parent.is_some();
        if !self.try_inline(caller.func, call, caller.is_big, only_call) {
            return false;
        }
        caller.mark_children(self.bodies.unit(), call);
        self.flow.inlined(&self.cx, self.bodies.unit_ref(), caller.func, call);
        true
    }

    /// Inlines a call if its callee, looked up anew, allows it: the node becomes the inlined call.
    pub(crate) fn try_inline(&mut self, caller: FuncId, call: NodeId, is_big: bool, only_call: bool) -> bool {
        let Some(callee) = self.target(caller, call) else { return false };
        let pos = self.bodies.unit_ref().nodes[call].pos;
        let site = Site { pos, caller, callee, is_big, only_call };
        let accepted = self.judging(Some(self.cx.flags.m), |judge| {
            judge.judge_literal(callee);
            judge.has_inline_body(callee).then(|| judge.accept(&site))
        });
        match accepted {
            Some(Ok(())) => {}
            Some(Err(reason)) => {
                self.refuse_call(&site, reason);
                return false;
            }
            None => return false,
        }
        self.inline(&site, call);
        true
    }

    pub(crate) fn refuse_call(&mut self, site: &Site, reason: CallRefused) {
        let has_message = reason == CallRefused::RepeatedCycle && self.cx.flags.m >= 2;
        if has_message || self.cx.flags.json {
            let &Site { pos, caller, callee, .. } = site;
            (self.sink)(Event::CallRefused { pos, caller, callee, reason });
        }
    }

    fn inline(&mut self, site: &Site, call: NodeId) {
        let &Site { pos, caller, callee, .. } = site;
        if !self.cx.model.lowering.packs_arguments {
            let cx = self.cx;
            self.bodies.unit().build(&cx).fix_variadic(call);
        }
        let inl = self.bodies.unit().inline_tree.calls.push(InlinedCall { call: pos, callee });
        if self.cx.flags.m >= 1 {
            (self.sink)(Event::InliningCall { pos, callee });
        }
        let expanded = self.bodies.expand(caller, call, callee, inl);
        let unit = self.bodies.unit();
        for pos in std::mem::take(&mut unit.imprecise_calls) {
            (self.sink)(Event::ImpreciseCall { pos });
        }
        if expanded != call {
            let vacant = escargo_ir::Node::new(pos, Kind::Nil);
            unit.nodes[call] = std::mem::replace(&mut unit.nodes[expanded], vacant);
        }
        let read = self.bodies.take_read_instances();
        if !read.is_empty() {
            self.can_inline_silently(&read);
        }
    }

    /// Judges instances that were read only because something else was inlined, without a word but for the log; their
    /// bodies are not needed any more.
    pub(crate) fn can_inline_silently(&mut self, funcs: &[FuncId]) {
        self.can_inline_all(funcs, None);
        for &func in funcs {
            let func = &mut self.bodies.unit().funcs[func];
            func.body.clear();
            func.has_body = false;
        }
    }
}

impl Caller {
    /// Lists calls below some nodes: those in operands before the call itself.
    fn mark(&mut self, unit: &mut Unit, list: &[NodeId]) {
        let mut tail_calls = Vec::new();
        for &node in list {
            self.mark_node(unit, node, &mut tail_calls);
        }
        for call in tail_calls {
            if let Kind::Call(call) = &mut unit.nodes[call].kind {
                call.no_inline = true;
            }
        }
    }

    fn mark_children(&mut self, unit: &mut Unit, node: NodeId) {
        let children = unit.children(node);
        self.mark(unit, &children);
    }

    fn mark_node(&mut self, unit: &Unit, node: NodeId, tail_calls: &mut Vec<NodeId>) {
        match unit.nodes[node].kind {
            Kind::Call(_) | Kind::Builtin { .. } => {
                if self.marked.insert(node) {
                    unit.for_each_child(node, &mut |child| self.mark_node(unit, child, tail_calls));
                    self.sites.push(node);
                }
            }
            // The call itself stays as it is.
            Kind::TailCall(call) => {
                tail_calls.push(call);
                unit.for_each_child(call, &mut |child| self.mark_node(unit, child, tail_calls));
            }
            Kind::InlCall { .. } if self.marked.contains(&node) => {}
            _ => unit.for_each_child(node, &mut |child| self.mark_node(unit, child, tail_calls)),
        }
    }
}

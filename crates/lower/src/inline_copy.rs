//! Expanding a call that is inlined: the callee's body is lowered anew (`noder/reader.go`, unifiedInlineCall).

use escargo_ir::{Class, FuncId, InlId, IrPos, Kind, List, NameId, Node, NodeId, Op, Origin, Unit};
use escargo_types::TypeId;

use crate::body::{Body, InlineFrame};
use crate::func::{Code, Source};
use crate::inline_template::Template;
use crate::lowerer::Lowerer;

impl<'w> Lowerer<'w> {
    /// Whether the body of a function can be lowered for inlining: that of the package's own functions and of instances
    /// always, that of an imported function if the export data of a package imported directly holds it.
    pub fn has_body(&self, callee: FuncId) -> bool {
        let f = &self.unit.funcs[callee];
        if f.inline.is_none() {
            return false;
        }
        match f.origin {
            Origin::Declared(obj) if !f.local => {
                self.world.imports().iter().any(|&pkg| self.world.summary(pkg).bodies.contains(&obj))
            }
            _ => self.sources.contains_key(&callee),
        }
    }

    /// What replaces a call of `callee` in `caller` that is inlined as call number `inl`, which the inline tree knows
    /// already. The variables of the copy become variables of the caller.
    pub fn expand(&mut self, caller: FuncId, call: NodeId, callee: FuncId, inl: InlId) -> NodeId {
        let Some(source) = self.source_of(callee) else { return call };
        self.expanded.insert(callee);
        let pos = self.unit.nodes[call].pos;
        let scratch = self.scratch_func(caller, callee);
        let frame = InlineFrame {
            inl,
            caller,
            callee,
            call,
            ret_label: self.auto_label(caller, ".i"),
            ret_vars: Vec::new(),
            delay_results: self.unit.funcs[callee].inline.is_some_and(|info| info.can_delay_results),
        };
        let outer = std::mem::replace(&mut self.reading, source.pkg.pkg);
        let plain = !self.cx.model.lowering.exports_all && !self.unit.funcs[callee].local;
        let (init, results, mut list) = match self.template(callee) {
            Some(template) => self.copied(&template, &frame, scratch),
            None => self.lowered(&source, &frame, scratch, plain),
        };
        self.read_bodies(true);
        self.reading = outer;
        let frame = InlineFrame { ret_vars: results.clone(), ..frame };
        if matches!(source.code, Code::CallShaped | Code::Made(_)) {
            self.replace_returns(&list, &frame);
        }
        if plain {
            self.forget_unexported(&list);
        }
        match self.cx.model.lowering.exports_all {
            true => self.adopt(scratch, caller, inl),
            false => self.adopt_walked(scratch, caller, inl, plain),
        }
        if self.cx.model.lowering.capital_results {
            self.rename_results(&results, pos);
        }
        list.push(self.unit.stmt(pos, Kind::Label(frame.ret_label)));
        let results = results.iter().map(|&name| self.unit.names[name].node).collect();
        let ty = self.unit.nodes[call].ty;
        let mut node = Node::expr(pos, ty, Kind::InlCall { body: list, results });
        node.init = init;
        self.unit.add(node)
    }

    /// A body that is lowered: the statements before it, its results, its statements.
    fn lowered(
        &mut self,
        source: &Source<'w>,
        frame: &InlineFrame,
        scratch: FuncId,
        plain: bool,
    ) -> (List, Vec<NameId>, List) {
        let (sizes, start) = (self.sizes(), self.place());
        let mut body = Body::new(self, source, scratch);
        body.start_inlined(frame);
        let head_end = body.low.place();
        let (init, results) = body.low.before_body(frame, scratch);
        let body_start = body.low.place();
        body.inline = Some(InlineFrame { ret_vars: results.clone(), ..frame.clone() });
        body.plain = plain;
        let list = body.lower_code(&source.code);
        if self.cx.model.lowering.exports_all {
            self.note_inlined(frame, source, [start, head_end, body_start], &sizes, &list);
        }
        (init, results, list)
    }

    /// The same of a body that is copied.
    fn copied(
        &mut self,
        template: &Template,
        frame: &InlineFrame,
        scratch: FuncId,
    ) -> (List, Vec<NameId>, List) {
        let head = self.copy_head(template, frame);
        let (init, results) = self.before_body(frame, scratch);
        let list = self.copy_body(template, frame, head);
        (init, results, list)
    }

    /// The statements before a body whose parameters and results are declared, and the results.
    fn before_body(&mut self, frame: &InlineFrame, scratch: FuncId) -> (List, Vec<NameId>) {
        let f = &self.unit.funcs[scratch];
        let (params, results) = (f.inputs().to_vec(), f.results().to_vec());
        let zeroed = if frame.delay_results { &[] } else { &results[..] };
        (self.inline_init(frame.call, &params, zeroed, frame.inl), results)
    }

    /// The function that an inlined body is lowered into: it starts with nothing, goes by the name of the caller, and
    /// gives what it declares to the caller in the end.
    fn scratch_func(&mut self, caller: FuncId, callee: FuncId) -> FuncId {
        let scratch = self.scratch.unwrap_or_else(|| {
            let empty = escargo_base::Symbol::EMPTY;
            self.new_func(IrPos::NONE, IrPos::NONE, empty, self.package.pkg, TypeId::INVALID)
        });
        self.scratch = Some(scratch);
        let name = self.unit.func_name(caller);
        let (sym, pkg) = (name.sym, name.pkg);
        let (pos, ty) = (self.unit.funcs[callee].pos, self.unit.func_name(callee).ty);
        let f = &mut self.unit.funcs[scratch];
        f.pos = pos;
        f.dcl.clear();
        f.dict_param = None;
        f.unlisted = 0;
        f.closure_counts = [0; 3];
        let name = &mut self.unit.names[f.name];
        (name.sym, name.pkg, name.ty) = (sym, pkg, ty);
        scratch
    }

    /// The statements before an inlined body: what the call did before, one assignment of all arguments to all
    /// parameters, results set to zero, and a mark.
    fn inline_init(&mut self, call: NodeId, params: &[NameId], zeroed: &[NameId], inl: InlId) -> List {
        let pos = self.unit.nodes[call].pos;
        let mut init = std::mem::take(&mut self.unit.nodes[call].init);
        let Kind::Call(c) = &self.unit.nodes[call].kind else { return init };
        let (op, fun, mut args) = (c.op, c.fun, c.args.clone());
        if op == Op::CallFunc {
            self.callee_effects(&mut init, fun);
        }
        for (arg, &param) in args.iter_mut().zip(params) {
            let ty = self.unit.names[param].ty;
            *arg = self.unit.build(&self.cx).assign_conv(pos, *arg, ty);
        }
        let lists_all = self.cx.model.lowering.declares_unnamed;
        let is_listed = |unit: &Unit, name: NameId| lists_all || !is_unnamed(unit, name);
        let lhs = params
            .iter()
            .map(|&name| match is_listed(&self.unit, name) {
                true => self.unit.names[name].node,
                false => self.unit.stmt(IrPos::NONE, Kind::Blank),
            })
            .collect();
        let assign = self.unit.stmt(pos, Kind::AssignList { op: Op::As2, lhs, rhs: args, def: true });
        for &param in params {
            if !is_listed(&self.unit, param) {
                continue;
            }
            let decl = self.unit.stmt(pos, Kind::Decl(param));
            self.unit.nodes[assign].init.push(decl);
            self.unit.names[param].defn = Some(assign);
        }
        init.push(assign);
        for &result in zeroed {
            init.push(self.unit.stmt(pos, Kind::Decl(result)));
            let x = self.unit.names[result].node;
            init.push(self.unit.stmt(pos, Kind::Assign { x, y: None, def: false }));
        }
        init.push(self.unit.stmt(pos, Kind::InlMark(inl)));
        init
    }

    /// Moves what has to happen before the callee is known (`inline.CalleeEffects`).
    fn callee_effects(&mut self, init: &mut List, mut callee: NodeId) {
        loop {
            let effects = std::mem::take(&mut self.unit.nodes[callee].init);
            init.extend(effects);
            callee = match &mut self.unit.nodes[callee].kind {
                Kind::Conv(_, x) | Kind::Unary(Op::Paren, x) => *x,
                Kind::InlCall { body, results } => {
                    init.extend(std::mem::take(body));
                    match results[..] {
                        [result] => result,
                        _ => return,
                    }
                }
                _ => return,
            };
        }
    }

    /// Replaces the return statements of a body that was made: those of source are never made.
    fn replace_returns(&mut self, list: &[NodeId], frame: &InlineFrame) {
        let mut returns = Vec::new();
        self.unit.preorder_list(list, &mut |node| {
            if self.unit.nodes[node].op() == Op::Return {
                returns.push(node);
            }
        });
        let pos = self.unit.nodes[frame.call].pos;
        for node in returns {
            let mut block = std::mem::take(&mut self.unit.nodes[node].init);
            let kind = std::mem::replace(&mut self.unit.nodes[node].kind, Kind::Nil);
            if let Kind::Return(results) = kind
                && !results.is_empty()
            {
                self.assign_results(results, frame, &mut block);
            }
            block.push(self.unit.stmt(pos, Kind::Branch(Op::Goto, Some(frame.ret_label))));
            self.unit.nodes[node].kind = Kind::Block(block);
            self.unit.nodes[node].pos = pos;
        }
    }

    fn assign_results(&mut self, results: List, frame: &InlineFrame, block: &mut List) {
        let pos = self.unit.nodes[frame.call].pos;
        let mut rhs = results;
        for (y, &name) in rhs.iter_mut().zip(&frame.ret_vars) {
            let ty = self.unit.names[name].ty;
            *y = self.unit.build(&self.cx).assign_conv(pos, *y, ty);
        }
        let lhs = frame.ret_vars.iter().map(|&name| self.unit.names[name].node).collect();
        let assign = self.unit.stmt(pos, Kind::AssignList { op: Op::As2, lhs, rhs, def: false });
        if frame.delay_results {
            for &name in &frame.ret_vars {
                block.push(self.unit.stmt(pos, Kind::Decl(name)));
                self.unit.names[name].defn = Some(assign);
            }
        }
        block.push(assign);
    }

    /// Makes what an inlined body declares variables of the caller.
    fn adopt(&mut self, scratch: FuncId, caller: FuncId, inl: InlId) {
        let names = std::mem::take(&mut self.unit.funcs[scratch].dcl);
        for &id in &names {
            self.adopt_name(id, caller, inl);
        }
        self.unit.funcs[caller].dcl.extend(names);
    }

    /// Makes one variable of an inlined body one of the caller; whether it was a local one, not a parameter or result.
    fn adopt_name(&mut self, id: NameId, caller: FuncId, inl: InlId) -> bool {
        let name = &mut self.unit.names[id];
        name.owner = Some(caller);
        if name.class == Class::Auto {
            name.inl_local = true;
            return true;
        }
        name.class = Class::Auto;
        name.inl_formal = true;
        name.pos.inl = Some(inl);
        self.unit.nodes[name.node].pos = name.pos;
        false
    }
}

/// Copies as the compiler made them from trees (`inline/inl.go` of 1.19, oldInline).
impl Lowerer<'_> {
    /// As [`Lowerer::adopt`]: results come behind locals, and nobody knows any more where locals are defined.
    fn adopt_walked(&mut self, scratch: FuncId, caller: FuncId, inl: InlId, plain: bool) {
        let names = std::mem::take(&mut self.unit.funcs[scratch].dcl);
        let unlisted = |name: &NameId| is_unnamed(&self.unit, *name);
        let names: Vec<NameId> = names.into_iter().filter(|name| !unlisted(name)).collect();
        let is_result = |name: &NameId| self.unit.names[*name].class == Class::Result;
        let (results, mut listed): (Vec<NameId>, Vec<NameId>) = names.into_iter().partition(is_result);
        listed.extend(results);
        let mut temps = 0;
        for &id in &listed {
            if !self.adopt_name(id, caller, inl) {
                continue;
            }
            let name = &mut self.unit.names[id];
            name.defn = None;
            if plain && name.autotemp {
                name.sym = escargo_base::Symbol::intern(&format!(".autotmp_{temps}"));
                temps += 1;
            }
        }
        self.unit.funcs[caller].dcl.extend(listed);
    }

    /// Results without name are variables of the call.
    fn rename_results(&mut self, results: &[NameId], pos: IrPos) {
        for (i, &id) in results.iter().enumerate() {
            let name = &mut self.unit.names[id];
            if name.sym.as_str().starts_with("~r") {
                name.sym = escargo_base::Symbol::intern(&format!("~R{i}"));
                name.inl_formal = false;
                name.pkg = None;
                name.pos = pos;
                self.unit.nodes[name.node].pos = pos;
            }
        }
    }

    /// Forgets what export data does not hold: which operations are implicit, and what constants looked like.
    fn forget_unexported(&mut self, list: &[NodeId]) {
        let (mut nodes, mut literals) = (Vec::new(), Vec::new());
        self.unit.preorder_list(list, &mut |node| match self.unit.nodes[node].kind {
            Kind::Conv(..) | Kind::Unary(..) | Kind::Literal(_) | Kind::Call(_) => nodes.push(node),
            Kind::Closure(func) => literals.push(func),
            _ => {}
        });
        for node in nodes {
            self.unit.nodes[node].implicit = false;
            self.unit.originals.remove(&node);
        }
        for func in literals {
            for i in 0..self.unit.funcs[func].dcl.len() {
                let name = self.unit.funcs[func].dcl[i];
                self.unit.names[name].defn = None;
            }
            let body = self.unit.funcs[func].body.clone();
            self.forget_unexported(&body);
        }
    }
}

/// Whether an input has no name in the source.
fn is_unnamed(unit: &Unit, name: NameId) -> bool {
    let name = &unit.names[name];
    name.class == Class::Param && (name.sym.is_blank() || name.sym.as_str().starts_with("~p"))
}

impl<'w> Body<'_, 'w> {
    /// Prepares for the body of `frame.callee`: what a literal captured is the caller's, and parameters are declared.
    fn start_inlined(&mut self, frame: &InlineFrame) {
        let unit = &mut self.low.unit;
        self.pos = unit.nodes[frame.call].pos;
        let callee = &unit.funcs[frame.callee];
        let literal = callee.is_literal();
        let mut dict = None;
        if let Some(facts) = self.low.literals.get(&frame.callee) {
            if facts.has_dict {
                dict = callee.closure_vars.last().and_then(|&var| unit.names[var].outer);
            }
            for (&key, &var) in facts.captured.iter().zip(&callee.closure_vars) {
                if let Some(outer) = unit.names[var].outer {
                    self.locals.insert(key, outer);
                }
            }
        }
        unit.funcs[self.func].dict_param = dict;
        let sig = self.low.checked_sig(frame.callee);
        self.declare_params(sig, !literal);
    }
}

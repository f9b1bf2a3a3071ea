//! Collecting facts while a package is compiled: trails of the escape analysis, which are ids of its IR, become values
//! that need no IR.

use escargo_alloc::What;
use escargo_base::{FileId, Id, Symbol};
use escargo_escape::{Analysis, Hop, HopNote, Reason, Spot as IrSpot, Trace, Trail, TrailEnd};
use escargo_ir::print::{func_link_name, node_text, type_text};
use escargo_ir::{
    Class, Context, Func, FuncId, IrPos, Kind, NameId, NodeId, Op, Role as FuncRole, Unit, static_callee,
    static_value,
};
use rustc_hash::FxHashMap;

use crate::facts::{
    Callee, CodePos, Detail, End, FuncFacts, FuncName, InlinedCall, InputFacts, Leak, LeakTo, PackageFacts,
    Path, Role, SiteFacts, Spot, Step, VariableFacts,
};
use crate::finding::is_minor;
use crate::packages::shown_name;

/// What is wanted of a package.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Its allocation sites, and who calls whom.
    pub sites: bool,
    /// Also the texts and types of sites that hardly matter.
    pub minor: bool,
    /// All variables, and where addresses go that escape nowhere.
    pub variables: bool,
}

/// Collects the facts of one package.
#[derive(Debug)]
pub struct Collector<'c> {
    cx: &'c Context<'c>,
    wanted: Wanted,
    escapes: Vec<Path>,
    /// Index of the reason by what escapes.
    by_spot: FxHashMap<IrSpot, u32>,
    leaks: FxHashMap<NameId, Vec<Leak>>,
    stays: FxHashMap<IrSpot, Vec<Step>>,
    /// By function.
    names: Vec<Option<FuncName>>,
    /// Room for the steps of a path.
    room: Vec<Step>,
}

impl<'c> Collector<'c> {
    /// One that has nothing yet.
    pub fn new(cx: &'c Context<'c>, wanted: Wanted) -> Collector<'c> {
        Collector {
            cx,
            wanted,
            escapes: Vec::new(),
            by_spot: FxHashMap::default(),
            leaks: FxHashMap::default(),
            stays: FxHashMap::default(),
            names: Vec::new(),
            room: Vec::new(),
        }
    }

    /// Takes what the escape analysis tells.
    pub fn trace(&mut self, unit: &Unit, trace: Trace) {
        match trace {
            Trace::Escapes { spot, trail, .. } => {
                if !self.by_spot.contains_key(&spot) {
                    let path = self.path(unit, &trail);
                    self.by_spot.insert(spot, self.escapes.len() as u32);
                    self.escapes.push(path);
                }
            }
            Trace::Leaks { param, result, derefs, trail, .. } => {
                let to = result.map_or(LeakTo::Heap, LeakTo::Result);
                // The way with fewest dereferences is the one that callers are told of.
                let known =
                    self.leaks.get(&param).and_then(|leaks| leaks.iter().position(|leak| leak.to == to));
                if known.is_some_and(|known| self.leaks[&param][known].derefs <= derefs) {
                    return;
                }
                let leak = Leak { to, derefs, path: self.path(unit, &trail) };
                let leaks = self.leaks.entry(param).or_default();
                match known {
                    Some(known) => leaks[known] = leak,
                    None => leaks.push(leak),
                }
            }
            Trace::Stays { spot, hop, .. } => {
                let mut steps = Vec::new();
                self.push_steps(unit, &hop, &mut steps);
                self.stays.entry(spot).or_default().extend(steps);
            }
        }
    }

    /// The facts, now that the package, which consists of `files`, is compiled.
    pub fn finish(mut self, unit: &Unit, analysis: &Analysis, files: Vec<FileId>) -> PackageFacts {
        let mut facts = PackageFacts {
            path: self.cx.store.pkg(unit.pkg).path,
            files,
            inlined: self.inlined_calls(unit),
            funcs: Vec::new(),
            escapes: Vec::new(),
            sites: Vec::new(),
            variables: Vec::new(),
        };
        let mut numbers = FxHashMap::default();
        for func in self.compiled(unit) {
            let index = facts.funcs.len() as u32;
            numbers.insert(func, index);
            let func_facts = self.func(unit, func);
            facts.funcs.push(func_facts);
            if self.wanted.variables {
                self.variables(unit, func, index, &mut facts.variables);
            }
        }
        if self.wanted.sites {
            facts.sites = self.sites(unit, analysis, &numbers);
        }
        facts.escapes = self.escapes;
        facts
    }

    /// Functions of the unit that were compiled, literals after the functions around them.
    fn compiled(&self, unit: &Unit) -> Vec<FuncId> {
        // Instances that were read for inlining alone have lost their variables.
        let whole = |func: &Func| func.local && func.dcl.len() >= (func.params.0 + func.params.1) as usize;
        unit.funcs.ids().filter(|&func| whole(&unit.funcs[func])).collect()
    }

    fn sites(
        &mut self,
        unit: &Unit,
        analysis: &Analysis,
        numbers: &FxHashMap<FuncId, u32>,
    ) -> Vec<SiteFacts> {
        let sites = escargo_alloc::sites(self.cx, unit, analysis);
        let facts = sites.into_iter().filter_map(|site| {
            let spot = match site.what {
                What::Node(node) => IrSpot::Storage(node),
                What::Variable(name) => IrSpot::Variable(name),
            };
            let escape = self.by_spot.get(&spot).copied();
            let (text, ty) = match self.wanted.minor || !is_minor(site.class, escape.is_some()) {
                true => (site_text(self.cx, unit, site.what), type_text(self.cx, unit.pkg, site.ty)),
                false => Default::default(),
            };
            Some(SiteFacts {
                func: *numbers.get(&site.func)?,
                at: code_pos(site.pos),
                kind: site.kind,
                class: site.class,
                size: site.size,
                loop_depth: site.loop_depth,
                text,
                ty,
                escape,
                stays: self.stays.remove(&spot).unwrap_or_default(),
            })
        });
        facts.collect()
    }

    fn inlined_calls(&mut self, unit: &Unit) -> Vec<InlinedCall> {
        let calls = unit.inline_tree.calls.iter();
        calls
            .map(|call| InlinedCall { call: code_pos(call.call), callee: self.name(unit, call.callee) })
            .collect()
    }

    fn func(&mut self, unit: &Unit, func: FuncId) -> FuncFacts {
        let f = &unit.funcs[func];
        let inputs = f.inputs().iter().map(|&input| self.input(unit, input)).collect();
        FuncFacts {
            name: self.name(unit, func),
            pos: f.pos.pos,
            generated: f.wrapper || !matches!(f.role, FuncRole::Plain | FuncRole::RangeFuncBody),
            has_body: !f.body.is_empty(),
            inputs,
            results: f.results().iter().map(|&result| unit.names[result].sym).collect(),
            calls: if self.wanted.sites { self.calls(unit, func) } else { Vec::new() },
        }
    }

    fn input(&mut self, unit: &Unit, input: NameId) -> InputFacts {
        let name = &unit.names[input];
        InputFacts {
            name: name.sym,
            pos: name.pos.pos,
            escape: self.by_spot.get(&IrSpot::Variable(input)).copied(),
            leaks: self.leaks.remove(&input).unwrap_or_default(),
        }
    }

    fn calls(&mut self, unit: &Unit, func: FuncId) -> Vec<Symbol> {
        let mut callees = Vec::new();
        unit.preorder_list(&unit.funcs[func].body, &mut |node| {
            if let Kind::Call(call) = &unit.nodes[node].kind
                && call.op == Op::CallFunc
            {
                callees.extend(static_callee(unit, call.fun));
            }
        });
        callees.into_iter().map(|callee| self.name(unit, callee).symbol).collect()
    }

    fn variables(&mut self, unit: &Unit, func: FuncId, index: u32, out: &mut Vec<VariableFacts>) {
        for &id in &unit.funcs[func].dcl {
            let name = &unit.names[id];
            if name.obj.is_none() || name.sym.is_blank() || name.sym.as_str().starts_with('~') {
                continue;
            }
            let spot = IrSpot::Variable(id);
            out.push(VariableFacts {
                func: index,
                name: name.sym,
                at: code_pos(name.pos),
                ty: type_text(self.cx, unit.pkg, name.ty),
                role: role(unit, id),
                escape: self.by_spot.get(&spot).copied(),
                stays: self.stays.remove(&spot).unwrap_or_default(),
            });
        }
    }

    fn name(&mut self, unit: &Unit, func: FuncId) -> FuncName {
        if self.names.len() <= func.index() {
            self.names.resize(unit.funcs.len(), None);
        }
        if let Some(name) = self.names[func.index()] {
            return name;
        }
        let symbol = func_link_name(self.cx, unit, func);
        let renamed = unit.funcs[func].linkname.map(Symbol::as_str).filter(|name| name.contains('.'));
        let shown = shown_name(renamed.unwrap_or(&symbol));
        let package = self.cx.store.pkg(unit.func_name(func).pkg.unwrap_or(unit.pkg)).path;
        let name = FuncName { symbol: Symbol::intern(&symbol), shown: Symbol::intern(&shown), package };
        self.names[func.index()] = Some(name);
        name
    }
}

/// Trails.
impl Collector<'_> {
    fn path(&mut self, unit: &Unit, trail: &Trail) -> Path {
        let mut steps = std::mem::take(&mut self.room);
        for hop in &trail.hops {
            self.push_steps(unit, hop, &mut steps);
        }
        let end = match trail.end {
            TrailEnd::Heap => End::Heap,
            TrailEnd::Result(index) => End::Result(index),
            TrailEnd::Escaping(spot) => End::Escaping(self.by_spot.get(&spot).copied()),
            TrailEnd::OutlivesLoop(_) => End::OutlivesLoop,
            TrailEnd::OutlivesFunction(_) => End::OutlivesFunction,
        };
        // Paths are many, and stay: in no more room than they need.
        let path = Path { steps: steps.drain(..).collect(), end, truncated: trail.truncated };
        self.room = steps;
        path
    }

    /// Appends the steps of a hop.
    fn push_steps(&mut self, unit: &Unit, hop: &Hop, steps: &mut Vec<Step>) {
        for note in &hop.notes {
            if let Some(callee) = self.one_of_several(unit, note) {
                // The call itself is the step before.
                let call = steps.last_mut().filter(|step| step.reason == Reason::CallParameter);
                if let Some(call) = call {
                    call.detail = Detail::Argument { callee, input: note.input.into() };
                    continue;
                }
            }
            // Nobody has written the variables in which a loop over a function keeps its state.
            let mut at = code_pos(unit.nodes[note.node].pos);
            if at.pos.file.is_none() {
                at = spot_pos(unit, hop.from);
            }
            let step = Step {
                at,
                function: self.name(unit, note.func),
                reason: note.reason,
                detail: self.detail(unit, note, hop.to),
                to: None,
            };
            steps.push(step);
        }
        // Hops without notes lead through places that nobody has written: what has a name stays in mind.
        if let Some(last) = steps.last_mut() {
            let to = spot(unit, hop.to);
            if !hop.notes.is_empty() || to != Spot::Temp || last.to.is_none() {
                last.to = Some(to);
            }
        }
    }

    /// The function that a note names, one of those that a variable may hold that is called.
    fn one_of_several(&mut self, unit: &Unit, note: &HopNote) -> Option<Callee> {
        let &Kind::Name(name) = &unit.nodes[note.node].kind else { return None };
        let func = unit.names[name].func.filter(|_| note.reason == Reason::CallParameter)?;
        Some(Callee::Func(self.name(unit, func)))
    }

    fn detail(&mut self, unit: &Unit, note: &HopNote, to: IrSpot) -> Detail {
        if note.reason == Reason::CallParameter {
            return self.argument(unit, &unit.nodes[note.node].kind, note.input.into());
        }
        let destination = match &unit.nodes[note.node].kind {
            &Kind::Assign { x, .. } | &Kind::AssignOp { x, .. } => Some(x),
            Kind::AssignList { lhs, .. } => lhs.get(usize::from(note.input)).copied(),
            &Kind::Range { value, .. } => value,
            _ => None,
        };
        match destination {
            Some(x) if to == IrSpot::Heap => self.destination(unit, x),
            _ => Detail::None,
        }
    }

    fn argument(&mut self, unit: &Unit, kind: &Kind, input: u32) -> Detail {
        let callee = match kind {
            Kind::Call(call) if call.op == Op::CallInter => match &unit.nodes[call.fun].kind {
                Kind::Selector(s) => Callee::Method(s.sel),
                _ => Callee::Value,
            },
            Kind::Call(call) => self.callee(unit, call.fun),
            Kind::GoDefer { op: Op::Go, .. } => return Detail::Go,
            Kind::GoDefer { .. } => return Detail::Defer,
            Kind::Selector(s) if s.op == Op::MethValue => {
                let callee = match s.func {
                    Some(func) => Callee::Func(self.name(unit, func)),
                    None => Callee::Method(s.sel),
                };
                return Detail::MethodValue(callee);
            }
            Kind::Unary(Op::Panic, _) => Callee::Panic,
            Kind::Builtin { op: Op::Append, .. } => Callee::Append,
            _ => Callee::Builtin,
        };
        Detail::Argument { callee, input }
    }

    /// What the value of `fun` is, if only one function can be.
    fn callee(&mut self, unit: &Unit, fun: NodeId) -> Callee {
        match static_callee(unit, static_value(self.cx, unit, fun)) {
            Some(func) => Callee::Func(self.name(unit, func)),
            None => Callee::Value,
        }
    }

    /// What an assignment to `x` stores to, if not to a local variable.
    fn destination(&self, unit: &Unit, x: NodeId) -> Detail {
        match &unit.nodes[x].kind {
            &Kind::Name(name) if unit.names[name].class == Class::Extern => {
                Detail::Global(unit.names[name].sym)
            }
            &Kind::LinkSymOffset { name, .. } => Detail::Global(unit.names[name].sym),
            Kind::Name(_) | Kind::Blank => Detail::None,
            Kind::Selector(s) if s.op == Op::Dot => self.destination(unit, s.x),
            Kind::Index(Op::IndexMap, ..) => Detail::Map,
            &Kind::Index(_, x, _) if self.is_array(unit, x) => self.destination(unit, x),
            _ => Detail::ThroughPointer,
        }
    }

    fn is_array(&self, unit: &Unit, x: NodeId) -> bool {
        let store = self.cx.store;
        matches!(store.ty(store.under(unit.nodes[x].ty)), escargo_types::Type::Array { .. })
    }
}

fn site_text(cx: &Context<'_>, unit: &Unit, what: What) -> String {
    match what {
        What::Node(node) => node_text(cx, unit, node),
        // Without the package that instances and inlined bodies come from.
        What::Variable(name) => unit.names[name].sym.as_str().to_owned(),
    }
}

fn code_pos(pos: IrPos) -> CodePos {
    CodePos { pos: pos.pos, inlined: pos.inl.map(|inl| inl.index() as u32) }
}

fn spot_pos(unit: &Unit, spot: IrSpot) -> CodePos {
    match spot {
        IrSpot::Variable(name) => code_pos(unit.names[name].pos),
        IrSpot::Storage(node) => code_pos(unit.nodes[node].pos),
        IrSpot::Heap | IrSpot::Temp => CodePos::default(),
    }
}

fn spot(unit: &Unit, spot: IrSpot) -> Spot {
    match spot {
        IrSpot::Heap => Spot::Heap,
        IrSpot::Temp => Spot::Temp,
        IrSpot::Variable(id) => {
            let name = &unit.names[id];
            Spot::Variable { name: name.sym, pos: code_pos(name.pos), role: role(unit, id) }
        }
        IrSpot::Storage(node) => Spot::Storage(code_pos(unit.nodes[node].pos)),
    }
}

fn role(unit: &Unit, id: NameId) -> Role {
    let name = &unit.names[id];
    match name.class {
        Class::Param => Role::Param,
        Class::Result => {
            let results = name.owner.map_or(&[][..], |func| unit.funcs[func].results());
            Role::Result(results.iter().position(|&result| result == id).unwrap_or(0) as u32)
        }
        _ if name.autotemp || name.obj.is_none() => Role::Temp,
        _ => Role::Local,
    }
}

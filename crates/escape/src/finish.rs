//! What is told and stored when a batch is solved (`escape/escape.go`, finish, paramTag).

use escargo_base::Id;
use escargo_ir::{FuncId, IrPos, Kind, NameId, Op, Pragmas, Role};
use escargo_types::{Type, TypeId};

use crate::analyzer::{Analyzer, Progress};
use crate::graph::{Attrs, LocId, What};
use crate::leaks::{Leaks, Sink};
use crate::{Event, Placement};

impl Analyzer<'_, '_> {
    /// Stores and tells results, of parameters first.
    pub(crate) fn finish(&mut self, funcs: &[FuncId]) {
        for &func in funcs {
            let inputs = self.unit.funcs[func].inputs().len();
            let tags = (0..inputs).map(|i| self.tag(func, i)).collect();
            self.unit.funcs[func].tags = tags;
        }
        self.analysis.placements.resize(self.unit.nodes.len(), Placement::Unknown);
        for loc in self.graph.ordinary() {
            self.finish_location(loc);
        }
        for i in 0..self.graph.scopes.len() {
            let func = self.graph.scopes[Id::from_index(i)].func;
            self.set_progress(func, Progress::Tagged);
        }
    }

    fn finish_location(&mut self, loc: LocId) {
        let Some(node) = self.node_of(loc) else { return };
        let location = &self.graph.locs[loc];
        let (attrs, variable) = (location.attrs, matches!(location.what, What::Variable(_)));
        let escapes = attrs.has(Attrs::ESCAPES);
        if self.cx.flags.m > 0 || self.cx.flags.runtime {
            self.report(node, variable, escapes);
        }
        if self.cx.flags.json && escapes && !variable {
            let pos = self.pos(node);
            (self.sink)(self.unit, Event::OnHeap { pos });
        }
        self.analysis.placements[node.index()] = match (escapes, attrs.has(Attrs::PERSISTS)) {
            (true, _) => Placement::Heap,
            (false, true) => Placement::Stack,
            (false, false) => Placement::Transient,
        };
        if self.finds_unwritten_bytes()
            && !attrs.has(Attrs::MUTATES)
            && matches!(self.unit.nodes[node].kind, Kind::Conv(Op::Str2Bytes, _))
        {
            self.analysis.zero_copy.push(node);
            let pos = self.pos(node);
            self.tell(Event::ZeroCopy { pos });
        }
    }

    fn report(&mut self, node: escargo_ir::NodeId, variable: bool, escapes: bool) {
        let pos = self.pos(node);
        if variable {
            if escapes && self.cx.flags.runtime {
                let text = self.final_text(node);
                (self.sink)(self.unit, Event::HeapInRuntime { pos, text });
            }
            if escapes && self.cx.flags.m > 0 {
                let text = self.final_text(node);
                self.tell(Event::MovedToHeap { pos, text });
            }
            return;
        }
        if self.cx.flags.m == 0 {
            return;
        }
        match self.unit.nodes[node].kind {
            Kind::Closure(func) if self.is_wrapper(func) => {}
            Kind::Builtin { op: Op::Append, .. } => self.tell(Event::Append { pos, escapes }),
            _ if escapes => {
                let text = self.final_text(node);
                self.tell(Event::EscapesToHeap { pos, text });
            }
            _ => {
                let text = self.final_text(node);
                self.tell(Event::DoesNotEscape { pos, text });
            }
        }
    }

    /// Whether conversions that can share the string's memory are looked for.
    fn finds_unwritten_bytes(&self) -> bool {
        let switch = self.cx.flags.debug.iter().rev().find(|(name, _)| name == "zerocopy");
        self.rules.tracks_writes && switch.is_none_or(|&(_, value)| value != 0)
    }

    fn is_wrapper(&self, func: FuncId) -> bool {
        let func = &self.unit.funcs[func];
        func.wrapper || func.role == Role::GoDeferWrapper
    }

    fn tell(&mut self, event: Event) {
        if self.cx.flags.m > 0 {
            (self.sink)(self.unit, event);
        }
    }
}

/// An input of a function: its receiver or a parameter.
#[derive(Clone, Copy)]
struct Input {
    index: usize,
    name: NameId,
    ty: TypeId,
    pos: IrPos,
}

/// How a parameter is named in the source.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Written {
    Nothing,
    Blank,
    Name,
}

/// Tags.
impl Analyzer<'_, '_> {
    /// The tag of a function's input, receivers included.
    fn tag(&mut self, func: FuncId, index: usize) -> Box<[u8]> {
        let f = &self.unit.funcs[func];
        let name = f.inputs()[index];
        let (ty, pos) = (self.unit.names[name].ty, self.unit.names[name].pos);
        let input = Input { index, name, ty, pos };
        let diagnose = self.cx.flags.m > 0 && !f.wrapper && !f.dupok;
        // Bodies of instances that were read for inlining alone are gone.
        if f.body.is_empty() {
            return self.bodyless_tag(func, input, diagnose);
        }
        if f.pragmas.has(Pragmas::UINTPTR_ESCAPES)
            && let Some(variadic) = self.uintptr_input(func, index, ty)
        {
            if diagnose {
                let name = self.input_name(func, input);
                self.tell(Event::MarkingUintptr { pos, name, variadic });
            }
            return Box::default();
        }
        if !self.has_pointers(ty) {
            return Box::default();
        }
        // Parameters without name are not used.
        let loc = self.loc_of(name).filter(|_| !self.is_unnamed(name));
        let Some(loc) = loc else { return Leaks::default().encode() };
        let mut leaks = self.graph.locs[loc].leaks;
        leaks.optimize();
        if diagnose && !self.graph.locs[loc].escapes() {
            let name = self.input_name(func, input);
            self.report_leaks(func, pos, &name, &leaks);
        }
        leaks.encode()
    }

    /// Functions without body are believed to let everything escape, unless they say otherwise.
    fn bodyless_tag(&mut self, func: FuncId, input: Input, diagnose: bool) -> Box<[u8]> {
        let pragmas = self.unit.funcs[func].pragmas;
        self.unit.funcs[func].pragmas = pragmas.with(Pragmas::UINTPTR_KEEP_ALIVE);
        let pos = input.pos;
        if self.is_uintptr(input.ty) {
            if diagnose {
                let name = self.input_name(func, input);
                self.tell(Event::AssumingUintptr { pos, name });
            }
            return Box::default();
        }
        if !self.has_pointers(input.ty) {
            return Box::default();
        }
        let mut leaks = Leaks::default();
        let noescape = pragmas.has(Pragmas::NOESCAPE);
        if noescape {
            leaks.add(self.layout, Sink::Mutator, 0);
            leaks.add(self.layout, Sink::Callee, 0);
        } else {
            leaks.add(self.layout, Sink::Heap, 0);
        }
        if diagnose && self.written(func, input) != Written::Nothing {
            let name = self.input_name(func, input);
            self.tell(if noescape {
                Event::ParamDoesNotEscape { pos, name }
            } else {
                Event::LeakingParam { pos, name, content: false }
            });
        }
        leaks.encode()
    }

    fn report_leaks(&mut self, func: FuncId, pos: IrPos, name: &str, leaks: &Leaks) {
        let name = || name.to_owned();
        let mut told = false;
        if let Some(derefs) = leaks.get(self.layout, Sink::Heap) {
            self.tell(Event::LeakingParam { pos, name: name(), content: derefs > 0 });
            told = true;
        }
        for i in 0..self.layout.results() {
            let Some(level) = leaks.get(self.layout, Sink::Result(i)) else { continue };
            let Some(&result) = self.unit.funcs[func].results().get(i) else { continue };
            let result = self.unit.names[result].sym.as_str().to_owned();
            self.tell(Event::LeakingToResult { pos, name: name(), result, level });
            told = true;
        }
        if !self.rules.tracks_writes || self.cx.flags.debug("escapemutationscalls") <= 0 {
            if !told {
                self.tell(Event::ParamDoesNotEscape { pos, name: name() });
            }
            return;
        }
        if let Some(derefs) = leaks.get(self.layout, Sink::Mutator) {
            self.tell(Event::MutatesParam { pos, name: name(), derefs });
            told = true;
        }
        if let Some(derefs) = leaks.get(self.layout, Sink::Callee) {
            self.tell(Event::CallsParam { pos, name: name(), derefs });
            told = true;
        }
        if !told {
            self.tell(Event::ParamIsInert { pos, name: name() });
        }
    }

    /// Whether an input is `uintptr`, or `...uintptr`, which `Some(true)` stands for.
    fn uintptr_input(&self, func: FuncId, index: usize, ty: TypeId) -> Option<bool> {
        if self.is_uintptr(ty) {
            return Some(false);
        }
        let last = index + 1 == self.unit.funcs[func].inputs().len();
        let store = self.cx.store;
        let variadic =
            store.as_signature(self.unit.func_name(func).ty).is_some_and(|signature| signature.variadic);
        match store.ty(store.under(ty)) {
            &Type::Slice(elem) if last && variadic && self.is_uintptr(elem) => Some(true),
            _ => None,
        }
    }

    /// Whether a parameter has no name in the source: the compiler names it after its index, or leaves it `_`.
    pub(crate) fn is_unnamed(&self, name: NameId) -> bool {
        let sym = self.unit.names[name].sym;
        sym.is_blank() || sym.as_str().starts_with("~p")
    }

    /// How an input is named in the function's type.
    fn written(&self, func: FuncId, input: Input) -> Written {
        if !self.is_unnamed(input.name) {
            return Written::Name;
        }
        let store = self.cx.store;
        let Some(signature) = store.as_signature(self.unit.func_name(func).ty) else {
            return Written::Nothing;
        };
        let params = store.tuple(signature.params);
        let receivers = self.unit.funcs[func].inputs().len().saturating_sub(params.len());
        let object = match input.index.checked_sub(receivers) {
            Some(i) => params.get(i).copied(),
            None => signature.recv,
        };
        match object.or(self.unit.names[input.name].obj) {
            Some(object) if store.obj(object).name.is_blank() => Written::Blank,
            _ => Written::Nothing,
        }
    }

    /// The name of an input in messages.
    fn input_name(&self, func: FuncId, input: Input) -> String {
        if self.rules.numbers_inputs {
            match self.written(func, input) {
                Written::Nothing => return format!("arg#{}", input.index + 1),
                Written::Blank => return "_".to_owned(),
                Written::Name => {}
            }
        }
        self.unit.names[input.name].sym.as_str().to_owned()
    }
}

//! Compiling one package: its source and what it imports in, its summary and messages out.

use escargo_base::Symbol;
use escargo_escape::Placement;
use escargo_findings::PackageFacts;
use escargo_findings::collect::{Collector, Wanted};
use escargo_inline::Bodies;
use escargo_ir::{Context, FuncId, InlId, NodeId, Unit};
use escargo_load::asm::{Abi as AsmAbi, AsmSymbols};
use escargo_lower::{Lowerer, Summary, TypedPackage};
use escargo_passes::abi_wrappers::{self, Abi, AbiInputs};
use escargo_passes::{bloop, bounds, dead_locals, loopvar, static_init};
use escargo_report::draft::Draft;
use escargo_report::optlog::LogFile;
use escargo_report::{Messages, OptLog};
use escargo_types::sizes::Sizes;
use escargo_types::{ObjId, TypeId};

use super::flags::PackageFlags;
use super::late::late_wrappers;
use super::packages::View;
use super::spare::Spare;
use crate::package::Session;

/// What a compilation has to say.
#[derive(Debug, Default)]
pub(crate) struct Compiled {
    /// The messages.
    pub(crate) draft: Draft,
    /// The optimization log, if it is wanted.
    pub(crate) log: Vec<LogFile>,
}

/// The messages of a compilation, collected pass by pass.
pub(super) struct Log<'a> {
    cx: &'a Context<'a>,
    columns: bool,
    draft: Draft,
    spare: &'a Spare,
    pub(super) opt: Option<OptLog>,
}

impl Log<'_> {
    pub(super) fn say<E>(&mut self, unit: &Unit, events: &[E], mut word: impl FnMut(&mut Messages<'_>, &E)) {
        for event in events {
            word(&mut Messages::new(self.cx, unit, self.columns, self.draft.tail()), event);
            self.draft.settle(|| self.spare.text());
        }
    }

    fn finish(mut self, lowerer: Lowerer<'_>) -> Compiled {
        let log = self.opt.map(|opt| opt.files(self.cx, &lowerer.unit, lowerer.package.path.as_str()));
        self.spare.give_unit(lowerer.unit);
        // It may wait long for its turn: in no more room than it needs.
        let end = self.draft.tail().as_str().to_owned();
        self.spare.give_text(std::mem::replace(self.draft.tail(), end));
        Compiled { draft: self.draft, log: log.unwrap_or_default() }
    }
}

/// Compiles a package. `publish` gets the summary for importers.
pub(crate) fn compile(
    session: &Session,
    package: &TypedPackage,
    view: &View<'_>,
    asm: &AsmSymbols,
    flags: &PackageFlags,
    spare: &Spare,
    publish: impl FnOnce(Summary),
) -> Compiled {
    let cx = context(session, flags);
    let opt = cx.flags.json.then(OptLog::default);
    let mut log = Log { cx: &cx, columns: !flags.no_columns, draft: Draft::default(), spare, opt };
    *log.draft.tail() = spare.text();
    let mut lowerer = Lowerer::new(cx, view, package, spare.unit(package.pkg));
    let per_iteration = before_escapes(&mut lowerer, &mut log, &abi_inputs(session, package, asm));
    // Explanations of all functions together would fill the memory.
    let analysis = escargo_escape::analyze(&cx, &mut lowerer.unit, &mut |unit, event| {
        log.say(unit, std::slice::from_ref(&event), |messages, event| messages.escape(event));
        if let Some(opt) = &mut log.opt {
            opt.escape(&cx, &event);
        }
    });
    publish(lowerer.summary());
    let on_heap = |node| analysis.placement(node) == Placement::Heap;
    if let Some(opt) = &mut log.opt {
        opt.loop_variables(&cx, &lowerer.unit, &per_iteration, &on_heap);
    }
    if !cx.model.lowering.early_wrappers {
        late_wrappers(&mut lowerer, &on_heap, &mut log);
        return log.finish(lowerer);
    }
    let elided = bounds::run(&cx, &mut lowerer.unit, &on_heap, &|func| analysis.contents(func));
    log.say(&lowerer.unit, &elided, |messages, pos| messages.bounds_check_elided(*pos));
    log.finish(lowerer)
}

/// Compiles a package for what is `wanted` of it, without a word. `publish` gets the summary for importers.
pub(crate) fn collect(
    session: &Session,
    package: &TypedPackage,
    view: &View<'_>,
    asm: &AsmSymbols,
    flags: &PackageFlags,
    spare: &Spare,
    wanted: Wanted,
    publish: impl FnOnce(Summary),
) -> PackageFacts {
    let cx = context(session, flags);
    let mut log = Log { cx: &cx, columns: false, draft: Draft::default(), spare, opt: None };
    let mut lowerer = Lowerer::new(cx, view, package, spare.unit(package.pkg));
    before_escapes(&mut lowerer, &mut log, &abi_inputs(session, package, asm));
    let mut collector = Collector::new(&cx, wanted);
    let trace = &mut |unit: &Unit, trace| collector.trace(unit, trace);
    let analysis = escargo_escape::analyze_traced(&cx, &mut lowerer.unit, wanted.variables, trace);
    publish(lowerer.summary());
    let facts =
        collector.finish(&lowerer.unit, &analysis, package.files.iter().map(|file| file.id).collect());
    spare.give_unit(lowerer.unit);
    facts
}

fn context<'a>(session: &'a Session, flags: &'a PackageFlags) -> Context<'a> {
    let sizes = session.target.sizes();
    Context {
        store: &session.store,
        sizes: Sizes { word: sizes.word.into(), max_align: sizes.max_align.into() },
        sources: &session.sources,
        model: &session.model,
        target: &session.target,
        flags: &flags.compiler,
    }
}

/// From source to where escape analysis begins; loops whose variables are new in each iteration.
fn before_escapes(
    lowerer: &mut Lowerer<'_>,
    log: &mut Log<'_>,
    abi: &AbiInputs,
) -> Vec<loopvar::Transformed> {
    let cx = lowerer.cx;
    lowerer.run();
    let imprecise = std::mem::take(&mut lowerer.unit.imprecise_calls);
    log.say(&lowerer.unit, &imprecise, |messages, pos| messages.imprecise_call(*pos));
    keep_alive(lowerer, log);
    inline(lowerer, log);
    let per_iteration = loopvar::run(&cx, &mut lowerer.unit);
    if !cx.model.lowering.early_wrappers {
        lowerer.wrappers_of_data();
    }
    let tables = static_init::run(&cx, &mut lowerer.unit);
    lowerer.describe_tables(&tables);
    abi_wrappers::run(&cx, &mut lowerer.unit, abi);
    if !cx.flags.n {
        dead_locals::run(&cx, &mut lowerer.unit);
    }
    per_iteration
}

/// What the loops of benchmarks keep alive.
fn keep_alive(lowerer: &mut Lowerer<'_>, log: &mut Log<'_>) {
    let cx = lowerer.cx;
    if bloop::applies(&cx, &lowerer.unit) {
        let keep_alive = lowerer.runtime_func("KeepAlive");
        let events = bloop::run(&cx, &mut lowerer.unit, keep_alive);
        log.say(&lowerer.unit, &events, |messages, event| messages.kept_alive(event));
    }
}

fn inline(lowerer: &mut Lowerer<'_>, log: &mut Log<'_>) {
    let cx = lowerer.cx;
    let mut events = Vec::new();
    escargo_inline::inline_package(&cx, &mut Copies(lowerer), &mut |event| events.push(event));
    if cx.model.lowering.early_wrappers {
        lowerer.make_wrappers(&mut |lowerer, func| {
            escargo_inline::inline_wrapper(&cx, &mut Copies(lowerer), func, &mut |event| events.push(event));
        });
    }
    escargo_inline::devirtualize_package(&cx, &mut Copies(lowerer), &mut |event| events.push(event));
    log.say(&lowerer.unit, &events, |messages, event| messages.inline(event));
    if let Some(opt) = &mut log.opt {
        events.iter().for_each(|event| opt.inline(&cx, &lowerer.unit, lowerer.package.path.as_str(), event));
    }
}

/// What wrappers between calling conventions depend on.
fn abi_inputs(session: &Session, package: &TypedPackage, asm: &AsmSymbols) -> AbiInputs {
    let own = package.path.as_str();
    let symbol = |path: &str, name: &str| {
        let path = if path.is_empty() { own } else { path };
        Symbol::intern(&format!("{path}.{name}"))
    };
    let abi = |abi: AsmAbi| match abi {
        AsmAbi::Abi0 => Abi::Abi0,
        AsmAbi::Internal => Abi::Internal,
    };
    let linkname = |(local, target): &(Symbol, Option<Symbol>)| {
        (*local, target.unwrap_or_else(|| symbol("", local.as_str())))
    };
    AbiInputs {
        defs: asm.defs.iter().map(|(path, name, a)| (symbol(path, name), abi(*a))).collect(),
        refs: asm.refs.iter().map(|(path, name, a)| (symbol(path, name), abi(*a))).collect(),
        linknames: package.linknames.iter().map(linkname).collect(),
        cgo_exports: Default::default(),
        wraps: session.experiments.is_enabled("regabiwrappers"),
    }
}

/// Where the inliner gets its copies of bodies from.
pub(super) struct Copies<'l, 'w>(pub(super) &'l mut Lowerer<'w>);

impl Bodies for Copies<'_, '_> {
    fn unit(&mut self) -> &mut Unit {
        &mut self.0.unit
    }
    fn unit_ref(&self) -> &Unit {
        &self.0.unit
    }
    fn has_body(&self, callee: FuncId) -> bool {
        self.0.has_body(callee)
    }
    fn expand(&mut self, caller: FuncId, call: NodeId, callee: FuncId, inl: InlId) -> NodeId {
        self.0.expand(caller, call, callee, inl)
    }
    fn take_read_instances(&mut self) -> Vec<FuncId> {
        self.0.take_new_instances()
    }
    fn was_read_first(&self, named: TypeId) -> bool {
        self.0.was_read_first(named)
    }
    fn method(&mut self, recv: TypeId, method: ObjId) -> FuncId {
        self.0.method(recv, method)
    }
}

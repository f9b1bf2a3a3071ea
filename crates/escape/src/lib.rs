//! Escape analysis: which variables and allocations live on the heap, and where parameters leak to.
//!
//! Functions are analysed in batches, callees before callers. A batch's bodies become a graph of flows ([`graph`]);
//! the graph is solved ([`solve`]); what is found is told as [`Event`]s, in the order of the compiler, and stored as
//! tags of the functions' parameters and in an [`Analysis`]. Behaviour is that of `cmd/compile/internal/escape`.
//!
//! Must not know: syntax trees, wording, the disk.

mod analyzer;
mod assign;
mod builtin;
mod call;
mod capture;
mod event;
mod explain;
mod expr;
mod finish;
mod graph;
mod leaks;
mod must_escape;
mod rewrite;
mod same;
mod solve;
mod stmt;
#[cfg(test)]
mod tests;
mod trace;
mod uintptr;
mod wrap;

use std::cell::Cell;

use escargo_base::{Id, Symbol};
use escargo_ir::scc::{BottomUp, Contents};
use escargo_ir::{Context, FuncId, NodeId, Unit, jumped_back};
use rustc_hash::FxHashSet;

pub use event::{Event, Memo, Note, Path, Place, Reason, Step, Text};
pub use trace::{Hop, HopNote, Spot, Trace, Trail, TrailEnd};

use analyzer::Analyzer;
#[cfg(feature = "check-solver")]
pub use solve::checked::compared as compared_solutions;

/// Where what an expression or variable allocates lives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Placement {
    /// The node allocates nothing, or was not reached.
    #[default]
    Unknown,
    /// On the stack until the statement is done.
    Transient,
    /// On the stack.
    Stack,
    /// On the heap.
    Heap,
}

/// What was found about the functions of a unit, besides their parameters' tags.
#[derive(Clone, Debug, Default)]
pub struct Analysis {
    /// By node.
    placements: Vec<Placement>,
    zero_copy: Vec<NodeId>,
    /// By function: what there is in its body.
    contents: Vec<Option<Contents>>,
}

impl Analysis {
    /// Where an expression's allocation, or a variable by its node, lives.
    pub fn placement(&self, node: NodeId) -> Placement {
        self.placements.get(node.index()).copied().unwrap_or_default()
    }
    /// What there was in the body of a function when it was analysed, if anybody looked.
    pub fn contents(&self, func: FuncId) -> Option<Contents> {
        self.contents.get(func.index()).copied().flatten()
    }
    /// Labels of a function at which loops begin that are made with `goto`.
    pub fn loops(&self, unit: &Unit, func: FuncId) -> FxHashSet<Symbol> {
        match self.contents(func) {
            Some(contents) if !contents.loops => FxHashSet::default(),
            _ => jumped_back(unit, &unit.funcs[func].body),
        }
    }
    fn note(&mut self, func: FuncId, contents: Option<Contents>) {
        if self.contents.len() <= func.index() {
            self.contents.resize(func.index() + 1, None);
        }
        self.contents[func.index()] = contents;
    }
    /// Conversions of strings to bytes that share the string's memory, in order of discovery.
    pub fn zero_copy(&self) -> &[NodeId] {
        &self.zero_copy
    }
}

/// Whether a parameter with this tag ([`escargo_ir::Func::tags`]) flows nowhere: its callee neither keeps nor returns it,
/// and does not write through it (`escape/leaks.go`, Any).
pub fn leaks_nowhere(tag: &[u8]) -> bool {
    leaks::Leaks::decode(tag) == leaks::Leaks::default()
}

/// Analyses functions that were made when everything else was done, one by one; `sink` is told which one.
pub fn analyze_each(
    cx: &Context<'_>,
    unit: &mut Unit,
    funcs: &[FuncId],
    sink: &mut dyn FnMut(FuncId, Event),
) {
    let current = Cell::new(None);
    let mut tell = |_: &Unit, event| {
        if let Some(func) = current.get() {
            sink(func, event);
        }
    };
    let mut analyzer = Analyzer::new(cx, unit, &mut tell);
    for &func in funcs {
        current.set(Some(func));
        analyzer.batch(&[func]);
    }
}

/// Analyses all functions of a unit. Tags are stored in [`escargo_ir::Func::tags`].
///
/// `sink` is told of everything the moment it is found, with the unit as it is then.
///
/// Operands are replaced by constants where the compiler does that, and some calls get temporaries.
pub fn analyze(cx: &Context<'_>, unit: &mut Unit, sink: &mut dyn FnMut(&Unit, Event)) -> Analysis {
    analyze_batches(cx, Analyzer::new(cx, unit, sink))
}

/// The same for those who want to know how things flow, as ids: `trace` is told of each way that is found, in place of
/// events that explain. With `stays`, it is also told where addresses go that outlive nothing.
pub fn analyze_traced(
    cx: &Context<'_>,
    unit: &mut Unit,
    stays: bool,
    trace: &mut dyn FnMut(&Unit, Trace),
) -> Analysis {
    let mut nobody = |_: &Unit, _| {};
    let mut analyzer = Analyzer::new(cx, unit, &mut nobody);
    analyzer.tracer = Some(trace::Tracer::new(trace, stays));
    analyze_batches(cx, analyzer)
}

fn analyze_batches(cx: &Context<'_>, mut analyzer: Analyzer<'_, '_>) -> Analysis {
    let mut groups = BottomUp::new(cx, &analyzer.unit.func_list);
    while let Some(group) = groups.next(cx.store, analyzer.unit) {
        for &func in &group.funcs {
            analyzer.analysis.note(func, groups.contents(func));
        }
        analyzer.batch(&group.funcs);
    }
    analyzer.analysis
}

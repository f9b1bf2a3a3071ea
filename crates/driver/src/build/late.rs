//! The end of a compilation in releases that make method wrappers late: while functions are compiled, and when run-time
//! types are written.

use escargo_ir::{FuncId, Kind, NodeId, Unit};
use escargo_lower::Lowerer;
use escargo_passes::bounds;
use rustc_hash::FxHashMap;

use super::compile::{Copies, Log};

/// Where method wrappers are made late: what is said of them while functions are compiled, and in the end.
pub(super) fn late_wrappers(lowerer: &mut Lowerer<'_>, on_heap: &dyn Fn(NodeId) -> bool, log: &mut Log<'_>) {
    let cx = lowerer.cx;
    let inline = |lowerer: &mut Lowerer<'_>, wrappers: Vec<FuncId>, made: &mut Vec<Wrapper>| {
        for func in wrappers {
            let mut events = Vec::new();
            if lowerer.may_inline_into(func) {
                escargo_inline::inline_wrapper(&cx, &mut Copies(lowerer), func, &mut |e| events.push(e));
            }
            made.push(Wrapper { func, inlined: events, escapes: Vec::new() });
        }
    };
    let mut groups = Vec::new();
    for func in lowerer.unit.func_list.clone() {
        let mut made = Vec::new();
        let mut todo = if is_compiled_alone(&lowerer.unit, func) { vec![func] } else { Vec::new() };
        while let Some(func) = todo.pop() {
            let wrappers = lowerer.wrappers_of_code(func);
            inline(lowerer, wrappers, &mut made);
            todo.extend(capturing_literals(&lowerer.unit, func));
        }
        groups.push((Some(func), made));
    }
    let mut made = Vec::new();
    let wrappers = lowerer.wrappers_of_types();
    inline(lowerer, wrappers, &mut made);
    groups.push((None, made));

    let all: Vec<FuncId> = groups.iter().flat_map(|(_, made)| made.iter().map(|w| w.func)).collect();
    let mut escapes: FxHashMap<FuncId, Vec<escargo_escape::Event>> = FxHashMap::default();
    escargo_escape::analyze_each(&cx, &mut lowerer.unit, &all, &mut |func, event| {
        escapes.entry(func).or_default().push(event);
    });
    for (func, made) in groups {
        for mut wrapper in made {
            wrapper.escapes = escapes.remove(&wrapper.func).unwrap_or_default();
            log.say(&lowerer.unit, &wrapper.inlined, |messages, event| messages.inline(event));
            log.say(&lowerer.unit, &wrapper.escapes, |messages, event| messages.escape(event));
        }
        if let Some(func) = func.filter(|_| cx.flags.m > 0) {
            let elided = bounds::function(&cx, &mut lowerer.unit, func, on_heap);
            log.say(&lowerer.unit, &elided, |messages, pos| messages.bounds_check_elided(*pos));
        }
    }
}

/// A method wrapper that is made late, with what is said of it.
struct Wrapper {
    func: FuncId,
    inlined: Vec<escargo_inline::Event>,
    escapes: Vec<escargo_escape::Event>,
}

/// Whether a function is compiled by itself, not with the function around it.
fn is_compiled_alone(unit: &Unit, func: FuncId) -> bool {
    !unit.func_name(func).sym.is_blank() && !unit.funcs[func].is_capturing()
}

/// Capturing literals in a function, which are compiled with it, in order.
fn capturing_literals(unit: &Unit, func: FuncId) -> Vec<FuncId> {
    let mut literals = Vec::new();
    unit.preorder_list(&unit.funcs[func].body, &mut |node| {
        if let Kind::Closure(literal) = unit.nodes[node].kind
            && unit.funcs[literal].is_capturing()
            && !literals.contains(&literal)
        {
            literals.push(literal);
        }
    });
    literals
}

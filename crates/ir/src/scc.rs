//! The order in which functions are analysed: groups of functions that call each other, callees before callers
//! (`ir/scc.go`).

use std::collections::VecDeque;

use escargo_base::Id;
use escargo_types::{Type, TypeStore};

use crate::jumps::Jumps;
use crate::{Context, FuncId, Kind, NodeId, Op, Role, Unit};

/// What there is in the body of a function, literals in it left out: some passes need not look at most functions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// Labels that are jumped back to.
    pub loops: bool,
    /// Indexing of arrays, through pointers too, and of strings.
    pub indices: bool,
    /// Function literals.
    pub literals: bool,
}

/// Functions that are analysed together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// In order of discovery: a function comes before its closures and before those that it was the first to call.
    pub funcs: Vec<FuncId>,
    /// Whether they call themselves or each other. A function that does not forms a group with its closures.
    pub recursive: bool,
}

/// Groups of functions from the bottom up, found one at a time.
///
/// Each group refers only to its own functions and to those of earlier groups. Between two groups the unit may be
/// changed, except for bodies of functions that were entered but not yet returned; those are callers of the group's
/// functions. What a function refers to is read when it is entered.
///
/// A literal that captures variables is never the head of a group: it joins that of the function around it.
#[derive(Debug)]
pub struct BottomUp {
    roots: VecDeque<FuncId>,
    /// Number of each function entered, 0 for others; [`DONE`] once its group was returned.
    numbers: Vec<u32>,
    last: u32,
    /// Functions entered whose group is not complete.
    stack: Vec<FuncId>,
    /// Functions whose references are being followed, innermost last.
    visits: Vec<Visit>,
    /// By name: whether it is one of a function. Most names are not, and this is all that is to be known of them.
    is_func: Vec<bool>,
    /// By function: what there is in its body, once it was entered.
    contents: Vec<Option<Contents>>,
    /// What functions refer to, as far as it is known without reading them, and as it was found.
    known: References,
    found: Option<References>,
    rule: ClosureRule,
}

/// Which literals are looked at together with the function around them (`ir/func.go`, IsClosure; IsHiddenClosure in
/// older releases).
#[derive(Clone, Copy, Debug)]
pub struct ClosureRule {
    /// Also those that capture nothing.
    all: bool,
    /// Also those in initializers of package variables.
    in_init: bool,
}

impl ClosureRule {
    /// The rule of the release.
    pub fn new(cx: &Context<'_>) -> ClosureRule {
        let rules = &cx.model.lowering;
        ClosureRule { all: rules.literals_are_closures, in_init: rules.init_literals_are_closures }
    }

    /// Whether a function is such a literal.
    pub fn is_closure(self, unit: &Unit, func: FuncId) -> bool {
        let f = &unit.funcs[func];
        let in_init = || f.parent.is_some_and(|parent| unit.funcs[parent].role == Role::PackageInit);
        f.is_literal() && (!f.closure_vars.is_empty() || self.all && (self.in_init || !in_init()))
    }
}

/// What functions refer to, as it was found once: good as long as their bodies are not changed.
#[derive(Clone, Debug, Default)]
pub struct References(Vec<Option<Vec<FuncId>>>);

impl References {
    /// Forgets what a function refers to: its body was changed.
    pub fn forget(&mut self, func: FuncId) {
        if let Some(list) = self.0.get_mut(func.index()) {
            *list = None;
        }
    }

    fn take(&mut self, func: FuncId) -> Option<Vec<FuncId>> {
        self.0.get_mut(func.index())?.take()
    }

    fn set(&mut self, func: FuncId, list: Vec<FuncId>) {
        if self.0.len() <= func.index() {
            self.0.resize(func.index() + 1, None);
        }
        self.0[func.index()] = Some(list);
    }
}

/// Number of functions whose group was returned: larger than any other.
const DONE: u32 = u32::MAX;

#[derive(Debug)]
struct Visit {
    func: FuncId,
    number: u32,
    /// Smallest number that was reached. It starts one above `number`, so that finding the way back to the function
    /// shows.
    lowest: u32,
    /// Functions referred to, last one first.
    callees: Vec<FuncId>,
}

impl BottomUp {
    /// The groups of everything that the functions of a list lead to.
    pub fn new(cx: &Context<'_>, list: &[FuncId]) -> BottomUp {
        BottomUp {
            roots: list.iter().copied().collect(),
            numbers: Vec::new(),
            last: 0,
            stack: Vec::new(),
            visits: Vec::new(),
            is_func: Vec::new(),
            contents: Vec::new(),
            known: References::default(),
            found: None,
            rule: ClosureRule::new(cx),
        }
    }

    /// The same where it is known what functions refer to; of those it is not found out what there is in their bodies.
    #[must_use]
    pub fn with(self, known: References) -> BottomUp {
        BottomUp { known, ..self }
    }

    /// The same, to take note of what functions refer to.
    #[must_use]
    pub fn noting(self) -> BottomUp {
        BottomUp { found: Some(References::default()), ..self }
    }

    /// What functions were found to refer to.
    pub fn references(self) -> References {
        self.found.unwrap_or_default()
    }

    /// The next group.
    pub fn next(&mut self, store: &TypeStore, unit: &Unit) -> Option<Group> {
        loop {
            let Some(visit) = self.visits.last_mut() else {
                let root = self.roots.pop_front()?;
                if self.is_closure(unit, root) {
                    continue;
                }
                if self.number(root).is_none() {
                    self.enter(store, unit, root);
                }
                continue;
            };
            match visit.callees.pop() {
                Some(callee) => match self.numbers.get(callee.index()) {
                    Some(&number) if number > 0 => visit.lowest = visit.lowest.min(number),
                    _ => self.enter(store, unit, callee),
                },
                None => {
                    if let Some(group) = self.leave(unit) {
                        return Some(group);
                    }
                }
            }
        }
    }

    /// What there is in the body of a function that was entered and read.
    pub fn contents(&self, func: FuncId) -> Option<Contents> {
        self.contents.get(func.index()).copied().flatten()
    }

    fn is_closure(&self, unit: &Unit, func: FuncId) -> bool {
        self.rule.is_closure(unit, func)
    }

    fn number(&self, func: FuncId) -> Option<u32> {
        self.numbers.get(func.index()).copied().filter(|&number| number > 0)
    }

    fn set_number(&mut self, func: FuncId, number: u32) {
        if self.numbers.len() <= func.index() {
            self.numbers.resize(func.index() + 1, 0);
        }
        self.numbers[func.index()] = number;
    }

    fn enter(&mut self, store: &TypeStore, unit: &Unit, func: FuncId) {
        let number = self.last + 1;
        self.last = number + 1;
        self.set_number(func, number);
        self.stack.push(func);
        let mut callees = self.known.take(func).unwrap_or_else(|| self.read(store, unit, func));
        if let Some(found) = &mut self.found {
            found.set(func, callees.clone());
        }
        callees.reverse();
        self.visits.push(Visit { func, number, lowest: number + 1, callees });
    }

    /// What a function refers to.
    fn read(&mut self, store: &TypeStore, unit: &Unit, func: FuncId) -> Vec<FuncId> {
        let known = self.is_func.len();
        self.is_func.extend(unit.names.iter().skip(known).map(|name| name.func.is_some()));
        let (callees, contents) = references(store, unit, func, &self.is_func);
        if self.contents.len() <= func.index() {
            self.contents.resize(unit.funcs.len(), None);
        }
        self.contents[func.index()] = Some(contents);
        callees
    }

    /// Ends the innermost visit; a group if the function is the head of one.
    fn leave(&mut self, unit: &Unit) -> Option<Group> {
        let Visit { func, number, lowest, .. } = self.visits.pop()?;
        if let Some(caller) = self.visits.last_mut() {
            caller.lowest = caller.lowest.min(lowest);
        }
        if lowest < number || self.is_closure(unit, func) {
            return None;
        }
        let head = self.stack.iter().rposition(|&f| f == func)?;
        let funcs = self.stack.split_off(head);
        for &f in &funcs {
            self.set_number(f, DONE);
        }
        Some(Group { funcs, recursive: lowest == number })
    }
}

/// Functions that a body refers to and that are compiled with the package, in order of first mention; and what else there is
/// in it.
fn references(store: &TypeStore, unit: &Unit, func: FuncId, is_func: &[bool]) -> (Vec<FuncId>, Contents) {
    let indexed = |x: NodeId| {
        let ty = unit.nodes[x].ty;
        !matches!(store.ty(store.under(store.pointer_elem(ty).unwrap_or(ty))), Type::Slice(_))
    };
    let mut list = Vec::new();
    let mut contents = Contents::default();
    let mut jumps = Jumps::default();
    unit.preorder_list(&unit.funcs[func].body, &mut |node| {
        let kind = &unit.nodes[node].kind;
        jumps.node(kind);
        let callee = match kind {
            &Kind::Name(name) if is_func[name.index()] => unit.names[name].func,
            Kind::Selector(selector) => selector.func,
            &Kind::Closure(func) => {
                contents.literals = true;
                Some(func)
            }
            &Kind::Index(Op::Index, x, _) => {
                contents.indices = contents.indices || indexed(x);
                None
            }
            _ => None,
        };
        if let Some(callee) = callee.filter(|&f| unit.funcs[f].local)
            && list.last() != Some(&callee)
        {
            list.push(callee);
        }
    });
    contents.loops = !jumps.back.is_empty();
    (list, contents)
}

//! What becomes of loops over functions, decided per file before anything is lowered (`rangefunc/rewrite.go`).
//!
//! The compiler rewrites such loops in its syntax trees: the body becomes a function literal that is handed to the
//! function, and jumps out of the body become assignments to variables that are checked after the call. Trees are
//! immutable here, so a plan is made of what the rewriting decides; `range_func` builds the rewritten form while it
//! lowers, and dictionaries are laid out by the same plan.

use std::rc::Rc;

use escargo_base::{FileId, Pos, Symbol};
use escargo_check::{FileInfo, IdentObject};
use escargo_syntax::{BranchKind, Decl, Expr, ExprId, List, Stmt, StmtId, Tree};
use escargo_types::typeset::common_under;
use escargo_types::{ObjId, Object, PkgId, Signature, TypeId, TypeStore, VarKind};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::lowerer::Lowerer;
use crate::package::TypedPackage;
use crate::range_jumps::{Rewriter, Surroundings};

/// States of a loop's body (`internal/abi/rangefuncconsts.go`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// The loop was left.
    Done = 0,
    /// The body may be called.
    Ready = 1,
    /// The body is running, or has panicked.
    Panic = 2,
    /// The function has returned.
    Exhausted = 3,
    /// The function has returned although the body panicked.
    MissingPanic = 4,
}

/// A parameter of a loop's body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Param {
    /// The variable: the loop's own, or a made one.
    pub(crate) var: ObjId,
    /// What a made one is assigned to.
    pub(crate) assign: Option<ExprId>,
}

/// A loop over a function.
#[derive(Debug)]
pub(crate) struct Loop {
    /// Offset of the `for`: most of what is made stands there.
    pub(crate) start: u32,
    /// Offset of the closing brace: what happens after the call stands there.
    pub(crate) end: u32,
    /// What is called.
    pub(crate) x: ExprId,
    /// Statements of the body.
    pub(crate) body: List<StmtId>,
    /// Variables declared before everything else, for this loop and those inside it: `#next` (an int) and `#defers`
    /// (an `any`), in the order in which the need for them was found. Only outermost loops have them.
    pub(crate) declares: Vec<ObjId>,
    /// `#stateN`.
    pub(crate) state: ObjId,
    /// `#yieldN`.
    pub(crate) yields: ObjId,
    /// `#tmpState`.
    pub(crate) tmp_state: ObjId,
    /// Parameters of the body.
    pub(crate) params: Vec<Param>,
    /// Type of the body.
    pub(crate) sig: TypeId,
    /// The outermost loop's `#next`, if checks or jumps need it.
    pub(crate) next: Option<ObjId>,
    /// Checks after the call.
    pub(crate) checks: Vec<Check>,
}

/// How a check compares `#next`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compare {
    /// `==`
    Eq,
    /// `<`
    Lt,
    /// `>`
    Gt,
}

/// A check after a loop's call: `if #next op value { [#next = 0]; … }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Check {
    /// Operator.
    pub(crate) op: Compare,
    /// What `#next` is compared with.
    pub(crate) value: i64,
    /// Whether `#next` is set to 0.
    pub(crate) clear: bool,
    /// What is done then.
    pub(crate) then: Then,
}

/// What a check does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// A jump to a label.
    Jump(BranchKind, Symbol),
    /// `return`.
    Return,
    /// Leaves the body around it: sets its state and returns whether to go on.
    Leave {
        /// The state variable of the loop around it.
        state: ObjId,
        /// Whether that loop goes on.
        goes_on: bool,
    },
    /// `runtime.panicrangestate(0)`.
    Panic,
}

/// What replaces a jump in the body of a loop.
#[derive(Clone, Debug)]
pub(crate) enum Jump {
    /// `continue` and `break` of the loop itself: `#state = …; return …`.
    Own {
        /// The loop's state variable.
        state: ObjId,
        /// Whether the loop goes on.
        goes_on: bool,
    },
    /// `#next = value; #state = 0; return false`, for returns after their values were assigned to the results.
    Outer {
        /// `#next`.
        next: ObjId,
        /// What it is set to.
        value: i64,
        /// The loop's state variable.
        state: ObjId,
        /// For returns: the results of the function.
        results: Option<Rc<[ObjId]>>,
    },
}

/// What becomes of the loops over functions in a file.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) loops: FxHashMap<StmtId, Rc<Loop>>,
    pub(crate) jumps: FxHashMap<StmtId, Jump>,
    /// `defer` statements in bodies of loops, with `#defers`.
    pub(crate) defers: FxHashMap<StmtId, ObjId>,
    /// Results of functions that returns in loops assign to: they all need names.
    pub(crate) renamed: FxHashSet<ObjId>,
}

impl Plan {
    /// How a statement that is a loop over a function is rewritten.
    pub(crate) fn range(&self, s: StmtId) -> Option<&Rc<Loop>> {
        if self.loops.is_empty() { None } else { self.loops.get(&s) }
    }
    /// What replaces a jump.
    pub(crate) fn jump(&self, s: StmtId) -> Option<&Jump> {
        if self.jumps.is_empty() { None } else { self.jumps.get(&s) }
    }
    /// Where a deferred call is queued, if not in the function that the statement stands in.
    pub(crate) fn defer_at(&self, s: StmtId) -> Option<ObjId> {
        if self.defers.is_empty() { None } else { self.defers.get(&s).copied() }
    }
    /// Whether a result that has no name is called `#rv1`, `#rv2` and so on by its place.
    pub(crate) fn renames(&self, result: ObjId) -> bool {
        !self.renamed.is_empty() && self.renamed.contains(&result)
    }
}

/// What a result without a name is called that returns in loops assign to.
pub(crate) fn renamed_result(index: usize) -> Symbol {
    Symbol::intern(&format!("#rv{}", index + 1))
}

/// The type that all types in the type set of `ty` have in common, if it is a signature.
pub(crate) fn core_signature(store: &TypeStore, ty: TypeId) -> Option<&Signature> {
    store.as_signature(common_under(store, ty)?)
}

/// Makes the plan of a file.
pub(crate) fn make(store: &TypeStore, pkg: PkgId, file: FileId, tree: &Tree, info: &FileInfo) -> Plan {
    let mut plan = Plan::default();
    let around = Surroundings { store, pkg, file, tree, info };
    let is_range_func = |s: &Stmt| matches!(*s, Stmt::Range { x, .. } if around.is_func(x));
    if !tree.stmts().iter().any(is_range_func) {
        return plan;
    }
    for decl in tree.decls() {
        if let Decl::Func(func) = decl
            && let Some(body) = func.body
            && let IdentObject::Def(obj) = info.idents[func.name]
        {
            Rewriter::rewrite(around, &mut plan, store.obj_type(obj), body);
        }
    }
    for (e, expr) in tree.exprs().iter_enumerated() {
        if let Expr::FuncLit { body, .. } = *expr {
            Rewriter::rewrite(around, &mut plan, info.types[e].ty, body);
        }
    }
    plan
}

impl Surroundings<'_> {
    /// Whether an expression that is ranged over is a function.
    pub(crate) fn is_func(&self, x: ExprId) -> bool {
        self.info.types.get(x).is_some_and(|t| core_signature(self.store, t.ty).is_some())
    }
    /// Makes a variable; `offset` is its place, if it has one.
    pub(crate) fn new_var(&self, name: &str, offset: Option<u32>, ty: TypeId) -> ObjId {
        let pos = offset.map_or(Pos::NONE, |offset| Pos::new(self.file, offset));
        let name = Symbol::intern(name);
        self.store.new_object(Object::var(VarKind::Local, pos, Some(self.pkg), name, Some(ty)))
    }
}

impl<'w> Lowerer<'w> {
    /// What becomes of the loops over functions in a file.
    pub(crate) fn range_plan(&mut self, pkg: &'w TypedPackage, file: usize) -> Rc<Plan> {
        let typed = &pkg.files[file];
        if let Some(plan) = self.range_plans.get(&typed.id) {
            return Rc::clone(plan);
        }
        let plan = Rc::new(make(self.cx.store, pkg.pkg, typed.id, &typed.tree, &pkg.info.files[file]));
        self.range_plans.insert(typed.id, Rc::clone(&plan));
        plan
    }
}

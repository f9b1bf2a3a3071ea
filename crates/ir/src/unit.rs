//! A package on its way through the compiler's middle.

use escargo_base::{IndexVec, NumberedNames, Symbol};
use escargo_types::{PkgId, TypeId};
use rustc_hash::FxHashMap;

use crate::{Class, Func, FuncId, InlineTree, IrPos, Kind, Name, NameId, Node, NodeId, Op};

/// What messages show in place of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Original {
    /// This text, which binds as the operation does.
    Text(Symbol, Op),
    /// Another expression, from which this one was made.
    Node(NodeId),
}

/// All nodes, names and functions of one package.
#[derive(Clone, Debug)]
pub struct Unit {
    /// The package compiled.
    pub pkg: PkgId,
    /// Nodes.
    pub nodes: IndexVec<NodeId, Node>,
    /// Variables and functions.
    pub names: IndexVec<NameId, Name>,
    /// Functions, imported ones included.
    pub funcs: IndexVec<FuncId, Func>,
    /// Functions to compile, in the order that decides the order of messages.
    pub func_list: Vec<FuncId>,
    /// Calls inlined so far.
    pub inline_tree: InlineTree,
    /// The package initializer, if there is one.
    pub init: Option<FuncId>,
    /// Number of static temporaries so far (`.stmp_N`).
    pub static_temps: u32,
    /// Types of methods as plain functions made so far: by signature, and the type of the receiver if that is the first
    /// parameter.
    pub method_types: FxHashMap<(TypeId, Option<TypeId>), TypeId>,
    /// Expressions that messages show as something else.
    pub originals: FxHashMap<NodeId, Original>,
    /// Calls of a type parameter's method on a value that turned out to be an interface, for reporting.
    pub imprecise_calls: Vec<IrPos>,
}

static TEMPS: NumberedNames = NumberedNames::new(".autotmp_");

impl Unit {
    /// An empty unit.
    pub fn new(pkg: PkgId) -> Unit {
        Unit {
            pkg,
            nodes: IndexVec::new(),
            names: IndexVec::new(),
            funcs: IndexVec::new(),
            func_list: Vec::new(),
            inline_tree: InlineTree::default(),
            init: None,
            static_temps: 0,
            method_types: FxHashMap::default(),
            originals: FxHashMap::default(),
            imprecise_calls: Vec::new(),
        }
    }

    /// An empty unit in the memory that this one took.
    #[must_use]
    pub fn recycled(mut self, pkg: PkgId) -> Unit {
        self.nodes.clear();
        self.names.clear();
        self.funcs.clear();
        Unit { nodes: self.nodes, names: self.names, funcs: self.funcs, ..Unit::new(pkg) }
    }

    /// Adds a node.
    pub fn add(&mut self, node: Node) -> NodeId {
        self.nodes.push(node)
    }
    /// Adds a statement, or an expression without type.
    pub fn stmt(&mut self, pos: IrPos, kind: Kind) -> NodeId {
        self.nodes.push(Node::new(pos, kind))
    }
    /// Adds an expression.
    pub fn expr(&mut self, pos: IrPos, ty: TypeId, kind: Kind) -> NodeId {
        self.nodes.push(Node::expr(pos, ty, kind))
    }
    /// Adds a name together with its node. What is not given has its plainest value.
    pub fn new_name(
        &mut self,
        pos: IrPos,
        sym: Symbol,
        pkg: Option<PkgId>,
        ty: TypeId,
        class: Class,
    ) -> NameId {
        let id = self.names.next_id();
        let node = self.nodes.push(Node::expr(pos, ty, Kind::Name(id)));
        self.names.push(Name {
            sym,
            pkg,
            ty,
            class,
            pos,
            node,
            func: None,
            owner: None,
            defn: None,
            outer: None,
            addrtaken: false,
            autotemp: false,
            obj: None,
            inl_formal: false,
            inl_local: false,
            hidden_use: false,
            read_only: false,
        })
    }
    /// Adds a local variable to a function's declaration list.
    pub fn new_local(
        &mut self,
        func: FuncId,
        pos: IrPos,
        sym: Symbol,
        pkg: Option<PkgId>,
        ty: TypeId,
        class: Class,
    ) -> NameId {
        let name = self.new_name(pos, sym, pkg, ty, class);
        self.names[name].owner = Some(func);
        self.funcs[func].dcl.push(name);
        name
    }
    /// Adds a temporary to a function: `.autotmp_N`, N being the length of its declaration list
    /// (`typecheck/dcl.go`, TempAt).
    pub fn new_temp(&mut self, func: FuncId, pos: IrPos, ty: TypeId) -> NameId {
        let number = self.funcs[func].dcl.len() - self.funcs[func].unlisted as usize;
        let name = self.new_local(func, pos, TEMPS.get(number as u32), None, ty, Class::Auto);
        self.names[name].autotemp = true;
        name
    }
    /// What messages show in place of a node.
    pub fn original(&self, node: NodeId) -> Option<Original> {
        if self.originals.is_empty() { None } else { self.originals.get(&node).copied() }
    }
    /// The name that a node denotes, if it is one.
    pub fn as_name(&self, node: NodeId) -> Option<NameId> {
        match self.nodes[node].kind {
            Kind::Name(name) => Some(name),
            _ => None,
        }
    }
    /// The variable that a captured variable stands for, through all enclosing literals (`ir.Name.Canonical`).
    pub fn canonical(&self, mut name: NameId) -> NameId {
        while let Some(outer) = self.names[name].outer {
            name = outer;
        }
        name
    }
    /// The name of a function.
    pub fn func_name(&self, func: FuncId) -> &Name {
        &self.names[self.funcs[func].name]
    }
}

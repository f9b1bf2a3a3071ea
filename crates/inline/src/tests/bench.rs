//! Units made by hand.

use escargo_base::{Pos, SourceMap, Symbol};
use escargo_dialect::{CompilerModel, GoVersion, Target};
use escargo_ir::{
    Call, Class, CompilerFlags, Context, Func, FuncId, InlId, IrPos, Kind, List, NameId, Node, NodeId, Op,
    Origin, Pragmas, Role, Unit, thin_vec,
};
use escargo_types::sizes::Sizes;
use escargo_types::{ObjId, Object, Package, Signature, TypeId, TypeStore, Value, VarKind};
use rustc_hash::FxHashMap;

use crate::{Bodies, CannotInline, Event, inline_package};

/// A package under construction; also the source of bodies.
pub(super) struct Bench {
    pub(super) cx: Context<'static>,
    pub(super) unit: Unit,
    pub(super) methods: Vec<(ObjId, FuncId)>,
    file: escargo_base::FileId,
    offset: u32,
    /// Bodies as they were written.
    sources: FxHashMap<FuncId, List>,
}

impl Bench {
    pub(super) fn new(minor: u32, m: u32) -> Bench {
        let sources = SourceMap::new();
        let file = sources.add("p.go".into(), vec![b'\n'; 4096].into());
        let store: &'static TypeStore = Box::leak(Box::default());
        let cx = Context {
            store,
            sizes: Sizes { word: 8, max_align: 8 },
            sources: Box::leak(Box::new(sources)),
            model: Box::leak(Box::new(CompilerModel::for_toolchain(GoVersion::release(minor, 0)))),
            target: Box::leak(Box::new(Target::new("linux", "amd64"))),
            flags: Box::leak(Box::new(CompilerFlags { m, ..CompilerFlags::default() })),
        };
        let path = Symbol::intern("p");
        let pkg = store.new_package(Package::new(path, Some(path), false));
        Bench {
            cx,
            unit: Unit::new(pkg),
            methods: Vec::new(),
            file,
            offset: 0,
            sources: FxHashMap::default(),
        }
    }

    /// The next place in the file, each on a line of its own.
    pub(super) fn pos(&mut self) -> IrPos {
        self.offset += 1;
        IrPos::source(Pos::new(self.file, self.offset))
    }

    pub(super) fn signature(&self, recv: Option<TypeId>, params: &[TypeId], results: &[TypeId]) -> TypeId {
        let store = self.cx.store;
        let var = |&ty: &TypeId| {
            store.new_object(Object::var(VarKind::Param, Pos::NONE, None, Symbol::EMPTY, Some(ty)))
        };
        let tuple = |list: &[TypeId]| store.new_tuple(list.iter().map(var).collect::<Vec<_>>());
        store.new_signature(Signature {
            recv: recv.as_ref().map(var),
            params: tuple(params),
            results: tuple(results),
            ..Signature::default()
        })
    }

    /// A declared function with a body to be set.
    pub(super) fn func(&mut self, name: &str, params: &[TypeId], results: &[TypeId]) -> FuncId {
        let ty = self.signature(None, params, results);
        let pos = self.pos();
        let pkg = Some(self.unit.pkg);
        let name = self.unit.new_name(pos, Symbol::intern(name), pkg, ty, Class::Func);
        let func = self.unit.funcs.push(Func {
            has_distinct_loop: false,
            unlisted: 0,
            name,
            pos,
            origin: Origin::Generated,
            role: Role::Plain,
            dcl: Vec::new(),
            params: (params.len() as u32, results.len() as u32),
            body: List::new(),
            has_body: true,
            parent: None,
            closure_vars: Vec::new(),
            closure_node: None,
            pragmas: Pragmas::default(),
            dupok: false,
            wrapper: false,
            has_defer: false,
            linkname: None,
            range_parent: None,
            inline: None,
            inline_checked: false,
            tags: Vec::new(),
            local: true,
            dict_param: None,
            closure_counts: [0; 3],
            recv: None,
        });
        self.unit.names[name].func = Some(func);
        for (i, &ty) in params.iter().enumerate() {
            self.unit.new_local(func, pos, Symbol::intern(&format!("p{i}")), pkg, ty, Class::Param);
        }
        for (i, &ty) in results.iter().enumerate() {
            self.unit.new_local(func, pos, Symbol::intern(&format!("~r{i}")), pkg, ty, Class::Result);
        }
        self.unit.func_list.push(func);
        func
    }

    /// A literal without parameters in `outer`, with its node.
    pub(super) fn literal(&mut self, outer: FuncId, name: &str, results: &[TypeId]) -> (FuncId, NodeId) {
        let func = self.func(name, &[], results);
        let ty = self.unit.func_name(func).ty;
        let node = self.expr(ty, Kind::Closure(func));
        self.unit.funcs[func].parent = Some(outer);
        self.unit.funcs[func].closure_node = Some(node);
        (func, node)
    }

    pub(super) fn body(&mut self, func: FuncId, list: &[NodeId]) {
        self.unit.funcs[func].body = list.iter().copied().collect();
    }
    pub(super) fn expr(&mut self, ty: TypeId, kind: Kind) -> NodeId {
        let pos = self.pos();
        self.unit.expr(pos, ty, kind)
    }
    pub(super) fn stmt(&mut self, kind: Kind) -> NodeId {
        let pos = self.pos();
        self.unit.stmt(pos, kind)
    }
    pub(super) fn int(&mut self, value: i64) -> NodeId {
        self.expr(TypeId::INT, Kind::Literal(Box::new(Value::int(value))))
    }
    pub(super) fn local(&mut self, func: FuncId, name: &str, ty: TypeId) -> NameId {
        let pos = self.pos();
        let pkg = Some(self.unit.pkg);
        self.unit.new_local(func, pos, Symbol::intern(name), pkg, ty, Class::Auto)
    }
    /// The node of a function's parameter.
    pub(super) fn param(&self, func: FuncId, i: usize) -> NodeId {
        self.unit.names[self.unit.funcs[func].inputs()[i]].node
    }
    pub(super) fn node_of(&self, func: FuncId) -> NodeId {
        self.unit.func_name(func).node
    }
    pub(super) fn ret(&mut self, list: &[NodeId]) -> NodeId {
        self.stmt(Kind::Return(list.iter().copied().collect()))
    }
    pub(super) fn call(&mut self, fun: NodeId, args: &[NodeId], ty: TypeId) -> NodeId {
        self.call_op(Op::CallFunc, fun, args, ty)
    }
    pub(super) fn call_op(&mut self, op: Op, fun: NodeId, args: &[NodeId], ty: TypeId) -> NodeId {
        let call = Call { op, ..Call::new(fun, args.iter().copied().collect(), false) };
        self.expr(ty, Kind::Call(Box::new(call)))
    }
    /// `x := y`
    pub(super) fn define(&mut self, x: NameId, y: NodeId) -> NodeId {
        let node = self.unit.names[x].node;
        let assign = self.stmt(Kind::Assign { x: node, y: Some(y), def: true });
        let decl = self.stmt(Kind::Decl(x));
        self.unit.nodes[assign].init = thin_vec![decl];
        self.unit.names[x].defn = Some(assign);
        assign
    }

    /// Runs the inliner and words its events.
    pub(super) fn run(&mut self) -> Vec<String> {
        for func in self.unit.func_list.clone() {
            let body = self.unit.funcs[func].body.clone();
            let source = body.iter().map(|&node| self.unit.deep_copy(IrPos::NONE, node)).collect();
            self.sources.insert(func, source);
        }
        let (cx, mut events) = (self.cx, Vec::new());
        inline_package(&cx, self, &mut |event| events.push(event));
        events.iter().map(|event| self.word(event)).collect()
    }

    fn word(&self, event: &Event) -> String {
        let name = |func| self.unit.func_name(func).sym.as_str();
        match event {
            Event::CanInline { func, cost, .. } => format!("can {} {cost}", name(*func)),
            Event::CannotInline { func, reason, .. } => match reason {
                CannotInline::TooComplex { cost, budget } => {
                    format!("cannot {} {cost}/{budget}", name(*func))
                }
                reason => format!("cannot {} {reason:?}", name(*func)),
            },
            Event::BigFunction { func } => format!("big {}", name(*func)),
            Event::InliningCall { callee, .. } => format!("inline {}", name(*callee)),
            Event::CallRefused { callee, reason, .. } => format!("keep {} {reason:?}", name(*callee)),
            Event::Devirtualized { method, partially, .. } => format!("direct {method} {partially}"),
            Event::NotDevirtualized { call, reason, .. } => format!("indirect {call} {reason:?}"),
            Event::ImpreciseCall { .. } => "imprecise".to_owned(),
        }
    }

    /// A copy of a tree for an inlined call, with other variables.
    fn copy(
        &mut self,
        inl: InlId,
        node: NodeId,
        names: &FxHashMap<NameId, NameId>,
        results: &List,
    ) -> NodeId {
        match self.unit.nodes[node].kind {
            Kind::Name(name) => return names.get(&name).map_or(node, |&name| self.unit.names[name].node),
            Kind::Literal(_) | Kind::Nil | Kind::Type | Kind::Blank => return node,
            _ => {}
        }
        let copy = self.unit.copy_node(node);
        self.unit.nodes[copy].pos.inl = Some(inl);
        let children = self.unit.children(copy);
        let copies: Vec<NodeId> =
            children.iter().map(|&child| self.copy(inl, child, names, results)).collect();
        let mut next = copies.into_iter();
        self.unit.edit_children(copy, &mut |_, child| next.next().unwrap_or(child));
        if let Kind::Return(values) = &self.unit.nodes[copy].kind {
            let rhs = values.clone();
            self.unit.nodes[copy].kind =
                Kind::AssignList { op: Op::As2, lhs: results.clone(), rhs, def: false };
            for &result in results {
                if let Some(name) = self.unit.as_name(result) {
                    self.unit.names[name].defn = Some(copy);
                }
            }
        }
        copy
    }
}

impl Bodies for Bench {
    fn unit(&mut self) -> &mut Unit {
        &mut self.unit
    }
    fn unit_ref(&self) -> &Unit {
        &self.unit
    }
    fn has_body(&self, callee: FuncId) -> bool {
        self.unit.funcs[callee].has_body
    }
    fn expand(&mut self, caller: FuncId, call: NodeId, callee: FuncId, inl: InlId) -> NodeId {
        let pos = self.unit.nodes[call].pos;
        let Kind::Call(old) = self.unit.nodes[call].kind.clone() else { panic!("a call") };
        let mut names = FxHashMap::default();
        for name in self.unit.funcs[callee].dcl.clone() {
            let n = self.unit.names[name].clone();
            let copy = self.unit.new_local(caller, n.pos, n.sym, n.pkg, n.ty, Class::Auto);
            names.insert(name, copy);
        }
        let nodes =
            |unit: &Unit, list: &[NameId]| list.iter().map(|n| unit.names[names[n]].node).collect::<List>();
        let params = nodes(&self.unit, self.unit.funcs[callee].inputs());
        let results = nodes(&self.unit, self.unit.funcs[callee].results());
        let kind = Kind::AssignList { op: Op::As2, lhs: params.clone(), rhs: old.args, def: true };
        let define = self.unit.stmt(pos, kind);
        for &param in &params {
            if let Some(name) = self.unit.as_name(param) {
                self.unit.names[name].defn = Some(define);
            }
        }
        let body = self.sources[&callee].clone();
        let body = body.iter().map(|&node| self.copy(inl, node, &names, &results)).collect();
        let mut node = Node::expr(pos, self.unit.nodes[call].ty, Kind::InlCall { body, results });
        node.init = thin_vec![define];
        self.unit.add(node)
    }
    fn method(&mut self, _: TypeId, method: ObjId) -> FuncId {
        self.methods.iter().find(|(obj, _)| *obj == method).expect("a method").1
    }
}

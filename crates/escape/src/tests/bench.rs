//! Units made by hand, and events as lines.

use escargo_base::{Pos, SourceMap, Symbol};
use escargo_dialect::{CompilerModel, GoVersion, Target};
use escargo_ir::{
    Call, Class, CompilerFlags, Context, Func, FuncId, IrPos, Kind, List, NameId, NodeId, Op, Origin,
    Pragmas, Role, Unit,
};
use escargo_types::sizes::Sizes;
use escargo_types::{ObjId, Object, Package, Signature, TypeId, TypeStore, Value, VarKind};

use crate::{Event, Path, Place, analyze};

/// A package under construction.
pub(super) struct Bench {
    pub(super) cx: Context<'static>,
    pub(super) unit: Unit,
}

impl Bench {
    pub(super) fn new(minor: u32, m: u32) -> Bench {
        let store: &'static TypeStore = Box::leak(Box::default());
        let cx = Context {
            store,
            sizes: Sizes { word: 8, max_align: 8 },
            sources: Box::leak(Box::new(SourceMap::new())),
            model: Box::leak(Box::new(CompilerModel::for_toolchain(GoVersion::release(minor, 0)))),
            target: Box::leak(Box::new(Target::new("linux", "amd64"))),
            flags: Box::leak(Box::new(CompilerFlags { m, ..CompilerFlags::default() })),
        };
        let path = Symbol::intern("p");
        let pkg = store.new_package(Package::new(path, Some(path), false));
        Bench { cx, unit: Unit::new(pkg) }
    }

    // ----- types -----

    pub(super) fn pointer(&self, elem: TypeId) -> TypeId {
        self.cx.store.pointer(elem)
    }
    fn vars(&self, list: &[(&str, TypeId)]) -> TypeId {
        let var = |&(name, ty): &(&str, TypeId)| {
            let sym = Symbol::intern(name);
            self.cx.store.new_object(Object::var(VarKind::Param, Pos::NONE, None, sym, Some(ty)))
        };
        self.cx.store.new_tuple(list.iter().map(var).collect::<Vec<ObjId>>())
    }
    pub(super) fn func_type(&self, params: &[(&str, TypeId)], results: &[TypeId]) -> TypeId {
        let results: Vec<_> = results.iter().map(|&ty| ("", ty)).collect();
        self.cx.store.new_signature(Signature {
            params: self.vars(params),
            results: self.vars(&results),
            ..Signature::default()
        })
    }

    // ----- functions -----

    /// A declared function; the body is to be set. Unnamed parameters get the compiler's names.
    pub(super) fn func(&mut self, name: &str, params: &[(&str, TypeId)], results: &[TypeId]) -> FuncId {
        let ty = self.func_type(params, results);
        let pkg = Some(self.unit.pkg);
        let name = self.unit.new_name(IrPos::NONE, Symbol::intern(name), pkg, ty, Class::Func);
        let func = self.unit.funcs.push(Func {
            has_distinct_loop: false,
            unlisted: 0,
            name,
            pos: IrPos::NONE,
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
        for (i, &(name, ty)) in params.iter().enumerate() {
            let unnamed = matches!(name, "" | "_");
            let sym = if unnamed { format!("~p{i}") } else { name.to_owned() };
            self.unit.new_local(func, IrPos::NONE, Symbol::intern(&sym), pkg, ty, Class::Param);
        }
        for (i, &ty) in results.iter().enumerate() {
            let sym = Symbol::intern(&format!("~r{i}"));
            self.unit.new_local(func, IrPos::NONE, sym, pkg, ty, Class::Result);
        }
        self.unit.func_list.push(func);
        func
    }
    /// A literal in `outer` that captures variables, with its node and its names for them.
    pub(super) fn literal(
        &mut self,
        outer: FuncId,
        captured: &[NameId],
        results: &[TypeId],
    ) -> (FuncId, NodeId, Vec<NodeId>) {
        let name = format!("{}.func1", self.unit.func_name(outer).sym.as_str());
        let func = self.func(&name, &[], results);
        let ty = self.unit.func_name(func).ty;
        let node = self.expr(ty, Kind::Closure(func));
        self.unit.funcs[func].parent = Some(outer);
        self.unit.funcs[func].closure_node = Some(node);
        let mut nodes = Vec::new();
        for &outer in captured {
            let variable = &self.unit.names[outer];
            let (sym, pkg, ty) = (variable.sym, variable.pkg, variable.ty);
            let name = self.unit.new_name(IrPos::NONE, sym, pkg, ty, Class::Auto);
            self.unit.names[name].outer = Some(outer);
            self.unit.funcs[func].closure_vars.push(name);
            nodes.push(self.unit.names[name].node);
        }
        (func, node, nodes)
    }
    /// Sets a body; an empty one is one empty block.
    pub(super) fn body(&mut self, func: FuncId, list: &[NodeId]) {
        let block = self.stmt(Kind::Block(List::new()));
        let body = if list.is_empty() { &[block] } else { list };
        self.unit.funcs[func].body = body.iter().copied().collect();
    }
    /// The node of a parameter.
    pub(super) fn param(&self, func: FuncId, i: usize) -> NodeId {
        self.unit.names[self.unit.funcs[func].inputs()[i]].node
    }
    pub(super) fn func_node(&self, func: FuncId) -> NodeId {
        self.unit.func_name(func).node
    }

    // ----- nodes -----

    pub(super) fn expr(&mut self, ty: TypeId, kind: Kind) -> NodeId {
        self.unit.expr(IrPos::NONE, ty, kind)
    }
    pub(super) fn stmt(&mut self, kind: Kind) -> NodeId {
        self.unit.stmt(IrPos::NONE, kind)
    }
    pub(super) fn int(&mut self, value: i64) -> NodeId {
        self.expr(TypeId::INT, Kind::Literal(Box::new(Value::int(value))))
    }
    pub(super) fn global(&mut self, name: &str, ty: TypeId) -> NodeId {
        let pkg = Some(self.unit.pkg);
        let name = self.unit.new_name(IrPos::NONE, Symbol::intern(name), pkg, ty, Class::Extern);
        self.unit.names[name].node
    }
    pub(super) fn local(&mut self, func: FuncId, name: &str, ty: TypeId) -> NameId {
        let pkg = Some(self.unit.pkg);
        self.unit.new_local(func, IrPos::NONE, Symbol::intern(name), pkg, ty, Class::Auto)
    }
    pub(super) fn node(&self, name: NameId) -> NodeId {
        self.unit.names[name].node
    }
    pub(super) fn ty(&self, node: NodeId) -> TypeId {
        self.unit.nodes[node].ty
    }
    pub(super) fn addr(&mut self, x: NodeId) -> NodeId {
        let ty = self.pointer(self.ty(x));
        if let Some(name) = self.unit.as_name(x) {
            self.unit.names[name].addrtaken = true;
        }
        self.expr(ty, Kind::Unary(Op::Addr, x))
    }
    /// `new(elem)`.
    pub(super) fn new_value(&mut self, elem: TypeId) -> NodeId {
        let x = self.expr(elem, Kind::Type);
        let ty = self.pointer(elem);
        self.expr(ty, Kind::Unary(Op::New, x))
    }
    /// A conversion that the compiler makes.
    pub(super) fn boxed(&mut self, x: NodeId) -> NodeId {
        let node = self.expr(TypeId::EMPTY_INTERFACE, Kind::Conv(Op::ConvIface, x));
        self.unit.nodes[node].implicit = true;
        node
    }
    pub(super) fn assign(&mut self, x: NodeId, y: NodeId) -> NodeId {
        self.stmt(Kind::Assign { x, y: Some(y), def: false })
    }
    /// `name := y`: a declaration and an assignment.
    pub(super) fn define(&mut self, name: NameId, y: NodeId) -> [NodeId; 2] {
        let decl = self.stmt(Kind::Decl(name));
        let x = self.node(name);
        let assign = self.stmt(Kind::Assign { x, y: Some(y), def: true });
        self.unit.names[name].defn = Some(assign);
        [decl, assign]
    }
    pub(super) fn ret(&mut self, values: &[NodeId]) -> NodeId {
        self.stmt(Kind::Return(values.iter().copied().collect()))
    }
    pub(super) fn call(&mut self, fun: NodeId, args: &[NodeId], result: TypeId) -> NodeId {
        let call = Call {
            op: Op::CallFunc,
            fun,
            args: args.iter().copied().collect(),
            ddd: false,
            go_defer: false,
            no_inline: false,
            keeps_alive: false,
            defer_at: None,
        };
        self.expr(result, Kind::Call(Box::new(call)))
    }
    pub(super) fn builtin(&mut self, op: Op, ty: TypeId, args: &[NodeId]) -> NodeId {
        self.expr(ty, Kind::Builtin { op, args: args.iter().copied().collect(), ddd: false })
    }
    /// `for { body }`.
    pub(super) fn forever(&mut self, body: &[NodeId]) -> NodeId {
        let body = body.iter().copied().collect();
        self.stmt(Kind::For { label: None, cond: None, post: None, body, distinct: false })
    }

    // ----- results -----

    /// Analyses the unit; events as lines.
    pub(super) fn run(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        let names: Vec<String> =
            self.unit.funcs.iter().map(|f| self.unit.names[f.name].sym.as_str().to_owned()).collect();
        analyze(&self.cx, &mut self.unit, &mut |_: &Unit, event| lines.extend(render(&event, &names)));
        lines
    }
    pub(super) fn tag(&self, func: FuncId, i: usize) -> &[u8] {
        &self.unit.funcs[func].tags[i]
    }
}

fn render(event: &Event, funcs: &[String]) -> Vec<String> {
    let name = |func: FuncId| &funcs[func.as_u32() as usize];
    let line = match event {
        Event::MovedToHeap { text, .. } => format!("moved to heap: {text}"),
        Event::EscapesToHeap { text, .. } => format!("{text} escapes"),
        Event::DoesNotEscape { text, .. } => format!("{text} stays"),
        Event::Append { escapes, .. } => format!("append {}", if *escapes { "escapes" } else { "stays" }),
        Event::ZeroCopy { .. } => "zero-copy".to_owned(),
        Event::LeakingParam { name, content, .. } => {
            format!("leaking {}{name}", if *content { "content of " } else { "" })
        }
        Event::LeakingToResult { name, result, level, .. } => {
            format!("leaking {name} to {result} level {level}")
        }
        Event::ParamDoesNotEscape { name, .. } => format!("param {name} stays"),
        Event::AssumingUintptr { name, .. } => format!("assuming {name}"),
        Event::SelfAssignment { text, func, .. } => format!("{}: self {text}", name(*func)),
        Event::CapturingBy { by_ref, text, addrtaken, reassigned, size, .. } => {
            let how = if *by_ref { "ref" } else { "value" };
            format!("{text} by {how} addr={addrtaken} assign={reassigned} {size}")
        }
        Event::EscapeReason { text, func, path, .. } => {
            return with_path(format!("{text} escapes in {}:", name(*func)), path);
        }
        Event::LeakReason { text, func, to, derefs, path, .. } => {
            return with_path(
                format!("{text} of {} leaks to {} derefs {derefs}:", name(*func), place(to)),
                path,
            );
        }
        other => format!("{other:?}"),
    };
    vec![line]
}

fn with_path(head: String, path: &Path) -> Vec<String> {
    let mut lines = vec![head];
    for step in &path.steps {
        let ops = if step.derefs < 0 { "&".to_owned() } else { "*".repeat(step.derefs as usize) };
        lines.push(format!("  {} <- {ops}{}", place(&step.to), place(&step.from)));
        lines.extend(step.notes.iter().map(|note| format!("    {} {:?}", note.text, note.reason)));
    }
    if path.truncated {
        lines.push("  truncated".to_owned());
    }
    lines
}

fn place(place: &Place) -> String {
    match place {
        Place::Heap => "{heap}".to_owned(),
        Place::Temp => "{temp}".to_owned(),
        Place::Variable(text) => text.to_string(),
        Place::Storage(text) => format!("{{{text}}}"),
    }
}

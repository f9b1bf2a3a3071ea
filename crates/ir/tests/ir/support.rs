//! A package to build units for.

use escargo_base::{Pos, SourceMap, Symbol};
use escargo_dialect::{CompilerModel, GoVersion, Target};
use escargo_ir::{
    Call, Class, CompilerFlags, Context, Func, FuncId, IrPos, Kind, List, NameId, Node, NodeId, Op, Origin,
    Role, Selector, Unit,
};
use escargo_types::object::Package;
use escargo_types::sizes::Sizes;
use escargo_types::ty::{Signature, Type};
use escargo_types::{ObjId, Object, PkgId, TypeId, TypeStore, Value, VarKind};

pub(crate) fn sym(name: &str) -> Symbol {
    Symbol::intern(name)
}

pub(crate) struct Session {
    pub(crate) store: TypeStore,
    sources: SourceMap,
    model: CompilerModel,
    target: Target,
    flags: CompilerFlags,
    pub(crate) unit: Unit,
    pub(crate) other: PkgId,
}

impl Session {
    /// Package `p` compiled by Go 1.`minor`, and another one of path `ex.com/q.v2` and name `q`.
    pub(crate) fn new(minor: u32) -> Session {
        let store = TypeStore::new();
        let pkg = store.new_package(Package::new(sym("ex.com/p"), Some(sym("p")), false));
        let other = store.new_package(Package::new(sym("ex.com/q.v2"), Some(sym("q")), false));
        Session {
            store,
            sources: SourceMap::new(),
            model: CompilerModel::for_toolchain(GoVersion::language(minor)),
            target: Target::new("linux", "amd64"),
            flags: CompilerFlags::default(),
            unit: Unit::new(pkg),
            other,
        }
    }
    pub(crate) fn cx(&self) -> Context<'_> {
        Context {
            store: &self.store,
            sizes: Sizes { word: 8, max_align: 8 },
            sources: &self.sources,
            model: &self.model,
            target: &self.target,
            flags: &self.flags,
        }
    }

    // ----- types -----

    pub(crate) fn named_in(&self, pkg: PkgId, name: &str, under: TypeId) -> TypeId {
        let object = Object::type_name(Pos::NONE, Some(pkg), sym(name), None);
        object.mark_package_level();
        let named = self.store.new_named(self.store.new_object(object));
        if let Type::Named(n) = self.store.ty(named) {
            n.set_rhs(under);
        }
        named
    }
    pub(crate) fn named(&self, name: &str, under: TypeId) -> TypeId {
        self.named_in(self.unit.pkg, name, under)
    }
    pub(crate) fn field(&self, pkg: PkgId, name: &str, ty: TypeId) -> ObjId {
        self.store.new_object(Object::field(Pos::NONE, Some(pkg), sym(name), ty, false))
    }
    pub(crate) fn strukt(&self, fields: &[(&str, TypeId)]) -> TypeId {
        let fields = fields.iter().map(|&(name, ty)| self.field(self.unit.pkg, name, ty)).collect();
        self.store.new_struct(fields, vec![])
    }
    fn tuple(&self, types: &[TypeId]) -> TypeId {
        let var =
            |&ty: &TypeId| Object::var(VarKind::Param, Pos::NONE, Some(self.unit.pkg), sym("a"), Some(ty));
        self.store
            .new_tuple(types.iter().map(var).map(|object| self.store.new_object(object)).collect::<Vec<_>>())
    }
    pub(crate) fn func_type(&self, params: &[TypeId], results: &[TypeId], variadic: bool) -> TypeId {
        let (params, results) = (self.tuple(params), self.tuple(results));
        self.store.new_signature(Signature { params, results, variadic, ..Signature::default() })
    }

    // ----- nodes -----

    pub(crate) fn expr(&mut self, ty: TypeId, kind: Kind) -> NodeId {
        self.unit.expr(IrPos::NONE, ty, kind)
    }
    pub(crate) fn implicit(&mut self, ty: TypeId, kind: Kind) -> NodeId {
        self.unit.add(Node::expr(IrPos::NONE, ty, kind).implicit())
    }
    pub(crate) fn stmt(&mut self, kind: Kind) -> NodeId {
        self.unit.stmt(IrPos::NONE, kind)
    }
    pub(crate) fn var_in(&mut self, pkg: Option<PkgId>, name: &str, ty: TypeId) -> NameId {
        self.unit.new_name(IrPos::NONE, sym(name), pkg, ty, Class::Auto)
    }
    pub(crate) fn var(&mut self, name: &str) -> NodeId {
        let name = self.var_in(Some(self.unit.pkg), name, TypeId::INT);
        self.unit.names[name].node
    }
    pub(crate) fn int(&mut self, value: i64) -> NodeId {
        self.expr(TypeId::INT, Kind::Literal(Box::new(Value::int(value))))
    }
    pub(crate) fn ty(&mut self, ty: TypeId) -> NodeId {
        self.expr(ty, Kind::Type)
    }
    pub(crate) fn unary(&mut self, op: Op, x: NodeId) -> NodeId {
        self.expr(TypeId::INT, Kind::Unary(op, x))
    }
    pub(crate) fn binary(&mut self, op: Op, x: NodeId, y: NodeId) -> NodeId {
        self.expr(TypeId::INT, Kind::Binary(op, x, y))
    }
    pub(crate) fn dot(&mut self, x: NodeId, name: &str) -> NodeId {
        let selector = Selector { op: Op::Dot, x, sel: sym(name), obj: None, func: None };
        self.expr(TypeId::INT, Kind::Selector(Box::new(selector)))
    }
    pub(crate) fn call(&mut self, fun: NodeId, args: &[NodeId], ddd: bool) -> NodeId {
        let call = Call {
            op: Op::CallFunc,
            fun,
            args: args.iter().copied().collect(),
            ddd,
            go_defer: false,
            no_inline: false,
            keeps_alive: false,
            defer_at: None,
        };
        self.expr(TypeId::INT, Kind::Call(Box::new(call)))
    }
    pub(crate) fn assign(&mut self, x: NodeId, y: Option<NodeId>, def: bool) -> NodeId {
        self.stmt(Kind::Assign { x, y, def })
    }

    // ----- functions -----

    pub(crate) fn func_in(&mut self, pkg: PkgId, name: &str, ty: TypeId) -> FuncId {
        let name = self.unit.new_name(IrPos::NONE, sym(name), Some(pkg), ty, Class::Func);
        let func = Func::new(name, IrPos::NONE, Origin::Generated, Role::Plain);
        let func = self.unit.funcs.push(Func { local: true, ..func });
        self.unit.names[name].func = Some(func);
        func
    }
    pub(crate) fn func(&mut self, name: &str) -> FuncId {
        let ty = self.func_type(&[], &[], false);
        self.func_in(self.unit.pkg, name, ty)
    }
    /// The node that stands for a function.
    pub(crate) fn func_node(&self, func: FuncId) -> NodeId {
        self.unit.func_name(func).node
    }
    /// Makes a function a literal; with `captures` one that captures a variable.
    pub(crate) fn literal(&mut self, func: FuncId, captures: bool) -> NodeId {
        let node = self.expr(TypeId::INVALID, Kind::Closure(func));
        self.unit.funcs[func].closure_node = Some(node);
        if captures {
            let captured = self.var_in(None, "x", TypeId::INT);
            self.unit.funcs[func].closure_vars.push(captured);
        }
        node
    }
    pub(crate) fn set_body(&mut self, func: FuncId, body: &[NodeId]) {
        self.unit.funcs[func].body = body.iter().copied().collect::<List>();
    }
}

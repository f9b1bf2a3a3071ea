//! Building expressions with the rewrites that the compiler makes while it gives them types
//! (`typecheck/{expr,func,const,subr,typecheck}.go` of Go 1.27). Operands are finished expressions; where the
//! compiler would report an error nothing is checked, because source has passed the type checker.

mod call;
mod convert;
mod literal;
mod operate;
mod select;

use escargo_dialect::lowering::LowerRules;
use escargo_types::sizes::Sizes;
use escargo_types::ty::Type;
use escargo_types::{ObjId, TypeId, TypeStore};

use crate::{Context, FuncId, IrPos, Kind, List, NameId, Node, NodeId, Op, Unit};

pub use literal::{convert_value, fix_value, zero_value};
pub use select::MethodRef;

/// Adds nodes to a unit.
#[derive(Debug)]
pub struct Build<'a> {
    /// The unit.
    pub unit: &'a mut Unit,
    /// All types.
    pub store: &'a TypeStore,
    /// Sizes of the target.
    pub sizes: Sizes,
    /// How the release builds.
    pub rules: &'a LowerRules,
}

impl Unit {
    /// A builder of expressions.
    pub fn build<'a>(&'a mut self, cx: &Context<'a>) -> Build<'a> {
        Build { unit: self, store: cx.store, sizes: cx.sizes, rules: &cx.model.lowering }
    }
}

impl Build<'_> {
    /// The type of an expression.
    pub fn ty(&self, node: NodeId) -> TypeId {
        self.unit.nodes[node].ty
    }
    /// The underlying type of an expression.
    pub(crate) fn under(&self, node: NodeId) -> &Type {
        self.store.ty(self.store.under(self.ty(node)))
    }
    /// Adds an expression that the compiler made: printing skips it, if it is an address, dereference or conversion.
    pub fn implicit(&mut self, pos: IrPos, ty: TypeId, kind: Kind) -> NodeId {
        self.unit.add(Node::expr(pos, ty, kind).implicit())
    }
    /// Marks an expression as made by the compiler.
    pub fn set_implicit(&mut self, node: NodeId) -> NodeId {
        self.unit.nodes[node].implicit = true;
        node
    }

    /// The node of a type.
    pub fn type_node(&mut self, pos: IrPos, ty: TypeId) -> NodeId {
        self.unit.expr(pos, ty, Kind::Type)
    }

    /// `&x`. Of a composite literal it is a node of its own; of a variable it marks the variable, also the one that a
    /// captured variable stands for (`ir.NewAddrExpr`).
    pub fn addr(&mut self, pos: IrPos, x: NodeId) -> NodeId {
        let ty = self.store.pointer(self.ty(x));
        if matches!(self.unit.nodes[x].kind, Kind::CompositeLit { .. }) {
            return self.unit.expr(pos, ty, Kind::Unary(Op::PtrLit, x));
        }
        let outer = self.unit.outer_value(self.store, x);
        if let Some(name) = self.unit.as_name(outer) {
            self.unit.names[name].addrtaken = true;
            let canonical = self.unit.canonical(name);
            self.unit.names[canonical].addrtaken = true;
        }
        self.unit.expr(pos, ty, Kind::Unary(Op::Addr, x))
    }
    /// `*x`.
    pub fn deref(&mut self, pos: IrPos, x: NodeId) -> NodeId {
        let elem = self.store.pointer_elem(self.ty(x)).unwrap_or(TypeId::INVALID);
        self.unit.expr(pos, elem, Kind::Unary(Op::Deref, x))
    }
    /// The array that a pointer to an array points to; other expressions stay (`typecheck.implicitstar`).
    pub fn implicit_star(&mut self, pos: IrPos, x: NodeId) -> NodeId {
        if let &Type::Pointer(elem) = self.under(x)
            && matches!(self.store.ty(self.store.under(elem)), Type::Array { .. })
        {
            return self.implicit(pos, elem, Kind::Unary(Op::Deref, x));
        }
        x
    }

    /// `x` with statements that run before it. Variables, which all uses share, are wrapped in a conversion at `pos`
    /// to hold them (`ir.InitExpr`); the position is where the compiler stands, mostly the function.
    pub fn with_init(&mut self, pos: IrPos, init: List, x: NodeId) -> NodeId {
        if init.is_empty() {
            return x;
        }
        let shared = matches!(
            self.unit.nodes[x].kind,
            Kind::Name(_) | Kind::Blank | Kind::Literal(_) | Kind::Nil | Kind::Type
        );
        let node = match shared {
            true => self.unit.expr(pos, self.ty(x), Kind::Conv(Op::ConvNop, x)),
            false => x,
        };
        let old = std::mem::replace(&mut self.unit.nodes[node].init, init);
        self.unit.nodes[node].init.extend(old);
        node
    }

    /// Declares a temporary and sets it to `x`: appends both statements to `init` (`noder/reader.go`, tempCopy).
    pub fn temp_copy(&mut self, func: FuncId, pos: IrPos, x: NodeId, init: &mut List) -> NameId {
        let name = self.unit.new_temp(func, pos, self.ty(x));
        init.push(self.unit.stmt(pos, Kind::Decl(name)));
        let dst = self.unit.names[name].node;
        let assign = self.unit.stmt(pos, Kind::Assign { x: dst, y: Some(x), def: true });
        self.unit.names[name].defn = Some(assign);
        init.push(assign);
        name
    }

    /// The signature of a function's type, looking at the underlying type.
    pub fn signature(&self, ty: TypeId) -> Option<&escargo_types::Signature> {
        self.store.as_signature(self.store.under(ty))
    }
    /// Types of the parameters of a function's type.
    pub fn param_types(&self, ty: TypeId) -> impl ExactSizeIterator<Item = TypeId> + '_ {
        let params: &[ObjId] = self.signature(ty).map_or(&[], |sig| self.store.tuple(sig.params));
        params.iter().map(|&param| self.store.obj_type(param))
    }
    /// Types of the results of a function's type.
    pub fn result_types(&self, ty: TypeId) -> impl ExactSizeIterator<Item = TypeId> + '_ {
        let results: &[ObjId] = self.signature(ty).map_or(&[], |sig| self.store.tuple(sig.results));
        results.iter().map(|&result| self.store.obj_type(result))
    }
}

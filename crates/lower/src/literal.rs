//! Function literals, those of the source and those made around shaped functions (`noder/reader.go`: funcLit, curry,
//! methodExprWrap, syntheticClosure).

use std::rc::Rc;

use escargo_base::Pos;
use escargo_ir::{IrPos, Kind, List, NodeId, Op};
use escargo_syntax::ExprId;
use escargo_types::object::VarKind;
use escargo_types::{ObjId, Object, Signature, TypeId};

use crate::body::Body;
use crate::func::{Code, LiteralKind, MakeBody};
use crate::select::Adapt;

/// How the first argument of a made literal becomes the receiver of the method that it calls.
pub(crate) struct Adapter {
    /// The IR type of the argument.
    pub(crate) recv: TypeId,
    /// Embedded fields to select.
    pub(crate) embedded: Box<[u32]>,
    /// What to do then.
    pub(crate) adapt: Adapt,
}

/// A value that a made literal uses.
#[derive(Clone, Copy, Debug)]
enum Used {
    /// A function: named again wherever it is used.
    Direct(NodeId),
    /// Anything else: evaluated where the literal is; captured variable number `i`.
    Captured(usize),
}

impl<'w> Body<'_, 'w> {
    /// A function literal.
    pub(crate) fn func_lit(&mut self, e: ExprId) -> NodeId {
        let sig = self.type_and_value(e).ty;
        let pos = self.expr_pos(e);
        let ty = self.ty(sig);
        self.literal(LiteralKind::Func, pos, sig, ty, Code::Literal(e))
    }

    /// A literal that calls `fun` with one or two first arguments given, the rest being its own parameters. With
    /// `check` the first one is checked for nil if it is an interface.
    pub(crate) fn curry(
        &mut self,
        pos: IrPos,
        check: bool,
        fun: NodeId,
        arg: NodeId,
        second: Option<NodeId>,
    ) -> NodeId {
        let mut values = vec![fun, arg];
        values.extend(second);
        let ty = self.curried_type(fun, values.len() - 1, None);
        let at = IrPos::source(pos.pos);
        self.made_literal(pos, ty, check, &values, move |body, used| {
            let mut args: List = used[1..].iter().copied().collect();
            args.extend(body.inputs());
            body.tail_call(at, used[0], args)
        })
    }

    /// A literal that calls `method`, whose first parameter it replaces by one that becomes the receiver.
    pub(crate) fn method_expr_wrap(
        &mut self,
        pos: IrPos,
        adapter: Adapter,
        method: NodeId,
        dict: Option<NodeId>,
    ) -> NodeId {
        let mut values = vec![method];
        values.extend(dict);
        let skipped = 1 + usize::from(dict.is_some());
        let ty = self.curried_type(method, skipped, Some(adapter.recv));
        let at = IrPos::source(pos.pos);
        self.made_literal(pos, ty, false, &values, move |body, used| {
            let mut args: List = body.inputs().collect();
            for &index in &adapter.embedded {
                args[0] = body.build().implicit_dot(at, args[0], index);
            }
            args[0] = match adapter.adapt {
                Adapt::Nothing => args[0],
                Adapt::Deref => body.build().deref(at, args[0]),
                Adapt::Addr => body.build().addr(at, args[0]),
            };
            if adapter.adapt != Adapt::Nothing {
                body.build().set_implicit(args[0]);
            }
            if let Some(&dict) = used.get(1) {
                args.insert(1, dict);
            }
            body.tail_call(at, used[0], args)
        })
    }

    /// The type of `fun` without its first parameters, perhaps with another one in their place. Parameters of methods
    /// have no names there.
    fn curried_type(&self, fun: NodeId, skipped: usize, first: Option<TypeId>) -> TypeId {
        let store = self.low.cx.store;
        let node = &self.low.unit.nodes[fun];
        let named = matches!(node.kind, Kind::Name(_));
        let Some(sig) = store.as_signature(store.under(node.ty)) else { return node.ty };
        let copy = |kind: VarKind, var: ObjId| {
            let var = store.obj(var);
            let name = if named { var.name } else { escargo_base::Symbol::EMPTY };
            let pkg = if named { var.pkg } else { None };
            store.new_object(Object::var(kind, GENERATED, pkg, name, var.ty()))
        };
        let var = |ty| Object::var(VarKind::Param, GENERATED, None, escargo_base::Symbol::EMPTY, Some(ty));
        let first = first.map(|ty| store.new_object(var(ty)));
        let rest = store.tuple(sig.params).iter().skip(skipped).map(|&param| copy(VarKind::Param, param));
        let params: Vec<ObjId> = first.into_iter().chain(rest).collect();
        let results: Vec<ObjId> =
            store.tuple(sig.results).iter().map(|&result| copy(VarKind::Result, result)).collect();
        store.new_signature(Signature {
            params: store.new_tuple(params),
            results: store.new_tuple(results),
            variadic: sig.variadic,
            ..Signature::default()
        })
    }

    /// Receiver and parameters of the function being lowered.
    fn inputs(&self) -> impl Iterator<Item = NodeId> + use<> {
        let unit = &self.low.unit;
        let inputs: Vec<NodeId> =
            unit.funcs[self.func].inputs().iter().map(|&name| unit.names[name].node).collect();
        inputs.into_iter()
    }

    /// A literal at `pos` that is not in the source. `values` are evaluated where it stands and captured, except for
    /// functions; `make` makes its body from them.
    fn made_literal(
        &mut self,
        pos: IrPos,
        ty: TypeId,
        check: bool,
        values: &[NodeId],
        make: impl Fn(&mut Body<'_, 'w>, &[NodeId]) -> List + 'w,
    ) -> NodeId {
        let func = self.func;
        let mut init = List::new();
        let mut used = Vec::with_capacity(values.len());
        let mut captured = Vec::new();
        for (i, &value) in values.iter().enumerate() {
            if self.is_function(value) {
                used.push(Used::Direct(value));
                continue;
            }
            let temp = self.build().temp_copy(func, pos, value, &mut init);
            used.push(Used::Captured(captured.len()));
            captured.push(temp);
            if check && i == 1 && self.low.cx.store.is_interface(self.low.unit.nodes[value].ty) {
                init.push(self.nil_check(pos, temp));
            }
        }
        let make: MakeBody<'w> = Rc::new(move |body: &mut Body<'_, 'w>| {
            let values: Vec<NodeId> = used.iter().filter_map(|&used| body.used_value(used)).collect();
            make(body, &values)
        });
        let node = self.synthetic_literal(pos, ty, &captured, make);
        self.build().with_init(pos, init, node)
    }

    fn used_value(&mut self, used: Used) -> Option<NodeId> {
        let unit = &mut self.low.unit;
        match used {
            Used::Direct(node) if matches!(unit.nodes[node].kind, Kind::Name(_)) => Some(node),
            Used::Direct(node) => Some(unit.copy_node(node)),
            Used::Captured(i) => self.captured(i).map(|name| self.low.unit.names[name].node),
        }
    }

    /// Whether an expression denotes a function that is the same everywhere.
    fn is_function(&self, node: NodeId) -> bool {
        match &self.low.unit.nodes[node].kind {
            &Kind::Name(name) => self.low.unit.names[name].class == escargo_ir::Class::Func,
            Kind::Selector(selector) => selector.op == Op::MethExpr,
            _ => false,
        }
    }

    /// Checks that an interface is not nil.
    fn nil_check(&mut self, pos: IrPos, temp: escargo_ir::NameId) -> NodeId {
        let x = self.low.unit.names[temp].node;
        let ty = self.low.cx.store.pointer(TypeId::UINTPTR);
        let itab = self.low.unit.expr(pos, ty, Kind::Unary(Op::ITab, x));
        self.low.unit.stmt(pos, Kind::Unary(Op::CheckNil, itab))
    }
}

/// The position of generated code.
const GENERATED: Pos = IrPos::AUTOGENERATED.pos;

//! Calls of builtin functions (`noder/writer.go`: expr; `typecheck/func.go` of Go 1.27).

use escargo_check::Mode;
use escargo_ir::{IrPos, Kind, List, NodeId, Op};
use escargo_syntax::{Expr, ExprId};
use escargo_types::ty::{BasicKind, Type};
use escargo_types::{Builtin, TypeId};

use crate::body::Body;

impl Body<'_, '_> {
    /// A call of a builtin at `pos`.
    pub(crate) fn builtin_call(&mut self, e: ExprId, pos: IrPos, builtin: Builtin) -> NodeId {
        let Expr::Call { args, .. } = self.tree()[e] else { unreachable!("a call") };
        let args: Vec<ExprId> = self.tree().list(args).collect();
        match builtin {
            Builtin::Make => self.make(e, pos, &args),
            Builtin::New => self.new_call(pos, args[0]),
            Builtin::UnsafeSizeof | Builtin::UnsafeAlignof | Builtin::UnsafeOffsetof => {
                self.measure(pos, builtin, args[0])
            }
            _ => self.builtin_with_values(e, pos, builtin),
        }
    }

    fn make(&mut self, e: ExprId, pos: IrPos, args: &[ExprId]) -> NodeId {
        let made = self.type_and_value(e).ty;
        let found = self.expr_type(None, args[0]);
        let sizes: Vec<NodeId> = args[1..].iter().map(|&size| self.expr(size)).collect();
        let sizes: Vec<NodeId> =
            sizes.into_iter().map(|size| self.build().default_lit(size, Some(TypeId::INT), false)).collect();
        let (op, described) = match *self.core_type(made) {
            Type::Slice(elem) => (Op::MakeSlice, elem),
            Type::Map { .. } => (Op::MakeMap, made),
            _ => (Op::MakeChan, made),
        };
        self.hidden_rtype(described);
        let size = sizes.first().copied().unwrap_or_else(|| self.build().int(pos, 0));
        let cap = if op == Op::MakeSlice { sizes.get(1).copied() } else { None };
        self.low.unit.expr(pos, found.ty, Kind::Make(op, Some(size), cap))
    }

    /// `new(T)`, or `new(value)`: the address of a temporary that holds the value.
    fn new_call(&mut self, pos: IrPos, arg: ExprId) -> NodeId {
        if self.is_type(arg) {
            let found = self.expr_type(None, arg);
            let operand = self.type_operand(found);
            let ty = self.low.cx.store.pointer(found.ty);
            return self.low.unit.expr(pos, ty, Kind::Unary(Op::New, operand));
        }
        let x = self.expr(arg);
        let x = self.build().default_lit(x, None, false);
        let func = self.func;
        let mut init = List::new();
        let temp = self.build().temp_copy(func, pos, x, &mut init);
        let temp = self.low.unit.names[temp].node;
        let addr = self.build().addr(pos, temp);
        self.low.unit.nodes[addr].init = init;
        addr
    }

    /// `unsafe.Sizeof` and the like where the value is no constant for the language: a type parameter is involved.
    fn measure(&mut self, pos: IrPos, builtin: Builtin, arg: ExprId) -> NodeId {
        let (store, sizes) = (self.low.cx.store, self.low.cx.sizes);
        let arg = self.tree().unparen(arg);
        let bytes = match (builtin, self.tree()[arg], self.selection(arg)) {
            (Builtin::UnsafeOffsetof, Expr::Selector { x, .. }, Some(sel)) => {
                let holder = self.type_and_value(x).ty;
                let holder = match *store.ty(store.unalias(holder)) {
                    Type::Pointer(elem) => elem,
                    _ => holder,
                };
                let holder = self.ty(holder);
                sizes.offset_of(store, holder, &sel.index)
            }
            _ => {
                let measured = self.type_and_value(arg).ty;
                let ty = self.ty(measured);
                match builtin {
                    Builtin::UnsafeAlignof => Some(sizes.align_of(store, ty)),
                    _ => sizes.size_of(store, ty),
                }
            }
        };
        self.build().uintptr(pos, bytes.unwrap_or(0))
    }

    fn builtin_with_values(&mut self, e: ExprId, pos: IrPos, builtin: Builtin) -> NodeId {
        let Expr::Call { fun, args, has_dots } = self.tree()[e] else { unreachable!("a call") };
        let sig = self.type_and_value(fun).ty;
        let exprs: Vec<ExprId> = self.tree().list(args).collect();
        let dst = self.param_types(sig, &exprs, has_dots);
        let mut args = self.multi_expr(pos, &dst, &exprs);
        let mut init = List::new();
        if let &[call] = &args[..]
            && matches!(self.low.cx.store.ty(self.low.unit.nodes[call].ty), Type::Tuple(_))
        {
            let (func, at) = (self.func, self.low.stand);
            let (assign, temps) = self.build().spread_results(func, at, call);
            init.push(assign);
            args = temps;
        }
        let node = self.builtin_node(pos, builtin, &mut args, has_dots);
        self.low.unit.nodes[node].init.extend(init);
        // What the operation needs to know of the type at run time is read last.
        let described = self.described_type(e, builtin, &exprs);
        if let Some(described) = described {
            self.hidden_rtype(described);
        }
        node
    }

    /// The type that a call of a builtin needs to know at run time without having it as operand.
    fn described_type(&self, e: ExprId, builtin: Builtin, args: &[ExprId]) -> Option<TypeId> {
        let store = self.low.cx.store;
        let slice_elem = |ty| match *self.core_type(ty) {
            Type::Slice(elem) => elem,
            _ => TypeId::INVALID,
        };
        let first = || match *store.ty(self.type_and_value(args[0]).ty) {
            Type::Tuple(ref tuple) => store.obj_type(tuple.vars[0]),
            _ => self.type_and_value(args[0]).ty,
        };
        match builtin {
            Builtin::Append | Builtin::UnsafeSlice => Some(slice_elem(self.type_and_value(e).ty)),
            Builtin::Copy => Some(slice_elem(first())),
            Builtin::Delete => Some(first()),
            _ => None,
        }
    }

    /// The operand of a call of a builtin that no printer shows: the description of a type that only the dictionary
    /// knows.
    pub(crate) fn hidden_operand(&mut self, e: ExprId, pos: IrPos) -> Option<NodeId> {
        let Expr::Call { fun, args, .. } = self.tree()[e] else { return None };
        let Mode::Builtin(builtin) = self.type_and_value(fun).mode else { return None };
        let args: Vec<ExprId> = self.tree().list(args).collect();
        let described = self.described_type(e, builtin, &args)?;
        let described = self.low.store().default_type(described);
        self.is_derived(described).then(|| self.rtype(described, pos))
    }

    fn builtin_node(&mut self, pos: IrPos, builtin: Builtin, args: &mut List, ddd: bool) -> NodeId {
        let none = TypeId::INVALID;
        let store = self.low.cx.store;
        match builtin {
            Builtin::Append => self.append(pos, std::mem::take(args), ddd),
            Builtin::Delete => {
                if let Type::Map { key, .. } = *store.ty(store.under(self.low.unit.nodes[args[0]].ty)) {
                    let at = self.place(pos);
                    args[1] = self.build().assign_conv(at, args[1], key);
                }
                self.list_builtin(pos, Op::Delete, args, none)
            }
            Builtin::Max | Builtin::Min => {
                let op = if builtin == Builtin::Max { Op::Max } else { Op::Min };
                let ty = self.low.unit.nodes[args[0]].ty;
                self.list_builtin(pos, op, args, ty)
            }
            Builtin::Print | Builtin::Println => {
                for arg in args.iter_mut() {
                    let int = self.low.unit.is_const_int(*arg).then_some(TypeId::INT64);
                    *arg = self.build().default_lit(*arg, int, false);
                }
                let op = if builtin == Builtin::Print { Op::Print } else { Op::Println };
                self.list_builtin(pos, op, args, none)
            }
            Builtin::Recover => self.list_builtin(pos, Op::Recover, args, TypeId::EMPTY_INTERFACE),
            Builtin::Complex
            | Builtin::Copy
            | Builtin::UnsafeAdd
            | Builtin::UnsafeSlice
            | Builtin::UnsafeString => self.binary_builtin(pos, builtin, args[0], args[1]),
            _ => self.unary_builtin(pos, builtin, args[0]),
        }
    }

    fn list_builtin(&mut self, pos: IrPos, op: Op, args: &mut List, ty: TypeId) -> NodeId {
        let kind = Kind::Builtin { op, args: std::mem::take(args), ddd: false };
        self.low.unit.expr(pos, ty, kind)
    }

    fn append(&mut self, pos: IrPos, mut args: List, ddd: bool) -> NodeId {
        let store = self.low.cx.store;
        let ty = self.low.unit.nodes[args[0]].ty;
        if ddd {
            // A conversion without effect is not needed: the elements are the same.
            if let Some(last) = args.get_mut(1)
                && let Kind::Conv(Op::ConvNop, x) = self.low.unit.nodes[*last].kind
                && self.low.unit.nodes[*last].implicit
            {
                *last = x;
            }
        } else if let Type::Slice(elem) = *store.ty(store.under(ty)) {
            let at = self.place(pos);
            for arg in args.iter_mut().skip(1) {
                *arg = self.build().assign_conv(at, *arg, elem);
            }
        }
        self.low.unit.expr(pos, ty, Kind::Builtin { op: Op::Append, args, ddd })
    }

    fn unary_builtin(&mut self, pos: IrPos, builtin: Builtin, x: NodeId) -> NodeId {
        let store = self.low.cx.store;
        let x_ty = self.low.unit.nodes[x].ty;
        let (op, ty) = match builtin {
            Builtin::Len => (Op::Len, TypeId::INT),
            Builtin::Cap => (Op::Cap, TypeId::INT),
            Builtin::Clear => (Op::Clear, TypeId::INVALID),
            Builtin::Close => (Op::Close, TypeId::INVALID),
            Builtin::Panic => {
                let at = self.place(pos);
                let x = self.build().assign_conv(at, x, TypeId::EMPTY_INTERFACE);
                return self.low.unit.expr(pos, TypeId::INVALID, Kind::Unary(Op::Panic, x));
            }
            Builtin::Real | Builtin::Imag => {
                let op = if builtin == Builtin::Real { Op::Real } else { Op::Imag };
                let single = store.basic_kind(x_ty) == Some(BasicKind::Complex64);
                (op, if single { TypeId::FLOAT32 } else { TypeId::FLOAT64 })
            }
            Builtin::UnsafeStringData => (Op::UnsafeStringData, store.pointer(TypeId::BYTE)),
            Builtin::UnsafeSliceData => match *store.ty(store.under(x_ty)) {
                Type::Slice(elem) => (Op::UnsafeSliceData, store.pointer(elem)),
                _ => (Op::UnsafeSliceData, TypeId::INVALID),
            },
            _ => unreachable!("{builtin:?} has more operands"),
        };
        self.low.unit.expr(pos, ty, Kind::Unary(op, x))
    }

    fn binary_builtin(&mut self, pos: IrPos, builtin: Builtin, x: NodeId, y: NodeId) -> NodeId {
        let store = self.low.cx.store;
        let int = |body: &mut Self, y| body.build().default_lit(y, Some(TypeId::INT), false);
        let (op, ty, x, y) = match builtin {
            Builtin::Complex => {
                let single = store.basic_kind(self.low.unit.nodes[x].ty) == Some(BasicKind::Float32);
                let ty = if single { TypeId::COMPLEX64 } else { TypeId::COMPLEX128 };
                (Op::Complex, ty, x, y)
            }
            Builtin::Copy => (Op::Copy, TypeId::INT, x, y),
            Builtin::UnsafeAdd => {
                let x = self.build().assign_conv(pos, x, TypeId::UNSAFE_POINTER);
                (Op::UnsafeAdd, self.low.unit.nodes[x].ty, x, int(self, y))
            }
            Builtin::UnsafeSlice => {
                let elem = store.pointer_elem(self.low.unit.nodes[x].ty).unwrap_or(TypeId::INVALID);
                (Op::UnsafeSlice, store.slice(elem), x, int(self, y))
            }
            _ => (Op::UnsafeString, TypeId::STRING, x, int(self, y)),
        };
        self.low.unit.expr(pos, ty, Kind::Binary(op, x, y))
    }
}

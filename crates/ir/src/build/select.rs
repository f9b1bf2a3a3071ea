//! Selecting fields and methods (`typecheck/{expr,subr,typecheck,dcl}.go` of Go 1.27).

use escargo_base::Symbol;
use escargo_types::lookup::{Lookup, lookup_field_or_method};
use escargo_types::object::VarKind;
use escargo_types::shape::identical;
use escargo_types::ty::{Signature, Type};
use escargo_types::{ObjId, Object, PkgId, TypeId};

use super::Build;
use crate::{FuncId, IrPos, Kind, NodeId, Op, Selector};

/// A method as it was found for an operand.
#[derive(Clone, Copy, Debug)]
pub struct MethodRef {
    /// The operand: embedded fields selected, and its address taken or dereferenced as the method's receiver wants.
    pub x: NodeId,
    /// The method.
    pub method: ObjId,
    /// The type of the method's receiver. For methods of interfaces the interface.
    pub recv: TypeId,
    /// Whether it is a method of an interface.
    pub is_interface: bool,
}

/// Selections.
impl Build<'_> {
    /// Field number `index` of a struct or of what a pointer points to (`typecheck.DotField`).
    pub fn dot(&mut self, pos: IrPos, x: NodeId, index: u32) -> NodeId {
        let (op, holder) = match *self.under(x) {
            Type::Pointer(elem) => (Op::DotPtr, elem),
            _ => (Op::Dot, self.ty(x)),
        };
        let fields = self.store.struct_fields(holder).unwrap_or(&[]);
        let Some(&field) = fields.get(index as usize) else { return x };
        self.select(pos, op, self.store.obj_type(field), x, field, None)
    }

    /// The embedded field number `index`, selected because something in it is: marked as not written.
    pub fn implicit_dot(&mut self, pos: IrPos, x: NodeId, index: u32) -> NodeId {
        let dot = self.dot(pos, x, index);
        self.set_implicit(dot)
    }

    fn select(
        &mut self,
        pos: IrPos,
        op: Op,
        ty: TypeId,
        x: NodeId,
        obj: ObjId,
        func: Option<FuncId>,
    ) -> NodeId {
        let sel = self.store.obj(obj).name;
        let selector = Selector { op, x, sel, obj: Some(obj), func };
        self.unit.expr(pos, ty, Kind::Selector(Box::new(selector)))
    }

    /// The field at the end of a path of field numbers; those on the way are embedded and not written.
    pub fn field_path(&mut self, pos: IrPos, mut x: NodeId, path: &[u32]) -> NodeId {
        let Some((&last, embedded)) = path.split_last() else { return x };
        for &index in embedded {
            x = self.implicit_dot(pos, x, index);
        }
        self.dot(pos, x, last)
    }

    /// Looks up a method of an operand and adapts the operand to it: selects embedded fields, then takes the address
    /// or dereferences (`typecheck.XDotMethod`, Lookdot).
    pub fn find_method(
        &mut self,
        pos: IrPos,
        mut x: NodeId,
        pkg: Option<PkgId>,
        name: Symbol,
    ) -> Option<MethodRef> {
        let found = lookup_field_or_method(self.store, self.ty(x), true, pkg, name, false);
        let Lookup::Found { obj: method, index, .. } = found else { return None };
        for &field in &index[..index.len() - 1] {
            x = self.implicit_dot(pos, x, field);
        }
        let recv = self.receiver(method)?;
        if self.store.is_interface(recv) {
            if self.store.pointer_elem(self.ty(x)).is_some() {
                x = self.deref(pos, x);
                self.set_implicit(x);
            }
            let recv = self.ty(x);
            return Some(MethodRef { x, method, recv, is_interface: true });
        }
        Some(MethodRef { x: self.adapt_receiver(pos, x, recv), method, recv, is_interface: false })
    }

    /// Type of the receiver of a method; that of a method of an interface is the interface.
    pub fn receiver(&self, method: ObjId) -> Option<TypeId> {
        let sig = self.store.as_signature(self.store.method_type(method)?)?;
        Some(self.store.obj_type(sig.recv?))
    }

    /// The operand of a method, with its address taken or dereferenced as the method's receiver wants.
    pub fn adapt_receiver(&mut self, pos: IrPos, x: NodeId, recv: TypeId) -> NodeId {
        let ty = self.ty(x);
        if identical(self.store, ty, recv) {
            return x;
        }
        let adapted = match (self.store.pointer_elem(recv), self.store.pointer_elem(ty)) {
            (Some(elem), _) if identical(self.store, elem, ty) => self.addr(pos, x),
            (_, Some(_)) => self.deref(pos, x),
            _ => return x,
        };
        self.set_implicit(adapted)
    }

    /// What is called in a call of a method of an interface: a selector with [`Op::DotInter`].
    pub fn interface_method(&mut self, pos: IrPos, x: NodeId, method: ObjId) -> NodeId {
        let ty = self.store.method_type(method).unwrap_or(TypeId::INVALID);
        self.select(pos, Op::DotInter, ty, x, method, None)
    }

    /// What is called in a call of a method: for an interface as [`Build::interface_method`]; else a selector with
    /// [`Op::DotMeth`], which only [`Build::call`] understands. `func` is the function of the method.
    pub fn method_callee(&mut self, pos: IrPos, found: MethodRef, func: Option<FuncId>) -> NodeId {
        if found.is_interface {
            return self.interface_method(pos, found.x, found.method);
        }
        let ty = self.store.method_type(found.method).unwrap_or(TypeId::INVALID);
        self.select(pos, Op::DotMeth, ty, found.x, found.method, func)
    }

    /// A method expression `recv.method`: a function with the receiver as first parameter. `func` is the function of
    /// the method, which may have another receiver (that of an embedded type); methods of interfaces have none
    /// (`typecheck.NewMethodExpr`).
    pub fn method_expr(&mut self, pos: IrPos, recv: TypeId, method: ObjId, func: Option<FuncId>) -> NodeId {
        let sig = self.store.method_type(method).unwrap_or(TypeId::INVALID);
        self.method_expr_of(pos, recv, method, sig, func)
    }

    /// As [`Build::method_expr`] for a method whose function has another signature than the type checker's object,
    /// such as one with a dictionary.
    pub fn method_expr_of(
        &mut self,
        pos: IrPos,
        recv: TypeId,
        method: ObjId,
        sig: TypeId,
        func: Option<FuncId>,
    ) -> NodeId {
        let ty = self.method_type(sig, Some(recv));
        let x = self.type_node(IrPos::NONE, recv);
        self.select(pos, Op::MethExpr, ty, x, method, func)
    }

    /// The type of a method as a plain function: without receiver, or with the receiver as first parameter
    /// (`typecheck.NewMethodType`).
    pub fn method_type(&mut self, sig: TypeId, recv: Option<TypeId>) -> TypeId {
        if let Some(&known) = self.unit.method_types.get(&(sig, recv)) {
            return known;
        }
        let Some(method) = self.store.as_signature(sig) else { return sig };
        let mut params: Vec<ObjId> = Vec::new();
        if let Some(recv) = recv {
            let var = Object::var(VarKind::Param, escargo_base::Pos::NONE, None, Symbol::EMPTY, Some(recv));
            params.push(self.store.new_object(var));
        }
        params.extend(self.store.tuple(method.params));
        let ty = self.store.new_signature(Signature {
            params: self.store.new_tuple(params),
            results: method.results,
            variadic: method.variadic,
            ..Signature::default()
        });
        self.unit.method_types.insert((sig, recv), ty);
        ty
    }
}

//! Assignments that can be data (`staticinit/sched.go`, StaticAssign, staticcopy, StaticLoc).

use std::rc::Rc;

use escargo_ir::{Class, IrPos, Kind, NameId, NodeId, Op};
use escargo_types::TypeId;
use escargo_types::shape::identical;

use super::{Dest, Schedule};

impl Schedule<'_, '_> {
    /// Whether the value can be data of the variable from `offset` on. Parts of it that need code have been added.
    pub(super) fn assign(&mut self, dest: Dest, offset: u64, value: NodeId, ty: TypeId) -> bool {
        let value = self.unit.behind_conv_nop(value);
        match &self.unit.nodes[value].kind {
            Kind::Nil => return true,
            Kind::Literal(_) if self.unit.is_zero(value) => return true,
            Kind::Literal(_) => {
                return !(self.is_fips && self.store().is_string(self.unit.nodes[value].ty));
            }
            _ => {}
        }
        if self.is_fips {
            return match self.unit.nodes[value].op() {
                Op::ArrayLit | Op::StructLit => self.literal(dest, offset, value),
                _ => false,
            };
        }
        match &self.unit.nodes[value].kind {
            &Kind::Name(name) => self.copy(dest, offset, name, ty),
            Kind::Selector(s) => s.op == Op::MethExpr,
            &Kind::Unary(op @ (Op::Addr | Op::PtrLit), x) => {
                let is_global = op == Op::Addr
                    && self.location(x).is_some_and(|name| self.unit.names[name].class == Class::Extern);
                is_global || self.pointed_to(x)
            }
            &Kind::Conv(Op::Str2Bytes, x) => self.unit.literal(x).is_some(),
            Kind::CompositeLit { op: Op::SliceLit, len, .. } => {
                let len = *len;
                self.slice(value, len)
            }
            Kind::CompositeLit { op: Op::ArrayLit | Op::StructLit, .. } => self.literal(dest, offset, value),
            // Functions that capture nothing are data.
            Kind::Closure(func) => self.unit.funcs[*func].closure_vars.is_empty(),
            Kind::Conv(Op::ConvIface, _) => self.interface(dest, offset, value),
            Kind::InlCall { .. } => self.inlined_call(dest, offset, value, ty),
            _ => false,
        }
    }

    /// Assigns a part: as data, or with code.
    fn assign_part(&mut self, pos: IrPos, dest: Dest, offset: u64, value: NodeId) {
        let ty = self.unit.nodes[value].ty;
        if !self.assign(dest, offset, value, ty) {
            let x = self.offset(pos, dest, offset, ty);
            self.push_assign(pos, x, value);
        }
    }

    /// The address of a literal: the literal becomes a variable.
    fn pointed_to(&mut self, x: NodeId) -> bool {
        if !matches!(self.unit.nodes[x].kind, Kind::CompositeLit { .. }) {
            return false;
        }
        let var = self.new_static(self.unit.nodes[x].ty);
        self.assign_part(self.pos, var, 0, x);
        true
    }

    fn slice(&mut self, value: NodeId, len: u64) -> bool {
        self.plan(value);
        let elem = self.elem_type(self.unit.nodes[value].ty);
        let var = self.new_static(self.store().array(elem, Some(len)));
        self.literal(var, 0, value)
    }

    fn literal(&mut self, dest: Dest, offset: u64, value: NodeId) -> bool {
        self.plan(value);
        let Some(plan) = self.plans.get(&value).map(Rc::clone) else { return false };
        for entry in plan.iter() {
            match self.unit.nodes[entry.value].op() {
                Op::Nil => continue,
                Op::Literal if !self.is_fips => continue,
                _ => {}
            }
            self.set_pos(entry.value);
            self.assign_part(self.pos, dest, offset + entry.offset, entry.value);
        }
        true
    }

    /// A conversion to an interface: types are data, values that do not fit in the data word become variables.
    fn interface(&mut self, dest: Dest, offset: u64, value: NodeId) -> bool {
        let mut concrete = value;
        while let Kind::Conv(Op::ConvIface, x) = self.unit.nodes[concrete].kind {
            concrete = x;
        }
        let ty = self.unit.nodes[concrete].ty;
        let is_nil = self.unit.nodes[concrete].op() == Op::Nil;
        if self.store().is_interface(ty) {
            return is_nil;
        }
        if self.store().has_shape(ty) {
            return false;
        }
        self.tables.push((ty, self.unit.nodes[value].ty));
        if !self.cx.is_direct_iface(ty) {
            let var = self.new_static(ty);
            self.assign_part(self.pos, var, 0, concrete);
        } else if !is_nil {
            self.set_pos(concrete);
            self.assign_part(self.pos, dest, offset + self.cx.sizes.word, concrete);
        }
        true
    }

    /// The variable that an expression is a fixed part of.
    fn location(&self, node: NodeId) -> Option<NameId> {
        match &self.unit.nodes[node].kind {
            &Kind::Name(name) => Some(name),
            Kind::Selector(s) if s.op == Op::MethExpr => s.func.map(|func| self.unit.funcs[func].name),
            Kind::Selector(s) if s.op == Op::Dot => self.location(s.x),
            &Kind::Index(Op::Index, x, index) => {
                let store = self.store();
                let is_slice =
                    matches!(store.ty(store.under(self.unit.nodes[x].ty)), escargo_types::Type::Slice(_));
                let index = self.unit.small_int(index).filter(|&index| index >= 0)?;
                let size = self.cx.sizes.size_of(store, self.unit.nodes[node].ty)?;
                let fits = size == 0 || max_width(self.cx.sizes.word) / size > index.unsigned_abs();
                (!is_slice && fits).then(|| self.location(x)).flatten()
            }
            _ => None,
        }
    }
}

/// Types of this size and more are refused (`types.MaxWidth`).
fn max_width(word: u64) -> u64 {
    match word {
        8 => 1 << 50,
        _ => (1 << 32) - 1,
    }
}

/// Copies of variables that were initialized before.
impl Schedule<'_, '_> {
    fn copy(&mut self, dest: Dest, offset: u64, name: NameId, ty: TypeId) -> bool {
        let Some(value) = self.initial_value(name) else {
            return self.unit.names[name].class == Class::Func;
        };
        // A function called for another variable may have assigned to this one.
        if self.seen_mutation {
            return false;
        }
        let store = self.cx.store;
        let mut value = value;
        while let Kind::Conv(Op::ConvNop, x) = self.unit.nodes[value].kind {
            if identical(store, self.unit.nodes[value].ty, ty) {
                break;
            }
            value = x;
        }
        match &self.unit.nodes[value].kind {
            Kind::Nil | Kind::Literal(_) => true,
            Kind::Selector(s) => s.op == Op::MethExpr,
            &Kind::Name(other) => {
                if !self.copy(dest, offset, other, ty) {
                    self.copy_at_run_time(dest, offset, value, ty);
                }
                true
            }
            &Kind::Unary(Op::Addr, x) => {
                self.unit.as_name(x).is_some_and(|name| self.unit.names[name].class == Class::Extern)
            }
            &Kind::Unary(Op::PtrLit, x) => matches!(self.unit.nodes[x].kind, Kind::CompositeLit { .. }),
            Kind::CompositeLit { op: Op::SliceLit, .. } => true,
            Kind::CompositeLit { op: Op::ArrayLit | Op::StructLit, .. } => {
                self.copy_parts(dest, offset, name, value)
            }
            _ => false,
        }
    }

    /// What a package variable of this package starts with, if that is known and cannot be changed by the linker.
    fn initial_value(&self, name: NameId) -> Option<NodeId> {
        let var = &self.unit.names[name];
        if var.class != Class::Extern || var.pkg != Some(self.unit.pkg) || self.store().is_string(var.ty) {
            return None;
        }
        match self.unit.nodes[*self.definitions.get(&name)?].kind {
            Kind::Assign { y, .. } => y,
            _ => None,
        }
    }

    fn copy_at_run_time(&mut self, dest: Dest, offset: u64, value: NodeId, ty: TypeId) {
        let store = self.cx.store;
        let whole = offset == 0 && identical(store, ty, self.unit.nodes[dest.node].ty);
        let x = if whole { dest.node } else { self.offset(self.pos, dest, offset, ty) };
        let y = match identical(store, self.unit.nodes[value].ty, ty) {
            true => value,
            false => self.unit.expr(self.pos, ty, Kind::Conv(Op::ConvNop, value)),
        };
        self.push_assign(self.pos, x, y);
    }

    fn copy_parts(&mut self, dest: Dest, offset: u64, from: NameId, literal: NodeId) -> bool {
        let Some(plan) = self.plans.get(&literal).map(Rc::clone) else { return false };
        let source = Dest { name: Some(from), node: self.unit.names[from].node };
        for entry in plan.iter() {
            let value = &self.unit.nodes[entry.value];
            let ty = value.ty;
            let done = match &value.kind {
                Kind::Literal(_) | Kind::Nil => true,
                Kind::Selector(s) => s.op == Op::MethExpr,
                &Kind::Name(name) => self.copy(dest, offset + entry.offset, name, ty),
                _ => false,
            };
            if !done {
                // Somebody else's computation is copied.
                let x = self.offset(self.pos, dest, offset + entry.offset, ty);
                let y = self.offset(self.pos, source, entry.offset, ty);
                self.push_assign(self.pos, x, y);
            }
        }
        true
    }
}

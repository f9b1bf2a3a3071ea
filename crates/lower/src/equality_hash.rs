//! Functions that hash values of a type (`reflectdata/alg.go` before Go 1.27: genhash, hashFunc).

use escargo_ir::{Kind, List, NodeId};
use escargo_types::typeset::type_set;
use escargo_types::{BasicKind, Type, TypeId};

use crate::equality::{Comparison, Made, POS};
use crate::lowerer::Lowerer;

impl Lowerer<'_> {
    /// Makes the functions that hash values of a type and of its parts, where they are needed.
    pub(crate) fn hash_parts(&mut self, ty: TypeId) {
        if self.comparison(ty) != Comparison::Special {
            return;
        }
        let store = self.store();
        match *store.ty(store.under(ty)) {
            Type::Array { elem, .. } => self.hash_parts(elem),
            Type::Struct(ref s) => {
                for &field in &s.fields {
                    self.hash_parts(store.obj_type(field));
                }
            }
            _ => {}
        }
        self.hash_type(ty);
    }

    /// The function that hashes values of a struct or array type.
    fn hash_type(&mut self, ty: TypeId) -> NodeId {
        let name = format!(".hash.{}", self.link(ty));
        let params = [("p", self.store().pointer(ty)), ("h", TypeId::UINTPTR)];
        let made = match self.comparing_func(&name, &params, ("", TypeId::UINTPTR)) {
            Ok(made) => made,
            Err(known) => return self.unit.names[self.unit.funcs[known].name].node,
        };
        let store = self.store();
        match *store.ty(store.under(ty)) {
            Type::Array { elem, len } => self.hash_elements(&made, elem, len.unwrap_or(0)),
            _ => self.hash_fields(&made, ty),
        }
        let ret = self.unit.stmt(POS, Kind::Return(List::from([made.params[1]])));
        self.unit.funcs[made.func].body.push(ret);
        self.unit.names[self.unit.funcs[made.func].name].node
    }

    fn hash_elements(&mut self, made: &Made, elem: TypeId, len: u64) {
        let fun = self.hash_function(elem);
        let counter = self.unit.new_temp(made.func, POS, TypeId::INT);
        let i = self.unit.names[counter].node;
        let element = self.building(|b| b.index(POS, made.params[0], i));
        self.unit.nodes[element].bounded = true;
        let stmt = self.hash_at(made, fun, element, None);
        self.counting_loop(made.func, counter, (0, len, Some(1)), List::from([stmt]));
    }

    fn hash_fields(&mut self, made: &Made, ty: TypeId) {
        let store = self.store();
        let fields = store.struct_fields(ty).unwrap_or_default();
        let spans = self.field_spans(ty);
        let mut i = 0;
        while let Some(&field) = fields.get(i) {
            if store.obj(field).name.is_blank() {
                i += 1;
                continue;
            }
            let field_ty = store.obj_type(field);
            let (fun, size, next) = match self.comparison(field_ty) {
                Comparison::Memory => {
                    let next = self.run_end(ty, i, &spans);
                    let fun = self.runtime_func("memhash");
                    (fun, Some(spans[next - 1].1 - spans[i].0), next)
                }
                _ => (self.hash_function(field_ty), None, i + 1),
            };
            let x = self.building(|b| b.dot(POS, made.params[0], i as u32));
            let stmt = self.hash_at(made, fun, x, size);
            self.unit.funcs[made.func].body.push(stmt);
            i = next;
        }
    }

    /// `h = fun(&x, h)`, or with a size.
    fn hash_at(&mut self, made: &Made, fun: NodeId, x: NodeId, size: Option<u64>) -> NodeId {
        let x = self.building(|b| b.addr(POS, x));
        let mut args = List::from([x, made.params[1]]);
        if let Some(size) = size {
            args.push(self.count(size));
        }
        let kind = Kind::Call(Box::new(escargo_ir::Call::new(fun, args, false)));
        let call = self.unit.expr(POS, TypeId::UINTPTR, kind);
        self.unit.stmt(POS, Kind::Assign { x: made.params[1], y: Some(call), def: false })
    }

    /// The function that hashes values of a type that is not plain memory (hashfor).
    fn hash_function(&mut self, ty: TypeId) -> NodeId {
        if self.comparison(ty) == Comparison::Special {
            return self.hash_type(ty);
        }
        let store = self.store();
        let mut under = store.under(ty);
        // Values with a single part are compared as that.
        loop {
            under = store.under(match *store.ty(under) {
                Type::Array { elem, .. } => elem,
                Type::Struct(ref s) if s.fields.len() == 1 => store.obj_type(s.fields[0]),
                _ => break,
            });
        }
        let name = match store.ty(under) {
            Type::Interface(_) if type_set(store, under).methods.is_empty() => "nilinterhash",
            Type::Interface(_) => "interhash",
            Type::Basic(basic) => match basic.kind {
                BasicKind::Float32 => "f32hash",
                BasicKind::Float64 => "f64hash",
                BasicKind::Complex64 => "c64hash",
                BasicKind::Complex128 => "c128hash",
                _ => "strhash",
            },
            _ => "memhash",
        };
        self.runtime_func(name)
    }
}

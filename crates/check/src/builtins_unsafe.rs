//! The functions of package unsafe.

use escargo_dialect::Feature;
use escargo_syntax::{Expr, ExprId, IdentId};
use escargo_types::lookup::{Lookup, lookup_field_or_method};
use escargo_types::{ObjId, Object, Type, TypeId, Value};

use crate::builtins::BuiltinCall;
use crate::checker::Checker;
use crate::code::Code;
use crate::info::{Mode, Selection, SelectionKind};
use crate::operand::Operand;

impl<'a> Checker<'a> {
    pub(crate) fn unsafe_add(&mut self, x: &mut Operand, b: &mut BuiltinCall) -> bool {
        self.require(Feature::UnsafeAdd, self.start(b.fun), || "unsafe.Add".to_owned());
        self.assignment(x, Some(TypeId::UNSAFE_POINTER), "argument to unsafe.Add");
        let y = &mut b.args[1];
        if !x.is_valid() || !self.is_valid_index(y, Code::InvalidUnsafeAdd, "length", true) {
            return false;
        }
        let params = [TypeId::UNSAFE_POINTER, y.ty];
        self.builtin_value(x, b, TypeId::UNSAFE_POINTER, &params);
        true
    }

    pub(crate) fn unsafe_alignof(&mut self, x: &mut Operand, b: &BuiltinCall) -> bool {
        self.assignment(x, None, "argument to unsafe.Alignof");
        if !x.is_valid() {
            return false;
        }
        if self.has_variable_size(x.ty) {
            self.builtin_value(x, b, TypeId::UINTPTR, &[x.ty]);
        } else {
            let align = self.config.sizes.align_of(self.store, x.ty);
            self.set_constant(x, TypeId::UINTPTR, Value::uint(align));
        }
        true
    }

    pub(crate) fn unsafe_sizeof(&mut self, x: &mut Operand, b: &BuiltinCall) -> bool {
        self.assignment(x, None, "argument to unsafe.Sizeof");
        if !x.is_valid() {
            return false;
        }
        if self.has_variable_size(x.ty) {
            self.builtin_value(x, b, TypeId::UINTPTR, &[x.ty]);
            return true;
        }
        let size = self.config.sizes.size_of(self.store, x.ty);
        self.constant_size(x, size)
    }

    /// Makes `x` the constant `size`, unless that is too large.
    fn constant_size(&mut self, x: &mut Operand, size: Option<u64>) -> bool {
        match size {
            Some(size) => self.set_constant(x, TypeId::UINTPTR, Value::uint(size)),
            None => {
                let message = format!("{} is too large", self.ops(x));
                self.error(self.op_start(x), Code::TypeTooLarge, message);
            }
        }
        size.is_some()
    }

    pub(crate) fn unsafe_offsetof(&mut self, x: &mut Operand, b: &BuiltinCall) -> bool {
        let tree = self.tree();
        let arg = b.exprs[0];
        let selector = tree.unparen(arg);
        let Expr::Selector { x: operand, sel } = tree[selector] else {
            let message = format!("invalid argument: {} is not a selector expression", self.es(arg));
            self.error_at(arg, Code::BadOffsetofSyntax, message);
            self.use_exprs(&[arg]);
            return false;
        };
        self.expr(None, x, operand);
        if !x.is_valid() {
            return false;
        }
        let base = self.store.deref_struct_pointer(x.ty);
        let Some((field, index)) = self.offset_field(x, base, arg, sel) else { return false };
        self.record_use(sel, field);
        let selection = Selection {
            kind: SelectionKind::FieldVal,
            recv: base,
            obj: field,
            index: index.as_slice().into(),
            indirect: false,
        };
        self.info.files[self.env.file].selections.insert(selector, selection);
        let ty = self.store.obj_type(field);
        let mode = if x.mode == Mode::Variable { Mode::Variable } else { Mode::Value };
        self.record(&Operand { mode, ty, expr: Some(selector), ..Operand::new() });
        // Fields before the first of variable size count as variable too.
        if self.has_variable_size(base) {
            self.builtin_value(x, b, TypeId::UINTPTR, &[ty]);
            return true;
        }
        let offset = self.config.sizes.offset_of(self.store, base, &index);
        self.constant_size(x, offset)
    }

    /// The field of `base` whose offset is asked for, with the path to it.
    fn offset_field(
        &mut self,
        x: &Operand,
        base: TypeId,
        arg: ExprId,
        sel: IdentId,
    ) -> Option<(ObjId, Vec<u32>)> {
        let name = self.tree().name(sel);
        match lookup_field_or_method(self.store, base, false, Some(self.pkg), name, false) {
            Lookup::Found { obj, .. } if self.store.obj(obj).is_func() => {
                let message = format!("invalid argument: {} is a method value", self.es(arg));
                self.error_at(arg, Code::InvalidOffsetof, message);
            }
            Lookup::Found { indirect: true, .. } => {
                let base = self.ts(base);
                let message = format!("invalid argument: field {name} is embedded via a pointer in {base}");
                self.error(self.op_start(x), Code::InvalidOffsetof, message);
            }
            Lookup::Found { obj, index, .. } => return Some((obj, index)),
            _ => {
                let message = format!("invalid argument: {} has no single field {name}", self.ts(base));
                self.error(self.op_start(x), Code::MissingFieldOrMethod, message);
            }
        }
        None
    }

    pub(crate) fn unsafe_slice(&mut self, x: &mut Operand, b: &mut BuiltinCall) -> bool {
        self.require(Feature::UnsafeSlice, self.start(b.fun), || "unsafe.Slice".to_owned());
        let pointer = self.common_under(x.ty, &mut |_| Ok(())).unwrap_or(TypeId::INVALID);
        let Type::Pointer(elem) = *self.store.ty(pointer) else {
            let message = format!("invalid argument: {} is not a pointer", self.ops(x));
            self.error(self.op_start(x), Code::InvalidUnsafeSlice, message);
            return false;
        };
        let y = &mut b.args[1];
        if !self.is_valid_index(y, Code::InvalidUnsafeSlice, "length", false) {
            return false;
        }
        let params = [pointer, y.ty];
        self.builtin_value(x, b, self.store.slice(elem), &params);
        true
    }

    pub(crate) fn unsafe_slice_data(&mut self, x: &mut Operand, b: &BuiltinCall) -> bool {
        self.require(Feature::UnsafeSliceData, self.start(b.fun), || "unsafe.SliceData".to_owned());
        let slice = self.common_under(x.ty, &mut |_| Ok(())).unwrap_or(TypeId::INVALID);
        let Type::Slice(elem) = *self.store.ty(slice) else {
            let message = format!("invalid argument: {} is not a slice", self.ops(x));
            self.error(self.op_start(x), Code::InvalidUnsafeSliceData, message);
            return false;
        };
        self.builtin_value(x, b, self.store.pointer(elem), &[slice]);
        true
    }

    pub(crate) fn unsafe_string(&mut self, x: &mut Operand, b: &mut BuiltinCall) -> bool {
        self.require(Feature::UnsafeString, self.start(b.fun), || "unsafe.String".to_owned());
        let pointer = self.store.pointer(TypeId::BYTE);
        self.assignment(x, Some(pointer), "argument to unsafe.String");
        let y = &mut b.args[1];
        if !x.is_valid() || !self.is_valid_index(y, Code::InvalidUnsafeString, "length", false) {
            return false;
        }
        let params = [pointer, y.ty];
        self.builtin_value(x, b, TypeId::STRING, &params);
        true
    }

    pub(crate) fn unsafe_string_data(&mut self, x: &mut Operand, b: &BuiltinCall) -> bool {
        self.require(Feature::UnsafeStringData, self.start(b.fun), || "unsafe.StringData".to_owned());
        self.assignment(x, Some(TypeId::STRING), "argument to unsafe.StringData");
        if x.is_valid() {
            self.builtin_value(x, b, self.store.pointer(TypeId::BYTE), &[TypeId::STRING]);
        }
        x.is_valid()
    }

    // ----- variable sizes -----

    /// Whether the size of `ty` depends on type parameters, or is infinite by a cycle not reported yet (it is then).
    fn has_variable_size(&mut self, ty: TypeId) -> bool {
        stacker::maybe_grow(128 * 1024, 4 * 1024 * 1024, || {
            let store = self.store;
            let ty = store.unalias(ty);
            match store.ty(ty) {
                Type::TypeParam(_) => true,
                &Type::Array { elem, .. } => self.has_variable_size(elem),
                Type::Struct(s) => s.fields.iter().any(|&f| self.has_variable_size(store.obj_type(f))),
                Type::Named(_) => self.named_has_variable_size(ty),
                _ => false,
            }
        })
    }

    fn named_has_variable_size(&mut self, named: TypeId) -> bool {
        if let Some(&known) = self.variable_sizes.get(&named) {
            return known;
        }
        let name = self.size_path_object(named);
        if let Some(&start) = self.obj_path_index.get(&name) {
            self.report_path_cycle(start);
            return true;
        }
        self.push_object(name);
        let rhs = self.store.named_rhs(named);
        let variable = rhs.is_some_and(|rhs| self.has_variable_size(rhs))
            || self.is_portable_simd(self.store.named_obj(named));
        self.pop_object();
        self.variable_sizes.insert(named, variable);
        variable
    }

    /// The object that stands for a named type on the path of declarations: each instance has one of its own, which
    /// stands where the instance is written.
    fn size_path_object(&mut self, named: TypeId) -> ObjId {
        let store = self.store;
        let declared = store.named_obj(named);
        let Type::Named(instance) = store.ty(named) else { return declared };
        if instance.origin().is_none() {
            return declared;
        }
        let make = || {
            let object = store.obj(declared);
            store.new_object(Object::type_name(instance.inst_pos, object.pkg, object.name, Some(named)))
        };
        *self.instance_objects.entry(named).or_insert_with(make)
    }

    /// The type from which portable vector types are made has a size that the target decides.
    fn is_portable_simd(&self, obj: ObjId) -> bool {
        let obj = self.store.obj(obj);
        obj.name == *"_simd" && obj.pkg.is_some_and(|pkg| self.store.pkg(pkg).path == *"simd")
    }
}

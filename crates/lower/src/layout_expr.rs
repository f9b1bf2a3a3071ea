//! What expressions put into a dictionary, or mention at all (`noder/writer.go`: expr, methodExpr, funcInst,
//! convertExpr, compLit, rtype, itab).

use escargo_check::{IdentObject, Instance, Mode, Selection, SelectionKind};
use escargo_syntax::{BinaryOp, Expr, ExprId, IdentId, List};
use escargo_types::identity::identical;
use escargo_types::lookup::{Lookup, lookup_field_or_method};
use escargo_types::typeset::type_set;
use escargo_types::{Builtin, ChanDir, ObjId, ObjectKind, Type, TypeId, TypeStore};

use crate::dict::Params;
use crate::layout_body::Writer;

impl<'w> Writer<'_, 'w> {
    /// The type of an expression.
    pub(crate) fn type_of(&self, e: ExprId) -> TypeId {
        // Type arguments that follow from what a function is assigned to are recorded with its name only.
        match self.tree[e] {
            Expr::Name(ident) => match self.info.instances.get(&ident) {
                Some(instance) => instance.ty,
                None => self.info.types[e].ty,
            },
            _ => self.info.types[e].ty,
        }
    }

    fn is_type(&self, e: ExprId) -> bool {
        self.info.types[e].mode == Mode::TypeExpr
    }

    pub(crate) fn is_nil(&self, e: ExprId) -> bool {
        self.info.types[e].mode == Mode::Nil
    }

    /// What an expression names, also with a package before and type arguments behind it.
    fn named(&self, mut e: ExprId) -> Option<(ObjId, Option<&'w Instance>)> {
        if let Expr::Index { x, indices } = self.tree[e] {
            if indices.len() == 1 && !self.is_type(self.tree.nth(indices, 0)) {
                return None;
            }
            e = x;
        }
        let ident = match self.tree[e] {
            Expr::Name(ident) => ident,
            Expr::Selector { x, sel } if self.is_package(x) => sel,
            _ => return None,
        };
        match self.info.idents[ident] {
            IdentObject::Use(obj) => Some((obj, self.info.instances.get(&ident))),
            _ => None,
        }
    }

    fn is_package(&self, e: ExprId) -> bool {
        let Expr::Name(ident) = self.tree[e] else { return false };
        let IdentObject::Use(obj) = self.info.idents[ident] else { return false };
        matches!(self.low.store().obj(obj).kind, ObjectKind::PkgName { .. })
    }

    /// An expression.
    pub(crate) fn expr(&mut self, e: ExprId) {
        let e = self.tree.unparen(e);
        if !matches!(self.info.types[e].mode, Mode::Builtin(_)) {
            self.mention(self.type_of(e));
        }
        if self.info.types[e].value.is_some() || self.is_nil(e) {
            return;
        }
        if let Some((obj, instance)) = self.named(e) {
            match instance {
                Some(instance) if self.low.store().obj(obj).is_func() => {
                    self.func_instance(obj, &instance.targs);
                }
                _ => self.mention_object(obj),
            }
            return;
        }
        match self.tree[e] {
            Expr::CompositeLit { elems, .. } => self.composite_lit(e, elems),
            Expr::FuncLit { body, .. } => self.body(self.type_of(e), Some(body)),
            Expr::Selector { x, sel } => match self.info.selections.get(&e) {
                Some(found) if found.kind == SelectionKind::MethodExpr => self.method_expr(sel, found, x),
                Some(found) if found.kind == SelectionKind::MethodVal => self.method_value(sel, found, x),
                _ => self.expr(x),
            },
            Expr::Index { x, indices } => self.index(x, self.tree.nth(indices, 0)),
            Expr::Slice { x, lo, hi, max } => {
                self.expr(x);
                [lo, hi, max].into_iter().flatten().for_each(|bound| self.expr(bound));
            }
            Expr::TypeAssert { x, ty } => {
                let iface = self.type_of(x);
                self.expr(x);
                self.expr_type(Some(iface), ty);
                self.rtype(iface);
            }
            Expr::Unary { x, .. } | Expr::Star(x) => self.expr(x),
            Expr::Binary { op, x, y } => self.binary(op, x, y),
            Expr::Call { fun, args, has_dots } => self.call(e, fun, args, has_dots),
            _ => {}
        }
    }

    fn index(&mut self, x: ExprId, index: ExprId) {
        // Perhaps a method with its type arguments.
        if let Expr::Selector { x: operand, sel } = self.tree[x]
            && let Some(found) = self.info.selections.get(&x)
        {
            match found.kind {
                SelectionKind::MethodVal => return self.method_value(sel, found, operand),
                SelectionKind::MethodExpr => return self.method_expr(sel, found, operand),
                SelectionKind::FieldVal => {}
            }
        }
        let over = self.type_of(x);
        let key = match self.core(over) {
            &Type::Map { key, .. } => Some(key),
            _ => None,
        };
        self.expr(x);
        self.convert(key, index);
        if key.is_some() {
            self.rtype(over);
        }
    }

    fn binary(&mut self, op: BinaryOp, x: ExprId, y: ExprId) {
        let (x, y) = match op {
            BinaryOp::AndAnd | BinaryOp::OrOr => {
                let folded = |e| self.folds.get(&e).copied().unwrap_or(e);
                (folded(x), folded(y))
            }
            _ => (x, y),
        };
        let common =
            (!op.is_shift()).then(|| common_type(self.low.store(), self.type_of(x), self.type_of(y)));
        self.convert(common, x);
        self.convert(common, y);
    }

    fn composite_lit(&mut self, e: ExprId, elems: List<ExprId>) {
        let store = self.low.store();
        let mut ty = self.type_of(e);
        if let &Type::Pointer(elem) = self.core(ty) {
            ty = elem;
        }
        let elems: Vec<ExprId> = self.tree.list(elems).collect();
        match self.core(ty) {
            &Type::Array { elem, .. } | &Type::Slice(elem) => {
                elems.into_iter().for_each(|e| self.element(None, elem, e));
            }
            &Type::Map { key, elem } => {
                self.rtype(ty);
                elems.into_iter().for_each(|e| self.element(Some(key), elem, e));
            }
            Type::Struct(s) => {
                for (i, e) in elems.into_iter().enumerate() {
                    let (field, value) = match self.tree[e] {
                        Expr::KeyValue { key, value } => (self.field(ty, key), value),
                        _ => (s.fields.get(i).copied(), e),
                    };
                    self.convert(field.map(|f| store.obj_type(f)), value);
                }
            }
            _ => {}
        }
    }

    fn element(&mut self, key_type: Option<TypeId>, elem: TypeId, e: ExprId) {
        let Expr::KeyValue { key, value } = self.tree[e] else { return self.convert(Some(elem), e) };
        self.convert(key_type, key);
        self.convert(Some(elem), value);
    }

    /// The field that a key names, perhaps one of an embedded struct.
    fn field(&self, ty: TypeId, key: ExprId) -> Option<ObjId> {
        let store = self.low.store();
        let Expr::Name(ident) = self.tree[key] else { return None };
        let pkg = match self.info.idents[ident] {
            IdentObject::Use(field) => store.obj(field).pkg,
            _ => None,
        };
        match lookup_field_or_method(store, ty, false, pkg, self.tree.name(ident), false) {
            Lookup::Found { obj, .. } => Some(obj),
            _ => None,
        }
    }

    // ----- calls -----

    fn call(&mut self, e: ExprId, fun: ExprId, args: List<ExprId>, dots: bool) {
        let tv = self.info.types[fun];
        if tv.mode == Mode::TypeExpr {
            let arg = self.tree.nth(args, 0);
            self.mention(tv.ty);
            self.conv_types(self.type_of(arg), tv.ty);
            return self.expr(arg);
        }
        let args: Vec<ExprId> = self.tree.list(args).collect();
        let mut rtype = None;
        if let Mode::Builtin(builtin) = tv.mode {
            match builtin {
                Builtin::Make => return self.make(e, &args),
                Builtin::New if self.is_type(args[0]) => return self.expr_type(None, args[0]),
                Builtin::New => return self.expr(args[0]),
                Builtin::UnsafeSizeof | Builtin::UnsafeAlignof | Builtin::UnsafeOffsetof => return,
                Builtin::Append | Builtin::UnsafeSlice => rtype = self.slice_elem(self.type_of(e)),
                Builtin::Copy => rtype = self.slice_elem(self.first_type(args[0])),
                Builtin::Delete => rtype = Some(self.first_type(args[0])),
                _ => {}
            }
        } else {
            self.callee(fun);
        }
        let types = self.param_types(self.type_of(fun), args.len().max(2), dots);
        self.multi_expr(&types, &args);
        if let Some(ty) = rtype {
            self.rtype(ty);
        }
    }

    fn make(&mut self, e: ExprId, args: &[ExprId]) {
        self.expr_type(None, args[0]);
        args[1..].iter().for_each(|&arg| self.expr(arg));
        let ty = self.type_of(e);
        match self.core(ty) {
            &Type::Slice(elem) => self.rtype(elem),
            _ => self.rtype(ty),
        }
    }

    fn slice_elem(&self, ty: TypeId) -> Option<TypeId> {
        match self.core(ty) {
            &Type::Slice(elem) => Some(elem),
            _ => None,
        }
    }

    /// The type of an expression, or of the first of its values.
    fn first_type(&self, e: ExprId) -> TypeId {
        let store = self.low.store();
        let ty = self.type_of(e);
        match store.ty(ty) {
            Type::Tuple(tuple) => tuple.vars.first().map_or(ty, |&var| store.obj_type(var)),
            _ => ty,
        }
    }

    /// What a call calls.
    pub(crate) fn callee(&mut self, fun: ExprId) {
        let fun = self.tree.unparen(fun);
        let selector = match self.tree[fun] {
            Expr::Index { x, .. } => x,
            _ => fun,
        };
        if let Expr::Selector { x, sel } = self.tree[selector]
            && let Some(found) = self.info.selections.get(&selector)
            && found.kind == SelectionKind::MethodVal
        {
            return self.method_value(sel, found, x);
        }
        self.expr(fun);
    }

    /// What the first `count` arguments of a call are converted to, and all further ones.
    fn param_types(&self, sig: TypeId, count: usize, dots: bool) -> Vec<Option<TypeId>> {
        let store = self.low.store();
        let Type::Signature(sig) = self.core(sig) else { return Vec::new() };
        let sig = sig.get();
        let params = store.tuple(sig.params);
        let param = |i: usize| {
            let spread = sig.variadic && !dots && i + 1 >= params.len();
            let ty = store.obj_type(*if spread { params.last() } else { params.get(i) }?);
            match store.ty(store.unalias(ty)) {
                &Type::Slice(elem) if spread => Some(elem),
                _ => Some(ty),
            }
        };
        (0..count.max(params.len())).map(param).collect()
    }

    // ----- instances and methods -----

    fn func_instance(&mut self, obj: ObjId, targs: &[TypeId]) {
        if self.mentions.is_some() {
            targs.iter().for_each(|&targ| self.mention(targ));
            return self.mention_object(obj);
        }
        if targs.iter().any(|&t| self.low.is_derived(t)) {
            let targs = targs.iter().map(|&t| self.identity(t)).collect();
            self.layout.add_subdict(obj, targs);
        }
    }

    /// `x.method`, called or not.
    fn method_value(&mut self, sel: IdentId, found: &Selection, x: ExprId) {
        self.expr(x);
        let recv = self.receiver(self.type_of(x), found);
        self.method(sel, found, recv);
    }

    /// `T.method`.
    fn method_expr(&mut self, sel: IdentId, found: &Selection, x: ExprId) {
        self.mention(self.info.types[x].ty);
        let recv = self.receiver(self.info.types[x].ty, found);
        self.method(sel, found, recv);
    }

    /// The type that a method is called on, once embedded fields are selected and pointers adapted.
    fn receiver(&self, mut ty: TypeId, found: &Selection) -> TypeId {
        let store = self.low.store();
        let (_, embedded) = found.index.split_last().unwrap_or((&0, &[]));
        for &index in embedded {
            let fields = store.struct_fields(store.under(self.pointed(ty))).unwrap_or(&[]);
            ty = fields.get(index as usize).map_or(TypeId::INVALID, |&f| store.obj_type(f));
        }
        let declared = self.declared_receiver(found.obj);
        let points = |from: TypeId, to: TypeId| matches!(*store.ty(store.unalias(from)), Type::Pointer(elem) if identical(store, elem, to));
        if points(ty, declared) || points(declared, ty) { declared } else { ty }
    }

    fn declared_receiver(&self, method: ObjId) -> TypeId {
        let store = self.low.store();
        let sig = store.method_type(method).and_then(|t| store.as_signature(t));
        sig.and_then(|sig| sig.recv).map_or(TypeId::INVALID, |recv| store.obj_type(recv))
    }

    /// What a pointer type points to; other types stay.
    fn pointed(&self, ty: TypeId) -> TypeId {
        let store = self.low.store();
        match store.ty(store.under(ty)) {
            &Type::Pointer(elem) if !store.is_type_param(ty) => elem,
            _ => ty,
        }
    }

    /// The method that is selected on a receiver of type `recv`.
    fn method(&mut self, sel: IdentId, found: &Selection, recv: TypeId) {
        let store = self.low.store();
        self.mention(recv);
        if let Some(sig) = store.method_type(found.obj) {
            self.mention(sig);
        }
        let recv = store.unalias(recv);
        let object = store.obj(found.obj);
        if let Type::TypeParam(_) = store.ty(recv) {
            if self.mentions.is_some() {
                return;
            }
            let index = self.params.index(store, recv);
            return self.layout.add_method_expr((index, object.pkg, object.name));
        }
        let declared = self.declared_receiver(found.obj);
        if matches!(store.ty(store.under(declared)), Type::Interface(_)) {
            return;
        }
        let Some((_, named)) = store.as_named(self.pointed(recv)) else { return };
        let method_targs = self.info.instances.get(&sel).map_or(&[][..], |instance| &instance.targs);
        let targs: Vec<TypeId> = named.targs().iter().chain(method_targs).copied().collect();
        let obj = match method_targs {
            [] => named.obj,
            _ => object.origin().unwrap_or(found.obj),
        };
        self.func_instance(obj, &targs);
    }

    // ----- conversions -----

    /// Values of `exprs`, converted implicitly to the types in `dst`.
    pub(crate) fn multi_expr(&mut self, dst: &[Option<TypeId>], exprs: &[ExprId]) {
        let to = |i: usize| dst.get(i).or(dst.last()).copied().flatten();
        if let [single] = *exprs
            && let Type::Tuple(tuple) = self.low.store().ty(self.type_of(single))
        {
            self.expr(single);
            for (i, &var) in tuple.vars.iter().enumerate() {
                let from = self.low.store().obj_type(var);
                self.mention(from);
                self.convert_type(from, to(i));
            }
            return;
        }
        for (i, &e) in exprs.iter().enumerate() {
            self.convert(to(i), e);
        }
    }

    /// A value converted implicitly, unless it has the type.
    pub(crate) fn convert(&mut self, to: Option<TypeId>, e: ExprId) {
        self.convert_type(self.type_of(e), to);
        self.expr(e);
    }

    /// An implicit conversion between two types.
    pub(crate) fn convert_type(&mut self, from: TypeId, to: Option<TypeId>) {
        if let Some(to) = to
            && !identical(self.low.store(), from, to)
        {
            self.mention(to);
            self.conv_types(from, to);
        }
    }

    /// What a conversion needs to know at run time.
    pub(crate) fn conv_types(&mut self, from: TypeId, to: TypeId) {
        let store = self.low.store();
        let (from, to) = (store.default_type(from), store.default_type(to));
        self.rtype_of(from);
        self.rtype_of(to);
        if self.mentions.is_some() {
            return;
        }
        if self.low.is_derived(from) || self.low.is_derived(to) {
            let pair = (self.identity(from), self.identity(to));
            self.layout.add_itab(pair);
        }
    }

    /// A type that stands as an operand; `iface` is the type of what is asserted to be of it.
    pub(crate) fn expr_type(&mut self, iface: Option<TypeId>, e: ExprId) {
        let store = self.low.store();
        let ty = self.info.types[e].ty;
        match iface.filter(|&iface| !type_set(store, store.under(iface)).is_all()) {
            Some(iface) => self.conv_types(ty, iface),
            None => self.rtype(ty),
        }
    }

    pub(crate) fn rtype(&mut self, ty: TypeId) {
        let ty = self.low.store().default_type(ty);
        self.rtype_of(ty);
    }

    fn mention(&mut self, ty: TypeId) {
        if let Some(mentions) = &mut self.mentions {
            mentions.ty(self.low.store(), ty);
        }
    }

    fn mention_object(&mut self, obj: ObjId) {
        if let Some(mentions) = &mut self.mentions {
            mentions.object(self.low.store(), obj);
        }
    }

    fn identity(&self, ty: TypeId) -> TypeId {
        self.low.identity(Some(self.pkg), ty)
    }

    pub(crate) fn rtype_of(&mut self, ty: TypeId) {
        if self.mentions.is_some() {
            return self.mention(ty);
        }
        if self.low.is_derived(ty) {
            let ty = self.identity(ty);
            self.layout.add_rtype(ty);
        }
    }
}

impl Params {
    /// Place of a type parameter among the type arguments. Those of methods stand where the type's own do.
    pub(crate) fn index(&self, store: &TypeStore, tparam: TypeId) -> usize {
        let place = |list: &[TypeId]| list.iter().position(|&t| t == tparam);
        if let Some(i) = place(&self.implicits) {
            return i;
        }
        if let Some(i) = place(&self.receivers) {
            return self.implicits.len() + i;
        }
        let index = match store.ty(tparam) {
            Type::TypeParam(p) => p.index().unwrap_or(0),
            _ => 0,
        };
        self.implicits.len() + self.receivers.len() + index
    }
}

/// The type that both operands of a comparison are converted to. One of them can be assigned to the type of the other;
/// if both can, the right one decides.
fn common_type(store: &TypeStore, x: TypeId, y: TypeId) -> TypeId {
    if identical(store, x, y) {
        return y;
    }
    let interface = |ty| store.is_non_type_param_interface(ty);
    let bidirectional = |ty| matches!(store.ty(store.under(ty)), Type::Chan { dir: ChanDir::Both, .. });
    match (interface(x), interface(y)) {
        (true, false) => x,
        (true, true) if !has_methods_of(store, x, y) => x,
        (false, false) if bidirectional(y) && !bidirectional(x) => x,
        _ => y,
    }
}

/// Whether interface `x` has all methods of interface `y`.
fn has_methods_of(store: &TypeStore, x: TypeId, y: TypeId) -> bool {
    let (have, want) = (type_set(store, store.under(x)), type_set(store, store.under(y)));
    want.methods.iter().all(|&method| {
        let object = store.obj(method);
        have.lookup_method(store, object.pkg, object.name, false).is_some()
    })
}

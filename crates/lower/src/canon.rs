//! Reading types: from types of the checker to IR types, in the order in which the compiler reads them
//! (`noder/reader.go`, typIdx, doTyp).
//!
//! IR types mention neither aliases (except for `byte`, `rune`, `any`) nor type parameters. Instances are those of
//! [`Lowerer::dict`]: of two spellings of one instance the first one read counts.

use escargo_ir::DictId;
use escargo_types::lookup::compare_objects;
use escargo_types::subst::{clone_func, clone_var};
use escargo_types::{Interface, ObjId, Signature, Struct, Type, TypeId, VarKind};

use crate::lowerer::Lowerer;

impl Lowerer<'_> {
    /// Reads a type. `dict` says what type parameters stand for.
    pub(crate) fn ir_ty(&mut self, ty: TypeId, dict: Option<DictId>) -> TypeId {
        self.read_ty(ty, dict, true)
    }

    /// As [`ir_ty`](Self::ir_ty), for the underlying type of a declared one: it needs no wrappers for itself.
    pub(crate) fn ir_ty_unwrapped(&mut self, ty: TypeId, dict: Option<DictId>) -> TypeId {
        self.read_ty(ty, dict, false)
    }

    fn read_ty(&mut self, ty: TypeId, dict: Option<DictId>, wrapped: bool) -> TypeId {
        let key = (self.reading, dict.filter(|_| self.store().is_derived(ty)), ty);
        if !self.generics.open.is_empty()
            && key.1.is_none()
            && self.reading == self.package.pkg
            && let Some(read) = self.read_within(ty, dict)
        {
            return read;
        }
        if let Some(&known) = self.types.get(&key) {
            return known;
        }
        let read = self.decode(ty, dict);
        // Reading a recursive type may have come here before.
        if let Some(&known) = self.types.get(&key) {
            return known;
        }
        if wrapped {
            self.types.insert(key, read);
            self.need_wrapper(read, dict);
        }
        read
    }

    /// Reads a type while declared ones are being read. What it is made of is read again wherever it is written out, as
    /// that may refer to another entry for one of these than elsewhere.
    fn read_within(&mut self, ty: TypeId, dict: Option<DictId>) -> Option<TypeId> {
        match self.store().ty(ty) {
            Type::Pointer(_) | Type::Slice(_) | Type::Array { .. } | Type::Map { .. } | Type::Chan { .. } => {
                Some(self.decode(ty, dict))
            }
            Type::Named(named) if self.generics.open.contains(&ty) => {
                let object = self.reading_object.filter(|&object| object != named.obj)?;
                if !self.mentions_from_outside(object, self.reading_part, named.obj) {
                    return None;
                }
                if self.generics.read_outside.insert(ty) {
                    self.need_wrapper(ty, None);
                }
                Some(ty)
            }
            _ => None,
        }
    }

    /// Reads something while a type without a name is being read.
    fn reading_part(&mut self, ty: TypeId, read: impl FnOnce(&mut Self) -> TypeId) -> TypeId {
        let outer = self.reading_part.replace(ty);
        let read = read(self);
        self.reading_part = outer;
        read
    }

    fn decode(&mut self, ty: TypeId, dict: Option<DictId>) -> TypeId {
        let store = self.store();
        match store.ty(ty) {
            Type::Basic(_) => ty,
            Type::TypeParam(_) => dict.map_or(TypeId::INVALID, |dict| self.targ(dict, ty)),
            &Type::Pointer(elem) => store.pointer(self.ir_ty(elem, dict)),
            &Type::Slice(elem) => store.slice(self.ir_ty(elem, dict)),
            &Type::Array { elem, len } => store.array(self.ir_ty(elem, dict), len),
            &Type::Map { key, elem } => {
                let key = self.ir_ty(key, dict);
                store.map(key, self.ir_ty(elem, dict))
            }
            &Type::Chan { dir, elem } => store.chan(dir, self.ir_ty(elem, dict)),
            Type::Struct(s) => self.reading_part(ty, |low| low.decode_struct(ty, s, dict)),
            Type::Tuple(_) => self.decode_tuple(ty, dict),
            Type::Signature(s) => self.reading_part(ty, |low| low.decode_signature(ty, s.get(), dict)),
            Type::Interface(i) => self.reading_part(ty, |low| low.decode_interface(ty, i, dict)),
            // As part of a value's type it allows everything.
            Type::Union(_) => TypeId::EMPTY_INTERFACE,
            Type::Named(_) => self.decode_named(ty, dict),
            Type::Alias(_) => self.decode_alias(ty, dict),
        }
    }

    fn decode_struct(&mut self, ty: TypeId, structure: &Struct, dict: Option<DictId>) -> TypeId {
        match self.decode_vars(&structure.fields, dict) {
            Some(fields) => self.store().new_struct(fields, structure.tags.to_vec()),
            None => ty,
        }
    }

    fn decode_tuple(&mut self, ty: TypeId, dict: Option<DictId>) -> TypeId {
        let store = self.store();
        match self.decode_vars(store.tuple(ty), dict) {
            Some(vars) => store.new_tuple(vars),
            None => ty,
        }
    }

    /// The variables of a list, with IR types.
    pub(crate) fn read_vars(&mut self, tuple: TypeId, dict: Option<DictId>) -> Vec<ObjId> {
        let vars = self.store().tuple(tuple);
        self.decode_vars(vars, dict).unwrap_or_else(|| vars.to_vec())
    }

    /// Copies of the variables that have an IR type, if any has another one.
    fn decode_vars(&mut self, vars: &[ObjId], dict: Option<DictId>) -> Option<Vec<ObjId>> {
        let store = self.store();
        let mut copies: Option<Vec<ObjId>> = None;
        for (i, &var) in vars.iter().enumerate() {
            let old = store.obj_type(var);
            let new = self.ir_ty(old, dict);
            if new != old {
                copies.get_or_insert_with(|| vars.to_vec())[i] = clone_var(store, var, Some(new));
            }
        }
        copies
    }

    /// Receivers and type parameters are no part of a function's type.
    fn decode_signature(&mut self, ty: TypeId, signature: &Signature, dict: Option<DictId>) -> TypeId {
        let params = self.decode_tuple(signature.params, dict);
        let results = self.decode_tuple(signature.results, dict);
        let plain = signature.recv.is_none() && signature.tparams.is_empty();
        if plain && params == signature.params && results == signature.results {
            return ty;
        }
        let variadic = signature.variadic;
        self.store().new_signature(Signature { params, results, variadic, ..Signature::default() })
    }

    fn decode_interface(&mut self, ty: TypeId, interface: &Interface, dict: Option<DictId>) -> TypeId {
        let store = self.store();
        if interface.methods.is_empty() && interface.embeds.is_empty() {
            return if self.is_any(ty) { TypeId::ANY } else { TypeId::EMPTY_INTERFACE };
        }
        let mut changed = false;
        let mut methods = Vec::with_capacity(interface.methods.len());
        // The type checker sorts them.
        let mut explicit = interface.methods.clone();
        explicit.sort_by(|&a, &b| compare_objects(store, a, b));
        for method in explicit {
            let Some(signature) = store.as_signature(store.obj_type(method)) else { continue };
            let params = self.decode_tuple(signature.params, dict);
            let results = self.decode_tuple(signature.results, dict);
            if params == signature.params && results == signature.results {
                methods.push(method);
                continue;
            }
            changed = true;
            let new = Signature { params, results, ..signature.clone() };
            methods.push(clone_func(store, method, store.new_signature(new)));
        }
        let embeds: Vec<TypeId> = interface.embeds.iter().map(|&t| self.ir_ty(t, dict)).collect();
        if !changed && embeds == interface.embeds {
            return ty;
        }
        let new = Interface::new(methods, embeds, interface.embed_pos.clone(), interface.implicit);
        store.new_interface(new, false)
    }

    /// Whether the package being read takes an empty interface for `any`. What it spells `interface{}` itself is not.
    fn is_any(&self, ty: TypeId) -> bool {
        ty == TypeId::ANY_INTERFACE
            || self.cx.model.lowering.imports_any
                && !self.world.typed(self.reading).info.empty_interfaces.contains(&ty)
    }

    fn decode_alias(&mut self, ty: TypeId, dict: Option<DictId>) -> TypeId {
        let store = self.store();
        let Type::Alias(alias) = store.ty(ty) else { return ty };
        if ty == TypeId::ANY {
            return ty;
        }
        let object = store.obj(alias.obj);
        let Some(origin) = alias.origin else {
            let rhs = alias.rhs().unwrap_or(TypeId::INVALID);
            return match object.pkg {
                Some(pkg) if object.is_package_level() => {
                    self.reading_object(alias.obj, pkg, |low| low.ir_ty(rhs, None))
                }
                _ => self.ir_ty(rhs, dict),
            };
        };
        // The type arguments of a shaped instance are shapes, also where the alias stands for something else.
        let targs: Vec<TypeId> = alias.targs.iter().map(|&t| self.ir_ty(t, dict)).collect();
        let dict = self.dict(alias.obj, &targs);
        let rhs = match store.ty(origin) {
            Type::Alias(generic) => generic.rhs().unwrap_or(TypeId::INVALID),
            _ => TypeId::INVALID,
        };
        let pkg = self.dict_info(dict).pkg;
        self.reading_object(alias.obj, pkg, |low| low.ir_ty(rhs, Some(dict)))
    }

    fn decode_named(&mut self, ty: TypeId, dict: Option<DictId>) -> TypeId {
        let store = self.store();
        let Type::Named(named) = store.ty(ty) else { return ty };
        if store.obj(named.obj).pkg.is_none() || store.is_shape(ty) {
            return ty;
        }
        let origin = named.origin().unwrap_or(ty);
        let mut targs = Vec::new();
        if let (Type::Named(generic), Some(dict)) = (store.ty(origin), dict)
            && !store.has_all_targs(origin, named.targs())
        {
            let implicits = generic.implicits().len();
            targs.extend_from_slice(&self.dict_info(dict).targs[..implicits]);
        }
        for &targ in named.targs() {
            let targ = self.ir_ty(targ, dict);
            targs.push(targ);
        }
        if targs.is_empty() {
            if self.generics.declared.insert(ty) {
                self.read_named(ty);
            }
            return ty;
        }
        self.instance_type(origin, &targs)
    }

    /// The instance of a generic type; type arguments are IR types, implicit ones first. It is read if that has not
    /// been done.
    pub(crate) fn instance_type(&mut self, origin: TypeId, targs: &[TypeId]) -> TypeId {
        let store = self.store();
        let dict = self.dict(store.named_obj(origin), targs);
        let info = self.dict_info(dict);
        if let Some(known) = info.ty {
            return known;
        }
        let instance = store.named_instance(origin, &info.targs, store.obj(info.obj).pos);
        self.dict_mut(dict).ty = Some(instance);
        self.read_instance(dict, instance);
        instance
    }

    /// The dictionary of an instance of a type; none for other types.
    pub(crate) fn type_dict(&mut self, named: TypeId) -> Option<DictId> {
        let store = self.store();
        let Type::Named(n) = store.ty(named) else { return None };
        if n.targs().is_empty() || store.is_shape(named) {
            return None;
        }
        Some(self.dict(n.obj, n.targs()))
    }

    /// The underlying type of an IR type, as an IR type.
    pub(crate) fn ir_under(&mut self, ty: TypeId) -> TypeId {
        let store = self.store();
        if ty == TypeId::ANY {
            return TypeId::EMPTY_INTERFACE;
        }
        if !matches!(store.ty(ty), Type::Named(_)) {
            return ty;
        }
        if let Some(&known) = self.generics.underlying.get(&ty) {
            return known;
        }
        let under = store.under(ty);
        if store.is_shape(ty) {
            return under;
        }
        self.ir_ty_unwrapped(under, None)
    }

    /// Marks a declared type or instance as being read: its underlying type is not known yet.
    pub(crate) fn begin_type(&mut self, named: TypeId) {
        self.generics.unfinished.insert(named);
    }
    /// The underlying type has been read.
    pub(crate) fn end_type(&mut self, named: TypeId, under: TypeId) {
        self.generics.unfinished.remove(&named);
        self.generics.underlying.insert(named, under);
    }

    /// A parameter of a made signature.
    pub(crate) fn new_param(
        &self,
        pos: escargo_base::Pos,
        pkg: Option<escargo_types::PkgId>,
        name: &str,
        ty: TypeId,
    ) -> ObjId {
        let name = escargo_base::Symbol::intern(name);
        let object = escargo_types::Object::var(VarKind::Param, pos, pkg, name, Some(ty));
        self.store().new_object(object)
    }
}

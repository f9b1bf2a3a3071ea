//! Words of dictionaries: run-time types, itabs, other dictionaries and functions, as the code of shaped functions
//! takes them from its dictionary (`noder/reader.go`, dictWord, rtype0, itab, funcInst, methodExpr).

use escargo_base::Symbol;
use escargo_ir::{Class, IrPos, Kind, NodeId, Op};
use escargo_types::{ObjId, Type, TypeId};

use crate::body::Body;

impl Body<'_, '_> {
    /// Whether a type of the checker depends on type parameters.
    pub(crate) fn is_derived(&mut self, ty: TypeId) -> bool {
        self.low.is_derived(ty)
    }

    /// Reads a type that an operation needs to know at run time without having it as operand.
    pub(crate) fn hidden_rtype(&mut self, ty: TypeId) {
        let ty = self.low.store().default_type(ty);
        self.ty(ty);
        if self.is_derived(ty) {
            self.use_dictionary();
        }
    }

    /// Reads the types that a conversion needs to know at run time, and notes whether it takes any of them from the
    /// dictionary (`noder/reader.go`, convRTTI). Both are types of the checker.
    pub(crate) fn conv_types(&mut self, src: TypeId, dst: TypeId) {
        let store = self.low.store();
        let (src, dst) = (store.default_type(src), store.default_type(dst));
        let (from, to) = (self.ty(src), self.ty(dst));
        self.static_itab((src, dst), (from, to));
        if self.dict.is_none() || !store.is_interface(to) {
            return;
        }
        let has_methods = !escargo_types::typeset::type_set(store, store.under(to)).is_all();
        let by_dst = has_methods && self.is_derived(dst);
        if by_dst || !store.is_interface(from) && self.is_derived(src) {
            self.use_dictionary();
        }
    }

    /// Notes a use of the dictionary that no node shows.
    fn use_dictionary(&mut self) {
        if let Some(dict) = self.dict_param() {
            self.low.unit.names[dict].hidden_use = true;
        }
    }

    /// The address of a run-time type. `ty` is a type of the checker.
    pub(crate) fn rtype(&mut self, ty: TypeId, pos: IrPos) -> NodeId {
        let ty = self.low.store().default_type(ty);
        let read = self.ty(ty);
        if let Some(dict) = self.dict
            && self.low.is_derived(ty)
        {
            let layout = self.low.dict_layout(dict);
            let key = self.low.identity_in(dict, ty);
            return self.rtti_word(layout.rtype_word(key), pos);
        }
        let link = self.low.link(read);
        self.link_symbol(&format!("type:{link}"), pos)
    }

    /// The address of the itab for values of one type in variables of another; nothing unless the first is concrete
    /// and the second an interface with methods. Both are types of the checker.
    pub(crate) fn itab(&mut self, src: TypeId, dst: TypeId, pos: IrPos) -> Option<NodeId> {
        let store = self.low.store();
        let (src, dst) = (store.default_type(src), store.default_type(dst));
        let (from, to) = (self.ty(src), self.ty(dst));
        let interface = |t: TypeId| matches!(store.ty(store.under(t)), Type::Interface(_));
        if interface(from)
            || !interface(to)
            || escargo_types::typeset::type_set(store, store.under(to)).is_all()
        {
            return None;
        }
        if let Some(dict) = self.dict
            && (self.low.is_derived(src) || self.low.is_derived(dst))
        {
            let layout = self.low.dict_layout(dict);
            let key = (self.low.identity_in(dict, src), self.low.identity_in(dict, dst));
            return Some(self.rtti_word(layout.itab_word(key), pos));
        }
        let (from, to) = (self.low.link(from), self.low.link(to));
        Some(self.link_symbol(&format!("go:itab.{from},{to}"), pos))
    }

    /// Reads that the table of the methods of one type for another is needed: unless only the dictionary knows it, the
    /// types are described at once. Both pairs of types are the same, as the checker and as IR has them.
    pub(crate) fn static_itab(&mut self, types: (TypeId, TypeId), read: (TypeId, TypeId)) {
        if self.dict.is_none() || !self.low.is_derived(types.0) && !self.low.is_derived(types.1) {
            self.low.describe_itab(read.0, read.1);
        }
    }

    /// The word that holds the dictionary of another instance, which depends on type parameters. Type arguments are
    /// types of the checker.
    pub(crate) fn subdict(&mut self, obj: ObjId, targs: &[TypeId], pos: IrPos) -> NodeId {
        let word = self.dict.map_or(0, |dict| {
            let targs: Vec<TypeId> = targs.iter().map(|&t| self.low.identity_in(dict, t)).collect();
            self.low.dict_layout(dict).subdict_word(obj, &targs)
        });
        self.dict_word(word, pos)
    }

    /// The word that holds the function of a type parameter's method.
    pub(crate) fn method_expr_word(&mut self, tparam: TypeId, method: ObjId, pos: IrPos) -> NodeId {
        let word = self.dict.map_or(0, |dict| {
            let index = self.low.type_param_index(dict, tparam);
            let object = self.low.store().obj(method);
            self.low.dict_layout(dict).method_expr_word((index, object.pkg, object.name))
        });
        self.dict_word(word, pos)
    }

    /// A word of the dictionary.
    fn dict_word(&mut self, word: usize, pos: IrPos) -> NodeId {
        let cx = self.low.cx;
        let Some(param) = self.dict_param() else {
            return self.low.unit.build(&cx).uintptr(pos, 0);
        };
        let mut build = self.low.unit.build(&cx);
        let param = build.unit.names[param].node;
        let index = build.int(pos, word as i64);
        build.index(pos, param, index)
    }

    /// A word of the dictionary as address of something of the run time's.
    fn rtti_word(&mut self, word: usize, pos: IrPos) -> NodeId {
        let word = self.dict_word(word, pos);
        let ty = self.low.store().pointer(TypeId::UINT8);
        self.low.unit.expr(pos, ty, Kind::Conv(Op::ConvNop, word))
    }

    /// The address of something that the linker knows by name (`typecheck.LinksymAddr`).
    fn link_symbol(&mut self, symbol: &str, pos: IrPos) -> NodeId {
        let symbol = Symbol::intern(symbol);
        let name = match self.low.generics.symbols.get(&symbol) {
            Some(&known) => known,
            None => {
                let pos = IrPos::AUTOGENERATED;
                let name = self.low.unit.new_name(pos, symbol, None, TypeId::UINT8, Class::Extern);
                self.low.unit.names[name].read_only = true;
                self.low.generics.symbols.insert(symbol, name);
                name
            }
        };
        let kind = Kind::LinkSymOffset { name, offset: 0 };
        let symbol = self.low.unit.expr(pos, TypeId::UINT8, kind);
        let ty = self.low.store().pointer(TypeId::UINT8);
        self.low.unit.expr(pos, ty, Kind::Unary(Op::Addr, symbol))
    }
}

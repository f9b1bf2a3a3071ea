//! Dictionaries: what the type parameters of a generic object stand for in one of its instances
//! (`noder/reader.go`, readerDict, objDictIdx, mangle).

use std::rc::Rc;

use escargo_base::{IndexVec, Symbol};
use escargo_ir::{DictId, FuncId, NameId};
use escargo_types::{ObjId, ObjectKind, PkgId, Type, TypeId};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::layout::Layout;
use crate::lowerer::Lowerer;

/// The type arguments of an instance, and what was made of it.
#[derive(Clone, Debug)]
pub(crate) struct Dict {
    /// The generic object: a function, a method with type parameters of its own, or a type name.
    pub(crate) obj: ObjId,
    /// Type arguments: for the parameters of the function around a declared type, of the receiver of a method, and of
    /// the object itself.
    pub(crate) targs: Vec<TypeId>,
    /// The type arguments are shapes.
    pub(crate) shaped: bool,
    /// What the type arguments stand for.
    pub(crate) params: Rc<Params>,
    /// Name of the instance without its package.
    pub(crate) name: Symbol,
    /// Package of the object.
    pub(crate) pkg: PkgId,
    /// The instance, if it is a type that was read.
    pub(crate) ty: Option<TypeId>,
    /// The instance, if it is a function that was read.
    pub(crate) func: Option<FuncId>,
    /// The shaped counterpart of a plain instance, once paired with it.
    pub(crate) paired: Option<DictId>,
    /// The data of a plain instance at run time: `.dict.NAME`.
    pub(crate) data: Option<NameId>,
}

/// What is known of generic objects and their instances.
#[derive(Default)]
pub(crate) struct Generics {
    dicts: IndexVec<DictId, Dict>,
    /// Dictionaries by object and type arguments in link form: the first one read counts.
    by_key: FxHashMap<(ObjId, Box<[Symbol]>), DictId>,
    /// Types in link form.
    pub(crate) links: FxHashMap<TypeId, Symbol>,
    /// Shapes by name.
    pub(crate) shapes: FxHashMap<Symbol, TypeId>,
    /// Declared types whose underlying type is being read.
    pub(crate) unfinished: FxHashSet<TypeId>,
    /// Declared types with methods that are being read and of which it is not noted yet that they need wrappers.
    pub(crate) open: FxHashSet<TypeId>,
    /// Those that were read through their second entry in the table of types.
    pub(crate) read_outside: FxHashSet<TypeId>,
    /// Underlying types of declared types and instances, as read.
    pub(crate) underlying: FxHashMap<TypeId, TypeId>,
    /// Declared types without type arguments that were read.
    pub(crate) declared: FxHashSet<TypeId>,
    /// Methods of instances, by the instance's dictionary and the generic type's method.
    pub(crate) methods: FxHashMap<(DictId, ObjId), FuncId>,
    /// Layouts of dictionaries by generic object.
    pub(crate) layouts: FxHashMap<ObjId, Rc<Layout>>,
    /// Whether types of the checker depend on type parameters.
    pub(crate) derived: FxHashMap<TypeId, bool>,
    /// Run-time types and itabs that are known when compiling, by symbol.
    pub(crate) symbols: FxHashMap<Symbol, NameId>,
}

/// The type parameters that the instances of an object have arguments for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Params {
    /// Those of the function around a declared type.
    pub(crate) implicits: Vec<TypeId>,
    /// Those of a method's receiver.
    pub(crate) receivers: Vec<TypeId>,
    /// Those of the object itself.
    pub(crate) own: Vec<TypeId>,
}

impl<'w> Lowerer<'w> {
    /// What is known of an instance.
    pub(crate) fn dict_info(&self, dict: DictId) -> &Dict {
        &self.generics.dicts[dict]
    }
    pub(crate) fn dict_mut(&mut self, dict: DictId) -> &mut Dict {
        &mut self.generics.dicts[dict]
    }

    /// The type parameters of a generic object.
    pub(crate) fn type_params_of(&self, obj: ObjId) -> Params {
        let store = self.store();
        let ty = store.obj_type(obj);
        let mut params = Params::default();
        match store.ty(ty) {
            Type::Named(n) => {
                params.implicits = n.implicits().to_vec();
                params.own = n.own_tparams().to_vec();
            }
            Type::Alias(a) => params.own = a.tparams().to_vec(),
            Type::Signature(s) => {
                params.receivers = s.get().recv_tparams.to_vec();
                params.own = s.get().tparams.to_vec();
            }
            _ => {}
        }
        params
    }

    /// The type arguments as the shaped instance has them.
    pub(crate) fn shape_all(&mut self, obj: ObjId, targs: &[TypeId]) -> Vec<TypeId> {
        let params = self.type_params_of(obj);
        let tparams = params.implicits.iter().chain(&params.receivers).chain(&params.own);
        let tparams: Vec<TypeId> = tparams.copied().collect();
        debug_assert_eq!(tparams.len(), targs.len());
        targs
            .iter()
            .zip(tparams)
            .map(|(&targ, tparam)| {
                let basic = self.has_method_constraint(tparam);
                self.shapify(targ, basic)
            })
            .collect()
    }

    /// The type arguments as the instance has them: once one is shaped, all are.
    pub(crate) fn shape_if_shaped(&mut self, obj: ObjId, targs: &[TypeId]) -> Vec<TypeId> {
        if targs.iter().any(|&t| self.store().has_shape(t)) {
            self.shape_all(obj, targs)
        } else {
            targs.to_vec()
        }
    }

    /// The dictionary of an instance. Type arguments are IR types, implicit ones first; they become shapes if one of
    /// them is shaped.
    pub(crate) fn dict(&mut self, obj: ObjId, targs: &[TypeId]) -> DictId {
        let targs = self.shape_if_shaped(obj, targs);
        let key: Box<[Symbol]> = targs.iter().map(|&t| self.link(t)).collect();
        if let Some(&known) = self.generics.by_key.get(&(obj, key.clone())) {
            return known;
        }
        let params = self.type_params_of(obj);
        let name = self.mangle(obj, &params, &key);
        let dict = self.generics.dicts.push(Dict {
            obj,
            shaped: targs.iter().any(|&t| self.cx.store.has_shape(t)),
            targs,
            params: Rc::new(params),
            name,
            pkg: self.store().obj(obj).pkg.unwrap_or(self.package.pkg),
            ty: None,
            func: None,
            paired: None,
            data: None,
        });
        self.generics.by_key.insert((obj, key), dict);
        dict
    }

    /// The dictionary of the shaped counterpart.
    pub(crate) fn shaped_dict(&mut self, dict: DictId) -> DictId {
        let info = self.dict_info(dict);
        if info.shaped {
            return dict;
        }
        let (obj, targs) = (info.obj, info.targs.clone());
        let targs = self.shape_all(obj, &targs);
        self.dict(obj, &targs)
    }

    /// What a type parameter stands for. Those of a type's methods stand for what the type's parameters at the same
    /// place do.
    pub(crate) fn targ(&self, dict: DictId, tparam: TypeId) -> TypeId {
        let index = self.type_param_index(dict, tparam);
        self.dict_info(dict).targs.get(index).copied().unwrap_or(TypeId::INVALID)
    }

    /// Place of a type parameter among the type arguments of an instance.
    pub(crate) fn type_param_index(&self, dict: DictId, tparam: TypeId) -> usize {
        self.dict_info(dict).params.index(self.store(), tparam)
    }

    /// The type in link form.
    pub(crate) fn link(&mut self, ty: TypeId) -> Symbol {
        if let Some(&known) = self.generics.links.get(&ty) {
            return known;
        }
        let text = escargo_types::link::link_string(self.cx.store, ty);
        let link = Symbol::intern(&text);
        self.generics.links.insert(ty, link);
        link
    }

    /// The name of an instance: type arguments stand before the number of a local type, those of a receiver before a
    /// method's name.
    fn mangle(&self, obj: ObjId, params: &Params, links: &[Symbol]) -> Symbol {
        let store = self.store();
        let object = store.obj(obj);
        let list = |links: &[Symbol], implicits: usize| {
            let mut text = String::new();
            for (i, link) in links.iter().enumerate() {
                text.push_str(match i {
                    0 => "[",
                    _ if i == implicits => ";",
                    _ => ",",
                });
                text.push_str(link.as_str());
            }
            if !links.is_empty() {
                text.push(']');
            }
            text
        };
        let method = matches!(object.kind, ObjectKind::Func { .. })
            .then(|| store.as_signature(store.obj_type(obj)).and_then(|s| s.recv))
            .flatten();
        let text = if let Some(recv) = method {
            let (receivers, own) = links.split_at(params.receivers.len());
            let base = escargo_types::lookup::deref(store, store.unalias(store.obj_type(recv))).0;
            let base = store.obj(store.named_obj(store.unalias(base))).name;
            let base = format!("{base}{}", list(receivers, 0));
            let base = if store.has_ptr_recv(obj) { format!("(*{base})") } else { base };
            format!("{base}.{}{}", object.name, list(own, 0))
        } else {
            let number = match store.ty(store.obj_type(obj)) {
                Type::Named(n) if n.number() > 0 => format!("·{}", n.number()),
                _ => String::new(),
            };
            format!("{}{}{number}", object.name, list(links, params.implicits.len()))
        };
        Symbol::intern(&text)
    }
}

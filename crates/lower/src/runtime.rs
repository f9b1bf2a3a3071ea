//! Functions of the run time that lowered bodies call (`typecheck/syms.go`, LookupRuntime).

use escargo_base::{Pos, Symbol};
use escargo_ir::{IrPos, NodeId};
use escargo_types::{Object, Signature, TypeId, VarKind};

use crate::lowerer::Lowerer;

impl Lowerer<'_> {
    /// A function of the run time. It belongs to a package of its own, not to the one that can be imported, nor to
    /// the one compiled.
    pub fn runtime_func(&mut self, name: &str) -> NodeId {
        let sym = Symbol::intern(name);
        if let Some(&node) = self.runtime_funcs.get(&sym) {
            return node;
        }
        let pkg = self.pseudo_pkg("go.runtime", "runtime");
        let ty = self.runtime_signature(name);
        let func = self.new_func(IrPos::NONE, IrPos::NONE, sym, pkg, ty);
        self.unit.funcs[func].local = false;
        let node = self.unit.names[self.unit.funcs[func].name].node;
        self.runtime_funcs.insert(sym, node);
        node
    }

    fn runtime_signature(&self, name: &str) -> TypeId {
        let store = self.cx.store;
        let tuple = |types: &[TypeId]| {
            let var = |&ty: &TypeId| Object::var(VarKind::Param, Pos::NONE, None, Symbol::EMPTY, Some(ty));
            store.new_tuple(types.iter().map(|ty| store.new_object(var(ty))).collect::<Vec<_>>())
        };
        let (pointer, size) = (TypeId::UNSAFE_POINTER, TypeId::UINTPTR);
        let table = store.pointer(size);
        let (params, results): (&[TypeId], &[TypeId]) = match name {
            "panicrangestate" => (&[TypeId::INT], &[]),
            "deferrangefunc" => (&[], &[TypeId::EMPTY_INTERFACE]),
            "KeepAlive" => (&[TypeId::EMPTY_INTERFACE], &[]),
            "memequal" => (&[pointer, pointer, size], &[TypeId::BOOL]),
            "ifaceeq" | "efaceeq" => (&[table, pointer, pointer], &[TypeId::BOOL]),
            "memhash" => (&[pointer, size, size], &[size]),
            _ if name.starts_with("memequal") => (&[pointer, pointer], &[TypeId::BOOL]),
            _ if name.ends_with("hash") || name.starts_with("memhash") => (&[pointer, size], &[size]),
            _ => (&[], &[]),
        };
        store.new_signature(Signature {
            params: tuple(params),
            results: tuple(results),
            ..Signature::default()
        })
    }
}

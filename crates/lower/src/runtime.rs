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
        let var = |ty| {
            let var = Object::var(VarKind::Param, Pos::NONE, None, Symbol::EMPTY, Some(ty));
            store.new_tuple(vec![store.new_object(var)])
        };
        store.new_signature(match name {
            "panicrangestate" => Signature { params: var(TypeId::INT), ..Signature::default() },
            "deferrangefunc" => Signature { results: var(TypeId::EMPTY_INTERFACE), ..Signature::default() },
            _ => Signature::default(),
        })
    }
}

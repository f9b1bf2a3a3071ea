//! Recording what is found out about the nodes of the current file.

use escargo_syntax::{ExprId, IdentId};
use escargo_types::{ObjId, TypeId, Value};

use crate::checker::Checker;
use crate::info::{IdentObject, Mode, NodeRef, ScopeId, TypeAndValue};

impl Checker<'_> {
    /// Records type, mode and value of an expression; replaces what was recorded before.
    pub(crate) fn record_type_and_value(&mut self, e: ExprId, mode: Mode, ty: TypeId, val: Option<&Value>) {
        if mode == Mode::Invalid {
            return;
        }
        let file = &mut self.info.files[self.env.file];
        let value = val.map(|v| {
            // An expression whose type is settled later keeps its slot.
            match file.types[e].value {
                Some(slot) => {
                    file.values[slot] = v.clone();
                    slot
                }
                None => file.values.push(v.clone()),
            }
        });
        file.types[e] = TypeAndValue { mode, ty, value };
    }
    /// Records what an identifier declares.
    pub(crate) fn record_def(&mut self, id: IdentId, obj: Option<ObjId>) {
        let file = &mut self.info.files[self.env.file];
        if let IdentObject::Use(used) = file.idents[id] {
            file.also_uses.insert(id, used);
        }
        file.idents[id] = obj.map_or(IdentObject::DefNone, IdentObject::Def);
    }
    /// Records what an identifier uses.
    pub(crate) fn record_use(&mut self, id: IdentId, obj: ObjId) {
        let file = &mut self.info.files[self.env.file];
        if let IdentObject::Def(_) = file.idents[id] {
            file.also_uses.insert(id, obj);
        } else {
            file.idents[id] = IdentObject::Use(obj);
        }
    }
    /// Records an object that has no identifier.
    pub(crate) fn record_implicit(&mut self, node: NodeRef, obj: ObjId) {
        self.info.files[self.env.file].implicits.insert(node, obj);
    }
    /// Records the scope that a node opens.
    pub(crate) fn record_scope(&mut self, node: NodeRef, scope: ScopeId) {
        self.info.files[self.env.file].scopes.insert(node, scope);
    }
    /// Records that a value is converted implicitly.
    pub(crate) fn record_conversion(&mut self, e: ExprId, to: TypeId) {
        self.info.files[self.env.file].conversions.insert(e, to);
    }
}

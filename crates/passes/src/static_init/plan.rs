//! What parts a composite literal has, and where they go (`staticinit/sched.go`, initplan).

use escargo_ir::{Kind, NodeId, Op};
use escargo_types::{TypeId, Value};

use super::Schedule;

/// A part of a literal that is neither zero nor itself a struct or array literal.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// Bytes from the start of the literal.
    pub(super) offset: u64,
    /// The value.
    pub(super) value: NodeId,
}

impl Schedule<'_, '_> {
    /// Makes the plan of an array, slice or struct literal, if there is none yet.
    pub(super) fn plan(&mut self, literal: NodeId) {
        if self.plans.contains_key(&literal) {
            return;
        }
        let ty = self.unit.nodes[literal].ty;
        let Kind::CompositeLit { op, list, .. } = &self.unit.nodes[literal].kind else { return };
        let (op, list) = (*op, list.clone());
        let mut entries = Vec::new();
        match op {
            Op::ArrayLit | Op::SliceLit => {
                let size = self.elem_size(ty);
                let mut index = 0;
                for elem in list {
                    let mut value = elem;
                    if let Kind::Binary(Op::Key, key, v) = self.unit.nodes[elem].kind {
                        index = self.index(key);
                        value = v;
                    }
                    self.part(&mut entries, index.wrapping_mul(size), value);
                    index += 1;
                }
            }
            Op::StructLit => {
                for elem in list {
                    let Kind::StructKey { field, value } = self.unit.nodes[elem].kind else { continue };
                    if let Some(offset) = self.field_offset(ty, field) {
                        self.part(&mut entries, offset, value);
                    }
                }
            }
            _ => {}
        }
        self.plans.insert(literal, entries.into());
    }

    fn part(&mut self, entries: &mut Vec<Entry>, offset: u64, value: NodeId) {
        if self.unit.is_zero(value) {
            return;
        }
        if matches!(self.unit.nodes[value].op(), Op::ArrayLit | Op::StructLit) {
            self.plan(value);
            let inner = self.plans.get(&value).into_iter().flat_map(|plan| plan.iter());
            entries.extend(inner.map(|e| Entry { offset: offset + e.offset, value: e.value }));
            return;
        }
        entries.push(Entry { offset, value });
    }

    fn index(&self, key: NodeId) -> u64 {
        match self.unit.literal(key) {
            Some(Value::Int(int)) => int.as_u64().unwrap_or(0),
            _ => 0,
        }
    }

    fn elem_size(&self, ty: TypeId) -> u64 {
        let elem = self.elem_type(ty);
        self.cx.sizes.size_of(self.cx.store, elem).unwrap_or(0)
    }

    /// Where a field of a struct is; nothing for blank fields.
    fn field_offset(&mut self, ty: TypeId, field: u32) -> Option<u64> {
        let store = self.cx.store;
        let fields = store.struct_fields(ty)?;
        let object = *fields.get(field as usize)?;
        if store.obj(object).name.is_blank() {
            return None;
        }
        let sizes = self.cx.sizes;
        let offsets = self.offsets.entry(ty).or_insert_with(|| {
            sizes.offsets_of(store, fields).into_iter().map(|offset| offset.unwrap_or(0)).collect()
        });
        offsets.get(field as usize).copied()
    }
}

//! Range loops, except over functions (`noder/reader.go`: forStmt).

use escargo_ir::{Kind, List, NodeId};
use escargo_syntax::{Stmt, StmtId};
use escargo_types::typeset::common_under;
use escargo_types::{Type, TypeId, TypeStore};

use crate::assign::{Target, Targets};
use crate::body::Body;

impl Body<'_, '_> {
    /// `for … = range x`. A loop over a function becomes several statements.
    pub(crate) fn range_stmt(&mut self, s: StmtId, out: &mut List) {
        let plan = self.plan();
        if let Some(range) = plan.range(s) {
            return self.range_func(range, out);
        }
        let label = self.loop_label(out);
        let tree = &self.source().tree;
        let Stmt::Range { lhs, range_pos, x, body, .. } = tree[s] else { return };
        let pos = self.at(range_pos);
        let targets: Vec<Target> = tree.list(lhs).map(Target::Expr).collect();
        let Targets { lhs, declared } = self.targets(&targets);
        let (key, value) = (lhs.first().copied(), lhs.get(1).copied());
        let (x, over) = self.ranged_over(x);
        if matches!(self.core_type(over), Type::Map { .. }) {
            self.hidden_rtype(over);
        }
        let yielded = range_types(self.low.cx.store, over);
        for (&target, src) in targets.iter().zip(yielded) {
            if let (Some(dst), Some(src)) = (self.target_type(target), src) {
                self.conv_types(src, dst);
            }
        }
        let body = self.block(body);
        let distinct = self.distinct_vars();
        let node: NodeId = self.low.unit.stmt(pos, Kind::Range { label, x, key, value, body, distinct });
        self.define(node, &declared);
        out.push(node);
    }
}

/// Types of key and value in a range over a value of a type, which is no function (`types2.RangeKeyVal`).
pub(crate) fn range_types(store: &TypeStore, ty: TypeId) -> [Option<TypeId>; 2] {
    let Some(under) = common_under(store, ty) else { return [None, None] };
    let under = match *store.ty(under) {
        Type::Pointer(elem) => store.under(elem),
        _ => under,
    };
    match *store.ty(under) {
        Type::Basic(_) if store.is_string(under) => [Some(TypeId::INT), Some(TypeId::RUNE)],
        Type::Basic(_) => [Some(ty), None],
        Type::Array { elem, .. } | Type::Slice(elem) => [Some(TypeId::INT), Some(elem)],
        Type::Map { key, elem } => [Some(key), Some(elem)],
        Type::Chan { elem, .. } => [Some(elem), None],
        _ => [None, None],
    }
}

//! Strings made of bytes only to look them up in a map: where nothing else happens between both, the map is given the
//! bytes (`ssa/_gen/generic.rules`, slicebytetostring).

use escargo_dialect::allocating::MAP_INLINE;
use escargo_escape::Placement;
use escargo_ir::{Class as NameClass, Kind, NameId, NodeId, Op, Unit};
use escargo_types::{Type, TypeId};
use rustc_hash::FxHashMap;

use crate::Why;
use crate::walk::Collector;

/// By variable: how often it is mentioned, declarations not counted.
pub(crate) type Mentions = FxHashMap<NameId, i32>;

impl Collector<'_, '_> {
    /// `delete(m, string(bytes))`.
    pub(crate) fn fuse_deleted(&mut self, args: &[NodeId]) {
        if let &[map, key] = args
            && self.rules.shares_lookups
            && self.has_fast_strings(self.ty(map))
        {
            self.fuse_bytes(key, Why::LookedUp);
        }
    }

    /// `s := string(bytes)` in front of a statement that looks s up first, if nothing else uses s.
    pub(crate) fn fuse_looked_up(&mut self, list: &[NodeId]) {
        if !self.rules.shares_lookups || list.len() < 2 {
            return;
        }
        for (i, &stmt) in list.iter().enumerate() {
            let Some((x, bytes)) = self.string_of_bytes(stmt) else { continue };
            let Some(name) = self.unit.as_name(x).filter(|&name| self.is_plain(name)) else { continue };
            let next = list[i + 1..].iter().find(|&&next| !self.is_nothing(next));
            if next.is_some_and(|&next| self.looks_up_first(next, x)) && self.mentions(name) == 2 {
                self.fused.insert(bytes, Why::LookedUp);
            }
        }
    }

    /// The variable and the conversion of a statement that makes a string of bytes and does nothing else but give values
    /// to other variables.
    fn string_of_bytes(&self, stmt: NodeId) -> Option<(NodeId, NodeId)> {
        let unit = self.unit;
        let is_made = |&y: &NodeId| matches!(unit.nodes[y].kind, Kind::Conv(Op::Bytes2Str, _));
        match &unit.nodes[stmt].kind {
            &Kind::Assign { x, y: Some(y), .. } => is_made(&y).then_some((x, y)),
            Kind::AssignList { op: Op::As2, lhs, rhs, .. } => {
                let at = rhs.iter().position(is_made)?;
                let mut others = rhs.iter().enumerate().filter(|&(i, _)| i != at);
                let others = others.all(|(_, &y)| !unit.any(y, &mut |node| !is_plain_value(unit, node)));
                let to_locals = lhs.iter().all(|&x| unit.as_name(x).is_some_and(|name| self.is_plain(name)));
                (others && to_locals).then_some((*lhs.get(at)?, rhs[at]))
            }
            _ => None,
        }
    }

    /// A local variable that is nowhere but in registers.
    fn is_plain(&self, name: NameId) -> bool {
        let variable = &self.unit.names[name];
        variable.class == NameClass::Auto
            && !variable.is_closure_var()
            && !variable.addrtaken
            && self.analysis.placement(variable.node) != Placement::Heap
    }

    /// A statement without code.
    fn is_nothing(&self, stmt: NodeId) -> bool {
        match self.unit.nodes[stmt].kind {
            Kind::InlMark(_) => true,
            Kind::Decl(name) => self.is_plain(name),
            _ => false,
        }
    }

    /// Whether the first thing that a statement does is to look up a string.
    fn looks_up_first(&self, stmt: NodeId, key: NodeId) -> bool {
        let unit = self.unit;
        let node = &unit.nodes[stmt];
        if let Some(&first) = node.init.iter().find(|&&stmt| !self.is_nothing(stmt)) {
            return self.looks_up_first(first, key);
        }
        let head: &[NodeId] = match &node.kind {
            Kind::Assign { y: Some(y), .. } => std::slice::from_ref(y),
            Kind::AssignList { op: Op::As2MapR | Op::As2, rhs, .. } => rhs,
            Kind::Return(results) => results,
            Kind::If { cond, .. } => std::slice::from_ref(cond),
            _ => return false,
        };
        // What stands in front of an operand comes before it.
        let (mut lookups, mut plain, mut before) = (0, true, None);
        unit.preorder_list(head, &mut |node| match unit.nodes[node].kind {
            _ if before.is_some() => {}
            _ if !unit.nodes[node].init.is_empty() => before = Some(node),
            Kind::Index(Op::IndexMap, map, index)
                if unit.behind_conv_nop(index) == key && self.has_fast_strings(self.ty(map)) =>
            {
                lookups += 1;
            }
            _ => plain &= is_plain_value(unit, node),
        });
        match before {
            Some(node) if plain && lookups == 0 => {
                let first = unit.nodes[node].init.iter().find(|&&stmt| !self.is_nothing(stmt));
                first.is_some_and(|&first| self.looks_up_first(first, key))
            }
            Some(_) => false,
            None => plain && lookups == 1,
        }
    }

    /// Whether a map has functions of its own for keys that are strings (`walk/walk.go`, mapfast).
    fn has_fast_strings(&self, map: TypeId) -> bool {
        match *self.cx.store.ty(self.cx.store.under(map)) {
            Type::Map { key, elem } => self.cx.store.is_string(key) && self.size_of(elem) <= MAP_INLINE,
            _ => false,
        }
    }

    /// How often a variable of the current function is mentioned in it.
    fn mentions(&mut self, name: NameId) -> i32 {
        let (unit, func) = (self.unit, self.func);
        let mentions = self.mentions.get_or_insert_with(|| {
            let mut mentions = Mentions::default();
            unit.preorder_list(&unit.funcs[func].body, &mut |node| match unit.nodes[node].kind {
                Kind::Name(name) => *mentions.entry(name).or_default() += 1,
                Kind::Decl(name) => *mentions.entry(name).or_default() -= 1,
                Kind::Closure(literal) => {
                    for &captured in &unit.funcs[literal].closure_vars {
                        *mentions.entry(unit.canonical(captured)).or_default() += 1;
                    }
                }
                _ => {}
            });
            mentions
        });
        mentions.get(&name).copied().unwrap_or(0)
    }
}

/// Whether an operation neither calls nor writes anything.
fn is_plain_value(unit: &Unit, node: NodeId) -> bool {
    match &unit.nodes[node].kind {
        Kind::Name(_) | Kind::Literal(_) | Kind::Nil => true,
        Kind::Selector(s) => matches!(s.op, Op::Dot | Op::DotPtr),
        Kind::Unary(op, _) => {
            matches!(op, Op::Deref | Op::Plus | Op::Neg | Op::Not | Op::BitNot | Op::Paren)
        }
        Kind::Conv(op, _) => matches!(op, Op::Conv | Op::ConvNop),
        Kind::Binary(op, ..) => matches!(op, Op::Add | Op::Sub | Op::Mul | Op::And | Op::Or | Op::Xor),
        _ => false,
    }
}

//! Index expressions and index values.

use escargo_syntax::{Expr, ExprId};
use escargo_types::identity::identical;
use escargo_types::typeset::for_each_type;
use escargo_types::{BasicInfo, Type, TypeId};

use crate::checker::Checker;
use crate::code::Code;
use crate::operand::{Mode, Operand};

/// What indexing a type gives.
#[derive(Clone, Copy)]
struct Indexed {
    /// Key type of a map.
    key: Option<TypeId>,
    elem: TypeId,
    /// Exclusive bound of the index, if known.
    len: Option<u64>,
    mode: Mode,
}

impl Checker<'_> {
    /// An index expression or instantiation; true if it is a generic function to be instantiated.
    pub(crate) fn index_expr(&mut self, x: &mut Operand, e: ExprId) -> bool {
        let tree = self.tree();
        let Expr::Index { x: operand, indices } = tree[e] else { return false };
        self.expr_or_type(x, operand, true);
        match x.mode {
            Mode::Invalid => {
                self.use_exprs(&tree.list(indices).collect::<Vec<_>>());
                return false;
            }
            Mode::TypeExpr => {
                x.invalidate();
                x.ty = self.var_type(e);
                if self.store.is_valid(x.ty) {
                    x.mode = Mode::TypeExpr;
                }
                return false;
            }
            Mode::Value => {
                let under = self.store.under(x.ty);
                if self.store.as_signature(under).is_some_and(|sig| !sig.tparams.is_empty()) {
                    return true;
                }
            }
            _ => {}
        }
        self.non_generic(None, x);
        if x.is_valid() && !self.is_indexable_now(x.ty) {
            x.invalidate();
        }
        if x.is_valid() {
            self.index_value_of(x, e);
        }
        false
    }

    /// Whether the type and the types that indexing gives are complete.
    fn is_indexable_now(&mut self, ty: TypeId) -> bool {
        if !self.is_complete(ty) {
            return false;
        }
        match *self.store.ty(self.store.under(ty)) {
            Type::Pointer(base) => self.is_complete(base),
            Type::Map { elem, .. } => self.is_complete(elem),
            _ => true,
        }
    }

    /// An ordinary index expression.
    fn index_value_of(&mut self, x: &mut Operand, e: ExprId) {
        let tree = self.tree();
        let Expr::Index { indices, .. } = tree[e] else { return };
        let Some(indexed) = self.indexed(x) else {
            let message = format!("cannot index {}", self.ops(x));
            self.error(self.node_pos(e), Code::NonSliceableOperand, message);
            self.use_exprs(&tree.list(indices).collect::<Vec<_>>());
            x.invalidate();
            return;
        };
        let Some(index) = self.single_index(e) else {
            x.invalidate();
            return;
        };
        // Even if the index is wrong, what indexing gives is known.
        x.mode = indexed.mode;
        x.ty = indexed.elem;
        x.val = None;
        if let Some(key_type) = indexed.key {
            let mut key = Operand::new();
            self.generic_expr(&mut key, index);
            self.assignment(&mut key, Some(key_type), "map index");
        } else {
            self.index_value(index, indexed.len);
        }
    }

    /// What indexing `x` gives; `None` if it cannot be indexed.
    fn indexed(&self, x: &Operand) -> Option<Indexed> {
        let store = self.store;
        let under = store.under(x.ty);
        if !store.is_type_param(x.ty) {
            let mut indexed = self.indexed_type(under, x.mode == Mode::Variable)?;
            if let (Type::Basic(_), Some(text), Mode::Constant) = (store.ty(under), &x.val, x.mode) {
                indexed.len = Some(text.string_len());
            }
            return Some(indexed);
        }
        let mut common: Option<Indexed> = None;
        let all = for_each_type(store, x.ty, &mut |next| {
            let one = next.and_then(|(_, under)| self.indexed_type(under, x.mode == Mode::Variable));
            let Some(one) = one else { return false };
            let Some(common) = &mut common else {
                common = Some(one);
                return true;
            };
            let same_key = match (common.key, one.key) {
                (Some(x), Some(y)) => identical(store, x, y),
                (None, None) => true,
                _ => false,
            };
            if !same_key || !identical(store, common.elem, one.elem) {
                return false;
            }
            // The shortest array bounds the index; a first type without length leaves it unbounded.
            common.len = match (common.len, one.len) {
                (Some(x), Some(y)) => Some(x.min(y)),
                (len, _) => len,
            };
            // One string or unaddressable array makes the element unaddressable.
            if one.mode == Mode::Value {
                common.mode = Mode::Value;
            }
            true
        });
        common.filter(|_| all)
    }

    fn indexed_type(&self, under: TypeId, addressable: bool) -> Option<Indexed> {
        let store = self.store;
        let array = |elem, len, mode| Some(Indexed { key: None, elem, len, mode });
        match *store.ty(under) {
            Type::Basic(basic) if basic.info.has(BasicInfo::STRING) => array(TypeId::BYTE, None, Mode::Value),
            Type::Array { elem, len } => {
                array(elem, len, if addressable { Mode::Variable } else { Mode::Value })
            }
            Type::Pointer(base) => match *store.ty(store.under(base)) {
                Type::Array { elem, len } => array(elem, len, Mode::Variable),
                _ => None,
            },
            Type::Slice(elem) => array(elem, None, Mode::Variable),
            Type::Map { key, elem } => {
                Some(Indexed { key: Some(key), elem, len: None, mode: Mode::MapIndex })
            }
            _ => None,
        }
    }

    /// The one index of an index expression; reports if there are none or several.
    fn single_index(&mut self, e: ExprId) -> Option<ExprId> {
        let tree = self.tree();
        let Expr::Index { x, indices } = tree[e] else { return None };
        let mut list = tree.list(indices);
        let Some(first) = list.next() else {
            let message = format!("missing index for {}", self.es(x));
            self.error_at(e, Code::InvalidSyntaxTree, message);
            return None;
        };
        if let Some(second) = list.next() {
            self.error_at(second, Code::InvalidIndex, "invalid operation: more than one index");
        }
        Some(first)
    }

    /// Checks an index value; gives its type (invalid if it will not do) and its value if constant. `max`: exclusive
    /// bound.
    pub(crate) fn index_value(&mut self, index: ExprId, max: Option<u64>) -> (TypeId, Option<u64>) {
        let mut x = Operand::new();
        self.expr(None, &mut x, index);
        if !self.is_valid_index(&mut x, Code::InvalidIndex, "index", false) {
            return (TypeId::INVALID, None);
        }
        if !x.is_const() {
            return (x.ty, None);
        }
        let Some((val, index)) = x.val.as_ref().and_then(|v| Some((v, v.u64()?))) else {
            return (TypeId::INVALID, None);
        };
        match max {
            Some(max) if index >= max => {
                let val = val.short_string();
                let message = format!("invalid argument: index {val} out of bounds [0:{max}]");
                self.error(self.op_start(&x), Code::InvalidIndex, message);
                (TypeId::INVALID, None)
            }
            _ => (x.ty, Some(index)),
        }
    }

    /// Checks an operand used as an index or size: of integer type, and if constant an `int` that is not negative
    /// unless `allow_negative`. `what` it is goes into messages.
    pub(crate) fn is_valid_index(
        &mut self,
        x: &mut Operand,
        code: Code,
        what: &str,
        allow_negative: bool,
    ) -> bool {
        if !x.is_valid() {
            return false;
        }
        self.convert_untyped(x, TypeId::INT);
        if !x.is_valid() {
            return false;
        }
        let mut wrong = (!self.store.all_integer(x.ty)).then_some("must be integer");
        if let (None, true, Some(val)) = (wrong, x.is_const(), &x.val) {
            match self.representable_const(val, TypeId::INT) {
                _ if !allow_negative && val.sign() < 0 => wrong = Some("must not be negative"),
                None => wrong = Some("overflows int"),
                int => x.val = int,
            }
        }
        if let Some(wrong) = wrong {
            let message = format!("invalid argument: {what} {} {wrong}", self.ops(x));
            self.error(self.op_start(x), code, message);
        }
        wrong.is_none()
    }
}

//! What has to hold for two structs or strings to be equal (`compare/compare.go`).

use escargo_dialect::lowering::EqualityRule;
use escargo_ir::{Call, Kind, List, NodeId, Op};
use escargo_types::{Type, TypeId};

use crate::equality::{Comparison, POS};
use crate::lowerer::Lowerer;

/// Memory that takes more loads than this is compared by the run time.
const MAX_LOADS: u64 = 4;

/// Something that holds for equal values.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Condition {
    /// The expression.
    pub(crate) node: NodeId,
    /// Whether it is a call.
    pub(crate) calls: bool,
}

impl Lowerer<'_> {
    /// Whether comparing two values can panic: there is an interface in them.
    pub(crate) fn equality_can_panic(&self, ty: TypeId) -> bool {
        let store = self.store();
        match *store.ty(store.under(ty)) {
            Type::Interface(_) => true,
            Type::Array { elem, .. } => self.equality_can_panic(elem),
            Type::Struct(ref s) => s
                .fields
                .iter()
                .any(|&f| !store.obj(f).name.is_blank() && self.equality_can_panic(store.obj_type(f))),
            _ => false,
        }
    }

    /// What holds for equal structs, in the order in which it is to be tested, and whether that order matters.
    /// `x` and `y` are structs or pointers to them.
    pub(crate) fn equal_conditions(&mut self, ty: TypeId, x: NodeId, y: NodeId) -> (Vec<Condition>, bool) {
        let store = self.store();
        // Conditions within a group can be tested in any order.
        let mut groups: Vec<Vec<Condition>> = vec![Vec::new()];
        let fields = store.struct_fields(ty).unwrap_or_default();
        let mut i = 0;
        while let Some(&field) = fields.get(i) {
            let field_ty = store.obj_type(field);
            if store.obj(field).name.is_blank() {
                i += 1;
                continue;
            }
            if self.comparison(field_ty) == Comparison::Memory {
                let (loads, size, next) = self.memory_run(ty, i);
                let conditions = match loads <= MAX_LOADS {
                    true => (i..next).map(|j| self.equal_field(x, y, j)).collect(),
                    false => vec![self.equal_memory(x, y, i, size)],
                };
                groups.last_mut().into_iter().for_each(|group| group.extend(&conditions));
                i = next;
                continue;
            }
            let can_panic = self.equality_can_panic(field_ty);
            if can_panic {
                groups.push(Vec::new());
            }
            let conditions = match store.is_string(field_ty) {
                true => {
                    let (x, y) = (self.field(x, i), self.field(y, i));
                    self.equal_strings(x, y, false).to_vec()
                }
                false => vec![self.equal_field(x, y, i)],
            };
            groups.last_mut().into_iter().for_each(|group| group.extend(&conditions));
            if can_panic {
                groups.push(Vec::new());
            }
            i += 1;
        }
        groups.iter_mut().for_each(|group| group.sort_by_key(|condition| condition.calls));
        let ordered = groups.len() > 1;
        (groups.concat(), ordered)
    }

    fn field(&mut self, x: NodeId, index: usize) -> NodeId {
        self.building(|b| b.dot(POS, x, index as u32))
    }

    fn equal_field(&mut self, x: NodeId, y: NodeId, index: usize) -> Condition {
        let (x, y) = (self.field(x, index), self.field(y, index));
        self.equal_values(x, y)
    }

    /// `x == y`.
    pub(crate) fn equal_values(&mut self, x: NodeId, y: NodeId) -> Condition {
        let node = self.building(|b| {
            let node = b.binary(POS, Op::Eq, x, y);
            b.default_lit(node, None, false)
        });
        Condition { node, calls: false }
    }

    /// `x && y`.
    pub(crate) fn both(&mut self, x: NodeId, y: NodeId) -> NodeId {
        self.unit.expr(POS, TypeId::BOOL, Kind::Binary(Op::AndAnd, x, y))
    }

    /// Lengths of strings, and their bytes. Conversions to string are left out where the type is known to be that.
    pub(crate) fn equal_strings(&mut self, x: NodeId, y: NodeId, known: bool) -> [Condition; 2] {
        let typed = known || self.cx.model.lowering.equality != EqualityRule::ByUntypedFields;
        let mut text = |x: NodeId| {
            if typed && self.unit.nodes[x].ty == TypeId::STRING {
                return x;
            }
            self.unit.expr(POS, TypeId::STRING, Kind::Conv(Op::ConvNop, x))
        };
        let (x, y) = (text(x), text(y));
        let mut len = |x: NodeId| {
            let len = self.unit.expr(POS, TypeId::INT, Kind::Unary(Op::Len, x));
            self.building(|b| b.convert(POS, len, TypeId::UINTPTR, false))
        };
        let (len_x, len_y) = (len(x), len(y));
        let bytes = self.store().pointer(TypeId::UINT8);
        let mut data = |x: NodeId| self.unit.expr(POS, bytes, Kind::Unary(Op::SPtr, x));
        let args = List::from([data(x), data(y), len_x]);
        let lengths = self.equal_values(len_x, len_y);
        let node = self.call_run_time("memequal", args, TypeId::BOOL);
        [lengths, Condition { node, calls: true }]
    }

    /// Compares `size` bytes from a field on.
    fn equal_memory(&mut self, x: NodeId, y: NodeId, index: usize, size: u64) -> Condition {
        let (x, y) = (self.field(x, index), self.field(y, index));
        let mut args: List = [x, y].into_iter().map(|x| self.building(|b| b.addr(POS, x))).collect();
        let name = match size {
            1 | 2 | 4 | 8 | 16 => format!("memequal{}", size * 8),
            _ => {
                args.push(self.count(size));
                "memequal".to_owned()
            }
        };
        Condition { node: self.call_run_time(&name, args, TypeId::BOOL), calls: true }
    }

    /// A number of bytes as argument.
    pub(crate) fn count(&mut self, bytes: u64) -> NodeId {
        match self.cx.model.lowering.equality {
            // Printed as made.
            EqualityRule::ByUntypedFields => self.building(|b| b.int(POS, bytes as i64)),
            _ => self.building(|b| b.uintptr(POS, bytes)),
        }
    }

    /// A call of a function of the run time that takes pointers to values of any type.
    pub(crate) fn call_run_time(&mut self, name: &str, args: List, result: TypeId) -> NodeId {
        let fun = self.runtime_func(name);
        self.unit.expr(POS, result, Kind::Call(Box::new(Call::new(fun, args, false))))
    }

    /// Memory from a field on that can be compared at once: how many loads that takes, its size, and the first field
    /// behind it (Memrun, eqStructFieldCost).
    pub(crate) fn memory_run(&mut self, ty: TypeId, start: usize) -> (u64, u64, usize) {
        let store = self.store();
        let fields = store.struct_fields(ty).unwrap_or_default();
        let spans = self.field_spans(ty);
        if !self.cx.model.lowering.merges_loads(self.cx.target) {
            let field = store.obj_type(fields[start]);
            return (self.loads(field), self.bytes(field), start + 1);
        }
        let next = self.run_end(ty, start, &spans);
        let size = spans[next - 1].1 - spans[start].0;
        (size.div_ceil(self.cx.sizes.word), size, next)
    }

    /// The first field that is not part of the memory that starts with a field.
    pub(crate) fn run_end(&mut self, ty: TypeId, start: usize, spans: &[(u64, u64)]) -> usize {
        let store = self.store();
        let fields = store.struct_fields(ty).unwrap_or_default();
        let limits = self.field_limits(ty, spans);
        let align = self.cx.model.lowering.load_alignment(self.cx.target);
        let mut next = start + 1;
        while next < fields.len() && spans[next - 1].1 == limits[next - 1] {
            let field = store.obj(fields[next]);
            if field.name.is_blank() || self.comparison(store.obj_type(fields[next])) != Comparison::Memory {
                break;
            }
            // Loads must not need more alignment than the fields have.
            let offset = spans[start].0;
            let known = match 1 << offset.trailing_zeros().min(32) {
                least if least < self.cx.align_of(ty) => least,
                _ => self.cx.align_of(ty),
            };
            if align > 1 && spans[next].1 - offset > known {
                break;
            }
            next += 1;
        }
        next
    }

    /// How many loads comparing a value takes where loads are not merged.
    fn loads(&mut self, ty: TypeId) -> u64 {
        let store = self.store();
        match *store.ty(store.under(ty)) {
            Type::Array { elem, len } => len.unwrap_or(0) * self.loads(elem),
            Type::Struct(ref s) => {
                let named = s.fields.iter().filter(|&&f| !store.obj(f).name.is_blank());
                named.map(|&f| self.loads(store.obj_type(f))).sum()
            }
            Type::Basic(_) => self.bytes(ty).div_ceil(self.cx.sizes.word).max(1),
            _ => 1,
        }
    }
}

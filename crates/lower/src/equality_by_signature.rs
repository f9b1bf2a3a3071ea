//! Bodies of functions that compare or hash what a signature says (`reflectdata/alg.go` of Go 1.27: eqFunc, hashFunc).

use escargo_base::Symbol;
use escargo_ir::{FuncId, Kind, List, NodeId, Op};
use escargo_types::TypeId;

use crate::equality::{Made, POS};
use crate::equality_signature::{Part, Parts, size};
use crate::lowerer::Lowerer;

/// Memory of more bytes is compared by the run time.
const MAX_LOADED: u64 = 64;

impl Lowerer<'_> {
    /// The function that compares two values with a signature.
    pub(crate) fn equal_signature(&mut self, parts: &Parts) -> FuncId {
        let pointer = TypeId::UNSAFE_POINTER;
        let params = [("p", pointer), ("q", pointer)];
        let made = match self.comparing_func(&format!(".eq.{parts}"), &params, ("r", TypeId::BOOL)) {
            Ok(made) => made,
            Err(known) => return known,
        };
        let func = made.func;
        let neq = self.auto_label(func, ".neq");
        let mut body =
            Comparer { low: self, made, neq, offset: 0, calls: false, last: None, strings: Vec::new() };
        for part in &parts.0 {
            body.part(part);
        }
        body.finish();
        func
    }

    /// The function that hashes a value with a signature.
    pub(crate) fn hash_signature(&mut self, parts: &Parts) -> FuncId {
        let params = [("p", TypeId::UNSAFE_POINTER), ("h", TypeId::UINTPTR)];
        let made = match self.comparing_func(&format!(".hash.{parts}"), &params, ("", TypeId::UINTPTR)) {
            Ok(made) => made,
            Err(known) => return known,
        };
        let mut offset = 0;
        for part in &parts.0 {
            self.hash_part(&made, part, offset);
            offset += size(std::slice::from_ref(part), self.cx.sizes.word);
        }
        let ret = self.unit.stmt(POS, Kind::Return(List::from([made.params[1]])));
        self.unit.funcs[made.func].body.push(ret);
        made.func
    }

    fn hash_part(&mut self, made: &Made, part: &Part, offset: u64) {
        let word = self.cx.sizes.word;
        let (name, bytes) = match part {
            Part::Skip(_) => return,
            Part::Memory(4) => ("memhash32", None),
            Part::Memory(8) => ("memhash64", None),
            Part::Memory(n) => ("memhash", Some(*n)),
            Part::Float32 => ("f32hash", None),
            Part::Float64 => ("f64hash", None),
            Part::String => ("strhash", None),
            Part::Interface { methods: true } => ("interhash", None),
            Part::Interface { methods: false } => ("nilinterhash", None),
            Part::Array(times, parts) => {
                let elem = Parts(parts.clone());
                let callee = self.hash_signature(&elem);
                let counter = self.unit.new_temp(made.func, POS, TypeId::UINTPTR);
                let i = self.unit.names[counter].node;
                let p = self.moved(made.params[0], i);
                let call = self.call_comparing(made, callee, List::from([p, made.params[1]]));
                let stmt = self.unit.stmt(POS, Kind::Assign { x: made.params[1], y: Some(call), def: false });
                let step = size(parts, word);
                let bounds = (offset, offset + times * step, Some(step));
                self.counting_loop(made.func, counter, bounds, List::from([stmt]));
                return;
            }
        };
        let fun = self.runtime_func(name);
        let p = self.moved_by(made.params[0], offset);
        let mut args = List::from([p, made.params[1]]);
        if let Some(bytes) = bytes {
            args.push(self.building(|b| b.uintptr(POS, bytes)));
        }
        let call = self.building(|b| b.call(made.func, POS, fun, args, false));
        let stmt = self.unit.stmt(POS, Kind::Assign { x: made.params[1], y: Some(call), def: false });
        self.unit.funcs[made.func].body.push(stmt);
    }

    /// `unsafe.Add(p, by)`.
    fn moved(&mut self, p: NodeId, by: NodeId) -> NodeId {
        self.unit.expr(POS, TypeId::UNSAFE_POINTER, Kind::Binary(Op::UnsafeAdd, p, by))
    }
    fn moved_by(&mut self, p: NodeId, bytes: u64) -> NodeId {
        let by = self.building(|b| b.uintptr(POS, bytes));
        self.moved(p, by)
    }

    fn call_comparing(&mut self, made: &Made, callee: FuncId, args: List) -> NodeId {
        let fun = self.unit.names[self.unit.funcs[callee].name].node;
        self.building(|b| b.call(made.func, POS, fun, args, false))
    }
}

/// Makes the body of a function that compares.
struct Comparer<'l, 'w> {
    low: &'l mut Lowerer<'w>,
    made: Made,
    /// Where it goes if something differs.
    neq: Symbol,
    /// Bytes compared so far.
    offset: u64,
    /// Whether anything is called.
    calls: bool,
    /// The last test, which becomes the result.
    last: Option<NodeId>,
    /// Offsets of strings whose lengths are equal: the rest is compared late.
    strings: Vec<u64>,
}

impl Comparer<'_, '_> {
    fn part(&mut self, part: &Part) {
        let word = self.low.cx.sizes.word;
        match part {
            Part::Memory(n) if *n > MAX_LOADED => {
                let (p, q) = self.moved_by();
                let bytes = self.low.building(|b| b.uintptr(POS, *n));
                self.test_call("memequal", List::from([p, q, bytes]));
                self.offset += n;
            }
            Part::Memory(n) => self.memory(*n),
            Part::Skip(n) => self.offset += n,
            Part::Float32 => self.compare(TypeId::FLOAT32, 4),
            Part::Float64 => self.compare(TypeId::FLOAT64, 8),
            Part::String => {
                self.strings.push(self.offset);
                self.offset += word;
                self.compare(TypeId::UINTPTR, word);
            }
            Part::Interface { methods } => {
                self.compare_strings();
                let table = self.low.store().pointer(TypeId::UINTPTR);
                let (table_p, table_q) = self.load(table, word);
                self.test_equal(table_p, table_q);
                let (data_p, data_q) = self.load(TypeId::UNSAFE_POINTER, word);
                let name = if *methods { "ifaceeq" } else { "efaceeq" };
                self.test_call(name, List::from([table_p, data_p, data_q]));
            }
            Part::Array(times, parts) => self.array(*times, parts),
        }
    }

    /// Compares memory by loads as large as possible, the last ones overlapping.
    fn memory(&mut self, bytes: u64) {
        let any = self.low.cx.model.lowering.merges_loads(self.low.cx.target);
        let word = self.low.cx.sizes.word;
        let mut left = bytes;
        while left > 0 {
            let fits = |size: u64, offset: u64| any || word >= size && offset.is_multiple_of(size);
            let (ty, size, step) = match left {
                8.. if fits(8, self.offset) => (TypeId::UINT64, 8, 8),
                5..=7 if any && bytes >= 8 => (TypeId::UINT64, 8, left),
                4.. if fits(4, self.offset) => (TypeId::UINT32, 4, 4),
                3 if any && bytes >= 4 => (TypeId::UINT32, 4, 3),
                2.. if fits(2, self.offset) => (TypeId::UINT16, 2, 2),
                _ => (TypeId::UINT8, 1, 1),
            };
            self.offset -= size - step;
            self.compare(ty, size);
            left -= step;
        }
    }

    fn array(&mut self, times: u64, parts: &[Part]) {
        self.compare_strings();
        self.flush_test();
        let step = size(parts, self.low.cx.sizes.word);
        let mut elem = parts.to_vec();
        elem.pop_if(|last| matches!(last, Part::Skip(_)));
        let callee = self.low.equal_signature(&Parts(elem));
        let func = self.made.func;
        let counter = self.low.unit.new_temp(func, POS, TypeId::UINTPTR);
        let i = self.low.unit.names[counter].node;
        let p = self.low.moved(self.made.params[0], i);
        let q = self.low.moved(self.made.params[1], i);
        let call = self.low.call_comparing(&self.made, callee, List::from([p, q]));
        let test = self.jump_unless(call);
        let bounds = (self.offset, self.offset + times * step, Some(step));
        self.low.counting_loop(func, counter, bounds, List::from([test]));
        self.offset += times * step;
    }

    /// `unsafe.Add(p, offset)`, `unsafe.Add(q, offset)`.
    fn moved_by(&mut self) -> (NodeId, NodeId) {
        let p = self.low.moved_by(self.made.params[0], self.offset);
        let q = self.low.moved_by(self.made.params[1], self.offset);
        (p, q)
    }

    /// What stands at the offset in both values, which moves on.
    fn load(&mut self, ty: TypeId, bytes: u64) -> (NodeId, NodeId) {
        let (p, q) = self.moved_by();
        let pointer = self.low.store().pointer(ty);
        let mut load = |x: NodeId| {
            let x = self.low.unit.expr(POS, pointer, Kind::Conv(Op::ConvNop, x));
            self.low.building(|b| b.deref(POS, x))
        };
        let loads = (load(p), load(q));
        self.offset += bytes;
        loads
    }

    fn compare(&mut self, ty: TypeId, bytes: u64) {
        let (x, y) = self.load(ty, bytes);
        self.test_equal(x, y);
    }

    fn test_equal(&mut self, x: NodeId, y: NodeId) {
        let test = self.low.building(|b| {
            let test = b.binary(POS, Op::Eq, x, y);
            b.default_lit(test, None, false)
        });
        self.test(test);
    }

    fn test_call(&mut self, name: &str, args: List) {
        let fun = self.low.runtime_func(name);
        let call = self.low.building(|b| b.call(self.made.func, POS, fun, args, false));
        self.calls = true;
        self.test(call);
    }

    fn test(&mut self, test: NodeId) {
        self.flush_test();
        self.last = Some(test);
    }

    fn flush_test(&mut self) {
        if let Some(test) = self.last.take() {
            let stmt = self.jump_unless(test);
            self.low.unit.funcs[self.made.func].body.push(stmt);
        }
    }

    /// `if test {} else { goto neq }`.
    fn jump_unless(&mut self, cond: NodeId) -> NodeId {
        self.low.jump_unless(cond, self.neq)
    }

    fn compare_strings(&mut self) {
        let offset = self.offset;
        let word = self.low.cx.sizes.word;
        for at in std::mem::take(&mut self.strings) {
            self.offset = at;
            let (p, q) = self.load(TypeId::UNSAFE_POINTER, word);
            let (len, _) = self.load(TypeId::UINTPTR, word);
            self.test_call("memequal", List::from([p, q, len]));
        }
        self.offset = offset;
    }

    fn finish(mut self) {
        self.compare_strings();
        let last = self.last.take();
        let last = last.unwrap_or_else(|| self.low.building(|b| b.bool(POS, true)));
        let result = self.made.params[2];
        let stmt = self.low.unit.stmt(POS, Kind::Assign { x: result, y: Some(last), def: false });
        self.low.unit.funcs[self.made.func].body.push(stmt);
        self.low.finish_equality(&self.made, self.neq, self.calls);
    }
}

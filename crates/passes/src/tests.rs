//! Passes over units made by hand.

use escargo_base::{Pos, SourceMap, Symbol};
use escargo_dialect::{CompilerModel, GoVersion, Target};
use escargo_ir::{
    Class, CompilerFlags, Context, Func, FuncId, InlId, IrPos, Kind, List, NameId, NodeId, Op, Origin, Role,
    Unit,
};
use escargo_types::sizes::Sizes;
use escargo_types::{Object, Package, Signature, TypeId, TypeStore, Value};

use crate::abi_wrappers::{Abi, AbiInputs};
use crate::{abi_wrappers, bounds, dead_locals, loopvar, static_init};

struct Bench {
    cx: Context<'static>,
    unit: Unit,
}

impl Bench {
    fn new() -> Bench {
        let store: &'static TypeStore = Box::leak(Box::default());
        let cx = Context {
            store,
            sizes: Sizes { word: 8, max_align: 8 },
            sources: Box::leak(Box::new(SourceMap::new())),
            model: Box::leak(Box::new(CompilerModel::for_toolchain(GoVersion::release(27, 3)))),
            target: Box::leak(Box::new(Target::new("linux", "amd64"))),
            flags: Box::leak(Box::new(CompilerFlags { m: 2, ..CompilerFlags::default() })),
        };
        let path = Symbol::intern("p");
        Bench { cx, unit: Unit::new(store.new_package(Package::new(path, Some(path), false))) }
    }
    fn func(&mut self, name: &str) -> FuncId {
        let ty = self.cx.store.new_signature(Signature::default());
        let pkg = Some(self.unit.pkg);
        let name = self.unit.new_name(IrPos::NONE, Symbol::intern(name), pkg, ty, Class::Func);
        let func = self.unit.funcs.push(Func::new(name, IrPos::NONE, Origin::Generated, Role::Plain));
        self.unit.names[name].func = Some(func);
        self.unit.func_list.push(func);
        func
    }
    fn local(&mut self, func: FuncId, name: &str, ty: TypeId) -> NameId {
        let pkg = Some(self.unit.pkg);
        self.unit.new_local(func, IrPos::NONE, Symbol::intern(name), pkg, ty, Class::Auto)
    }
    fn global(&mut self, name: &str, ty: TypeId) -> NodeId {
        let pkg = Some(self.unit.pkg);
        let name = self.unit.new_name(IrPos::NONE, Symbol::intern(name), pkg, ty, Class::Extern);
        self.unit.names[name].node
    }
    fn node(&self, name: NameId) -> NodeId {
        self.unit.names[name].node
    }
    fn at(&self, offset: u32) -> IrPos {
        IrPos::source(Pos { file: None, offset: offset + 10 })
    }
    fn int(&mut self, value: i64) -> NodeId {
        self.unit.expr(IrPos::NONE, TypeId::INT, Kind::Literal(Box::new(Value::int(value))))
    }
    fn expr(&mut self, ty: TypeId, kind: Kind) -> NodeId {
        self.unit.expr(IrPos::NONE, ty, kind)
    }
    fn assign(&mut self, x: NodeId, y: NodeId, def: bool) -> NodeId {
        self.unit.stmt(IrPos::NONE, Kind::Assign { x, y: Some(y), def })
    }
    fn body(&mut self, func: FuncId, list: &[NodeId]) {
        self.unit.funcs[func].body = list.iter().copied().collect();
    }
    fn literal(&mut self, outer: FuncId, captured: NameId) -> NodeId {
        let func = self.func("f.func1");
        let ty = self.unit.func_name(func).ty;
        let node = self.expr(ty, Kind::Closure(func));
        let var = self.unit.names[captured].clone();
        let copy = self.unit.new_name(IrPos::NONE, var.sym, var.pkg, var.ty, Class::Auto);
        self.unit.names[copy].outer = Some(captured);
        let literal = &mut self.unit.funcs[func];
        literal.parent = Some(outer);
        literal.closure_node = Some(node);
        literal.closure_vars.push(copy);
        node
    }
    fn is_discarded(&self, stmt: NodeId) -> bool {
        match self.unit.nodes[stmt].kind {
            Kind::Assign { x, .. } => self.unit.is_blank(x),
            _ => false,
        }
    }
}

#[test]
fn unused_literals_go_with_what_they_capture() {
    let mut b = Bench::new();
    let func = b.func("f");
    let (x, unused, used) =
        (b.local(func, "x", TypeId::INT), b.local(func, "u", TypeId::INT), b.local(func, "w", TypeId::INT));
    let one = b.int(1);
    let set_x = b.assign(b.node(x), one, true);
    let literal = b.literal(func, x);
    let set_unused = b.assign(b.node(unused), literal, true);
    let set_used = b.assign(b.node(used), one, true);
    let print = Kind::Builtin { op: Op::Println, args: List::from([b.node(used)]), ddd: false };
    let print = b.unit.stmt(IrPos::NONE, print);
    b.body(func, &[set_x, set_unused, set_used, print]);
    dead_locals::run(&b.cx, &mut b.unit);
    // The literal was the only use of x.
    assert!(b.is_discarded(set_unused) && b.is_discarded(set_x) && !b.is_discarded(set_used));
}

#[test]
fn captured_loop_variables_are_split() {
    let mut b = Bench::new();
    let func = b.func("f");
    let i = b.local(func, "i", TypeId::INT);
    let zero = b.int(0);
    let init = b.assign(b.node(i), zero, true);
    let decl = b.unit.stmt(IrPos::NONE, Kind::Decl(i));
    b.unit.nodes[init].init.push(decl);
    let literal = b.literal(func, i);
    let panic = b.unit.stmt(IrPos::NONE, Kind::Unary(Op::Panic, literal));
    let next = b.unit.stmt(IrPos::NONE, Kind::Branch(Op::Continue, None));
    let post = b.unit.stmt(IrPos::NONE, Kind::AssignOp { op: Op::Add, x: b.node(i), y: zero, incdec: true });
    let body = List::from([panic, next]);
    let stmt = Kind::For { label: None, cond: None, post: Some(post), body, distinct: true };
    let stmt = b.unit.stmt(IrPos::NONE, stmt);
    b.unit.nodes[stmt].init.push(init);
    b.unit.funcs[func].has_distinct_loop = true;
    b.body(func, &[stmt]);

    let transformed = loopvar::run(&b.cx, &mut b.unit);
    assert_eq!(transformed.len(), 1);
    let Kind::For { post, body, distinct, .. } = &b.unit.nodes[stmt].kind else { panic!("no loop") };
    assert!(post.is_none() && !distinct);
    let ops: Vec<Op> = body.iter().map(|&node| b.unit.nodes[node].op()).collect();
    assert_eq!(ops, [Op::As, Op::If, Op::Panic, Op::Goto, Op::Label, Op::As]);
    // The variable is declared in the body now.
    assert_eq!(b.unit.nodes[body[0]].init[..], [decl]);
    assert!(b.unit.nodes[init].init.is_empty());
    assert_eq!(b.unit.names[i].defn, Some(body[0]));
}

#[test]
fn literals_are_split_into_data_and_code() {
    let mut b = Bench::new();
    let init = b.func("init");
    b.unit.init = Some(init);
    let (slice, pointer) = (b.cx.store.slice(TypeId::INT), b.cx.store.pointer(TypeId::INT));
    let (x, y, p) = (b.global("x", slice), b.global("y", slice), b.global("p", pointer));
    let len = b.expr(slice, Kind::Nil);
    let call = b.expr(TypeId::INT, Kind::Unary(Op::Recv, len));
    let one = b.int(1);
    let literal =
        b.expr(slice, Kind::CompositeLit { op: Op::SliceLit, list: List::from([one, call]), len: 2 });
    let new = b.expr(TypeId::INT, Kind::Type);
    let new = b.expr(pointer, Kind::Unary(Op::New, new));
    let (set_x, set_y, set_p) = (b.assign(x, literal, false), b.assign(y, x, false), b.assign(p, new, false));
    b.body(init, &[set_x, set_y, set_p]);
    static_init::run(&b.cx, &mut b.unit);

    // x and its copy y are data but for the element that is received; new is code.
    let body = &b.unit.funcs[init].body;
    let &[element, last] = &body[..] else { panic!("{} statements", body.len()) };
    assert_eq!((last, b.unit.static_temps), (set_p, 1));
    let Kind::Assign { x, y: Some(y), .. } = b.unit.nodes[element].kind else { panic!("no assignment") };
    assert_eq!(y, call);
    let Kind::LinkSymOffset { name, offset } = b.unit.nodes[x].kind else { panic!("no part") };
    assert_eq!((b.unit.names[name].sym.as_str(), offset), (".stmp_0", 8));
}

#[test]
fn inlined_expressions_are_data() {
    let mut b = Bench::new();
    let init = b.func("init");
    b.unit.init = Some(init);
    let x = b.global("x", TypeId::INT8);
    let (param, result) = (b.local(init, "n", TypeId::INT), b.local(init, "~r0", TypeId::INT8));
    let arg = b.int(300);
    let (lhs, rhs) = (List::from([b.node(param)]), List::from([arg]));
    let params = b.unit.stmt(IrPos::NONE, Kind::AssignList { op: Op::As2, lhs, rhs, def: true });
    let mark = b.unit.stmt(IrPos::NONE, Kind::InlMark(InlId::from_u32(0)));
    let value = b.expr(TypeId::INT8, Kind::Conv(Op::Conv, b.node(param)));
    let (lhs, rhs) = (List::from([b.node(result)]), List::from([value]));
    let set = b.unit.stmt(IrPos::NONE, Kind::AssignList { op: Op::As2, lhs, rhs, def: false });
    let decl = b.unit.stmt(IrPos::NONE, Kind::Decl(result));
    let end = Symbol::intern(".i0");
    let goto = b.unit.stmt(IrPos::NONE, Kind::Branch(Op::Goto, Some(end)));
    let block = b.unit.stmt(IrPos::NONE, Kind::Block(List::from([decl, set, goto])));
    let label = b.unit.stmt(IrPos::NONE, Kind::Label(end));
    let (body, results) = (List::from([block, label]), List::from([b.node(result)]));
    let call = b.expr(TypeId::INT8, Kind::InlCall { body, results });
    b.unit.nodes[call].init.extend([params, mark]);
    let set_x = b.assign(x, call, false);
    b.body(init, &[set_x]);
    static_init::run(&b.cx, &mut b.unit);
    let &[stmt] = &b.unit.funcs[init].body[..] else { panic!("more than one statement") };
    assert!(matches!(&b.unit.nodes[stmt].kind, Kind::Block(list) if list.is_empty()));
}

#[test]
fn assembly_is_called_through_wrappers() {
    let mut b = Bench::new();
    let func = b.func("f");
    let symbol = Symbol::intern("p.f");
    let mut inputs = AbiInputs { wraps: true, ..AbiInputs::default() };
    abi_wrappers::run(&b.cx, &mut b.unit, &inputs);
    assert_eq!(b.unit.func_list, [func]);
    inputs.defs.insert(symbol, Abi::Abi0);
    abi_wrappers::run(&b.cx, &mut b.unit, &inputs);
    let &[_, wrapper] = &b.unit.func_list[..] else { panic!("no wrapper") };
    // No tail call: registers are set up on this side.
    let &[call] = &b.unit.funcs[wrapper].body[..] else { panic!("no body") };
    assert!(b.unit.funcs[wrapper].dupok && b.unit.nodes[call].op() == Op::CallFunc);
}

#[test]
fn masked_indices_need_no_check_unless_copied() {
    let mut b = Bench::new();
    let func = b.func("f");
    let array = b.cx.store.array(TypeId::INT, Some(8));
    let slice = b.cx.store.slice(TypeId::INT);
    let (a, i) = (b.global("a", array), b.local(func, "i", TypeId::INT));
    let s = b.local(func, "s", slice);
    let element = |b: &mut Bench, offset: u32, mask: i64| {
        let mask = b.int(mask);
        let index = b.expr(TypeId::INT, Kind::Binary(Op::And, b.node(i), mask));
        b.unit.expr(b.at(offset), TypeId::INT, Kind::Index(Op::Index, a, index))
    };
    // a[i&7], a[i&3] = a[i&1], a[i&8]; s = append(s, a[i&7])
    let [e0, e1, e2, e3, e4] =
        [(0, 7), (1, 3), (2, 1), (3, 8), (4, 7)].map(|(at, mask)| element(&mut b, at, mask));
    let (lhs, rhs) = (List::from([e0, e1]), List::from([e2, e3]));
    let pairs = b.unit.stmt(IrPos::NONE, Kind::AssignList { op: Op::As2, lhs, rhs, def: false });
    let args = List::from([b.node(s), e4]);
    let append = b.expr(slice, Kind::Builtin { op: Op::Append, args, ddd: false });
    let append = b.assign(b.node(s), append, false);
    b.body(func, &[pairs, append]);
    let elided = bounds::run(&b.cx, &mut b.unit, &|_| false, &|_| None);
    let expected: Vec<IrPos> = [0, 2, 1].iter().map(|&offset| b.at(offset)).collect();
    assert_eq!(elided, expected);
}

#[test]
fn effects_are_known() {
    let mut b = Bench::new();
    let one = b.int(1);
    let zero = b.int(0);
    let [half, crash] = [one, zero].map(|y| b.expr(TypeId::INT, Kind::Binary(Op::Div, one, y)));
    assert!(!b.unit.any_side_effects(half) && b.unit.any_side_effects(crash));
    let field =
        b.cx.store.new_object(Object::field(Pos::NONE, None, Symbol::intern("x"), TypeId::INT, false));
    let ty = b.cx.store.new_struct(vec![field], Vec::new());
    let value = b.unit.stmt(IrPos::NONE, Kind::StructKey { field: 0, value: zero });
    let literal = b.expr(ty, Kind::CompositeLit { op: Op::StructLit, list: List::from([value]), len: 0 });
    assert!(b.unit.is_zero(literal));
}

//! Calls (`typecheck/{func,typecheck}.go` of Go 1.27).

use escargo_types::TypeId;
use escargo_types::ty::Type;

use super::Build;
use crate::{Call, Class, FuncId, IrPos, Kind, List, NodeId, Op, Original};

impl Call {
    /// A call of a function with nothing special about it.
    pub fn new(fun: NodeId, args: List, ddd: bool) -> Call {
        Call {
            op: Op::CallFunc,
            fun,
            args,
            ddd,
            go_defer: false,
            no_inline: false,
            keeps_alive: false,
            defer_at: None,
        }
    }
}

/// Calls.
impl Build<'_> {
    /// A call of `fun` in `func` (which gets temporaries). A callee or receiver with calls in it is evaluated into a
    /// temporary first; arguments are converted to the parameters' types; arguments for a variadic parameter are
    /// packed into a slice, unless `ddd`; a selector with [`Op::DotMeth`] becomes a method expression that takes the
    /// receiver as first argument (`typecheck.tcCall`).
    pub fn call(&mut self, func: FuncId, pos: IrPos, fun: NodeId, args: List, ddd: bool) -> NodeId {
        let ty = self.ty(fun);
        let mut call = Call::new(fun, args, ddd);
        let mut init = List::new();
        call.fun = self.hoist_callee(func, pos, fun, &mut init);
        let original = self.spread_argument(func, pos, &mut call, &mut init);
        self.convert_args(pos, ty, &mut call);
        if self.rules.packs_arguments {
            self.pack_variadic(pos, ty, &mut call);
        }
        self.fix_method(&mut call);
        let results: Vec<TypeId> = self.result_types(ty).take(2).collect();
        let result = match results[..] {
            [] => TypeId::INVALID,
            [one] => one,
            _ => self.signature(ty).map_or(TypeId::INVALID, |sig| sig.results),
        };
        let kind = match self.is_getg(&call) && results.len() == 1 {
            true => Kind::Unary(Op::GetG, call.fun),
            false => Kind::Call(Box::new(call)),
        };
        let node = self.unit.expr(pos, result, kind);
        self.unit.nodes[node].init = init;
        if let Some(original) = original {
            self.unit.originals.insert(node, Original::Node(original));
        }
        node
    }

    /// Evaluates the only argument into temporaries if it has several values. The call as it was, for messages
    /// (`noder/transform.go` of 1.19, transformArgs).
    fn spread_argument(
        &mut self,
        func: FuncId,
        pos: IrPos,
        call: &mut Call,
        init: &mut List,
    ) -> Option<NodeId> {
        let &[arg] = &call.args[..] else { return None };
        if call.ddd || !matches!(self.store.ty(self.ty(arg)), Type::Tuple(_)) {
            return None;
        }
        let original = self.unit.expr(pos, TypeId::INVALID, Kind::Call(Box::new(call.clone())));
        let (assign, temps) = self.spread_results(func, pos, arg);
        init.push(assign);
        call.args = temps;
        Some(original)
    }

    /// Evaluates the callee, or the receiver of a method of an interface, into a temporary if there is a call in it
    /// (`typecheck.RewriteNonNameCall`).
    fn hoist_callee(&mut self, func: FuncId, pos: IrPos, fun: NodeId, init: &mut List) -> NodeId {
        let receiver = match &self.unit.nodes[fun].kind {
            Kind::Selector(s) if matches!(s.op, Op::DotMeth | Op::DotInter | Op::MethValue) => Some(s.x),
            _ => None,
        };
        let hoisted = receiver.unwrap_or(fun);
        if matches!(self.unit.nodes[hoisted].kind, Kind::Name(_)) || !self.has_call(hoisted) {
            return fun;
        }
        let temp = self.unit.new_temp(func, pos, self.ty(hoisted));
        let x = self.unit.names[temp].node;
        let defines = !self.rules.reads_back;
        let assign = self.unit.stmt(pos, Kind::Assign { x, y: Some(hoisted), def: defines });
        self.unit.names[temp].defn = Some(assign);
        // Where it is marked as definition, nobody has declared the variable.
        if !defines {
            let decl = self.unit.stmt(pos, Kind::Decl(temp));
            self.unit.nodes[assign].init.push(decl);
        }
        init.push(assign);
        match &mut self.unit.nodes[fun].kind {
            Kind::Selector(s) if receiver.is_some() => {
                s.x = x;
                fun
            }
            _ => x,
        }
    }

    fn has_call(&self, node: NodeId) -> bool {
        self.unit.any(node, &mut |n| is_call_or_chan(self.unit.nodes[n].op()))
    }

    fn convert_args(&mut self, pos: IrPos, ty: TypeId, call: &mut Call) {
        let params: Vec<TypeId> = self.param_types(ty).collect();
        let variadic = self.signature(ty).is_some_and(|sig| sig.variadic);
        // The place where the compiler stands: the last argument that has a position of its own.
        let mut at = pos;
        for (i, arg) in call.args.iter_mut().enumerate() {
            let node = &self.unit.nodes[*arg];
            if !matches!(node.kind, Kind::Name(_) | Kind::Blank) && node.pos.is_known() {
                at = node.pos;
            }
            let Some(&last) = params.last() else { return };
            let param = match *self.store.ty(self.store.under(last)) {
                Type::Slice(elem) if variadic && !call.ddd && i + 1 >= params.len() => elem,
                _ => params.get(i).copied().unwrap_or(last),
            };
            *arg = self.assign_conv(at, *arg, param);
        }
    }

    /// Packs the arguments of a call for a variadic parameter into a slice, if that has not been done.
    pub fn fix_variadic(&mut self, node: NodeId) {
        let pos = self.unit.nodes[node].pos;
        let Kind::Call(call) = &self.unit.nodes[node].kind else { return };
        if call.ddd || !self.signature(self.ty(call.fun)).is_some_and(|sig| sig.variadic) {
            return;
        }
        let mut call = call.clone();
        let ty = self.ty(call.fun);
        self.pack_variadic(pos, ty, &mut call);
        self.unit.nodes[node].kind = Kind::Call(call);
    }

    /// Packs the arguments for a variadic parameter into a slice (`typecheck.FixVariadicCall`).
    fn pack_variadic(&mut self, pos: IrPos, ty: TypeId, call: &mut Call) {
        let Some(sig) = self.signature(ty) else { return };
        let params = self.store.tuple(sig.params);
        if !sig.variadic || call.ddd || params.is_empty() {
            return;
        }
        let last = params.len() - 1;
        let slice = self.store.obj_type(params[last]);
        let packed = match call.args.len() > last {
            true => {
                let extra: List = call.args.drain(last..).collect();
                let literal = self.composite(pos, slice, extra);
                self.set_implicit(literal)
            }
            false => self.nil(pos, slice),
        };
        call.args.push(packed);
        call.ddd = true;
    }

    /// Makes a call of a method a call of a function with the receiver as first argument (`typecheck.FixMethodCall`).
    fn fix_method(&mut self, call: &mut Call) {
        let Kind::Selector(dot) = &self.unit.nodes[call.fun].kind else { return };
        match dot.op {
            Op::DotInter => call.op = Op::CallInter,
            Op::DotMeth => {
                let dot = **dot;
                let node = &self.unit.nodes[call.fun];
                let (pos, sig) = (node.pos, node.ty);
                let recv = self.ty(dot.x);
                let Some(method) = dot.obj else { return };
                call.fun = self.method_expr_of(pos, recv, method, sig, dot.func);
                call.args.insert(0, dot.x);
            }
            _ => {}
        }
    }

    fn is_getg(&self, call: &Call) -> bool {
        let Some(name) = self.unit.as_name(call.fun) else { return false };
        let name = &self.unit.names[name];
        name.class == Class::Func
            && name.sym.as_str() == "getg"
            && name.pkg.is_some_and(|pkg| self.store.pkg(pkg).path.as_str() == "runtime")
    }

    /// Assigns the results of a call to new temporaries of `func`: the assignment with their declarations, and the
    /// temporaries (`typecheck.RewriteMultiValueCall`).
    pub fn spread_results(&mut self, func: FuncId, pos: IrPos, call: NodeId) -> (NodeId, List) {
        let results: Vec<TypeId> = match self.store.ty(self.ty(call)) {
            Type::Tuple(tuple) => tuple.vars.iter().map(|&var| self.store.obj_type(var)).collect(),
            _ => vec![self.ty(call)],
        };
        let mut init = List::new();
        let mut temps = List::new();
        let names: Vec<_> = results.iter().map(|&ty| self.unit.new_temp(func, pos, ty)).collect();
        for &name in &names {
            init.push(self.unit.stmt(pos, Kind::Decl(name)));
            temps.push(self.unit.names[name].node);
        }
        let rhs = List::from([call]);
        let assign = Kind::AssignList { op: Op::As2Func, lhs: temps.clone(), rhs, def: false };
        let assign = self.unit.stmt(pos, assign);
        self.unit.nodes[assign].init = init;
        (assign, temps)
    }
}

/// Operations that keep a callee from staying in place (`typecheck.callOrChan`); `new` does not.
fn is_call_or_chan(op: Op) -> bool {
    use Op::{
        Append, CallFunc, CallInter, Cap, Clear, Close, Complex, Copy, Delete, Imag, Len, Max, Min, Panic,
        Print, Println, Real, Recover, Recv, UnsafeAdd, UnsafeSlice, UnsafeSliceData, UnsafeString,
        UnsafeStringData,
    };
    matches!(
        op,
        Append
            | CallFunc
            | CallInter
            | Cap
            | Clear
            | Close
            | Complex
            | Copy
            | Delete
            | Imag
            | Len
            | Max
            | Min
            | Panic
            | Print
            | Println
            | Real
            | Recover
            | Recv
            | UnsafeAdd
            | UnsafeSlice
            | UnsafeSliceData
            | UnsafeString
            | UnsafeStringData
    )
}

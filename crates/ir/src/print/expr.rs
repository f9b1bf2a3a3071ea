//! Expressions as text (`ir/fmt.go`, exprFmt).

use std::fmt::Write;

use escargo_base::Symbol;
use escargo_types::link::link_prefix;
use escargo_types::ty::Type;
use escargo_types::{PkgId, TypeId};

use super::op::{UNARY, precedence, spelling};
use super::{symbol, types};
use crate::{Call, Context, Kind, NameId, Node, NodeId, Op, Original, Unit};

/// Writes nodes to the end of a string.
pub(super) struct NodeWriter<'a, 'o> {
    pub(super) cx: &'a Context<'a>,
    pub(super) unit: &'a Unit,
    pub(super) out: &'o mut String,
}

impl NodeWriter<'_, '_> {
    pub(super) fn text(&mut self, text: &str) {
        self.out.push_str(text);
    }
    pub(super) fn ty(&mut self, ty: TypeId) {
        super::write_type(self.cx, self.unit.pkg, ty, self.out);
    }
    pub(super) fn symbol(&mut self, pkg: Option<PkgId>, sym: Symbol) {
        symbol::write_symbol(self.cx.store, self.unit.pkg, pkg, sym, self.out);
    }
    /// An expression or statement.
    pub(super) fn node(&mut self, node: NodeId) {
        match precedence(self.unit.nodes[node].op()) {
            None => self.stmt(node),
            Some(_) => self.expr(node, 0),
        }
    }
    /// A node that may be missing.
    pub(super) fn optional(&mut self, node: Option<NodeId>, otherwise: &str) {
        match node {
            Some(node) => self.node(node),
            None => self.text(otherwise),
        }
    }
    pub(super) fn list(&mut self, list: &[NodeId], separator: &str) {
        for (i, &node) in list.iter().enumerate() {
            self.text(if i > 0 { separator } else { "" });
            self.node(node);
        }
    }

    /// An expression as an operand where at least `demand` is demanded of its precedence.
    fn expr(&mut self, mut node: NodeId, demand: u8) {
        let unit = self.unit;
        loop {
            match unit.original(node) {
                Some(Original::Text(text, op)) => return self.written(text, op, demand),
                Some(Original::Node(original)) => node = original,
                None => match hidden_operand(&unit.nodes[node]) {
                    Some(operand) => node = operand,
                    None => break,
                },
            }
        }
        let n = &unit.nodes[node];
        let binds = self.binds(n);
        if demand > binds {
            self.text("(");
            self.node(node);
            self.text(")");
        } else {
            self.bare(n, binds);
        }
    }

    /// A constant as it stands in the source.
    fn written(&mut self, text: Symbol, op: Op, demand: u8) {
        let bare = demand <= precedence(op).unwrap_or(0);
        self.text(if bare { "" } else { "(" });
        self.text(text.as_str());
        self.text(if bare { "" } else { ")" });
    }

    fn binds(&self, n: &Node) -> u8 {
        let store = self.cx.store;
        match n.op() {
            Op::Type if matches!(store.ty(store.under(n.ty)), Type::Pointer(_)) => UNARY,
            // Statements bind less than anything.
            op => precedence(op).unwrap_or(0),
        }
    }

    fn bare(&mut self, n: &Node, binds: u8) {
        match &n.kind {
            &Kind::Name(name) => self.name(name),
            Kind::Blank => self.text("_"),
            Kind::Literal(value) => self.constant(value, n.ty),
            Kind::Nil => self.text("nil"),
            Kind::Type => self.ty(n.ty),
            &Kind::LinkSymOffset { name, offset } => self.link_symbol(n.ty, name, offset),
            Kind::Closure(_) => self.text("func literal"),
            &Kind::Unary(op, x) => self.unary(op, x, binds),
            &Kind::Binary(op, x, y) => self.binary(op, x, y, binds),
            Kind::AddStr(list) => {
                for (i, &operand) in list.iter().enumerate() {
                    self.text(if i > 0 { " + " } else { "" });
                    self.expr(operand, binds);
                }
            }
            Kind::Builtin { op, args, ddd } => {
                self.text(spelling(*op));
                self.args(args, *ddd);
            }
            Kind::Call(call) => self.call(call, binds),
            Kind::CompositeLit { .. } if n.implicit => self.text("... argument"),
            Kind::CompositeLit { list, .. } => {
                self.ty(n.ty);
                self.text(if list.is_empty() { "{}" } else { "{...}" });
            }
            &Kind::StructKey { value, .. } => self.node(value),
            &Kind::Conv(_, x) => self.conversion(n.ty, x),
            Kind::Selector(s) => {
                self.expr(s.x, binds);
                self.text(".");
                self.text(s.sel.as_str());
            }
            &Kind::TypeAssert(_, x) => {
                self.expr(x, binds);
                self.text(".(");
                self.ty(n.ty);
                self.text(")");
            }
            &Kind::Index(_, x, index) => {
                self.expr(x, binds);
                self.text("[");
                self.node(index);
                self.text("]");
            }
            &Kind::Slice(op, x, bounds) => self.slice(op, x, bounds, binds),
            &Kind::Make(op, len, cap) => self.make(op, n.ty, len, cap),
            Kind::InlCall { results, .. } => match results[..] {
                [result] => self.node(result),
                _ => {
                    self.text("(.");
                    self.list(results, "; ");
                    self.text(")");
                }
            },
            &Kind::Send(chan, value) => {
                self.expr(chan, binds);
                self.text(" <- ");
                self.expr(value, binds + 1);
            }
            _ => self.no_syntax(n.op()),
        }
    }

    /// What has no text of its own shows as its operation.
    fn no_syntax(&mut self, op: Op) {
        self.text("<node ");
        self.text(spelling(op));
        self.text(">");
    }

    pub(super) fn name(&mut self, name: NameId) {
        let name = &self.unit.names[name];
        if name.sym.as_str().starts_with("~b") {
            return self.text("_");
        }
        self.symbol(name.pkg, name.sym);
    }

    fn link_symbol(&mut self, ty: TypeId, name: NameId, offset: u64) {
        let name = &self.unit.names[name];
        self.text("(");
        self.ty(ty);
        self.text(")(");
        self.text(&link_prefix(self.cx.store, name.pkg.unwrap_or(self.unit.pkg)));
        // Writing to a string cannot fail.
        let _ = write!(self.out, ".{}@{offset})", name.sym);
    }

    fn unary(&mut self, op: Op, x: NodeId, binds: u8) {
        match op {
            Op::Plus | Op::Neg | Op::BitNot | Op::Not | Op::Recv | Op::Addr | Op::Deref => {
                self.text(spelling(op));
                if op != Op::Deref && self.unit.nodes[x].op() == op {
                    self.text(" ");
                }
                self.expr(x, binds + 1);
            }
            Op::PtrLit => {
                self.text("&");
                self.node(x);
            }
            Op::Real
            | Op::Imag
            | Op::Cap
            | Op::Clear
            | Op::Close
            | Op::Len
            | Op::New
            | Op::Panic
            | Op::Paren => {
                // Parentheses have an empty spelling.
                self.text(spelling(op));
                self.text("(");
                self.node(x);
                self.text(")");
            }
            Op::GetG => {
                self.expr(x, binds);
                self.text("()");
            }
            _ => self.no_syntax(op),
        }
    }

    fn binary(&mut self, op: Op, x: NodeId, y: NodeId, binds: u8) {
        match op {
            Op::Complex | Op::Copy | Op::UnsafeAdd | Op::UnsafeSlice => {
                self.text(spelling(op));
                self.args(&[x, y], false);
            }
            Op::Key => {
                self.node(x);
                self.text(":");
                self.node(y);
            }
            _ if (1..UNARY).contains(&binds) => {
                self.expr(x, binds);
                self.text(" ");
                self.text(spelling(op));
                self.text(" ");
                self.expr(y, binds + 1);
            }
            _ => self.no_syntax(op),
        }
    }

    fn call(&mut self, call: &Call, binds: u8) {
        self.expr(call.fun, binds);
        self.args(&call.args, call.ddd);
    }

    fn args(&mut self, args: &[NodeId], ddd: bool) {
        self.text("(");
        self.list(args, ", ");
        self.text(if ddd { "...)" } else { ")" });
    }

    fn conversion(&mut self, ty: TypeId, x: NodeId) {
        let named = types::has_symbol(self.cx.store, ty);
        self.text(if named { "" } else { "(" });
        self.ty(ty);
        self.text(if named { "(" } else { ")(" });
        self.node(x);
        self.text(")");
    }

    fn slice(&mut self, op: Op, x: NodeId, [low, high, max]: [Option<NodeId>; 3], binds: u8) {
        self.expr(x, binds);
        self.text("[");
        self.optional(low, "");
        self.text(":");
        self.optional(high, "");
        if matches!(op, Op::Slice3 | Op::Slice3Arr) {
            self.text(":");
            self.optional(max, "");
        }
        self.text("]");
    }

    /// A size that was not given is an untyped 0.
    fn make(&mut self, op: Op, ty: TypeId, len: Option<NodeId>, cap: Option<NodeId>) {
        let (unit, store) = (self.unit, self.cx.store);
        let len =
            len.filter(|&l| cap.is_some() || op == Op::MakeSlice || !store.is_untyped(unit.nodes[l].ty));
        self.text("make(");
        self.ty(ty);
        for size in len.into_iter().chain(cap) {
            self.text(", ");
            self.node(size);
        }
        self.text(")");
    }
}

/// The operand of an operation that the compiler added and messages do not show.
fn hidden_operand(n: &Node) -> Option<NodeId> {
    match n.kind {
        Kind::Unary(Op::Addr | Op::Deref, x) | Kind::Conv(Op::Conv | Op::ConvNop | Op::ConvIface, x) => {
            n.implicit.then_some(x)
        }
        _ => None,
    }
}

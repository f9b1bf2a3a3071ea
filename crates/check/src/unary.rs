//! Unary operations and channel operands.

use escargo_base::Pos;
use escargo_syntax::{Expr, ExprId, UnaryOp};
use escargo_types::constant::Op;
use escargo_types::typeset::{NoCommonUnder, common_under_or};
use escargo_types::{ChanDir, Type, TypeId};

use crate::checker::Checker;
use crate::code::Code;
use crate::operand::{Mode, Operand};

impl Checker<'_> {
    /// `op inner`, except `*inner`.
    pub(crate) fn unary(&mut self, x: &mut Operand, e: ExprId, op: UnaryOp, inner: ExprId) {
        self.expr(None, x, inner);
        if !x.is_valid() {
            return;
        }
        match op {
            UnaryOp::Addr => self.address_of(x, inner),
            UnaryOp::Recv => self.receive(x),
            UnaryOp::Tilde => {
                // `~x` does not exist; say so, and go on with what was meant if that is clear.
                let hint = if self.store.all_integer(x.ty) { " (use ^ for bitwise complement)" } else { "" };
                let message = format!("cannot use ~ outside of interface or type constraint{hint}");
                self.error_at(e, Code::UndefinedOp, message);
                if hint.is_empty() {
                    x.invalidate();
                } else {
                    self.arithmetic(x, e, UnaryOp::BitNot);
                }
            }
            _ => self.arithmetic(x, e, op),
        }
    }

    fn address_of(&mut self, x: &mut Operand, inner: ExprId) {
        let tree = self.tree();
        let is_literal = matches!(tree[tree.unparen(inner)], Expr::CompositeLit { .. });
        if !is_literal && x.mode != Mode::Variable {
            let message = format!("invalid operation: cannot take address of {}", self.ops(x));
            self.error(self.op_start(x), Code::UnaddressableOperand, message);
            x.invalidate();
            return;
        }
        x.mode = Mode::Value;
        x.ty = self.written(self.store.pointer(x.ty));
    }

    fn receive(&mut self, x: &mut Operand) {
        let pos = self.op_start(x);
        match self.chan_elem(pos, x, true) {
            // A value of an incomplete type cannot be received.
            Some(elem) if self.is_complete(elem) => {
                x.mode = Mode::CommaOk;
                x.ty = elem;
                self.env.has_call_or_recv = true;
            }
            _ => x.invalidate(),
        }
    }

    fn arithmetic(&mut self, x: &mut Operand, e: ExprId, op: UnaryOp) {
        let (is_defined, const_op) = match op {
            UnaryOp::Plus => (self.store.all_numeric(x.ty), Op::Pos),
            UnaryOp::Neg => (self.store.all_numeric(x.ty), Op::Neg),
            UnaryOp::Not => (self.store.all_boolean(x.ty), Op::Not),
            _ => (self.store.all_integer(x.ty), Op::Xor),
        };
        if !is_defined {
            self.undefined_operator(x, op.as_str());
            return;
        }
        if !x.is_const() {
            x.mode = Mode::Value;
            return;
        }
        let Some(val) = x.val.as_ref().filter(|val| !val.is_unknown()) else { return };
        let bits = if self.store.is_unsigned(x.ty) {
            self.config.sizes.size_of(self.store, x.ty).unwrap_or_default() as u32 * 8
        } else {
            0
        };
        x.val = Some(val.unary_op(const_op, bits));
        x.expr = Some(e);
        self.overflow(x, self.operator_pos(e));
    }

    /// Reports an operator that the operand's type does not have.
    pub(crate) fn undefined_operator(&mut self, x: &mut Operand, op: &str) {
        let message = format!("invalid operation: operator {op} not defined on {}", self.ops(x));
        self.error(self.op_start(x), Code::UndefinedOp, message);
        x.invalidate();
    }

    /// The place of an operation's operator; of other expressions the start.
    pub(crate) fn operator_pos(&self, e: ExprId) -> Pos {
        match self.tree()[e] {
            Expr::Unary { .. } | Expr::Star(_) | Expr::Binary { .. } => self.node_pos(e),
            _ => self.start(e),
        }
    }

    /// The element type of the channel `x`, which a value is received from (`recv`) or sent to; reports if that is
    /// not possible.
    pub(crate) fn chan_elem(&mut self, pos: Pos, x: &Operand, recv: bool) -> Option<TypeId> {
        let store = self.store;
        let barred = if recv { ChanDir::Send } else { ChanDir::Recv };
        let found =
            common_under_or(store, x.ty, &mut |next| match next.map(|(ty, under)| (ty, store.ty(under))) {
                None => Err(NoChannel::Unspecific),
                Some((ty, Type::Chan { dir, .. })) if *dir == barred => Err(NoChannel::WrongWay(ty)),
                Some((_, Type::Chan { .. })) => Ok(()),
                Some((ty, _)) => Err(NoChannel::Other(ty)),
            });
        let cause = match found {
            Ok(under) => match store.ty(under) {
                Type::Chan { elem, .. } => return Some(*elem),
                _ => String::new(),
            },
            Err(NoChannel::Unspecific) => "no specific channel type".into(),
            Err(NoChannel::Other(ty)) => format!("non-channel {}", self.ts(ty)),
            Err(NoChannel::WrongWay(ty)) if recv => format!("send-only channel {}", self.ts(ty)),
            Err(NoChannel::WrongWay(ty)) => format!("receive-only channel {}", self.ts(ty)),
            Err(NoChannel::Differing(why)) => why.message(store, &|pkg| self.qualify(pkg)),
        };
        let (code, what) = match recv {
            true => (Code::InvalidReceive, "receive from"),
            false => (Code::InvalidSend, "send to"),
        };
        let x_text = self.ops(x);
        let message = if store.is_type_param(x.ty) {
            format!("invalid operation: cannot {what} {x_text}: {cause}")
        } else {
            format!("invalid operation: cannot {what} {cause} {x_text}")
        };
        self.error(pos, code, message);
        None
    }
}

/// Why there is no channel to receive from or send to.
enum NoChannel {
    /// The type set lists no types.
    Unspecific,
    /// A type that is no channel.
    Other(TypeId),
    /// A channel of the other direction.
    WrongWay(TypeId),
    /// Channels that have nothing in common.
    Differing(NoCommonUnder),
}

impl From<NoCommonUnder> for NoChannel {
    fn from(why: NoCommonUnder) -> Self {
        NoChannel::Differing(why)
    }
}

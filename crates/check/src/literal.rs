//! Basic literals and function literals.

use escargo_dialect::Feature;
use escargo_syntax::{Expr, ExprId, LitKind};
use escargo_types::constant::LiteralKind;
use escargo_types::{Type, TypeId, Value};

use crate::Extent;
use crate::checker::Checker;
use crate::code::Code;
use crate::operand::{Mode, Operand};

/// Numbers written with more bytes than this are refused.
const MAX_NUMBER_LEN: usize = 10_000;

impl Checker<'_> {
    pub(crate) fn basic_lit(&mut self, x: &mut Operand, e: ExprId, kind: LitKind) {
        let loc = self.tree().loc(e);
        let text = self.src().get(loc.start as usize..loc.end as usize).unwrap_or_default();
        if matches!(kind, LitKind::Int | LitKind::Float | LitKind::Imag) {
            self.check_number_form(e, kind, text);
            if text.len() > MAX_NUMBER_LEN {
                let start = String::from_utf8_lossy(&text[..10]);
                let message = format!("excessively long constant: {start}... ({} chars)", text.len());
                self.error_at(e, Code::InvalidConstVal, message);
                return;
            }
        }
        let (literal, ty) = match kind {
            LitKind::Int => (LiteralKind::Int, TypeId::UNTYPED_INT),
            LitKind::Float => (LiteralKind::Float, TypeId::UNTYPED_FLOAT),
            LitKind::Imag => (LiteralKind::Imag, TypeId::UNTYPED_COMPLEX),
            LitKind::Rune => (LiteralKind::Char, TypeId::UNTYPED_RUNE),
            LitKind::String => (LiteralKind::String, TypeId::UNTYPED_STRING),
        };
        let val = Value::from_literal(literal, text);
        if val.is_unknown() {
            // The literal is well-formed, or the parser would have said so; it is too large or too small.
            let message = format!("malformed constant: {}", String::from_utf8_lossy(text));
            self.error_at(e, Code::InvalidConstVal, message);
            return;
        }
        *x = Operand { mode: Mode::Constant, ty, val: Some(val), expr: Some(e), ..Operand::new() };
        self.overflow(x, self.start(e));
    }

    /// Reports a form of number that the language version does not have.
    fn check_number_form(&mut self, e: ExprId, kind: LitKind, text: &[u8]) {
        if text.len() <= 2 || self.allows(Feature::NumberForms) {
            return;
        }
        let what = match (text[0], text[1]) {
            _ if text.contains(&b'_') => "underscore in numeric literal",
            (b'0', b'b' | b'B') => "binary literal",
            (b'0', b'o' | b'O') => "0o/0O-style octal literal",
            (b'0', b'x' | b'X') if kind != LitKind::Int => "hexadecimal floating-point literal",
            _ => return,
        };
        self.require(Feature::NumberForms, self.start(e), || what.into());
    }

    pub(crate) fn func_lit(&mut self, x: &mut Operand, e: ExprId) {
        let Expr::FuncLit { ty, body } = self.tree()[e] else { return };
        let sig = self.typ(ty);
        if !matches!(self.store.ty(sig), Type::Signature(_)) {
            let message = format!("invalid function literal {}", self.es(e));
            self.error_at(e, Code::InvalidSyntaxTree, message);
            return;
        }
        if self.config.extent != Extent::Declarations && !self.leaves_out_initializers() {
            // A function literal belongs to the declaration around it, and its body may refer to the type being
            // declared: check it as soon as that is known, but before the scope around it changes.
            let (decl, iota) = (self.env.decl, self.env.iota.clone());
            self.later(move |c| c.func_body(decl, sig, body, iota));
        }
        x.mode = Mode::Value;
        x.ty = sig;
    }
}

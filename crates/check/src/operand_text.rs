//! Operands as text, as messages show them: `x (variable of type int)`.

use escargo_types::typeset::has_empty_type_set;
use escargo_types::{Type, TypeId};

use crate::checker::Checker;
use crate::operand::{Mode, Operand, Part};

impl Checker<'_> {
    /// The text of an operand's expression; of a part of one, a description.
    pub(crate) fn operand_expr(&self, x: &Operand) -> String {
        match x.part {
            Part::Whole => x.expr.map_or_else(String::new, |e| self.es(e)),
            Part::Result(n) => format!("{n}{} function result", ordinal_ending(n)),
            Part::Ok => "ok value of (comma, ok) expression".into(),
            Part::Err => "err value of (comma, err) expression".into(),
        }
    }

    /// An operand as text.
    pub(crate) fn ops(&self, x: &Operand) -> String {
        if x.is_nil() {
            return match x.ty {
                TypeId::INVALID => "nil (with invalid type)".into(),
                TypeId::UNTYPED_NIL => "nil".into(),
                ty => format!("nil (of type {})", self.ts(ty)),
            };
        }
        let value = x.val.as_ref().filter(|_| x.is_const()).map(|v| v.short_string());
        let expr = match (x.expr, x.mode) {
            (Some(_), _) => self.operand_expr(x),
            (None, Mode::Builtin(builtin)) => builtin.name().into(),
            (None, Mode::TypeExpr) => self.ts(x.ty),
            (None, _) => value.clone().unwrap_or_default(),
        };
        let mut text = String::new();
        let has_type = !matches!(x.mode, Mode::Invalid | Mode::NoValue | Mode::Builtin(_) | Mode::TypeExpr);
        if has_type && self.store.is_untyped(x.ty) {
            text = format!("{} ", self.ts(x.ty));
        }
        text.push_str(mode_text(x.mode));
        if let Some(value) = value.filter(|value| *value != expr) {
            text = format!("{text} {value}");
        }
        if has_type && !self.store.is_untyped(x.ty) {
            text.push_str(&self.type_description(x.ty));
        }
        if expr.is_empty() { text } else { format!("{expr} ({text})") }
    }

    /// ` of type T`, with what kind of type it is where the name does not tell.
    fn type_description(&self, ty: TypeId) -> String {
        let store = self.store;
        if !store.is_valid(ty) {
            return " with invalid type".into();
        }
        let generic = if store.is_generic(ty) { "generic " } else { "" };
        let actual = store.unalias(ty);
        let name = self.ts(ty);
        if let Type::TypeParam(param) = store.ty(actual) {
            let bound = param.bound().map_or_else(|| "nil".into(), |bound| self.ts(bound));
            let empty = if has_empty_type_set(store, actual) { " with empty type set" } else { "" };
            return format!(" of {generic}type {name} constrained by {bound}{empty}");
        }
        let mut kind = "";
        if matches!(store.ty(ty), Type::Alias(_) | Type::Named(_)) {
            kind = store.composite_kind(ty);
            if let (true, Type::Basic(basic)) = (kind.is_empty(), store.ty(store.under(ty))) {
                kind = basic.name;
            }
        }
        let space = if kind.is_empty() { "" } else { " " };
        format!(" of {generic}{kind}{space}type {name}")
    }
}

fn mode_text(mode: Mode) -> &'static str {
    match mode {
        Mode::Invalid => "invalid operand",
        Mode::NoValue => "no value",
        Mode::Builtin(_) => "built-in",
        Mode::TypeExpr => "type",
        Mode::Constant => "constant",
        Mode::Variable => "variable",
        Mode::MapIndex => "map index expression",
        Mode::Value => "value",
        Mode::Nil => "nil",
        Mode::CommaOk => "comma, ok expression",
        Mode::CommaErr => "comma, error expression",
        Mode::CgoFunc => "cgo function",
    }
}

/// The ending of an ordinal number, as the compiler spells them (21th).
fn ordinal_ending(n: u32) -> &'static str {
    match n {
        1 => "st",
        2 => "nd",
        3 => "rd",
        _ => "th",
    }
}

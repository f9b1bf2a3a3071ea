//! Nodes, types and names as text (`ir/fmt.go`, `types/fmt.go`).
//!
//! Messages show expressions and statements in a one-line form near to Go syntax, made from the nodes as they are at
//! the time: implicit operations are left out, statements with bodies are abridged. Functions that take a string
//! write to its end.

mod constant;
mod expr;
mod op;
mod stmt;
mod symbol;
mod types;

use escargo_base::Symbol;
use escargo_types::link::{link_prefix, link_string};
use escargo_types::ty::Type;
use escargo_types::{PkgId, TypeId};

use crate::{Context, FuncId, NameId, NodeId, Unit};
use expr::NodeWriter;
use types::TypeWriter;

/// Room for most texts: names and short expressions.
const SHORT: usize = 32;

/// An expression or a statement.
pub fn node_text(cx: &Context<'_>, unit: &Unit, node: NodeId) -> String {
    let mut out = String::with_capacity(SHORT);
    write_node(cx, unit, node, &mut out);
    out
}

/// Writes an expression or a statement.
pub fn write_node(cx: &Context<'_>, unit: &Unit, node: NodeId, out: &mut String) {
    NodeWriter { cx, unit, out }.node(node);
}

/// Statements joined by `; `.
pub fn body_text(cx: &Context<'_>, unit: &Unit, list: &[NodeId]) -> String {
    let mut out = String::with_capacity(SHORT);
    NodeWriter { cx, unit, out: &mut out }.list(list, "; ");
    out
}

/// Expressions joined by `, `.
pub fn list_text(cx: &Context<'_>, unit: &Unit, list: &[NodeId]) -> String {
    let mut out = String::with_capacity(SHORT);
    NodeWriter { cx, unit, out: &mut out }.list(list, ", ");
    out
}

/// A type, as messages of the compilation of `pkg` show it.
pub fn type_text(cx: &Context<'_>, pkg: PkgId, ty: TypeId) -> String {
    let mut out = String::with_capacity(SHORT);
    write_type(cx, pkg, ty, &mut out);
    out
}

/// Writes a type.
pub fn write_type(cx: &Context<'_>, pkg: PkgId, ty: TypeId, out: &mut String) {
    TypeWriter::new(cx.store, pkg, out).ty(ty);
}

/// A type as names of instances spell it: identical types read the same.
pub fn link_text(cx: &Context<'_>, ty: TypeId) -> String {
    link_string(cx.store, ty)
}

/// A symbol, qualified with its package's name unless that is the package compiled.
pub fn symbol_text(cx: &Context<'_>, unit: &Unit, pkg: Option<PkgId>, sym: Symbol) -> String {
    let mut out = String::with_capacity(SHORT);
    symbol::write_symbol(cx.store, unit.pkg, pkg, sym, &mut out);
    out
}

/// A variable or function, qualified if it is another package's.
pub fn name_text(cx: &Context<'_>, unit: &Unit, name: NameId) -> String {
    let name = &unit.names[name];
    symbol_text(cx, unit, name.pkg, name.sym)
}

/// A function's name without package (`ir.FuncName`).
pub fn func_name(unit: &Unit, func: FuncId) -> &'static str {
    unit.func_name(func).sym.as_str()
}

/// A function's name, qualified if it is another package's.
pub fn func_qualified(cx: &Context<'_>, unit: &Unit, func: FuncId) -> String {
    name_text(cx, unit, unit.funcs[func].name)
}

/// A function's name qualified with its package's path, as the linker has it where no `//go:linkname` renames it, without the digest that tells copies of a
/// literal apart: `example%2ecom/m.(*T).Method`.
pub fn func_link_name(cx: &Context<'_>, unit: &Unit, func: FuncId) -> String {
    let name = unit.func_name(func);
    let mut out = String::with_capacity(SHORT);
    if let Some(pkg) = name.pkg {
        out.push_str(&link_prefix(cx.store, pkg));
        out.push('.');
    }
    let (before, after) = symbol::without_hash(name.sym.as_str());
    out.push_str(before);
    out.push_str(after);
    out
}

/// The same without the digest that tells copies of a literal apart (`ir.Name.DiagName`).
pub fn func_diag_name(cx: &Context<'_>, unit: &Unit, func: FuncId) -> String {
    let full = func_qualified(cx, unit, func);
    match symbol::without_hash(&full) {
        (_, "") if !full.ends_with('#') => full,
        (before, after) => format!("{before}{after}"),
    }
}

/// A function's type: `func(int) string`, for methods `method(T) func(int) string`.
pub fn func_type_text(cx: &Context<'_>, unit: &Unit, func: FuncId) -> String {
    let mut out = String::with_capacity(SHORT);
    let ty = unit.func_name(func).ty;
    let mut writer = TypeWriter::new(cx.store, unit.pkg, &mut out);
    match cx.store.ty(cx.store.under(ty)) {
        Type::Signature(signature) => writer.func(signature.get(), unit.funcs[func].recv),
        _ => writer.ty(ty),
    }
    out
}

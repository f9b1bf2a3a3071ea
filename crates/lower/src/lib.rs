//! From type-checked trees to IR: what source means to the compiler's middle.
//!
//! Lowering a body makes, in one go, what the compiler's front end makes of it by writing and reading its
//! intermediate files and by the rewrites of its `typecheck` package: implicit conversions and dereferences,
//! temporaries, closures with what they capture, instances with their dictionaries, wrappers. Bodies are lowered in
//! the order in which the compiler reads them, because temporaries, closures and instances are numbered and listed in
//! that order.
//!
//! Must not know: inlining decisions, escape analysis, the disk.

mod assign;
mod body;
mod builtin;
mod call;
mod canon;
mod composite;
mod constant;
mod convert;
mod dead_code;
mod described;
mod dict;
mod equality;
mod equality_by_signature;
mod equality_by_type;
mod equality_conditions;
mod equality_hash;
mod equality_signature;
mod expr;
mod fold;
mod func;
mod go_defer;
mod inline_copy;
mod inline_template;
mod instance;
mod late_wrapper;
mod layout;
mod layout_body;
mod layout_expr;
mod literal;
mod local_type;
mod lowerer;
mod map_init;
mod multi;
mod naming;
mod object;
mod package;
mod pkg_init;
mod pragma;
mod range;
mod range_func;
mod range_jumps;
mod range_plan;
mod read;
mod runtime;
mod select;
mod select_stmt;
mod shape;
mod stmt;
mod summary;
mod switch;
mod types;
mod words;
mod wrapper;
mod wrapper_methods;
mod written;

pub use local_type::number_local_types;
pub use lowerer::Lowerer;
pub use package::{DeclRef, FuncSummary, Summary, TypedFile, TypedPackage, World};
pub use wrapper::EachWrapper;

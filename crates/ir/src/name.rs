//! Names: variables and functions that nodes refer to.

use escargo_base::{Symbol, define_id};
use escargo_types::{ObjId, PkgId, TypeId};

use crate::{FuncId, IrPos, NodeId};

define_id! {
    /// A variable or function of a package, its own or an imported one.
    pub struct NameId("v");
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// A package variable, a dictionary, a static temporary.
    Extern,
    /// A function.
    Func,
    /// A receiver or parameter.
    Param,
    /// A result.
    Result,
    /// A local variable.
    Auto,
}

/// A variable or function.
#[derive(Clone, Debug)]
pub struct Name {
    /// The symbol's name without package: `x`, `T.M`, `(*L[go.shape.int]).Push`, `.autotmp_3`, `~r0`.
    pub sym: Symbol,
    /// The symbol's package; `None` for symbols that print without one wherever they are (temporaries, the universe).
    /// Messages qualify symbols of packages other than the one compiled.
    pub pkg: Option<PkgId>,
    /// Type.
    pub ty: TypeId,
    /// What it stands for.
    pub class: Class,
    /// Where it is declared.
    pub pos: IrPos,
    /// The node shared by all uses.
    pub node: NodeId,
    /// For [`Class::Func`]: the function.
    pub func: Option<FuncId>,
    /// For local variables: the function in whose declaration list it is.
    pub owner: Option<FuncId>,
    /// The statement that defines it: an assignment, a range, a type switch guard.
    pub defn: Option<NodeId>,
    /// For variables captured by a closure (they are names of their own inside it): the variable of the enclosing
    /// function that is captured.
    pub outer: Option<NameId>,
    /// Its address is taken.
    pub addrtaken: bool,
    /// Made by the compiler to hold an intermediate value (`.autotmp_N`).
    pub autotemp: bool,
    /// The type checker's object, for names written in source.
    pub obj: Option<ObjId>,
    /// A named result or parameter that an inlined body declares (`ir.Name.InlFormal`).
    pub inl_formal: bool,
    /// A local variable that an inlined body declares (`ir.Name.InlLocal`).
    pub inl_local: bool,
    /// Used by operations for run-time types that they need but that are no nodes: dictionary parameters.
    pub hidden_use: bool,
    /// Static temporaries and read-only data: never assigned at run time.
    pub read_only: bool,
}

impl Name {
    /// Whether it is a receiver, parameter or result.
    pub fn is_param(&self) -> bool {
        matches!(self.class, Class::Param | Class::Result)
    }
    /// Whether it lives in a function's frame (or was moved from there to the heap).
    pub fn is_local(&self) -> bool {
        matches!(self.class, Class::Param | Class::Result | Class::Auto)
    }
    /// Whether it is captured by the closure whose name it is.
    pub fn is_closure_var(&self) -> bool {
        self.outer.is_some()
    }
}

//! Answers: all that is known of a variable, parameter or allocation that somebody points at.

use escargo_alloc::{Class, SiteKind};
use escargo_base::{Span, Symbol};

use crate::finding::{Advice, Copy, Cost};
use crate::{Cause, Story};

/// What is known of one thing in the source.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Import path of the package in which it is written.
    pub package: Symbol,
    /// The function in which it is written, as profiles name it.
    pub function: Symbol,
    /// Where.
    pub span: Span,
    /// What it is as source text.
    pub subject: String,
    /// Its type, or the type of what it allocates.
    pub ty: String,
    /// What it is.
    pub what: Subject,
    /// The construct that allocates; nothing for what allocates nothing by itself.
    pub kind: Option<SiteKind>,
    /// What happens at run time.
    pub class: Class,
    /// Whether the escape analysis lets it, or what it allocates, escape.
    pub escapes: bool,
    /// Why it is on the heap, or allocates; nothing for what does neither.
    pub cause: Option<Cause>,
    /// The ways that were found: for what escapes, the one that lets it; for a parameter, every way by which it leaks; for
    /// what stays on the stack, where its address goes.
    pub ways: Vec<Way>,
    /// Copies that came to other functions by inlining.
    pub copies: Vec<Copy>,
    /// What it costs.
    pub cost: Cost,
    /// What would keep it on the stack, where that is known.
    pub advice: Vec<Advice>,
}

/// What somebody can point at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A local variable.
    Variable,
    /// A receiver or parameter.
    Parameter,
    /// What an expression or statement allocates.
    Allocation,
}

/// A way that an address, or what it points to, takes.
#[derive(Clone, Debug)]
pub struct Way {
    /// Where it leads.
    pub leads: Leads,
    /// Dereferences on the way, for parameters: 0 if the parameter itself goes there, 1 if what it points to, …
    pub derefs: u32,
    /// How.
    pub story: Story,
}

/// Where a way leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leads {
    /// To the heap.
    Heap,
    /// To a result of the function, by its name.
    Result(Symbol),
    /// Nowhere that outlives it.
    Nowhere,
}

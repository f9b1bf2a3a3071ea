//! Stories: how a value gets to where it escapes, through calls into other packages.

use escargo_base::{Pos, Span, Symbol};
use escargo_escape::Reason;

use crate::Cause;
use crate::facts::{Callee, Role};

/// How a value gets to where it escapes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Story {
    /// Steps in the order in which the value goes; calls are entered and left.
    pub steps: Vec<StoryStep>,
    /// What the last step is; nothing where a value stays on the stack.
    pub end: Option<Cause>,
    /// Not all of it could be followed: a function's body was not compiled, or the steps went in a circle.
    pub partial: bool,
}

/// A step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoryStep {
    /// Number of calls entered.
    pub depth: u32,
    /// The function in whose source it stands, as profiles name it.
    pub function: Symbol,
    /// The import path of its package.
    pub package: Symbol,
    /// Where the compiler reports it.
    pub pos: Pos,
    /// The expression or statement; a point until somebody has looked.
    pub span: Span,
    /// What happens.
    pub what: Happens,
}

/// What happens in a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happens {
    /// The value flows on, by an expression or statement.
    Flows {
        /// What makes it flow.
        reason: Reason,
        /// The variable that has it now, if it has a name.
        to: Option<Variable>,
    },
    /// It is passed to a function, whose steps follow one level deeper.
    Enters {
        /// What is called.
        callee: Callee,
        /// Name of the parameter.
        param: Symbol,
    },
    /// It is passed to a function and comes back as a result; the steps in between, one level deeper, follow if they
    /// are wanted.
    Through {
        /// What is called.
        callee: Callee,
        /// Name of the parameter.
        param: Symbol,
    },
    /// The reason why it escapes.
    Ends {
        /// Which.
        cause: Cause,
        /// What makes it flow.
        reason: Reason,
        /// What is called, if it is a call.
        callee: Option<Callee>,
        /// The package variable or variable outside of the loop, if it has a name.
        to: Option<Variable>,
    },
    /// What has it now escapes itself; why, follows.
    Joins {
        /// The variable, if it has a name.
        to: Option<Variable>,
    },
}

/// A variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: Symbol,
    /// What it is; nothing for a package variable.
    pub role: Option<Role>,
    /// Where it is declared.
    pub pos: Pos,
}

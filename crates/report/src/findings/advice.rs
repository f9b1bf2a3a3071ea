//! Words for the usual ways out.

use escargo_findings::finding::Advice;

use super::quantity::bytes;
use super::words::code;

/// What would keep a thing on the stack, as an imperative.
pub(super) fn advice(advice: &Advice) -> String {
    match advice {
        Advice::ReturnValue { ty, size } => {
            format!("return the value ({}, {}) instead of its address", code(ty), bytes(*size))
        }
        Advice::PassDestination => "let the caller pass a pointer, and fill in what it points to".to_owned(),
        Advice::ConcreteType => "take a parameter of the value's own type instead of an interface".to_owned(),
        Advice::ConstantSize => "give `make` a constant size".to_owned(),
        Advice::Preallocate => "reserve the capacity before the loop, as in `make([]T, 0, n)`".to_owned(),
        Advice::PassToClosure { variable } => format!(
            "pass {} to the function literal as an argument, or let the literal not outlive the call",
            code(variable.as_str())
        ),
        Advice::Hoist => "move it out of the loop, and use it again each time".to_owned(),
        Advice::DeferInFunction => {
            "move the body of the loop, with its `defer`, into a function of its own".to_owned()
        }
        Advice::Reuse => "use one value for many calls: a field of the receiver, or a `sync.Pool`".to_owned(),
        Advice::Builder => "build the string with a `strings.Builder`, or append to a `[]byte`".to_owned(),
    }
}

/// The code of an advice, for programs.
pub(super) fn advice_code(advice: &Advice) -> &'static str {
    match advice {
        Advice::ReturnValue { .. } => "return-value",
        Advice::PassDestination => "pass-destination",
        Advice::ConcreteType => "concrete-type",
        Advice::ConstantSize => "constant-size",
        Advice::Preallocate => "preallocate",
        Advice::PassToClosure { .. } => "pass-to-closure",
        Advice::Hoist => "hoist",
        Advice::DeferInFunction => "defer-in-function",
        Advice::Reuse => "reuse",
        Advice::Builder => "builder",
    }
}

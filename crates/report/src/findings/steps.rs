//! Words for the steps of a story, and which of them are worth words.

use escargo_escape::Reason;
use escargo_findings::facts::Role;
use escargo_findings::story::{Happens, Variable};

use super::places::is_nameless;
use super::words::{callee, code, end, nature};

/// How much a step says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    /// Part of an expression: its source text says as much.
    Trivial,
    /// Worth to be named where nothing greater stands on the same line.
    Minor,
    /// A step that a reader has to know.
    Major,
}

/// How much a step says.
pub(super) fn weight(what: &Happens) -> Weight {
    let (reason, to) = match what {
        Happens::Flows { reason, to } => (reason, to),
        Happens::Joins { to } if name(*to).is_none() => return Weight::Trivial,
        _ => return Weight::Major,
    };
    match reason {
        Reason::AddressOf
        | Reason::Spill
        | Reason::Dot
        | Reason::DotOfPointer
        | Reason::FixedArrayIndex
        | Reason::Indirection
        | Reason::Slice
        | Reason::SliceToArray
        | Reason::Reference
            if name(*to).is_none() =>
        {
            Weight::Trivial
        }
        Reason::Assign | Reason::AssignPair if name(*to).is_none() => Weight::Trivial,
        Reason::SliceLiteralElement | Reason::ArrayLiteralElement => Weight::Minor,
        _ => Weight::Major,
    }
}

/// Whether a step is the `&` of the source.
pub(super) fn takes_address(what: &Happens) -> bool {
    matches!(what, Happens::Flows { reason: Reason::AddressOf, .. })
}

/// Whether a step is where the value stands: the expression itself, or the `&` before it.
pub(super) fn is_value(what: &Happens) -> bool {
    matches!(what, Happens::Flows { reason: Reason::AddressOf | Reason::Spill, .. })
}

/// Whether a step gives the value to a variable of the function and does nothing else.
pub(super) fn assigns(what: &Happens) -> bool {
    matches!(what, Happens::Flows { reason: Reason::Assign | Reason::AssignPair, to } if !is_global(*to))
}

fn is_global(to: Option<Variable>) -> bool {
    to.is_some_and(|v| v.role.is_none())
}

fn name(to: Option<Variable>) -> Option<&'static str> {
    to.map(|v| v.name.as_str()).filter(|name| !is_nameless(name))
}

/// What a step does with a value, to follow *it is*, if it `stays` on the stack or not. The second is set for those that
/// follow nothing.
pub(super) fn words(what: &Happens, stays: bool) -> (String, bool) {
    let as_param = |param: &str| match is_nameless(param) {
        true => String::new(),
        false => format!(" as {}", code(param)),
    };
    let text = match what {
        Happens::Flows { reason: Reason::AddressOf, to } if name(*to).is_none() => {
            return ("its address is taken".to_owned(), true);
        }
        Happens::Flows { reason, to } => return (flow(*reason, *to), false),
        Happens::Enters { callee: call, param } => {
            format!("passed to {}{}", callee(*call), as_param(param.as_str()))
        }
        Happens::Through { callee: call, param } => {
            let then = if stays { "does not let it escape" } else { "returns it" };
            format!("passed to {}{}, which {then}", callee(*call), as_param(param.as_str()))
        }
        Happens::Ends { cause, callee, to, .. } => match end(*cause, *callee, *to) {
            Some(text) => text,
            None => return (nature(*cause).to_owned(), true),
        },
        Happens::Joins { to } => match name(*to) {
            Some(name) => format!("kept by {}, which escapes itself", code(name)),
            None => "kept by something that escapes itself".to_owned(),
        },
    };
    (text, false)
}

fn flow(reason: Reason, to: Option<Variable>) -> String {
    let base = reason_words(reason);
    let Some(variable) = to.filter(|v| !is_nameless(v.name.as_str())) else { return base.to_owned() };
    let name = code(variable.name.as_str());
    match (reason, variable.role) {
        (Reason::Assign | Reason::AssignPair, Some(Role::Param)) => format!("passed as {name}"),
        (Reason::Assign | Reason::AssignPair, None) => format!("assigned to package variable {name}"),
        (Reason::Return, Some(Role::Result(_))) => format!("returned as {name}"),
        (Reason::AddressOf | Reason::Spill, _) => format!("assigned to {name}"),
        _ if base.ends_with("assigned") => format!("{base} to {name}"),
        _ => format!("{base}, and assigned to {name}"),
    }
}

/// What makes a value flow, to follow *it is*.
pub(super) fn reason_words(reason: Reason) -> &'static str {
    match reason {
        Reason::AddressOf | Reason::Spill => "allocated",
        Reason::AppendedSlice => "appended, element by element",
        Reason::AppendeeSlice => "grown by `append`, which copies its elements",
        Reason::ArrayLiteralElement => "stored in an array literal",
        Reason::Assign | Reason::AssignPair => "assigned",
        Reason::AssignPairDotType => "type-asserted and assigned",
        Reason::AssignPairMapR => "read from a map and assigned",
        Reason::AssignPairReceive => "received and assigned",
        Reason::CallParameter => "passed to a call",
        Reason::CalleeOperand => "called",
        Reason::CapturedByClosure => "captured by a closure",
        Reason::ConversionToUnsafePointer => "converted to `unsafe.Pointer`",
        Reason::CopiedSlice => "copied by `copy`, element by element",
        Reason::Dot => "read from a field or by a type assertion",
        Reason::DotOfPointer => "read from a field or element",
        Reason::FixedArrayIndex => "read from an element of an array",
        Reason::Indirection => "read through the pointer",
        Reason::InterfaceConverted => "converted to an interface",
        Reason::KeyOfMapPut => "stored in a map as a key",
        Reason::MapLiteralKey => "stored in a map literal as a key",
        Reason::MapLiteralValue => "stored in a map literal",
        Reason::NonConstantSize => "of a size known only at run time",
        Reason::Range => "ranged over",
        Reason::RangeDeref => "ranged over, element by element",
        Reason::Reference => "captured by reference",
        Reason::ReflectHeaderData => "stored in a reflect header",
        Reason::Return => "returned",
        Reason::Send => "sent on a channel",
        Reason::Slice => "sliced",
        Reason::SliceLiteralElement => "stored in a slice literal",
        Reason::SliceToArray => "converted from a slice to an array",
        Reason::StructLiteralElement => "stored in a field of a literal",
        Reason::SwitchCase => "taken by a case of a type switch",
        Reason::TooAligned => "aligned more than the stack is",
        Reason::TooLarge => "too large for the stack",
        Reason::UintptrEscapes => "passed as a `uintptr` to a `//go:uintptrescapes` function",
        Reason::ZeroSizedElement => "made of elements without bytes",
    }
}

//! Words for what is allocated, what becomes of it, and why.

use escargo_alloc::{Class, SiteKind, Why};
use escargo_base::Symbol;
use escargo_findings::Cause;
use escargo_findings::facts::Callee;
use escargo_findings::finding::Copy;
use escargo_findings::story::{Happens, Story, Variable};

use super::places::{function_name, is_nameless};
use super::quantity::{bytes, count};

/// What a thing comes to, for a list to be skimmed: it allocates, may allocate, or does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Heap,
    Maybe,
    /// Of a parameter: what is passed to it is on the heap.
    Leaks,
    Stack,
}

impl Verdict {
    pub(super) fn of(class: Class) -> Verdict {
        match class {
            Class::Heap => Verdict::Heap,
            Class::RunTime(why) if exception(why).is_some() => Verdict::Heap,
            Class::StackUpTo(_) | Class::RunTime(_) => Verdict::Maybe,
            Class::Stack | Class::Never(_) => Verdict::Stack,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Verdict::Heap => "heap",
            Verdict::Maybe => "maybe",
            Verdict::Leaks => "leaks",
            Verdict::Stack => "stack",
        }
    }
}

/// Source text as it is set in a sentence.
pub(super) fn code(text: &str) -> String {
    format!("`{text}`")
}

/// What a site is called in a sentence.
pub(super) fn thing(subject: &str, kind: SiteKind) -> String {
    match kind {
        SiteKind::VariadicSlice => "the slice of variadic arguments".to_owned(),
        SiteKind::Closure => "the function literal".to_owned(),
        SiteKind::MethodValue => format!("the method value {}", code(subject)),
        SiteKind::GoStatement => "the function value of the go statement".to_owned(),
        SiteKind::DeferRecord => "the record of the defer statement".to_owned(),
        _ => code(subject),
    }
}

/// A sentence that says what becomes of a site: the first half of a title.
pub(super) fn headline(subject: &str, kind: SiteKind, class: Class) -> String {
    let thing = thing(subject, kind);
    let verb = match kind {
        SiteKind::Variable | SiteKind::MoveToHeap => "moved to the heap",
        SiteKind::Boxed => "copied to the heap",
        _ => "allocated on the heap",
    };
    match (class, kind) {
        (Class::Heap, SiteKind::MapAssign) => format!("{thing} allocates on the heap"),
        (Class::RunTime(why), _) if exception(why).is_some() => {
            format!("{thing} is {verb} unless {}", exception(why).unwrap_or_default())
        }
        (Class::RunTime(_), SiteKind::MapAssign | SiteKind::Append) => {
            format!("{thing} may allocate on the heap")
        }
        (Class::Heap, _) => format!("{thing} is {verb}"),
        (Class::RunTime(_), _) => format!("{thing} may be {verb}"),
        (Class::StackUpTo(limit), SiteKind::MakeMap | SiteKind::MapLit) => {
            format!("{thing} is {verb} if it gets more than {}", entries(limit))
        }
        (Class::StackUpTo(limit), _) => format!("{thing} is {verb} if larger than {}", bytes(limit)),
        (Class::Stack, _) => format!("{thing} stays on the stack"),
        (Class::Never(why), _) => format!("{thing} is not allocated: {}", reason_of_class(why)),
    }
}

/// What has to hold that something is not allocated that usually is.
fn exception(why: Why) -> Option<&'static str> {
    match why {
        Why::SmallValue => Some("below 256"),
        Why::EmptyString => Some("empty"),
        Why::NilSlice => Some("nil"),
        Why::ShortString => Some("shorter than 2 bytes"),
        Why::OneOperand => Some("all operands but one are empty"),
        _ => None,
    }
}

fn entries(n: u64) -> String {
    if n == 1 { "1 entry".to_owned() } else { count(n, "entrie") }
}

/// Where a site lives.
pub(super) fn class(class: Class, kind: SiteKind) -> String {
    match class {
        Class::Heap => "on the heap every time".to_owned(),
        Class::Stack => "on the stack".to_owned(),
        Class::StackUpTo(limit) => match kind {
            SiteKind::MakeMap | SiteKind::MapLit => {
                format!("on the stack up to {}, then on the heap", entries(limit))
            }
            SiteKind::Append => format!("on the stack until it outgrows {}, then on the heap", bytes(limit)),
            _ => format!("on the stack up to {}, then on the heap", bytes(limit)),
        },
        Class::RunTime(why) => reason_of_class(why).to_owned(),
        Class::Never(why) => format!("no allocation: {}", reason_of_class(why)),
    }
}

/// The same in fewer words, where there is no room.
pub(super) fn class_brief(class: Class, kind: SiteKind) -> String {
    match class {
        Class::Heap => "on the heap".to_owned(),
        Class::Stack => "on the stack".to_owned(),
        Class::StackUpTo(limit) => match kind {
            SiteKind::MakeMap | SiteKind::MapLit => format!("on the stack up to {}", entries(limit)),
            _ => format!("on the stack up to {}", bytes(limit)),
        },
        Class::RunTime(why) if exception(why).is_some() => "mostly on the heap".to_owned(),
        Class::RunTime(_) => "at times on the heap".to_owned(),
        Class::Never(_) => "no allocation".to_owned(),
    }
}

fn reason_of_class(why: Why) -> &'static str {
    match why {
        Why::ZeroSize => "it has no bytes",
        Why::ReadOnly => "its value is constant, in read-only data",
        Why::PointerShaped => "it is a pointer, which the interface holds itself",
        Why::SingleByte => "the run time has a table of all values of one byte",
        Why::NoCaptures => "it captures nothing",
        Why::CalledInPlace => "it is called where it stands",
        Why::ZeroCopy => "the bytes are never written to, and are shared",
        Why::Compared => "it is only compared",
        Why::LookedUp => "it is only looked up in a map",
        Why::Ranged => "it is only ranged over",
        Why::Counted => "only its length is used",
        Why::Fused => "the operation around it makes the copy",
        Why::SmallValue => "on the heap, unless its value is below 256",
        Why::EmptyString => "on the heap, unless it is empty",
        Why::NilSlice => "on the heap, unless it is nil",
        Why::ShortString => "on the heap, unless it is shorter than 2 bytes",
        Why::OneOperand => "on the heap, unless all operands but one are empty",
        Why::Capacity => "on the heap when the capacity is used up",
        Why::MapGrows => "on the heap when the map has to grow",
        Why::MapEntry => "on the heap for each new key, and when the map has to grow",
        Why::Reused => "on the heap, unless the run time has a used one left",
        Why::InFrame => "moved to the heap if it is still on the stack here",
    }
}

/// What a call calls.
pub(super) fn callee(callee: Callee) -> String {
    match callee {
        Callee::Func(name) => code(function_name(name.shown.as_str())),
        Callee::Method(name) => format!("interface method {}", code(name.as_str())),
        Callee::Value => "a function value".to_owned(),
        Callee::Panic => code("panic"),
        Callee::Append => code("append"),
        Callee::Builtin => "a predeclared function".to_owned(),
    }
}

fn named(to: Option<Variable>) -> Option<String> {
    to.map(|v| v.name.as_str()).filter(|name| !is_nameless(name)).map(code)
}

/// What is done with a value where its story ends, to follow *it is*; nothing for causes that lie in the value itself.
pub(super) fn end(cause: Cause, call: Option<Callee>, to: Option<Variable>) -> Option<String> {
    let to = named(to);
    let passed = |to: &str| format!("passed to {}", call.map_or_else(|| to.to_owned(), callee));
    Some(match cause {
        Cause::Returned => "returned".to_owned(),
        Cause::Global => match to {
            Some(name) => format!("stored in package variable {name}"),
            None => "stored in a package variable".to_owned(),
        },
        Cause::PointerStore => "stored through a pointer".to_owned(),
        Cause::MapStore => "stored in a map".to_owned(),
        Cause::SliceStore => "stored in a slice".to_owned(),
        Cause::InterfaceCall => passed("an interface method"),
        Cause::UnknownCall => passed("a function that is not known"),
        Cause::NoBody => format!("{}, which has no Go body", passed("a function")),
        Cause::ChannelSend => "sent on a channel".to_owned(),
        Cause::Closure => "captured by a closure that escapes".to_owned(),
        Cause::Goroutine => "handed to a new goroutine".to_owned(),
        Cause::DeferInLoop => "needed by a deferred call in a loop".to_owned(),
        Cause::OutlivesLoop => match to {
            Some(name) => format!("kept by {name}, which outlives the loop"),
            None => "kept beyond the loop".to_owned(),
        },
        Cause::OutlivesFunction => match to {
            Some(name) => format!("kept by {name} of the enclosing function"),
            None => "kept by the enclosing function".to_owned(),
        },
        Cause::Panic => "passed to `panic`".to_owned(),
        Cause::Boxed => "converted to an interface that escapes".to_owned(),
        Cause::Unsafe => "hidden from the analysis by unsafe code".to_owned(),
        Cause::TooLarge
        | Cause::TooAligned
        | Cause::UnknownSize
        | Cause::ZeroSize
        | Cause::Append
        | Cause::MapGrowth
        | Cause::Channel
        | Cause::Concat
        | Cause::Conversion => return None,
    })
}

/// A sentence for causes that lie in the value itself.
pub(super) fn nature(cause: Cause) -> &'static str {
    match cause {
        Cause::TooLarge => "it is too large for the stack",
        Cause::TooAligned => "it needs more alignment than the stack has",
        Cause::UnknownSize => "its size is known only at run time",
        Cause::ZeroSize => "its elements have no bytes",
        Cause::Append => "the slice grows when its capacity is used up",
        Cause::MapGrowth => "the map grows with its entries",
        Cause::Channel => "channels are always on the heap",
        Cause::Concat => "concatenation makes a new string",
        Cause::Conversion => "the conversion makes a copy",
        _ => "it outlives the call",
    }
}

/// What goes where the story says: a variable's address, or the value itself.
fn flowing(kind: SiteKind) -> &'static str {
    match kind {
        SiteKind::Variable => "its address",
        _ => "it",
    }
}

/// A sentence that says why: the second half of a title.
pub(super) fn clause(cause: Cause, story: &Story, kind: SiteKind, function: &str) -> String {
    let last = story.steps.last();
    let (call, to) = match last.map(|step| &step.what) {
        Some(Happens::Ends { callee, to, .. }) => (*callee, *to),
        _ => (None, None),
    };
    let Some(end) = end(cause, call, to) else { return nature(cause).to_owned() };
    // Captured variables and converted values are not addressed by the source.
    let flowing = match cause {
        Cause::Closure | Cause::Boxed | Cause::DeferInLoop => "it",
        _ => flowing(kind),
    };
    let place = last.filter(|step| step.depth > 0 && step.function.as_str() != function);
    match place {
        Some(step) => format!("{flowing} is {end} in {}", code(function_name(step.function.as_str()))),
        None => format!("{flowing} is {end}"),
    }
}

/// The title of a finding.
pub(super) fn title(finding: &escargo_findings::Finding) -> String {
    let f = finding;
    let headline = headline(&one_line(&f.subject), f.kind, f.class);
    if !f.class.may_allocate() {
        return headline;
    }
    format!("{headline}: {}", clause(f.cause, &f.story, f.kind, f.function.as_str()))
}

/// Source text on one line, and not too long for a sentence.
pub(super) fn one_line(text: &str) -> String {
    const LONGEST: usize = 48;
    let mut out = String::with_capacity(text.len());
    for (n, c) in text.split_whitespace().collect::<Vec<_>>().join(" ").chars().enumerate() {
        if n == LONGEST {
            out.push('…');
            break;
        }
        out.push(c);
    }
    out
}

/// The type of what a site allocates. Of slices, only that of the elements is known.
pub(super) fn type_of(ty: &str, kind: Option<SiteKind>) -> String {
    match kind {
        Some(
            SiteKind::SliceLit
            | SiteKind::VariadicSlice
            | SiteKind::MakeSlice
            | SiteKind::Append
            | SiteKind::MoveToHeap,
        ) => {
            format!("[]{ty}")
        }
        Some(SiteKind::MakeChan) => format!("chan {ty}"),
        _ => ty.to_owned(),
    }
}

/// What became of the code of `function` by inlining, to follow *inlined*.
pub(super) fn copies(copies: &[Copy], function: Symbol) -> Option<String> {
    // Code that an inlined call brought here is one copy, and has its place here.
    if copies.iter().all(|copy| copy.function == function) {
        return None;
    }
    let escaping = copies.iter().filter(|copy| copy.escapes).count();
    let text = match copies {
        [copy] => format!("into {}", code(function_name(copy.function.as_str()))),
        _ => format!("at {} calls", copies.len()),
    };
    Some(match escaping {
        e if e == copies.len() => text,
        0 => format!("{text}, where it does not escape"),
        e => format!("{text}, and escapes at {e} of them"),
    })
}

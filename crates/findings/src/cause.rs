//! Causes: why something is allocated on the heap. Their codes are a contract with users and programs.

/// Why something is on the heap, or allocates although it does not escape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cause {
    /// Its address is returned.
    Returned,
    /// Its address is stored in a package variable.
    Global,
    /// Its address is stored through a pointer, or in an element of a slice.
    PointerStore,
    /// Its address is stored in a map, as key or value.
    MapStore,
    /// Its address is appended to a slice, or copied into one.
    SliceStore,
    /// It is the receiver or an argument of a call of an interface method.
    InterfaceCall,
    /// It is an argument of a function that is not known, or the function value itself.
    UnknownCall,
    /// It is an argument of a function without body that does not say `//go:noescape`.
    NoBody,
    /// Its address is sent on a channel.
    ChannelSend,
    /// A closure that escapes captures it.
    Closure,
    /// A go statement hands it to another goroutine.
    Goroutine,
    /// A deferred call needs it, and the `defer` stands in a loop.
    DeferInLoop,
    /// A variable declared outside of the loop, in which it is made anew each time, keeps its address.
    OutlivesLoop,
    /// A variable of an enclosing function keeps its address beyond the function literal that made it.
    OutlivesFunction,
    /// It is the argument of `panic`.
    Panic,
    /// A value is converted to an interface, which escapes.
    Boxed,
    /// It is too large for the stack.
    TooLarge,
    /// It needs more alignment than the stack has.
    TooAligned,
    /// Its size is known at run time only.
    UnknownSize,
    /// It is a slice of elements without size: said to escape, and never allocated.
    ZeroSize,
    /// A slice grows by `append`.
    Append,
    /// A map grows.
    MapGrowth,
    /// Channels are always on the heap.
    Channel,
    /// Strings are concatenated.
    Concat,
    /// A string is converted from or to bytes or runes.
    Conversion,
    /// Its address is hidden from the analysis (`uintptr`, `unsafe`, reflection headers).
    Unsafe,
}

impl Cause {
    /// All of them, in the order in which lists show them.
    pub const ALL: [Cause; 26] = [
        Cause::Returned,
        Cause::Global,
        Cause::PointerStore,
        Cause::MapStore,
        Cause::SliceStore,
        Cause::InterfaceCall,
        Cause::UnknownCall,
        Cause::NoBody,
        Cause::ChannelSend,
        Cause::Closure,
        Cause::Goroutine,
        Cause::DeferInLoop,
        Cause::OutlivesLoop,
        Cause::OutlivesFunction,
        Cause::Panic,
        Cause::Boxed,
        Cause::TooLarge,
        Cause::TooAligned,
        Cause::UnknownSize,
        Cause::ZeroSize,
        Cause::Append,
        Cause::MapGrowth,
        Cause::Channel,
        Cause::Concat,
        Cause::Conversion,
        Cause::Unsafe,
    ];

    /// The code, which never changes.
    pub fn code(self) -> &'static str {
        match self {
            Cause::Returned => "returned",
            Cause::Global => "global",
            Cause::PointerStore => "pointer-store",
            Cause::MapStore => "map-store",
            Cause::SliceStore => "slice-store",
            Cause::InterfaceCall => "interface-call",
            Cause::UnknownCall => "unknown-call",
            Cause::NoBody => "no-body",
            Cause::ChannelSend => "channel-send",
            Cause::Closure => "closure",
            Cause::Goroutine => "goroutine",
            Cause::DeferInLoop => "defer-in-loop",
            Cause::OutlivesLoop => "outlives-loop",
            Cause::OutlivesFunction => "outlives-function",
            Cause::Panic => "panic",
            Cause::Boxed => "boxed",
            Cause::TooLarge => "too-large",
            Cause::TooAligned => "too-aligned",
            Cause::UnknownSize => "unknown-size",
            Cause::ZeroSize => "zero-size",
            Cause::Append => "append",
            Cause::MapGrowth => "map-growth",
            Cause::Channel => "channel",
            Cause::Concat => "concat",
            Cause::Conversion => "conversion",
            Cause::Unsafe => "unsafe",
        }
    }

    /// The cause with a code.
    pub fn from_code(code: &str) -> Option<Cause> {
        Cause::ALL.into_iter().find(|cause| cause.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_distinct() {
        for (i, cause) in Cause::ALL.into_iter().enumerate() {
            assert_eq!(Cause::from_code(cause.code()), Some(cause));
            assert_eq!(cause as usize, i, "the list is in the order of the declaration");
        }
    }
}

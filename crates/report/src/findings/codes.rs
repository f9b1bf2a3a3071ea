//! Codes for programs. Once published, they stay.

use escargo_alloc::{Class, SiteKind, Why};
use escargo_escape::Reason;
use escargo_findings::answer::Subject;
use escargo_findings::facts::Role;

/// What allocates.
pub(super) fn site(kind: SiteKind) -> &'static str {
    match kind {
        SiteKind::Variable => "variable",
        SiteKind::New => "new",
        SiteKind::CompositePtr => "composite-pointer",
        SiteKind::SliceLit => "slice-literal",
        SiteKind::VariadicSlice => "variadic-slice",
        SiteKind::MakeSlice => "make-slice",
        SiteKind::MakeMap => "make-map",
        SiteKind::MapLit => "map-literal",
        SiteKind::MakeChan => "make-chan",
        SiteKind::Closure => "closure",
        SiteKind::MethodValue => "method-value",
        SiteKind::Boxed => "boxed",
        SiteKind::Append => "append",
        SiteKind::Concat => "concat",
        SiteKind::BytesToString => "bytes-to-string",
        SiteKind::StringToBytes => "string-to-bytes",
        SiteKind::RunesToString => "runes-to-string",
        SiteKind::StringToRunes => "string-to-runes",
        SiteKind::RuneToString => "rune-to-string",
        SiteKind::MapAssign => "map-assign",
        SiteKind::GoStatement => "go-statement",
        SiteKind::DeferRecord => "defer-record",
        SiteKind::MoveToHeap => "move-to-heap",
    }
}

/// What becomes of it.
pub(super) fn class(class: Class) -> &'static str {
    match class {
        Class::Never(_) => "never",
        Class::Stack => "stack",
        Class::StackUpTo(_) => "stack-up-to",
        Class::RunTime(_) => "run-time",
        Class::Heap => "heap",
    }
}

/// Why nothing is allocated, or what it depends on.
pub(super) fn why(why: Why) -> &'static str {
    match why {
        Why::ZeroSize => "zero-size",
        Why::ReadOnly => "read-only",
        Why::PointerShaped => "pointer-shaped",
        Why::SingleByte => "single-byte",
        Why::NoCaptures => "no-captures",
        Why::CalledInPlace => "called-in-place",
        Why::ZeroCopy => "zero-copy",
        Why::Compared => "compared",
        Why::LookedUp => "looked-up",
        Why::Ranged => "ranged",
        Why::Counted => "counted",
        Why::Fused => "fused",
        Why::SmallValue => "small-value",
        Why::EmptyString => "empty-string",
        Why::NilSlice => "nil-slice",
        Why::ShortString => "short-string",
        Why::OneOperand => "one-operand",
        Why::Capacity => "capacity",
        Why::MapGrows => "map-grows",
        Why::MapEntry => "map-entry",
        Why::Reused => "reused",
        Why::InFrame => "in-frame",
    }
}

/// What somebody pointed at.
pub(super) fn subject(what: Subject) -> &'static str {
    match what {
        Subject::Variable => "variable",
        Subject::Parameter => "parameter",
        Subject::Allocation => "allocation",
    }
}

/// What a variable is; nothing stands for a variable of a package.
pub(super) fn role(role: Option<Role>) -> &'static str {
    match role {
        None => "package",
        Some(Role::Local) => "local",
        Some(Role::Temp) => "temporary",
        Some(Role::Param) => "parameter",
        Some(Role::Result(_)) => "result",
    }
}

/// What makes a value flow.
pub(super) fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::AddressOf => "address-of",
        Reason::AppendedSlice => "appended-slice",
        Reason::AppendeeSlice => "appendee-slice",
        Reason::ArrayLiteralElement => "array-literal-element",
        Reason::Assign => "assign",
        Reason::AssignPair => "assign-pair",
        Reason::AssignPairDotType => "assign-pair-type-assertion",
        Reason::AssignPairMapR => "assign-pair-map-read",
        Reason::AssignPairReceive => "assign-pair-receive",
        Reason::CallParameter => "call-parameter",
        Reason::CalleeOperand => "callee-operand",
        Reason::CapturedByClosure => "captured-by-closure",
        Reason::ConversionToUnsafePointer => "conversion-to-unsafe-pointer",
        Reason::CopiedSlice => "copied-slice",
        Reason::Dot => "dot",
        Reason::DotOfPointer => "dot-of-pointer",
        Reason::FixedArrayIndex => "fixed-array-index",
        Reason::Indirection => "indirection",
        Reason::InterfaceConverted => "interface-converted",
        Reason::KeyOfMapPut => "key-of-map-put",
        Reason::MapLiteralKey => "map-literal-key",
        Reason::MapLiteralValue => "map-literal-value",
        Reason::NonConstantSize => "non-constant-size",
        Reason::Range => "range",
        Reason::RangeDeref => "range-deref",
        Reason::Reference => "reference",
        Reason::ReflectHeaderData => "reflect-header-data",
        Reason::Return => "return",
        Reason::Send => "send",
        Reason::Slice => "slice",
        Reason::SliceLiteralElement => "slice-literal-element",
        Reason::SliceToArray => "slice-to-array",
        Reason::Spill => "spill",
        Reason::StructLiteralElement => "struct-literal-element",
        Reason::SwitchCase => "switch-case",
        Reason::TooAligned => "too-aligned",
        Reason::TooLarge => "too-large",
        Reason::UintptrEscapes => "uintptr-escapes",
        Reason::ZeroSizedElement => "zero-sized-element",
    }
}

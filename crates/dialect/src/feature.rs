//! What a file may use: one row per language feature with the language version that brought it.
//!
//! The rows are the type checker's version gates (`cmd/compile/internal/types2`, `noder`, `gc` of
//! 1.27.3); a feature that arrived without a gate is not a row. A gate's message ends in
//! `requires go1.NN or later` with [`Feature::since`].

use std::fmt;

use crate::version::GoVersion;

macro_rules! features {
    ($($(#[$doc:meta])* $name:ident = $minor:literal,)*) => {
        /// A construct whose legality (or meaning) depends on the language version of its file.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Feature {
            $($(#[$doc])* $name,)*
        }

        impl Feature {
            /// Every feature, oldest first.
            pub const ALL: &'static [Feature] = &[$(Feature::$name,)*];

            const fn since_minor(self) -> u32 {
                match self {
                    $(Feature::$name => $minor,)*
                }
            }
        }
    };
}

features! {
    /// `type A = B`.
    TypeAlias = 9,
    /// Underscores in numbers, `0b`, `0o`, hexadecimal floating-point literals.
    NumberForms = 13,
    /// A shift count of signed integer type.
    SignedShiftCount = 13,
    /// Embedded interfaces that have a method of the same name and type.
    OverlappingEmbedding = 14,
    /// `//go:embed`. Judged by the package's `-lang`, not by the file's version.
    Embed = 16,
    /// Conversion of a slice to a pointer to array.
    SliceToArrayPointer = 17,
    /// `unsafe.Add`.
    UnsafeAdd = 17,
    /// `unsafe.Slice`.
    UnsafeSlice = 17,
    /// Type parameters, instantiation, constraint elements, predeclared `any` and `comparable`.
    Generics = 18,
    /// A `//go:linkname` that names no declared function or variable is an error. Judged by the
    /// package's `-lang`, not by the file's version.
    LinknameChecked = 18,
    /// Conversion of a slice to an array.
    SliceToArray = 20,
    /// Types that are comparable but may panic satisfy `comparable`.
    LooseComparable = 20,
    /// `unsafe.SliceData`.
    UnsafeSliceData = 20,
    /// `unsafe.String`.
    UnsafeString = 20,
    /// `unsafe.StringData`.
    UnsafeStringData = 20,
    /// The built-in function `clear`.
    Clear = 21,
    /// The built-in functions `min` and `max`.
    MinMax = 21,
    /// Generic functions as arguments and in assignments, their type arguments inferred from there.
    ReverseInference = 21,
    /// Inference also uses methods of interfaces and inexact unification of assignments.
    InterfaceInference = 21,
    /// `for i := range n` over an integer.
    RangeOverInt = 22,
    /// Each iteration of a `for` loop has its own variables.
    LoopVarPerIteration = 22,
    /// `for x := range f` over a function.
    RangeOverFunc = 23,
    /// Aliases with type parameters.
    GenericTypeAlias = 23,
    /// `new(x)` of an expression.
    NewExpr = 26,
    /// Methods with type parameters of their own.
    GenericMethod = 27,
    /// Promoted fields as keys in struct literals.
    PromotedFieldKey = 27,
}

impl Feature {
    /// The language version that brought the feature.
    pub const fn since(self) -> GoVersion {
        GoVersion::language(self.since_minor())
    }

    const fn bit(self) -> u64 {
        1 << self as u8
    }
}

/// The features available under a language version. Cheap to copy and to ask.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct LangSet {
    bits: u64,
    version: Option<GoVersion>,
}

impl LangSet {
    /// The features of a language version; of a release, those of its language version.
    pub fn for_version(version: GoVersion) -> LangSet {
        let bits = Feature::ALL.iter().filter(|f| version.at_least(f.since_minor()));
        LangSet { bits: bits.fold(0, |bits, f| bits | f.bit()), version: Some(version.lang()) }
    }

    /// Everything there is, as the compiler allows where it was told no language version.
    pub fn unrestricted() -> LangSet {
        LangSet { bits: Feature::ALL.iter().fold(0, |bits, f| bits | f.bit()), version: None }
    }

    /// Whether a feature is available.
    #[inline]
    pub const fn has(self, feature: Feature) -> bool {
        self.bits & feature.bit() != 0
    }

    /// The language version, without release numbers; `None` if unrestricted.
    pub fn version(self) -> Option<GoVersion> {
        self.version
    }

    /// The same version with one feature added: an experiment opens a gate early.
    #[must_use]
    pub(crate) fn with(self, feature: Feature) -> LangSet {
        LangSet { bits: self.bits | feature.bit(), ..self }
    }

    /// The same version without one feature.
    #[must_use]
    pub(crate) fn without(self, feature: Feature) -> LangSet {
        LangSet { bits: self.bits & !feature.bit(), ..self }
    }
}

impl fmt::Debug for LangSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.version {
            Some(v) => write!(f, "LangSet({v})"),
            None => f.write_str("LangSet(unrestricted)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feature_starts_with_its_version() {
        const { assert!(Feature::ALL.len() <= 64) };
        for &feature in Feature::ALL {
            let since = feature.since().minor();
            assert!(LangSet::for_version(GoVersion::language(since)).has(feature));
            assert!(LangSet::for_version(GoVersion::release(since, 3)).has(feature));
            assert!(!LangSet::for_version(GoVersion::language(since - 1)).has(feature), "{feature:?}");
            assert!(LangSet::unrestricted().has(feature));
        }
        assert!(Feature::ALL.is_sorted_by_key(|f| f.since_minor()));
        assert_eq!(Feature::NewExpr.since().to_string(), "go1.26");
    }

    #[test]
    fn the_version_kept_is_the_language() {
        let set = LangSet::for_version(GoVersion::release(21, 5));
        assert_eq!(set.version().map(|v| v.to_string()).as_deref(), Some("go1.21"));
    }
}

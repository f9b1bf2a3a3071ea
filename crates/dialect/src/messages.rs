//! How the compiler words its messages, where releases differ.

/// The wording of a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageStyle {
    /// Stands between the ends of a flow: `flow: a = b`, from 1.25 `flow: a ← b`. `escape/solve.go`, explainFlow.
    pub flow_arrow: &'static str,
    /// Explanations name the function: `x escapes to heap in f:`, `… leaks to y for f with derefs=0:` (from 1.25).
    /// `escape/solve.go`, explainPath and walkOne.
    pub explanations_name_function: bool,
    /// Constants show their type unless they have none, `int(1)`; else only where the value does not tell it (from
    /// 1.22). `ir/fmt.go`, exprFmt.
    pub typed_constants: bool,
}

impl MessageStyle {
    /// The wording of release 1.`minor`.
    pub(crate) fn for_release(minor: u32) -> MessageStyle {
        MessageStyle {
            flow_arrow: if minor >= 25 { "←" } else { "=" },
            explanations_name_function: minor >= 25,
            typed_constants: minor < 22,
        }
    }
}

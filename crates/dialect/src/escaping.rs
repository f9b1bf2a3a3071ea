//! Escape analysis: rules of the escape analysis that differ between releases. A baseline (1.19) and dated deltas.

/// Rules of the escape analysis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EscapeRules {}

const BASELINE: EscapeRules = EscapeRules {};

/// A change: the minor release it came with, and what it does.
type Delta = (u32, fn(&mut EscapeRules));

const DELTAS: &[Delta] = &[];

impl EscapeRules {
    /// The rules of release 1.`minor`.
    pub(crate) fn for_release(minor: u32) -> EscapeRules {
        let mut rules = BASELINE;
        for (since, apply) in DELTAS {
            if minor >= *since {
                apply(&mut rules);
            }
        }
        rules
    }
}

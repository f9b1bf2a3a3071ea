//! Inlining: rules of the inliner that differ between releases. A baseline (1.19) and dated deltas.

/// Rules of the inliner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InlineRules {}

const BASELINE: InlineRules = InlineRules {};

/// A change: the minor release it came with, and what it does.
type Delta = (u32, fn(&mut InlineRules));

const DELTAS: &[Delta] = &[];

impl InlineRules {
    /// The rules of release 1.`minor`.
    pub(crate) fn for_release(minor: u32) -> InlineRules {
        let mut rules = BASELINE;
        for (since, apply) in DELTAS {
            if minor >= *since {
                apply(&mut rules);
            }
        }
        rules
    }
}

//! Lowering: rules of the lowering to IR that differ between releases. A baseline (1.19) and dated deltas.

/// Rules of the lowering to IR.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LowerRules {}

const BASELINE: LowerRules = LowerRules {};

/// A change: the minor release it came with, and what it does.
type Delta = (u32, fn(&mut LowerRules));

const DELTAS: &[Delta] = &[];

impl LowerRules {
    /// The rules of release 1.`minor`.
    pub(crate) fn for_release(minor: u32) -> LowerRules {
        let mut rules = BASELINE;
        for (since, apply) in DELTAS {
            if minor >= *since {
                apply(&mut rules);
            }
        }
        rules
    }
}

//! Loops that are made with `goto`.

use escargo_base::Symbol;
use rustc_hash::FxHashSet;

use crate::{Kind, NodeId, Op, Unit};

/// Finds labels that are jumped back to; is shown all nodes of a body, in order.
#[derive(Debug, Default)]
pub(crate) struct Jumps {
    met: FxHashSet<Symbol>,
    /// Labels that a `goto` behind them jumps to.
    pub(crate) back: FxHashSet<Symbol>,
}

impl Jumps {
    #[inline]
    pub(crate) fn node(&mut self, kind: &Kind) {
        match *kind {
            Kind::Label(label) => {
                self.met.insert(label);
            }
            Kind::Branch(Op::Goto, Some(label)) if self.met.contains(&label) => {
                self.back.insert(label);
            }
            _ => {}
        }
    }
}

/// The labels among statements that a `goto` behind them jumps to: there begin loops.
pub fn jumped_back(unit: &Unit, body: &[NodeId]) -> FxHashSet<Symbol> {
    let mut jumps = Jumps::default();
    unit.preorder_list(body, &mut |node| jumps.node(&unit.nodes[node].kind));
    jumps.back
}

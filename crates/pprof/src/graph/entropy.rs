//! How much a node tells in a drawing of the graph.

use super::{EdgeId, Graph, NodeId};
use crate::measure;

impl Graph<'_> {
    /// A node scores by its weight, and by how its calls are spread: one that hands on all it gets, from one caller to one
    /// callee, tells little. Entries and leaves score for being so.
    pub fn entropy_score(&self, id: NodeId) -> i64 {
        let node = self.node(id);
        let side = |edges: &[EdgeId], own: i64| match edges {
            [] => 1.0,
            edges => self.spread(edges, own),
        };
        let score = 0.0 + side(self.incoming(id), 0) + side(self.outgoing(id), node.flat.sum);
        measure::truncate(score * node.cum.sum as f64).wrapping_add(node.flat.sum)
    }

    /// The entropy of how a total is spread over edges, and what a node spends itself.
    fn spread(&self, edges: &[EdgeId], own: i64) -> f64 {
        let weights = || edges.iter().map(|&id| self.edge(id).weight.sum);
        let total = weights().filter(|&weight| weight > 0).fold(own, i64::wrapping_add);
        if total == 0 {
            return 0.0;
        }
        let term = |weight: i64| {
            let share = weight.wrapping_abs() as f64 / total as f64;
            -share * binary_logarithm(share)
        };
        let score = weights().map(term).fold(0.0, |score, term| score + term);
        if own > 0 { score + term(own) } else { score }
    }
}

/// The logarithm to base 2: exact for powers of 2, and otherwise from the natural one, as Go's `math.Log2`.
fn binary_logarithm(number: f64) -> f64 {
    if !number.is_normal() || number < 0.0 {
        return number.log2();
    }
    // The number is `mantissa` times 2 to the `exponent`, with a mantissa between a half and one.
    let bits = number.to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i64 - 1022;
    let mantissa = f64::from_bits(bits & !(0x7ff << 52) | 1022 << 52);
    if mantissa == 0.5 {
        return (exponent - 1) as f64;
    }
    exponent as f64 + mantissa.ln() * (1.0 / std::f64::consts::LN_2)
}

#[cfg(test)]
mod tests {
    use super::binary_logarithm;

    #[test]
    fn logarithms() {
        assert_eq!(binary_logarithm(1.0), 0.0);
        assert_eq!(binary_logarithm(0.125), -3.0);
        assert!((binary_logarithm(0.3) - 0.3f64.log2()).abs() < 1e-12);
        assert_eq!(binary_logarithm(0.0), f64::NEG_INFINITY);
        assert!(binary_logarithm(-1.0).is_nan());
    }
}

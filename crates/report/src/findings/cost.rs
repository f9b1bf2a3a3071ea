//! Words for costs.

use escargo_findings::finding::{Cost, Estimate, Measured};

use super::quantity::{bytes, count, share, signed_bytes};

/// What a site costs, as a sentence.
pub(super) fn sentence(cost: &Cost, whole: Option<Measured>) -> String {
    match cost.measured {
        Some(measured) => {
            let mut text = measured_words(measured, whole);
            if cost.moved {
                text.push_str("; its lines have moved since the profile was made");
            }
            text
        }
        None if whole.is_some() => format!("none in the profile; {}", estimate(&cost.estimate)),
        None => format!("{} (estimate)", estimate(&cost.estimate)),
    }
}

fn measured_words(measured: Measured, whole: Option<Measured>) -> String {
    let objects = count(measured.objects.unsigned_abs(), "object");
    let mut text = format!("{} in {objects}", signed_bytes(measured.bytes));
    if let Some(share) = whole.and_then(|whole| share(measured.bytes, whole.bytes)) {
        text.push_str(&format!(", {share} of all bytes allocated"));
    }
    text
}

fn estimate(estimate: &Estimate) -> String {
    let mut text = match estimate.bytes {
        Some(n) => format!("{} each time", bytes(n)),
        None => "size known only at run time".to_owned(),
    };
    match estimate.loop_depth {
        0 => {}
        1 => text.push_str(", in a loop"),
        n => text.push_str(&format!(", in {n} nested loops")),
    }
    match estimate.callers {
        0 => {}
        n => text.push_str(&format!(", function called in {}", count(n.into(), "place"))),
    }
    text
}

/// What a site costs, in a few characters.
pub(super) fn brief(cost: &Cost) -> String {
    match (cost.measured, cost.estimate.bytes) {
        (Some(measured), _) => signed_bytes(measured.bytes),
        (None, Some(n)) => bytes(n),
        (None, None) => "varies".to_owned(),
    }
}

/// What a list is sorted by: measured bytes, then the estimate's weight.
pub(super) fn rank(cost: &Cost) -> (i64, f64) {
    (cost.measured.map_or(i64::MIN, |m| m.bytes), cost.estimate.weight)
}

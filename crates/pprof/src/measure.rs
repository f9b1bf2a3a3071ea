//! Amounts, in units that people read.
//!
//! Units come in families, within which amounts convert: memory, time, and the compute units of Google. What belongs to
//! no family stays as it is.

use crate::Error;
use crate::profile::{Profile, ValueType};

/// A family of units.
struct Family {
    /// Units, from the smallest to the largest.
    units: &'static [Unit],
    /// The unit that amounts too small for all units are shown in, and those for which an unknown unit is asked.
    fallback: Unit,
}

struct Unit {
    /// The name in reports.
    name: &'static str,
    /// Names in profiles and options, in lower case and without the `s` of the plural.
    aliases: &'static [&'static str],
    /// So many of the base unit of the family.
    factor: f64,
}

const fn unit(name: &'static str, aliases: &'static [&'static str], factor: f64) -> Unit {
    Unit { name, aliases, factor }
}

const FAMILIES: [Family; 3] = [
    Family {
        units: &[
            unit("B", &["b", "byte"], 1.0),
            unit("kB", &["kb", "kbyte", "kilobyte"], (1u64 << 10) as f64),
            unit("MB", &["mb", "mbyte", "megabyte"], (1u64 << 20) as f64),
            unit("GB", &["gb", "gbyte", "gigabyte"], (1u64 << 30) as f64),
            unit("TB", &["tb", "tbyte", "terabyte"], (1u64 << 40) as f64),
            unit("PB", &["pb", "pbyte", "petabyte"], (1u64 << 50) as f64),
        ],
        fallback: unit("B", &[], 1.0),
    },
    Family {
        units: &[
            unit("ns", &["ns", "nanosecond"], 1.0),
            unit("us", &["μs", "us", "microsecond"], 1e3),
            unit("ms", &["ms", "millisecond"], 1e6),
            unit("s", &["s", "sec", "second"], 1e9),
            unit("hrs", &["hour", "hr"], 3600e9),
        ],
        fallback: unit("s", &[], 1e9),
    },
    Family {
        units: &[
            unit("n*GCU", &["nanogcu"], 1e-9),
            unit("u*GCU", &["microgcu"], 1e-6),
            unit("m*GCU", &["milligcu"], 1e-3),
            unit("GCU", &["gcu"], 1.0),
            unit("k*GCU", &["kilogcu"], 1e3),
            unit("M*GCU", &["megagcu"], 1e6),
            unit("G*GCU", &["gigagcu"], 1e9),
            unit("T*GCU", &["teragcu"], 1e12),
            unit("P*GCU", &["petagcu"], 1e15),
        ],
        fallback: unit("GCU", &[], 1.0),
    },
];

impl Family {
    /// The unit of this name, in whatever case and number it is written.
    fn find(&self, name: &str) -> Option<&Unit> {
        let lower = name.to_lowercase();
        let singular =
            if lower.len() > 2 { lower.strip_suffix('s').unwrap_or(&lower) } else { lower.as_str() };
        self.units.iter().find(|unit| unit.aliases.contains(&singular))
    }

    /// The largest unit of which `amount`, in base units, is one or more.
    fn fitting(&self, amount: f64) -> &Unit {
        self.units.iter().rev().find(|unit| amount / unit.factor >= 1.0).unwrap_or(&self.fallback)
    }
}

/// A unit that leaves it to [`scale`] which one fits an amount.
fn is_automatic(unit: &str) -> bool {
    matches!(unit, "minimum" | "auto")
}

/// Converts an amount to another unit; `minimum` and `auto` stand for the unit that fits it best. Gives the amount and
/// the name of its unit, which is empty if it need not be shown.
pub fn scale<'a>(value: i64, from: &str, to: &'a str) -> (f64, &'a str) {
    // The smallest number has no opposite; it is taken as it is.
    if value < 0 && value != i64::MIN {
        let (amount, unit) = scale(-value, from, to);
        return (-amount, unit);
    }
    for family in &FAMILIES {
        let Some(source) = family.find(from) else { continue };
        let amount = value as f64 * source.factor;
        let target = match is_automatic(to) {
            true => family.fitting(amount),
            false => family.find(to).unwrap_or(&family.fallback),
        };
        return (amount / target.factor, target.name);
    }
    let unit = match to {
        "count" | "sample" | "unit" | "minimum" | "auto" => "",
        other => other,
    };
    (value as f64, unit)
}

/// An amount and its unit, as the unit fits it best.
pub fn label(value: i64, unit: &str) -> String {
    scaled_label(value, unit, "auto")
}

/// An amount in another unit, with at most two decimals, and the unit.
pub fn scaled_label(value: i64, from: &str, to: &str) -> String {
    let (amount, unit) = scale(value, from, to);
    let mut text = format!("{amount:.2}");
    if text.ends_with(".00") {
        text.truncate(text.len() - 3);
    }
    if text == "0" || text == "-0" {
        return "0".to_owned();
    }
    text + unit
}

/// The share of a value in a total, in percent, six characters wide or more.
pub fn percentage(value: i64, total: i64) -> String {
    let ratio = if total == 0 { 0.0 } else { (value as f64 / total as f64).abs() * 100.0 };
    if (99.95..=100.05).contains(&ratio) {
        "  100%".to_owned()
    } else if ratio >= 1.0 {
        format!("{ratio:5.2}%")
    } else {
        format!("{:>5}%", two_digits(ratio))
    }
}

/// A number below one with two significant digits, as C's `%.2g` writes it.
fn two_digits(number: f64) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    let scientific = format!("{number:.1e}");
    let Some((digits, exponent)) = scientific.split_once('e') else { return scientific };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if exponent >= -4 {
        let decimals = usize::try_from(1 - exponent).unwrap_or(0);
        let fixed = format!("{number:.decimals$}");
        return fixed.trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    let digits = digits.strip_suffix(".0").unwrap_or(digits);
    format!("{digits}e-{:02}", -exponent)
}

/// What a float is as a whole number, as amd64 converts it: cut to zero, and the smallest number for all that is out of
/// range.
pub fn truncate(number: f64) -> i64 {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if (-LIMIT..LIMIT).contains(&number) { number as i64 } else { i64::MIN }
}

/// Converts the values of profiles that are to be merged to the same units: the smallest that occur.
///
/// # Errors
///
/// The profiles have values of different number or kind.
pub fn scale_profiles(profiles: &mut [Profile]) -> Result<(), Error> {
    let Some(first) = profiles.first() else { return Ok(()) };
    let width = first.sample_types.len();
    let periods: Vec<&ValueType> =
        profiles.iter().filter_map(|profile| profile.period_type.as_ref()).collect();
    let period =
        finest(&periods).map_err(|error| error.within("period type"))?.map(|period| period.unit.clone());
    if let Some(other) =
        profiles.iter().map(|profile| profile.sample_types.len()).find(|&other| other != width)
    {
        return Err(Error::new(format!("inconsistent samples type count: {width} != {other}")));
    }
    let mut units = Vec::with_capacity(width);
    for column in 0..width {
        let types: Vec<&ValueType> = profiles.iter().map(|profile| &profile.sample_types[column]).collect();
        let finest = finest(&types).map_err(|error| error.within("sample types"))?;
        units.push(finest.map(|finest| finest.unit.clone()));
    }
    for profile in profiles {
        if let (Some(unit), Some(own)) = (&period, &mut profile.period_type) {
            profile.period = truncate(scale(profile.period, &own.unit, unit).0);
            own.unit = unit.clone();
        }
        let mut ratios = vec![1.0; width];
        for ((ratio, own), unit) in ratios.iter_mut().zip(&mut profile.sample_types).zip(&units) {
            if let Some(unit) = unit {
                *ratio = scale(1, &own.unit, unit).0;
                own.unit = unit.clone();
            }
        }
        profile.scale_values(&ratios).map_err(|error| error.within("scale"))?;
    }
    Ok(())
}

/// The type with the smallest unit, if there are several.
fn finest<'a>(types: &[&'a ValueType]) -> Result<Option<&'a ValueType>, Error> {
    let [first, others @ ..] = types else { return Ok(None) };
    if others.is_empty() {
        return Ok(None);
    }
    let mut finest = *first;
    for other in others {
        // A plural does not make another kind.
        let kind = |of: &ValueType| of.kind.strip_suffix('s').unwrap_or(&of.kind).to_owned();
        if kind(finest) != kind(other) || !convertible(&finest.unit, &other.unit) {
            let show = |of: &ValueType| format!("{{{} {} 0 0}}", of.kind, of.unit);
            return Err(Error::new(format!("incompatible types: {} {}", show(finest), show(other))));
        }
        if scale(1, &other.unit, &finest.unit).0 < 1.0 {
            finest = other;
        }
    }
    Ok(Some(finest))
}

/// Whether amounts in the one unit can be converted to the other.
fn convertible(one: &str, other: &str) -> bool {
    one == other || FAMILIES.iter().any(|family| family.find(one).is_some() && family.find(other).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_take_the_unit_that_fits() {
        assert_eq!(label(0, "bytes"), "0");
        assert_eq!(label(512, "bytes"), "512B");
        assert_eq!(label(1536, "bytes"), "1.50kB");
        assert_eq!(label(-1536, "bytes"), "-1.50kB");
        assert_eq!(label(10_000_000, "nanoseconds"), "10ms");
        assert_eq!(label(7200, "seconds"), "2hrs");
        assert_eq!(label(3, "goroutines"), "3");
        assert_eq!(scaled_label(3, "count", "kilobytes"), "3kilobytes");
        assert_eq!(scaled_label(2048, "bytes", "kb"), "2kB");
        assert_eq!(scaled_label(2048, "bytes", "seconds"), "2048B");
        assert_eq!(scaled_label(0, "nanoseconds", "auto"), "0");
    }

    #[test]
    fn the_smallest_number_is_no_trap() {
        assert_eq!(scale(i64::MIN, "count", "auto").0, i64::MIN as f64);
        assert!(label(i64::MIN, "bytes").starts_with('-'));
        assert_eq!(truncate(f64::NAN), i64::MIN);
        assert_eq!(truncate(1e300), i64::MIN);
        assert_eq!(truncate(-2.9), -2);
    }

    #[test]
    fn shares_have_two_digits_or_more() {
        assert_eq!(percentage(1, 1), "  100%");
        assert_eq!(percentage(99_949, 100_000), "99.95%");
        assert_eq!(percentage(1, 0), "    0%");
        assert_eq!(percentage(1, 800), " 0.12%");
        assert_eq!(percentage(1, 200), "  0.5%");
        assert_eq!(percentage(999, 100_000), "    1%");
        assert_eq!(percentage(1234, 10_000_000_000), "1.2e-05%");
        assert_eq!(percentage(1, 10_000_000), "1e-05%");
        assert_eq!(percentage(5, 4), "125.00%");
    }
}

//! Filters of samples: which samples, frames and tags stay, as the settings ask.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::settings::Settings;
use super::words::decimal;
use super::world::Ui;
use crate::measure;
use crate::pattern::Pattern;
use crate::profile::{LabelValue, Profile, Sample};

/// Units of numeric labels, by key.
pub(super) type Units = BTreeMap<Arc<str>, Arc<str>>;

/// Filters a profile.
///
/// # Errors
///
/// A regular expression that is none; the profile is then of no use.
pub(super) fn apply(
    profile: &mut Profile,
    settings: &Settings,
    units: &Units,
    ui: &mut dyn Ui,
) -> Result<(), String> {
    let focus = pattern("focus", &settings.focus)?;
    let ignore = pattern("ignore", &settings.ignore)?;
    let hide = pattern("hide", &settings.hide)?;
    let show = pattern("show", &settings.show)?;
    let show_from = pattern("show_from", &settings.show_from)?;
    let tag_focus = tag_filter("tagfocus", &settings.tagfocus, ui)?;
    let tag_ignore = tag_filter("tagignore", &settings.tagignore, ui)?;
    let prune_from = pattern("prune_from", &settings.prune_from)?;

    let mut warn = |wanted: bool, matched: bool, option: &str| {
        if wanted && !matched {
            ui.warn(&format!("{option} expression matched no samples"));
        }
    };
    let names = profile.filter_by_name(focus.as_ref(), ignore.as_ref(), hide.as_ref(), show.as_ref());
    warn(focus.is_some(), names.focus, "Focus");
    warn(ignore.is_some(), names.ignore, "Ignore");
    warn(hide.is_some(), names.hide, "Hide");
    warn(show.is_some(), names.show, "Show");
    let matched = profile.show_from(show_from.as_ref());
    warn(show_from.is_some(), matched, "ShowFrom");

    let test = |filter: &Option<TagFilter>| {
        filter
            .clone()
            .map(|filter| move |profile: &Profile, sample: &Sample| filter.passes(profile, sample, units))
    };
    let (focus, ignore) = (test(&tag_focus), test(&tag_ignore));
    let (focused, ignored) = profile.filter_by_tag(
        focus.as_ref().map(|f| f as &dyn Fn(&Profile, &Sample) -> bool),
        ignore.as_ref().map(|f| f as &dyn Fn(&Profile, &Sample) -> bool),
    );
    warn(tag_focus.is_some(), focused, "TagFocus");
    warn(tag_ignore.is_some(), ignored, "TagIgnore");

    let show = pattern("tagshow", &settings.tagshow)?;
    let hide = pattern("taghide", &settings.taghide)?;
    let (shown, hidden) = profile.filter_labels(show.as_ref(), hide.as_ref());
    warn(show.is_some(), shown, "TagShow");
    warn(hide.is_some(), hidden, "TagHide");
    if let Some(prune_from) = prune_from {
        profile.prune_from(&prune_from);
    }
    Ok(())
}

fn pattern(option: &str, text: &str) -> Result<Option<Pattern>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    Pattern::new(text).map(Some).map_err(|e| format!("parsing {option} regexp: {e}"))
}

/// A filter of samples by their tags: `key=` may come first.
#[derive(Clone)]
struct TagFilter {
    key: Option<String>,
    test: TagTest,
}

#[derive(Clone)]
enum TagTest {
    /// A number of the tag lies in it.
    Range(Range),
    /// Texts match: one of them if there is a key, all of them else.
    Patterns(Vec<Pattern>),
}

/// Numbers from `low` to `high`, in a unit.
#[derive(Clone, Debug, PartialEq)]
struct Range {
    low: f64,
    high: f64,
    unit: String,
}

fn tag_filter(option: &str, text: &str, ui: &mut dyn Ui) -> Result<Option<TagFilter>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let (key, text) = match text.split_once('=') {
        Some((key, rest)) => (Some(key.to_owned()).filter(|key| !key.is_empty()), rest),
        None => (None, text),
    };
    if let Some(range) = Range::parse(text)? {
        ui.warn(&format!("{option}:Interpreted '{text}' as range, not regexp"));
        return Ok(Some(TagFilter { key, test: TagTest::Range(range) }));
    }
    let mut patterns = Vec::new();
    for part in text.split(',') {
        patterns.push(Pattern::new(part).map_err(|e| format!("parsing {option} regexp: {e}"))?);
    }
    Ok(Some(TagFilter { key, test: TagTest::Patterns(patterns) }))
}

impl TagFilter {
    fn passes(&self, profile: &Profile, sample: &Sample, units: &Units) -> bool {
        let labels = profile.labels(sample);
        let texts = || {
            labels.iter().filter_map(|label| match &label.value {
                LabelValue::Text(text) => Some((&label.key, text)),
                LabelValue::Number(..) => None,
            })
        };
        match (&self.test, &self.key) {
            (TagTest::Range(range), key) => labels.iter().any(|label| {
                let LabelValue::Number(number, _) = label.value else { return false };
                let unit = units.get(&label.key).map_or("", |unit| unit);
                key.as_ref().is_none_or(|key| **key == *label.key) && range.contains(number, unit)
            }),
            (TagTest::Patterns(patterns), Some(key)) => texts()
                .filter(|(k, _)| ***k == **key)
                .any(|(_, text)| patterns.iter().any(|pattern| pattern.is_match(text))),
            (TagTest::Patterns(patterns), None) => patterns
                .iter()
                .all(|pattern| texts().any(|(key, text)| pattern.is_match(&format!("{key}:{text}")))),
        }
    }
}

impl Range {
    /// `32kb` is that number only, `:64kb` up to it, `4mb:` from it, `12kb:64mb` between. `None` is any other text.
    fn parse(text: &str) -> Result<Option<Range>, String> {
        let (first, second) = match text.split_once(':') {
            Some((first, second)) => (first, Some(second)),
            None => (text, None),
        };
        let (low, high) = match (Amount::split(first), second.map(|s| (s, Amount::split(s)))) {
            (Some(low), None) => (Some(low), Some(low)),
            (Some(low), Some(("", _))) => (Some(low), None),
            (Some(low), Some((_, Some(high)))) => (Some(low), Some(high)),
            (None, Some((_, Some(high)))) if first.is_empty() => (None, Some(high)),
            _ => return Ok(None),
        };
        let Some(leading) = low.or(high) else { return Ok(None) };
        let (value, unit) = leading.scaled(leading.unit)?;
        let mut range = Range { low: value, high: value, unit };
        match (low, high) {
            (None, _) => range.low = f64::NEG_INFINITY,
            (_, None) => range.high = f64::INFINITY,
            (Some(_), Some(high)) if second.is_some() => {
                let (value, unit) = high.scaled(&range.unit)?;
                if unit != range.unit {
                    return Ok(None);
                }
                range.high = value;
            }
            _ => {}
        }
        Ok(Some(range))
    }

    fn contains(&self, value: i64, unit: &str) -> bool {
        let (value, unit) = measure::scale(value, unit, &self.unit);
        unit == self.unit && self.low <= value && value <= self.high
    }
}

/// A number and its unit, as written.
#[derive(Clone, Copy)]
struct Amount<'a> {
    number: &'a str,
    unit: &'a str,
}

impl<'a> Amount<'a> {
    /// Splits `+12kb`; `None` if it is anything else.
    fn split(text: &'a str) -> Option<Amount<'a>> {
        let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
        let unit = digits.trim_start_matches(|c: char| c.is_ascii_digit());
        let has_digits = unit.len() < digits.len();
        let number = &text[..text.len() - unit.len()];
        (has_digits && unit.bytes().all(|b| b.is_ascii_alphabetic())).then_some(Amount { number, unit })
    }

    fn scaled(self, unit: &str) -> Result<(f64, String), String> {
        let number = decimal(self.number, 64).map_err(|e| {
            format!("failed to parse int {}: {}", self.number, e.words("ParseInt", self.number))
        })?;
        let (value, unit) = measure::scale(number, self.unit, unit);
        Ok((value, unit.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        let range = |text: &str| Range::parse(text).unwrap();
        let inside = |text: &str, value, unit| range(text).unwrap().contains(value, unit);
        assert!(inside("32kb", 32768, "bytes") && !inside("32kb", 32769, "bytes"));
        assert!(inside(":64kb", 3, "bytes") && !inside(":64kb", 65537, "bytes"));
        assert!(inside("4mb:", 5 << 20, "bytes"));
        assert!(inside("12kb:1mb", 512, "kb") && !inside("12kb:1mb", 2, "mb"));
        assert!(inside("7", 7, "") && !inside("7", 8, ""));
        for text in ["x", "3x4", "1kb:2s", ":", "a:1", "1:2:3", ""] {
            assert_eq!(range(text), None, "{text}");
        }
        assert!(Range::parse("99999999999999999999").is_err());
    }
}

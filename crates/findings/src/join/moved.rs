//! Lines that have moved since the profile was made.
//!
//! A function that moved as a whole is told by its first line, which the profile has. Whether its body has changed is
//! told by the function after it in the file: if that has moved as far, the body is as it was. If not, lines from some
//! place on are looked for as many lines further.

use escargo_base::Symbol;
use escargo_pprof::profile::{FunctionId, Profile};
use rustc_hash::{FxHashMap, FxHashSet};

use super::buckets::line_number;
use super::index::Index;
use super::reason::base_name;
use crate::packages::{package_of, shown_name};

/// A line that has moved farther, within a function, is not looked for,
const FARTHEST: i64 = 400;
/// neither are more distances tried,
const MOST_SHIFTS: usize = 400;
/// and a line that moved neither with the others nor stayed is looked for so many lines off.
const NEAR: i64 = 40;

/// What is known of changes of a function's body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum After {
    /// Nothing: it is the last function of its file in the profile; and nothing else in the file has moved.
    #[default]
    Unknown,
    /// Nothing, but other things in its file have moved.
    Edited,
    /// What comes after it has moved so far.
    Shift(i64),
}

/// How far functions have moved.
pub(super) struct Shifts {
    /// For functions of the profile, in its order: what is known of what follows them.
    after: Vec<After>,
}

impl Shifts {
    pub(super) fn new(profile: &Profile, index: &Index<'_>) -> Shifts {
        let keys: Vec<(Symbol, &str)> = (profile.functions.iter())
            .map(|function| (Symbol::intern(&package_of(&function.name)), base_name(&function.filename)))
            .collect();
        let key = |at: usize| keys[at];
        let shifts: Vec<Option<i64>> =
            profile.functions.iter().map(|f| shift(index, &f.name, line_number(f.start_line))).collect();
        let edited: FxHashSet<(Symbol, &str)> =
            (0..shifts.len()).filter(|&at| shifts[at].is_some_and(|shift| shift != 0)).map(key).collect();
        // Declared functions of each file, last one first: what was seen before a function comes after it.
        let mut order: Vec<usize> = (0..shifts.len()).collect();
        order.sort_by_key(|&at| std::cmp::Reverse(line_number(profile.functions[at].start_line)));
        let mut following: FxHashMap<(Symbol, &str), (i64, i64)> = FxHashMap::default();
        let mut after = vec![After::Unknown; shifts.len()];
        for at in order {
            let line = line_number(profile.functions[at].start_line);
            let next = following.get(&key(at)).filter(|(start, _)| *start > line);
            after[at] = match next {
                Some(&(_, shift)) => After::Shift(shift),
                None if edited.contains(&key(at)) => After::Edited,
                None => After::Unknown,
            };
            if let Some(shift) = shifts[at]
                && !is_nested(&profile.functions[at].name)
            {
                following.insert(key(at), (line, shift));
            }
        }
        Shifts { after }
    }

    /// What is known of changes of a function's body.
    pub(super) fn after(&self, function: FunctionId) -> After {
        self.after.get(function.0 as usize).copied().unwrap_or_default()
    }
}

/// How far a function has moved as a whole, if that is known.
fn shift(index: &Index<'_>, name: &str, before: i64) -> Option<i64> {
    if before <= 0 {
        return None;
    }
    let mut found = None;
    for now in index.start_lines(Symbol::intern(&shown_name(name))) {
        let shift = i64::from(now) - before;
        match found {
            _ if shift == 0 => return Some(0),
            None => found = Some(shift),
            Some(other) if other != shift => return None,
            Some(_) => {}
        }
    }
    found
}

/// Whether a function stands in another one, or was made for a statement of it.
fn is_nested(name: &str) -> bool {
    [".func", ".gowrap", ".deferwrap", "-range", "-fm"].iter().any(|part| name.contains(part))
}

/// How well a line of the profile suits a line of the source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Match {
    /// There are sites.
    pub(super) has_sites: bool,
    /// Bytes of which the size is right.
    pub(super) bytes: i64,
    /// The size is right, and not only possible.
    pub(super) exact: bool,
}

/// Lines of a function.
pub(super) trait Lines {
    /// How well the line of the profile with this number suits a line of the source.
    fn bytes(&self, at: usize, line: i64) -> Match;
    /// Lines of the source with sites, in order.
    fn site_lines(&self) -> Vec<i64>;
}

/// For each line of the profile, the line of the source that it is now, if it is found.
///
/// `seen` are the lines, in order, as far as the function as a whole has moved: by `own_shift`.
pub(super) fn align(seen: &[i64], own_shift: i64, after: After, lines: &impl Lines) -> Vec<Option<i64>> {
    let stay: Vec<Match> = seen.iter().enumerate().map(|(at, &line)| lines.bytes(at, line)).collect();
    let stays = |at: usize| stay[at].has_sites.then_some(seen[at]);
    let all_found = stay.iter().all(|found| found.has_sites);
    let shift = match after {
        After::Shift(shift) => Some(shift - own_shift),
        _ => None,
    };
    let nothing_changed = shift == Some(0) && own_shift == 0;
    if nothing_changed || all_found && shift.is_none_or(|shift| shift == 0) {
        return (0..seen.len()).map(stays).collect();
    }
    let site_lines = lines.site_lines();
    let cut = best_cut(seen, &stay, &shifts_to_try(seen, &stay, &site_lines, own_shift, shift), lines);
    let is_certain = after != After::Unknown || own_shift != 0;
    let mut result: Vec<Option<i64>> = (0..seen.len()).map(stays).collect();
    if let Some((first, shift)) = cut
        && (is_certain || is_convincing(seen, first, shift, lines))
    {
        for at in first..seen.len() {
            let line = seen[at] + shift;
            result[at] = lines.bytes(at, line).has_sites.then_some(line);
        }
    }
    if is_certain {
        let right = |(at, line): (usize, &Option<i64>)| line.filter(|&line| lines.bytes(at, line).bytes != 0);
        let mut found: Vec<Option<i64>> = result.iter().enumerate().map(right).collect();
        find_nearest(seen, shift, &site_lines, lines, &mut found);
        // A line with sites of other sizes is better than none.
        return found.into_iter().zip(result).map(|(found, line)| found.or(line)).collect();
    }
    result
}

/// Distances by which lines may have moved: those that go where the function as a whole went first, as sources mostly grow;
/// of these the shortest first.
fn shifts_to_try(
    seen: &[i64],
    stay: &[Match],
    site_lines: &[i64],
    own_shift: i64,
    known: Option<i64>,
) -> Vec<i64> {
    // Where the first line of a function is told wrongly, its other lines are where they were.
    let mut shifts = vec![-own_shift];
    match known {
        Some(shift) => shifts.push(shift),
        None => {
            for (at, &line) in seen.iter().enumerate().filter(|&(at, _)| stay[at].bytes == 0) {
                let start = site_lines.partition_point(|&site| site < line - FARTHEST);
                let near = site_lines[start..].iter().take_while(|&&site| site <= line + FARTHEST);
                shifts.extend(near.map(|site| site - seen[at]));
                if shifts.len() > MOST_SHIFTS {
                    break;
                }
            }
        }
    }
    shifts.retain(|&shift| shift != 0);
    shifts.sort_by_key(|&shift| (shift.signum() == -own_shift.signum(), shift.abs(), shift));
    shifts.dedup();
    shifts
}

/// The first line that has moved, and by how much, if more bytes find a site of their size so than if nothing had moved.
fn best_cut(seen: &[i64], stay: &[Match], shifts: &[i64], lines: &impl Lines) -> Option<(usize, i64)> {
    let all: i64 = stay.iter().fold(0, |sum, found| sum.saturating_add(found.bytes));
    let mut best = (all, None);
    for &shift in shifts {
        let mut after = 0_i64;
        let mut before = all;
        for at in (0..seen.len()).rev() {
            after = after.saturating_add(lines.bytes(at, seen[at] + shift).bytes);
            before = before.saturating_sub(stay[at].bytes);
            let sum = before.saturating_add(after);
            if sum > best.0 {
                best = (sum, Some((at, shift)));
            }
        }
    }
    best.1
}

/// Whether all lines from one on are there again, and one of them by the size of its objects.
fn is_convincing(seen: &[i64], first: usize, shift: i64, lines: &impl Lines) -> bool {
    let moved = (first..seen.len()).map(|at| lines.bytes(at, seen[at] + shift));
    moved.clone().all(|found| found.bytes != 0) && moved.clone().any(|found| found.exact)
}

/// Finds the lines that are still missing: each is between those around it, and has moved as far as the one before it or
/// little else. `shift` is how far all together have moved, if that is known: none has moved farther.
fn find_nearest(
    seen: &[i64],
    shift: Option<i64>,
    site_lines: &[i64],
    lines: &impl Lines,
    result: &mut [Option<i64>],
) {
    // Line of the source that the next line found is at, from the end on.
    let mut following = vec![i64::MAX; seen.len()];
    let mut next = i64::MAX;
    for at in (0..seen.len()).rev() {
        following[at] = next;
        next = result[at].unwrap_or(next);
    }
    let (mut before, mut moved) = (i64::MIN, 0);
    for at in 0..seen.len() {
        if result[at].is_none() {
            let between = |&line: &i64| before < line && line < following[at];
            let fits = |line: &i64| between(line) && lines.bytes(at, *line).bytes != 0;
            let expected = seen[at] + moved;
            let closest = |from: i64, to: i64| {
                let start = site_lines.partition_point(|&line| line < from);
                let near = site_lines[start..].iter().copied().take_while(|&line| line <= to);
                near.filter(fits).min_by_key(|&line| ((line - expected).abs(), line))
            };
            let within = shift.and_then(|shift| closest(seen[at] + shift.min(0), seen[at] + shift.max(0)));
            result[at] = within.or_else(|| closest(seen[at] - NEAR, seen[at] + NEAR));
        }
        if let Some(line) = result[at] {
            (before, moved) = (line, line - seen[at]);
        }
    }
}

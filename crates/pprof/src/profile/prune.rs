//! Cutting stacks below frames that say nothing.

use super::{Profile, range};
use crate::Error;
use crate::pattern::Pattern;

/// Brackets that are part of names, not the beginning of parameters.
const NAMESPACE: &str = "(anonymous namespace)";
const OPERATOR: &str = "operator";

/// What a location that matches means for its samples.
#[derive(Clone, Copy, PartialEq)]
enum Cut {
    None,
    /// All frames below go.
    Below,
    /// It goes too.
    Here,
}

impl Profile {
    /// Drops the frames that the profile itself says are not interesting (`drop_frames`, `keep_frames`).
    ///
    /// # Errors
    ///
    /// They are no regular expressions.
    pub fn remove_uninteresting(&mut self) -> Result<(), Error> {
        let compile = |frames: &str| {
            let pattern = Pattern::new(&format!("^({frames})$"));
            pattern.map_err(|error| error.within(format_args!("failed to compile regexp {frames}")))
        };
        if self.drop_frames.is_empty() {
            return Ok(());
        }
        let drop = compile(&self.drop_frames)?;
        let keep = if self.keep_frames.is_empty() { None } else { Some(compile(&self.keep_frames)?) };
        self.prune(&drop, keep.as_ref());
        Ok(())
    }

    /// Drops all frames that match `drop` and not `keep`, with all below them, unless no other frame is above.
    pub fn prune(&mut self, drop: &Pattern, keep: Option<&Pattern>) {
        let dropped =
            self.functions_where(|name| drop.is_match(name) && !keep.is_some_and(|keep| keep.is_match(name)));
        let cuts: Vec<Cut> = (self.locations.iter_mut())
            .map(|location| {
                let is_dropped = |line: &super::Line| line.function.is_some_and(|id| dropped[id.0 as usize]);
                let Some(last) = location.lines.iter().rposition(is_dropped) else { return Cut::None };
                if last + 1 == location.lines.len() {
                    return Cut::Here;
                }
                location.lines.drain(..=last);
                Cut::Below
            })
            .collect();
        if cuts.iter().all(|&cut| cut == Cut::None) {
            return;
        }
        for sample in &mut self.samples {
            let stack = &self.stacks[range(sample.stack_start, sample.stack_len)];
            let cut_of = |place: usize| cuts[stack[place].0 as usize];
            // What is above the first frame of the program itself is no reason to drop that.
            let Some(user) = (0..stack.len()).rev().find(|&place| cut_of(place) == Cut::None) else {
                continue;
            };
            let Some(place) = (0..user).rev().find(|&place| cut_of(place) != Cut::None) else { continue };
            let cut = place as u32 + u32::from(cut_of(place) == Cut::Here);
            sample.stack_start += cut;
            sample.stack_len -= cut;
        }
    }

    /// Drops all frames below the lowest that matches.
    pub fn prune_from(&mut self, pattern: &Pattern) {
        let matched = self.functions_where(|name| pattern.is_match(name));
        let found: Vec<bool> = (self.locations.iter_mut())
            .map(|location| {
                let is_match = |line: &super::Line| line.function.is_some_and(|id| matched[id.0 as usize]);
                let first = location.lines.iter().position(is_match);
                location.lines.drain(..first.unwrap_or(0));
                first.is_some()
            })
            .collect();
        for sample in &mut self.samples {
            let stack = &self.stacks[range(sample.stack_start, sample.stack_len)];
            let cut = stack.iter().position(|location| found[location.0 as usize]).unwrap_or(0) as u32;
            sample.stack_start += cut;
            sample.stack_len -= cut;
        }
    }

    /// Which functions have a name, and one that holds when it is simplified.
    fn functions_where(&self, holds: impl Fn(&str) -> bool) -> Vec<bool> {
        (self.functions.iter())
            .map(|function| !function.name.is_empty() && holds(simplified(&function.name)))
            .collect()
    }
}

/// A name without the parameters that C++ has in it, and without the dot that stands before it on PowerPC.
fn simplified(name: &str) -> &str {
    let name = name.strip_prefix('.').unwrap_or(name);
    let mut from = 0;
    while let Some(bracket) = name[from..].find('(').map(|found| from + found) {
        if name[bracket..].starts_with(NAMESPACE) {
            from = bracket + NAMESPACE.len();
        } else if name[from..bracket].ends_with(OPERATOR) && name[bracket..].starts_with("()") {
            from = bracket + 2;
        } else {
            return &name[..bracket];
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_simplified() {
        let names = [".a.b", "a(int)", "(anonymous namespace)::a(b)", "a::operator()(c)", "main.(*T).m"];
        let simple = ["a.b", "a", "(anonymous namespace)::a", "a::operator()", "main."];
        assert_eq!(names.map(simplified), simple);
    }
}

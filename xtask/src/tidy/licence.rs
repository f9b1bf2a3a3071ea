//! Licences of the dependencies, against the allow list.

use anyhow::{Context, Result};
use serde_json::Value;

use super::Problem;
use super::table::LICENCES;

/// Checks every package that is not ours.
pub(super) fn check(metadata: &Value, problems: &mut Vec<Problem>) -> Result<()> {
    let members = metadata["workspace_members"].as_array().context("no workspace members")?;
    for package in metadata["packages"].as_array().context("no packages")? {
        if members.contains(&package["id"]) {
            continue;
        }
        let name = package["name"].as_str().unwrap_or_default();
        match package["license"].as_str() {
            None => problems.push(Problem::new("Cargo.lock", 0, format!("{name} names no licence"))),
            Some(expr) if !allowed(expr) => {
                problems.push(Problem::new(
                    "Cargo.lock",
                    0,
                    format!("{name}: licence {expr} is not on the list"),
                ));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// Whether an SPDX expression can be met with allowed licences. `AND` binds closer than `OR`; the
/// old form with slashes means `OR`.
fn allowed(expr: &str) -> bool {
    let spaced = expr.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    let ok = either(&words, &mut at, 0);
    ok == Some(true) && at == words.len()
}

const MAX_DEPTH: u32 = 32;

fn either(words: &[&str], at: &mut usize, depth: u32) -> Option<bool> {
    let mut ok = both(words, at, depth)?;
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        ok |= both(words, at, depth)?;
    }
    Some(ok)
}

fn both(words: &[&str], at: &mut usize, depth: u32) -> Option<bool> {
    let mut ok = single(words, at, depth)?;
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        ok &= single(words, at, depth)?;
    }
    Some(ok)
}

fn single(words: &[&str], at: &mut usize, depth: u32) -> Option<bool> {
    let word = *words.get(*at)?;
    *at += 1;
    if word == "(" {
        let ok = if depth < MAX_DEPTH { either(words, at, depth + 1)? } else { return None };
        let closed = words.get(*at) == Some(&")");
        *at += 1;
        return closed.then_some(ok);
    }
    if words.get(*at) == Some(&"WITH") {
        let exception = *words.get(*at + 1)?;
        *at += 2;
        return Some(
            LICENCES.contains(&word) || LICENCES.contains(&format!("{word} WITH {exception}").as_str()),
        );
    }
    Some(LICENCES.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions() {
        for good in [
            "MIT",
            "MIT/Apache-2.0",
            "Unlicense OR MIT",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception OR GPL-3.0",
        ] {
            assert!(allowed(good), "{good}");
        }
        for bad in
            ["GPL-3.0", "MIT AND MPL-2.0", "", "MIT OR", "(MIT", "MIT MIT", "MPL-2.0 OR GPL-2.0 AND MIT"]
        {
            assert!(!allowed(bad), "{bad}");
        }
        assert!(!allowed(&"(".repeat(100_000)));
    }

    #[test]
    fn a_missing_licence_is_a_problem() {
        let json = serde_json::json!({
            "workspace_members": ["a"],
            "packages": [{"id": "a", "name": "ours"}, {"id": "b", "name": "theirs"},
                {"id": "c", "name": "good", "license": "MIT"}, {"id": "d", "name": "bad", "license": "MPL-2.0"}],
        });
        let mut problems = Vec::new();
        check(&json, &mut problems).expect("well-formed");
        let texts: Vec<_> = problems.iter().map(|p| p.text.as_str()).collect();
        assert_eq!(texts, ["theirs names no licence", "bad: licence MPL-2.0 is not on the list"]);
    }
}

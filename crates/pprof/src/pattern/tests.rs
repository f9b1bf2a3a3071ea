//! Regular expressions, compared with what Go makes of them.

use super::Pattern;

/// Texts, and for each expression which of them it matches, or what Go's package `regexp` says against it.
const ANSWERS: &str = include_str!("../../tests/data/patterns.jsonl");

#[test]
fn patterns_mean_what_they_mean_in_go() {
    let mut lines =
        ANSWERS.lines().map(|line| serde_json::from_str::<Vec<String>>(line).expect("a list of texts"));
    let texts = lines.next().expect("texts");
    let mut wrong = Vec::new();
    for line in lines {
        let [pattern, answer] = &line[..] else { panic!("not a pattern and an answer: {line:?}") };
        let own = match Pattern::new(pattern) {
            Ok(compiled) => {
                texts.iter().map(|text| if compiled.is_match(text) { '1' } else { '0' }).collect()
            }
            Err(error) => error.to_string(),
        };
        if own != *answer {
            wrong.push(format!("{pattern:.60}\n  go  {answer:.200}\n  own {own:.200}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn large_patterns_are_refused() {
    let error = Pattern::new("(\\pL{30}\\pN{30}){30}[^a]{900}(.{1000}\\PL{1000}){1}(\\pL{1000}\\PN{1000})*");
    assert!(error.is_err() || error.is_ok_and(|pattern| !pattern.is_match("")));
    let deep = format!("{}a{}", "(?:".repeat(100_000), ")*".repeat(100_000));
    let error = Pattern::new(&deep).expect_err("too deep").to_string();
    assert!(error.contains("expression nests too deeply"));
}

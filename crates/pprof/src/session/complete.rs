//! What a line at the prompt may go on with.

use super::commands::{COMMANDS, find};
use super::settings::SETTINGS;

/// Words that may stand where the last word of `line` stands, and where that word begins. Commands and settings are
/// completed by how they begin, functions by what they contain, as in internal/driver (interactive.go, newCompleter).
pub fn candidates(line: &str, functions: &[String]) -> (usize, Vec<String>) {
    let start = line
        .rfind(char::is_whitespace)
        .map_or(0, |at| at + line[at..].chars().next().map_or(1, char::len_utf8));
    let (before, word) = line.split_at(start);
    let mut words = before.split_whitespace();
    match (words.next(), words.next()) {
        (None, _) => (start, names(word)),
        (Some("help"), None) => (start, names(word)),
        (Some(command), _) if command != "tags" && is_command(command) => {
            let sign = usize::from(word.starts_with('-'));
            let part = &word[sign..];
            if part.is_empty() {
                return (start, Vec::new());
            }
            let mut found: Vec<String> = functions.iter().filter(|f| f.contains(part)).cloned().collect();
            found.sort();
            found.dedup();
            (start + sign, found)
        }
        _ => (start, Vec::new()),
    }
}

/// Commands and settings that begin with a text, sorted.
fn names(prefix: &str) -> Vec<String> {
    let prefix = prefix.to_lowercase();
    let commands = COMMANDS.iter().map(|c| c.name).chain(["help", "options", "quit"]);
    let settings = SETTINGS.iter().flat_map(|s| std::iter::once(s.name).chain(s.choices.iter().copied()));
    let mut found: Vec<String> =
        commands.chain(settings).filter(|n| n.starts_with(&prefix)).map(str::to_owned).collect();
    found.sort();
    found.dedup();
    found
}

/// Whether a word is a command, perhaps with a number at its end.
fn is_command(word: &str) -> bool {
    find(word).is_some() || find(word.trim_end_matches(|c: char| c.is_ascii_digit())).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_go_on() {
        let functions = ["main.work".to_owned(), "main.build".to_owned(), "main.work".to_owned()];
        let at = |line: &str| candidates(line, &functions);
        assert_eq!(at("to"), (0, vec!["top".to_owned(), "topproto".to_owned()]));
        assert_eq!(at("help gran"), (5, vec!["granularity".to_owned()]));
        assert_eq!(at("list wor"), (5, vec!["main.work".to_owned()]));
        assert_eq!(at("top10 main.b"), (6, vec!["main.build".to_owned()]));
        assert_eq!(at("peek main.work -bui"), (16, vec!["main.build".to_owned()]));
        assert_eq!(at("tags wor"), (5, vec![]));
        assert_eq!(at("top "), (4, vec![]));
    }
}

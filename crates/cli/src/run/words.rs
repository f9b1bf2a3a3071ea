//! Command lines of which only a part is escargo's own.

use std::ffi::OsString;

/// The name and value of a flag: `-x`, `--x=y`. Nothing for other words.
pub(super) fn parts(word: &OsString) -> Option<(&str, Option<&str>)> {
    let text = word.to_str()?;
    let name = text.strip_prefix("--").or_else(|| text.strip_prefix('-'))?;
    if name.is_empty() {
        return None;
    }
    Some(name.split_once('=').map_or((name, None), |(name, value)| (name, Some(value))))
}

/// Whether a word is a flag whose name begins so.
pub(super) fn is_flag(word: &OsString, prefix: &str) -> bool {
    parts(word).is_some_and(|(name, _)| name.starts_with(prefix))
}

/// Puts the flags that a command knows before a `--`, and all other words after it. For `escargo run` the first word that
/// is no flag begins what belongs to the program; `escargo test` knows its own flags wherever they stand, up to `-args`.
pub(crate) fn arrange(command: &clap::Command, args: Vec<OsString>) -> Vec<OsString> {
    let name = args.get(1).and_then(|word| word.to_str());
    let Some(command) = name.and_then(|name| command.find_subcommand(name)) else { return args };
    let scattered = match command.get_name() {
        "run" => false,
        "test" => true,
        _ => return args,
    };
    let mut words = args.into_iter();
    let mut own: Vec<OsString> = words.by_ref().take(2).collect();
    let mut others = Vec::new();
    while let Some(word) = words.next() {
        let flag =
            parts(&word).and_then(|(name, value)| Some((takes_value(command, name)?, value.is_some())));
        match flag {
            Some((takes_value, has_value)) => {
                own.push(word);
                if takes_value && !has_value {
                    own.extend(words.next());
                }
            }
            None if scattered && !is_flag(&word, "args") => others.push(word),
            // What is no flag of ours, and none of another command, is a mistake that is told.
            None if !scattered && parts(&word).is_some() && word != "--" => own.push(word),
            None => {
                others.push(word);
                others.extend(words.by_ref());
            }
        }
    }
    own.push("--".into());
    own.extend(others);
    own
}

/// Whether a flag of the command takes a value; nothing if it has no such flag.
fn takes_value(command: &clap::Command, name: &str) -> Option<bool> {
    if matches!(name, "h" | "help") {
        return Some(false);
    }
    let mut letters = name.chars();
    let letter = letters.next().filter(|_| letters.next().is_none());
    let known =
        |arg: &&clap::Arg| arg.get_long() == Some(name) || letter.is_some() && arg.get_short() == letter;
    command.get_arguments().find(known).map(|arg| arg.get_action().takes_values())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arranged(line: &str) -> String {
        let flag = |name: &'static str| clap::Arg::new(name).long(name);
        let sub = |name: &'static str| {
            let tags = flag("tags");
            let race = flag("race").action(clap::ArgAction::SetTrue);
            clap::Command::new(name).args([tags, race, clap::Arg::new("dir").short('C')])
        };
        let command = clap::Command::new("escargo").subcommands([sub("run"), sub("test"), sub("build")]);
        let words = line.split_whitespace().map(OsString::from).collect();
        let words: Vec<String> =
            arrange(&command, words).into_iter().filter_map(|w| w.into_string().ok()).collect();
        words.join(" ")
    }

    #[test]
    fn a_program_has_its_own_flags() {
        assert_eq!(arranged("escargo run"), "escargo run --");
        assert_eq!(arranged("e run -tags x -race -C d . -race"), "e run -tags x -race -C d -- . -race");
        assert_eq!(arranged("e run --tags=x a.go -- -h"), "e run --tags=x -- a.go -- -h");
        assert_eq!(arranged("e run -- -h"), "e run -- -- -h");
        assert_eq!(arranged("e run -typo ."), "e run -typo -- .");
        assert_eq!(arranged("e build -tags x"), "e build -tags x");
    }

    #[test]
    fn tests_take_flags_anywhere() {
        assert_eq!(arranged("e test ./a -bench . -tags x"), "e test -tags x -- ./a -bench .");
        assert_eq!(arranged("e test -C d -v -args -race"), "e test -C d -- -v -args -race");
        assert_eq!(arranged("e test -h"), "e test -h --");
    }
}

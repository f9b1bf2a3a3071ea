//! A line at the prompt: a command, its arguments, and settings for this time only.

use super::commands::{Command, find};
use super::help;
use super::settings::Settings;
use super::words::{decimal, quoted};

/// Where a report goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// Where the settings say.
    Output,
    /// To the end of a file.
    Append(String),
    /// To a shell command.
    Pipe(String),
}

/// A command that was understood.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) command: &'static Command,
    pub(super) pattern: Option<String>,
    pub(super) settings: Settings,
    pub(super) target: Target,
}

/// Understands a line, split at blanks. The first word is not a setting.
///
/// `>> file` and `| command` are additions to what pprof has; there they are regular expressions that match everything.
///
/// # Errors
///
/// In pprof's words.
pub(super) fn parse(words: &[&str], settings: &Settings) -> Result<Request, String> {
    let Some((&first, rest)) = words.split_first() else { return Err(String::new()) };
    let (name, number) = split_number(first);
    let mut rest: Vec<&str> = number.into_iter().chain(rest.iter().copied()).collect();
    let Some(command) = find(name) else {
        if help::about(name).is_some() {
            let value = rest.first().copied().unwrap_or("<val>");
            return Err(format!("did you mean: {name}={value}"));
        }
        return Err(format!("unrecognized command: {}", quoted(name)));
    };
    let mut pattern = None;
    if command.takes_pattern {
        if rest.is_empty() {
            return Err(format!("command {name} requires an argument"));
        }
        pattern = Some(rest.remove(0).to_owned());
    }
    let mut request = Request { command, pattern, settings: settings.clone(), target: Target::Output };
    arguments(&rest, &mut request)?;
    if request.settings.nodecount == -1 && matches!(command.name, "text" | "top") {
        request.settings.nodecount = 10;
    }
    Ok(request)
}

/// `top10` is `top 10`.
fn split_number(word: &str) -> (&str, Option<&str>) {
    if find(word).is_some() {
        return (word, None);
    }
    let name = word.trim_end_matches(|c: char| c.is_ascii_digit());
    if name.is_empty() || name.len() == word.len() { (word, None) } else { (name, Some(&word[name.len()..])) }
}

fn arguments(words: &[&str], request: &mut Request) -> Result<(), String> {
    let (mut focus, mut ignore) = (String::new(), String::new());
    let mut words = words.iter();
    while let Some(&word) = words.next() {
        if let Ok(number) = decimal(word, 32) {
            request.settings.nodecount = number;
            continue;
        }
        let mut following = || match words.next() {
            Some(&word) => Ok(word.to_owned()),
            None => Err("unexpected end of line after >".to_owned()),
        };
        match word {
            "|" => {
                let command: Vec<&str> = words.by_ref().copied().collect();
                if command.is_empty() {
                    return Err("unexpected end of line after |".to_owned());
                }
                request.target = Target::Pipe(command.join(" "));
            }
            ">" => request.settings.output = following()?,
            ">>" => request.target = Target::Append(following()?),
            "-cum" | "--cum" => request.settings.sort = "cum".to_owned(),
            _ => match (word.strip_prefix('>'), word.strip_prefix('-')) {
                (Some(file), _) => request.settings.output = file.to_owned(),
                (_, Some(pattern)) => or(&mut ignore, pattern),
                _ => or(&mut focus, word),
            },
        }
    }
    let settings = &mut request.settings;
    let (to_focus, to_ignore) = match request.command.name {
        "tags" => (&mut settings.tagfocus, &mut settings.tagignore),
        _ => (&mut settings.focus, &mut settings.ignore),
    };
    if !focus.is_empty() {
        *to_focus = focus;
    }
    if !ignore.is_empty() {
        *to_ignore = ignore;
    }
    Ok(())
}

/// Adds an alternative to a regular expression.
fn or(pattern: &mut String, more: &str) {
    if !pattern.is_empty() && !more.is_empty() {
        pattern.push('|');
    }
    pattern.push_str(more);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(line: &str) -> Result<Request, String> {
        parse(&line.split_whitespace().collect::<Vec<_>>(), &Settings::default())
    }

    #[test]
    fn reports() {
        let request = ask("top5 -cum a b -c -d >f").unwrap();
        let settings = &request.settings;
        assert_eq!((request.command.name, settings.nodecount, &*settings.sort), ("top", 5, "cum"));
        assert_eq!((&*settings.focus, &*settings.ignore, &*settings.output), ("a|b", "c|d", "f"));
        assert_eq!(ask("text").unwrap().settings.nodecount, 10);
        assert_eq!(ask("top -1").unwrap().settings.nodecount, 10);
        assert_eq!(ask("tree").unwrap().settings.nodecount, -1);
        let request = ask("list main 3 x > out").unwrap();
        assert_eq!((request.pattern.as_deref(), &*request.settings.output), (Some("main"), "out"));
        assert_eq!((request.settings.nodecount, &*request.settings.focus), (3, "x"));
        let request = ask("tags k:v -w").unwrap();
        assert_eq!((&*request.settings.tagfocus, &*request.settings.tagignore), ("k:v", "w"));
    }

    #[test]
    fn targets() {
        assert_eq!(ask("top >> f").unwrap().target, Target::Append("f".to_owned()));
        assert_eq!(ask("top 3 | grep x | wc -l").unwrap().target, Target::Pipe("grep x | wc -l".to_owned()));
        assert_eq!(ask("top a|b").unwrap().settings.focus, "a|b");
    }

    #[test]
    fn errors() {
        let wrong = |line: &str| ask(line).unwrap_err();
        assert_eq!(wrong("foo12"), "unrecognized command: \"foo\"");
        assert_eq!(wrong("123"), "unrecognized command: \"123\"");
        assert_eq!(wrong("focus main"), "did you mean: focus=main");
        assert_eq!(wrong("unit"), "did you mean: unit=<val>");
        assert_eq!(wrong("list"), "command list requires an argument");
        assert_eq!(wrong("top >"), "unexpected end of line after >");
        assert_eq!(wrong("top |"), "unexpected end of line after |");
    }
}

//! The command line, as Go's flag package reads it.

use super::commands::{COMMANDS, Command, find};
use super::help;
use super::settings::{Kind, SETTINGS, Settings, Value};
use super::words::{NotANumber, based, float, listed, quoted};

/// What the command line asks for.
#[derive(Debug)]
pub(super) struct Invocation {
    /// Files and URLs.
    pub(super) sources: Vec<String>,
    /// What is subtracted.
    pub(super) base: Vec<String>,
    /// Samples of the base are told apart.
    pub(super) diff_base: bool,
    /// The binary, if one was named.
    pub(super) binary: Option<String>,
    pub(super) build_id: String,
    pub(super) seconds: i64,
    pub(super) timeout: i64,
    pub(super) symbolize: String,
    pub(super) comment: String,
    pub(super) all_frames: bool,
    pub(super) settings: Settings,
    /// The report, and its regular expression; a conversation if there is none.
    pub(super) report: Option<(&'static Command, Option<String>)>,
    /// What is to be said first.
    pub(super) warnings: Vec<String>,
}

/// Why nothing is done, and the exit code.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) text: String,
    pub(super) code: u8,
}

impl Refusal {
    pub(super) fn new(text: impl Into<String>) -> Refusal {
        Refusal { text: format!("{}\n", text.into()), code: 2 }
    }
}

/// Flags that are neither settings nor commands.
const OTHERS: &[(&str, Kind)] = &[
    ("diff_base", Kind::Text),
    ("base", Kind::Text),
    ("symbolize", Kind::Text),
    ("buildid", Kind::Text),
    ("timeout", Kind::Integer),
    ("add_comment", Kind::Text),
    ("all_frames", Kind::Flag),
    ("seconds", Kind::Integer),
    ("inuse_space", Kind::Flag),
    ("inuse_objects", Kind::Flag),
    ("alloc_space", Kind::Flag),
    ("alloc_objects", Kind::Flag),
    ("total_delay", Kind::Flag),
    ("contentions", Kind::Flag),
    ("mean_delay", Kind::Flag),
    // Accepted and not used, as by go tool pprof.
    ("tools", Kind::Text),
    ("tls_cert", Kind::Text),
    ("tls_key", Kind::Text),
    ("tls_ca", Kind::Text),
    ("http", Kind::Text),
    ("no_browser", Kind::Flag),
];

/// Flags that choose a value, in the order in which they are looked at, and what they choose.
const VALUES: &[(&str, &str)] = &[
    ("total_delay", "delay"),
    ("mean_delay", "delay"),
    ("contentions", "contentions"),
    ("inuse_space", "inuse_space"),
    ("inuse_objects", "inuse_objects"),
    ("alloc_space", "alloc_space"),
    ("alloc_objects", "alloc_objects"),
];

/// Flags that were given, the last of each name.
struct Given(Vec<(String, Value)>);

impl Given {
    fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().rev().find(|(n, _)| n == name).map(|(_, value)| value)
    }

    fn on(&self, name: &str) -> bool {
        matches!(self.get(name), Some(Value::Flag(true)))
    }

    fn text(&self, name: &str) -> String {
        match self.get(name) {
            Some(Value::Text(text)) => text.clone(),
            _ => String::new(),
        }
    }

    fn integer(&self, name: &str, default: i64) -> i64 {
        match self.get(name) {
            Some(Value::Integer(number)) => *number,
            _ => default,
        }
    }
}

/// Reads the command line. `is_binary` tells whether a file is a program.
///
/// # Errors
///
/// What to say, with usage where pprof gives it.
pub(super) fn parse(args: &[String], is_binary: impl Fn(&str) -> bool) -> Result<Invocation, Refusal> {
    let (given, rest) = given(args)?;
    if rest.is_empty() {
        let text = format!("{}no profile source specified\n", help::usage());
        return Err(Refusal { text, code: 2 });
    }
    let has_binary = rest.len() > 1 && is_binary(&rest[0]);
    let (binary, sources) = if has_binary { rest.split_at(1) } else { rest.split_at(0) };
    let mut settings = settings(&given)?;
    let report = report(&given)?;
    let web = !given.text("http").is_empty();
    if report.is_some() && web {
        return Err(Refusal::new("-http is not compatible with an output format on the command line"));
    }
    if given.on("no_browser") && !web {
        return Err(Refusal::new("-no_browser only makes sense with -http"));
    }
    let mut warnings = Vec::new();
    for (flag, value) in VALUES.iter().filter(|(flag, _)| given.on(flag)) {
        if settings.sample_index.is_empty() {
            settings.sample_index = (*value).to_owned();
        } else {
            warnings.push(format!("Multiple value selections, ignoring -{flag}"));
        }
    }
    settings.mean |= given.on("mean_delay");
    let (base, diff_base) = bases(&given, &settings, &warnings)?;
    if web {
        return Err(Refusal::new("escargo: -http is not there yet: there are no pages for a browser"));
    }
    Ok(Invocation {
        sources: sources.to_vec(),
        base,
        diff_base,
        binary: binary.first().cloned(),
        build_id: given.text("buildid"),
        seconds: given.integer("seconds", -1),
        timeout: given.integer("timeout", -1),
        symbolize: given.text("symbolize"),
        comment: given.text("add_comment"),
        all_frames: given.on("all_frames"),
        settings,
        report,
        warnings,
    })
}

/// Sources to subtract, and whether they are told apart.
fn bases(given: &Given, settings: &Settings, warnings: &[String]) -> Result<(Vec<String>, bool), Refusal> {
    let refuse = |text: &str| {
        let mut lines = warnings.to_vec();
        lines.push(text.to_owned());
        Err(Refusal::new(lines.join("\n")))
    };
    let one = |name: &str| Some(given.text(name)).filter(|source| !source.is_empty());
    let (base, diff_base) = match (one("base"), one("diff_base")) {
        (Some(_), Some(_)) => return refuse("-base and -diff_base flags cannot both be specified"),
        (base, None) => (base, false),
        (None, diff) => (diff, true),
    };
    if settings.normalize && base.is_none() {
        return refuse("must have base profile to normalize by");
    }
    Ok((base.into_iter().collect(), diff_base))
}

fn settings(given: &Given) -> Result<Settings, Refusal> {
    let mut settings = Settings::default();
    for setting in SETTINGS {
        if setting.choices.is_empty() {
            if let Some(value) = given.get(setting.name) {
                settings.put(setting, value.clone());
            }
            continue;
        }
        let chosen: Vec<&str> = setting.choices.iter().copied().filter(|c| given.on(c)).collect();
        match chosen[..] {
            [] => {}
            [one] => settings.put(setting, Value::Text(one.to_owned())),
            _ => return Err(Refusal::new(format!("conflicting options set: {}", listed(chosen)))),
        }
    }
    Ok(settings)
}

type Report = (&'static Command, Option<String>);

fn report(given: &Given) -> Result<Option<Report>, Refusal> {
    let mut report = None;
    for command in COMMANDS {
        let pattern = Some(given.text(command.name)).filter(|pattern| !pattern.is_empty());
        if !given.on(command.name) && pattern.is_none() {
            continue;
        }
        if report.is_some() {
            return Err(Refusal::new("must set at most one output format"));
        }
        report = Some((command, pattern));
    }
    Ok(report)
}

/// The kind of a flag; `None` if there is no such flag.
fn kind(name: &str) -> Option<Kind> {
    if let Some((_, kind)) = OTHERS.iter().find(|(n, _)| *n == name) {
        return Some(*kind);
    }
    if let Some(command) = find(name) {
        return Some(if command.takes_pattern { Kind::Text } else { Kind::Flag });
    }
    let setting =
        SETTINGS.iter().find(|s| s.choices.contains(&name) || (s.name == name && s.choices.is_empty()))?;
    Some(if setting.name == name { setting.kind } else { Kind::Flag })
}

/// Splits flags from what follows them.
fn given(args: &[String]) -> Result<(Given, Vec<String>), Refusal> {
    let mut given = Vec::new();
    let mut args = args.iter();
    loop {
        let rest = args.as_slice();
        let Some(arg) = args.next() else { return Ok((Given(given), Vec::new())) };
        let Some(body) = arg.strip_prefix('-').filter(|body| !body.is_empty()) else {
            return Ok((Given(given), rest.to_vec()));
        };
        if body == "-" {
            return Ok((Given(given), args.as_slice().to_vec()));
        }
        let body = body.strip_prefix('-').unwrap_or(body);
        if body.starts_with(['-', '=']) {
            return Err(wrong(format!("bad flag syntax: {arg}")));
        }
        // The value begins after the first = that is not the first character.
        let (name, value) = match body.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (body, None),
        };
        let Some(kind) = kind(name) else {
            if matches!(name, "help" | "h") {
                return Err(Refusal { text: help::usage(), code: 0 });
            }
            return Err(wrong(format!("flag provided but not defined: -{name}")));
        };
        let value = match (value, kind) {
            (Some(value), _) => value,
            (None, Kind::Flag) => "true",
            (None, _) => args.next().ok_or_else(|| wrong(format!("flag needs an argument: -{name}")))?,
        };
        given.push((name.to_owned(), read(name, kind, value)?));
    }
}

fn wrong(text: String) -> Refusal {
    Refusal { text: format!("{text}\n{}", help::usage()), code: 2 }
}

fn read(name: &str, kind: Kind, value: &str) -> Result<Value, Refusal> {
    let not_a_number = |e: NotANumber| {
        wrong(format!("invalid value {} for flag -{name}: {}", quoted(value), e.flag_words()))
    };
    match kind {
        Kind::Text => Ok(Value::Text(value.to_owned())),
        Kind::Integer => based(value).map(Value::Integer).map_err(not_a_number),
        Kind::Float => float(value).map(Value::Float).map_err(not_a_number),
        Kind::Flag => match value {
            "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(Value::Flag(true)),
            "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(Value::Flag(false)),
            _ => Err(wrong(format!("invalid boolean value {} for -{name}: parse error", quoted(value)))),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(line: &str) -> Result<Invocation, Refusal> {
        let args: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        parse(&args, |path| path == "prog")
    }

    #[test]
    fn ways_to_write_flags() {
        let asked = ask("-top --nodecount=0x10 -focus main -trim=F -cum -seconds 5 -- -a b").unwrap();
        assert_eq!(asked.report.map(|(c, p)| (c.name, p)), Some(("top", None)));
        assert_eq!((asked.settings.nodecount, &*asked.settings.focus), (16, "main"));
        assert_eq!((asked.settings.trim, &*asked.settings.sort, asked.seconds), (false, "cum", 5));
        assert_eq!(asked.sources, ["-a", "b"]);
        // The last one counts, an empty one counts as none.
        let asked = ask("-focus=a=b -focus=c -list= -top=false x -top").unwrap();
        assert_eq!((&*asked.settings.focus, asked.report.is_none()), ("c", true));
        assert_eq!(asked.sources, ["x", "-top"]);
        let asked = ask("-list main prog x").unwrap();
        assert_eq!((asked.binary.as_deref(), asked.sources), (Some("prog"), vec!["x".to_owned()]));
        assert_eq!(ask("prog").unwrap().sources, ["prog"]);
        assert_eq!(ask("-").unwrap().sources, ["-"]);
    }

    #[test]
    fn choices_of_values() {
        let asked = ask("-alloc_space -inuse_objects x").unwrap();
        assert_eq!(asked.settings.sample_index, "inuse_objects");
        assert_eq!(asked.warnings, ["Multiple value selections, ignoring -alloc_space"]);
        let asked = ask("-mean_delay x").unwrap();
        assert_eq!((asked.settings.mean, &*asked.settings.sample_index), (true, "delay"));
        let asked = ask("-diff_base b x").unwrap();
        assert_eq!((asked.base, asked.diff_base), (vec!["b".to_owned()], true));
    }

    #[test]
    fn refusals() {
        let line = |args: &str| ask(args).unwrap_err().text.lines().next().unwrap_or_default().to_owned();
        for (args, text) in [
            ("-nope x", "flag provided but not defined: -nope"),
            ("---x", "bad flag syntax: ---x"),
            ("-=x", "bad flag syntax: -=x"),
            ("-output", "flag needs an argument: -output"),
            ("-nodecount=x y", "invalid value \"x\" for flag -nodecount: parse error"),
            ("-trim=maybe y", "invalid boolean value \"maybe\" for -trim: parse error"),
            ("-granularity=lines y", "flag provided but not defined: -granularity"),
            ("-cum -flat y", "conflicting options set: [cum flat]"),
            ("-top -list=a y", "must set at most one output format"),
            ("-base a -diff_base b y", "-base and -diff_base flags cannot both be specified"),
            ("-normalize y", "must have base profile to normalize by"),
            ("-http=: -top y", "-http is not compatible with an output format on the command line"),
            ("-no_browser y", "-no_browser only makes sense with -http"),
            ("-http=: y", "escargo: -http is not there yet: there are no pages for a browser"),
        ] {
            assert_eq!(line(args), text, "{args}");
        }
        assert_eq!(ask("-h").unwrap_err(), Refusal { text: help::usage(), code: 0 });
        let none = ask("").unwrap_err();
        assert!(none.code == 2 && none.text.ends_with("$HOME\nno profile source specified\n"));
    }
}

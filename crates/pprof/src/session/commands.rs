//! The commands of pprof: each is a report, on the command line and at the prompt.

/// What a command does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Entries sorted by weight.
    Text,
    /// Each entry with its callers and callees.
    Tree,
    /// Source with weights.
    List,
    /// All of the profile as text.
    Raw,
    /// Tags and their weights.
    Tags,
    /// Each sample.
    Traces,
    /// The graph for graphviz.
    Dot,
    /// Comments.
    Comments,
    /// The graph for callgrind's viewers.
    Callgrind,
    /// The profile.
    Proto,
    /// Entries as a profile.
    TopProto,
    /// Not there: it needs what is named.
    Missing(Needs),
}

/// What a command would need that is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Graphviz, to draw.
    Graphviz,
    /// A browser.
    Browser,
    /// KCachegrind.
    Viewer,
    /// A disassembler.
    Disassembler,
}

/// How the usage of a command is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Usage {
    None,
    /// Of reports; with `-cum`, with a file.
    Report(bool, bool),
    /// Of listings; with a file.
    Listing(bool),
    Peek,
    Tags,
}

/// A command.
#[derive(Clone, Copy, Debug)]
pub struct Command {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub action: Action,
    /// Whether a regular expression must follow.
    pub takes_pattern: bool,
    /// The end of the file's name if it writes bytes that are not for a terminal.
    pub away_from_terminal: Option<&'static str>,
    /// What it does, in a line.
    pub summary: &'static str,
    usage: Usage,
}

const fn command(name: &'static str, action: Action, summary: &'static str, usage: Usage) -> Command {
    let takes_pattern = matches!(usage, Usage::Listing(_) | Usage::Peek);
    Command { name, action, takes_pattern, away_from_terminal: None, summary, usage }
}

const fn binary(command: Command, suffix: &'static str) -> Command {
    Command { away_from_terminal: Some(suffix), ..command }
}

const GRAPHVIZ: Action = Action::Missing(Needs::Graphviz);
const BROWSER: Action = Action::Missing(Needs::Browser);
const GRAPH: Usage = Usage::Report(false, true);
const SHOWN: Usage = Usage::Report(false, false);
const SORTED: Usage = Usage::Report(true, true);

/// All commands, sorted by name.
pub static COMMANDS: &[Command] = &[
    binary(
        command("callgrind", Action::Callgrind, "Outputs a graph in callgrind format", GRAPH),
        "callgraph.out",
    ),
    command("comments", Action::Comments, "Output all profile comments", Usage::None),
    command(
        "disasm",
        Action::Missing(Needs::Disassembler),
        "Output assembly listings annotated with samples",
        Usage::Listing(true),
    ),
    command("dot", Action::Dot, "Outputs a graph in DOT format", GRAPH),
    command("eog", GRAPHVIZ, "Visualize graph through eog", SHOWN),
    command("evince", GRAPHVIZ, "Visualize graph through evince", SHOWN),
    command("gif", GRAPHVIZ, "Outputs a graph image in GIF format", GRAPH),
    command("gv", GRAPHVIZ, "Visualize graph through gv", SHOWN),
    command("kcachegrind", Action::Missing(Needs::Viewer), "Visualize report in KCachegrind", SHOWN),
    command(
        "list",
        Action::List,
        "Output annotated source for functions matching regexp",
        Usage::Listing(false),
    ),
    command("pdf", GRAPHVIZ, "Outputs a graph in PDF format", GRAPH),
    command("peek", Action::Tree, "Output callers/callees of functions matching regexp", Usage::Peek),
    command("png", GRAPHVIZ, "Outputs a graph image in PNG format", GRAPH),
    binary(
        command("proto", Action::Proto, "Outputs the profile in compressed protobuf format", Usage::None),
        "pb.gz",
    ),
    command("ps", GRAPHVIZ, "Outputs a graph in PS format", GRAPH),
    command("raw", Action::Raw, "Outputs a text representation of the raw profile", Usage::None),
    command("svg", GRAPHVIZ, "Outputs a graph in SVG format", GRAPH),
    command("tags", Action::Tags, "Outputs all tags in the profile", Usage::Tags),
    command("text", Action::Text, "Outputs top entries in text form", SORTED),
    command("top", Action::Text, "Outputs top entries in text form", SORTED),
    binary(
        command(
            "topproto",
            Action::TopProto,
            "Outputs top entries in compressed protobuf format",
            Usage::None,
        ),
        "pb.gz",
    ),
    command("traces", Action::Traces, "Outputs all profile samples in text form", Usage::None),
    command("tree", Action::Tree, "Outputs a text rendering of call graph", SORTED),
    command("web", GRAPHVIZ, "Visualize graph through web browser", SHOWN),
    command("weblist", BROWSER, "Display annotated source in a web browser", Usage::Listing(false)),
];

/// The command with a name.
pub fn find(name: &str) -> Option<&'static Command> {
    COMMANDS.iter().find(|c| c.name == name)
}

impl Command {
    /// What `help NAME` says.
    pub fn help(&self) -> String {
        let mut text = format!("{}\n", self.summary);
        let usage = self.usage();
        if !usage.is_empty() {
            text.push_str("  Usage:\n");
        }
        for line in usage {
            text.push_str(&format!("    {line}\n"));
        }
        text.push('\n');
        text
    }

    /// Says that it is not there, if it is not.
    ///
    /// # Errors
    ///
    /// The line to say.
    pub fn available(&self) -> Result<(), String> {
        let Action::Missing(needs) = self.action else { return Ok(()) };
        let (name, why) = (self.name, needs.words());
        Err(format!("escargo: {name} is not there yet: {why}"))
    }

    fn usage(&self) -> Vec<String> {
        let name = self.name;
        let samples = "Include samples matching focus_regex, and exclude ignore_regex.".to_owned();
        let to_file = "Optionally save the report on the file f".to_owned();
        let redirection = |on: bool| if on { " >f" } else { "" };
        match self.usage {
            Usage::None => Vec::new(),
            Usage::Report(cum, file) => {
                let sorting = if cum { " [-cum]" } else { "" };
                let first =
                    format!("{name} [n] [focus_regex]* [-ignore_regex]*{sorting}{}", redirection(file));
                let sorted = cum.then(|| "-cum sorts the output by cumulative weight".to_owned());
                let saved = file.then_some(to_file);
                let lines = [first, "Include up to n samples".to_owned(), samples];
                lines.into_iter().chain(sorted).chain(saved).collect()
            }
            Usage::Listing(file) => {
                let first = format!(
                    "{name}<func_regex|address> [-focus_regex]* [-ignore_regex]*{}",
                    redirection(file)
                );
                let which =
                    "Include functions matching func_regex, or including the address specified.".to_owned();
                [first, which, samples].into_iter().chain(file.then_some(to_file)).collect()
            }
            Usage::Peek => vec![
                "peek func_regex".to_owned(),
                "Display callers and callees of functions matching func_regex.".to_owned(),
            ],
            Usage::Tags => vec![
                "tags [tag_regex]* [-ignore_regex]* [>file]".to_owned(),
                "List tags with key:value matching tag_regex and exclude ignore_regex.".to_owned(),
            ],
        }
    }
}

impl Needs {
    fn words(self) -> &'static str {
        match self {
            Needs::Graphviz => "pictures need graphviz; dot gives the graph for it",
            Needs::Browser => "there are no pages for a browser; list shows the same as text",
            Needs::Viewer => "no viewer is started; callgrind gives the file for it",
            Needs::Disassembler => {
                "machine code is not read; list and the granularity addresses work without it"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_found() {
        assert!(COMMANDS.is_sorted_by(|a, b| a.name < b.name));
        assert!(find("top").is_some_and(|c| !c.takes_pattern));
        assert!(find("peek").is_some_and(|c| c.takes_pattern));
        assert!(find("o").is_none());
    }

    #[test]
    fn help_of_commands() {
        let help = |name: &str| find(name).unwrap().help();
        assert_eq!(
            help("top"),
            "Outputs top entries in text form\n  Usage:\n    top [n] [focus_regex]* [-ignore_regex]* [-cum] >f\n    \
             Include up to n samples\n    Include samples matching focus_regex, and exclude ignore_regex.\n    \
             -cum sorts the output by cumulative weight\n    Optionally save the report on the file f\n\n"
        );
        assert_eq!(help("raw"), "Outputs a text representation of the raw profile\n\n");
        assert!(help("disasm").contains("disasm<func_regex|address> [-focus_regex]* [-ignore_regex]* >f\n"));
    }
}

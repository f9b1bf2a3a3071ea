//! What `help` and `-help` say.

use super::commands::{COMMANDS, find};
use super::settings::SETTINGS;

const HEAD: &str = include_str!("texts/usage-head.txt");
const SOURCES: &str = include_str!("texts/usage-sources.txt");
const MISC: &str = include_str!("texts/usage-misc.txt");

const AT_THE_PROMPT: &str = "\n  :   Clear focus/ignore/hide/tagfocus/tagignore\n\n  type \"help <cmd|option>\" for more information\n";

/// What `-help` says, with the end of its last line.
pub(super) fn usage() -> String {
    format!("{HEAD}{}\n\n{SOURCES}\n{MISC}", overview("-"))
}

/// What `help TOPIC` says; `None` if there is no such topic. `sample_types` are those of the profile.
pub(super) fn help(topic: &str, sample_types: &[&str]) -> Option<String> {
    if topic.is_empty() {
        return Some(overview("") + AT_THE_PROMPT);
    }
    if let Some(command) = find(topic) {
        return Some(command.help());
    }
    let mut text = about(topic)?.to_owned();
    if topic == "sample_index" {
        let names = super::words::listed(sample_types.iter().copied());
        text.push_str(&format!("Or use sample_index=name, with name in {names}.\n"));
    }
    text.push('\n');
    Some(text)
}

/// What a setting or a choice is about; empty for names that have no text.
pub(super) fn about(name: &str) -> Option<&'static str> {
    TOPICS.iter().find(|(topic, _)| *topic == name).map(|(_, text)| *text)
}

fn entry(name: &str, text: &str) -> String {
    format!("    {name:<16} {}", text.lines().next().unwrap_or_default())
}

/// Commands and settings; each name follows `prefix`.
fn overview(prefix: &str) -> String {
    let mut text = String::new();
    let mut commands: Vec<String> =
        COMMANDS.iter().map(|c| entry(&format!("{prefix}{}", c.name), c.summary)).collect();
    commands.sort();
    if prefix.is_empty() {
        text.push_str("  Commands:\n");
        commands.push(entry("o/options", "List options and their current values"));
        commands.push(entry("q/quit/exit/^D", "Exit pprof"));
    } else {
        text.push_str("  Output formats (select at most one):\n");
    }
    let named = |name: &str| entry(&format!("{prefix}{name}"), about(name).unwrap_or_default());
    let mut variables = Vec::new();
    let mut groups = Vec::new();
    for setting in SETTINGS {
        if setting.choices.is_empty() {
            variables.push(named(setting.name));
            continue;
        }
        let choices = setting.choices.iter().map(|choice| format!("  {}", named(choice)));
        let group: Vec<String> = std::iter::once(entry(setting.name, "")).chain(choices).collect();
        groups.push(group.join("\n"));
    }
    variables.sort();
    groups.sort();
    text.push_str(&commands.join("\n"));
    text.push_str("\n\n  Options:\n");
    text.push_str(&variables.join("\n"));
    text.push_str("\n\n  Option groups (only set one per group):\n");
    text.push_str(&groups.join("\n"));
    text
}

/// Texts about settings and choices, sorted by name.
static TOPICS: &[(&str, &str)] = &[
    (
        "addresses",
        "Aggregate at the address level.\n\
         Includes functions' addresses in the output.\n",
    ),
    (
        "call_tree",
        "Create a context-sensitive call tree\n\
         Treat locations reached through different paths as separate.\n",
    ),
    ("compact_labels", "Show minimal headers"),
    ("cum", "Sort entries based on cumulative weight\n"),
    (
        "divide_by",
        "Ratio to divide all samples before visualization\n\
         Divide all samples values by a constant, eg the number of processors or jobs.\n",
    ),
    (
        "drop_negative",
        "Ignore negative differences\n\
         Do not show any locations with values <0.\n",
    ),
    ("edgefraction", "Hide edges below <f>*total"),
    (
        "filefunctions",
        "Aggregate at the function level.\n\
         Takes into account the filename where the function was defined.\n",
    ),
    ("files", "Aggregate at the file level."),
    ("flat", "Sort entries based on own weight\n"),
    (
        "focus",
        "Restricts to samples going through a node matching regexp\n\
         Discard samples that do not include a node matching this regexp.\n\
         Matching includes the function name, filename or object name.\n",
    ),
    (
        "functions",
        "Aggregate at the function level.\n\
         Ignores the filename where the function was defined.\n",
    ),
    (
        "hide",
        "Skips nodes matching regexp\n\
         Discard nodes that match this location.\n\
         Other nodes from samples that include this location will be shown.\n\
         Matching includes the function name, filename or object name.\n",
    ),
    (
        "ignore",
        "Skips paths going through any nodes matching regexp\n\
         If set, discard samples that include a node matching this regexp.\n\
         Matching includes the function name, filename or object name.\n",
    ),
    (
        "intel_syntax",
        "Show assembly in Intel syntax\n\
         Only applicable to commands `disasm` and `weblist`\n",
    ),
    ("lines", "Aggregate at the source code line level."),
    (
        "mean",
        "Average sample value over first value (count)\n\
         For memory profiles, report average memory per allocation.\n\
         For time-based profiles, report average time per event.\n",
    ),
    (
        "nodecount",
        "Max number of nodes to show\n\
         Uses heuristics to limit the number of locations to be displayed.\n\
         On graphs, dotted edges represent paths through nodes that have been removed.\n",
    ),
    ("nodefraction", "Hide nodes below <f>*total"),
    (
        "noinlines",
        "Ignore inlines.\n\
         Attributes inlined functions to their first out-of-line caller.\n",
    ),
    ("normalize", "Scales profile based on the base profile.\n"),
    ("output", "Output filename for file-based outputs\n"),
    (
        "prune_from",
        "Drops any functions below the matched frame.\n\
         If set, any frames matching the specified regexp and any frames\n\
         below it will be dropped from each sample.\n",
    ),
    (
        "relative_percentages",
        "Show percentages relative to focused subgraph\n\
         If unset, percentages are relative to full graph before focusing\n\
         to facilitate comparison with original graph.\n",
    ),
    (
        "sample_index",
        "Sample value to report (0-based index or name)\n\
         Profiles contain multiple values per sample.\n\
         Use sample_index=i to select the ith value (starting at 0).\n",
    ),
    (
        "show",
        "Only show nodes matching regexp\n\
         If set, only show nodes that match this location.\n\
         Matching includes the function name, filename or object name.\n",
    ),
    (
        "show_from",
        "Drops functions above the highest matched frame.\n\
         If set, all frames above the highest match are dropped from every sample.\n\
         Matching includes the function name, filename or object name.\n",
    ),
    ("showcolumns", "Show column numbers at the source code line level.\n"),
    ("source_path", "Search path for source files"),
    (
        "tagfocus",
        "Restricts to samples with tags in range or matched by regexp\n\
         Use name=value syntax to limit the matching to a specific tag.\n\
         Numeric tag filter examples: 1kb, 1kb:10kb, memory=32mb:\n\
         String tag filter examples: foo, foo.*bar, mytag=foo.*bar\n",
    ),
    (
        "taghide",
        "Skip tags matching this regexp\n\
         Discard tags that match this regexp\n",
    ),
    (
        "tagignore",
        "Discard samples with tags in range or matched by regexp\n\
         Use name=value syntax to limit the matching to a specific tag.\n\
         Numeric tag filter examples: 1kb, 1kb:10kb, memory=32mb:\n\
         String tag filter examples: foo, foo.*bar, mytag=foo.*bar\n",
    ),
    (
        "tagleaf",
        "Adds pseudo stack frames for labels key/value pairs at the callstack leaf.\n\
         A comma-separated list of label keys.\n\
         The last key creates frames at the new leaf.\n",
    ),
    (
        "tagroot",
        "Adds pseudo stack frames for labels key/value pairs at the callstack root.\n\
         A comma-separated list of label keys.\n\
         The first key creates frames at the new root.\n",
    ),
    (
        "tagshow",
        "Only consider tags matching this regexp\n\
         Discard tags that do not match this regexp\n",
    ),
    (
        "trim",
        "Honor nodefraction/edgefraction/nodecount defaults\n\
         Set to false to get the full profile, without any trimming.\n",
    ),
    ("trim_path", "Path to trim from source paths before search"),
    (
        "unit",
        "Measurement units to display\n\
         Scale the sample values to this unit.\n\
         For time-based profiles, use seconds, milliseconds, nanoseconds, etc.\n\
         For memory profiles, use megabytes, kilobytes, bytes, etc.\n\
         Using auto will scale each value independently to the most natural unit.\n",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_and_choice_has_a_text() {
        assert!(TOPICS.is_sorted_by(|a, b| a.0 < b.0));
        for setting in SETTINGS {
            let names = if setting.choices.is_empty() { &[setting.name] } else { setting.choices };
            assert!(names.iter().all(|name| about(name).is_some()), "{}", setting.name);
        }
    }

    #[test]
    fn usage_tells_all() {
        let text = usage();
        assert!(text.starts_with("usage:\n\nProduce output in the specified format.\n"));
        assert!(text.contains("    -relative_percentages Show percentages relative to focused subgraph\n"));
        assert!(text.contains(
            "    sort             \n      -cum             Sort entries based on cumulative weight\n"
        ));
        assert!(text.ends_with("   * On Windows, %USERPROFILE% is used instead of $HOME\n"));
    }

    #[test]
    fn topics() {
        let types = ["samples", "cpu"];
        assert_eq!(help("edgefraction", &types).as_deref(), Some("Hide edges below <f>*total\n"));
        assert!(help("sample_index", &types).is_some_and(|t| t.ends_with("with name in [samples cpu].\n\n")));
        assert!(help("", &types).is_some_and(|t| t.contains("    q/quit/exit/^D   Exit pprof\n")));
        assert_eq!(help("sort", &types), None);
    }
}

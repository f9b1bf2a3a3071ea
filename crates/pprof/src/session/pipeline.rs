//! From a profile to a report: what the settings ask for, in the order in which pprof does it.

use super::commands::{Action, Command};
use super::line::Target;
use super::settings::Settings;
use super::words::reason;
use super::world::{Ui, World};
use super::{fetch, focus, nodes};
use crate::paths;
use crate::pattern::Pattern;
use crate::profile::{AggregateBy, Profile};
use crate::report::{Format, Options, Report, SampleValue, Sources};

/// Source files and time for reports.
pub(super) struct Surroundings<'a>(pub(super) &'a dyn World);

impl Sources for Surroundings<'_> {
    fn read(&self, path: &str) -> std::io::Result<Vec<u8>> {
        self.0.read(path)
    }

    fn working_directory(&self) -> std::io::Result<String> {
        self.0.working_directory()
    }

    fn local_time(&self, nanos: i64) -> String {
        crate::profile::local_time(nanos).strftime("%Y-%m-%d %H:%M:%S %Z").to_string()
    }
}

/// A report that is asked for.
#[derive(Debug)]
pub(super) struct Order<'a> {
    pub(super) command: &'static Command,
    pub(super) pattern: Option<&'a str>,
    pub(super) settings: &'a Settings,
    pub(super) target: &'a Target,
    /// At the prompt, bytes that are no text go to a file.
    pub(super) interactive: bool,
}

/// Writes a report where it is asked for. The profile is of no use afterwards.
///
/// # Errors
///
/// In pprof's words.
pub(super) fn run(
    profile: &mut Profile,
    order: &Order<'_>,
    world: &dyn World,
    ui: &mut dyn Ui,
) -> Result<(), String> {
    order.command.available()?;
    let report = prepare(profile, order, ui)?;
    let mut text = Vec::new();
    report.write(profile, &Surroundings(world), &mut text).map_err(|e| e.to_string())?;
    deliver(&text, order, world, ui)
}

fn prepare(profile: &mut Profile, order: &Order<'_>, ui: &mut dyn Ui) -> Result<Report, String> {
    let units = label_units(profile, ui);
    let format = format(order.command);
    let settings = adapted(order.settings, order.command, format);
    // Before anything is filtered: filters may name these frames.
    nodes::add(profile, &settings, ui);
    if settings.relative_percentages {
        focus::apply(profile, &settings, &units, ui)?;
    }
    let mut options = options(profile, &settings, units.clone())?;
    options.format = format;
    if let Some(pattern) = order.pattern {
        let symbol = Pattern::new(pattern).map_err(|e| format!("parsing argument regexp {pattern}: {e}"))?;
        options.symbol = Some(symbol);
    }
    let report = Report::new(profile, options);
    if !settings.relative_percentages {
        focus::apply(profile, &settings, &units, ui)?;
    }
    aggregate(profile, &settings);
    Ok(report)
}

/// Units of numeric labels; says which units are ignored.
pub(super) fn label_units(profile: &Profile, ui: &mut dyn Ui) -> focus::Units {
    let (units, ignored) = profile.numeric_label_units();
    for (key, others) in &ignored {
        let used = units.get(key).map_or("", |unit| unit);
        let others: Vec<&str> = others.iter().map(|unit| &**unit).collect();
        ui.warn(&format!("For tag {key} used unit {used}, also encountered unit(s) {}", others.join(", ")));
    }
    units
}

fn format(command: &Command) -> Format {
    match command.action {
        Action::Text | Action::Missing(_) => Format::Text,
        Action::Tree => Format::Tree,
        Action::List => Format::List,
        Action::Raw => Format::Raw,
        Action::Tags => Format::Tags,
        Action::Traces => Format::Traces,
        Action::Dot => Format::Dot,
        Action::Comments => Format::Comments,
        Action::Callgrind => Format::Callgrind,
        Action::Proto => Format::Proto,
        Action::TopProto => Format::TopProto,
    }
}

/// Settings as the command needs them.
fn adapted(settings: &Settings, command: &Command, format: Format) -> Settings {
    let mut settings = settings.clone();
    let default_count = match command.name {
        "text" | "top" | "topproto" => 0,
        _ => 80,
    };
    if settings.nodecount == -1 && !matches!(command.name, "peek" | "list") {
        settings.nodecount = default_count;
    }
    let mut trim = settings.trim;
    // What is asked for by name is shown, however small.
    match command.name {
        "peek" => trim = false,
        "list" => {
            trim = false;
            settings.granularity = "lines".to_owned();
        }
        _ => {}
    }
    if matches!(format, Format::Proto | Format::Raw | Format::Callgrind) {
        trim = false;
        settings.granularity = "addresses".to_owned();
    }
    if !trim {
        settings.nodecount = 0;
        settings.nodefraction = 0.0;
        settings.edgefraction = 0.0;
    }
    settings
}

/// What the report shows, but for its format and symbol.
///
/// # Errors
///
/// In pprof's words.
pub(super) fn options(
    profile: &Profile,
    settings: &Settings,
    units: focus::Units,
) -> Result<Options, String> {
    if profile.sample_types.is_empty() {
        return Err("profile has no samples".to_owned());
    }
    let column = profile.sample_index_by_name(&settings.sample_index).map_err(|e| e.to_string())?;
    let Some(kind) = profile.sample_types.get(column) else {
        return Err("profile has no samples".to_owned());
    };
    if settings.divide_by == 0.0 {
        return Err("zero divisor specified".to_owned());
    }
    let filters = [
        ("focus", &settings.focus),
        ("ignore", &settings.ignore),
        ("hide", &settings.hide),
        ("show", &settings.show),
        ("show_from", &settings.show_from),
        ("tagfocus", &settings.tagfocus),
        ("tagignore", &settings.tagignore),
        ("tagshow", &settings.tagshow),
        ("taghide", &settings.taghide),
    ];
    let active = filters.iter().filter(|(_, text)| !text.is_empty());
    let file = profile.mappings.first().map_or("", |mapping| &*mapping.file);
    Ok(Options {
        cum_sort: settings.sort == "cum",
        call_tree: settings.call_tree,
        drop_negative: settings.drop_negative,
        compact_labels: settings.compact_labels,
        ratio: 1.0 / settings.divide_by,
        title: if file.is_empty() { String::new() } else { paths::base(file).to_owned() },
        active_filters: active.map(|(name, text)| format!("{name}={text}")).collect(),
        num_label_units: units,
        node_count: usize::try_from(settings.nodecount).unwrap_or(0),
        node_fraction: settings.nodefraction,
        edge_fraction: settings.edgefraction,
        sample_value: SampleValue { column, mean: settings.mean },
        sample_type: format!("{}{}", if settings.mean { "mean_" } else { "" }, kind.kind),
        sample_unit: kind.unit.to_string(),
        output_unit: settings.unit.clone(),
        source_path: settings.source_path.clone(),
        trim_path: settings.trim_path.clone(),
        ..Options::default()
    })
}

/// Forgets what the report does not tell apart.
fn aggregate(profile: &mut Profile, settings: &Settings) {
    let inlines = !settings.noinlines;
    let granularity = &*settings.granularity;
    if granularity == "addresses" && inlines {
        return;
    }
    profile.aggregate(AggregateBy {
        inlines,
        functions: granularity != "files",
        filenames: matches!(granularity, "addresses" | "lines" | "files" | "filefunctions"),
        line_numbers: matches!(granularity, "addresses" | "lines"),
        columns: settings.showcolumns,
        addresses: granularity == "addresses",
    });
}

fn deliver(text: &[u8], order: &Order<'_>, world: &dyn World, ui: &mut dyn Ui) -> Result<(), String> {
    let opening = |path: &str, e: std::io::Error| format!("open {path}: {}", reason(&e));
    match order.target {
        Target::Pipe(command) => return world.pipe(command, text),
        Target::Append(path) => {
            ui.warn(&format!("Generating report in {path}"));
            return world.append(path, text).map_err(|e| opening(path, e));
        }
        Target::Output => {}
    }
    let path = &order.settings.output;
    if !path.is_empty() {
        ui.warn(&format!("Generating report in {path}"));
        return world.write(path, text).map_err(|e| opening(path, e));
    }
    match order.command.away_from_terminal {
        Some(suffix) if order.interactive || ui.is_terminal() => {
            let path = fetch::new_file("profile", &format!(".{suffix}"), text, world)?;
            ui.warn(&format!("Generating report in {path}"));
            Ok(())
        }
        _ => ui.report(text).map_err(|e| format!("write /dev/stdout: {}", reason(&e))),
    }
}

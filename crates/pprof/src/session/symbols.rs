//! Symbols: what a profile says of its own binaries stays, and what is missing is told.
//!
//! Programs are not read: functions and lines are those in the profile.

use super::flags::Invocation;
use super::url;
use super::words::{joined, reason};
use super::world::{Ui, World};
use crate::paths;
use crate::profile::{Mapping, MappingId, Profile};

/// First bytes of programs and object files.
const MAGICS: &[&[u8]] = &[
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"MZ",
    b"\x01\xdf",
    b"\x01\xf7",
    b"!<arch>\n",
];

/// Whether a file is a program or an object file.
pub(super) fn is_binary(world: &dyn World, path: &str) -> bool {
    let head = world.head(path, 8).unwrap_or_default();
    MAGICS.iter().any(|magic| head.starts_with(magic))
}

/// Names the binaries of a profile that were found, or given on the command line.
pub(super) fn locate(profile: &mut Profile, asked: &Invocation, world: &dyn World, ui: &mut dyn Ui) {
    let mut search = world.variable("PPROF_BINARY_PATH");
    if search.is_empty() {
        search = joined(&world.variable("HOME"), "pprof/binaries");
    }
    let directories: Vec<&str> = search.split(':').collect();
    for mapping in &mut profile.mappings {
        if let Some(file) = find(mapping, &directories, world, ui) {
            mapping.file = file.into();
        }
    }
    if profile.mappings.is_empty() {
        // Profiles without mappings get one, so that a binary can be named for them.
        profile.mappings.push(Mapping { id: 1, ..Mapping::default() });
        for location in &mut profile.locations {
            location.mapping = Some(MappingId(0));
        }
    }
    let Some(first) = profile.mappings.first_mut() else { return };
    if let Some(binary) = &asked.binary {
        first.file = binary.as_str().into();
    }
    if first.build_id.is_empty() && !asked.build_id.is_empty() {
        first.build_id = asked.build_id.as_str().into();
    }
}

/// The file of a mapping below one of the directories.
fn find(mapping: &Mapping, directories: &[&str], world: &dyn World, ui: &mut dyn Ui) -> Option<String> {
    for directory in directories {
        for file in candidates(mapping, directory, world) {
            if !is_binary(world, &file) {
                continue;
            }
            if mapping.build_id.is_empty() {
                return Some(file);
            }
            // No build id is read from files, as go tool pprof reads none.
            ui.warn(&format!("Ignoring local file {file}: build-id mismatch ({} != )", mapping.build_id));
        }
    }
    None
}

fn candidates(mapping: &Mapping, directory: &str, world: &dyn World) -> Vec<String> {
    let (file, id) = (&*mapping.file, &*mapping.build_id);
    let name = if file.is_empty() { "" } else { paths::base(file) };
    let mut found = Vec::new();
    if !id.is_empty() {
        let of_id = joined(directory, id);
        found.push(joined(&of_id, name));
        found.extend(world.names(&of_id).iter().map(|name| joined(&of_id, name)));
        found.push(joined(&joined(directory, file), id));
        if let Some((start, rest)) = id.split_at_checked(2) {
            found.push(joined(directory, &format!("{start}/{rest}.debug")));
        }
    }
    if !file.is_empty() {
        let place = file.rsplit_once('/').map_or("", |(place, _)| place);
        found.push(joined(directory, name));
        found.push(joined(directory, file));
        found.push(joined(directory, &format!("{file}.debug")));
        found.push(joined(&joined(directory, place), &format!(".debug/{name}.debug")));
        found.push(joined(&joined(&joined(directory, "usr/lib/debug"), place), &format!("{name}.debug")));
    }
    found
}

/// How symbols are asked for.
struct Mode {
    local: bool,
    force: bool,
    /// `full`, `none`, `templates`; empty for the usual way.
    demangle: String,
}

/// Says which symbols are missing, and shortens names that need it. `mode` is the flag `-symbolize`.
pub(super) fn complete(profile: &mut Profile, mode: &str, world: &dyn World, ui: &mut dyn Ui) {
    let Some(mode) = parse(mode, ui) else { return };
    if mode.local {
        report_missing(profile, mode.force, world, ui);
    }
    if mode.force {
        for function in &mut profile.functions {
            if !function.name.is_empty() && !function.system_name.is_empty() {
                function.name = function.system_name.clone();
            }
        }
    }
    if mode.demangle == "none" {
        return;
    }
    for function in &mut profile.functions {
        if function.name.is_empty() || function.name == function.system_name {
            let short = shortened(&function.system_name, &mode.demangle);
            function.name = short.map_or_else(|| function.system_name.clone(), Into::into);
        }
    }
}

/// `None` if symbols are to be left alone.
fn parse(text: &str, ui: &mut dyn Ui) -> Option<Mode> {
    let mut mode = Mode { local: true, force: false, demangle: String::new() };
    for option in text.to_lowercase().split(':') {
        match option.strip_prefix("demangle=").unwrap_or(option) {
            "" if option.is_empty() => {}
            "none" | "no" if !option.contains('=') => return None,
            "local" | "fastlocal" if !option.contains('=') => mode.local = true,
            "remote" if !option.contains('=') => mode.local = false,
            "force" if !option.contains('=') => mode.force = true,
            style @ ("full" | "none" | "templates") => {
                mode.demangle = style.to_owned();
                mode.force = true;
            }
            "default" => {}
            _ => {
                ui.warn(&format!("ignoring unrecognized symbolization option: {text}"));
                ui.warn(
                    "expecting -symbolize=[local|fastlocal|remote|none][:force][:demangle=[none|full|templates|default]",
                );
            }
        }
    }
    Some(mode)
}

/// Tells of mappings whose symbols would have to come from a binary.
fn report_missing(profile: &Profile, force: bool, world: &dyn World, ui: &mut dyn Ui) {
    let mut used = vec![false; profile.mappings.len()];
    for mapping in profile.locations.iter().filter_map(|l| l.mapping) {
        if let Some(used) = used.get_mut(mapping.0 as usize) {
            *used = true;
        }
    }
    let mut missing = false;
    for (at, mapping) in profile.mappings.iter().enumerate().filter(|(at, _)| used[*at]) {
        let symbolized = mapping.has_functions || mapping.has_filenames || mapping.has_line_numbers;
        if symbolized && !force {
            continue;
        }
        if mapping.file.is_empty() {
            match at {
                0 => ui.warn("Main binary filename not available."),
                _ => missing = true,
            }
            continue;
        }
        let is_url = mapping.build_id.is_empty()
            && mapping.file.starts_with("http")
            && url::is_absolute(&mapping.file);
        if has_no_symbols(&mapping.file) || is_url {
            continue;
        }
        let mut name = paths::base(&mapping.file).to_owned();
        if !mapping.build_id.is_empty() {
            name.push_str(&format!(" (build ID {})", mapping.build_id));
        }
        let file = &mapping.file;
        let why = match world.stat(file) {
            Err(e) => format!("open {file}: {}", reason(&e)),
            Ok(()) if !is_binary(world, file) => format!("open {file}: unrecognized object file"),
            Ok(()) => {
                ui.warn(&format!(
                    "Local symbolization failed for {name}: escargo reads no symbols from programs"
                ));
                continue;
            }
        };
        ui.warn(&format!("Local symbolization failed for {name}: {why}"));
        missing = true;
    }
    if missing {
        ui.warn("Some binary filenames not available. Symbolization may be incomplete.");
        ui.warn("Try setting PPROF_BINARY_PATH to the search path for local binaries.");
    }
}

/// Mappings of the system that no file has symbols for.
fn has_no_symbols(file: &str) -> bool {
    let name = paths::base(file);
    name.starts_with('[')
        || name.starts_with("linux-vdso")
        || file.starts_with("/dev/dri/")
        || file.starts_with("/memfd:")
        || file == "//anon"
}

/// A name that looks like one of C++, without parameters and, unless `style` is `templates`, without template arguments.
/// Names of instantiated Go functions look like that too, so they are shortened as pprof shortens them.
fn shortened(name: &str, style: &str) -> Option<String> {
    let is_plain = !name.contains(['<', '>', '[', ']']) && !name.contains("::");
    if is_plain || style == "full" || name.contains(".<") || name.contains("]).") {
        return None;
    }
    let without = without_pairs(name, b'(', b')');
    Some(if style == "templates" { without } else { without_pairs(&without, b'<', b'>') })
}

/// Cuts what stands between matching brackets; text with a closing bracket too many stays as it is from there.
fn without_pairs(name: &str, open: u8, close: u8) -> String {
    let mut out = String::with_capacity(name.len());
    let (mut depth, mut kept) = (0usize, 0);
    for (at, b) in name.bytes().enumerate() {
        if b == open {
            if depth == 0 {
                out.push_str(&name[kept..at]);
                kept = at;
            }
            depth += 1;
        } else if b == close {
            match depth {
                0 => break,
                1 => kept = at + 1,
                _ => {}
            }
            depth -= 1;
        }
    }
    out.push_str(&name[kept..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_like_templates() {
        let short = |name: &str| shortened(name, "");
        assert_eq!(short("main.work"), None);
        assert_eq!(short("main.(*Set[go.shape.int]).Add"), None);
        assert_eq!(short("main.F[go.shape.func(int) bool]").as_deref(), Some("main.F[go.shape.func bool]"));
        assert_eq!(short("std::map<int, a<b> >::find(int)").as_deref(), Some("std::map::find"));
        assert_eq!(short("a::b)c(d)").as_deref(), Some("a::b)c(d)"));
        assert_eq!(shortened("a::b<c>(d)", "templates").as_deref(), Some("a::b<c>"));
    }
}

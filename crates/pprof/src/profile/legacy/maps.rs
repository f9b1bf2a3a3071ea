//! Mappings, as `/proc/self/maps` and others list them.

use super::super::{Location, Mapping, MappingId, Profile};
use super::lines::{Lines, expression, text};
use crate::Error;
use memchr::memmem;
use regex::bytes::Regex;
use std::borrow::Cow;
use std::sync::LazyLock;

/// What stands before mappings.
const BEGINNINGS: [&[u8]; 2] = [b"--- Memory map: ---", b"MAPPED_LIBRARIES:"];
/// Where programs are mapped.
const PROGRAM_START: u64 = 0x40_0000;
/// Finding mappings of locations may take so many steps.
const MAX_STEPS: usize = 1 << 30;
/// More names are not kept in mind.
const MAX_NAMES: usize = 1 << 6;

/// A mapping in the form of Linux: addresses, rights, offset, device, inode, file.
static FULL: LazyLock<Regex> = LazyLock::new(|| {
    expression(&format!(
        r"^{RANGE}{RIGHTS}(?:\s+(?P<offset>{HEX}))?\s+{HEX}:{HEX}\s+[0-9]+(?:\s+(?P<file>[^\s]+))?"
    ))
});
/// And in the form of others: addresses, rights, file, offset, build id.
static BRIEF: LazyLock<Regex> = LazyLock::new(|| {
    expression(&format!(
        r"^{RANGE}{RIGHTS}(?:\s+(?P<file>[^\s]+))?(?:\s+\(@(?P<offset>{HEX})\))?(?:\s+(?P<build>{HEX}))?"
    ))
});
const HEX: &str = "[0-9A-Fa-f]+";
const RANGE: &str = r"\s*(?:0x)?(?P<start>[0-9A-Fa-f]+)[\s-]?\s*(?:0x)?(?P<limit>[0-9A-Fa-f]+):?";
const RIGHTS: &str = r"(?:\s+(?P<rights>[-rwxp]+))?";

/// What logging libraries write before a line.
static LOGGED: LazyLock<Regex> = LazyLock::new(|| expression(r"^[^\[\]]+:[0-9]+\]\s"));
static LIBRARY: LazyLock<Regex> = LazyLock::new(|| expression(r"\.so$|\.so[._][0-9]+"));

/// Whether mappings begin after a line.
pub(super) fn begin_at(line: &[u8]) -> bool {
    BEGINNINGS.iter().any(|beginning| memmem::find(line, beginning).is_some())
}

/// Reads mappings; what is none is skipped.
pub(super) fn read(mut lines: Lines<'_>) -> Result<Vec<Mapping>, Error> {
    let mut mappings: Vec<Mapping> = Vec::new();
    // Values that lines before gave to names, which stand for them in lines after.
    let mut names: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
    while lines.next() {
        let line = lines.line();
        let line = LOGGED.find(line).map_or(line, |prefix| &line[prefix.end()..]);
        let line = replaced(line, &names);
        match entry(&line) {
            Entry::Code(mapping) => join_or_push(&mut mappings, mapping),
            Entry::Data => {}
            Entry::Unrecognized => {
                let equals = line.iter().position(|&byte| byte == b'=').filter(|_| names.len() < MAX_NAMES);
                if let Some(equals) = equals {
                    let name = [b"$", line[..equals].trim_ascii()].concat();
                    names.push((name, line[equals + 1..].trim_ascii().to_vec()));
                }
            }
        }
    }
    lines.check()?;
    program_first(&mut mappings);
    Ok(mappings)
}

fn replaced<'a>(line: &'a [u8], names: &[(Vec<u8>, Vec<u8>)]) -> Cow<'a, [u8]> {
    if names.is_empty() || !line.contains(&b'$') {
        return Cow::Borrowed(line);
    }
    let (mut out, mut rest) = (Vec::with_capacity(line.len()), line);
    while let Some(&byte) = rest.first() {
        let found = if byte == b'$' { names.iter().find(|(name, _)| rest.starts_with(name)) } else { None };
        match found {
            Some((name, value)) => {
                out.extend_from_slice(value);
                rest = &rest[name.len()..];
            }
            None => {
                out.push(byte);
                rest = &rest[1..];
            }
        }
    }
    Cow::Owned(out)
}

enum Entry {
    Code(Mapping),
    /// Nothing in it is executed.
    Data,
    Unrecognized,
}

fn entry(line: &[u8]) -> Entry {
    let Some(parts) = FULL.captures(line).or_else(|| BRIEF.captures(line)) else {
        return Entry::Unrecognized;
    };
    let part = |name: &str| parts.name(name).map_or(Cow::Borrowed(""), |part| text(part.as_bytes()));
    let rights = part("rights");
    if !rights.is_empty() && !rights.contains('x') {
        return Entry::Data;
    }
    let number = |name: &str| match &*part(name) {
        "" => Some(0),
        digits => u64::from_str_radix(digits, 16).ok(),
    };
    let (Some(start), Some(limit), Some(offset)) = (number("start"), number("limit"), number("offset"))
    else {
        return Entry::Unrecognized;
    };
    let (file, build_id) = (part("file").into(), part("build").into());
    Entry::Code(Mapping { start, limit, offset, file, build_id, ..Mapping::default() })
}

/// Adds a mapping, or joins it with the last if it was split from it.
fn join_or_push(mappings: &mut Vec<Mapping>, mapping: Mapping) {
    let fits = |a: &str, b: &str| a.is_empty() || b.is_empty() || a == b;
    if let Some(last) = mappings.last_mut()
        && fits(&last.file, &mapping.file)
        && fits(&last.build_id, &mapping.build_id)
        && last.limit == mapping.start
        && (last.offset == 0
            || mapping.offset == 0
            || last.offset.wrapping_add(last.limit.wrapping_sub(last.start)) == mapping.offset)
    {
        last.limit = mapping.limit;
        if !mapping.file.is_empty() {
            last.file = mapping.file;
        }
        if !mapping.build_id.is_empty() {
            last.build_id = mapping.build_id;
        }
        return;
    }
    mappings.push(mapping);
}

/// Puts what is probably the program before its libraries.
fn program_first(mappings: &mut [Mapping]) {
    let program = mappings.iter().position(|mapping| {
        let file = mapping.file.replace("(deleted)", "");
        let file = file.trim();
        !file.is_empty() && !file.starts_with('[') && !LIBRARY.is_match(file.as_bytes())
    });
    if let Some(program) = program {
        mappings.swap(0, program);
    }
}

/// Finds the mappings of all locations, and numbers them. What is in none gets one that is made up.
pub(super) fn assign(profile: &mut Profile) -> Result<(), Error> {
    let Profile { mappings, locations, .. } = profile;
    if let [first, second, ..] = &mappings[..]
        && first.file.starts_with("/anon_hugepage")
        && first.limit == second.start
    {
        mappings.remove(0);
    }
    if let Some(first) = mappings.first_mut()
        && first.start.wrapping_sub(first.offset) == PROGRAM_START
    {
        (first.start, first.offset) = (PROGRAM_START, 0);
    }
    if mappings.len().saturating_mul(locations.len()) > MAX_STEPS {
        return Err(Error::new(format!("too many mappings: {}", mappings.len())));
    }
    let mut made_up = None;
    for location in locations.iter_mut().filter(|location| location.address != 0) {
        let place = mapping_of(location, mappings).unwrap_or_else(|| {
            *made_up.get_or_insert_with(|| {
                mappings.push(Mapping { limit: u64::MAX, ..Mapping::default() });
                mappings.len() - 1
            })
        });
        location.mapping = Some(MappingId(place as u32));
    }
    for (id, mapping) in (1..).zip(mappings) {
        mapping.id = id;
    }
    Ok(())
}

fn mapping_of(location: &Location, mappings: &mut [Mapping]) -> Option<usize> {
    let address = location.address;
    if let Some(place) = mappings.iter().position(|mapping| (mapping.start..mapping.limit).contains(&address))
    {
        return Some(place);
    }
    // The first part of a mapping that was split may be missing.
    let place = mappings.iter().position(|mapping| {
        mapping.offset != 0 && (mapping.start.wrapping_sub(mapping.offset)..mapping.start).contains(&address)
    })?;
    mappings[place].start = mappings[place].start.wrapping_sub(mappings[place].offset);
    mappings[place].offset = 0;
    Some(place)
}

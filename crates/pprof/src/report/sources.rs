//! Where reports take source files from.

use std::io;

use crate::paths;

/// What a report needs of the system that it is made on.
pub trait Sources {
    /// The bytes of a file.
    fn read(&self, path: &str) -> io::Result<Vec<u8>>;

    /// The directory in which source files are looked for unless others are given.
    fn working_directory(&self) -> io::Result<String>;

    /// A point in time, given in nanoseconds since 1970, as `2006-01-02 15:04:05 MST` of the local time.
    fn local_time(&self, nanos: i64) -> String;
}

/// Cuts what is only true on the machine that built the program from the name of a source file: one of the prefixes in
/// `prefixes`; without those, all up to the name of a directory in which sources are looked for.
pub(super) fn trim_path<'a>(path: &'a str, prefixes: &str, source_path: &str) -> &'a str {
    if prefixes.is_empty() {
        for directory in paths::split_list(source_path) {
            let wanted = format!("/{}/", paths::base(directory));
            if let Some(at) = path.find(&wanted) {
                return &path[at + wanted.len()..];
            }
        }
    }
    for prefix in paths::split_list(prefixes).chain(["/proc/self/cwd/./", "/proc/self/cwd/"]) {
        let rest = path.strip_prefix(prefix);
        let rest = if prefix.ends_with('/') { rest } else { rest.and_then(|rest| rest.strip_prefix('/')) };
        if let Some(rest) = rest {
            return rest;
        }
    }
    path
}

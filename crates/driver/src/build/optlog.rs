//! Writing the optimization log (`cmd/compile/internal/logopt/log_opts.go`, FlushLoggedOpts).

use std::io;
use std::path::Path;

use escargo_base::System;
use escargo_load::dir::open_error;
use escargo_report::optlog::{LogFile, directory_name};

/// Writes the log of the package with an import path below `root`. What keeps it from being written comes in the
/// compiler's words.
pub(crate) fn write(
    system: &dyn System,
    root: &Path,
    package: &str,
    files: &[LogFile],
) -> Result<(), String> {
    let made_root = system.create_dir(root);
    made_root.map_err(|e| {
        let why = open_error("mkdir", root, &e);
        format!(
            "optimizer logging destination '<version>,<directory>' but could not create <directory>: err={why}"
        )
    })?;
    let dir = root.join(directory_name(package));
    system.create_dir(&dir).map_err(|e| failure("directory", "mkdir", &dir, &e))?;
    for file in files {
        let path = dir.join(&file.name);
        let written = system.write_file(&path, file.text.as_bytes());
        written.map_err(|e| failure("file", "open", &path, &e))?;
    }
    Ok(())
}

fn failure(kind: &str, op: &str, path: &Path, error: &io::Error) -> String {
    let why = open_error(op, path, error);
    format!("Could not create {kind} {} for logging optimizer actions, {why}", path.display())
}

#[cfg(test)]
mod tests {
    use escargo_base::MemSystem;

    use super::*;

    #[test]
    fn the_later_of_two_files_stays() {
        let system = MemSystem::new();
        let file = |text: &str| LogFile { name: "a.json".to_owned(), text: text.to_owned() };
        write(&system, Path::new("/log"), "m/p", &[file("1"), file("2")]).unwrap();
        assert_eq!(system.read(Path::new("/log/m%2Fp/a.json")).unwrap(), b"2");
    }
}

//! A directory for files that nobody wants afterwards.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// More directories than that with our name are somebody else's trouble.
const TRIES: u32 = 1000;

/// A directory of its own, removed when this is dropped.
#[derive(Debug)]
pub(super) struct Scratch(PathBuf);

impl Scratch {
    /// Makes one where the go command would: in `GOTMPDIR`, else where the system has temporary files.
    pub(super) fn new() -> io::Result<Scratch> {
        let chosen = std::env::var_os("GOTMPDIR").filter(|dir| !dir.is_empty()).map(PathBuf::from);
        let parent = std::path::absolute(chosen.unwrap_or_else(std::env::temp_dir))?;
        let named = |n: u32| parent.join(format!("escargo-run-{}-{n}", std::process::id()));
        for n in 0..TRIES {
            let mut builder = std::fs::DirBuilder::new();
            // Whoever can write here decides what runs.
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            match builder.create(named(n)) {
                Ok(()) => return Ok(Scratch(named(n))),
                Err(e) if e.kind() == ErrorKind::AlreadyExists => {}
                Err(e) => return Err(io::Error::new(e.kind(), format!("{}: {e}", named(n).display()))),
            }
        }
        Err(ErrorKind::AlreadyExists.into())
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed is left to the system.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_away() {
        let scratch = Scratch::new().unwrap();
        let path = scratch.path().to_owned();
        std::fs::write(path.join("x"), "").unwrap();
        assert_ne!(Scratch::new().unwrap().path(), path);
        drop(scratch);
        assert!(!path.exists());
    }
}

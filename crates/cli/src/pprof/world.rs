//! Files, environment and processes of this machine.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use escargo_pprof::session::{Answer, World};

use super::http;

/// More than any profile has; an endless input is cut here.
const MAX_INPUT: u64 = 4 << 30;

/// This machine.
pub(super) struct Machine;

impl World for Machine {
    fn stat(&self, path: &str) -> io::Result<()> {
        fs::metadata(path).map(drop)
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        fs::read(path)
    }

    fn head(&self, path: &str, len: usize) -> io::Result<Vec<u8>> {
        // What is not a file, a pipe for one, would lose what is read from it.
        if !fs::metadata(path)?.is_file() {
            return Ok(Vec::new());
        }
        let mut head = Vec::new();
        File::open(path)?.take(len as u64).read_to_end(&mut head)?;
        Ok(head)
    }

    fn input(&self) -> io::Result<Vec<u8>> {
        let mut data = Vec::new();
        io::stdin().lock().take(MAX_INPUT).read_to_end(&mut data)?;
        Ok(data)
    }

    fn names(&self, directory: &str) -> Vec<String> {
        let entries = fs::read_dir(directory).into_iter().flatten().flatten();
        let mut names: Vec<String> =
            entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    fn write(&self, path: &str, data: &[u8]) -> io::Result<()> {
        fs::write(path, data)
    }

    fn append(&self, path: &str, data: &[u8]) -> io::Result<()> {
        OpenOptions::new().create(true).append(true).open(path)?.write_all(data)
    }

    fn create(&self, path: &str, data: &[u8]) -> io::Result<()> {
        OpenOptions::new().write(true).create_new(true).open(path)?.write_all(data)
    }

    fn make_directory(&self, path: &str) -> io::Result<()> {
        fs::create_dir_all(path)
    }

    fn variable(&self, name: &str) -> String {
        std::env::var_os(name).unwrap_or_default().to_string_lossy().into_owned()
    }

    fn temporary(&self) -> String {
        std::env::temp_dir().to_string_lossy().into_owned()
    }

    fn working_directory(&self) -> io::Result<String> {
        Ok(std::env::current_dir()?.to_string_lossy().into_owned())
    }

    fn get(&self, url: &str, timeout: Duration) -> Result<Answer, String> {
        http::get(url, timeout)
    }

    fn pipe(&self, command: &str, data: &[u8]) -> Result<(), String> {
        let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
        let spawned = Command::new(shell).args([flag, command]).stdin(Stdio::piped()).spawn();
        let mut child = spawned.map_err(|e| format!("{command}: {e}"))?;
        if let Some(mut input) = child.stdin.take() {
            // A command that has read enough is no error.
            match input.write_all(data) {
                Err(e) if e.kind() != ErrorKind::BrokenPipe => return Err(format!("{command}: {e}")),
                _ => {}
            }
        }
        match child.wait() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("{command}: {status}")),
            Err(e) => Err(format!("{command}: {e}")),
        }
    }
}

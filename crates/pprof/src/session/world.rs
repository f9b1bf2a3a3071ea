//! What a session needs of the world: files, the environment, the network, and somebody to talk to.

use std::io;
use std::time::Duration;

/// An answer of an HTTP server.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The status: 200.
    pub status: u16,
    /// The status as people read it: `200 OK`.
    pub status_line: String,
    /// The header `Content-Type`; empty if there is none.
    pub content_type: String,
    /// The header `X-Go-Pprof`; empty if there is none.
    pub go_pprof: String,
    /// The body.
    pub body: Vec<u8>,
}

/// Files, environment, network. Errors of files are those of the system.
pub trait World: Sync {
    /// Whether there is a file.
    ///
    /// # Errors
    ///
    /// Why it cannot be seen.
    fn stat(&self, path: &str) -> io::Result<()>;

    /// All of a file.
    ///
    /// # Errors
    ///
    /// Why it cannot be read.
    fn read(&self, path: &str) -> io::Result<Vec<u8>>;

    /// The beginning of a file, at most `len` bytes.
    ///
    /// # Errors
    ///
    /// Why it cannot be read.
    fn head(&self, path: &str, len: usize) -> io::Result<Vec<u8>>;

    /// All of standard input, of which a conversation has nothing then.
    ///
    /// # Errors
    ///
    /// Why it cannot be read; where there is none, that it is not supported.
    fn input(&self) -> io::Result<Vec<u8>> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Names in a directory, sorted; none if it cannot be read.
    fn names(&self, directory: &str) -> Vec<String>;

    /// Writes a file; one that is there is emptied first.
    ///
    /// # Errors
    ///
    /// Why it cannot be written.
    fn write(&self, path: &str, data: &[u8]) -> io::Result<()>;

    /// Adds to the end of a file.
    ///
    /// # Errors
    ///
    /// Why it cannot be written.
    fn append(&self, path: &str, data: &[u8]) -> io::Result<()>;

    /// Writes a file that must not be there yet.
    ///
    /// # Errors
    ///
    /// Why it cannot be written.
    fn create(&self, path: &str, data: &[u8]) -> io::Result<()>;

    /// Makes a directory and those above it.
    ///
    /// # Errors
    ///
    /// Why it cannot be made.
    fn make_directory(&self, path: &str) -> io::Result<()>;

    /// A variable of the environment; empty if it is not set.
    fn variable(&self, name: &str) -> String;

    /// The directory for temporary files.
    fn temporary(&self) -> String;

    /// The directory that relative paths start from.
    ///
    /// # Errors
    ///
    /// Why it is not known.
    fn working_directory(&self) -> io::Result<String>;

    /// Asks a server. `timeout` bounds the time until the answer begins.
    ///
    /// # Errors
    ///
    /// Why there is no answer, in words.
    fn get(&self, url: &str, timeout: Duration) -> Result<Answer, String>;

    /// Runs a shell command that reads `data` and writes where reports go.
    ///
    /// # Errors
    ///
    /// Why it did not run, or what became of it.
    fn pipe(&self, command: &str, data: &[u8]) -> Result<(), String>;
}

/// Somebody to talk to.
pub trait Ui {
    /// Asks for a line. `None` is the end; the last line may lack its end.
    ///
    /// # Errors
    ///
    /// Why nothing can be read.
    fn read_line(&mut self, prompt: &str) -> io::Result<Option<String>>;

    /// Says something: not part of a report.
    fn say(&mut self, text: &str);

    /// Says that something is wrong or worth knowing.
    fn warn(&mut self, text: &str);

    /// Writes a report.
    ///
    /// # Errors
    ///
    /// Why it cannot be written.
    fn report(&mut self, data: &[u8]) -> io::Result<()>;

    /// Whether reports are read on a terminal.
    fn is_terminal(&self) -> bool;

    /// Tells which functions there are, to complete their names.
    fn complete_functions(&mut self, functions: Vec<String>);
}

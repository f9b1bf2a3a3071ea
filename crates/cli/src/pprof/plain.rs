//! The prompt without a terminal: lines from standard input, as pprof reads them from a pipe.

use std::io::{self, BufRead, ErrorKind, Write};

use escargo_pprof::session::Ui;

/// Lines in, lines out.
pub(super) struct Plain;

impl Plain {
    pub(super) fn new() -> Plain {
        Plain
    }
}

impl Ui for Plain {
    fn read_line(&mut self, prompt: &str) -> io::Result<Option<String>> {
        write_out(prompt.as_bytes())?;
        let mut line = Vec::new();
        io::stdin().lock().read_until(b'\n', &mut line)?;
        if line.is_empty() {
            return Ok(None);
        }
        Ok(Some(String::from_utf8_lossy(&line).into_owned()))
    }

    fn say(&mut self, text: &str) {
        write_err(text);
    }

    fn warn(&mut self, text: &str) {
        write_err(text);
    }

    fn report(&mut self, data: &[u8]) -> io::Result<()> {
        write_out(data)
    }

    fn is_terminal(&self) -> bool {
        false
    }

    fn complete_functions(&mut self, _: Vec<String>) {}
}

/// Writes to standard output. A reader who has seen enough is no error.
pub(super) fn write_out(data: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(data).and_then(|()| out.flush()) {
        Err(e) if e.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// Writes to standard error, with an end of line if it lacks one.
pub(super) fn write_err(text: &str) {
    let end = if text.ends_with('\n') { "" } else { "\n" };
    // Nobody is left to be told.
    let _ = io::stderr().lock().write_all(format!("{text}{end}").as_bytes());
}

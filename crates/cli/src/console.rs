//! Standard output and standard error: colours where a person looks, and pipes that close early.

use std::borrow::Cow;
use std::io::{ErrorKind, IsTerminal, Write};

use terminal_size::{Height, Width};

/// How text on standard output may look.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    /// Columns of the terminal; 80 where there is none.
    pub(crate) width: usize,
    /// Whether colours and links show.
    pub(crate) colours: bool,
}

impl Look {
    fn new(size: Option<(Width, Height)>, colours: bool) -> Look {
        let width = size.map(|(Width(width), _)| usize::from(width)).filter(|&width| width > 0);
        Look { width: width.unwrap_or(80), colours }
    }
}

/// Where text goes.
#[derive(Debug)]
pub(crate) struct Console {
    colours: bool,
    terminal: bool,
    out: Look,
    /// What belongs on standard output goes to standard error.
    one_stream: bool,
}

impl Console {
    /// Looks at what the process is connected to.
    pub(crate) fn new() -> Console {
        let terminal = std::io::stderr().is_terminal();
        let var = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty());
        let dumb = var("TERM").is_some_and(|t| t == "dumb");
        let plain = dumb || var("NO_COLOR").is_some();
        let out = Look::new(terminal_size::terminal_size_of(std::io::stdout()), !plain);
        Console {
            colours: terminal && !plain,
            terminal: terminal && !dumb,
            out: Look { colours: out.colours && std::io::stdout().is_terminal(), ..out },
            one_stream: false,
        }
    }

    /// The same where standard output belongs to somebody else.
    pub(crate) fn on_stderr(&self) -> Console {
        let out = Look::new(terminal_size::terminal_size_of(std::io::stderr()), self.colours);
        Console { colours: self.colours, terminal: self.terminal, out, one_stream: true }
    }

    /// How text on standard output may look.
    pub(crate) fn out_look(&self) -> Look {
        self.out
    }

    /// Whether standard error is a terminal that can draw.
    pub(crate) fn is_terminal(&self) -> bool {
        self.terminal
    }

    /// Writes to standard output as it is.
    pub(crate) fn out(&self, text: &str) {
        if self.one_stream {
            let _ = write(std::io::stderr().lock(), text);
            return;
        }
        if let Err(e) = write(std::io::stdout().lock(), text) {
            self.error(&format!("cannot write to standard output: {e}"));
            std::process::exit(crate::ERRORS.into());
        }
    }

    /// Writes errors to standard error, with colours on a terminal.
    pub(crate) fn err(&self, text: &str) {
        let text: Cow<'_, str> = if self.colours { coloured(text).into() } else { text.into() };
        // Nobody is left to be told.
        let _ = write(std::io::stderr().lock(), &text);
    }

    /// Says something of this program's own.
    pub(crate) fn error(&self, text: &str) {
        self.err(&format!("escargo: {text}\n"));
    }
}

/// Writes all of it. A reader who has seen enough is no error.
fn write(mut stream: impl Write, text: &str) -> std::io::Result<()> {
    match stream.write_all(text.as_bytes()).and_then(|()| stream.flush()) {
        Err(e) if e.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

const BOLD: &str = "\x1b[1m";
const RED: &str = "\x1b[31m";
const RESET: &str = "\x1b[0m";

/// Headers bold, positions bold, this program's own name red.
fn coloured(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    for line in text.split_inclusive('\n') {
        let (line, end) = line.strip_suffix('\n').map_or((line, ""), |l| (l, "\n"));
        if line.starts_with("# ") {
            out.push_str(&format!("{BOLD}{line}{RESET}"));
        } else if let Some(rest) = line.strip_prefix("escargo: ") {
            out.push_str(&format!("{RED}escargo:{RESET} {rest}"));
        } else {
            let (position, message) = line.split_at(position_len(line));
            match position {
                "" => out.push_str(message),
                _ => out.push_str(&format!("{BOLD}{position}{RESET}{message}")),
            }
        }
        out.push_str(end);
    }
    out
}

/// Length of `file:line:column:` or `file:line:` at the start of a line; 0 if there is none.
fn position_len(line: &str) -> usize {
    let Some(end) = line.find(": ") else { return 0 };
    let mut parts = line[..end].rsplit(':');
    let last = parts.next().unwrap_or_default();
    let is_number = !last.is_empty() && last.bytes().all(|b| b.is_ascii_digit());
    if is_number && parts.next().is_some_and(|file| !file.is_empty()) { end + 1 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_leave_the_text_alone() {
        let text = "# m/p\np/a.go:3:4: x: y\n\tfurther: 1:2\ngo: nothing\nescargo: no\n";
        let coloured = coloured(text);
        let mut plain = coloured.clone();
        for code in [BOLD, RED, RESET] {
            plain = plain.replace(code, "");
        }
        assert_eq!(plain, text);
        assert!(coloured.contains(&format!("{BOLD}p/a.go:3:4:{RESET} x: y\n")));
        assert!(coloured.contains("\n\tfurther: 1:2\ngo: nothing\n"));
    }

    #[test]
    fn a_closed_pipe_is_no_error() {
        struct Closed;
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
                Err(ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        assert!(write(Closed, "x").is_ok());
    }
}

//! A session of pprof in memory: one file, nobody to talk to, nothing else in the world.

use std::io;
use std::time::Duration;

use escargo_pprof::profile::Profile;
use escargo_pprof::session::{self, Answer, Ui, World};

/// Command lines that together pass through every part of pprof.
const LINES: &[&str] = &[
    "-top -cum",
    "-tree -lines -nodecount=20",
    "-dot -addresses -nodecount=20",
    "-callgrind -noinlines",
    "-traces -tagroot=a -tagleaf=bytes",
    "-tags -mean",
    "-raw -sample_index=0",
    "-peek=main -focus=. -ignore=x -hide=y -show_from=main -prune_from=append",
    "-list=. -call_tree -filefunctions",
    "-proto -all_frames",
    "-topproto -drop_negative -diff_base=p",
    "-top -base=p -normalize -unit=auto -tagfocus=1:2 -relative_percentages",
    "-comments -add_comment=x",
];

/// What is typed when no report is asked for.
const TYPED: &[&str] = &["o", "top 3", "sample_index=0", "list main", "tags", "granularity=files", "tree"];

/// The only file.
const FILE: &str = "p";

/// Reads any bytes as a profile and asks for every report. What cannot be read is refused in words, with exit code 2;
/// what can, is written and read again.
pub fn exercise(data: &[u8]) {
    let world = OneFile(data);
    let read = Profile::parse(data);
    if let Ok(profile) = &read {
        let again = Profile::parse(&profile.encode()).map(|p| (p.samples.len(), p.locations.len()));
        assert_eq!(again, Ok((profile.samples.len(), profile.locations.len())), "what is written is read");
    }
    for line in if read.is_ok() { LINES } else { &LINES[..1] } {
        let args: Vec<String> = line.split_whitespace().chain([FILE]).map(str::to_owned).collect();
        let mut ui = Silent::default();
        let code = session::run(&args, &world, &mut ui);
        assert!(code == 0 || code == 2, "{line}: exit code {code}");
        assert!(code == 0 || !ui.said.is_empty(), "{line}: an error without words");
        assert!(read.is_ok() || code == 2, "{line}: a report of what is no profile");
    }
    session::run(&[FILE.to_owned()], &world, &mut Silent { typed: TYPED.len(), said: String::new() });
}

struct OneFile<'a>(&'a [u8]);

fn nothing() -> io::Error {
    io::ErrorKind::NotFound.into()
}

impl World for OneFile<'_> {
    fn stat(&self, path: &str) -> io::Result<()> {
        if path == FILE { Ok(()) } else { Err(nothing()) }
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        if path == FILE { Ok(self.0.to_vec()) } else { Err(nothing()) }
    }

    fn head(&self, path: &str, len: usize) -> io::Result<Vec<u8>> {
        self.read(path).map(|mut data| {
            data.truncate(len);
            data
        })
    }

    fn names(&self, _: &str) -> Vec<String> {
        Vec::new()
    }

    fn write(&self, _: &str, _: &[u8]) -> io::Result<()> {
        Ok(())
    }

    fn append(&self, _: &str, _: &[u8]) -> io::Result<()> {
        Ok(())
    }

    fn create(&self, _: &str, _: &[u8]) -> io::Result<()> {
        Ok(())
    }

    fn make_directory(&self, _: &str) -> io::Result<()> {
        Ok(())
    }

    fn variable(&self, _: &str) -> String {
        String::new()
    }

    fn temporary(&self) -> String {
        "/tmp".to_owned()
    }

    fn working_directory(&self) -> io::Result<String> {
        Ok("/nowhere".to_owned())
    }

    fn get(&self, _: &str, _: Duration) -> Result<Answer, String> {
        Err("no network".to_owned())
    }

    fn pipe(&self, _: &str, _: &[u8]) -> Result<(), String> {
        Ok(())
    }
}

/// Types what is to be typed, so many lines of it, and keeps what is said.
#[derive(Default)]
struct Silent {
    typed: usize,
    said: String,
}

impl Ui for Silent {
    fn read_line(&mut self, _: &str) -> io::Result<Option<String>> {
        let line = TYPED.get(TYPED.len() - self.typed);
        self.typed = self.typed.saturating_sub(1);
        Ok(line.map(|l| format!("{l}\n")))
    }

    fn say(&mut self, text: &str) {
        self.said.push_str(text);
    }

    fn warn(&mut self, _: &str) {}

    fn report(&mut self, _: &[u8]) -> io::Result<()> {
        Ok(())
    }

    fn is_terminal(&self) -> bool {
        false
    }

    fn complete_functions(&mut self, _: Vec<String>) {}
}

//! Running a pprof on the cases.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, anyhow};
use sha2::{Digest, Sha256};

use super::answers::Answer;
use super::suite::{Case, Suite};

/// What a run finds in its directory.
const FOUND: [&str; 3] = ["profiles", "src", "scripts"];

/// A program that behaves as pprof.
#[derive(Clone, Copy, Debug)]
pub struct Tool<'a> {
    /// The program.
    pub program: &'a Path,
    /// Its arguments before those of pprof.
    pub before: &'a [&'a str],
}

/// The answers of a program to all cases, in their order. `scratch` is a directory to work in; a run that leaves something
/// there has written it.
pub fn answers(tool: Tool<'_>, suite: &Suite, scratch: &Path) -> Result<Vec<Answer>> {
    let next = AtomicUsize::new(0);
    let done: Mutex<BTreeMap<usize, Result<Answer>>> = Mutex::default();
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let places: Vec<Place> =
        (0..workers).map(|n| Place::new(&suite.dir, &scratch.join(n.to_string()))).collect::<Result<_>>()?;
    std::thread::scope(|scope| {
        for place in &places {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(case) = suite.cases.get(at) else { break };
                    let answer =
                        place.run(tool, case).with_context(|| format!("{} $ {}", case.profile, case.line));
                    done.lock().unwrap_or_else(|e| e.into_inner()).insert(at, answer);
                }
            });
        }
    });
    let done = done.into_inner().unwrap_or_else(|e| e.into_inner());
    if done.len() != suite.cases.len() {
        return Err(anyhow!("{} of {} cases were run", done.len(), suite.cases.len()));
    }
    done.into_values().collect()
}

/// A directory with all that the cases name.
struct Place {
    /// The directory in which programs run.
    work: PathBuf,
    /// A home with nothing in it.
    home: PathBuf,
}

impl Place {
    fn new(suite: &Path, scratch: &Path) -> Result<Place> {
        if scratch.exists() {
            std::fs::remove_dir_all(scratch)?;
        }
        let work = scratch.join("work");
        for part in FOUND {
            std::fs::create_dir_all(work.join(part))?;
            for entry in std::fs::read_dir(suite.join(part)).with_context(|| format!("no {part}"))? {
                let entry = entry?;
                std::fs::copy(entry.path(), work.join(part).join(entry.file_name()))?;
            }
        }
        let home = scratch.join("home");
        std::fs::create_dir_all(&home)?;
        Ok(Place { work: work.canonicalize()?, home: home.canonicalize()? })
    }

    fn run(&self, tool: Tool<'_>, case: &Case) -> Result<Answer> {
        let args: Vec<&str> = case.args.iter().map(String::as_str).collect();
        let mut answer = self.ask(tool, &args, case.typed.as_deref())?;
        let mut files = BTreeMap::new();
        for entry in std::fs::read_dir(&self.work)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if FOUND.contains(&name.as_str()) {
                continue;
            }
            files.insert(name.clone(), self.written(tool, &name)?);
            std::fs::remove_file(self.work.join(&name))?;
        }
        answer.files = files;
        Ok(answer)
    }

    /// What is in a file. A compressed profile is shown as `-raw` shows it, after the digest of what it unpacks to.
    fn written(&self, tool: Tool<'_>, name: &str) -> Result<Vec<u8>> {
        let bytes = std::fs::read(self.work.join(name))?;
        if !bytes.starts_with(&[0x1f, 0x8b]) {
            return Ok(self.portable(bytes));
        }
        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(&bytes[..]).read_to_end(&mut unpacked)?;
        let digest: String = Sha256::digest(&unpacked).iter().take(8).map(|b| format!("{b:02x}")).collect();
        let mut shown = format!("{} bytes, {digest}\n", unpacked.len()).into_bytes();
        shown.extend(self.ask(tool, &["-symbolize=none", "-raw", name], None)?.stdout);
        Ok(shown)
    }

    fn ask(&self, tool: Tool<'_>, args: &[&str], typed: Option<&str>) -> Result<Answer> {
        let mut command = Command::new(tool.program);
        command.args(tool.before).args(args).current_dir(&self.work);
        command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", &self.home).env("TZ", "UTC");
        command.env("PPROF_TMPDIR", self.home.join("pprof")).env("TERM", "dumb");
        let input = match typed {
            Some(path) => std::fs::File::open(self.work.join(path)).with_context(|| path.to_owned())?.into(),
            None => Stdio::null(),
        };
        let out = command
            .stdin(input)
            .output()
            .with_context(|| format!("cannot run {}", tool.program.display()))?;
        Ok(Answer {
            code: out.status.code().unwrap_or(-1),
            stdout: self.portable(out.stdout),
            stderr: self.portable(out.stderr),
            files: BTreeMap::new(),
        })
    }

    /// Puts `$DIR` for the directory of the run, which is another one on each machine.
    fn portable(&self, bytes: Vec<u8>) -> Vec<u8> {
        let place = self.work.to_string_lossy();
        match String::from_utf8(bytes) {
            Ok(text) => text.replace(&*place, "$DIR").into_bytes(),
            Err(e) => e.into_bytes(),
        }
    }
}

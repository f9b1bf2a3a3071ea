//! Running another program, patiently but not forever.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use escargo_base::CancelToken;

const POLL: Duration = Duration::from_millis(20);
/// How much of a program's output is kept.
const KEPT: u64 = 64 << 10;

/// Runs a program to its end and returns its standard output. The error is the end of what it wrote
/// on standard error, or why it did not run.
pub(super) fn run(command: &mut Command, limit: Duration, cancel: &CancelToken) -> Result<String, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{name}: {error}"))?;
    // Both pipes are drained by threads of their own, so that the program never waits for us.
    let stdout = child.stdout.take().map(|pipe| std::thread::spawn(move || drain(pipe)));
    let stderr = child.stderr.take().map(|pipe| std::thread::spawn(move || drain(pipe)));
    let started = Instant::now();
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break Ok(status),
            Ok(None) if cancel.is_cancelled() => break Err("interrupted".to_owned()),
            Ok(None) if started.elapsed() > limit => {
                break Err(format!("{name}: no end after {} s", limit.as_secs()));
            }
            Ok(None) => std::thread::sleep(POLL),
            Err(error) => break Err(format!("{name}: {error}")),
        }
    };
    let status = match status {
        Ok(status) => status,
        Err(problem) => {
            // It may have ended by itself meanwhile; either way it is gone after this. Its own
            // children may keep the pipes open, so the threads are not waited for.
            let _ = child.kill();
            let _ = child.wait();
            return Err(problem);
        }
    };
    let text = |thread: Option<std::thread::JoinHandle<String>>| {
        thread.and_then(|thread| thread.join().ok()).unwrap_or_default()
    };
    let (stdout, stderr) = (text(stdout), text(stderr));
    if status.success() {
        return Ok(stdout);
    }
    let said = if stderr.trim().is_empty() { &stdout } else { &stderr };
    let lines: Vec<&str> = said.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    let last = &lines[lines.len().saturating_sub(4)..];
    Err(if last.is_empty() { format!("{name}: {status}") } else { last.join("\n") })
}

fn drain(mut pipe: impl Read) -> String {
    let mut kept = Vec::new();
    // What cannot be read cannot be reported; the exit status still tells.
    let _ = pipe.by_ref().take(KEPT).read_to_end(&mut kept);
    let _ = std::io::copy(&mut pipe, &mut std::io::sink());
    String::from_utf8_lossy(&kept).into_owned()
}

/// Asks a go command for its GOROOT.
pub(super) fn ask_go(go: &Path) -> Option<PathBuf> {
    let mut command = Command::new(go);
    command.args(["env", "GOROOT"]).env("GOTOOLCHAIN", "local").env_remove("GOROOT").env("GOFLAGS", "");
    let root = run(&mut command, Duration::from_secs(10), &CancelToken::new()).ok()?;
    Some(PathBuf::from(root.trim())).filter(|root| root.is_absolute())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn sh(script: &str, limit: Duration, cancel: &CancelToken) -> Result<String, String> {
        run(Command::new("sh").args(["-c", script]), limit, cancel)
    }

    #[test]
    fn output_and_errors() {
        let (long, go_on) = (Duration::from_secs(20), CancelToken::new());
        assert_eq!(sh("echo hi", long, &go_on).as_deref(), Ok("hi\n"));
        assert_eq!(sh("echo no >&2; exit 3", long, &go_on), Err("no".to_owned()));
        assert!(sh("exit 3", long, &go_on).unwrap_err().contains('3'));
        assert!(sh("sleep 20", Duration::from_millis(50), &go_on).unwrap_err().contains("no end"));
        let stop = CancelToken::new();
        stop.cancel();
        assert_eq!(sh("sleep 20", long, &stop), Err("interrupted".to_owned()));
        // More than a pipe holds.
        assert!(sh("head -c 300000 /dev/zero | tr '\\0' x", long, &go_on).is_ok());
    }
}

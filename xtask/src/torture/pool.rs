//! Children that suffer under limits of time and memory, and what became of them.

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::worker::Job;

/// A child may wait for the processor this many times longer than its time.
const PATIENCE: u32 = 8;

/// What children may use.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// For one case.
    pub(super) time: Duration,
    /// In megabytes of address space.
    pub(super) memory: u64,
    /// Children at once.
    pub(super) children: usize,
}

/// What became of the jobs of one kind.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) cases: u64,
    pub(super) failures: u64,
    /// Slowest case.
    pub(super) slowest: (Duration, String),
    /// Largest child in megabytes.
    pub(super) peak: u64,
}

/// All of it.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) tallies: BTreeMap<String, Tally>,
    /// The case, and what happened.
    pub(super) failures: Vec<(String, String)>,
    done: usize,
}

/// Runs all jobs. `command` gives the child's program and arguments.
pub(super) fn run(jobs: Vec<Job>, limits: Limits, command: &[String]) -> Result<Outcome> {
    let total = jobs.len();
    let queue = Mutex::new(VecDeque::from(jobs));
    let outcome = Mutex::new(Outcome::default());
    std::thread::scope(|scope| {
        let (queue, outcome) = (&queue, &outcome);
        let threads: Vec<_> = (0..limits.children.max(1))
            .map(|_| Runner { limits, command, outcome, total, child: None })
            .map(|runner| scope.spawn(move || drain(runner, queue)))
            .collect();
        threads.into_iter().try_for_each(|t| t.join().expect("runners do not panic"))
    })?;
    Ok(outcome.into_inner().expect("runners do not panic"))
}

fn drain(mut runner: Runner<'_>, queue: &Mutex<VecDeque<Job>>) -> Result<()> {
    loop {
        let next = queue.lock().expect("runners do not panic").pop_front();
        let Some(mut job) = next else { return Ok(()) };
        // What is left of a job after a case that killed the child is a job again.
        while job.count > 0 {
            job = runner.run(job)?;
        }
    }
}

struct Running {
    child: Child,
    stdin: ChildStdin,
    lines: Receiver<String>,
    stderr: Arc<Mutex<String>>,
}

impl Running {
    /// The next line. A child on a busy machine has more time: it hangs once it has used up the
    /// time itself, or waits for what does not come.
    fn next_line(&self, limit: Duration) -> Result<String, RecvTimeoutError> {
        let mut used = None;
        for _ in 0..PATIENCE {
            match self.lines.recv_timeout(limit) {
                Err(RecvTimeoutError::Timeout) => {}
                other => return other,
            }
            let now = self.processor_time();
            if let (Some(then), Some(now)) = (*used.get_or_insert(now), now)
                && now.saturating_sub(then) < limit
            {
                continue;
            }
            break;
        }
        Err(RecvTimeoutError::Timeout)
    }

    /// What the child has used up, where the system tells.
    fn processor_time(&self) -> Option<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).ok()?;
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let ticks: u64 = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
        Some(Duration::from_millis(ticks * 10))
    }

    fn obituary(&mut self) -> String {
        let status = self.child.wait().map_or_else(|e| e.to_string(), |s| s.to_string());
        std::thread::sleep(Duration::from_millis(50));
        let stderr = self.stderr.lock().expect("nobody panics with the lock");
        let tail: Vec<&str> = stderr.lines().rev().take(4).collect();
        format!("died ({status}): {}", tail.into_iter().rev().collect::<Vec<_>>().join(" / "))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Runner<'r> {
    limits: Limits,
    command: &'r [String],
    outcome: &'r Mutex<Outcome>,
    total: usize,
    child: Option<Running>,
}

impl Runner<'_> {
    fn start(&self) -> Result<Running> {
        let mut command = if cfg!(unix) {
            let mut c = Command::new("sh");
            c.args(["-c", &format!("ulimit -v {}; exec \"$0\" \"$@\"", self.limits.memory * 1024)]);
            c.args(self.command);
            c
        } else {
            let mut c = Command::new(&self.command[0]);
            c.args(&self.command[1..]);
            c
        };
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().context("cannot start a child")?;
        let stdin = child.stdin.take().context("no pipe")?;
        let stdout = child.stdout.take().context("no pipe")?;
        let mut errors = child.stderr.take().context("no pipe")?;
        let (send, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    break;
                }
            }
        });
        let stderr = Arc::new(Mutex::new(String::new()));
        let keep = stderr.clone();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(n @ 1..) = errors.read(&mut buffer) {
                let mut text = keep.lock().expect("nobody panics with the lock");
                text.push_str(&String::from_utf8_lossy(&buffer[..n]));
                let excess = text.len().saturating_sub(4000);
                let cut = (excess..=text.len()).find(|&i| text.is_char_boundary(i)).unwrap_or(0);
                text.drain(..cut);
            }
        });
        Ok(Running { child, stdin, lines, stderr })
    }

    /// Runs a job; gives what is left of it, with no cases if all were run.
    fn run(&mut self, job: Job) -> Result<Job> {
        let mut running = match self.child.take() {
            Some(running) => running,
            None => self.start()?,
        };
        writeln!(running.stdin, "{}", job.line()).and_then(|()| running.stdin.flush())?;
        let mut case: Option<Job> = None;
        let mut since = Instant::now();
        // Preparation (checking all of std) may take longer than a case.
        let mut limit = self.limits.time * 10;
        let ending = loop {
            let line = match running.next_line(limit) {
                Ok(line) => line,
                Err(RecvTimeoutError::Timeout) => break format!("hung for {:?}", since.elapsed()),
                Err(RecvTimeoutError::Disconnected) => break running.obituary(),
            };
            if let Some(case) = &case {
                self.took(case, since.elapsed());
            }
            since = Instant::now();
            let (sign, rest) = line.split_at(line.len().min(2));
            match sign {
                "@ " => {
                    case = Some(Job::parse(rest)?);
                    limit = self.limits.time;
                }
                "! " => {
                    case = None;
                    self.failed(rest.rsplit_once('\t').unwrap_or((rest, "")));
                }
                "= " => {
                    let (word, peak) = rest.split_once(' ').unwrap_or((rest, "0"));
                    self.finished(&job.what, peak.parse().unwrap_or(0));
                    // Bombs leave nothing behind for the next one.
                    if word == "stay" && job.what != "bomb" {
                        self.child = Some(running);
                    }
                    return Ok(Job { count: 0, ..job });
                }
                _ => {}
            }
        };
        drop(running);
        let dead = case.unwrap_or_else(|| Job { count: 1, ..job.clone() });
        self.took(&dead, since.elapsed());
        self.failed((&dead.line(), &ending));
        let next = dead.first + 1;
        let left = (job.first + job.count).saturating_sub(next);
        if left == 0 {
            self.finished(&job.what, 0);
        }
        Ok(Job { first: next, count: left, ..job })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Outcome> {
        self.outcome.lock().expect("runners do not panic")
    }

    fn took(&self, case: &Job, time: Duration) {
        let mut outcome = self.lock();
        let tally = outcome.tallies.entry(case.what.clone()).or_default();
        tally.cases += 1;
        if time > tally.slowest.0 {
            tally.slowest = (time, format!("{} {}", case.subject, case.first));
        }
    }

    fn failed(&self, (case, text): (&str, &str)) {
        println!("FAILED {case}\n       {text}");
        let mut outcome = self.lock();
        let what = case.split('\t').next().unwrap_or(case).to_owned();
        outcome.tallies.entry(what).or_default().failures += 1;
        outcome.failures.push((case.to_owned(), text.to_owned()));
    }

    fn finished(&self, what: &str, peak: u64) {
        let mut outcome = self.lock();
        outcome.done += 1;
        if outcome.done.is_multiple_of(500) {
            eprintln!("{} of {} jobs, {} failures", outcome.done, self.total, outcome.failures.len());
        }
        let tally = outcome.tallies.entry(what.to_owned()).or_default();
        tally.peak = tally.peak.max(peak);
    }
}

//! Progress: bars on a terminal, plain lines elsewhere.

use std::time::{Duration, Instant};

use escargo_driver::Observer;
use escargo_load::sdk;
use indicatif::{ProgressBar, ProgressStyle};
use parking_lot::Mutex;

use crate::console::Console;

/// Work that is done sooner than this is not worth a bar.
const PATIENCE: Duration = Duration::from_millis(300);

fn style(template: &str) -> ProgressStyle {
    let known = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    known.progress_chars("=> ")
}

/// Shows how an SDK is fetched.
pub(crate) struct Fetching<'c> {
    console: &'c Console,
    bar: Mutex<Option<ProgressBar>>,
}

impl<'c> Fetching<'c> {
    pub(crate) fn new(console: &'c Console) -> Fetching<'c> {
        Fetching { console, bar: Mutex::new(None) }
    }
}

impl sdk::Progress for Fetching<'_> {
    fn note(&self, line: &str) {
        match &*self.bar.lock() {
            Some(bar) => bar.suspend(|| self.console.error(line)),
            None => self.console.error(line),
        }
    }
    fn start(&self, stage: &str, total: Option<u64>) {
        if !self.console.is_terminal() {
            return;
        }
        let bar = match total {
            Some(total) => ProgressBar::new(total)
                .with_style(style("{msg:20} [{bar:30}] {bytes}/{total_bytes} {bytes_per_sec}")),
            None => ProgressBar::new_spinner().with_style(style("{msg:20} {spinner} {bytes}")),
        };
        bar.set_message(stage.to_owned());
        if total.is_none() {
            bar.enable_steady_tick(Duration::from_millis(100));
        }
        if let Some(old) = self.bar.lock().replace(bar) {
            old.finish_and_clear();
        }
    }
    fn advance(&self, bytes: u64) {
        if let Some(bar) = &*self.bar.lock() {
            bar.inc(bytes);
        }
    }
    fn finish(&self) {
        if let Some(bar) = self.bar.lock().take() {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Fetching<'_> {
    fn drop(&mut self) {
        sdk::Progress::finish(self);
    }
}

/// Shows how packages are checked.
pub(crate) struct Checking {
    /// Nothing on anything but a terminal.
    bar: Option<ProgressBar>,
    started: Instant,
}

impl Checking {
    pub(crate) fn new(console: &Console, packages: usize) -> Checking {
        let make = || {
            let bar = ProgressBar::hidden().with_style(style("checking [{bar:30}] {pos}/{len} packages"));
            bar.set_length(packages as u64);
            bar
        };
        Checking { bar: console.is_terminal().then(make), started: Instant::now() }
    }
}

impl Observer for Checking {
    fn progress(&self, _done: usize, _total: usize) {
        self.step();
    }
}

impl Checking {
    /// One more package is done.
    pub(crate) fn step(&self) {
        let Some(bar) = &self.bar else { return };
        if bar.is_hidden() && self.started.elapsed() > PATIENCE {
            bar.set_draw_target(indicatif::ProgressDrawTarget::stderr());
        }
        // Counted, not set: calls overtake each other.
        bar.inc(1);
    }
}

impl Drop for Checking {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

//! Ctrl-C.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use escargo_base::CancelToken;

/// What shells expect of a program that was interrupted.
pub(crate) const INTERRUPTED: u8 = 130;

static TOKEN: OnceLock<CancelToken> = OnceLock::new();

/// How many wait for another program.
static HELD: AtomicUsize = AtomicUsize::new(0);

/// A token that is cancelled by the first Ctrl-C (or SIGTERM), so that what was begun can be tidied
/// up. The second one ends the process at once.
pub(crate) fn on_signal() -> CancelToken {
    static ASKED: AtomicBool = AtomicBool::new(false);
    let token = TOKEN.get_or_init(|| {
        let token = CancelToken::new();
        // Under nohup, or in the background of a script, programs started from here are to be left alone as well.
        if is_ignored(1) || is_ignored(2) {
            return token;
        }
        let seen = token.clone();
        // Without a handler Ctrl-C does what it always does.
        let _ = ctrlc::set_handler(move || {
            if HELD.load(Ordering::Relaxed) > 0 {
                return;
            }
            if ASKED.swap(true, Ordering::Relaxed) {
                std::process::exit(INTERRUPTED.into());
            }
            seen.cancel();
        });
        token
    });
    token.clone()
}

/// Whether this process was told to ignore a signal, by number; only known where there is `/proc`.
pub(crate) fn is_ignored(signal: u32) -> bool {
    let status =
        if cfg!(target_os = "linux") { std::fs::read_to_string("/proc/self/status").ok() } else { None };
    status.is_some_and(|text| ignores(&text, signal))
}

fn ignores(status: &str, signal: u32) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    signal.checked_sub(1).and_then(|bit| mask.checked_shr(bit)).is_some_and(|mask| mask & 1 == 1)
}

/// While this lives, signals are for the program that this process waits for: it decides how to end.
pub(crate) struct Held(());

/// Leaves signals to another program.
pub(crate) fn hold() -> Held {
    HELD.fetch_add(1, Ordering::Relaxed);
    Held(())
}

impl Drop for Held {
    fn drop(&mut self) {
        HELD.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::ignores;

    #[test]
    fn ignored_signals() {
        let status = "Name:\tx\nSigBlk:\tffff\nSigIgn:\t0000000000001002\nSigCgt:\tffff\n";
        let ignored: Vec<u32> = (0..70).filter(|&signal| ignores(status, signal)).collect();
        assert_eq!(ignored, [2, 13]);
        assert!(!ignores("SigIgn:\tx\n", 1) && !ignores("", 1));
    }
}

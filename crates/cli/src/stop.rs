//! Ctrl-C.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use escargo_base::CancelToken;

/// What shells expect of a program that was interrupted.
pub(crate) const INTERRUPTED: u8 = 130;

static TOKEN: OnceLock<CancelToken> = OnceLock::new();

/// A token that is cancelled by the first Ctrl-C (or SIGTERM), so that what was begun can be tidied
/// up. The second one ends the process at once.
pub(crate) fn on_signal() -> CancelToken {
    static ASKED: AtomicBool = AtomicBool::new(false);
    let token = TOKEN.get_or_init(|| {
        let token = CancelToken::new();
        let seen = token.clone();
        // Without a handler Ctrl-C does what it always does.
        let _ = ctrlc::set_handler(move || {
            if ASKED.swap(true, Ordering::Relaxed) {
                std::process::exit(INTERRUPTED.into());
            }
            seen.cancel();
        });
        token
    });
    token.clone()
}

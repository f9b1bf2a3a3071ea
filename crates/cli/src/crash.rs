//! Panics: defects in this program. They are caught, told once, and where to report them.

use std::any::Any;

use parking_lot::Mutex;

/// Panics so far: text and place.
static SEEN: Mutex<Vec<(String, String)>> = Mutex::new(Vec::new());

/// Keeps what a panic says instead of printing it at once; with `RUST_BACKTRACE` set it is printed as well.
pub(crate) fn install() {
    let wordy = std::env::var_os("RUST_BACKTRACE").is_some_and(|v| v != "0");
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let place = info.location().map(|l| format!("{}:{}", l.file(), l.line())).unwrap_or_default();
        SEEN.lock().push((text(info.payload()), place));
        if wordy {
            usual(info);
        }
    }));
}

/// The text of a panic.
pub(crate) fn text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "unknown".to_owned())
}

/// What the user is told about a panic with this text.
pub(crate) fn report(doing: &str, panic: &str) -> String {
    let seen = SEEN.lock();
    let place = seen.iter().rev().find(|(text, _)| text == panic).map(|(_, place)| &**place);
    format!(
        "internal error while {doing}: {panic} ({})\n\tThis is a defect in escargo {}, not in your code. \
         Please report it, if you can with the source that caused it:\n\t{}/issues",
        place.unwrap_or("unknown place"),
        env!("CARGO_PKG_VERSION"),
        env!("CARGO_PKG_REPOSITORY"),
    )
}

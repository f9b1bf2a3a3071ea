//! What each cause means: a page with an example and the usual ways out, and finding the page that somebody wants.
//!
//! Pages are Markdown. Their first heading is the title. In their Go code, comments say what becomes of the line before
//! them: `heap: CODE`, `stack`, `allocates: CODE` or `free: CODE`, perhaps for some releases or machines only, as [`legend`]
//! tells. Tests compile the code and hold the comments against what escargo and the Go compiler say.

mod find;
mod render;

use escargo_findings::Cause;

pub use find::{Found, find};
pub use render::render;

/// The page of a cause, in Markdown.
pub fn page(cause: Cause) -> &'static str {
    match cause {
        Cause::Returned => include_str!("returned.md"),
        Cause::Global => include_str!("global.md"),
        Cause::PointerStore => include_str!("pointer-store.md"),
        Cause::MapStore => include_str!("map-store.md"),
        Cause::SliceStore => include_str!("slice-store.md"),
        Cause::InterfaceCall => include_str!("interface-call.md"),
        Cause::UnknownCall => include_str!("unknown-call.md"),
        Cause::NoBody => include_str!("no-body.md"),
        Cause::ChannelSend => include_str!("channel-send.md"),
        Cause::Closure => include_str!("closure.md"),
        Cause::Goroutine => include_str!("goroutine.md"),
        Cause::DeferInLoop => include_str!("defer-in-loop.md"),
        Cause::OutlivesLoop => include_str!("outlives-loop.md"),
        Cause::OutlivesFunction => include_str!("outlives-function.md"),
        Cause::Panic => include_str!("panic.md"),
        Cause::Boxed => include_str!("boxed.md"),
        Cause::TooLarge => include_str!("too-large.md"),
        Cause::TooAligned => include_str!("too-aligned.md"),
        Cause::UnknownSize => include_str!("unknown-size.md"),
        Cause::ZeroSize => include_str!("zero-size.md"),
        Cause::Append => include_str!("append.md"),
        Cause::MapGrowth => include_str!("map-growth.md"),
        Cause::Channel => include_str!("channel.md"),
        Cause::Concat => include_str!("concat.md"),
        Cause::Conversion => include_str!("conversion.md"),
        Cause::Unsafe => include_str!("unsafe.md"),
    }
}

/// What a cause says of a value, in a few words: `its address is returned`.
pub fn title(cause: Cause) -> &'static str {
    let first = page(cause).lines().next().unwrap_or_default();
    first.trim_start_matches('#').trim_start()
}

/// What the comments in the examples of a page mean, in Markdown: only those that it has.
pub fn legend(page: &str) -> String {
    const MEANINGS: [(&str, &str); 4] = [
        ("// heap: ", "`heap: CODE`: it is moved to the heap or allocated there, and the compiler says so."),
        ("// stack", "`stack`: it is in the function's frame, or nothing is allocated."),
        (
            "// allocates: ",
            "`allocates: CODE`: the compiler does not say that it escapes, and yet memory is allocated.",
        ),
        ("// free: ", "`free: CODE`: the compiler says that it escapes, but nothing is allocated."),
    ];
    let code = || page.split("```").skip(1).step_by(2);
    let shown = MEANINGS.iter().filter(|(mark, _)| code().any(|block| block.contains(mark)));
    let lines: String = shown.map(|(_, meaning)| format!("- {meaning}\n")).collect();
    if lines.is_empty() { lines } else { format!("## Comments in the example\n\n{lines}") }
}

/// All causes with their titles, one a line.
pub fn list() -> String {
    let width = Cause::ALL.iter().map(|cause| cause.code().len()).max().unwrap_or(0);
    Cause::ALL.iter().map(|&cause| format!("{:width$}  {}\n", cause.code(), title(cause))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_have_their_parts() {
        for cause in Cause::ALL {
            let (page, code) = (page(cause), cause.code());
            assert!(page.starts_with("# "), "{code}");
            assert!(page.contains(&format!("\n\n`{code}`: ")), "{code}");
            assert!(page.contains("\n```go"), "{code}");
            assert!(page.contains("\n## Ways out\n\n- "), "{code}");
            assert!([format!(": {code}"), format!(": {code} (")].iter().any(|m| page.contains(m)), "{code}");
            assert!(title(cause).len() < 60 && !title(cause).ends_with('.'), "{code}");
            assert!(page.ends_with('\n') && !page.ends_with("\n\n"), "{code}");
        }
    }

    #[test]
    fn pages_refer_to_pages_that_exist() {
        for cause in Cause::ALL {
            for word in page(cause).split('`').skip(1).step_by(2) {
                let like_a_code =
                    word.contains('-') && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
                if like_a_code && !word.starts_with('-') {
                    assert!(Cause::from_code(word).is_some(), "{}: {word}", cause.code());
                }
            }
        }
    }

    #[test]
    fn titles_are_listed() {
        let list = list();
        assert_eq!(list.lines().count(), Cause::ALL.len());
        assert!(
            list.contains("\nglobal             its address is stored in a package variable\n"),
            "{list}"
        );
    }

    #[test]
    fn only_comments_that_are_there_are_told() {
        let legend = legend(page(Cause::TooAligned));
        assert!(legend.contains("`heap: CODE`") && legend.contains("`stack`") && !legend.contains("`free"));
        assert_eq!(super::legend("# nothing\n\nheap: x\n"), "");
    }
}

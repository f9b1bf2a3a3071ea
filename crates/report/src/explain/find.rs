//! Finding a cause by what somebody typed: its code, nearly its code, or words of the compiler.

use escargo_findings::Cause;

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// The cause with this code.
    Cause(Cause),
    /// Causes for which the compiler says these words; all of them if the words tell nothing of the cause.
    Words(Vec<Cause>),
    /// Nothing. These codes are like it, the nearest first; there may be none.
    Like(Vec<Cause>),
}

/// Words of the compiler, in small letters, and what they are said of.
const WORDS: &[(&str, &[Cause])] = &[
    ("too large for stack", &[Cause::TooLarge]),
    ("too aligned for stack", &[Cause::TooAligned]),
    ("non-constant size", &[Cause::UnknownSize]),
    ("zero-sized element", &[Cause::ZeroSize]),
    ("append escapes to heap", &[Cause::Append]),
    ("append does not escape", &[Cause::Append]),
    ("appendee slice", &[Cause::SliceStore, Cause::Append]),
    ("appended slice", &[Cause::SliceStore]),
    ("copied slice", &[Cause::SliceStore]),
    ("key of map put", &[Cause::MapStore]),
    ("map literal key", &[Cause::MapStore]),
    ("map literal value", &[Cause::MapStore]),
    ("captured by a closure", &[Cause::Closure, Cause::Goroutine, Cause::DeferInLoop]),
    ("capturing by", &[Cause::Closure, Cause::Goroutine, Cause::DeferInLoop]),
    ("func literal escapes to heap", &[Cause::Closure, Cause::Goroutine, Cause::DeferInLoop]),
    ("callee operand", &[Cause::UnknownCall]),
    ("call parameter", &[Cause::InterfaceCall, Cause::UnknownCall, Cause::NoBody, Cause::SliceStore]),
    ("interface-converted", &[Cause::Boxed]),
    ("string->[]byte conversion", &[Cause::Conversion]),
    ("uintptrescapes", &[Cause::Unsafe]),
    ("escaping uintptr", &[Cause::Unsafe]),
    ("reflect.header.data", &[Cause::Unsafe]),
    ("conversion to unsafe.pointer", &[Cause::Unsafe]),
    ("moved to heap", &Cause::ALL),
    ("escapes to heap", &Cause::ALL),
];

/// Finds what is meant by a text. Capitals, spaces and underscores do not matter in codes; the compiler's words may stand in
/// a whole message.
pub fn find(text: &str) -> Found {
    let text = text.trim().to_lowercase();
    let code = text.replace([' ', '_'], "-");
    if let Some(cause) = Cause::from_code(&code) {
        return Found::Cause(cause);
    }
    match WORDS.iter().find(|(words, _)| text.contains(words)) {
        Some(&(_, [cause])) => Found::Cause(*cause),
        Some((_, causes)) => Found::Words(causes.to_vec()),
        None => Found::Like(like(&code)),
    }
}

/// At most four codes that somebody may have meant.
fn like(text: &str) -> Vec<Cause> {
    let mut near: Vec<(u64, Cause)> = Vec::new();
    for cause in Cause::ALL {
        let code = cause.code();
        let similar = strsim::jaro_winkler(text, code);
        let part = text.len() > 2 && (code.contains(text) || text.contains(code));
        if part || similar > 0.75 {
            // Parts of a code come first; then in the order of likeness, and where that is equal, of the list.
            let rank = (similar * 1e6) as u64;
            near.push((if part { rank + 1_000_000 } else { rank }, cause));
        }
    }
    near.sort_by_key(|&(rank, cause)| (std::cmp::Reverse(rank), cause));
    near.into_iter().take(4).map(|(_, cause)| cause).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found_as_people_write_them() {
        for cause in Cause::ALL {
            assert_eq!(find(cause.code()), Found::Cause(cause));
        }
        assert_eq!(find(" Too Large "), Found::Cause(Cause::TooLarge));
        assert_eq!(find("map_growth"), Found::Cause(Cause::MapGrowth));
    }

    #[test]
    fn words_of_the_compiler_are_understood() {
        assert_eq!(
            find("./a.go:4:2:     from x (too large for stack) at ./a.go:4:2"),
            Found::Cause(Cause::TooLarge)
        );
        assert_eq!(find("append escapes to heap"), Found::Cause(Cause::Append));
        assert_eq!(find("moved to heap: x"), Found::Words(Cause::ALL.to_vec()));
        assert!(matches!(find("(captured by a closure)"), Found::Words(causes) if causes.len() == 3));
    }

    #[test]
    fn near_codes_are_named() {
        assert_eq!(find("retuned"), Found::Like(vec![Cause::Returned]));
        assert_eq!(find("store"), Found::Like(vec![Cause::PointerStore, Cause::SliceStore, Cause::MapStore]));
        let Found::Like(near) = find("interface") else { panic!() };
        assert_eq!(near.first(), Some(&Cause::InterfaceCall));
        for text in ["", "xyzzy", "日本語", "qqqqqqqqqqqqqq"] {
            assert_eq!(find(text), Found::Like(Vec::new()), "{text}");
        }
    }
}

//! The annotations of the functions in `conformance/allocation/cases`; `cases.go` says how they are written.

use std::collections::BTreeMap;

use escargo_alloc::{Class, SiteKind, Why};

/// What is said of a site.
#[derive(Clone, Debug, Default)]
pub(crate) struct Want {
    pub(crate) kind: String,
    pub(crate) class: String,
    /// It holds for Go 1.27.
    pub(crate) newest: bool,
    amount: Option<String>,
    conditions: Vec<String>,
    beyond: Option<String>,
    reached: Option<String>,
    times: Option<String>,
    pub(crate) more: bool,
}

impl Want {
    fn new(newest: bool, text: &str) -> Want {
        let mut parts = text.split("; ");
        let head = parts.next().unwrap_or_default();
        let (kind, class) = head.split_once(": ").unwrap_or_else(|| panic!("no class: {text}"));
        let mut want = Want { kind: kind.to_owned(), class: class.to_owned(), newest, ..Want::default() };
        for part in parts {
            match part.split_once(' ') {
                None if part == "more" => want.more = true,
                Some(("beyond", condition)) => want.beyond = Some(condition.to_owned()),
                Some(("reached", condition)) => want.reached = Some(condition.to_owned()),
                Some(("amount", amount)) => want.amount = Some(amount.to_owned()),
                Some(("if", condition)) => want.conditions.push(condition.to_owned()),
                Some(("times", times)) => want.times = Some(times.to_owned()),
                _ => panic!("{part}: {text}"),
            }
        }
        want
    }

    /// What is asked for at a size, in the unit of the class.
    pub(crate) fn amount(&self, n: i64) -> Option<i64> {
        self.amount.as_deref().map(|amount| value(amount, n))
    }

    /// Whether what is decided at run time is allocated.
    pub(crate) fn holds(&self, n: i64) -> bool {
        self.conditions.iter().all(|condition| holds(condition, n))
    }
    /// Whether a buffer does not suffice whatever the amount is.
    pub(crate) fn beyond(&self, n: i64) -> bool {
        self.beyond.as_deref().is_some_and(|condition| holds(condition, n))
    }
    /// How often the site is reached.
    pub(crate) fn times(&self, n: i64) -> u64 {
        let reached = self.reached.as_deref().is_none_or(|condition| holds(condition, n));
        if reached { self.times.as_deref().map_or(1, |times| value(times, n).unsigned_abs()) } else { 0 }
    }
}

fn holds(condition: &str, n: i64) -> bool {
    match condition.split(' ').collect::<Vec<_>>()[..] {
        ["n", ">", limit] => n > value(limit, n),
        ["n", "<", limit] => n < value(limit, n),
        _ => panic!("{condition}"),
    }
}

/// The value of `7`, `n`, `8*n`, `n+4`, `n-1` or `n%16`.
fn value(text: &str, n: i64) -> i64 {
    let operand = |text: &str| if text == "n" { n } else { text.parse().expect("a number") };
    let parts = |by| text.split_once(by).map(|(a, b)| (operand(a), operand(b)));
    if let Some((a, b)) = parts('*') {
        a * b
    } else if let Some((a, b)) = parts('+') {
        a + b
    } else if let Some((a, b)) = parts('-') {
        (a - b).max(0)
    } else if let Some((a, b)) = parts('%') {
        a % b
    } else {
        operand(text)
    }
}

/// A name that begins with a capital letter: helpers are named after the function that they belong to.
pub(crate) fn capital(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// What is said of the functions, by name.
pub(crate) fn wants(files: &[(String, String)]) -> BTreeMap<String, Vec<Want>> {
    let mut wants = BTreeMap::new();
    for (_, text) in files.iter().filter(|(name, _)| name != "cases.go" && name != "all.go") {
        let mut pending = Vec::new();
        for line in text.lines() {
            if let Some(want) = line.strip_prefix("// want: ") {
                pending.push(Want::new(true, want));
            } else if let Some(want) = line.strip_prefix("// elsewhere: ") {
                pending.push(Want::new(false, want));
            } else if let Some(rest) = line.strip_prefix("func ") {
                let name = rest.split(['(', '[']).next().unwrap_or_default();
                wants.entry(capital(name)).or_insert_with(Vec::new).append(&mut pending);
            }
        }
        assert!(pending.is_empty(), "nothing follows {pending:?}");
    }
    wants
}

/// A kind of site in words.
pub(crate) fn kind_text(kind: SiteKind) -> &'static str {
    match kind {
        SiteKind::Variable => "variable",
        SiteKind::New => "new",
        SiteKind::CompositePtr => "composite pointer",
        SiteKind::SliceLit => "slice literal",
        SiteKind::VariadicSlice => "variadic slice",
        SiteKind::MakeSlice => "make slice",
        SiteKind::MakeMap => "make map",
        SiteKind::MapLit => "map literal",
        SiteKind::MakeChan => "make chan",
        SiteKind::Closure => "closure",
        SiteKind::MethodValue => "method value",
        SiteKind::Boxed => "boxed",
        SiteKind::Append => "append",
        SiteKind::Concat => "concat",
        SiteKind::BytesToString => "bytes to string",
        SiteKind::StringToBytes => "string to bytes",
        SiteKind::RunesToString => "runes to string",
        SiteKind::StringToRunes => "string to runes",
        SiteKind::RuneToString => "rune to string",
        SiteKind::MapAssign => "map assign",
        SiteKind::GoStatement => "go statement",
        SiteKind::DeferRecord => "defer record",
        SiteKind::MoveToHeap => "move to heap",
    }
}

/// A class in words.
pub(crate) fn class_text(class: Class) -> String {
    match class {
        Class::Never(why) => format!("never, {}", why_text(why)),
        Class::Stack => "stack".to_owned(),
        Class::StackUpTo(limit) => format!("stack up to {limit}"),
        Class::RunTime(why) => format!("run time, {}", why_text(why)),
        Class::Heap => "heap".to_owned(),
    }
}

fn why_text(why: Why) -> &'static str {
    match why {
        Why::ZeroSize => "zero size",
        Why::ReadOnly => "read only",
        Why::PointerShaped => "pointer shaped",
        Why::SingleByte => "single byte",
        Why::NoCaptures => "no captures",
        Why::CalledInPlace => "called in place",
        Why::ZeroCopy => "zero copy",
        Why::Compared => "compared",
        Why::LookedUp => "looked up",
        Why::Ranged => "ranged",
        Why::Counted => "counted",
        Why::Fused => "fused",
        Why::SmallValue => "small value",
        Why::EmptyString => "empty string",
        Why::NilSlice => "nil slice",
        Why::ShortString => "short string",
        Why::OneOperand => "one operand",
        Why::Capacity => "capacity",
        Why::MapGrows => "map grows",
        Why::MapEntry => "map entry",
        Why::Reused => "reused",
        Why::InFrame => "in frame",
    }
}

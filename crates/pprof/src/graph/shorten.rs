//! Short names of functions.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

/// Patterns of what to take of a name: the groups, put together.
struct Patterns {
    /// The namespace that C++ gives to what has none.
    anonymous: Option<Regex>,
    /// A major version in an import path of Go, which is left out.
    version: Option<Regex>,
    /// Go, Java and C++, without packages and namespaces.
    languages: Vec<Regex>,
}

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| {
    let pattern = |text: &str| Regex::new(text).ok();
    // Words are made of ASCII letters in all three.
    let languages = [
        r"^(?:[-.[:word:]]+/)+([^.]+\..+)",
        r"^(?:[a-z][[:word:]]*\.)*([A-Z][$[:word:]]*\.(?:<init>|[a-z][$[:word:]]*(?:\$[0-9]+)?))(?:(?:\()|$)",
        r"^(?:[_a-zA-Z][[:word:]]*::)+(_*[A-Z][[:word:]]*::~?[_a-zA-Z][[:word:]]*(?:<.*>)?)",
    ];
    Patterns {
        anonymous: pattern(r"^\(anonymous namespace\)::"),
        version: pattern(r"^(.*?)/v(?:[2-9]|[1-9][0-9]+)([./].*)$"),
        languages: languages.into_iter().filter_map(pattern).collect(),
    }
});

/// The name of a function without its package or namespace, and without the version in an import path.
pub fn shorten_function_name(name: &str) -> Cow<'_, str> {
    let mut name = Cow::Borrowed(name);
    if let Some(pattern) = &PATTERNS.anonymous
        && let Some(found) = pattern.find(&name)
    {
        name = Cow::Owned(name[found.end()..].to_owned());
    }
    if let Some(pattern) = &PATTERNS.version
        && let Some(found) = pattern.captures(&name)
    {
        name = Cow::Owned(format!("{}{}", &found[1], &found[2]));
    }
    let found = PATTERNS.languages.iter().find_map(|pattern| pattern.captures(&name));
    match found {
        Some(found) => Cow::Owned(found[1].to_owned()),
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::shorten_function_name;

    #[test]
    fn names_of_three_languages() {
        for (name, short) in [
            ("main.main", "main.main"),
            ("root", "root"),
            ("github.com/google/pprof/internal/graph.New", "graph.New"),
            ("blah-blah.com/x/v2.(*T).Run[...]", "x.(*T).Run[...]"),
            ("example.com/x/v3/sub.Run", "sub.Run"),
            ("com.google.perftools.gwp.benchmark.FloatBench.lambda$run$0(x)", "FloatBench.lambda$run$0"),
            ("java.bar.foo.FooBar.<init>(java.lang.String)", "FooBar.<init>"),
            ("(anonymous namespace)::Bar::Foo", "Bar::Foo"),
            ("std::vector::Type::run<int, T>(x)", "Type::run<int, T>"),
            ("foo_bar::Foo::bar", "Foo::bar"),
            ("", ""),
        ] {
            assert_eq!(shorten_function_name(name), short, "{name}");
        }
    }
}

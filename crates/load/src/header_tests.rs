//! Tests of the head scanner.

use super::*;

fn paths(text: &str) -> Vec<String> {
    let h = scan_header(text.as_bytes());
    assert_eq!(h.error, None, "{text}");
    h.imports.into_iter().map(|i| i.path).collect()
}

#[test]
fn imports_with_offsets() {
    let text = "\u{feff}// doc\npackage p // x\nimport \"a\"; import (\n\t. `b` ; _ \"c\"\n\tx /* y\n*/ \"d\"\n)\nvar x = \"e";
    let h = scan_header(text.as_bytes());
    assert_eq!(h.package, "p");
    // The comment with a line end after `x` ends the spec.
    assert!(matches!(&h.error, Some(HeaderError::Syntax(_, m)) if m.starts_with("missing import path")));
    let text = "package p;import \"a\";import(. `b`;_ \"c\");import()\nvar x = \"e";
    let h = scan_header(text.as_bytes());
    let got: Vec<_> = h.imports.iter().map(|i| (&*i.path, &text[i.offset as usize..][..1])).collect();
    assert_eq!(got, [("a", "\""), ("b", "."), ("c", "_")]);
    assert_eq!(paths("package p\nimport \"\\x61/b\"\nfunc f() {}"), ["a/b"]);
    assert_eq!(paths("package p\ninterface x"), Vec::<String>::new());
}

#[test]
fn errors_as_go_parser_words_them() {
    for (text, offset, message) in [
        ("", 0, "expected 'package', found 'EOF'"),
        ("x", 0, "expected 'package', found x"),
        ("func", 0, "expected 'package', found 'func'"),
        ("package", 7, "expected 'IDENT', found 'EOF'"),
        ("package \"x\"", 8, "expected 'IDENT', found \"x\""),
        ("package p q", 10, "expected ';', found q"),
        ("package p\nimport fmt\n", 20, "missing import path"),
        ("package p\nimport 1\n", 17, "import path must be a string"),
        ("package p\nimport \"x\nvar y", 17, "string literal not terminated"),
        ("package p /* x", 10, "comment not terminated"),
        ("@", 0, "illegal character U+0040 '@'"),
    ] {
        let h = scan_header(text.as_bytes());
        assert_eq!(h.error, Some(HeaderError::Syntax(offset, message.to_owned())), "{text:?}");
    }
    assert_eq!(scan_header(b"package p\n// \0").error, Some(HeaderError::Nul));
    assert!(matches!(
        scan_header(b"package p\nimport \"a b\"\n").error,
        Some(HeaderError::ImportPath(17, _))
    ));
}

#[test]
fn constraints_stop_at_the_first_code() {
    let tags = |text: &str| match build_line(text.as_bytes()).0.unwrap() {
        BuildLine::Absent => vec![],
        BuildLine::Go(c) => c.tags().map(str::to_owned).collect(),
        BuildLine::Plus(cs) => cs.iter().flat_map(|c| c.tags().map(str::to_owned)).collect(),
    };
    assert_eq!(tags("// c\n\n//go:build a\n\npackage p\n//go:build b"), ["a"]);
    assert_eq!(tags("/* x\n//go:build a\n*/ //go:build c\npackage p"), Vec::<String>::new());
    assert_eq!(tags("/* x */\n//go:build a\npackage p"), ["a"]);
    // An old line counts only when a blank line follows the comments.
    assert_eq!(tags("// +build a\n// +build b c\n\npackage p"), ["a", "b", "c"]);
    assert_eq!(tags("// +build a\npackage p"), Vec::<String>::new());
    assert_eq!(tags("// +build a\n\n//go:build b\npackage p"), ["b"]);
    assert_eq!(build_line(b"//go:build a\n//go:build b\n").0.unwrap_err(), "multiple //go:build comments");
    assert_eq!(
        build_line(b"//go:build a &\n").0.unwrap_err(),
        "parsing //go:build line: invalid syntax at &"
    );
}

#[test]
fn embed_patterns() {
    let text = "package p\nimport _ \"embed\"\n//go:embed a* \"b c\" `d`\nvar x = `\n//go:embed no`\n/*\n//go:embed no\n*/\n//go:embedx\n//go:embed \"bad\nvar r = '\"' //go:embed e";
    let got: Vec<_> = scan_embeds(text.as_bytes()).into_iter().map(|e| e.pattern).collect();
    assert_eq!(got, ["a*", "b c", "d", "e"]);
}

#[test]
fn garbage_does_not_hang_or_panic() {
    let text = b"// x\n/* */ package p; import (\"a\"; _ `b`)\n\"\xff'\\";
    for n in 0..text.len() {
        let _ = (scan_header(&text[..n]), build_line(&text[..n]), scan_embeds(&text[..n]));
        let _ = (scan_header(&text[n..]), build_line(&text[n..]), scan_embeds(&text[n..]));
    }
}

//! Tests of the go.mod reader.

use super::*;

fn errors(text: &str) -> Vec<String> {
    parse("go.mod", text.as_bytes(), ModKind::Main).unwrap_err().iter().map(|e| e.render("go.mod")).collect()
}

#[test]
fn every_directive() {
    let text = "// c\nmodule \"example.com/m\" // x\n\ngo 1.21.0\ntoolchain go1.22.1\n\nrequire (\n\ta.b/c v1.2.3 // indirect\n\n\t// c\n\td.e/f/v2 v2.0.0\n)\nrequire g.h/i v0.0.0-20200101000000-abcdefabcdef\nexclude a.b/c v1.0.0\nreplace (\n\ta.b/c => ../c\n\td.e/f/v2 v2.0.0 => x.y/z v1.0.0\n)\nretract [v1.0.0, v1.1.0]\nretract v1.5.0\ntool a.b/c/cmd\nignore ./x\ngodebug default=go1.21\n";
    let f = parse("go.mod", text.as_bytes(), ModKind::Main).unwrap();
    assert_eq!(f.module.as_deref(), Some("example.com/m"));
    assert_eq!((f.go.as_deref(), f.toolchain.as_deref()), (Some("1.21.0"), Some("go1.22.1")));
    let req: Vec<_> = f.require.iter().map(|r| (r.module.to_string(), r.indirect)).collect();
    assert_eq!(req[0], ("a.b/c@v1.2.3".to_owned(), true));
    assert_eq!(req[1], ("d.e/f/v2@v2.0.0".to_owned(), false));
    assert_eq!(req.len(), 3);
    assert_eq!(f.replace[0].new, ModVersion::new("../c", ""));
    assert_eq!(f.replace[1].old, ModVersion::new("d.e/f/v2", "v2.0.0"));
    assert_eq!(f.retract, [("v1.0.0".into(), "v1.1.0".into()), ("v1.5.0".into(), "v1.5.0".into())]);
    assert_eq!((f.tool.len(), f.ignore.len(), f.godebug.len(), f.exclude.len()), (1, 1, 1, 1));
    assert_eq!(module_path(text.as_bytes()).as_deref(), Some("example.com/m"));
}

#[test]
fn errors_with_positions() {
    for (text, want) in [
        ("module m\nfoo bar\n", "go.mod:2: unknown directive: foo"),
        ("module m\nfoo (\n\tbar\n)\n", "go.mod:2: unknown block type: foo"),
        ("module m\nrequire (\n\ta.b v1\n\tc.d\n)\n", "go.mod:4:2: usage: require module/path v1.2.3"),
        ("module m\nrequire (\n", "go.mod:3: syntax error (unterminated block started at go.mod:2:1)"),
        ("module m\ngo 1\n", "go.mod:2: invalid go version '1': must match format 1.23.0"),
        ("module m\nmodule n\n", "go.mod:2: repeated module statement"),
        ("module \"m\n", "go.mod:1:10: unexpected newline in string"),
        ("/* x */\n", "go.mod:1: mod files must use // comments (not /* */ comments)"),
        (
            "require a.b v2.0.0\n",
            "go.mod:1: require a.b: version \"v2.0.0\" invalid: should be v0 or v1, not v2",
        ),
        ("require a.b x\n", "go.mod:1: require a.b: version \"x\" invalid: must be of the form v1.2.3"),
        (
            "replace a.b => c.d\n",
            "go.mod:1: replacement module without version must be directory path (rooted or starting with . or ..)",
        ),
        ("retract [v1.0.0\n", "go.mod:1: expected ',' after version"),
    ] {
        assert_eq!(errors(text), [want], "{text:?}");
    }
    assert_eq!(errors("a\nb\n").len(), 2);
}

#[test]
fn dependencies_are_read_loosely() {
    let text = "module m\ngo 1.15.x\nfoo bar\nblock (\n x\n)\nreplace nonsense\nretract nonsense\nrequire a.b v1.0.0\n";
    let f = parse("go.mod", text.as_bytes(), ModKind::Dependency).unwrap();
    assert_eq!(f.go.as_deref(), Some("1.15"));
    assert_eq!((f.require.len(), f.replace.len()), (1, 0));
}

#[test]
fn workspaces() {
    let f =
        parse("go.work", b"go 1.21\nuse (\n\t./a\n\t./b\n)\nuse ./c\nreplace a.b => ./d\n", ModKind::Work);
    assert_eq!(f.unwrap().use_dirs, ["./a", "./b", "./c"]);
    let e = parse("go.work", b"module m\n", ModKind::Work).unwrap_err();
    assert_eq!(e[0].message, "unknown directive: module");
}

#[test]
fn garbage_does_not_panic() {
    let text = b"module \"m\\\"\" // \xff\nrequire (\n\ta v1 \xf0\x9f\n)\nretract [ , ]\n( ) =>\n\"";
    for kind in [ModKind::Main, ModKind::Dependency, ModKind::Work] {
        for n in 0..text.len() {
            let _ = (parse("go.mod", &text[..n], kind), parse("go.mod", &text[n..], kind));
        }
    }
}

//! What others need of a package, found in its text.

use escargo_base::Symbol;
use escargo_check::needs::{FilePart, Names, NeedsFile, Outline, of_all};
use escargo_syntax::{Decl, DeclId, ParseOptions, Tree, Wanted, parse, parse_outline};

fn parsed(texts: &[&str]) -> Vec<Tree> {
    texts.iter().map(|text| parse(text.as_bytes(), ParseOptions::default())).collect()
}

fn files<'a>(texts: &[&'a str], trees: &'a [Tree]) -> Vec<NeedsFile<'a>> {
    trees.iter().zip(texts).map(|(tree, text)| NeedsFile { tree, src: text.as_bytes() }).collect()
}

/// `example/one` is called `first`, others by the end of their path.
fn resolve(path: &str) -> Option<Symbol> {
    match path {
        "example/one" => Some(Symbol::intern("first")),
        "example/none" => None,
        path => Some(Symbol::intern(path.rsplit('/').next().unwrap_or(path))),
    }
}

fn demanded(demands: &mut Vec<String>) -> impl FnMut(&str, Option<Symbol>) {
    |path, name| {
        demands.push(format!("{path}.{}", name.map_or("*", Symbol::as_str)));
        demands.sort();
        demands.dedup();
    }
}

/// The outline of a package in which the bodies of functions whose names start with `Open` may be read.
fn outline(texts: &[&str]) -> Outline {
    let trees = parsed(texts);
    let readable = |file: usize, decl: DeclId| match trees[file][decl] {
        Decl::Func(func) => trees[file].name(func.name).as_str().starts_with("Open"),
        _ => false,
    };
    Outline::of(&files(texts, &trees), &readable, &resolve)
}

fn some(names: &[&str]) -> Names {
    Names::Some(names.iter().map(|name| Symbol::intern(name)).collect())
}

/// Names that are needed if `names` are, and what is needed of others.
fn needs(texts: &[&str], names: &[&str]) -> (Vec<String>, Vec<String>) {
    let mut demands = Vec::new();
    let needed = outline(texts).needed(&some(names), &mut demanded(&mut demands));
    let Names::Some(found) = needed.names else { panic!("all names") };
    let mut found: Vec<String> = found.into_iter().map(|name| name.as_str().to_owned()).collect();
    found.sort();
    (found, demands)
}

const TYPES: &str = "package p\n\nimport (\n\t\"example/one\"\n\to \"example/other\"\n\t\"example/none\"\n)\n\n\
    type A struct{ b *B; x first.X }\n\ntype B interface{ m(o.Y) }\n\ntype C = A\n\ntype D int\n\n\
    func (C) Method(d []D) { _ = first.Hidden }\n\nfunc (a *A) OpenMethod() { helper() }\n\nfunc helper() E { return E{} }\n\n\
    type E struct{}\n";

#[test]
fn types_come_with_what_they_mention_and_with_their_methods() {
    let (names, demands) = needs(&[TYPES], &["A"]);
    // The method stands at an alias of the type; only one body may be read.
    assert_eq!(names, ["A", "B", "C", "D", "E", "helper"]);
    assert_eq!(demands, ["example/one.X", "example/other.Y"]);
    assert_eq!(needs(&[TYPES], &["D"]), (vec!["D".into()], vec![]));
}

#[test]
fn nothing_is_needed_of_what_nobody_uses() {
    let text = "package p\n\nimport . \"example/other\"\n\nvar x = Y\n";
    assert_eq!(needs(&[text], &[]), (vec![], vec![]));
    assert_eq!(
        needs(&[text], &["x"]).1,
        ["example/other.*"],
        "names of a dot import cannot be told from others"
    );
}

#[test]
fn variables_need_their_initializers_only_for_their_types() {
    let text = "package p\n\nimport \"example/one\"\n\nvar a T = f()\n\nvar b, c = f(), func() g { return h }\n\n\
        type T int\n\nfunc f() T { return first.X }\n\ntype g int\n\nconst h = 1\n";
    assert_eq!(needs(&[text], &["a"]).0, ["T", "a"]);
    let (names, demands) = needs(&[text], &["c"]);
    assert_eq!(names, ["T", "c", "f", "g"]);
    assert!(demands.is_empty(), "{demands:?}");
}

#[test]
fn constants_repeat_earlier_ones_of_their_group() {
    let text = "package p\n\nconst (\n\ta T = iota + x\n\tb\n\tc\n)\n\nconst d = y\n\ntype T int\n\nconst x, y = 1, 2\n";
    assert_eq!(needs(&[text], &["c"]).0, ["T", "c", "x"]);
    assert_eq!(needs(&[text], &["d"]).0, ["d", "y"]);
}

#[test]
fn all_that_a_compiled_package_selects() {
    let texts = [
        "package p\n\nimport \"example/one\"\n\nfunc f() { first.F(first.G) }\n",
        "package p\n\nimport . \"example/other\"\n\nfunc g(first T) { first.Field() }\n",
    ];
    let trees = parsed(&texts);
    let mut demands = Vec::new();
    of_all(&files(&texts, &trees), &resolve, &mut demanded(&mut demands));
    assert_eq!(demands, ["example/one.F", "example/one.G", "example/other.*"]);
}

/// Of each file, the first words of the declarations that are read if `names` are needed.
fn read(texts: &[&str], names: &Names) -> Vec<Vec<String>> {
    let needed = outline(texts).needed(names, &mut |_, _| ());
    let read = |(number, text): (usize, &&str)| {
        let skip = match needed.files.get(number) {
            Some(FilePart::Without(skip)) => skip.as_slice(),
            Some(&FilePart::Nothing(decls)) => {
                assert_eq!(decls as usize, parse(text.as_bytes(), ParseOptions::default()).top.len());
                return Vec::new();
            }
            None => &[],
        };
        let wanted = Wanted { body: &|_| false, skip };
        let tree = parse_outline(text.as_bytes(), ParseOptions::default(), wanted);
        assert_eq!(tree.errors, []);
        let whole = parse(text.as_bytes(), ParseOptions::default());
        assert_eq!(tree.top.len(), whole.top.len());
        let kept = tree.top.iter().filter(|&&decl| !matches!(tree[decl], Decl::Bad));
        let text_of = |&decl: &DeclId| {
            let loc = tree.decl_loc(decl);
            text[loc.start as usize..loc.end as usize].split([' ', '(']).take(2).collect::<Vec<_>>().join(" ")
        };
        kept.map(text_of).collect()
    };
    texts.iter().enumerate().map(read).collect()
}

#[test]
fn only_declarations_that_are_needed_are_read() {
    let texts = [
        "package p\n\nimport \"example/one\"\n\nfunc A() T { return 0 }\n\nfunc B() {}\n\nconst (\n\tx = iota\n\ty\n)\n\n\
            func C() {\n\ttype local int\n}\n\nvar v = func() { type local int }\n\nvar w = \"type x\" // type y\n",
        "package p\n\ntype T int\n\nfunc (t T) m() U { return y }\n\n//go:linkname hidden\nfunc hidden() {}\n\nfunc init() {}\n\ntype U int\n",
        "package p\n\nfunc D() {}\n\n//line other.go:1\nfunc E() {}\n",
        "package p\n\nimport \"example/one\"\n\nfunc F() {}\n\nfunc G() {}\n",
    ];
    let always =
        [vec!["\"example/one\"", "func C", "v ="], vec!["func hidden"], vec!["func D", "func E"], vec![]];
    assert_eq!(read(&texts, &some(&[])), always);
    assert_eq!(read(&texts, &some(&["y", "nobody"]))[0], ["\"example/one\"", "x =", "y", "func C", "v ="]);
    let of_a = read(&texts, &some(&["A"]));
    assert_eq!(of_a[0], ["\"example/one\"", "func A", "func C", "v ="]);
    assert_eq!(of_a[1], ["T int", "func ", "func hidden", "U int"]);
    assert_eq!(read(&texts, &some(&["G"]))[3], ["\"example/one\"", "func G"]);
    assert_eq!(read(&texts, &Names::All)[0].len(), 8);
}

//! What others need of a package, found in its text.

use escargo_base::{Id, Symbol};
use escargo_check::needs::{NeedsFile, Outline, of_all};
use escargo_check::{Names, Part};
use escargo_syntax::{Decl, ParseOptions, Tree, parse};

fn parsed(texts: &[&str]) -> Vec<Tree> {
    texts.iter().map(|text| parse(text.as_bytes(), ParseOptions::default())).collect()
}

fn files<'a>(texts: &[&'a str], trees: &'a [Tree]) -> Vec<NeedsFile<'a>> {
    trees.iter().zip(texts).map(|(tree, text)| NeedsFile { tree, src: text.as_bytes() }).collect()
}

/// `example/one` is package number 1 and called `first`, others are number 2 and called by the end of their path.
fn resolve(path: &str) -> Option<(usize, Symbol)> {
    match path {
        "example/one" => Some((1, Symbol::intern("first"))),
        "example/none" => None,
        path => Some((2, Symbol::intern(path.rsplit('/').next().unwrap_or(path)))),
    }
}

fn shown(needs: impl IntoIterator<Item = (usize, Option<Symbol>)>) -> Vec<String> {
    let show =
        |(package, name): (usize, Option<Symbol>)| format!("{package}.{}", name.map_or("*", Symbol::as_str));
    let mut shown: Vec<String> = needs.into_iter().map(show).collect();
    shown.sort();
    shown.dedup();
    shown
}

/// Names that are needed if `names` are and the bodies of functions whose names start with `Open` may be read; and what is
/// needed of others.
fn needs(texts: &[&str], names: &[&str]) -> (Vec<String>, Vec<String>) {
    let trees = parsed(texts);
    let files = files(texts, &trees);
    let mut part = Part::default();
    names.iter().for_each(|name| part.names.insert(Symbol::intern(name)));
    for (file, tree) in trees.iter().enumerate() {
        for &decl in &tree.top {
            if let Decl::Func(func) = tree[decl]
                && tree.name(func.name).as_str().starts_with("Open")
            {
                part.bodies.insert((file, decl));
            }
        }
    }
    let mut demands = Vec::new();
    Outline::of(&files, &resolve).complete(&files, &mut part, &mut |need| demands.push(need));
    let Names::Some(found) = part.names else { panic!("all names") };
    let mut found: Vec<String> = found.into_iter().map(|name| name.as_str().to_owned()).collect();
    found.sort();
    (found, shown(demands))
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
    assert_eq!(demands, ["1.X", "2.Y"]);
    assert_eq!(needs(&[TYPES], &["D"]), (vec!["D".into()], vec![]));
}

#[test]
fn nothing_is_needed_of_what_nobody_uses() {
    let text = "package p\n\nimport . \"example/other\"\n\nvar x = Y\n";
    assert_eq!(needs(&[text], &[]), (vec![], vec![]));
    assert_eq!(needs(&[text], &["x"]).1, ["2.*"], "names of a dot import cannot be told from others");
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
    assert_eq!(shown(of_all(&files(&texts, &trees), &resolve)), ["1.F", "1.G", "2.*"]);
    assert_eq!(trees[0].top[0].index(), 0);
}

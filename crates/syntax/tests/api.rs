//! Comments, directives, extents and the other things a tree offers beside its nodes.

use escargo_syntax::visit::{Node, Visitor, walk_file};
use escargo_syntax::*;

fn parsed(src: &str) -> Tree {
    parse(src.as_bytes(), ParseOptions { comments: true, check_branches: true, imports_only: false })
}

#[test]
fn directives_go_to_the_declaration_after_them() {
    let src = "//go:build linux\n\
        //go:debug x=1\n\
        package p\n\
        //go:embed a b\n\
        //go:embed c\n\
        var x string\n\
        var ( //go:embed d\n\
        y string\n\
        )\n\
        //go:noinline\n\
        //export Name\n\
        func f() { //go:nosplit\n\
        _ = 1\n\
        }\n\
        var z int //go:norace\n\
        //go:norace\n";
    let tree = parsed(src);
    assert_eq!(tree.errors, []);
    let texts: Vec<_> = tree.directives.iter().map(|d| &*d.text).collect();
    let of = |pragma: Pragma| texts[pragma.first as usize..(pragma.first + pragma.len) as usize].to_vec();
    assert_eq!(of(tree.package_pragma), ["go:build linux", "go:debug x=1"]);
    let attached: Vec<_> = tree
        .top
        .iter()
        .map(|&decl| match tree[decl] {
            Decl::Var { pragma, .. } => of(pragma),
            Decl::Func(func) => of(func.pragma),
            _ => vec![],
        })
        .collect();
    let expected: [&[&str]; 4] =
        [&["go:embed a b", "go:embed c"], &["go:embed d"], &["go:noinline", "export Name"], &[]];
    assert_eq!(attached, expected);
    // `go:nosplit` and the first `go:norace` are not alone on their lines: each is wrong by itself.
    let own: Vec<_> = tree.directives.iter().map(|d| d.own_line).collect();
    assert_eq!(own, [true, true, true, true, false, true, true, false, false, true]);
    assert_eq!(tree.misplaced_directives, [9]);
}

#[test]
fn comments_are_kept_on_request() {
    let src = "package p // a\n/* b\n*/ var x = /* c */ 1\n// d";
    let tree = parsed(src);
    let texts: Vec<_> = tree.comments.iter().map(|c| &src[c.start as usize..c.end as usize]).collect();
    assert_eq!(texts, ["// a", "/* b\n*/", "/* c */", "// d"]);
    assert_eq!(parse(src.as_bytes(), ParseOptions::default()).comments, []);
}

#[test]
fn line_directives_are_read() {
    let src = "package p\n//line ./x/../a.y:10\nvar x = /*line b.y:3:4*/ 1\n//line :7:8\n";
    let tree = parsed(src);
    let found: Vec<_> =
        tree.line_directives.iter().map(|d| (d.offset, d.file.as_deref(), d.line, d.column)).collect();
    let after = |text: &str| (src.find(text).unwrap() + text.len()) as u32;
    assert_eq!(
        found,
        [
            (after("a.y:10\n"), Some("a.y"), 10, None),
            (after("4*/"), Some("b.y"), 3, Some(4)),
            (after(":7:8\n"), None, 7, Some(8)),
        ]
    );
}

#[test]
fn imports_only_stops_after_the_imports() {
    let options = ParseOptions { imports_only: true, ..Default::default() };
    let tree = parse(b"package p; import \"a\"; import (b \"c\"; . \"d\"); var x = (((", options);
    assert_eq!(tree.errors, []);
    assert_eq!(tree.top.len(), 3);
}

#[test]
fn extents_cover_the_text_of_a_node() {
    let src = "package p; func f(a, b int) { x := (a + b).c[1:2]; var _ <-chan int = *(T)(x) }";
    let tree = parsed(src);
    let texts: Vec<_> =
        tree.exprs().ids().map(|id| &src[tree.loc(id).start as usize..tree.loc(id).end as usize]).collect();
    for text in ["(a + b).c[1:2]", "a + b", "(a + b).c", "<-chan int", "*(T)(x)", "func f(a, b int)"] {
        assert!(texts.contains(&text), "{text} in {texts:?}");
    }
    let slice = tree.exprs().iter_enumerated().find(|(_, x)| matches!(x, Expr::Slice { .. })).unwrap().0;
    assert_eq!(tree.start_pos(slice) as usize, src.find('[').unwrap());
}

#[test]
fn a_walk_meets_every_node_once_and_in_order() {
    struct Recorder {
        entered: Vec<Node>,
        left: usize,
        last: u32,
    }
    impl Visitor for Recorder {
        fn enter(&mut self, tree: &Tree, node: Node) -> bool {
            self.entered.push(node);
            if let Node::Ident(id) = node {
                assert!(tree[id].start >= self.last);
                self.last = tree[id].start;
            }
            true
        }
        fn leave(&mut self, _: &Tree, _: Node) {
            self.left += 1;
        }
    }
    let src = include_str!("data/forms.go");
    let tree = parsed(src);
    let mut recorder = Recorder { entered: vec![], left: 0, last: 0 };
    walk_file(&tree, &mut recorder);
    let count = recorder.entered.len();
    assert_eq!(recorder.left, count);
    recorder.entered.sort_by_key(|node| format!("{node:?}"));
    recorder.entered.dedup();
    assert_eq!(recorder.entered.len(), count);
    let stmts = recorder.entered.iter().filter(|node| matches!(node, Node::Stmt(_))).count();
    assert_eq!(stmts, tree.stmt_count());
}

#[test]
fn places_in_messages_are_given_as_offsets() {
    let src = "package p; func f() { L: goto L; L: }";
    let tree = parsed(src);
    let error = &tree.errors[0];
    assert_eq!(error.message, "label L already defined at ");
    assert_eq!(error.at, src.find("L:").map(|at| at as u32));
}

#[test]
fn outlines_have_the_declarations_and_the_bodies_wanted() {
    let src = "package p\n\nvar a = []int{1, f(2), 3}\n\nvar b = [...]int{1, 2}\n\nfunc f(x int) int {\n\tx++\n\treturn x\n}\n\n\
        func g() {\n\ttype T int\n}\n\nfunc h(s string) (err error) { return func() error { return nil }() }\n\nvar z = &struct{ f func() }{func() { g() }}\n";
    let bodies = |tree: &Tree| -> Vec<usize> {
        let body = |decl: &DeclId| match tree[*decl] {
            Decl::Func(FuncDecl { body: Some(body), .. }) => Some(match tree[body] {
                Stmt::Block(list) => list.len(),
                _ => panic!("no block"),
            }),
            _ => None,
        };
        tree.top.iter().filter_map(body).collect()
    };
    let outline = |src: &str, wanted: &[usize]| {
        let options = ParseOptions::default();
        let body = |place| wanted.contains(&place);
        let tree = parse_outline(src.as_bytes(), options, Wanted { body: &body, skip: &[] });
        assert_eq!(tree.errors, []);
        assert_eq!(tree.top.len(), parse(src.as_bytes(), options).top.len());
        tree
    };
    assert_eq!(bodies(&parsed(src)), [2, 1, 1]);
    // A body that declares a type is read all the same, and so is a literal whose elements decide its type.
    let tree = outline(src, &[]);
    assert_eq!(bodies(&tree), [0, 1, 0]);
    let elements: Vec<usize> = tree
        .exprs()
        .iter()
        .filter_map(|expr| match expr {
            Expr::CompositeLit { elems, .. } => Some(elems.len()),
            _ => None,
        })
        .collect();
    assert_eq!(elements, [0, 2, 0]);
    assert_eq!(bodies(&outline(src, &[2])), [2, 1, 0]);
    assert_eq!(bodies(&outline(src, &[4])), [0, 1, 1]);
    // Extents are those of the text.
    let (whole, part) = (parsed(src), outline(src, &[]));
    for (&a, &b) in whole.top.iter().zip(&part.top) {
        assert_eq!(whole.decl_loc(a), part.decl_loc(b));
    }
    // Line directives count wherever they stand.
    let directed = src.replace("\tx++", "//line other.go:7\n\tx++");
    let tree = outline(&directed, &[]);
    assert_eq!(bodies(&tree), [2, 1, 1]);
    assert_eq!(tree.line_directives.len(), 1);
}

#[test]
fn declarations_that_are_skipped_leave_bad_ones() {
    let src = "package p\n\nimport \"q\"\n\n//go:noinline\nfunc f() { q.F() } // at the end\n\n//go:nosplit\nfunc g() {}\n\nconst (\n\ta = iota\n\tb\n); \
        type T int\n\n// Of z.\nvar z = 'ä'\n\nfunc last()";
    let whole = parsed(src);
    assert_eq!(whole.top.len(), 8);
    // Those of a group end together, with the semicolon.
    assert_eq!(whole.top_ends[3], whole.top_ends[4]);
    assert!(src[..whole.top_ends[4] as usize].ends_with(");"));
    let part = |first: u32, decls: u32| {
        let end = whole.top_ends[(first + decls) as usize - 1];
        let wanted = Wanted { body: &|_| true, skip: &[Skip { first, decls, end }] };
        let tree = parse_outline(src.as_bytes(), ParseOptions::default(), wanted);
        assert_eq!((tree.errors.as_slice(), &tree.top_ends.len()), (&[][..], &8));
        tree
    };
    for (first, decls) in [(1, 1), (1, 2), (2, 1), (2, 3), (3, 2), (5, 1), (6, 1), (1, 7), (7, 1)] {
        let tree = part(first, decls);
        for at in 0..8 {
            let (a, b) = (whole.top[at], tree.top[at]);
            if (first as usize..(first + decls) as usize).contains(&at) {
                assert!(matches!(tree[b], Decl::Bad), "{first}, {decls}: {at}");
            } else {
                assert_eq!(whole.decl_loc(a), tree.decl_loc(b), "{first}, {decls}: {at}");
            }
        }
    }
    // Directives go with what they stand before.
    let pragma = |tree: &Tree, at: usize| match tree[tree.top[at]] {
        Decl::Func(FuncDecl { pragma, .. }) => tree
            .directives
            .iter()
            .skip(pragma.first as usize)
            .take(pragma.len as usize)
            .map(|d| d.text.to_string())
            .collect::<Vec<_>>(),
        _ => panic!("no function"),
    };
    assert_eq!(pragma(&whole, 2), ["go:nosplit"]);
    assert_eq!(pragma(&part(1, 1), 2), ["go:nosplit"]);
    assert_eq!(pragma(&part(2, 1), 1), ["go:noinline"]);
    assert!(part(1, 1).misplaced_directives.is_empty());
    // What cannot be is not done.
    for (first, end) in [(1, 3), (5, src.find('ä').unwrap() as u32 + 1), (9, 100), (7, 9999)] {
        let wanted = Wanted { body: &|_| true, skip: &[Skip { first, decls: 1, end }] };
        let tree = parse_outline(src.as_bytes(), ParseOptions::default(), wanted);
        assert_eq!(tree.top.len(), 8, "{first}");
    }
}

#[test]
fn a_tree_takes_no_memory_that_an_earlier_one_needed() {
    let small = "package p\nfunc f(a int) int { switch a { case 1: return 2 }; return a }\n";
    let large = small.to_owned() + &"var _ = []string{\"x\", \"y\"}[1:]\n".repeat(10_000);
    let alone = std::thread::spawn(move || parsed(small).heap_bytes()).join().unwrap();
    let before = parsed(small);
    assert!(parsed(&large).heap_bytes() > 1_000 * alone);
    let after = parsed(small);
    assert_eq!((before.heap_bytes(), after.heap_bytes()), (alone, alone));
    assert_eq!(format!("{before:?}"), format!("{after:?}"));
}

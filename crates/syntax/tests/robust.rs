//! Nothing makes the parser panic, hang or overflow its stack.

use escargo_syntax::visit::{Node, walk_file};
use escargo_syntax::{Expr, ParseOptions, Tree, expr_string, parse};

const OPTIONS: ParseOptions = ParseOptions { comments: true, check_branches: true, imports_only: false };

/// Parses, and reads all of the tree.
fn exercise(src: &[u8]) -> Tree {
    let tree = parse(src, OPTIONS);
    let mut nodes = 0;
    walk_file(&tree, &mut |tree: &Tree, node: Node| {
        nodes += 1;
        if let Node::Expr(id) = node {
            let loc = tree.loc(id);
            assert!(loc.start <= loc.end && loc.end as usize <= src.len() && loc.pos <= tree.eof);
        }
        true
    });
    assert!(tree.errors.iter().all(|error| error.pos as usize <= src.len()));
    tree
}

/// A small generator of numbers that look random.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % n
    }
}

#[test]
fn deep_nesting_is_refused_not_fatal() {
    let n = 1_000_000;
    let patterns = [
        ("var x = ", "("),
        ("var x = ", "["),
        ("var x = ", "-"),
        ("var x = ", "<-"),
        ("var x = ", "*"),
        ("var x = ", "f("),
        ("var x = ", "a["),
        ("var x = ", "T{"),
        ("var x = ", "func(){"),
        ("var x = ", "func() {x := "),
        ("var x = ", "1+"),
        ("var x = ", "1+("),
        ("var x = a", ".b"),
        ("var x = a", "()"),
        ("var x = []T", "{"),
        ("type T ", "*"),
        ("type T ", "[]"),
        ("type T ", "chan "),
        ("type T ", "map["),
        ("type T ", "func("),
        ("type T ", "struct{x "),
        ("type T ", "interface{m("),
        ("type T ", "interface{~"),
        ("type T ", "G["),
        ("type T[P ", "[]"),
        ("type T[P *C", "|*C"),
        ("type T interface{a", "|a"),
        ("func f() {", "{"),
        ("func f() {", "if x {"),
        ("func f() {", "if x {} else "),
        ("func f() {", "for {"),
        ("func f() {", "switch { case x:"),
        ("func f() {", "select { case x:"),
        ("func f() {", "L:"),
        ("func f() {", "go func() {"),
    ];
    for (start, repeated) in patterns {
        let src = format!("package p; {start}{}", repeated.repeat(n));
        let tree = exercise(src.as_bytes());
        assert!(!tree.errors.is_empty(), "{start}{repeated}");
        assert!(tree.errors.len() < 100, "{start}{repeated}");
    }
}

#[test]
fn deep_trees_can_be_printed_and_checked() {
    let n = 90_000;
    let src = format!("package p; var x = {}1{}", "(".repeat(n), ")".repeat(n));
    let tree = exercise(src.as_bytes());
    assert_eq!(tree.errors, []);
    let top = tree.exprs().ids().last().unwrap();
    assert_eq!(expr_string(&tree, src.as_bytes(), top).len(), 2 * n + 1);

    let n = 40_000;
    let src = format!("package p; func f() {{ {}break{} }}", "if x {".repeat(n), "}".repeat(n));
    let tree = exercise(src.as_bytes());
    assert_eq!(tree.errors.len(), 1);
}

#[test]
fn many_labels_and_jumps_take_linear_time() {
    let n = 100_000;
    let mut src = String::from("package p; func f() {\n");
    for i in 0..n {
        src += &format!("goto L{i}; x{i} := 1;\n");
    }
    for i in 0..n {
        src += &format!("L{i}: for {{ break L{i} }}\n");
    }
    src += "}";
    let tree = exercise(src.as_bytes());
    assert_eq!(tree.errors.len(), n);
    assert!(tree.errors[7].message.starts_with("goto L7 jumps over declaration of x99999 at "));
}

#[test]
fn any_cut_is_survived() {
    let src = include_bytes!("data/forms.go");
    for end in 0..src.len() {
        exercise(&src[..end]);
    }
}

#[test]
fn tokens_dropped_doubled_and_swapped_are_survived() {
    let src = include_str!("data/forms.go");
    let words: Vec<&str> = src.split_inclusive([' ', '\t', '\n', '(', ')', ',', '.', ';']).collect();
    let mut numbers = Numbers(1);
    for _ in 0..3000 {
        let mut words = words.clone();
        for _ in 0..1 + numbers.below(4) {
            let (i, j) = (numbers.below(words.len()), numbers.below(words.len()));
            match numbers.below(3) {
                0 => drop(words.remove(i)),
                1 => words.insert(i, words[j]),
                _ => words.swap(i, j),
            }
        }
        exercise(words.concat().as_bytes());
    }
}

#[test]
fn garbage_is_survived() {
    let src = include_bytes!("data/forms.go");
    let mut numbers = Numbers(2);
    for round in 0..2000 {
        let bytes: Vec<u8> = if round % 2 == 0 {
            b"package p\n".iter().copied().chain((0..300).map(|_| numbers.below(256) as u8)).collect()
        } else {
            let mut bytes = src.to_vec();
            for _ in 0..1 + numbers.below(20) {
                let i = numbers.below(bytes.len());
                bytes[i] = numbers.below(256) as u8;
            }
            bytes
        };
        exercise(&bytes);
    }
}

#[test]
fn errors_are_bounded() {
    for junk in ["@ ", "\0", "\u{feff}x", "x y\n", ")\n", "'"] {
        let src = format!("package p\nfunc f() {{\n{}", junk.repeat(1_000_000));
        let tree = exercise(src.as_bytes());
        assert!((1..=10_000).contains(&tree.errors.len()), "{junk:?}: {}", tree.errors.len());
    }
    exercise(&[0xff; 10_000_000]);
}

#[test]
fn a_missing_part_leaves_a_bad_expression() {
    let tree = parse(b"package p; var x = (", OPTIONS);
    assert_eq!(tree.top.len(), 1);
    assert!(tree.exprs().iter().any(|x| matches!(x, Expr::Bad)));
}

#[test]
fn names_with_forbidden_bytes_end_inside_the_file() {
    let bad = [0xff; 100];
    exercise(&[b"package p; type I2[T any] interface { I", &bad[..], b"[T] }"].concat());
    exercise(&[b"package p; type I2[T any] interface { I", &bad[..], b"[T any] }"].concat());
}

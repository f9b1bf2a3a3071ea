//! Runs the readers of bytes on any bytes and checks what must hold whatever they are. Fuzzing,
//! torture and tests share these functions; all of them panic if something does not hold.

use std::path::PathBuf;
use std::sync::Arc;

use escargo_base::{SourceMap, Symbol};
use escargo_check::{CheckFile, Importer, check_package};
use escargo_load::constraint::{Constraint, go_build_text, is_tag, plus_build_text};
use escargo_load::header::{self, BuildLine};
use escargo_load::modfile::{self, ModKind};
use escargo_load::vendor::VendorList;
use escargo_syntax::visit::{Node, Visitor, walk_file};
use escargo_syntax::{
    Decl, ParseOptions, Skip, SyntaxError, Tree, Wanted, expr_string, parse, parse_outline,
};
use escargo_types::TypeStore;

use crate::imports;

/// Printing all expressions of a file costs its size times its depth; no more than this is printed.
const MAX_PRINTED: usize = 1 << 22;

/// Parses with comments and branches checked, walks the tree and judges every position in it.
pub fn parser(src: &[u8]) -> Tree {
    let tree = parse(src, ParseOptions { comments: true, check_branches: true, imports_only: false });
    let mut positions = Positions { len: src.len() as u32, open: Vec::new(), count: 0 };
    walk_file(&tree, &mut positions);
    assert!(positions.open.is_empty(), "every node entered is left");
    errors_inside(&tree.errors, src);
    lexed(&tree, src);
    outline(&tree, src);
    tree
}

/// A text without errors has the same declarations, in the same places, when bodies and other declarations are left out.
fn outline(tree: &Tree, src: &[u8]) {
    let body = |place: usize| place.is_multiple_of(3);
    let short = parse_outline(src, ParseOptions::default(), Wanted { body: &body, skip: &[] });
    let skip = skips(tree);
    let part = parse_outline(src, ParseOptions::default(), Wanted { body: &body, skip: &skip });
    if tree.errors.is_empty() {
        let places = |tree: &Tree| tree.top.iter().map(|&decl| tree.decl_loc(decl)).collect::<Vec<_>>();
        assert_eq!(places(&short), places(tree));
        assert_eq!((short.errors, &part.errors), (Vec::new(), &Vec::new()));
        assert_eq!((&part.top_ends, part.top.len()), (&tree.top_ends, tree.top.len()));
        for (&whole, &part_of) in tree.top.iter().zip(&part.top) {
            assert!(matches!(part[part_of], Decl::Bad) || tree.decl_loc(whole) == part.decl_loc(part_of));
        }
    }
}

/// Every third declaration that is no import.
fn skips(tree: &Tree) -> Vec<Skip> {
    let mut skips: Vec<Skip> = Vec::new();
    for (at, (&decl, &end)) in tree.top.iter().zip(&tree.top_ends).enumerate() {
        match skips.last_mut() {
            Some(last) if last.end == end => last.decls += 1,
            // In the middle of a group it cannot be done.
            _ if at > 0 && tree.top_ends[at - 1] == end => {}
            _ if at.is_multiple_of(3) && !matches!(tree[decl], Decl::Import { .. }) => {
                skips.push(Skip { first: at as u32, decls: 1, end });
            }
            _ => {}
        }
    }
    skips
}

/// Prints every expression as messages show it.
pub fn printer(tree: &Tree, src: &[u8]) {
    let mut printed = 0;
    walk_file(tree, &mut |_: &Tree, node: Node| {
        if let Node::Expr(id) = node
            && printed < MAX_PRINTED
        {
            printed += expr_string(tree, src, id).len();
        }
        true
    });
}

fn errors_inside(errors: &[SyntaxError], src: &[u8]) {
    for e in errors {
        assert!(e.pos as usize <= src.len(), "{e:?} lies in a file of {} bytes", src.len());
        assert!(e.at.is_none_or(|at| at as usize <= src.len()), "{e:?} names a place in the file");
        assert!(!e.message.is_empty());
    }
}

/// What the lexer leaves in the tree: comments and directives in order, each what it is said to be.
fn lexed(tree: &Tree, src: &[u8]) {
    let mut end = 0;
    for c in &tree.comments {
        assert!(end <= c.start && c.start < c.end && c.end as usize <= src.len(), "{c:?} after {end}");
        // Bytes that are no UTF-8 are skipped over, even between the two characters that open a comment.
        let text = String::from_utf8_lossy(&src[c.start as usize..c.end as usize]);
        let text: String =
            text.chars().filter(|c| !matches!(c, '\u{fffd}' | '\0' | '\u{feff}')).take(2).collect();
        assert!(text == "//" || text == "/*", "{c:?} is a comment");
        end = c.end;
    }
    let starts: Vec<u32> = tree.directives.iter().map(|d| d.start).collect();
    assert!(starts.is_sorted(), "directives come in order: {starts:?}");
    for d in &tree.directives {
        assert!(d.start <= d.pos && d.pos as usize <= src.len(), "{d:?}");
    }
    let offsets: Vec<u32> = tree.line_directives.iter().map(|d| d.offset).collect();
    assert!(offsets.is_sorted(), "line directives come in order: {offsets:?}");
    assert!(offsets.iter().all(|&o| o as usize <= src.len()), "{offsets:?}");
}

struct Positions {
    len: u32,
    open: Vec<Node>,
    count: usize,
}

impl Visitor for Positions {
    fn enter(&mut self, tree: &Tree, node: Node) -> bool {
        let loc = match node {
            Node::Expr(id) => tree.loc(id),
            Node::Stmt(id) => tree.stmt_loc(id),
            Node::Decl(id) => tree.decl_loc(id),
            Node::Clause(id) => tree[id].loc,
            Node::Field(id) => tree[id].loc,
            Node::Ident(id) => {
                assert!(tree[id].start <= self.len, "{node:?} starts in the file");
                self.open.push(node);
                return true;
            }
        };
        assert!(loc.start <= loc.pos, "{node:?} {loc:?}");
        assert!(loc.pos <= loc.end, "{node:?} {loc:?}");
        assert!(loc.end <= self.len, "{node:?} {loc:?} in a file of {} bytes", self.len);
        self.count += 1;
        self.open.push(node);
        true
    }
    fn leave(&mut self, _tree: &Tree, node: Node) {
        assert_eq!(self.open.pop(), Some(node));
    }
}

/// Reads text as tokens where they mean least, so that all of it is lexed and little parsed.
pub fn lexer(text: &[u8]) {
    for (before, after) in [(&b"package p; var _ = "[..], &b""[..]), (b"package p\n", b"\n)"), (b"", b"")] {
        let src = [before, text, after].concat();
        parser(&src);
        let again = parse(&src, ParseOptions { comments: false, ..ParseOptions::default() });
        let messages =
            |tree: &Tree| tree.errors.iter().map(|e| (e.pos, e.message.clone())).collect::<Vec<_>>();
        let plain = parse(&src, ParseOptions { comments: true, ..ParseOptions::default() });
        assert_eq!(messages(&plain), messages(&again), "keeping comments changes nothing");
        assert_eq!(plain.expr_count(), again.expr_count());
    }
}

/// Parses and checks a text as a package of one file, broken or not.
pub fn checker(src: &[u8]) {
    let store = TypeStore::new();
    let sources = Arc::new(SourceMap::new());
    let importer = imports::FewPackages::new(&store, &sources);
    check(&store, &sources, &importer, src);
}

/// Parses and checks a text with an importer; returns the number of errors.
pub fn check(store: &TypeStore, sources: &Arc<SourceMap>, importer: &dyn Importer, src: &[u8]) -> usize {
    let id = sources.add(PathBuf::from("/p/p.go"), src.into());
    let mut tree = parse(src, ParseOptions { check_branches: false, ..ParseOptions::default() });
    sources.file(id).set_line_directives(std::mem::take(&mut tree.line_directives));
    let config = imports::config(sources.clone());
    let file = CheckFile { id, tree: &tree, src, lang: config.lang };
    let checked = check_package(store, &config, Symbol::intern("p"), &[file], importer);
    for e in &checked.errors {
        let places = e.labels.iter().map(|l| l.span).chain([e.span]);
        for span in places.filter(|s| s.start.file == Some(id)) {
            assert!(span.start.offset as usize <= src.len() && span.end as usize <= src.len(), "{e:?}");
            let _ = sources.position(span.start);
        }
        assert!(!e.message.is_empty(), "{e:?}");
    }
    let info = &checked.info.files[0];
    for (i, found) in info.types.iter().enumerate() {
        if let Some(value) = found.value {
            assert!(info.values.get(value).is_some(), "expression {i} has a value");
        }
    }
    for init in &checked.info.init_order {
        assert!(init.file == 0 && !init.lhs.is_empty());
        let _ = tree.loc(init.rhs);
    }
    checked.errors.len()
}

/// Asks for the printed position of every offset.
pub fn line_directives(src: &[u8]) {
    let sources = SourceMap::new();
    let id = sources.add(PathBuf::from("/p/p.go"), src.into());
    let mut tree = parse(src, ParseOptions::default());
    errors_inside(&tree.errors, src);
    let file = sources.file(id);
    file.set_line_directives(std::mem::take(&mut tree.line_directives));
    for offset in 0..=src.len() as u32 {
        let position = file.position(offset);
        assert_ne!(position.column, Some(0), "columns count from 1");
        let physical = file.physical_position(offset);
        assert_eq!(file.lines().line_start(physical.line).map(|s| s <= offset), Some(true));
    }
}

/// Reads a text as go.mod, go.work and modules.txt.
pub fn module_files(text: &[u8]) {
    for kind in [ModKind::Main, ModKind::Dependency, ModKind::Work] {
        match modfile::parse("/m/go.mod", text, kind) {
            Ok(file) => {
                if kind == ModKind::Main
                    && let Some(path) = &file.module
                {
                    assert!(!path.is_empty());
                }
            }
            Err(errors) => {
                assert!(!errors.is_empty());
                for e in errors {
                    assert!(!e.render("go.mod").is_empty() && !e.message.is_empty());
                }
            }
        }
    }
    let _ = modfile::module_path(text);
    let _ = VendorList::parse(&String::from_utf8_lossy(text));
}

/// Reads a text as a build constraint, and as the head of a file.
pub fn build_constraints(text: &[u8]) {
    let whole = String::from_utf8_lossy(text);
    for line in whole.lines().chain([&*whole]) {
        if let Ok(c) = Constraint::parse(line) {
            constraint(&c);
        }
        if let Ok(c) = Constraint::parse_plus_build(line) {
            constraint(&c);
        }
        let _ = (go_build_text(line), plus_build_text(line));
    }
    match header::build_line(text).0 {
        Ok(BuildLine::Go(c)) => constraint(&c),
        Ok(BuildLine::Plus(list)) => list.iter().for_each(constraint),
        Ok(BuildLine::Absent) => {}
        Err(message) => assert!(!message.is_empty()),
    }
}

fn constraint(c: &Constraint) {
    let yes = c.eval(|_| true);
    let mut asked = Vec::new();
    assert_eq!(
        c.eval(|tag| {
            asked.push(tag.to_owned());
            true
        }),
        yes
    );
    let tags: Vec<&str> = c.tags().collect();
    assert_eq!(asked, tags, "every tag is asked about");
    assert!(tags.iter().all(|t| is_tag(t)), "{tags:?}");
    let Some(needed) = c.min_go_minor() else { return };
    let bits = tags.len().clamp(1, 10);
    for choice in 0..1_u32 << bits {
        let mut n = 0;
        let held = c.eval(|tag| {
            n += 1;
            minor_release(tag).is_none_or(|minor| minor < needed) && choice >> (n % bits) & 1 == 1
        });
        assert!(!held, "{tags:?} cannot hold without go1.{needed}");
    }
}

fn minor_release(tag: &str) -> Option<u32> {
    if tag == "go1" { Some(0) } else { tag.strip_prefix("go1.")?.parse().ok() }
}

/// Reads the head of a Go file and compares with what the parser finds there.
pub fn headers(src: &[u8]) {
    let head = header::scan_header(src);
    let tree = parse(src, ParseOptions { imports_only: true, ..ParseOptions::default() });
    for import in &head.imports {
        assert!(import.offset as usize <= src.len(), "{import:?}");
    }
    if head.error.is_none()
        && !head.truncated
        && tree.errors.is_empty()
        && tree.top.len() == head.imports.len()
    {
        let name = tree.package.map(|id| tree.name(id));
        assert_eq!(name.map(|n| n.as_str().to_owned()), Some(head.package.clone()));
    }
    for embed in header::scan_embeds(src) {
        assert!(embed.offset as usize <= src.len(), "{embed:?}");
    }
    if let Some(Err(offset)) = header::import_comment(src) {
        assert!(offset as usize <= src.len());
    }
}

/// All of the above on one text.
pub fn everything(src: &[u8]) {
    let tree = parser(src);
    printer(&tree, src);
    checker(src);
    line_directives(src);
    module_files(src);
    build_constraints(src);
    headers(src);
}

//! Dumps what the parser finds, in a form that a program around the compiler's own syntax package or
//! `go/parser` can print too, for comparing the two.
//!
//! `dump tree|extents|errors` reads file names from standard input; `dump corpus FILE` reads texts, each
//! after its length as four bytes, and prints the errors of each.

use std::io::{BufRead, Write};

use escargo_syntax::visit::{Node, walk_file};
use escargo_syntax::*;

#[path = "../tests/dump/mod.rs"]
mod dump;

fn main() -> std::io::Result<()> {
    let args: Vec<String> = std::env::args().collect();
    let mut out = std::io::BufWriter::with_capacity(1 << 20, std::io::stdout().lock());
    let options = ParseOptions { check_branches: true, ..Default::default() };
    let mode = args.get(1).map_or("tree", String::as_str);
    if mode == "corpus" {
        let bytes = std::fs::read(&args[2])?;
        let mut rest = &bytes[..];
        while let Some((len, tail)) = rest.split_first_chunk::<4>() {
            let (text, tail) = tail.split_at(u32::from_le_bytes(*len) as usize);
            rest = tail;
            writeln!(out, "==")?;
            dump::errors(&mut out, text, &parse(text, options))?;
        }
        return out.flush();
    }
    for path in std::io::stdin().lock().lines() {
        let path = path?;
        let src = std::fs::read(&path)?;
        let tree = parse(&src, options);
        writeln!(out, "== {path}")?;
        match mode {
            "tree" if !tree.errors.is_empty() => writeln!(out, "nil")?,
            "tree" => {
                dump::tree(&mut out, &src, &tree)?;
            }
            "extents" => extents(&mut out, &tree)?,
            _ => dump::errors(&mut out, &src, &tree)?,
        }
    }
    out.flush()
}

/// Start and end of nodes, sorted.
fn extents(out: &mut impl Write, tree: &Tree) -> std::io::Result<()> {
    let mut found = Vec::new();
    let mut add = |kind: &str, start: u32, end: u32| found.push(format!("{kind} {start} {end}"));
    walk_file(tree, &mut |tree: &Tree, node: Node| {
        match node {
            Node::Ident(id) => add("E", tree[id].start, tree[id].end()),
            Node::Expr(id) => {
                let loc = tree.loc(id);
                let paren = matches!(tree[id], Expr::Paren(_));
                add(if paren { "P" } else { "E" }, loc.start, loc.end);
            }
            Node::Stmt(id) => {
                let loc = tree.stmt_loc(id);
                if !matches!(tree[id], Stmt::Block(_) | Stmt::Expr(_))
                    && !matches!(tree[id], Stmt::Assign { .. })
                {
                    add("S", loc.start, loc.end);
                }
            }
            Node::Decl(id) => add("D", tree.decl_loc(id).start, tree.decl_loc(id).end),
            Node::Clause(id) => add("C", tree[id].loc.start, tree[id].loc.end),
            Node::Field(_) => {}
        }
        true
    });
    found.sort();
    found.dedup();
    for line in found {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

//! What the compiler checks beside types: directives, bodies of functions, cycles of anonymous interfaces.
//!
//! There are three rounds, and a round takes place only if the ones before found nothing: [`check_directives`] goes
//! along with parsing and checking types (the compiler stops after those if there were errors),
//! [`check_checked_types`] comes next, [`check_declarations`] last.

use escargo_base::{Diagnostic, Pos, Severity, Span, Symbol};
use escargo_dialect::{Feature, LangSet};
use escargo_syntax::visit::{Node, walk_file};
use escargo_syntax::{Decl, Directive, Expr, ExprId, FuncDecl, Pragma, Tree};
use escargo_types::constant::quote::unquote;
use escargo_types::typeset::type_set;
use escargo_types::{ObjId, ObjectKind, Type, TypeId, TypeStore};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::{CheckFile, Checked};

/// Circumstances that decide which directives are allowed.
#[derive(Clone, Debug)]
pub struct CompilerRules {
    /// Whether the package belongs to the standard library (the compiler's `-std`).
    pub std: bool,
    /// Whether it is the runtime or one of the packages compiled like it (`-+`).
    pub runtime: bool,
    /// Whether all functions must have bodies because the package has no files in other languages (`-complete`).
    pub complete: bool,
    /// Whether the target is WebAssembly.
    pub wasm: bool,
    /// Whether the target system is AIX.
    pub aix: bool,
    /// Whether the experiment `fieldtrack` is on.
    pub field_track: bool,
    /// What the package's language version allows.
    pub lang: LangSet,
}

/// What a `//go:` directive asks for, as far as it is known to the compiler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verb<'d> {
    Build,
    /// A property of a function.
    Func(&'d str),
    Embed,
    Linkname,
    WasmImport,
    WasmExport,
    /// Known to the linker or to tools, or not at all.
    Other,
}

const FUNC_VERBS: &[&str] = &[
    "go:noescape",
    "go:norace",
    "go:nosplit",
    "go:noinline",
    "go:nocheckptr",
    "go:systemstack",
    "go:nowritebarrier",
    "go:nowritebarrierrec",
    "go:yeswritebarrierrec",
    "go:cgo_unsafe_args",
    "go:uintptrkeepalive",
    "go:uintptrescapes",
    "go:registerparams",
];

/// Only the runtime may ask for these.
const RUNTIME_VERBS: &[&str] =
    &["go:systemstack", "go:nowritebarrier", "go:nowritebarrierrec", "go:yeswritebarrierrec"];

/// The standard library may use these although they are no properties of functions.
const STD_VERBS: &[&str] = &[
    "go:cgo_export_static",
    "go:cgo_export_dynamic",
    "go:cgo_import_static",
    "go:cgo_import_dynamic",
    "go:cgo_ldflag",
    "go:cgo_dynamic_linker",
    "go:embed",
    "go:fix",
    // A property of types up to 1.19.
    "go:notinheap",
    "go:generate",
];

const MISPLACED: &str = "misplaced compiler directive";
const EMBED_USAGE: &str = "usage: //go:embed pattern...";

fn word(text: &str) -> &str {
    text.split(' ').next().unwrap_or(text)
}

fn verb_of<'d>(text: &'d str, rules: &CompilerRules) -> Verb<'d> {
    // Those with arguments count only if a blank follows.
    let with_arguments = |verb: &str| text.strip_prefix(verb).is_some_and(|rest| rest.starts_with(' '));
    if with_arguments("go:linkname") || with_arguments("go:linknamestd") {
        return Verb::Linkname;
    }
    if text == "go:embed" || with_arguments("go:embed") {
        return Verb::Embed;
    }
    if with_arguments("go:wasmimport") {
        return if rules.wasm { Verb::WasmImport } else { Verb::Other };
    }
    if with_arguments("go:wasmexport") {
        return if rules.wasm { Verb::WasmExport } else { Verb::Other };
    }
    match word(text) {
        "go:build" => Verb::Build,
        "go:nointerface" if rules.field_track => Verb::Func("go:nointerface"),
        verb if FUNC_VERBS.contains(&verb) => Verb::Func(verb),
        _ => Verb::Other,
    }
}

struct Report<'e> {
    file: &'e CheckFile<'e>,
    errors: &'e mut Vec<Diagnostic>,
}

impl Report<'_> {
    fn at(&mut self, offset: u32, message: impl Into<String>) {
        let span = Span::at(Pos::new(self.file.id, offset));
        self.errors.push(Diagnostic {
            code: "directive",
            severity: Severity::Error,
            span,
            message: message.into(),
            labels: Vec::new(),
            soft: false,
        });
    }
}

// ----- along with parsing -----

/// What is wrong with a file's directives as such, and those that belong to no declaration. `cgo_generated`: whether
/// the cgo tool has written the file.
pub fn check_directives(file: &CheckFile<'_>, rules: &CompilerRules, cgo_generated: bool) -> Vec<Diagnostic> {
    let mut errors = Vec::new();
    let mut report = Report { file, errors: &mut errors };
    for directive in file.tree.directives.iter().filter(|d| d.text.starts_with("go:")) {
        if !directive.own_line {
            report.at(directive.pos, MISPLACED);
        } else if let Some(message) = directive_error(&directive.text, rules, cgo_generated) {
            report.at(directive.pos, message.as_str());
            if word(&directive.text) == "go:embed" && message != EMBED_USAGE {
                report.at(directive.pos, EMBED_USAGE);
            }
        }
    }
    for &i in &file.tree.misplaced_directives {
        let Some(directive) = file.tree.directives.get(i as usize) else { continue };
        // Malformed ones are not taken for directives at all.
        let malformed = || directive_error(&directive.text, rules, cgo_generated).is_some();
        let message = match verb_of(&directive.text, rules) {
            Verb::Build | Verb::Func(_) => MISPLACED,
            Verb::Embed if !malformed() => "misplaced go:embed directive",
            Verb::WasmImport if !malformed() => "misplaced go:wasmimport directive",
            Verb::WasmExport if !malformed() => "misplaced go:wasmexport directive",
            _ => continue,
        };
        report.at(directive.pos, message);
    }
    errors
}

fn directive_error(text: &str, rules: &CompilerRules, cgo_generated: bool) -> Option<String> {
    let fields: Vec<&str> = text.split_whitespace().collect();
    let verb = word(text);
    match verb {
        "go:wasmimport" if text.len() > verb.len() => {
            return (fields.len() != 3).then(|| "usage: //go:wasmimport importmodule importname".to_owned());
        }
        "go:wasmexport" if text.len() > verb.len() => {
            return (fields.len() != 2).then(|| "usage: //go:wasmexport exportname".to_owned());
        }
        "go:linkname" | "go:linknamestd" if text.len() > verb.len() => {
            return (!(2..=3).contains(&fields.len()))
                .then(|| format!("usage: //{verb} localname [linkname]"));
        }
        "go:embed" => {
            return match embed_pattern_count(text.strip_prefix("go:embed").unwrap_or_default()) {
                Err(message) => Some(message),
                Ok(0) => Some(EMBED_USAGE.to_owned()),
                Ok(_) => None,
            };
        }
        _ => {}
    }
    if verb.starts_with("go:cgo_") {
        let error = cgo_error(text, rules, cgo_generated);
        if error.is_some() || verb == "go:cgo_import_dynamic" && quoted_fields(text).len() >= 4 {
            return error;
        }
    }
    if !rules.runtime && RUNTIME_VERBS.contains(&verb) {
        return Some(format!("//{verb} only allowed in runtime"));
    }
    if verb == "go:uintptrkeepalive" && !rules.std {
        return Some(format!("//{verb} is only allowed in the standard library"));
    }
    let unknown = verb_of(text, rules) == Verb::Other && !STD_VERBS.contains(&verb);
    (unknown && rules.std).then(|| format!("//{verb} is not allowed in the standard library"))
}

/// What is wrong with a directive of the cgo tool, which few files may use.
fn cgo_error(text: &str, rules: &CompilerRules, cgo_generated: bool) -> Option<String> {
    let fields = quoted_fields(text);
    let verb = fields.first().copied().unwrap_or_default();
    // Packages for Solaris name libraries without cgo.
    let names_library = verb == "go:cgo_import_dynamic" && fields.len() >= 4;
    if names_library {
        let library = fields[3].trim_matches('"');
        let safe = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'/') || *b >= 0x80;
        if !library.is_empty() && !library.as_bytes().first().is_some_and(safe) && !cgo_generated {
            let quoted = escargo_types::constant::quote::quote(library.as_bytes());
            return Some(format!("invalid library name {quoted} in cgo_import_dynamic directive"));
        }
    } else if !cgo_generated && !rules.std {
        return Some(format!("//{text} only allowed in cgo-generated code"));
    }
    let quoted = |i: usize| fields[i].len() >= 2 && fields[i].starts_with('"') && fields[i].ends_with('"');
    let plain = |n: usize| (1..n).all(|i| !quoted(i));
    let n = fields.len();
    let (fine, usage) = match verb {
        "go:cgo_export_static" | "go:cgo_export_dynamic" => {
            (matches!(n, 2 | 3) && plain(n), format!("usage: //{verb} local [remote]"))
        }
        "go:cgo_import_dynamic" if names_library && n == 4 && rules.aix && !is_aix_library(fields[3]) => {
            (false, r#"usage: //go:cgo_import_dynamic local [remote ["lib.a/object.o"]]"#.to_owned())
        }
        "go:cgo_import_dynamic" => (
            matches!(n, 2 | 3) && plain(n) || n == 4 && plain(3) && quoted(3),
            r#"usage: //go:cgo_import_dynamic local [remote ["library"]]"#.to_owned(),
        ),
        "go:cgo_import_static" => (n == 2 && plain(2), format!("usage: //{verb} local")),
        "go:cgo_dynamic_linker" => (n == 2 && quoted(1), format!("usage: //{verb} \"path\"")),
        "go:cgo_ldflag" => (n == 2 && quoted(1), format!("usage: //{verb} \"arg\"")),
        _ => return None,
    };
    (!fine).then_some(usage)
}

fn is_aix_library(field: &str) -> bool {
    let path = field.trim_matches('"');
    let Some((archive, object)) = path.split_once('/') else { return path.is_empty() };
    archive.ends_with(".a") && !object.contains('/') && (object.ends_with(".o") || object.contains(".so."))
}

/// Splits at blanks, but not inside double quotes; an unclosed quote ends the list.
fn quoted_fields(text: &str) -> Vec<&str> {
    let mut fields = Vec::new();
    let mut rest = text.trim_start_matches([' ', '\t', '\n', '\r']);
    while !rest.is_empty() {
        let end = if let Some(quoted) = rest.strip_prefix('"') {
            match quoted.find('"') {
                Some(i) => i + 2,
                None => return fields,
            }
        } else {
            rest.find([' ', '\t', '\n', '\r', '"']).unwrap_or(rest.len())
        };
        fields.push(&rest[..end]);
        rest = rest[end..].trim_start_matches([' ', '\t', '\n', '\r']);
    }
    fields
}

/// Number of patterns after `//go:embed`.
fn embed_pattern_count(args: &str) -> Result<usize, String> {
    let mut count = 0;
    let mut rest = args.trim();
    while let Some(first) = rest.chars().next() {
        let invalid = |what: &str| format!("invalid quoted string in //go:embed: {what}");
        let end = match first {
            // A raw string goes to the next back quote; its first byte may be one.
            '`' => rest[1..].find('`').map(|i| i + 2).ok_or_else(|| invalid(rest))?,
            '"' => {
                let end = end_of_quoted(rest).ok_or_else(|| invalid(rest))?;
                unquote(&rest.as_bytes()[..end]).ok_or_else(|| invalid(&rest[..end]))?;
                end
            }
            _ => rest.find(char::is_whitespace).unwrap_or(rest.len()),
        };
        let after = &rest[end..];
        if after.chars().next().is_some_and(|c| !c.is_whitespace()) {
            return Err(invalid(after));
        }
        count += 1;
        rest = after.trim();
    }
    Ok(count)
}

fn end_of_quoted(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut i = 1;
    while i < bytes.len() {
        match bytes[i] {
            b'\\' => i += 2,
            b'"' => return Some(i + 1),
            _ => i += 1,
        }
    }
    None
}

// ----- after types -----

/// Restrictions on types that the type checker does not know.
pub fn check_checked_types(store: &TypeStore, files: &[CheckFile<'_>], checked: &Checked) -> Vec<Diagnostic> {
    let mut errors = Vec::new();
    let mut cycles = InterfaceCycles { store, cyclic: FxHashMap::default() };
    for (file, info) in files.iter().zip(&checked.info.files) {
        let mut report = Report { file, errors: &mut errors };
        for e in outermost_interfaces(file.tree) {
            let ty = store.unalias(info.types[e].ty);
            if matches!(store.ty(ty), Type::Interface(_)) && cycles.interface_has_cycle(ty) {
                let message = "invalid recursive type: anonymous interface refers to itself \
                               (see https://go.dev/issue/56103)";
                report.at(file.tree.loc(e).pos, message);
                // Once is enough for each of them.
                #[expect(clippy::iter_over_hash_type, reason = "every entry is treated alike")]
                for in_cycle in cycles.cyclic.values_mut() {
                    *in_cycle = false;
                }
            }
        }
    }
    errors
}

/// Interface types that are not written inside other ones, in source order.
fn outermost_interfaces(tree: &Tree) -> Vec<ExprId> {
    let mut found = Vec::new();
    let is_interface =
        |(_, e): &(ExprId, &Expr)| matches!(e, Expr::InterfaceType { elems } if !elems.is_empty());
    if !tree.exprs().iter_enumerated().any(|e| is_interface(&e)) {
        return found;
    }
    walk_file(tree, &mut |tree: &Tree, node: Node| match node {
        Node::Expr(e) if matches!(tree[e], Expr::InterfaceType { .. }) => {
            found.push(e);
            false
        }
        _ => true,
    });
    found
}

/// Finds anonymous interfaces whose methods mention them.
struct InterfaceCycles<'s> {
    store: &'s TypeStore,
    /// Interfaces on the way (true), and those found free of cycles.
    cyclic: FxHashMap<TypeId, bool>,
}

impl InterfaceCycles<'_> {
    fn interface_has_cycle(&mut self, ty: TypeId) -> bool {
        let store = self.store;
        type_set(store, ty).methods.iter().any(|&m| store.method_type(m).is_some_and(|t| self.visit(t)))
    }

    fn visit(&mut self, ty: TypeId) -> bool {
        let store = self.store;
        let ty = store.unalias(ty);
        stacker::maybe_grow(128 * 1024, 4 * 1024 * 1024, || match store.ty(ty) {
            // Names end every cycle.
            Type::Basic(_) | Type::Named(_) | Type::TypeParam(_) | Type::Union(_) | Type::Alias(_) => false,
            &Type::Pointer(elem)
            | &Type::Slice(elem)
            | &Type::Array { elem, .. }
            | &Type::Chan { elem, .. } => self.visit(elem),
            &Type::Map { key, elem } => self.visit(key) || self.visit(elem),
            Type::Struct(s) => self.visit_all(&s.fields),
            Type::Tuple(t) => self.visit_all(&t.vars),
            Type::Signature(cell) => self.visit(cell.get().params) || self.visit(cell.get().results),
            Type::Interface(i) => {
                if i.methods.is_empty() && i.embeds.is_empty() {
                    return false;
                }
                if let Some(&known) = self.cyclic.get(&ty) {
                    return known;
                }
                self.cyclic.insert(ty, true);
                let cycle = self.interface_has_cycle(ty);
                if !cycle {
                    self.cyclic.insert(ty, false);
                }
                cycle
            }
        })
    }

    fn visit_all(&mut self, objects: &[ObjId]) -> bool {
        objects.iter().any(|&o| self.visit(self.store.obj_type(o)))
    }
}

// ----- last -----

/// Directives at declarations where they do not belong, names for the linker, and functions without bodies.
pub fn check_declarations(
    store: &TypeStore,
    files: &[CheckFile<'_>],
    checked: &Checked,
    rules: &CompilerRules,
) -> Vec<Diagnostic> {
    let mut errors = Vec::new();
    let mut linknames: FxHashSet<ObjId> = FxHashSet::default();
    for file in files {
        let mut check =
            FileDeclarations { store, checked, rules, report: Report { file, errors: &mut errors } };
        check.pragmas();
        check.linknames(&mut linknames);
    }
    for file in files {
        let mut check =
            FileDeclarations { store, checked, rules, report: Report { file, errors: &mut errors } };
        check.functions(&linknames);
    }
    errors
}

struct FileDeclarations<'e> {
    store: &'e TypeStore,
    checked: &'e Checked,
    rules: &'e CompilerRules,
    report: Report<'e>,
}

impl<'e> FileDeclarations<'e> {
    fn attached(&self, pragma: Pragma) -> &'e [Directive] {
        let (first, len) = (pragma.first as usize, pragma.len as usize);
        self.report.file.tree.directives.get(first..first + len).unwrap_or(&[])
    }

    /// Directives that count for a declaration: on a line of their own and with meaning to the compiler.
    fn verbs(&self, pragma: Pragma) -> impl Iterator<Item = (u32, Verb<'e>)> + 'e {
        let rules = self.rules;
        let all = self.attached(pragma).iter();
        all.filter(|d| d.own_line && d.text.starts_with("go:")).map(|d| (d.pos, verb_of(&d.text, rules)))
    }

    fn imports(&self, path: &str) -> bool {
        let (tree, src) = (self.report.file.tree, self.report.file.src);
        tree.top.iter().any(|&decl| {
            let Decl::Import { path: e, .. } = tree[decl] else { return false };
            let loc = tree.loc(e);
            let text = src.get(loc.start as usize..loc.end as usize).and_then(unquote);
            text.is_some_and(|t| t == path.as_bytes())
        })
    }

    fn pragmas(&mut self) {
        let tree = self.report.file.tree;
        if tree.directives.is_empty() {
            return;
        }
        self.only(tree.package_pragma, |v| v == Verb::Build, false);
        let top: FxHashSet<_> = tree.top.iter().copied().collect();
        for (id, decl) in tree.decls().iter_enumerated() {
            match *decl {
                Decl::Bad => {}
                Decl::Import { pragma, .. } | Decl::Const { pragma, .. } | Decl::Type { pragma, .. } => {
                    self.only(pragma, |_| false, false);
                }
                Decl::Var { names, ty, values, pragma, .. } => {
                    self.only(pragma, |_| false, true);
                    let embed = self.verbs(pragma).find(|(_, v)| *v == Verb::Embed);
                    if let Some((at, _)) = embed {
                        let problem = if !self.imports("embed") {
                            "go:embed requires import \"embed\" (or import _ \"embed\", if package is not used)"
                        } else if names.len() > 1 {
                            "go:embed cannot apply to multiple vars"
                        } else if !values.is_empty() {
                            "go:embed cannot apply to var with initializer"
                        } else if ty.is_none() {
                            "go:embed cannot apply to var without type"
                        } else if !top.contains(&id) {
                            "go:embed cannot apply to var inside func"
                        } else if !self.rules.lang.has(Feature::Embed) {
                            "go:embed requires go1.16 or later"
                        } else {
                            continue;
                        };
                        self.report.at(at, problem);
                    }
                }
                Decl::Func(FuncDecl { pragma, .. }) => {
                    self.only(pragma, |v| matches!(v, Verb::Func(_)), false);
                }
            }
        }
    }

    /// Reports directives that do not belong where they stand.
    fn only(&mut self, pragma: Pragma, allowed: impl Fn(Verb<'_>) -> bool, embed: bool) {
        if pragma.len == 0 {
            return;
        }
        let found: Vec<(u32, Verb<'_>)> = self.verbs(pragma).collect();
        for (at, verb) in found {
            match verb {
                Verb::Build | Verb::Func(_) if !allowed(verb) => self.report.at(at, MISPLACED),
                Verb::Embed if !embed => self.report.at(at, "misplaced go:embed directive"),
                _ => {}
            }
        }
    }

    fn linknames(&mut self, linknames: &mut FxHashSet<ObjId>) {
        let tree = self.report.file.tree;
        let mut imports_unsafe = None;
        for directive in tree.directives.iter().filter(|d| d.own_line) {
            if verb_of(&directive.text, self.rules) != Verb::Linkname {
                continue;
            }
            let fields: Vec<&str> = directive.text.split_whitespace().collect();
            let (verb, local) = match *fields.as_slice() {
                [verb, local] | [verb, local, _] => (verb, local),
                _ => continue,
            };
            let remote = fields.get(2).copied().unwrap_or_default();
            if !*imports_unsafe.get_or_insert_with(|| self.imports("unsafe")) {
                let message = format!("//{verb} only allowed in Go files that import \"unsafe\"");
                self.report.at(directive.pos, message);
                continue;
            }
            if remote.contains('[') && remote.contains(']') {
                let message = format!("//{verb} reference of an instantiation is not allowed");
                self.report.at(directive.pos, message);
                continue;
            }
            let scope = self.store.pkg(self.checked.pkg).scope();
            let obj = scope.lookup(Symbol::intern(local)).filter(|&o| {
                matches!(self.store.obj(o).kind, ObjectKind::Func { .. } | ObjectKind::Var { .. })
            });
            match obj {
                Some(obj) if linknames.insert(obj) => {}
                Some(_) => self.report.at(directive.pos, format!("duplicate //{verb} for {local}")),
                None if self.rules.lang.has(Feature::LinknameChecked) => {
                    let message = format!("//{verb} must refer to declared function or variable");
                    self.report.at(directive.pos, message);
                }
                None => {}
            }
        }
    }

    fn functions(&mut self, linknames: &FxHashSet<ObjId>) {
        let tree = self.report.file.tree;
        for &id in &tree.top {
            let Decl::Func(func) = tree[id] else { continue };
            let name = tree.name(func.name);
            if name.is_blank() || func.body.is_some() && func.pragma.len == 0 {
                continue;
            }
            let verbs: Vec<Verb<'_>> = self.verbs(func.pragma).map(|(_, v)| v).collect();
            let has = |verb: &str| verbs.contains(&Verb::Func(verb));
            let imported = verbs.contains(&Verb::WasmImport);
            let at = tree.decl_loc(id).pos;
            if has("go:systemstack") && has("go:nosplit") {
                self.report.at(at, "go:nosplit and go:systemstack cannot be combined");
            }
            if func.body.is_some() {
                if has("go:noescape") {
                    self.report.at(at, "can only use //go:noescape with external func implementations");
                }
                if imported {
                    self.report.at(at, "can only use //go:wasmimport with external func implementations");
                }
                if has("go:uintptrkeepalive") && !has("go:uintptrescapes") && !has("go:nosplit") {
                    self.report.at(at, "go:uintptrkeepalive requires go:nosplit");
                }
            } else if (self.rules.complete || name == *"init") && !imported {
                let obj = match func.recv {
                    None => self.store.pkg(self.checked.pkg).scope().lookup(name),
                    Some(_) => None,
                };
                if !obj.is_some_and(|o| linknames.contains(&o)) {
                    self.report.at(at, "missing function body");
                }
            }
        }
    }
}

//! What this project's checker finds, in the terms of [`super::types_format`].

use escargo_base::{FileId, Id, Pos, SourceMap};
use escargo_check::{
    FileInfo, IdentObject, Mode, NodeRef, PackageInfo, Selection, SelectionKind, TypeAndValue,
};
use escargo_driver::typecheck::FullPackage;
use escargo_driver::{Observer, Session};
use escargo_load::{Package, PackageGraph, PackageId};
use escargo_syntax::{Decl, Expr, ExprId, Ident, Stmt, Tree};
use escargo_types::print::{Printer, full_path, is_alias};
use escargo_types::{ObjId, Object, ObjectKind, Signature, Type, TypeId, TypeStore, Value};
use parking_lot::Mutex;
use rustc_hash::FxHashMap;

use super::types_format::{Category, Fact, Facts, FileFacts, PackageFacts, quote};

/// Collects the facts of every package as it is checked.
pub struct Collector<'c> {
    session: &'c Session,
    graph: &'c PackageGraph,
    keep: Box<dyn Fn(&str) -> bool + Sync + 'c>,
    found: Mutex<FxHashMap<usize, PackageFacts>>,
}

impl<'c> Collector<'c> {
    /// Keeps the facts themselves of files whose `path/name` satisfies `keep`.
    pub fn new(
        session: &'c Session,
        graph: &'c PackageGraph,
        keep: impl Fn(&str) -> bool + Sync + 'c,
    ) -> Collector<'c> {
        Collector { session, graph, keep: Box::new(keep), found: Mutex::default() }
    }

    /// What was found of a package.
    pub fn take(&self, id: PackageId) -> Option<PackageFacts> {
        self.found.lock().remove(&id.index())
    }
}

impl Observer for Collector<'_> {
    fn checked(&self, id: PackageId, full: &FullPackage<'_>) {
        let package = &self.graph.packages[id];
        let mut writer = Writer {
            store: &self.session.store,
            sources: &self.session.sources,
            info: &full.checked.info,
            toolchain: self.session.model.toolchain,
            types: FxHashMap::default(),
        };
        let mut facts = PackageFacts { path: package.path.clone(), ..PackageFacts::default() };
        for (i, &(file, tree, _)) in full.files.iter().enumerate() {
            let name = base_name(&self.session.sources, file);
            let keep = (self.keep)(&format!("{}/{name}", package.path));
            let version = version_of(self.session, package, i);
            facts.files.push(writer.file(name, tree, &full.checked.info.files[i], version, keep));
        }
        facts.init = Facts::new(writer.init_order(full), (self.keep)(&package.path));
        self.found.lock().insert(id.index(), facts);
    }
}

fn version_of(session: &Session, package: &Package, file: usize) -> String {
    use escargo_dialect::GoVersion;
    let lang = package.go_version.as_deref().and_then(GoVersion::parse);
    let lang = lang.map_or_else(|| session.model.own_language(), GoVersion::lang);
    let constraint = package.go_files[file].min_go.map(GoVersion::language);
    session.model.file_version(Some(lang), constraint).map_or_else(String::new, |v| v.to_string())
}

fn base_name(sources: &SourceMap, file: FileId) -> String {
    let path = &sources.file(file).path;
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Writes the facts of one package.
struct Writer<'w> {
    store: &'w TypeStore,
    sources: &'w SourceMap,
    info: &'w PackageInfo,
    toolchain: escargo_dialect::GoVersion,
    types: FxHashMap<TypeId, String>,
}

impl Writer<'_> {
    fn file(&mut self, name: String, tree: &Tree, info: &FileInfo, version: String, keep: bool) -> FileFacts {
        let mut lines: [Vec<Fact>; Category::ALL.len()] = Default::default();
        let mut put = |category: Category, start: u32, end: u32, rest: String| {
            lines[category as usize].push(Fact { start, end, rest });
        };
        put(Category::Version, 0, 0, version);
        for (e, tv) in info.types.iter_enumerated().filter(|(_, tv)| tv.mode != Mode::Invalid) {
            let loc = tree.loc(e);
            put(Category::Expr, loc.start, loc.end, self.expression(tree, e, tv, info));
        }
        for (id, object) in info.idents.iter_enumerated() {
            let ident = &tree[id];
            let (category, rest) = match *object {
                IdentObject::None => continue,
                IdentObject::DefNone => (Category::Def, format!("{}\t-\t-", ident.name)),
                IdentObject::Def(obj) => (Category::Def, self.definition(ident, obj)),
                IdentObject::Use(obj) => (Category::Use, format!("{}\t{}", ident.name, self.object(obj))),
            };
            put(category, ident.start, ident.end(), rest);
        }
        #[expect(clippy::iter_over_hash_type, reason = "facts are sorted")]
        for (&id, &obj) in &info.also_uses {
            let ident = &tree[id];
            put(Category::Use, ident.start, ident.end(), format!("{}\t{}", ident.name, self.object(obj)));
        }
        #[expect(clippy::iter_over_hash_type, reason = "facts are sorted")]
        for (&node, &obj) in &info.implicits {
            let (kind, start, end) = place_of(tree, node);
            let end = if kind == "Case" { start } else { end };
            put(Category::Implicit, start, end, format!("{kind}\t{}", self.object(obj)));
        }
        #[expect(clippy::iter_over_hash_type, reason = "facts are sorted")]
        for (&e, selection) in &info.selections {
            let loc = tree.loc(e);
            put(Category::Select, loc.start, loc.end, self.selection(selection));
        }
        #[expect(clippy::iter_over_hash_type, reason = "facts are sorted")]
        for (&id, instance) in &info.instances {
            let ident = &tree[id];
            let args: Vec<String> = instance.targs.iter().map(|&t| self.ty(t)).collect();
            let rest = format!("{}\t{}\t{}", ident.name, args.join("; "), self.ty(instance.ty));
            put(Category::Instance, ident.start, ident.end(), rest);
        }
        #[expect(clippy::iter_over_hash_type, reason = "facts are sorted")]
        for (&node, &scope) in &info.scopes {
            let (kind, start, _) = place_of(tree, node);
            let mut names = self.info.scopes[scope].names.clone();
            names.sort_by_key(|(name, _)| name.as_str());
            let names: Vec<String> =
                names.iter().map(|&(name, obj)| format!("{name}@{}", self.place(obj))).collect();
            put(Category::Scope, start, start, format!("{kind}\t{}", names.join(" ")));
        }
        FileFacts { name, facts: lines.map(|lines| Facts::new(lines, keep)) }
    }

    fn init_order(&mut self, full: &FullPackage<'_>) -> Vec<Fact> {
        let mut facts = Vec::new();
        for (i, init) in full.checked.info.init_order.iter().enumerate() {
            let lhs: Vec<String> =
                init.lhs.iter().map(|&v| format!("{}@{}", self.store.obj(v).name, self.place(v))).collect();
            let (file, tree, _) = full.files[init.file];
            let loc = tree.loc(init.rhs);
            let name = base_name(self.sources, file);
            let rest = format!("{}\t{name}:{}:{}", lhs.join(" "), loc.start, loc.end);
            facts.push(Fact { start: i as u32, end: init.lhs.len() as u32, rest });
        }
        facts
    }

    fn expression(&mut self, tree: &Tree, e: ExprId, tv: &TypeAndValue, info: &FileInfo) -> String {
        let value = tv.value.map(|i| &info.values[i]);
        let mut mode = String::new();
        let is_value = !matches!(tv.mode, Mode::Invalid | Mode::NoValue | Mode::TypeExpr | Mode::Builtin(_));
        for (holds, letter) in [
            (tv.mode == Mode::NoValue, 'v'),
            (tv.mode == Mode::TypeExpr, 't'),
            (matches!(tv.mode, Mode::Builtin(_)), 'b'),
            (is_value, 'x'),
            (tv.mode == Mode::Nil, 'n'),
            (tv.mode == Mode::Variable, 'a'),
            (matches!(tv.mode, Mode::Variable | Mode::MapIndex), 's'),
            (matches!(tv.mode, Mode::CommaOk | Mode::MapIndex), 'k'),
            (value.is_some(), 'c'),
        ] {
            if holds {
                mode.push(letter);
            }
        }
        if mode.is_empty() {
            mode.push('-');
        }
        // The compiler's checker settles the type of nil by its context; go/types leaves it.
        let ty = if tv.mode == Mode::Nil { TypeId::UNTYPED_NIL } else { tv.ty };
        format!("{}\t{mode}\t{}\t{}", expr_kind(&tree[e]), self.ty(ty), value_text(value))
    }

    fn definition(&mut self, ident: &Ident, obj: ObjId) -> String {
        let object = self.store.obj(obj);
        let defined = match (object.is_type_name(), object.ty()) {
            (true, Some(ty)) => match self.store.ty(ty) {
                Type::Alias(alias) => alias.rhs().map_or_else(|| "-".to_owned(), |rhs| self.ty(rhs)),
                Type::TypeParam(param) => {
                    let bound = param.bound().map_or_else(|| "-".to_owned(), |b| self.ty(b));
                    format!("{} {bound}", param.index().map_or(-1, |i| i as i64))
                }
                _ => self.ty(self.store.under(ty)),
            },
            _ => "-".to_owned(),
        };
        format!("{}\t{}\t{defined}", ident.name, self.object(obj))
    }

    fn ty(&mut self, ty: TypeId) -> String {
        if let Some(text) = self.types.get(&ty) {
            return text.clone();
        }
        let path = full_path(self.store);
        let mut printer = Printer::new(self.store, &path);
        // How older releases write types (go/types/typestring.go).
        printer.names_empty_interface = !self.toolchain.at_least(27);
        printer.strict_variadic = !self.toolchain.at_least(26);
        printer.ty(ty);
        let text = printer.finish();
        self.types.insert(ty, text.clone());
        text
    }

    fn place(&self, obj: ObjId) -> String {
        self.place_of_pos(self.store.obj(obj).pos)
    }

    fn place_of_pos(&self, pos: Pos) -> String {
        match pos.file {
            Some(file) => format!("{}:{}", base_name(self.sources, file), pos.offset),
            None => "-".to_owned(),
        }
    }

    fn package_path(&self, object: &Object) -> String {
        object.pkg.map_or_else(|| "-".to_owned(), |p| self.store.pkg(p).path.to_string())
    }

    fn object(&mut self, obj: ObjId) -> String {
        let store = self.store;
        let object = store.obj(obj);
        if object.is_func() {
            // Methods of instances get their type on demand.
            let _ = store.method_type(obj);
        }
        let (kind, more) = match &object.kind {
            ObjectKind::PkgName { imported } => ("pkg", store.pkg(*imported).path.to_string()),
            ObjectKind::Const { value } => ("const", value_text(value.get())),
            ObjectKind::TypeName => (if is_alias(store, obj) { "alias" } else { "type" }, "-".to_owned()),
            ObjectKind::Var { embedded: true, .. } => ("embedded", "-".to_owned()),
            ObjectKind::Var { .. } => (if object.is_field() { "field" } else { "var" }, "-".to_owned()),
            ObjectKind::Func { .. } => match store.as_signature(store.obj_type(obj)).and_then(|s| s.recv) {
                Some(recv) => ("method", self.ty(store.obj_type(recv))),
                None => ("func", "-".to_owned()),
            },
            ObjectKind::Label => ("label", "-".to_owned()),
            ObjectKind::Builtin(_) => ("builtin", "-".to_owned()),
            ObjectKind::Nil => ("nil", "-".to_owned()),
        };
        let (package, place) = (self.package_path(object), self.place(obj));
        format!("{kind}\t{}\t{package}\t{place}\t{}\t{more}", object.name, self.ty(store.obj_type(obj)))
    }

    fn selection(&mut self, selection: &Selection) -> String {
        let store = self.store;
        let object = store.obj(selection.obj);
        let kind = match selection.kind {
            SelectionKind::FieldVal => "field",
            SelectionKind::MethodVal => "method",
            SelectionKind::MethodExpr => "expr",
        };
        let path: Vec<String> = selection.index.iter().map(u32::to_string).collect();
        let through = if selection.indirect { "indirect" } else { "direct" };
        let ty = match selection.kind {
            SelectionKind::MethodExpr => self.method_expression(selection),
            _ => self.ty(store.obj_type(selection.obj)),
        };
        format!(
            "{kind}\t{}\t{}\t{}\t{}\t{}\t{through}\t{ty}",
            self.ty(selection.recv),
            object.name,
            self.package_path(object),
            self.place(selection.obj),
            path.join("."),
        )
    }

    /// The type of a method expression as go/types's selections tell it: the receiver keeps its name.
    fn method_expression(&mut self, selection: &Selection) -> String {
        let store = self.store;
        let Some(signature) = store.as_signature(store.obj_type(selection.obj)) else {
            return "-".to_owned();
        };
        let Some(recv) = signature.recv else { return "-".to_owned() };
        let first = escargo_types::subst::clone_var(store, recv, Some(selection.recv));
        let params: Vec<ObjId> =
            std::iter::once(first).chain(store.tuple(signature.params).iter().copied()).collect();
        let params = store.new_tuple(params);
        let signature = Signature { recv: None, params, ..signature.clone() };
        self.ty(store.new_signature(signature))
    }
}

fn value_text(value: Option<&Value>) -> String {
    match value {
        None => "-".to_owned(),
        Some(v) if v.kind() == escargo_types::constant::Kind::String => quote(v.as_bytes()),
        Some(v) => v.exact_string(),
    }
}

/// Kind, start and end of a node.
fn place_of(tree: &Tree, node: NodeRef) -> (&'static str, u32, u32) {
    match node {
        NodeRef::File => ("File", 0, 0),
        NodeRef::Expr(e) => {
            let loc = tree.loc(e);
            (expr_kind(&tree[e]), loc.start, loc.end)
        }
        NodeRef::Stmt(s) => {
            let loc = tree.stmt_loc(s);
            let kind = match tree[s] {
                Stmt::Block(_) => "Block",
                Stmt::If { .. } => "If",
                Stmt::Switch { .. } => "Switch",
                Stmt::TypeSwitch { .. } => "TypeSwitch",
                Stmt::For { .. } => "For",
                Stmt::Range { .. } => "Range",
                _ => "?",
            };
            (kind, loc.start, loc.end)
        }
        NodeRef::Clause(c) => {
            let clause = &tree[c];
            let kind = if is_comm(tree, c) { "Comm" } else { "Case" };
            (kind, clause.loc.start, clause.loc.end)
        }
        NodeRef::Field(f) => ("Field", tree[f].loc.start, tree[f].loc.end),
        NodeRef::Decl(d) => {
            let loc = tree.decl_loc(d);
            match tree[d] {
                Decl::Import { name, path, .. } => {
                    let end = tree.loc(path).end;
                    ("Import", name.map_or(tree.loc(path).start, |n| tree[n].start), end)
                }
                Decl::Type { name, .. } => ("TypeSpec", tree[name].start, loc.end),
                _ => ("?", loc.start, loc.end),
            }
        }
    }
}

/// Whether a clause belongs to a `select`.
fn is_comm(tree: &Tree, clause: escargo_syntax::ClauseId) -> bool {
    tree.stmts().iter().any(|s| match s {
        Stmt::Select { clauses } => tree.list(*clauses).any(|c| c == clause),
        _ => false,
    })
}

fn expr_kind(expr: &Expr) -> &'static str {
    match expr {
        Expr::Bad => "Bad",
        Expr::Name(_) => "Name",
        Expr::BasicLit { .. } => "Lit",
        Expr::CompositeLit { .. } => "CompLit",
        Expr::KeyValue { .. } => "KeyValue",
        Expr::FuncLit { .. } => "FuncLit",
        Expr::Paren(_) => "Paren",
        Expr::Selector { .. } => "Select",
        Expr::Index { .. } => "Index",
        Expr::Slice { .. } => "Slice",
        Expr::TypeAssert { .. } | Expr::TypeSwitchGuard { .. } => "Assert",
        Expr::Call { .. } => "Call",
        Expr::Unary { .. } => "Unary",
        Expr::Star(_) => "Star",
        Expr::Binary { .. } => "Binary",
        Expr::ArrayType { .. } | Expr::SliceType(_) => "ArrayType",
        Expr::StructType { .. } => "StructType",
        Expr::FuncType { .. } => "FuncType",
        Expr::InterfaceType { .. } => "InterfaceType",
        Expr::MapType { .. } => "MapType",
        Expr::ChanType { .. } => "ChanType",
        Expr::DotsType(_) => "Ellipsis",
    }
}

//! What of imported packages is needed to check and compile others.
//!
//! A package that has been compiled before is checked again only because others use it, and those use little of it. What
//! they use is found in the trees alone, from importers to what they import: a declaration that is needed needs all
//! that its text mentions, by name, in its own package and in others. Names of fields and local variables count as if
//! they meant what is declared under the same name, so this is more than is really needed, and never less: an object is
//! found either by a name or in a type, and a type that is needed comes with what its declaration mentions, with its
//! methods, and with what these mention.

use escargo_base::Symbol;
use escargo_syntax::visit::{Node, walk};
use escargo_syntax::{Decl, Expr, ExprId, Tree};
use escargo_types::constant::quote::unquote;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::Part;

/// Names of package-level objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Names {
    /// Of all.
    All,
    /// Of these.
    Some(FxHashSet<Symbol>),
}

impl Default for Names {
    fn default() -> Names {
        Names::Some(FxHashSet::default())
    }
}

impl Names {
    /// Whether a name is among them.
    pub fn contains(&self, name: Symbol) -> bool {
        match self {
            Names::All => true,
            Names::Some(names) => names.contains(&name),
        }
    }

    /// Adds a name.
    pub fn insert(&mut self, name: Symbol) {
        if let Names::Some(names) = self {
            names.insert(name);
        }
    }
}

/// A file, as far as its text says what it needs.
#[derive(Clone, Copy, Debug)]
pub struct NeedsFile<'a> {
    /// Its tree.
    pub tree: &'a Tree,
    /// Its bytes.
    pub src: &'a [u8],
}

/// Gives the package that an import path means, as a number of the caller's, and its name; nothing if there is none.
pub type Resolve<'n> = dyn Fn(&str) -> Option<(usize, Symbol)> + 'n;

/// What is needed of an imported package: the package, and a name, or none for all exported ones.
pub type Need = (usize, Option<Symbol>);

/// Told what is needed.
pub type Demand<'d> = dyn FnMut(Need) + 'd;

/// What a package needs of others if all of it is needed.
pub fn of_all(files: &[NeedsFile<'_>], resolve: &Resolve<'_>) -> FxHashSet<Need> {
    let mut needs = FxHashSet::default();
    for file in files {
        let imports = Imports::of(*file, resolve);
        needs.extend(imports.dots.iter().map(|&package| (package, None)));
        let selected = file.tree.exprs().iter().filter_map(|expr| imports.selected(file.tree, expr));
        needs.extend(selected.map(|(package, name)| (package, Some(name))));
    }
    needs
}

/// The imports of a file.
#[derive(Debug, Default)]
struct Imports {
    /// Packages by name in the file.
    packages: FxHashMap<Symbol, usize>,
    /// Packages whose names are names of the file.
    dots: Vec<usize>,
}

impl Imports {
    fn of(file: NeedsFile<'_>, resolve: &Resolve<'_>) -> Imports {
        let mut imports = Imports::default();
        for &decl in &file.tree.top {
            let Decl::Import { name, path, .. } = file.tree[decl] else { continue };
            let loc = file.tree.loc(path);
            let text = unquote(&file.src[loc.start as usize..loc.end as usize]);
            let Some(text) = text.and_then(|text| String::from_utf8(text).ok()) else { continue };
            let Some((package, own_name)) = resolve(&text) else { continue };
            match name.map_or(own_name, |name| file.tree.name(name)) {
                name if name == *"." => imports.dots.push(package),
                name => drop(imports.packages.insert(name, package)),
            }
        }
        imports
    }

    /// What an expression selects from an imported package.
    fn selected(&self, tree: &Tree, expr: &Expr) -> Option<(usize, Symbol)> {
        let Expr::Selector { x, sel } = *expr else { return None };
        let Expr::Name(local) = tree[x] else { return None };
        Some((*self.packages.get(&tree.name(local))?, tree.name(sel)))
    }
}

/// A declaration: number of the file, and place among the file's declarations.
type Place = (usize, usize);

/// What a package declares where, and what it imports.
#[derive(Debug)]
pub struct Outline {
    decls: FxHashMap<Symbol, Vec<Place>>,
    /// By the name of the declared type.
    methods: FxHashMap<Symbol, Vec<Place>>,
    imports: Vec<Imports>,
}

impl Outline {
    /// Of a package, what is needed if `part` is: completes its names, and tells what is needed of others. `files` are
    /// those that the outline was made of.
    pub fn complete(&self, files: &[NeedsFile<'_>], part: &mut Part, demand: &mut Demand<'_>) {
        let mut open: Vec<Symbol> = match &part.names {
            Names::All => self.decls.keys().copied().collect(),
            Names::Some(names) => names.iter().copied().collect(),
        };
        if open.is_empty() {
            return;
        }
        for imports in &self.imports {
            imports.dots.iter().for_each(|&package| demand((package, None)));
        }
        let mut closure = Closure { outline: self, files, part, seen: FxHashSet::default(), demand };
        while let Some(name) = open.pop() {
            if closure.seen.insert(name) {
                closure.part.names.insert(name);
                closure.named(name, &mut open);
            }
        }
    }

    /// The outline of a package.
    pub fn of(files: &[NeedsFile<'_>], resolve: &Resolve<'_>) -> Outline {
        let mut outline = Outline {
            decls: FxHashMap::default(),
            methods: FxHashMap::default(),
            imports: files.iter().map(|file| Imports::of(*file, resolve)).collect(),
        };
        for (number, file) in files.iter().enumerate() {
            for at in 0..file.tree.top.len() {
                outline.add(file.tree, (number, at));
            }
        }
        outline.resolve_aliases(files);
        outline
    }

    fn add(&mut self, tree: &Tree, place: Place) {
        let mut declare = |name| self.decls.entry(tree.name(name)).or_default().push(place);
        match tree[tree.top[place.1]] {
            Decl::Const { names, .. } | Decl::Var { names, .. } => tree.list(names).for_each(declare),
            Decl::Type { name, .. } => declare(name),
            Decl::Func(func) => match func.recv {
                None => declare(func.name),
                Some(recv) => {
                    if let Some(base) = base_name(tree, tree[recv].ty) {
                        self.methods.entry(base).or_default().push(place);
                    }
                }
            },
            Decl::Bad | Decl::Import { .. } => {}
        }
    }

    /// Methods may be declared for an alias of their type.
    fn resolve_aliases(&mut self, files: &[NeedsFile<'_>]) {
        let mut names: Vec<Symbol> = self.methods.keys().copied().collect();
        names.sort_unstable_by_key(|name| name.as_str());
        for name in names {
            let (mut base, mut steps) = (name, self.decls.len());
            while let Some(next) = self.alias_of(files, base)
                && steps > 0
            {
                (base, steps) = (next, steps - 1);
            }
            if base != name
                && let Some(methods) = self.methods.get(&name).cloned()
            {
                self.methods.entry(base).or_default().extend(methods);
            }
        }
    }

    /// The name that an alias stands for, if it stands for one.
    fn alias_of(&self, files: &[NeedsFile<'_>], name: Symbol) -> Option<Symbol> {
        let &[(file, at)] = self.decls.get(&name)?.as_slice() else { return None };
        let tree = files[file].tree;
        match tree[tree.top[at]] {
            Decl::Type { alias: true, ty, .. } => base_name(tree, ty),
            _ => None,
        }
    }
}

/// The name of a type, a pointer to it or an instance of it.
fn base_name(tree: &Tree, ty: ExprId) -> Option<Symbol> {
    let mut at = tree.unparen(ty);
    loop {
        at = match tree[at] {
            Expr::Star(x) | Expr::Index { x, .. } => tree.unparen(x),
            Expr::Name(name) => return Some(tree.name(name)),
            _ => return None,
        };
    }
}

struct Closure<'c, 'd> {
    outline: &'c Outline,
    files: &'c [NeedsFile<'c>],
    part: &'c mut Part,
    seen: FxHashSet<Symbol>,
    demand: &'c mut Demand<'d>,
}

impl Closure<'_, '_> {
    /// What a name of the package needs.
    fn named(&mut self, name: Symbol, open: &mut Vec<Symbol>) {
        let outline = self.outline;
        for &place in outline.decls.get(&name).into_iter().flatten() {
            self.declaration(place, open);
            for &method in outline.methods.get(&name).into_iter().flatten() {
                self.declaration(method, open);
            }
        }
    }

    fn declaration(&mut self, (file, at): Place, open: &mut Vec<Symbol>) {
        let tree = self.files[file].tree;
        let decl = tree.top[at];
        match tree[decl] {
            Decl::Const { group, ty, values, .. } => {
                // An empty specification repeats an earlier one of its group.
                let own = ty.is_some() || !values.is_empty();
                let earlier = (0..at).rev().map(|at| tree[tree.top[at]]);
                let of_group =
                    earlier.take_while(|decl| matches!(decl, Decl::Const { group: g, .. } if *g == group));
                let repeated = of_group
                    .filter_map(|decl| match decl {
                        Decl::Const { ty, values, .. } => Some((ty, values)),
                        _ => None,
                    })
                    .find(|(ty, values)| ty.is_some() || !values.is_empty());
                let (ty, values) = if own { (ty, values) } else { repeated.unwrap_or((ty, values)) };
                ty.into_iter()
                    .chain(tree.list(values))
                    .for_each(|e| self.mentions(file, Node::Expr(e), open));
            }
            Decl::Var { ty: Some(ty), .. } => self.mentions(file, Node::Expr(ty), open),
            Decl::Var { values, .. } => {
                tree.list(values).for_each(|e| self.mentions(file, Node::Expr(e), open));
            }
            Decl::Func(func) => {
                let parts = func.recv.into_iter().chain(tree.list(func.tparams)).map(Node::Field);
                parts.chain([Node::Expr(func.ty)]).for_each(|node| self.mentions(file, node, open));
                if let Some(body) = func.body
                    && self.part.bodies.contains(&(file, decl))
                {
                    self.mentions(file, Node::Stmt(body), open);
                }
            }
            Decl::Type { .. } => self.mentions(file, Node::Decl(decl), open),
            Decl::Bad | Decl::Import { .. } => {}
        }
    }

    /// What the text of a node mentions.
    fn mentions(&mut self, file: usize, node: Node, open: &mut Vec<Symbol>) {
        let in_body = matches!(node, Node::Stmt(_));
        let outline = self.outline;
        let imports = &outline.imports[file];
        walk(self.files[file].tree, node, &mut |tree: &Tree, node: Node| {
            match node {
                Node::Ident(id) => {
                    let name = tree.name(id);
                    if outline.decls.contains_key(&name) && !self.seen.contains(&name) {
                        open.push(name);
                    }
                    true
                }
                Node::Expr(e) => {
                    if let Some((package, name)) = imports.selected(tree, &tree[e]) {
                        (self.demand)((package, Some(name)));
                    }
                    true
                }
                // The body of a literal that initializes a variable.
                Node::Stmt(_) => in_body,
                _ => true,
            }
        });
    }
}

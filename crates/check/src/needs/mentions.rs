//! Making the outline of a package from its trees.

use escargo_base::Symbol;
use escargo_syntax::visit::{Node, walk};
use escargo_syntax::{Decl, DeclId, Expr, ExprId, Tree, declares_types, has_outline};
use rustc_hash::FxHashMap;

use super::outline::{Outline, Section};
use super::{Imports, NeedsFile, Paths, Resolve};

/// A declaration: number of the file, and place among the file's declarations.
type Place = (usize, usize);

impl Outline {
    /// The outline of a package of which importers may read the bodies of functions for which `readable` holds, by number
    /// of the file and declaration.
    pub fn of(
        files: &[NeedsFile<'_>],
        readable: &dyn Fn(usize, DeclId) -> bool,
        resolve: &Resolve<'_>,
    ) -> Outline {
        let mut paths = Paths::default();
        let imports: Vec<Imports> =
            files.iter().map(|file| Imports::of(*file, resolve, &mut paths)).collect();
        let declared = Declared::of(files);
        let read_whole = files.iter().map(|file| !has_outline(file.src)).collect();
        let maker = Maker { files, readable, imports: &imports, declared: &declared, read_whole };
        let mut outline = maker.outline();
        outline.dots = imports.iter().flat_map(|imports| imports.dots.iter().copied()).collect();
        outline.imports = paths.list;
        outline
    }
}

/// What a package declares at its top level.
#[derive(Default)]
struct Declared {
    decls: FxHashMap<Symbol, Vec<Place>>,
    /// By the name of the declared type.
    methods: FxHashMap<Symbol, Vec<Place>>,
    /// Numbers of declared names, in the order of the names.
    numbers: FxHashMap<Symbol, u32>,
}

impl Declared {
    fn of(files: &[NeedsFile<'_>]) -> Declared {
        let mut declared = Declared::default();
        for (number, file) in files.iter().enumerate() {
            for at in 0..file.tree.top.len() {
                declared.add(file.tree, (number, at));
            }
        }
        declared.resolve_aliases(files);
        declared.numbers = declared.sorted().into_iter().zip(0..).collect();
        declared
    }

    /// Declared names, sorted.
    fn sorted(&self) -> Vec<Symbol> {
        let mut names: Vec<Symbol> = self.decls.keys().copied().collect();
        names.sort_unstable_by_key(|name| name.as_str());
        names
    }

    fn add(&mut self, tree: &Tree, place: Place) {
        // Nobody can mention these.
        let nameless = |name: Symbol| name == Symbol::BLANK || name == *"init";
        let mut declare = |name| {
            let name = tree.name(name);
            if !nameless(name) {
                self.decls.entry(name).or_default().push(place);
            }
        };
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

struct Maker<'m> {
    files: &'m [NeedsFile<'m>],
    readable: &'m dyn Fn(usize, DeclId) -> bool,
    imports: &'m [Imports],
    declared: &'m Declared,
    /// Whether a file has no outline.
    read_whole: Vec<bool>,
}

/// What the declarations under a name mention.
#[derive(Default)]
struct Mentioned {
    own: Vec<u32>,
    selected: Vec<(u32, Symbol)>,
}

impl Maker<'_> {
    fn outline(&self) -> Outline {
        let mut outline = Outline::default();
        // By file, the section in which each declaration stands.
        let mut sections: Vec<Vec<u32>> = Vec::new();
        let mut first = 0;
        for (file, &whole) in self.files.iter().zip(&self.read_whole) {
            let (mut list, of_decls) = sections_of(file, first);
            first += list.len() as u32;
            list.iter_mut().for_each(|section| section.stays |= whole);
            outline.files.push(list);
            sections.push(of_decls);
        }
        // Names that are declared, and then those of other packages.
        let mut names = self.declared.sorted();
        let sorted = names.clone();
        let mut numbers = self.declared.numbers.clone();
        for name in &sorted {
            let mut mentioned = Mentioned::default();
            let methods = self.declared.methods.get(name).into_iter().flatten();
            let places: Vec<Place> = self.declared.decls[name].iter().chain(methods).copied().collect();
            places.iter().for_each(|&place| self.declaration(place, &mut mentioned));
            let mut number = |name: Symbol| {
                *numbers.entry(name).or_insert_with(|| {
                    names.push(name);
                    names.len() as u32 - 1
                })
            };
            outline.own.push(mentioned.own);
            outline
                .selected
                .push(mentioned.selected.into_iter().map(|(i, name)| (i, number(name))).collect());
            outline.sections.push(places.iter().map(|&(file, at)| sections[file][at]).collect());
        }
        outline.names = names.iter().map(|name| name.as_str().to_owned()).collect();
        outline
    }

    fn declaration(&self, (file, at): Place, into: &mut Mentioned) {
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
                    .for_each(|e| self.mentions(file, Node::Expr(e), into));
            }
            Decl::Var { ty: Some(ty), .. } => self.mentions(file, Node::Expr(ty), into),
            Decl::Var { values, .. } => {
                tree.list(values).for_each(|e| self.mentions(file, Node::Expr(e), into));
            }
            Decl::Func(func) => {
                let parts = func.recv.into_iter().chain(tree.list(func.tparams)).map(Node::Field);
                parts.chain([Node::Expr(func.ty)]).for_each(|node| self.mentions(file, node, into));
                if let Some(body) = func.body
                    && (self.readable)(file, decl)
                {
                    self.mentions(file, Node::Stmt(body), into);
                }
            }
            Decl::Type { .. } => self.mentions(file, Node::Decl(decl), into),
            Decl::Bad | Decl::Import { .. } => {}
        }
    }

    /// What the text of a node mentions.
    fn mentions(&self, file: usize, node: Node, into: &mut Mentioned) {
        let in_body = matches!(node, Node::Stmt(_));
        let imports = &self.imports[file];
        let is_read_whole = self.read_whole[file];
        let mut types = Vec::new();
        walk(self.files[file].tree, node, &mut |tree: &Tree, node: Node| {
            match node {
                Node::Ident(id) => {
                    into.own.extend(self.declared.numbers.get(&tree.name(id)));
                    true
                }
                Node::Expr(e) => {
                    into.selected.extend(imports.selected(tree, &tree[e]));
                    if !in_body
                        && !is_read_whole
                        && let Some(ty) = type_of_unread(tree, e)
                    {
                        types.push(ty);
                        return false;
                    }
                    true
                }
                // The body of a literal that initializes a variable.
                Node::Stmt(_) => in_body,
                _ => true,
            }
        });
        types.into_iter().for_each(|ty| self.mentions(file, Node::Expr(ty), into));
    }
}

/// The type of a literal whose elements an outline does not have: outside functions, and with a type that does not depend
/// on them.
fn type_of_unread(tree: &Tree, e: ExprId) -> Option<ExprId> {
    let Expr::CompositeLit { ty, .. } = tree[e] else { return None };
    ty.filter(|&ty| !matches!(tree[ty], Expr::ArrayType { len: None, .. }))
}

/// The sections of a file, and the numbers, from `first` on, of those in which its declarations stand.
fn sections_of(file: &NeedsFile<'_>, first: u32) -> (Vec<Section>, Vec<u32>) {
    let tree = file.tree;
    let mut sections: Vec<Section> = Vec::new();
    let mut of_decls = Vec::with_capacity(tree.top.len());
    for (&decl, &end) in tree.top.iter().zip(&tree.top_ends) {
        match sections.last_mut() {
            Some(last) if last.end == end => last.decls += 1,
            last => {
                let text = last.map_or(0, |last| last.end as usize)..end as usize;
                let stays = stays(&tree[decl], &file.src[text]);
                let imports = matches!(tree[decl], Decl::Import { .. });
                sections.push(Section { decls: 1, end, imports, stays });
            }
        }
        of_decls.push(first + sections.len() as u32 - 1);
    }
    (sections, of_decls)
}

/// Whether something is to be read of a declaration although nobody needs it. `text`: of it, with what stands before it.
fn stays(decl: &Decl, text: &[u8]) -> bool {
    let counts = match decl {
        // Types that are declared in functions are counted.
        Decl::Func(_) | Decl::Var { .. } => declares_types(text),
        _ => false,
    };
    // What is called otherwise may be called so anywhere.
    counts || memchr::memmem::find(text, b"go:linkname").is_some()
}

//! What of imported packages is needed to check and compile others.
//!
//! A package that has been compiled before is checked again only because others use it, and those use little of it. What
//! they use is found from texts alone, from importers to what they import: a declaration that is needed needs all
//! that its text mentions, by name, in its own package and in others. Names of fields and local variables count as if
//! they meant what is declared under the same name, so this is more than is really needed, and never less: an object is
//! found either by a name or in a type, and a type that is needed comes with what its declaration mentions, with its
//! methods, and with what these mention. Who mentions whom is the [`Outline`] of a package; it is kept with the results
//! of compiling the package, so that of its files only the declarations that are needed have to be read.

mod mentions;
mod outline;

use escargo_base::Symbol;
use escargo_syntax::{Decl, Expr, Tree};
use escargo_types::constant::quote::unquote;
use rustc_hash::{FxHashMap, FxHashSet};

pub use outline::{FilePart, Needed, Outline};

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

/// Gives the name of the package that an import path means; nothing if there is none.
pub type Resolve<'n> = dyn Fn(&str) -> Option<Symbol> + 'n;

/// Told what is needed of imported packages: an import path, and a name, or none for all exported ones.
pub type Demand<'d> = dyn FnMut(&str, Option<Symbol>) + 'd;

/// Tells what a package needs of others if all of it is needed.
pub fn of_all(files: &[NeedsFile<'_>], resolve: &Resolve<'_>, demand: &mut Demand<'_>) {
    let mut paths = Paths::default();
    let mut needs: FxHashSet<(u32, Option<Symbol>)> = FxHashSet::default();
    for file in files {
        let imports = Imports::of(*file, resolve, &mut paths);
        needs.extend(imports.dots.iter().map(|&path| (path, None)));
        let selected = file.tree.exprs().iter().filter_map(|expr| imports.selected(file.tree, expr));
        needs.extend(selected.map(|(path, name)| (path, Some(name))));
    }
    needs.into_iter().for_each(|(path, name)| demand(&paths.list[path as usize], name));
}

/// Import paths, each once.
#[derive(Debug, Default)]
struct Paths {
    list: Vec<String>,
    numbers: FxHashMap<String, u32>,
}

impl Paths {
    fn number(&mut self, path: &str) -> u32 {
        if let Some(&number) = self.numbers.get(path) {
            return number;
        }
        let number = self.list.len() as u32;
        self.list.push(path.to_owned());
        self.numbers.insert(path.to_owned(), number);
        number
    }
}

/// The imports of a file.
#[derive(Debug, Default)]
struct Imports {
    /// Packages by name in the file.
    packages: FxHashMap<Symbol, u32>,
    /// Packages whose names are names of the file.
    dots: Vec<u32>,
}

impl Imports {
    fn of(file: NeedsFile<'_>, resolve: &Resolve<'_>, paths: &mut Paths) -> Imports {
        let mut imports = Imports::default();
        for &decl in &file.tree.top {
            let Decl::Import { name, path, .. } = file.tree[decl] else { continue };
            let loc = file.tree.loc(path);
            let text = unquote(&file.src[loc.start as usize..loc.end as usize]);
            let Some(text) = text.and_then(|text| String::from_utf8(text).ok()) else { continue };
            let Some(own_name) = resolve(&text) else { continue };
            let path = paths.number(&text);
            match name.map_or(own_name, |name| file.tree.name(name)) {
                name if name == *"." => imports.dots.push(path),
                name => drop(imports.packages.insert(name, path)),
            }
        }
        imports
    }

    /// What an expression selects from an imported package.
    fn selected(&self, tree: &Tree, expr: &Expr) -> Option<(u32, Symbol)> {
        let Expr::Selector { x, sel } = *expr else { return None };
        let Expr::Name(local) = tree[x] else { return None };
        Some((*self.packages.get(&tree.name(local))?, tree.name(sel)))
    }
}

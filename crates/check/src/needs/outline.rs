//! The outline of a package: what it declares where, and what that mentions.

use escargo_base::Symbol;
use escargo_syntax::Skip;
use serde::{Deserialize, Serialize};

use super::{Demand, Names};

/// Lists one after the other, by number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Lists<T> {
    ends: Vec<u32>,
    items: Vec<T>,
}

impl<T> Default for Lists<T> {
    fn default() -> Lists<T> {
        Lists { ends: Vec::new(), items: Vec::new() }
    }
}

impl<T: Ord> Lists<T> {
    /// Adds a list, of which each item counts once.
    pub(super) fn push(&mut self, mut list: Vec<T>) {
        list.sort_unstable();
        list.dedup();
        self.items.append(&mut list);
        self.ends.push(self.items.len() as u32);
    }

    fn get(&self, number: u32) -> &[T] {
        let number = number as usize;
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.items[start as usize..self.ends[number] as usize]
    }
}

/// What a package declares where, and what the declarations mention: see the module.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outline {
    /// Names, each once: first those that are declared, sorted, then others.
    pub(super) names: Vec<String>,
    /// Import paths, as they are written.
    pub(super) imports: Vec<String>,
    /// Imports whose names are names of a file.
    pub(super) dots: Vec<u32>,
    /// By declared name, what its declarations and those of its methods mention: declared names of the package.
    pub(super) own: Lists<u32>,
    /// Imports and names that are selected from them.
    pub(super) selected: Lists<(u32, u32)>,
    /// By declared name, where it and its methods are declared: numbers of sections, those of all files counted through.
    pub(super) sections: Lists<u32>,
    /// By file.
    pub(super) files: Vec<Vec<Section>>,
}

/// A declaration at the top level of a file, which may be a group of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Section {
    /// So many of [`Tree::top`].
    pub(super) decls: u32,
    /// Where it ends.
    pub(super) end: u32,
    /// It imports packages: it is read if anything of the file is.
    pub(super) imports: bool,
    /// Something is read of it whether it is needed or not.
    pub(super) stays: bool,
}

/// What is needed of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needed {
    /// Names of its objects.
    pub names: Names,
    /// What of each file is; all where there is nothing.
    pub files: Vec<FilePart>,
}

/// What is needed of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FilePart {
    /// All but this.
    Without(Vec<Skip>),
    /// Nothing, of so many of [`Tree::top`](escargo_syntax::Tree::top).
    Nothing(u32),
}

impl Outline {
    /// What is needed of the package if `names` are. Tells what it needs of others: import paths, and names, or none for
    /// all exported ones.
    pub fn needed(&self, names: &Names, demand: &mut Demand<'_>) -> Needed {
        let declared = self.own.ends.len();
        let (mut open, mut seen) = (Vec::new(), vec![false; declared]);
        match names {
            Names::All => open.extend(0..declared as u32),
            Names::Some(names) => open.extend(names.iter().filter_map(|name| self.declared(name.as_str()))),
        }
        if !open.is_empty() {
            self.dots.iter().for_each(|&import| demand(&self.imports[import as usize], None));
        }
        let mut wanted = vec![false; self.files.iter().map(Vec::len).sum()];
        let mut found = names.clone();
        while let Some(name) = open.pop() {
            if std::mem::replace(&mut seen[name as usize], true) {
                continue;
            }
            found.insert(Symbol::intern(&self.names[name as usize]));
            open.extend(self.own.get(name).iter().filter(|&&other| !seen[other as usize]));
            for &(import, other) in self.selected.get(name) {
                let name = Symbol::intern(&self.names[other as usize]);
                demand(&self.imports[import as usize], Some(name));
            }
            self.sections.get(name).iter().for_each(|&section| wanted[section as usize] = true);
        }
        let files = if found == Names::All { Vec::new() } else { self.parts(&wanted) };
        Needed { names: found, files }
    }

    /// The number of a declared name.
    fn declared(&self, name: &str) -> Option<u32> {
        let declared = &self.names[..self.own.ends.len()];
        declared.binary_search_by(|known| known.as_str().cmp(name)).ok().map(|at| at as u32)
    }

    /// By file, what is needed if these sections are wanted.
    fn parts(&self, wanted: &[bool]) -> Vec<FilePart> {
        let mut rest = wanted;
        let part = |sections: &Vec<Section>| {
            let (wanted, others) = rest.split_at(sections.len());
            rest = others;
            let is_read = |(section, &wanted): (&Section, &bool)| section.stays || wanted;
            match sections.iter().zip(wanted).any(is_read) {
                true => FilePart::Without(skipped(sections, wanted)),
                false => FilePart::Nothing(sections.iter().map(|section| section.decls).sum()),
            }
        };
        self.files.iter().map(part).collect()
    }
}

/// The sections of a file that need not be read.
fn skipped(sections: &[Section], wanted: &[bool]) -> Vec<Skip> {
    let mut place = 0;
    let mut skipped: Vec<Skip> = Vec::new();
    for (section, &wanted) in sections.iter().zip(wanted) {
        let Section { decls, end, imports, stays } = *section;
        match skipped.last_mut() {
            _ if wanted || stays || imports => {}
            Some(last) if last.first + last.decls == place => {
                *last = Skip { decls: last.decls + decls, end, ..*last };
            }
            _ => skipped.push(Skip { first: place, decls, end }),
        }
        place += decls;
    }
    skipped
}

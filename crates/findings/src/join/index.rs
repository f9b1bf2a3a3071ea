//! Sites and functions, to be found by what a profile says of a frame.

use escargo_base::{FileId, SourceMap, Symbol};
use rustc_hash::{FxHashMap, FxHashSet};

use super::reason::base_name;
use super::{Join, JoinFunc, JoinSite};
use crate::packages::package_of;

/// Sites and functions by name.
pub(super) struct Index<'a> {
    pub(super) sites: &'a [JoinSite],
    sources: &'a SourceMap,
    /// Sites that are written in a function, sorted by line.
    by_function: FxHashMap<Symbol, Vec<u32>>,
    /// The same by name of the file and line, for functions that have other names in the profile.
    by_line: FxHashMap<(Symbol, u32), Vec<u32>>,
    /// Variables of inlined functions by the call: function and line.
    by_call: FxHashMap<(Symbol, u32), Vec<u32>>,
    funcs: FxHashMap<Symbol, Vec<JoinFunc>>,
    /// Packages that were compiled.
    pub(super) packages: FxHashSet<Symbol>,
}

impl<'a> Index<'a> {
    pub(super) fn new(join: &Join<'a>) -> Index<'a> {
        let mut index = Index {
            sites: join.sites,
            sources: join.sources,
            by_function: FxHashMap::default(),
            by_line: FxHashMap::default(),
            by_call: FxHashMap::default(),
            funcs: FxHashMap::default(),
            packages: FxHashSet::default(),
        };
        let mut names: FxHashMap<FileId, Symbol> = FxHashMap::default();
        let line_of = |at: u32| join.sites[at as usize].frames.first().map(|frame| frame.line);
        let mut order: Vec<u32> = (0..join.sites.len() as u32).collect();
        order.sort_by_key(|&at| line_of(at));
        for at in order {
            let Some(frame) = join.sites[at as usize].frames.first() else { continue };
            index.by_function.entry(frame.function).or_default().push(at);
            let file = *names.entry(frame.file).or_insert_with(|| {
                Symbol::intern(base_name(&join.sources.file(frame.file).path.to_string_lossy()))
            });
            index.by_line.entry((file, frame.line)).or_default().push(at);
            let site = &join.sites[at as usize];
            if let Some(call) = site.frames.get(1).filter(|_| site.is_variable) {
                index.by_call.entry((call.function, call.line)).or_default().push(at);
            }
        }
        for func in join.funcs {
            index.packages.insert(Symbol::intern(&package_of(func.name.as_str())));
            index.funcs.entry(func.name).or_default().push(*func);
        }
        index
    }

    /// A site, as compiled.
    pub(super) fn site(&self, at: u32) -> &'a JoinSite {
        &self.sites[at as usize]
    }

    /// Whether a function is known, and has a body.
    pub(super) fn has_body(&self, function: Symbol) -> Option<bool> {
        let funcs = self.funcs.get(&function)?;
        Some(funcs.iter().any(|func| func.has_body))
    }

    /// Whether a function calls functions without body.
    pub(super) fn calls_helpers(&self, function: Symbol) -> bool {
        self.funcs.get(&function).into_iter().flatten().any(|func| func.calls_helpers)
    }

    /// Lines at which functions of a name start now. Profiles have other lines of those without body: in assembly.
    pub(super) fn start_lines(&self, function: Symbol) -> impl Iterator<Item = u32> {
        let funcs = self.funcs.get(&function).into_iter().flatten();
        funcs.filter(|func| func.has_body && func.start_line != 0).map(|func| func.start_line)
    }

    /// Sites that are written in a function, in order of line. `file` is the one that the profile names: commands may
    /// have functions of the same name.
    pub(super) fn in_function(&self, function: Symbol, file: &str) -> Vec<u32> {
        let Some(all) = self.by_function.get(&function) else { return Vec::new() };
        let file_of = |at: u32| self.site(at).frames[0].file;
        let is_one_file = all.windows(2).all(|pair| file_of(pair[0]) == file_of(pair[1]));
        if is_one_file {
            return all.clone();
        }
        let mut likeness: FxHashMap<FileId, usize> = FxHashMap::default();
        for &at in all {
            let path = || self.sources.file(file_of(at)).path.to_string_lossy();
            likeness.entry(file_of(at)).or_insert_with(|| common_tail(&path(), file));
        }
        // Files that are equally like it are one that was read twice, for a package and for that with its tests.
        let best = all.iter().map(|&at| likeness[&file_of(at)]).max();
        all.iter().copied().filter(|&at| likeness.get(&file_of(at)).copied() == best).collect()
    }

    /// Sites on a line of a file, whatever the function is called.
    pub(super) fn on_line(&self, file: &str, line: u32) -> Vec<u32> {
        let Some(sites) = self.by_line.get(&(Symbol::intern(base_name(file)), line)) else {
            return Vec::new();
        };
        let likeness = |at: u32| {
            common_tail(&self.sources.file(self.site(at).frames[0].file).path.to_string_lossy(), file)
        };
        // The file's name and that of its directory have to agree, the rest as far as possible.
        let best = sites.iter().map(|&at| likeness(at)).max().filter(|&best| best > 1);
        sites.iter().copied().filter(|&at| Some(likeness(at)) == best).collect()
    }
}

impl Index<'_> {
    /// Variables of functions that were inlined to a line of a function.
    pub(super) fn inlined_to(&self, function: Symbol, line: i64) -> &[u32] {
        let line = u32::try_from(line).unwrap_or(0);
        self.by_call.get(&(function, line)).map(Vec::as_slice).unwrap_or_default()
    }
}

/// Number of elements at the end that two paths have in common.
fn common_tail(one: &str, other: &str) -> usize {
    let separators = ['/', '\\'];
    one.rsplit(separators).zip(other.rsplit(separators)).take_while(|(a, b)| a == b).count()
}

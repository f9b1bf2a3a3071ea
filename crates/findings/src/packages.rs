//! The facts of all packages of a run together.

use escargo_base::{FileId, Pos, Symbol};
use rustc_hash::FxHashMap;

use crate::facts::{CodePos, FuncFacts, FuncName, InputFacts, PackageFacts};

/// A function: number of the package, and index there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FuncAt {
    /// Number of the package in [`Packages`].
    pub package: u32,
    /// Index in [`PackageFacts::funcs`].
    pub func: u32,
}

/// The facts of all packages of a run.
#[derive(Debug, Default)]
pub struct Packages {
    list: Vec<PackageFacts>,
    /// By linker symbol; of copies of an instance, which are all the same, the first.
    funcs: FxHashMap<Symbol, FuncAt>,
    /// Places of files in the order of the packages and of the files in each: ids depend on threads.
    ranks: FxHashMap<FileId, u32>,
    /// Files that were read again, by what they are the same as.
    twins: FxHashMap<FileId, FileId>,
}

impl Packages {
    /// The packages in this order.
    pub fn new(list: Vec<PackageFacts>) -> Packages {
        let mut funcs = FxHashMap::default();
        for (number, package) in list.iter().enumerate() {
            for (index, func) in package.funcs.iter().enumerate() {
                let at = FuncAt { package: number as u32, func: index as u32 };
                funcs.entry(func.name.symbol).or_insert(at);
            }
        }
        let files = list.iter().flat_map(|package| &package.files);
        let ranks = (0..).zip(files).map(|(rank, &file)| (file, rank)).collect();
        Packages { list, funcs, ranks, twins: FxHashMap::default() }
    }

    /// What positions are sorted by: files in the order of their packages, those of no package last.
    pub fn order(&self, pos: Pos) -> (u32, u32) {
        let rank = pos.file.and_then(|file| self.ranks.get(&file)).copied();
        (rank.unwrap_or(u32::MAX), pos.offset)
    }

    /// Says which files were read twice, as those of a package and its test variant are: the second as the first.
    #[must_use]
    pub fn with_twins(mut self, twins: FxHashMap<FileId, FileId>) -> Packages {
        self.twins = twins;
        self
    }

    /// A position in the file that stands for all that are the same.
    pub fn canonical(&self, pos: Pos) -> Pos {
        let file = pos.file.map(|file| self.twins.get(&file).copied().unwrap_or(file));
        Pos { file, ..pos }
    }

    /// All of them.
    pub fn list(&self) -> &[PackageFacts] {
        &self.list
    }

    /// A package by its number.
    pub fn package(&self, number: u32) -> &PackageFacts {
        &self.list[number as usize]
    }

    /// A function.
    pub fn func(&self, at: FuncAt) -> &FuncFacts {
        &self.package(at.package).funcs[at.func as usize]
    }

    /// The function with a linker symbol, if it was compiled.
    pub fn find(&self, symbol: Symbol) -> Option<FuncAt> {
        self.funcs.get(&symbol).copied()
    }

    /// An input of a function; for an argument beyond the last parameter, the last.
    pub fn input(&self, at: FuncAt, input: u32) -> Option<&InputFacts> {
        let inputs = &self.func(at).inputs;
        inputs.get(input as usize).or(inputs.last())
    }

    /// The linker symbol and shown name of the function in which code of `func` was written.
    pub fn written_in(&self, func: FuncAt, at: CodePos) -> FuncName {
        match at.inlined {
            Some(call) => self.package(func.package).inlined[call as usize].callee,
            None => self.func(func).name,
        }
    }
}

/// The import path in a linker symbol: what stands before the first dot behind the last slash of it.
pub fn package_of(symbol: &str) -> String {
    // Type arguments may contain slashes and dots.
    let name = symbol.split('[').next().unwrap_or(symbol);
    let slash = name.rfind('/').map_or(0, |at| at + 1);
    let end = name[slash..].find('.').map_or(name.len(), |at| slash + at);
    unescaped(&name[..end])
}

/// A linker symbol as stack traces have it: without type arguments (`runtime/traceback.go`, funcNameForPrint).
pub(crate) fn shown_name(symbol: &str) -> String {
    let mut shown = String::with_capacity(symbol.len());
    let mut depth = 0_usize;
    for letter in symbol.chars() {
        match letter {
            '[' => depth += 1,
            ']' if depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    shown.push_str("[...]");
                }
            }
            _ if depth == 0 => shown.push(letter),
            _ => {}
        }
    }
    shown
}

/// A path with `%2e` and the like read back (`cmd/internal/objabi/path.go`).
fn unescaped(path: &str) -> String {
    let mut out = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, tail @ ..] = rest {
        let digits = tail.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.filter(|_| *first == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                rest = &tail[2..];
            }
            None => {
                out.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn type_arguments_are_not_shown() {
        for (symbol, shown) in [
            ("m.f", "m.f"),
            ("m.(*L[go.shape.int]).Push", "m.(*L[...]).Push"),
            ("m.F[go.shape.map[string]int].func1", "m.F[...].func1"),
            ("m.(*L[go.shape.[]int]).Map[go.shape.int]", "m.(*L[...]).Map[...]"),
            ("m.F[...]", "m.F[...]"),
        ] {
            assert_eq!(shown_name(symbol), shown);
        }
    }

    #[test]
    fn packages_of_symbols() {
        assert_eq!(package_of("main.f"), "main");
        assert_eq!(package_of("example.com/m.(*T).Method"), "example.com/m");
        assert_eq!(package_of("gopkg.in/yaml%2ev3.F[example.com/x/y.T].func1"), "gopkg.in/yaml.v3");
        assert_eq!(package_of("a%zz/b%2"), "a%zz/b%2");
    }
}

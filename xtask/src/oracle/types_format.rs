//! The canonical text in which two type checkers write down what they found, so that they can be
//! compared; and its summary by hashes. `xtask/go/typesdump` writes it from go/types.
//!
//! # Dump
//!
//! A dump is a sequence of lines, fields separated by one tab. The first field tells what it is:
//!
//! | line | meaning |
//! |---|---|
//! | `P path` | a package; what follows is about it. Packages come in the order asked for; `unsafe` is left out |
//! | `E text` | an error in the package |
//! | `F file category count hash` | a category of facts of a file (base name). Files come in the order given, each with all categories in the order of [`Category`] |
//! | `I count hash` | the initialization order of the package |
//! | `L start end …` | one fact; follows its `F` or `I` line, and only if asked for |
//!
//! # Facts
//!
//! A fact is `start end …`: two decimal numbers and more fields, separated by tabs. Within a
//! category facts are sorted by start, end, then bytes of the rest. The hash is FNV-1a with 128
//! bits, in 32 hexadecimal digits, over each fact followed by a newline (without the `L` and its
//! tab). Nothing may occur twice unless it was found twice.
//!
//! Offsets count bytes from the start of the file and ignore `//line`. `start` and `end` are those
//! of the syntax node as go/ast sees it: a call ends after `)`, a function literal starts at
//! `func`, a selector at its operand, a parenthesized expression at `(`.
//!
//! Fields of a fact, after `start end`:
//!
//! | category | fields |
//! |---|---|
//! | `version` | language version of the file, empty if unknown; offsets are 0 |
//! | `expr` | node kind, mode, type, value: every expression in go/types's `Info.Types` |
//! | `def` | name, *object*, what a type name stands for |
//! | `use` | name, *object* |
//! | `implicit` | node kind, *object*. For a `case` clause `end` is `start` |
//! | `select` | `field`, `method` or `expr`; type of the operand; name, package and place of what is selected; index path joined by `.`; `direct` or `indirect`; type |
//! | `instance` | name, type arguments joined by `; `, type |
//! | `scope` | node kind; `name@place` of each object, sorted by name, separated by blanks. `end` is `start`; a file's scope has offset 0 |
//! | initialization order | `start` counts initializers from 0, `end` is the number of variables; `name@place` of each variable separated by blanks; `file:start:end` of the expression |
//!
//! An *object* is `-` if there is none (a package clause's name, the symbol of a type switch), else
//! six fields: kind, name, package path, place, type, more.
//!
//! | kind | more |
//! |---|---|
//! | `pkg` | path of the imported package; the type is `invalid type` |
//! | `const` | value |
//! | `type`, `alias` | `-` |
//! | `var`, `field`, `embedded` | `-` |
//! | `func` | `-` |
//! | `method` | type of the receiver |
//! | `label`, `builtin`, `nil` | `-`; the type of labels and builtins is `invalid type`, of nil `untyped nil` |
//!
//! - Expressions that go/types makes up itself (the `1` of `x++`) are left out, and `nil` is written
//!   as `untyped nil` whatever type its context gives it: the compiler's checker and go/types
//!   differ there. For the same reason parentheses right after `&` are left out, and an unnamed
//!   variadic parameter stands at its dots.
//! - A *package path* or a *place* that does not exist (predeclared objects) is `-`. A place is
//!   `file:offset`, base name of the file and offset of the declaring identifier; the file belongs
//!   to the object's package.
//! - *What a type name stands for* is, for an alias, the right-hand side of its declaration; for a
//!   type parameter its index, a blank, and its constraint; for another type name its underlying
//!   type; for other objects (and none) `-`.
//! - A *mode* is a letter per property that holds, in this order, `-` if none does: `v` no value,
//!   `t` type, `b` built-in function, `x` value, `n` nil, `a` addressable, `s` assignable, `k` may
//!   be used with comma-ok, `c` constant.
//! - A *type* is written as `types.TypeString` writes it with full package paths, `-` if missing.
//! - A *value* is `-` if missing, else as `constant.Value.ExactString` writes it, but strings are
//!   written in double quotes byte by byte: printable ASCII other than `"` and `\` as it is, any
//!   other byte as `\x` and two lower-case hexadecimal digits ([`quote`]).
//! - Node kinds of expressions: `Name Lit FuncLit CompLit Paren Select Index Slice Assert Call Star
//!   Unary Binary KeyValue Ellipsis ArrayType StructType FuncType InterfaceType MapType ChanType
//!   Bad`. An index with several operands is `Index` too; `Star` is a dereference as well as a
//!   pointer type; a slice type is `ArrayType`. Other nodes: `Import Field File TypeSpec Block If
//!   Switch TypeSwitch Case Comm For Range`.

use std::fmt::Write as _;

use anyhow::{Context, Result, bail};

/// A kind of facts about a file, in the order of dumps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Category {
    /// Language version.
    Version,
    /// Mode, type and value of expressions.
    Expr,
    /// Objects that identifiers declare.
    Def,
    /// Objects that identifiers mean.
    Use,
    /// Objects without an identifier.
    Implicit,
    /// Selections.
    Select,
    /// Instantiations.
    Instance,
    /// Scopes and their names.
    Scope,
}

impl Category {
    /// All of them, in order.
    pub const ALL: [Category; 8] = [
        Category::Version,
        Category::Expr,
        Category::Def,
        Category::Use,
        Category::Implicit,
        Category::Select,
        Category::Instance,
        Category::Scope,
    ];

    /// The name in dumps.
    pub fn name(self) -> &'static str {
        match self {
            Category::Version => "version",
            Category::Expr => "expr",
            Category::Def => "def",
            Category::Use => "use",
            Category::Implicit => "implicit",
            Category::Select => "select",
            Category::Instance => "instance",
            Category::Scope => "scope",
        }
    }

    fn of(name: &str) -> Option<Category> {
        Category::ALL.into_iter().find(|c| c.name() == name)
    }
}

/// FNV-1a with 128 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fnv128(u128);

impl Default for Fnv128 {
    fn default() -> Self {
        Fnv128(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d)
    }
}

impl Fnv128 {
    const PRIME: u128 = (1 << 88) + 0x13b;

    /// Feeds bytes.
    pub fn add(&mut self, bytes: &[u8]) {
        for &b in bytes {
            self.0 = (self.0 ^ u128::from(b)).wrapping_mul(Self::PRIME);
        }
    }

    /// The hash in 32 hexadecimal digits.
    pub fn hex(self) -> String {
        format!("{:032x}", self.0)
    }
}

/// A string constant as a value field.
pub fn quote(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() + 2);
    out.push('"');
    for &b in bytes {
        match b {
            b' '..=b'~' if b != b'"' && b != b'\\' => out.push(char::from(b)),
            _ => {
                let _ = write!(out, "\\x{b:02x}");
            }
        }
    }
    out.push('"');
    out
}

/// One fact.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fact {
    /// First number.
    pub start: u32,
    /// Second number.
    pub end: u32,
    /// The other fields, separated by tabs.
    pub rest: String,
}

impl Fact {
    /// Feeds the fact as a line to a hash, writing through a scratch buffer.
    fn hash(&self, hash: &mut Fnv128, scratch: &mut String) {
        scratch.clear();
        let _ = writeln!(scratch, "{}\t{}\t{}", self.start, self.end, self.rest);
        hash.add(scratch.as_bytes());
    }
}

/// The facts of one category of a file, or the initialization order of a package.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// How many.
    pub count: u64,
    /// Their hash.
    pub hash: String,
    /// The facts themselves, if asked for.
    pub lines: Option<Vec<Fact>>,
}

impl Facts {
    /// Sorts and summarizes facts; keeps them if `keep`. Initialization orders are in order
    /// already and stay so, because their first number counts.
    pub fn new(mut facts: Vec<Fact>, keep: bool) -> Facts {
        facts.sort();
        let (mut hash, mut scratch) = (Fnv128::default(), String::new());
        for fact in &facts {
            fact.hash(&mut hash, &mut scratch);
        }
        Facts { count: facts.len() as u64, hash: hash.hex(), lines: keep.then_some(facts) }
    }
}

/// What is known of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileFacts {
    /// Base name.
    pub name: String,
    /// By category, in order.
    pub facts: [Facts; Category::ALL.len()],
}

/// What is known of a package.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackageFacts {
    /// Import path.
    pub path: String,
    /// Errors.
    pub errors: Vec<String>,
    /// Files.
    pub files: Vec<FileFacts>,
    /// Initialization order.
    pub init: Facts,
}

/// A whole dump.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dump {
    /// Packages, in the order asked for.
    pub packages: Vec<PackageFacts>,
}

impl Dump {
    /// Reads a dump.
    pub fn read(text: &[u8]) -> Result<Dump> {
        let text = std::str::from_utf8(text).context("the dump is not UTF-8")?;
        let mut reader = Reader::default();
        for (n, line) in text.lines().enumerate() {
            reader.line(line).with_context(|| format!("line {} of the dump", n + 1))?;
        }
        Ok(reader.dump)
    }

    /// How much there is of everything, for people.
    pub fn statistics(&self) -> String {
        let mut out = String::new();
        let files: usize = self.packages.iter().map(|p| p.files.len()).sum();
        let _ = writeln!(out, "{} packages, {files} files", self.packages.len());
        for category in Category::ALL {
            let facts = self.packages.iter().flat_map(|p| &p.files).map(|f| f.facts[category as usize].count);
            let _ = writeln!(out, "  {:<9}{:>9}", category.name(), facts.sum::<u64>());
        }
        let _ =
            writeln!(out, "  {:<9}{:>9}", "init", self.packages.iter().map(|p| p.init.count).sum::<u64>());
        for package in &self.packages {
            for error in &package.errors {
                let _ = writeln!(out, "  {}: {error}", package.path);
            }
        }
        out
    }
}

/// Builds a dump from its lines.
#[derive(Default)]
struct Reader {
    dump: Dump,
    /// Where `L` lines go.
    last: Last,
}

#[derive(Clone, Copy, Default)]
enum Last {
    #[default]
    Nothing,
    File(Category),
    Init,
}

impl Reader {
    fn line(&mut self, line: &str) -> Result<()> {
        let (kind, rest) = line.split_once('\t').context("no tab")?;
        if kind == "P" {
            self.dump.packages.push(PackageFacts { path: rest.to_owned(), ..PackageFacts::default() });
            self.last = Last::Nothing;
            return Ok(());
        }
        let package = self.dump.packages.last_mut().context("no package yet")?;
        match kind {
            "E" => package.errors.push(rest.to_owned()),
            "F" => {
                let mut fields = rest.split('\t');
                let mut field = || fields.next().context("too few fields");
                let (name, category) = (field()?, Category::of(field()?).context("unknown category")?);
                let facts = Facts { count: field()?.parse()?, hash: field()?.to_owned(), lines: None };
                if package.files.last().is_none_or(|f| f.name != name) {
                    package.files.push(FileFacts { name: name.to_owned(), ..FileFacts::default() });
                }
                if let Some(file) = package.files.last_mut() {
                    file.facts[category as usize] = facts;
                }
                self.last = Last::File(category);
            }
            "I" => {
                let (count, hash) = rest.split_once('\t').context("too few fields")?;
                package.init = Facts { count: count.parse()?, hash: hash.to_owned(), lines: None };
                self.last = Last::Init;
            }
            "L" => {
                let mut fields = rest.splitn(3, '\t');
                let mut field = || fields.next().context("too few fields");
                let fact =
                    Fact { start: field()?.parse()?, end: field()?.parse()?, rest: field()?.to_owned() };
                let facts = match self.last {
                    Last::File(c) => package.files.last_mut().map(|f| &mut f.facts[c as usize]),
                    Last::Init => Some(&mut package.init),
                    Last::Nothing => None,
                };
                facts.context("a fact of nothing")?.lines.get_or_insert_default().push(fact);
            }
            _ => bail!("unknown kind {kind}"),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_fnv() {
        assert_eq!(Fnv128::default().hex(), "6c62272e07bb014262b821756295c58d");
        let mut hash = Fnv128::default();
        hash.add(b"foobar");
        assert_eq!(hash.hex(), "343e1662793c64bf6f0d3597ba446f18");
    }

    #[test]
    fn strings_byte_by_byte() {
        assert_eq!(quote("a\"\\\n é~".as_bytes()), r#""a\x22\x5c\x0a \xc3\xa9~""#);
    }

    #[test]
    fn reads_and_sums_up() {
        let fact = |start, end, rest: &str| Fact { start, end, rest: rest.into() };
        let facts = Facts::new(vec![fact(10, 12, "b"), fact(9, 30, "a"), fact(10, 11, "z")], true);
        let text = format!(
            "P\tx/y\nE\tbad: thing\nF\ta.go\tversion\t0\t-\nF\ta.go\texpr\t3\t{}\nL\t9\t30\ta\nL\t10\t11\tz\nL\t10\t12\tb\nI\t0\t-\n",
            facts.hash
        );
        let dump = Dump::read(text.as_bytes()).expect("well-formed");
        assert_eq!(dump.packages[0].errors, ["bad: thing"]);
        assert_eq!(dump.packages[0].files[0].facts[Category::Expr as usize], facts);
        assert!(dump.statistics().contains("1 packages, 1 files"));
        for bad in
            ["F\ta.go\texpr\t3\t0\n", "P\tx\nL\t1\t2\tx\n", "P\tx\nQ\t1\n", "P\tx\nF\ta\tnone\t1\t2\n", "x"]
        {
            assert!(Dump::read(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}

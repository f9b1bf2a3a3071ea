//! Interned names.
//!
//! One process-wide table: a name is a `u32` everywhere, comparing names compares integers, and the
//! text lives as long as the process. Ids depend on which thread interned first, so nothing may
//! sort by id; [`Symbol`] is deliberately not `Ord`: sort by [`Symbol::as_str`].

use std::fmt;
use std::hash::{BuildHasher, Hash, Hasher};
use std::io::Write;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use hashbrown::HashTable;
use parking_lot::RwLock;
use rustc_hash::FxBuildHasher;

/// An interned string. Equality and hashing are those of an integer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Symbol(u32);

impl Hash for Symbol {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u32(self.0);
    }
}

const SHARDS: usize = 64;

struct Interner {
    shards: [RwLock<HashTable<u32>>; SHARDS],
    names: boxcar::Vec<&'static str>,
}

static INTERNER: LazyLock<Interner> = LazyLock::new(|| {
    let interner = Interner {
        shards: std::array::from_fn(|_| RwLock::new(HashTable::new())),
        names: boxcar::Vec::new(),
    };
    // Entry 0 and 1: the empty and the blank name, so that they are constants.
    for (i, name) in ["", "_"].into_iter().enumerate() {
        let id = interner.intern(name);
        assert_eq!(id as usize, i);
    }
    interner
});

impl Interner {
    fn intern(&self, text: &str) -> u32 {
        let hash = FxBuildHasher.hash_one(text);
        let shard = &self.shards[(hash >> 57) as usize % SHARDS];
        if let Some(&id) = shard.read().find(hash, |&id| self.names[id as usize] == text) {
            return id;
        }
        let mut table = shard.write();
        if let Some(&id) = table.find(hash, |&id| self.names[id as usize] == text) {
            return id;
        }
        let stored: &'static str = Box::leak(text.into());
        let id = u32::try_from(self.names.push(stored)).expect("too many distinct names");
        table.insert_unique(hash, id, |&id| FxBuildHasher.hash_one(self.names[id as usize]));
        id
    }
}

impl Symbol {
    /// The empty name.
    pub const EMPTY: Symbol = Symbol(0);
    /// The blank identifier `_`.
    pub const BLANK: Symbol = Symbol(1);

    /// Interns `text`.
    pub fn intern(text: &str) -> Symbol {
        Symbol(INTERNER.intern(text))
    }
    /// Interns a name that ends in a number. Unlike with `format!`, nothing is allocated for names that are known; where the
    /// beginning is always the same, see [`NumberedNames`].
    pub fn numbered(prefix: &str, number: u32) -> Symbol {
        let mut text = [0; 48];
        let room = text.len();
        let mut rest = &mut text[..];
        let short = write!(rest, "{prefix}{number}").is_ok();
        let len = room - rest.len();
        match std::str::from_utf8(&text[..len]) {
            Ok(text) if short => Symbol::intern(text),
            _ => Symbol::intern(&format!("{prefix}{number}")),
        }
    }
    /// The text.
    #[inline]
    pub fn as_str(self) -> &'static str {
        INTERNER.names[self.0 as usize]
    }
    /// Whether this is the blank identifier.
    pub fn is_blank(self) -> bool {
        self == Symbol::BLANK
    }
    /// Whether this is the empty name.
    pub fn is_empty(self) -> bool {
        self == Symbol::EMPTY
    }
    /// A number that is unique to the name within this process, for dense caches. Not stable
    /// between runs: never sort by it, never store it.
    pub fn as_u32(self) -> u32 {
        self.0
    }
}

/// Names that begin alike and end in a number, those with small numbers at hand.
#[derive(Debug)]
pub struct NumberedNames {
    prefix: &'static str,
    /// Symbols by number; 0, which is the empty name, where one has not been asked for.
    known: [AtomicU32; 512],
}

impl NumberedNames {
    /// Names that begin with this.
    pub const fn new(prefix: &'static str) -> NumberedNames {
        NumberedNames { prefix, known: [const { AtomicU32::new(0) }; 512] }
    }

    /// The name that ends in a number.
    pub fn get(&self, number: u32) -> Symbol {
        let Some(place) = self.known.get(number as usize) else {
            return Symbol::numbered(self.prefix, number);
        };
        // Whoever finds nothing finds out the same as others do.
        match place.load(Ordering::Relaxed) {
            0 => {
                let symbol = Symbol::numbered(self.prefix, number);
                place.store(symbol.0, Ordering::Relaxed);
                symbol
            }
            known => Symbol(known),
        }
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
impl fmt::Debug for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}
impl From<&str> for Symbol {
    fn from(text: &str) -> Self {
        Symbol::intern(text)
    }
}
impl PartialEq<str> for Symbol {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}
impl PartialEq<&str> for Symbol {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interning_is_idempotent_across_threads() {
        let ids: Vec<Vec<Symbol>> = std::thread::scope(|s| {
            let workers: Vec<_> = (0..4)
                .map(|_| s.spawn(|| (0..500).map(|i| Symbol::intern(&format!("name{i}"))).collect()))
                .collect();
            workers.into_iter().map(|w| w.join().unwrap()).collect()
        });
        assert!(ids.windows(2).all(|w| w[0] == w[1]));
        assert_eq!(ids[0][7].as_str(), "name7");
        static NAMES: NumberedNames = NumberedNames::new("name");
        for number in [7, 7, 511, 512] {
            assert_eq!(NAMES.get(number).as_str(), format!("name{number}"));
        }
        assert!(Symbol::intern("_").is_blank() && Symbol::intern("").is_empty());
    }
}

//! Words as the lexer meets them, and a small per-thread cache in front of the table of names.
//!
//! The names of a file, and of the files parsed after it on the same thread, are mostly the same few
//! thousand words. Looking them up here costs no lock and no walk through shared memory.

use std::cell::Cell;

use escargo_base::Symbol;

/// A word of ASCII or other bytes in a form that is quick to compare: up to 16 bytes are in it whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// The first eight bytes, fewer followed by zeros.
    pub(crate) head: u64,
    /// The last eight bytes; zero for up to eight bytes.
    pub(crate) tail: u64,
    pub(crate) len: u32,
}

impl Word {
    /// Not a word.
    pub(crate) const NONE: Word = Word { head: 0, tail: 0, len: 0 };

    pub(crate) const fn new(bytes: &[u8]) -> Word {
        let len = bytes.len();
        let (mut head, mut tail) = (0, 0);
        let mut i = 0;
        while i < len && i < 8 {
            head |= (bytes[i] as u64) << (8 * i);
            i += 1;
        }
        if len > 8 {
            let mut i = 0;
            while i < 8 {
                tail |= (bytes[len - 8 + i] as u64) << (8 * i);
                i += 1;
            }
        }
        Word { head, tail, len: len as u32 }
    }

    #[inline]
    fn hash(self) -> usize {
        const MIX: u64 = 0x9E37_79B9_7F4A_7C15;
        let mixed = (self.head ^ self.tail.rotate_left(23)).wrapping_mul(MIX) ^ u64::from(self.len);
        (mixed.wrapping_mul(MIX) >> 40) as usize
    }
}

#[derive(Clone, Copy)]
struct Slot {
    word: Word,
    symbol: Symbol,
}

/// Each name belongs to one pair of slots, where the latest two are kept.
const PAIRS: usize = 8192;

/// The cache.
#[derive(Default)]
pub(crate) struct Names {
    pairs: Vec<[Slot; 2]>,
}

thread_local! {
    static SPARE: Cell<Option<Names>> = const { Cell::new(None) };
}

impl Names {
    /// The cache of this thread; [`Names::release`] gives it back.
    pub(crate) fn acquire() -> Names {
        SPARE.take().unwrap_or_else(|| {
            let free = Slot { word: Word::NONE, symbol: Symbol::EMPTY };
            Names { pairs: vec![[free; 2]; PAIRS] }
        })
    }

    pub(crate) fn release(self) {
        if !self.pairs.is_empty() {
            SPARE.set(Some(self));
        }
    }

    /// Interns the name `bytes`, which `word` stands for. What is not UTF-8 (in broken files) is replaced.
    #[inline]
    pub(crate) fn intern(&mut self, word: Word, bytes: &[u8]) -> Symbol {
        let Some(pair) = self.pairs.get_mut(word.hash() % PAIRS) else { return intern_shared(bytes) };
        for slot in pair.iter() {
            if slot.word == word && (word.len <= 16 || slot.symbol.as_str().as_bytes() == bytes) {
                return slot.symbol;
            }
        }
        let symbol = intern_shared(bytes);
        *pair = [Slot { word, symbol }, pair[0]];
        symbol
    }
}

#[inline(never)]
fn intern_shared(word: &[u8]) -> Symbol {
    match std::str::from_utf8(word) {
        Ok(text) => Symbol::intern(text),
        Err(_) => Symbol::intern(&String::from_utf8_lossy(word)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_their_symbol_when_slots_are_shared() {
        let mut names = Names::acquire();
        let words: Vec<String> = (0..4 * PAIRS)
            .flat_map(|i| [format!("w{i}"), format!("longer_than_sixteen_{i}_bytes"), format!("{i}middling")])
            .collect();
        let mut intern = |w: &String| names.intern(Word::new(w.as_bytes()), w.as_bytes());
        let first: Vec<_> = words.iter().map(&mut intern).collect();
        for (word, symbol) in words.iter().zip(first) {
            assert_eq!(intern(word), symbol);
            assert_eq!(symbol.as_str(), word);
        }
        names.release();
    }

    #[test]
    fn words_hold_both_ends() {
        assert_eq!(Word::new(b"ab"), Word { head: 0x6261, tail: 0, len: 2 });
        let nine = Word::new(b"abcdefghi");
        assert_eq!(
            (nine.head, nine.tail),
            (u64::from_le_bytes(*b"abcdefgh"), u64::from_le_bytes(*b"bcdefghi"))
        );
    }
}

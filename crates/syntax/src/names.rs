//! A small per-thread cache in front of the table of interned names.
//!
//! The names of a file, and of the files parsed after it on the same thread, are mostly the same few
//! thousand words. Looking them up here costs no lock and no walk through shared memory.

use std::cell::Cell;

use escargo_base::Symbol;

const SLOTS: usize = 4096;

/// The cache: each name has one slot, and the last name that came there holds it.
pub(crate) struct Names {
    slots: Vec<(&'static str, Symbol)>,
}

thread_local! {
    static SPARE: Cell<Option<Names>> = const { Cell::new(None) };
}

impl Default for Names {
    /// An empty cache that keeps nothing.
    fn default() -> Self {
        Names { slots: Vec::new() }
    }
}

impl Names {
    /// The cache of this thread; [`Names::release`] gives it back.
    pub(crate) fn acquire() -> Names {
        SPARE.take().unwrap_or_else(|| Names { slots: vec![("", Symbol::EMPTY); SLOTS] })
    }

    pub(crate) fn release(self) {
        if !self.slots.is_empty() {
            SPARE.set(Some(self));
        }
    }

    /// Interns a name; bytes that are not UTF-8 (in broken files) are replaced.
    #[inline]
    pub(crate) fn intern(&mut self, word: &[u8]) -> Symbol {
        if let Some(slot) = self.slots.get_mut(hash(word) % SLOTS) {
            if slot.0.as_bytes() == word {
                return slot.1;
            }
            let symbol = intern_shared(word);
            *slot = (symbol.as_str(), symbol);
            return symbol;
        }
        intern_shared(word)
    }
}

#[inline(never)]
fn intern_shared(word: &[u8]) -> Symbol {
    match std::str::from_utf8(word) {
        Ok(text) => Symbol::intern(text),
        Err(_) => Symbol::intern(&String::from_utf8_lossy(word)),
    }
}

/// Mixes the first and last eight bytes and the length.
#[inline]
fn hash(word: &[u8]) -> usize {
    const MIX: u64 = 0x9E37_79B9_7F4A_7C15;
    let n = word.len();
    let (head, tail) = if n >= 8 {
        (word_at::<8>(word, 0), word_at::<8>(word, n - 8))
    } else if n >= 4 {
        (word_at::<4>(word, 0), word_at::<4>(word, n - 4))
    } else if n > 0 {
        (u64::from(word[0]), u64::from(word[n / 2]) << 8 | u64::from(word[n - 1]))
    } else {
        (0, 0)
    };
    let mixed = (head ^ tail.rotate_left(25) ^ n as u64).wrapping_mul(MIX);
    (mixed >> 44) as usize
}

#[inline]
fn word_at<const N: usize>(bytes: &[u8], at: usize) -> u64 {
    let mut buf = [0; 8];
    buf[..N].copy_from_slice(&bytes[at..at + N]);
    u64::from_le_bytes(buf)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_their_symbol_when_slots_are_shared() {
        let mut names = Names::acquire();
        let words: Vec<String> = (0..3 * SLOTS).map(|i| format!("w{i}")).collect();
        let first: Vec<_> = words.iter().map(|w| names.intern(w.as_bytes())).collect();
        for (word, symbol) in words.iter().zip(first) {
            assert_eq!(names.intern(word.as_bytes()), symbol);
            assert_eq!(symbol.as_str(), word);
        }
        names.release();
    }
}

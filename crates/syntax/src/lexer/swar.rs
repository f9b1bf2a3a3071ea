//! Looking at eight bytes at a time, held in a `u64` with the first byte lowest.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// The eight bytes from `at` on; zeros past the end.
#[inline]
pub(super) fn load(src: &[u8], at: usize) -> u64 {
    match src.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        Some(chunk) => u64::from_le_bytes(*chunk),
        None => load_last(src, at),
    }
}
#[cold]
fn load_last(src: &[u8], at: usize) -> u64 {
    let rest = src.get(at..).unwrap_or_default();
    let mut chunk = [0; 8];
    chunk[..rest.len()].copy_from_slice(rest);
    u64::from_le_bytes(chunk)
}

/// Index of the first byte whose high bit is set in `mask` (which has no other bits); 8 if none.
#[inline]
fn first(mask: u64) -> usize {
    (mask.trailing_zeros() / 8) as usize
}

/// For each byte below 0x80, its high bit says whether it is at least `limit`.
#[inline]
const fn at_least(bytes: u64, limit: u8) -> u64 {
    bytes + ONES * (0x80 - limit as u64)
}

/// Number of letters, digits and `_` at the start; 8 if there may be more.
#[inline]
pub(super) fn ident_len(bytes: u64) -> usize {
    let low = bytes & !HIGH;
    let folded = low | (ONES * 0x20);
    let letter = at_least(folded, b'a') & !at_least(folded, b'z' + 1);
    let digit = at_least(low, b'0') & !at_least(low, b'9' + 1);
    let underscore = !((low ^ (ONES * b'_' as u64)) + ONES * 0x7f);
    first(!((letter | digit | underscore) & !bytes) & HIGH)
}

/// The first `len` (at most 8) bytes.
#[inline]
pub(super) fn prefix(bytes: u64, len: usize) -> u64 {
    if len >= 8 { bytes } else { bytes & ((1 << (len * 8)) - 1) }
}

/// Number of bytes equal to `byte` at the start.
#[inline]
pub(super) fn run_len(bytes: u64, byte: u8) -> usize {
    ((bytes ^ (ONES * byte as u64)).trailing_zeros() / 8) as usize
}

/// Index of the first of the bytes that matter inside `"…"`: `"`, `\`, newline and 0; 8 if there is none.
#[inline]
pub(super) fn string_len(bytes: u64) -> usize {
    let zero_at = |x: u64| x.wrapping_sub(ONES) & !x & HIGH;
    let is = |byte: u8| zero_at(bytes ^ (ONES * byte as u64));
    first(is(b'"') | is(b'\\') | is(b'\n') | zero_at(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_is_classified_as_one_by_one() {
        for b in 0..=255u8 {
            for at in 0..8 {
                let mut chunk = *b"aZ_09zA5";
                chunk[at] = b;
                let expected = if b.is_ascii_alphanumeric() || b == b'_' { 8 } else { at };
                assert_eq!(ident_len(u64::from_le_bytes(chunk)), expected, "{b} at {at}");
                let special = matches!(b, b'"' | b'\\' | b'\n' | 0);
                let expected = if special { at } else { 8 };
                assert_eq!(string_len(u64::from_le_bytes(chunk)), expected, "{b} at {at}");
            }
        }
    }

    #[test]
    fn loads_stop_at_the_end() {
        assert_eq!(load(b"ab", 1), u64::from(b'b'));
        assert_eq!(load(b"ab", 9), 0);
        assert_eq!(prefix(load(b"abcdefghi", 1), 2), u64::from_le_bytes(*b"bc\0\0\0\0\0\0"));
        assert_eq!(run_len(load(b"\t\t x", 0), b'\t'), 2);
        assert_eq!(run_len(u64::MAX, 0xff), 8);
    }
}

//! Breaking source text at random, the same way for the same seed.

/// A generator of numbers: SplitMix64, good enough and the same everywhere.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The generator of a case: what is being done, to what, with which seed, for the `i`th time.
    pub fn for_case(what: &str, seed: u64, i: u64) -> Random {
        let mut state = seed ^ i.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        for b in what.bytes() {
            state = (state ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3);
        }
        let mut random = Random(state);
        random.next();
        random
    }
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    /// A number below `n`; 0 if `n` is 0.
    pub fn below(&mut self, n: usize) -> usize {
        if n == 0 { 0 } else { (self.next() % n as u64) as usize }
    }
    /// One of a list that is not empty.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}

/// The text up to a random place.
pub fn cut<'a>(text: &'a [u8], random: &mut Random) -> &'a [u8] {
    &text[..random.below(text.len() + 1)]
}

/// Where tokens end, roughly as the lexer sees them; what lies between is part of the token before.
fn token_ends(text: &[u8]) -> Vec<usize> {
    let mut ends = Vec::with_capacity(text.len() / 4);
    let mut i = 0;
    while i < text.len() {
        i = token_end(text, i);
        while i < text.len() && matches!(text[i], b' ' | b'\t' | b'\r') {
            i += 1;
        }
        ends.push(i);
    }
    ends
}

fn token_end(text: &[u8], start: usize) -> usize {
    let rest = &text[start..];
    let until = |stop: &[u8]| {
        let found = rest.windows(stop.len()).skip(1).position(|w| w == stop);
        start + found.map_or(rest.len(), |n| n + 1 + stop.len())
    };
    let is_word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_' || *b >= 0x80;
    match rest[0] {
        b'/' if rest.starts_with(b"//") => {
            start + rest.iter().position(|&b| b == b'\n').unwrap_or(rest.len())
        }
        b'/' if rest.starts_with(b"/*") => until(b"*/"),
        b'`' => until(b"`"),
        quote @ (b'"' | b'\'') => {
            let mut i = 1;
            while i < rest.len() && rest[i] != quote && rest[i] != b'\n' {
                i += if rest[i] == b'\\' { 2 } else { 1 };
            }
            start + (i + 1).min(rest.len())
        }
        b if is_word(&b) => start + rest.iter().position(|b| !is_word(b)).unwrap_or(rest.len()),
        _ => start + 1,
    }
}

/// Things to put where they do not belong.
const STRANGERS: &[&[u8]] = &[
    b"func ",
    b"type ",
    b"interface{",
    b"struct{",
    b"switch ",
    b"case ",
    b"goto ",
    b"if ",
    b"for ",
    b"range ",
    b"return ",
    b"defer ",
    b"select{",
    b"package ",
    b"import ",
    b"const(",
    b"var ",
    b"map[",
    b"chan ",
    b"<-",
    b"...",
    b":=",
    b"=",
    b"==",
    b"&^",
    b"~",
    b"|",
    b"*",
    b"(",
    b")",
    b"[",
    b"]",
    b"{",
    b"}",
    b",",
    b";",
    b":",
    b".",
    b"\n",
    b"0x",
    b"1e",
    b"'",
    b"\"",
    b"`",
    b"/*",
    b"*/",
    b"//line x:1\n",
    b"nil",
    b"iota",
    b"_",
    b"init",
    b"any",
    b"comparable",
    b"int",
    b"1",
    b"\"a\"",
    b"0",
    b"\0",
    b"\xef\xbb\xbf",
    b"\xff",
    b"\xc3",
    b"\xe2\x80\xa8",
];

/// The text with a few tokens dropped, doubled, swapped, moved or put in.
pub fn tokens(text: &[u8], random: &mut Random) -> Vec<u8> {
    let mut from = 0;
    let mut tokens: Vec<&[u8]> = Vec::new();
    for end in token_ends(text) {
        tokens.push(&text[from..end]);
        from = end;
    }
    // Mostly one change: two hide each other.
    let changes = [1, 1, 1, 2, 3, 8][random.below(6)];
    for _ in 0..changes {
        if tokens.is_empty() {
            break;
        }
        let (i, j) = (random.below(tokens.len()), random.below(tokens.len()));
        match random.below(9) {
            0 | 1 => drop(tokens.remove(i)),
            2 => tokens.insert(i, tokens[i]),
            3 if i + 1 < tokens.len() => tokens.swap(i, i + 1),
            4 => tokens.swap(i, j),
            5 => tokens[i] = tokens[j],
            6 => tokens.insert(i, STRANGERS[random.below(STRANGERS.len())]),
            7 => tokens[i] = STRANGERS[random.below(STRANGERS.len())],
            _ => {
                let far = (i + 1 + random.below(40)).min(tokens.len());
                drop(tokens.drain(i..far));
            }
        }
    }
    tokens.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_cover_the_text() {
        let text = b"a+1 // c\n/* x */ \"q\\\"\" `r\ns` 'x' \xff'";
        let ends = token_ends(text);
        assert_eq!(ends.last(), Some(&text.len()));
        let token = |i: usize| &text[ends[i]..ends[i + 1]];
        assert_eq!((token(0), token(1), token(2)), (&b"+"[..], &b"1 "[..], &b"// c"[..]));
    }

    #[test]
    fn the_same_seed_breaks_the_same_way() {
        let text = b"package p\nfunc f(a int) int { return a + 1 }\n";
        let broken = |i| tokens(text, &mut Random::for_case("f.go", 1, i));
        assert_eq!(broken(3), broken(3));
        assert!((0..20).any(|i| broken(i) != broken(i + 1)));
        assert!((0..20).all(|i| broken(i) != text || i > 0));
    }
}

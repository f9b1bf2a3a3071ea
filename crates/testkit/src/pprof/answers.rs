//! What a program answered, and files of answers.
//!
//! A file holds the answers for one profile: `$ LINE`, then lines that begin with what they are: `?` the exit code, unless
//! it is zero, `!` standard error, `|` standard output, `>` the name of a file that was written, whose text follows with
//! `|`. A lone `\` says that what it follows does not end with a newline. `= LINE` is the answer of an earlier line.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};

use super::dot;

/// What a program answered to one command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Its exit code.
    pub code: i32,
    /// Standard output.
    pub stdout: Vec<u8>,
    /// Standard error.
    pub stderr: Vec<u8>,
    /// Files that it wrote.
    pub files: BTreeMap<String, Vec<u8>>,
}

/// Answers for one profile, in the order of the command lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers(Vec<(String, Answer)>);

impl Answer {
    /// The first difference from another answer, in words; `None` if both say the same. Graphs are compared as graphs.
    pub fn difference(&self, other: &Answer) -> Option<String> {
        if let Some(text) = difference(&self.stdout, &other.stdout) {
            return Some(format!("standard output, {text}"));
        }
        if let Some(text) = difference(&self.stderr, &other.stderr) {
            return Some(format!("standard error, {text}"));
        }
        if self.code != other.code {
            return Some(format!("exit code {} instead of {}", other.code, self.code));
        }
        if !self.files.keys().eq(other.files.keys()) {
            return Some(format!("files {:?} instead of {:?}", other.files.keys(), self.files.keys()));
        }
        let mut pairs = self.files.iter().zip(other.files.values());
        pairs.find_map(|((name, a), b)| Some(format!("{name}, {}", difference(a, b)?)))
    }

    /// The answer with the lines of standard output sorted, and without what depends on their order: sums of
    /// percentages, and which of several nodes of the same name is meant (`[2/7]`).
    pub(super) fn unordered(&self) -> Answer {
        let text = String::from_utf8_lossy(&self.stdout);
        let mut lines: Vec<String> = text.lines().map(orderless).collect();
        lines.sort_unstable();
        Answer { stdout: lines.join("\n").into_bytes(), ..self.clone() }
    }

    fn write(&self, out: &mut Vec<u8>) {
        if self.code != 0 {
            out.extend_from_slice(format!("? {}\n", self.code).as_bytes());
        }
        write_lines(b'!', &self.stderr, out);
        write_lines(b'|', &self.stdout, out);
        for (name, bytes) in &self.files {
            out.extend_from_slice(format!("> {name}\n").as_bytes());
            write_lines(b'|', bytes, out);
        }
    }
}

fn orderless(line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    let place = |word: &&str| word.starts_with('[') && word.ends_with(']') && word.contains('/');
    let sum = |at: usize| at == 2 && words[1].ends_with('%') && words[2].ends_with('%');
    let kept = words.iter().enumerate().filter(|(at, word)| !place(word) && !sum(*at));
    kept.map(|(_, word)| *word).collect::<Vec<_>>().join(" ")
}

fn difference(want: &[u8], have: &[u8]) -> Option<String> {
    if want == have {
        return None;
    }
    if let (Some(want), Some(have)) = (dot::Graph::read(want), dot::Graph::read(have)) {
        return want.difference(&have);
    }
    let (a, b): (Vec<_>, Vec<_>) =
        (want.split(|b| *b == b'\n').collect(), have.split(|b| *b == b'\n').collect());
    let at = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let line = |list: &[&[u8]]| match list.get(at) {
        Some(line) => String::from_utf8_lossy(&line[..line.len().min(300)]).into_owned(),
        None => "(nothing)".to_owned(),
    };
    Some(format!("line {}\n    - {}\n    + {}", at + 1, line(&a), line(&b)))
}

fn write_lines(mark: u8, bytes: &[u8], out: &mut Vec<u8>) {
    if bytes.is_empty() {
        return;
    }
    let (text, open) = match bytes.strip_suffix(b"\n") {
        Some(text) => (text, false),
        None => (bytes, true),
    };
    for line in text.split(|b| *b == b'\n') {
        out.push(mark);
        out.extend_from_slice(line);
        out.push(b'\n');
    }
    if open {
        out.extend_from_slice(b"\\\n");
    }
}

impl Answers {
    /// Adds the answer to a line.
    pub fn push(&mut self, line: &str, answer: Answer) {
        self.0.push((line.to_owned(), answer));
    }

    /// The answer to a line.
    pub fn get(&self, line: &str) -> Option<&Answer> {
        self.0.iter().find(|(l, _)| l == line).map(|(_, answer)| answer)
    }

    /// The lines.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(line, _)| line.as_str())
    }

    /// The text of a file with these answers.
    pub fn write(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for (n, (line, answer)) in self.0.iter().enumerate() {
            out.extend_from_slice(format!("$ {line}\n").as_bytes());
            match self.0[..n].iter().find(|(_, earlier)| earlier == answer) {
                Some((earlier, _)) => out.extend_from_slice(format!("= {earlier}\n").as_bytes()),
                None => answer.write(&mut out),
            }
        }
        out
    }

    /// Reads such a text.
    pub fn read(text: &[u8]) -> Result<Answers> {
        let mut all = Answers::default();
        // Where the last line of text went.
        let mut file: Option<String> = None;
        let mut last = b'|';
        for line in text.strip_suffix(b"\n").unwrap_or(text).split(|b| *b == b'\n') {
            let Some((&mark, rest)) = line.split_first() else { bail!("an empty line") };
            if mark == b'$' {
                all.push(words(rest)?, Answer::default());
                file = None;
                continue;
            }
            if mark == b'=' {
                let earlier = words(rest)?;
                let answer = all.get(earlier).with_context(|| format!("nothing is {earlier}"))?.clone();
                all.0.last_mut().context("no line before an answer")?.1 = answer;
                continue;
            }
            let (_, answer) = all.0.last_mut().context("no line before an answer")?;
            if mark == b'?' {
                answer.code = words(rest)?.parse()?;
                continue;
            }
            if mark == b'>' {
                let name = words(rest)?.to_owned();
                answer.files.insert(name.clone(), Vec::new());
                file = Some(name);
                continue;
            }
            let open = mark == b'\\';
            let stream = match (if open { last } else { mark }, &file) {
                (b'!', _) => &mut answer.stderr,
                (b'|', None) => &mut answer.stdout,
                (b'|', Some(name)) => answer.files.get_mut(name).context("no such file")?,
                _ => bail!("what is {}", String::from_utf8_lossy(line)),
            };
            if open {
                stream.pop();
            } else {
                stream.extend_from_slice(rest);
                stream.push(b'\n');
                last = mark;
            }
        }
        Ok(all)
    }
}

fn words(bytes: &[u8]) -> Result<&str> {
    Ok(std::str::from_utf8(bytes)?.trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some() -> Answers {
        let mut all = Answers::default();
        let plain = |text: &str| Answer { stdout: text.into(), ..Answer::default() };
        all.push("-top", plain("a\n\n|b\n"));
        all.push("-text", plain("a\n\n|b\n"));
        all.push("-none", Answer::default());
        let files = [("f".to_owned(), b"x\ny".to_vec()), ("g".to_owned(), Vec::new())].into();
        all.push("-x", Answer { code: 2, stdout: b"o".to_vec(), stderr: b"\xff\n\n".to_vec(), files });
        all
    }

    #[test]
    fn what_is_written_is_read() {
        let text = some().write();
        assert_eq!(Answers::read(&text).unwrap(), some());
        let shown = String::from_utf8_lossy(&text);
        assert!(shown.starts_with("$ -top\n|a\n|\n||b\n$ -text\n= -top\n$ -none\n$ -x\n? 2\n!"), "{shown}");
        assert!(Answers::read(b"|x\n").is_err());
        assert!(Answers::read(b"$ -top\n= -text\n").is_err());
    }

    #[test]
    fn order_may_be_left_out() {
        let of = |text: &str| Answer { stdout: text.into(), ..Answer::default() }.unordered();
        let table = " 1 5% 5% 2 10% a.go\n 2 10% 15% 3 15% b.go\ncfn=(2) f [2/7]\n";
        let other = "cfn=(2) f [3/7]\n 2 10% 10% 3 15% b.go\n 1 5% 15% 2 10% a.go\n";
        assert_eq!(of(table), of(other));
        assert_ne!(of(table), of(&other.replace("10% a.go", "11% a.go")));
    }

    #[test]
    fn the_first_difference_is_told() {
        let answer = some().get("-x").unwrap().clone();
        assert_eq!(answer.difference(&answer), None);
        let other = |change: fn(&mut Answer)| {
            let mut other = answer.clone();
            change(&mut other);
            answer.difference(&other).unwrap()
        };
        assert_eq!(
            other(|a| a.stdout = b"o\n2".to_vec()),
            "standard output, line 2\n    - (nothing)\n    + 2"
        );
        assert!(other(|a| a.stderr.clear()).starts_with("standard error, line 1"));
        assert_eq!(other(|a| a.code = 0), "exit code 0 instead of 2");
        assert!(other(|a| drop(a.files.remove("g"))).starts_with("files"));
        assert!(other(|a| a.files.extend([("f".to_owned(), b"x\nz".to_vec())])).starts_with("f, line 2"));
    }
}

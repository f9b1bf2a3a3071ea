//! The texts of a package's assembly files and of what they may include.

use super::AsmSymbols;

/// All that the symbols of a package's assembly files depend on, but for what is defined for the preprocessor.
#[derive(Clone, Debug, Default)]
pub struct AsmTexts {
    files: Vec<Vec<u8>>,
    /// Name and text of everything that an `#include` line names, whether the line holds or not.
    included: Vec<(String, Option<Vec<u8>>)>,
}

impl AsmTexts {
    /// Reads the files; `include` finds what they include, and what that includes.
    pub fn read(files: impl Iterator<Item = Vec<u8>>, include: impl Fn(&str) -> Option<Vec<u8>>) -> AsmTexts {
        let mut texts = AsmTexts { files: files.collect(), included: Vec::new() };
        let mut open: Vec<String> = texts.files.iter().flat_map(|text| included(text)).collect();
        while let Some(name) = open.pop() {
            if texts.included.iter().all(|(known, _)| *known != name) {
                let text = include(&name);
                open.extend(text.iter().flat_map(|text| included(text)));
                texts.included.push((name, text));
            }
        }
        texts.included.sort();
        texts
    }

    /// What the files say. `defined` are the names that are defined for the preprocessor.
    pub fn symbols(&self, defined: &[String]) -> AsmSymbols {
        let mut include = |name: &str| {
            let found = self.included.iter().find(|(known, _)| known == name)?;
            found.1.clone()
        };
        let mut symbols = AsmSymbols::default();
        self.files.iter().for_each(|text| symbols.scan(text, defined, &mut include));
        symbols
    }

    /// The parts of the texts, in a fixed order.
    pub fn parts(&self) -> impl Iterator<Item = &[u8]> {
        let included = self
            .included
            .iter()
            .flat_map(|(name, text)| [name.as_bytes(), text.as_deref().unwrap_or_default()]);
        self.files.iter().map(Vec::as_slice).chain(included)
    }
}

/// The names in `#include` lines.
fn included(text: &[u8]) -> impl Iterator<Item = String> {
    memchr::memchr_iter(b'#', text).filter_map(move |at| {
        let rest = text[at + 1..].trim_ascii_start().strip_prefix(b"include")?;
        let line = rest.split(|&byte| byte == b'\n').next()?;
        let name = line.split(|&byte| byte == b'"').nth(1)?;
        Some(String::from_utf8_lossy(name).into_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_included_is_read_once() {
        let file =
            b"#include \"a.h\" // first\n # include \"b.h\"\nTEXT \xc2\xb7f(SB),$0\n\tCALLED\n".to_vec();
        let texts = AsmTexts::read([file].into_iter(), |name| match name {
            "a.h" => Some(b"#include \"b.h\"\n#include \"c.h\"\n".to_vec()),
            "b.h" => Some(b"#include \"a.h\"\n#define CALLED JMP \xc2\xb7g(SB)\n".to_vec()),
            _ => None,
        });
        let names: Vec<&str> = texts.included.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["a.h", "b.h", "c.h"]);
        assert_eq!(texts.parts().count(), 7);
        let symbols = texts.symbols(&[]);
        assert_eq!((symbols.defs.len(), symbols.refs.len()), (1, 1), "{symbols:?}");
    }
}

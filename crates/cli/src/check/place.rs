//! Places on the command line: `FILE:LINE`, `FILE:LINE:COLUMN`, or a name.

/// What the user points at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A line of a file, and perhaps a column of it; both from 1.
    Line {
        /// The file as written.
        file: String,
        /// Line.
        line: u32,
        /// Column in bytes.
        column: Option<u32>,
    },
    /// A function or variable.
    Name(String),
}

impl Place {
    /// Reads a place; else what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Place, String> {
        let number = |text: &str| text.parse::<u32>().ok().filter(|&number| number > 0);
        let mut parts = text.rsplitn(3, ':');
        let (last, middle, first) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
        let line = match (first, middle, number(last)) {
            (Some(file), Some(middle), Some(last)) if number(middle).is_some() => {
                Some((file.to_owned(), number(middle), Some(last)))
            }
            (_, Some(_), Some(last)) => {
                Some((text[..text.rfind(':').unwrap_or(0)].to_owned(), Some(last), None))
            }
            _ => None,
        };
        match line {
            Some((file, Some(line), column)) if !file.is_empty() => Ok(Place::Line { file, line, column }),
            _ if text.ends_with(".go") => Err(format!("{text} names no line: say {text}:LINE")),
            _ if text.is_empty() || text.contains([':', ' ']) => {
                Err(format!("{text:?} is neither FILE:LINE, FILE:LINE:COLUMN nor a name"))
            }
            _ => Ok(Place::Name(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(file: &str, line: u32, column: Option<u32>) -> Result<Place, String> {
        Ok(Place::Line { file: file.to_owned(), line, column })
    }

    #[test]
    fn places() {
        assert_eq!(Place::parse("a.go:3"), line("a.go", 3, None));
        assert_eq!(Place::parse("./x/a.go:3:14"), line("./x/a.go", 3, Some(14)));
        assert_eq!(Place::parse("C:\\x\\a.go:3"), line("C:\\x\\a.go", 3, None));
        assert_eq!(Place::parse("a:b.go:3:1"), line("a:b.go", 3, Some(1)));
        assert_eq!(Place::parse("(*T).Get"), Ok(Place::Name("(*T).Get".to_owned())));
        for wrong in ["a.go", "a.go:0", "a.go:x", ":3", "", "a b"] {
            assert!(Place::parse(wrong).is_err(), "{wrong}");
        }
    }
}

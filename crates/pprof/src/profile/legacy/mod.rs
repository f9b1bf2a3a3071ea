//! Older forms of profiles: texts that `debug=1` asks for, and the binary form of CPU profiles. The forms of Java are not
//! read.

mod build;
mod contention;
mod count;
mod cpu;
mod frames;
mod heap;
mod lines;
mod maps;
mod thread;

use super::Profile;
use crate::Error;

/// Why a form does not fit.
#[derive(Debug, PartialEq)]
enum Refusal {
    /// It is another form.
    Unrecognized,
    /// It is this form, with an error.
    Failed(Error),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Refusal {
        Refusal::Failed(error)
    }
}

type Parser = fn(&[u8]) -> Result<Profile, Refusal>;

/// Reads a profile in one of the older forms.
pub(super) fn parse(data: &[u8]) -> Result<Profile, Error> {
    const FORMS: [Parser; 5] = [cpu::parse, heap::parse, count::parse, thread::parse, contention::parse];
    for form in FORMS {
        match form(data) {
            Ok(mut profile) => {
                frames::set(&mut profile);
                return Ok(profile);
            }
            Err(Refusal::Failed(error)) => return Err(error),
            Err(Refusal::Unrecognized) => {}
        }
    }
    Err(Error::new("unrecognized profile format"))
}

fn malformed() -> Refusal {
    Refusal::Failed(Error::new("malformed profile format"))
}

//! Reading profiles, whatever they are written in.

use super::decode::{Failure, decode};
use super::{Profile, legacy};
use crate::Error;
use flate2::bufread::MultiGzDecoder;
use std::borrow::Cow;
use std::io::{self, Read};

/// What begins a file that gzip wrote.
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
/// Unpacked data may always be so long,
const FREE_LEN: u64 = 128 << 20;
/// beyond that so many times as long as packed data: profiles shrink to a tenth, what shrinks far more is a trap;
const MAX_RATIO: u64 = 64;
/// and never longer than that. It also keeps numbers of places within 32 bits.
const MAX_LEN: u64 = 2 << 30;

impl Profile {
    /// Reads a profile: a protocol buffer, compressed with gzip or not, or one of the older texts and binaries.
    ///
    /// All is checked: what is returned refers to nothing that is not there.
    ///
    /// # Errors
    ///
    /// The data cannot be unpacked, are no profile, or contradict themselves.
    pub fn parse(data: &[u8]) -> Result<Profile, Error> {
        let data = unpacked(data)?;
        let parsing = |error: Error| error.within("parsing profile");
        if data.is_empty() {
            return Err(parsing(Error::new("empty input file")));
        }
        if data.len() as u64 > MAX_LEN {
            return Err(parsing(too_large(MAX_LEN)));
        }
        match decode(&data) {
            Ok(profile) => Ok(profile),
            Err(Failure::Invalid(error)) => Err(error.within("malformed profile")),
            Err(Failure::Concatenated) => Err(parsing(Error::new("concatenated profiles detected"))),
            Err(Failure::NotProtobuf) => legacy::parse(&data).map_err(parsing),
        }
    }
}

fn unpacked(data: &[u8]) -> Result<Cow<'_, [u8]>, Error> {
    if !data.starts_with(&GZIP_MAGIC) {
        return Ok(Cow::Borrowed(data));
    }
    let packed = data.len() as u64;
    let limit = (packed * MAX_RATIO).clamp(FREE_LEN, MAX_LEN);
    // The file says at its end how long it is; it need not be true.
    let told = data.last_chunk().map_or(0, |&bytes| u64::from(u32::from_le_bytes(bytes)));
    let mut unpacked = Vec::with_capacity(told.min(packed * MAX_RATIO).min(limit) as usize);
    let mut reader = MultiGzDecoder::new(data).take(limit + 1);
    let result = match reader.read_to_end(&mut unpacked) {
        Ok(_) if unpacked.len() as u64 > limit => Err(too_large(limit)),
        Ok(_) => Ok(Cow::Owned(unpacked)),
        Err(error) => Err(gzip_error(&error, reader.get_ref().get_ref().len(), data.len())),
    };
    result.map_err(|error| error.within("decompressing profile"))
}

fn too_large(limit: u64) -> Error {
    Error::new(format!("data are longer than {limit} bytes"))
}

/// Words the failure as Go does.
fn gzip_error(error: &io::Error, left: usize, len: usize) -> Error {
    let text = error.to_string();
    Error::new(match error.kind() {
        io::ErrorKind::UnexpectedEof => "unexpected EOF".to_string(),
        _ if text.contains("header") => "gzip: invalid header".to_string(),
        _ if text.contains("checksum") => "gzip: invalid checksum".to_string(),
        _ => format!("flate: corrupt input before offset {}", len - left),
    })
}

//! Files that are whole or absent: written under a temporary name and renamed, and starting with their schema and with
//! hashes of the rest. Whatever does not fit is as good as absent.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::stamp::{Hash, hash};

/// What stands behind the schema: the lengths of the content and of the text after it, and the hash of the text; and a
/// hash of these and the content.
struct Head {
    content: u64,
    text: u64,
    text_sum: Hash,
    sum: Hash,
}

const HEAD: usize = 8 + 8 + 32 + 32;

impl Head {
    /// The head of a file that is as long as it says, and has been read up to the content.
    fn read(file: &mut File, schema: &[u8]) -> Option<Head> {
        let mut bytes = vec![0; schema.len() + HEAD];
        file.read_exact(&mut bytes).ok()?;
        let rest = bytes.strip_prefix(schema)?;
        let (content, rest) = rest.split_first_chunk()?;
        let (text, rest) = rest.split_first_chunk()?;
        let (text_sum, sum) = rest.split_first_chunk()?;
        let (content, text) = (u64::from_le_bytes(*content), u64::from_le_bytes(*text));
        let len = content.checked_add(text)?.checked_add(bytes.len() as u64)?;
        let whole = file.metadata().is_ok_and(|meta| meta.len() == len);
        whole.then_some(Head { content, text, text_sum: *text_sum, sum: sum.try_into().ok()? })
    }

    /// The head of what is to be written.
    fn of<'t>(content: &[u8], text: impl Iterator<Item = &'t str>) -> Head {
        let (mut len, mut sum) = (0, blake3::Hasher::new());
        for chunk in text {
            len += chunk.len() as u64;
            sum.update(chunk.as_bytes());
        }
        let text_sum = *sum.finalize().as_bytes();
        let head = Head { content: content.len() as u64, text: len, text_sum, sum: [0; 32] };
        Head { sum: head.sum_with(content), ..head }
    }

    fn sum_with(&self, content: &[u8]) -> Hash {
        let mut sum = blake3::Hasher::new();
        sum.update(&self.content.to_le_bytes()).update(&self.text.to_le_bytes());
        *sum.update(&self.text_sum).update(content).finalize().as_bytes()
    }

    fn write(&self, file: &mut File) -> io::Result<()> {
        file.write_all(&self.content.to_le_bytes())?;
        file.write_all(&self.text.to_le_bytes())?;
        file.write_all(&self.text_sum)?;
        file.write_all(&self.sum)
    }

    fn content<T: DeserializeOwned>(&self, file: &mut File) -> Option<T> {
        let content = bytes(file, self.content)?;
        (self.sum == self.sum_with(&content)).then(|| postcard::from_bytes(&content).ok()).flatten()
    }

    /// The text, if the file has been read up to it.
    fn text(&self, file: &mut File) -> Option<String> {
        let text = bytes(file, self.text)?;
        (self.text_sum == hash(&text)).then(|| String::from_utf8(text).ok()).flatten()
    }
}

fn bytes(file: &mut File, len: u64) -> Option<Vec<u8>> {
    // No longer than the file, as its head was compared with it.
    let mut bytes = Vec::with_capacity(usize::try_from(len).ok()?);
    let read = file.take(len).read_to_end(&mut bytes).ok()?;
    (read as u64 == len).then_some(bytes)
}

/// What a file holds, and the length of the text after it, which is not looked at.
pub(super) fn read<T: DeserializeOwned>(file: &Path, schema: &[u8]) -> Option<(T, u64)> {
    let mut file = File::open(file).ok()?;
    let head = Head::read(&mut file, schema)?;
    Some((head.content(&mut file)?, head.text))
}

/// The text alone.
pub(super) fn read_text(file: &Path, schema: &[u8]) -> Option<String> {
    let mut file = File::open(file).ok()?;
    let head = Head::read(&mut file, schema)?;
    file.seek(SeekFrom::Current(i64::try_from(head.content).ok()?)).ok()?;
    head.text(&mut file)
}

/// Writes a file with a text after its content, and the directories above it; whether that was possible.
pub(super) fn write<'t, T: Serialize>(
    file: &Path,
    schema: &[u8],
    content: &T,
    text: impl Iterator<Item = &'t str> + Clone,
) -> bool {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let (Some(dir), Ok(content)) = (file.parent(), postcard::to_stdvec(content)) else { return false };
    if std::fs::create_dir_all(dir).is_err() {
        return false;
    }
    let n = COUNT.fetch_add(1, Ordering::Relaxed);
    let temporary = dir.join(format!(".tmp-{}-{n}", std::process::id()));
    let fill = |mut file: File| {
        file.write_all(schema)?;
        Head::of(&content, text.clone()).write(&mut file)?;
        file.write_all(&content)?;
        text.clone().try_for_each(|chunk| file.write_all(chunk.as_bytes()))
    };
    let filled = File::create(&temporary).and_then(fill);
    let written = filled.and_then(|()| std::fs::rename(&temporary, file)).is_ok();
    if !written {
        // It may not even have been made.
        let _ = std::fs::remove_file(&temporary);
    }
    written
}

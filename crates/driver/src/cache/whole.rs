//! Files that are whole or absent: written under a temporary name and renamed, and starting with their schema and a
//! hash of the rest. Whatever does not fit is as good as absent.

use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::stamp::hash;

/// What a file holds: its content, and the text after it.
pub(super) fn read<T: DeserializeOwned>(file: &Path, schema: &[u8]) -> Option<(T, String)> {
    let (bytes, text_at) = whole(file, schema)?;
    let content = postcard::from_bytes(&bytes[schema.len() + HEAD..text_at]).ok()?;
    Some((content, text(bytes, text_at)?))
}

/// The text alone.
pub(super) fn read_text(file: &Path, schema: &[u8]) -> Option<String> {
    let (bytes, text_at) = whole(file, schema)?;
    text(bytes, text_at)
}

/// Bytes between the schema and the content: a hash, and the length of the content, of which the hash is as well.
const HEAD: usize = 32 + 8;

/// The bytes of a file, and where its text starts.
fn whole(file: &Path, schema: &[u8]) -> Option<(Vec<u8>, usize)> {
    let bytes = std::fs::read(file).ok()?;
    let (sum, body) = bytes.strip_prefix(schema)?.split_first_chunk::<32>()?;
    if hash(body) != *sum {
        return None;
    }
    let (len, body) = body.split_first_chunk::<8>()?;
    let len = usize::try_from(u64::from_le_bytes(*len)).ok().filter(|&len| len <= body.len())?;
    Some((bytes, schema.len() + HEAD + len))
}

fn text(mut bytes: Vec<u8>, at: usize) -> Option<String> {
    bytes.drain(..at);
    String::from_utf8(bytes).ok()
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
    let fill = |mut file: std::fs::File| {
        file.write_all(schema)?;
        let len = (content.len() as u64).to_le_bytes();
        let mut sum = blake3::Hasher::new();
        sum.update(&len).update(&content);
        for chunk in text.clone() {
            sum.update(chunk.as_bytes());
        }
        file.write_all(sum.finalize().as_bytes())?;
        file.write_all(&len)?;
        file.write_all(&content)?;
        text.clone().try_for_each(|chunk| file.write_all(chunk.as_bytes()))
    };
    let filled = std::fs::File::create(&temporary).and_then(fill);
    let written = filled.and_then(|()| std::fs::rename(&temporary, file)).is_ok();
    if !written {
        // It may not even have been made.
        let _ = std::fs::remove_file(&temporary);
    }
    written
}

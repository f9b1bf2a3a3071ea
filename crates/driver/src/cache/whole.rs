//! Files that are whole or absent: written under a temporary name and renamed, and starting with their schema and a
//! hash of the rest. Whatever does not fit is as good as absent.

use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::stamp::hash;

/// What a file holds.
pub(super) fn read<T: DeserializeOwned>(file: &Path, schema: &[u8]) -> Option<T> {
    let bytes = std::fs::read(file).ok()?;
    let (sum, body) = bytes.strip_prefix(schema)?.split_first_chunk::<32>()?;
    if hash(body) != *sum {
        return None;
    }
    postcard::from_bytes(body).ok()
}

/// Writes a file, with the directories above it; whether that was possible.
pub(super) fn write<T: Serialize>(file: &Path, schema: &[u8], content: &T) -> bool {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let (Some(dir), Ok(body)) = (file.parent(), postcard::to_stdvec(content)) else { return false };
    if std::fs::create_dir_all(dir).is_err() {
        return false;
    }
    let n = COUNT.fetch_add(1, Ordering::Relaxed);
    let temporary = dir.join(format!(".tmp-{}-{n}", std::process::id()));
    let fill = |mut file: std::fs::File| {
        file.write_all(schema)?;
        file.write_all(&hash(&body))?;
        file.write_all(&body)
    };
    let filled = std::fs::File::create(&temporary).and_then(fill);
    let written = filled.and_then(|()| std::fs::rename(&temporary, file)).is_ok();
    if !written {
        // It may not even have been made.
        let _ = std::fs::remove_file(&temporary);
    }
    written
}

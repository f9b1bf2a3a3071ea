//! The profile that a run leaves behind: from what the processes wrote to the file that the user keeps.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use escargo_pprof::measure;
use escargo_pprof::pattern::Pattern;
use escargo_pprof::profile::{Profile, make_compatible, merge};

use super::overlay;

/// The file that is written where none is named.
pub(super) const DEFAULT_NAME: &str = "mem.pprof";

/// The file that is written where none is named and the program itself has written the other.
const SECOND_NAME: &str = "mem.escargo.pprof";

/// Reads what processes wrote, and makes one profile of it, without what the hook allocated. Files that are no
/// profiles, as of a process that died while it wrote, are counted and left out.
pub(super) fn gather(files: &[PathBuf]) -> (Option<Profile>, usize) {
    let parsed = files.iter().map(|file| Profile::parse(&std::fs::read(file).ok()?).ok());
    let mut profiles: Vec<Profile> = parsed.flatten().collect();
    let broken = files.len() - profiles.len();
    if let Ok(own) = Pattern::new(overlay::OWN_FUNCTIONS) {
        for profile in &mut profiles {
            profile.filter_by_name(None, Some(&own), None, None);
        }
    }
    // They are all of one kind.
    let merged =
        make_compatible(&mut profiles).and_then(|()| merge(&profiles.iter().collect::<Vec<_>>())).ok();
    (merged, broken)
}

/// What a profile counts, in words: `1.5MB in 300 allocations`.
pub(super) fn describe(profile: &Profile) -> String {
    let total = |kind: &str| {
        let Ok(index) = profile.sample_index_by_name(kind) else { return 0 };
        (0..profile.samples.len()).map(|sample| profile.values(sample)[index]).fold(0i64, i64::saturating_add)
    };
    let (bytes, objects) = (total("alloc_space"), total("alloc_objects"));
    let noun = if objects == 1 { "allocation" } else { "allocations" };
    format!("{} in {objects} {noun}", measure::label(bytes, "bytes"))
}

/// The place for the profile, looked at before the program runs.
#[derive(Debug)]
pub(super) struct Place {
    path: PathBuf,
    named: bool,
    before: Option<(SystemTime, u64)>,
}

impl Place {
    /// The file that the user named, else the usual one, in the directory that everything takes place in.
    pub(super) fn new(dir: &Path, named: Option<&Path>) -> Place {
        let path = dir.join(named.unwrap_or(Path::new(DEFAULT_NAME)));
        Place { before: stamp(&path), named: named.is_some(), path }
    }

    /// Where to write, and whether that is not the usual place: a program may have written a profile of its own there, which
    /// stays.
    pub(super) fn settle(self) -> (PathBuf, bool) {
        if !self.named && stamp(&self.path) != self.before {
            return (self.path.with_file_name(SECOND_NAME), true);
        }
        (self.path, false)
    }
}

fn stamp(path: &Path) -> Option<(SystemTime, u64)> {
    let meta = std::fs::metadata(path).ok()?;
    Some((meta.modified().ok()?, meta.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::scratch::Scratch;
    use escargo_pprof::profile::{Function, FunctionId, Line, Location, LocationId, ValueType};

    /// A profile with one function that allocated twice, and once through the hook.
    fn sample(function: &str) -> Profile {
        let types = ["alloc_objects", "alloc_space"];
        let mut profile = Profile {
            sample_types: types.map(|kind| ValueType { kind: kind.into(), unit: "bytes".into() }).into(),
            ..Profile::default()
        };
        for (n, name) in [function, "runtime/pprof.escargo_write"].iter().enumerate() {
            let id = n as u64 + 1;
            profile.functions.push(Function { id, name: (*name).into(), ..Function::default() });
            let line = Line { function: Some(FunctionId(n as u32)), ..Line::default() };
            profile.locations.push(Location { id, address: id, lines: vec![line], ..Location::default() });
        }
        profile.add_sample(&[LocationId(0)], &[2, 100], []);
        profile.add_sample(&[LocationId(0), LocationId(1)], &[5, 1000], []);
        profile
    }

    #[test]
    fn profiles_of_several_processes() {
        let scratch = Scratch::new().unwrap();
        let file = |name: &str, data: &[u8]| {
            let path = scratch.path().join(name);
            std::fs::write(&path, data).unwrap();
            path
        };
        let files =
            [file("a", &sample("a").encode_gzip()), file("b", &sample("b").encode()), file("c", b"\x1f\x8b")];
        let (profile, broken) = gather(&files);
        let profile = profile.unwrap();
        assert_eq!((profile.samples.len(), broken), (2, 1));
        assert_eq!(describe(&profile), "200B in 4 allocations");
        let names: Vec<&str> = profile.functions.iter().map(|f| &*f.name).collect();
        assert_eq!(names, ["a", "b"]);
        assert!(gather(&files[2..]).0.is_none() && gather(&[]).0.is_none());
    }

    #[test]
    fn a_profile_of_the_program_itself_stays() {
        let scratch = Scratch::new().unwrap();
        let path = scratch.path().join("x");
        let place = |named| Place { path: path.clone(), named, before: stamp(&path) };
        let (usual, named) = (place(false), place(true));
        assert_eq!(place(false).settle(), (path.clone(), false));
        std::fs::write(&path, "").unwrap();
        assert_eq!(usual.settle(), (scratch.path().join(SECOND_NAME), true));
        assert_eq!(named.settle(), (path.clone(), false));
        assert_eq!(place(false).settle(), (path.clone(), false));
    }
}

//! Tests of the cache: what must be noticed is noticed, and damage does no harm.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use escargo_base::System;
use escargo_load::dir::{DirPackage, Memory};

use super::*;

/// A directory of its own, removed afterwards.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Place {
        let dir = std::env::temp_dir().join(format!("escargo-cache-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&dir);
        std::fs::create_dir_all(dir.join("src/sub")).unwrap();
        let place = Place(dir);
        place.write("src/a.go", "package a");
        place.write("src/b.go", "package a // b");
        place
    }
    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }
    fn cache(&self) -> RunCache {
        RunCache::new(&self.path("cache"), &Key::new().with("k"))
    }
    /// Does what a loader does.
    fn run(&self) -> Recorder {
        self.run_with(Recorder::new())
    }
    /// The same an hour later, when stamps alone tell.
    fn run_later(&self) -> Recorder {
        let mut recorder = Recorder::new();
        recorder.now = Some(SystemTime::now() + Duration::from_secs(3600));
        self.run_with(recorder)
    }
    fn run_with(&self, recorder: Recorder) -> Recorder {
        for entry in recorder.read_dir(&self.path("src")).unwrap() {
            if entry.name.ends_with(".go") {
                recorder.read_prefix(&self.path("src").join(&entry.name), 4).unwrap();
                recorder.read(&self.path("src").join(&entry.name)).unwrap();
            }
        }
        assert!(!recorder.is_file(&self.path("src/go.mod")));
        assert!(recorder.is_dir(&self.path("src/sub")));
        recorder.canonicalize(&self.path("src")).unwrap();
        recorder
    }
    fn keep(&self, recorder: &Recorder) -> Output {
        let output = Output { stdout: "out".into(), stderr: vec![Piece::Text("err\n".into())], code: 1 };
        self.cache().keep(recorder, &output);
        output
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn nothing_changed() {
    let place = Place::new("same");
    let output = place.keep(&place.run());
    for threads in [1, 2, 8] {
        assert_eq!(place.cache().replay(threads).ok(), Some(output.clone()));
    }
    let other = RunCache::new(&place.path("cache"), &Key::new().with("other"));
    assert_eq!(other.replay(1).ok(), None);
    place.cache().forget();
    assert_eq!(place.cache().replay(1).ok(), None);
}

#[test]
fn every_change_counts() {
    type Change = fn(&Place);
    let changes: &[(&str, Change)] = &[
        ("changed file", |p| p.write("src/a.go", "package abc")),
        ("same size", |p| p.write("src/a.go", "package b")),
        ("added file", |p| p.write("src/c.go", "")),
        ("removed file", |p| std::fs::remove_file(p.path("src/b.go")).unwrap()),
        ("file that was looked for", |p| p.write("src/go.mod", "module m")),
        ("directory gone", |p| std::fs::remove_dir(p.path("src/sub")).unwrap()),
        ("directory replaced by a file", |p| {
            std::fs::remove_dir(p.path("src/sub")).unwrap();
            p.write("src/sub", "");
        }),
        ("everything gone", |p| std::fs::remove_dir_all(p.path("src")).unwrap()),
    ];
    for later in [false, true] {
        for (name, change) in changes {
            let place = Place::new("change");
            let output = place.keep(&if later { place.run_later() } else { place.run() });
            assert_eq!(place.cache().replay(2).ok(), Some(output), "before: {name}");
            if later {
                // What the clock of the file system cannot tell apart is not asked of stamps.
                std::thread::sleep(Duration::from_millis(30));
            }
            change(&place);
            assert_eq!(place.cache().replay(2).ok(), None, "{name}, later: {later}");
        }
    }
}

#[test]
fn a_change_that_keeps_size_and_time_is_seen_while_it_is_fresh() {
    let place = Place::new("racy");
    let times = || std::fs::metadata(place.path("src/a.go")).unwrap().modified().unwrap();
    let before = times();
    place.keep(&place.run());
    place.write("src/a.go", "package x");
    let file = std::fs::File::options().write(true).open(place.path("src/a.go")).unwrap();
    file.set_modified(before).unwrap();
    assert_eq!(times(), before);
    assert_eq!(place.cache().replay(1).ok(), None);
}

#[test]
fn variables_count() {
    // PATH is set wherever tests run, and this one nowhere.
    let place = Place::new("env");
    let recorder = place.run();
    assert!(recorder.env("PATH").is_some());
    assert_eq!(recorder.env("ESCARGO_TEST_NEVER_SET"), None);
    let output = Output::default();
    place.cache().keep(&recorder, &output);
    assert_eq!(place.cache().replay(1).ok(), Some(output.clone()));
    let mut record = recorder.record().unwrap();
    record.env[1].1 = Some("elsewhere".into());
    place.cache().write(&record, &output);
    assert_eq!(place.cache().replay(1).ok(), None);
}

#[test]
fn a_run_that_saw_two_states_is_not_kept() {
    let place = Place::new("unstable");
    let recorder = place.run();
    place.write("src/a.go", "package changed");
    recorder.read(&place.path("src/a.go")).unwrap();
    place.cache().keep(&recorder, &Output::default());
    assert_eq!(place.cache().replay(1).ok(), None);
}

#[test]
fn damage_is_as_good_as_absence() {
    let place = Place::new("damage");
    let output = place.keep(&place.run());
    let file = place.cache().file;
    let whole = std::fs::read(&file).unwrap();
    for at in [0, 15, 16, 20, 48, 60, whole.len() / 2, whole.len() - 1] {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        std::fs::write(&file, &bytes).unwrap();
        assert_eq!(place.cache().replay(1).ok(), None, "bit at {at}");
        std::fs::write(&file, &whole[..at]).unwrap();
        assert_eq!(place.cache().replay(1).ok(), None, "cut at {at}");
    }
    std::fs::write(&file, &whole).unwrap();
    assert_eq!(place.cache().replay(1).ok(), Some(output));
}

#[test]
fn writers_and_readers_at_once() {
    let place = Place::new("many");
    let outputs: Vec<Output> =
        (0..4).map(|i| Output { stdout: "x".repeat(i * 1000), stderr: Vec::new(), code: i as u8 }).collect();
    let recorder = place.run();
    std::thread::scope(|scope| {
        for output in &outputs {
            let (place, recorder, outputs) = (&place, &recorder, &outputs);
            scope.spawn(move || {
                for _ in 0..50 {
                    place.cache().keep(recorder, output);
                    let seen = place.cache().replay(1).unwrap();
                    assert!(outputs.contains(&seen));
                }
            });
        }
    });
    let left: Vec<_> = std::fs::read_dir(Path::new(&place.path("cache/run"))).unwrap().collect();
    assert_eq!(left.len(), 1, "no temporary file stays");
}

#[test]
fn the_oldest_go() {
    let place = Place::new("prune");
    let recorder = place.run();
    for i in 0..KEPT + 5 {
        let cache = RunCache::new(&place.path("cache"), &Key::new().with(i.to_string()));
        cache.keep(&recorder, &Output::default());
    }
    assert_eq!(std::fs::read_dir(place.path("cache/run")).unwrap().count(), KEPT);
}

/// A directory that a run read is known to the next one while nothing in it has changed.
#[test]
fn directories_are_recalled() {
    let place = Place::new("recall");
    let src = place.path("src");
    let (names, hash) = ([1; 32], [2; 32]);
    let (recorder, package) =
        (Recorder::new(), Arc::new(DirPackage { name: "a".into(), ..Default::default() }));
    let read = place.run_with(recorder);
    read.remember(&src, "way", &package);
    read.remember_texts(&src, Texts { names, texts: hash, len: 7 });
    place.keep(&read);
    let last = |change: &dyn Fn()| {
        change();
        place.write("other", "x");
        let mut kept = place.cache().read().unwrap();
        kept.record.env.push(("ESCARGO_TEST_NEVER_SET".into(), Some("set".into())));
        place.cache().write(&kept.record, &kept.output);
        Recorder::after(place.cache().replay(1).unwrap_err())
    };
    let next = last(&|| ());
    assert!(next.recall(&src, "another way").is_none());
    assert!(next.recall(&place.path("src/sub"), "way").is_none());
    assert!(next.texts(&src, &names).is_none(), "not before the directory was recalled");
    assert_eq!(next.recall(&src, "way").unwrap().name, "a");
    assert_eq!(next.texts(&src, &names).map(|texts| (texts.texts, texts.len)), Some((hash, 7)));
    assert!(next.texts(&src, &hash).is_none());
    // What was asked then counts as asked now.
    let asked = |recorder: &Recorder| {
        let of_dir = |(ask, path, _): (_, String, _)| {
            (Path::new(&path).starts_with(&src) && ask != recorder::Ask::Real).then_some(path)
        };
        recorder.record().unwrap().answers.into_iter().filter_map(of_dir).collect::<Vec<_>>()
    };
    assert_eq!(asked(&next), asked(&read));
    assert!(next.is_stable());
    // A file that changes after that is noticed when it is read.
    place.write("src/a.go", "package changed");
    next.read(&place.path("src/a.go")).unwrap();
    assert!(!next.is_stable());
    assert!(last(&|| ()).recall(&src, "way").is_none());
    place.write("src/a.go", "package a");
    assert!(last(&|| ()).recall(&src, "way").is_none(), "stamps differ");
}

//! Profiles as text, compared with what `go tool pprof -symbolize=none -raw` of Go 1.27.3 printed.

use escargo_pprof::profile::{Profile, make_compatible, merge};
use flate2::read::GzDecoder;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data")
}

/// What pprof does with each profile before it shows it.
fn opened(data: &[u8]) -> Profile {
    let mut profile = Profile::parse(data).expect("a profile");
    profile.remove_uninteresting().expect("regular expressions");
    profile
}

/// Without the time, which is in the zone of the machine.
fn timeless(text: &str) -> String {
    text.lines().filter(|line| !line.starts_with("Time: ")).collect::<Vec<_>>().join("\n")
}

#[test]
fn profiles_are_shown_as_pprof_shows_them() {
    let mut answers: Vec<PathBuf> = fs::read_dir(data())
        .expect("data")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "raw"))
        .collect();
    answers.sort();
    assert!(answers.len() > 10);
    for answer in answers {
        let own = opened(&fs::read(answer.with_extension("")).expect("a profile")).to_text();
        let answer_text = fs::read_to_string(&answer).expect("an answer");
        if timeless(&own) != timeless(&answer_text) {
            let differs =
                own.lines().zip(answer_text.lines()).find(|(own, go)| own != go && !go.starts_with("Time"));
            panic!("{}: {differs:?}", answer.display());
        }
    }
}

#[test]
fn profiles_are_written_as_pprof_writes_them() {
    for name in ["heap.pb.gz", "cpu.pb.gz", "heap.txt"] {
        let own = opened(&fs::read(data().join(name)).expect("a profile")).encode();
        let mut answer = Vec::new();
        let packed = fs::read(data().join(format!("{name}.proto.gz"))).expect("an answer");
        GzDecoder::new(&packed[..]).read_to_end(&mut answer).expect("packed data");
        assert!(own == answer, "{name}");
    }
}

#[test]
fn profiles_are_merged_as_pprof_merges_them() {
    for (a, b) in [("heap", "allocs"), ("mutex", "block")] {
        let mut profiles = [a, b].map(|name| {
            let packed = fs::read(data().join(format!("{name}.pb.gz"))).expect("a profile");
            Profile::parse(&packed).expect("a profile")
        });
        make_compatible(&mut profiles).expect("the same sample types");
        let mut own = merge(&[&profiles[0], &profiles[1]]).expect("the same sample types");
        own.remove_uninteresting().expect("regular expressions");
        let answer = fs::read_to_string(data().join(format!("{a}+{b}.merged"))).expect("an answer");
        assert!(timeless(&own.to_text()) == timeless(&answer), "{a} {b}");
    }
}

//! Filtered profiles as text, compared with what `go tool pprof -symbolize=none -raw` of Go 1.27.3 printed.

use escargo_pprof::pattern::Pattern;
use escargo_pprof::profile::Profile;
use std::fs;
use std::path::Path;

fn filter(profile: &mut Profile, option: &str, pattern: &Pattern) {
    let pattern = Some(pattern);
    match option {
        "-focus" => drop(profile.filter_by_name(pattern, None, None, None)),
        "-ignore" => drop(profile.filter_by_name(None, pattern, None, None)),
        "-hide" => drop(profile.filter_by_name(None, None, pattern, None)),
        "-show" => drop(profile.filter_by_name(None, None, None, pattern)),
        "-show_from" => drop(profile.show_from(pattern)),
        "-prune_from" => pattern.into_iter().for_each(|pattern| profile.prune_from(pattern)),
        "-tagshow" => drop(profile.filter_labels(pattern, None)),
        "-taghide" => drop(profile.filter_labels(None, pattern)),
        _ => panic!("no filter: {option}"),
    }
}

#[test]
fn filters_leave_what_those_of_pprof_leave() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let answers = fs::read_to_string(data.join("filters.txt")).expect("answers");
    let cases: Vec<&str> = answers.split("== ").skip(1).collect();
    assert_eq!(cases.len(), 15);
    for case in cases {
        let (title, answer) = case.split_once('\n').expect("a title");
        let (name, option) = title.split_once(' ').expect("a file and an option");
        let (option, pattern) = option.split_once('=').expect("an option and its value");
        let mut profile = Profile::parse(&fs::read(data.join(name)).expect("a profile")).expect("a profile");
        profile.remove_uninteresting().expect("regular expressions");
        filter(&mut profile, option, &Pattern::new(pattern).expect("a pattern"));
        let own: String = profile
            .to_text()
            .lines()
            .filter(|line| !line.starts_with("Time: "))
            .map(|line| format!("{line}\n"))
            .collect();
        assert!(own == answer, "{title}\n{own}");
    }
}

//! Reports of a small profile made by hand, as `go tool pprof` prints them.

use std::io;

use escargo_pprof::pattern::Pattern;
use escargo_pprof::profile::{
    Function, FunctionId, Label, LabelValue, Line, Location, LocationId, Mapping, MappingId, Profile,
    ValueType,
};
use escargo_pprof::report::{Format, Options, Report, SampleValue, Sources, top_profile};

/// One source file, and a clock that stands.
struct Fixed;

impl Sources for Fixed {
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        match path {
            "/src/main.go" => Ok(b"package main\n\nfunc main() {\n\twork()\n}\n\nfunc work() {}\n".to_vec()),
            _ => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn working_directory(&self) -> io::Result<String> {
        Ok("/elsewhere/deep".to_owned())
    }

    fn local_time(&self, _: i64) -> String {
        "2026-01-02 03:04:05 CET".to_owned()
    }
}

fn frame(function: u32, line: i64) -> Line {
    Line { function: Some(FunctionId(function)), line, column: 0 }
}

fn label(key: &str, value: LabelValue) -> Label {
    Label { key: key.into(), value }
}

/// `main` calls `work`, which calls `leaf`, inlined; and `other`, which is light.
fn profile() -> Profile {
    let mut profile = Profile {
        sample_types: vec![
            ValueType { kind: "samples".into(), unit: "count".into() },
            ValueType { kind: "cpu".into(), unit: "nanoseconds".into() },
        ],
        time_nanos: 1,
        duration_nanos: 2_000_000_000,
        ..Profile::default()
    };
    profile.mappings.push(Mapping {
        id: 1,
        file: "/bin/tool".into(),
        build_id: "b1".into(),
        ..Mapping::default()
    });
    for (at, (name, file)) in
        [("main.main", "main.go"), ("main.work", "main.go"), ("main.leaf", "leaf.go"), ("main.other", "")]
            .into_iter()
            .enumerate()
    {
        let filename = if file.is_empty() { String::new() } else { format!("/src/{file}") };
        profile.functions.push(Function {
            id: at as u64 + 1,
            name: name.into(),
            filename: filename.into(),
            ..Function::default()
        });
    }
    let stacks: [&[Line]; 4] = [&[frame(0, 4)], &[frame(2, 3), frame(1, 7)], &[frame(3, 9)], &[frame(1, 7)]];
    for (at, lines) in stacks.into_iter().enumerate() {
        profile.locations.push(Location {
            id: at as u64 + 1,
            mapping: Some(MappingId(0)),
            address: 0x1000 + at as u64 * 16,
            lines: lines.to_vec(),
            is_folded: false,
        });
    }
    let text = |value: &str| label("kind", LabelValue::Text(value.into()));
    let bytes = label("bytes", LabelValue::Number(2048, "bytes".into()));
    profile.add_sample(&[LocationId(1), LocationId(0)], &[3, 900_000_000], [text("hot"), bytes]);
    profile.add_sample(&[LocationId(3), LocationId(0)], &[1, 100_000_000], [text("cold")]);
    profile.add_sample(&[LocationId(2), LocationId(0)], &[1, 1_000_000], []);
    profile
}

fn options(format: Format) -> Options {
    Options {
        format,
        ratio: 1.0,
        title: "tool".to_owned(),
        num_label_units: profile().numeric_label_units().0,
        node_count: 80,
        node_fraction: 0.005,
        edge_fraction: 0.001,
        sample_value: SampleValue { column: 1, mean: false },
        sample_type: "cpu".to_owned(),
        sample_unit: "nanoseconds".to_owned(),
        output_unit: "minimum".to_owned(),
        ..Options::default()
    }
}

fn write(profile: &Profile, options: Options) -> Result<String, escargo_pprof::Error> {
    let mut out = Vec::new();
    Report::new(profile, options).write(profile, &Fixed, &mut out)?;
    Ok(String::from_utf8_lossy(&out).into_owned())
}

/// The profile with functions alone, as reports show them unless told otherwise.
fn by_function() -> Profile {
    let mut profile = profile();
    profile.locations.iter_mut().for_each(|location| {
        location.address = 0;
        location.lines.iter_mut().for_each(|line| line.line = 0);
    });
    profile.functions.iter_mut().for_each(|function| function.filename = "".into());
    profile
}

const HEADER: &str = "File: tool\nBuild ID: b1\nType: cpu\nTime: 2026-01-02 03:04:05 CET\n\
                      Duration: 2s, Total samples = 1001ms (50.05%)\n";

#[test]
fn text() {
    let expected = "Showing nodes accounting for 1000ms, 99.90% of 1001ms total\n\
                    Dropped 1 node (cum <= 5ms)\n      \
                          flat  flat%   sum%        cum   cum%\n     \
                         900ms 89.91% 89.91%      900ms 89.91%  main.leaf (inline)\n     \
                         100ms  9.99% 99.90%     1000ms 99.90%  main.work\n         \
                             0     0% 99.90%     1001ms   100%  main.main\n";
    let text = write(&by_function(), options(Format::Text)).unwrap();
    assert_eq!(text, format!("{HEADER}{expected}"), "{text}");
}

#[test]
fn text_of_the_first() {
    let text = write(
        &by_function(),
        Options { node_count: 1, cum_sort: true, compact_labels: true, ..options(Format::Text) },
    );
    let text = text.unwrap();
    assert!(text.contains("Showing top 1 nodes out of 3\n") && text.ends_with("main.main\n"), "{text}");
    assert!(text.starts_with("Showing nodes"), "{text}");
}

#[test]
fn tree_and_peek() {
    let symbol = Pattern::new("work").ok();
    let text =
        write(&by_function(), Options { symbol, compact_labels: true, ..options(Format::Tree) }).unwrap();
    let lines: Vec<&str> = text.lines().skip(5).collect();
    assert_eq!(lines.len(), 4, "{text}");
    assert!(lines[0].ends_with("|   main.main") && lines[1].ends_with("| main.work"), "{text}");
    assert!(lines[2].ends_with("|   main.leaf (inline)"), "{text}");
    let symbol = Pattern::new("nowhere").ok();
    let error = write(&by_function(), Options { symbol, ..options(Format::Tree) }).unwrap_err();
    assert_eq!(error.to_string(), "no matches found for regexp: nowhere");
}

#[test]
fn traces_show_labels_and_inlined_frames() {
    let text = write(&by_function(), options(Format::Traces)).unwrap();
    let separator = "-----------+-------------------------------------------------------\n";
    let first = "      kind:  hot\n     bytes:  2kB\n     900ms   main.leaf (inline)\n             main.work\n             main.main\n";
    assert!(
        text.starts_with(&format!("{HEADER}{separator}{first}{separator}").replace("1001ms", "1s")),
        "{text}"
    );
}

#[test]
fn tags_stand_in_columns() {
    let text =
        write(&by_function(), Options { output_unit: "ms".to_owned(), ..options(Format::Tags) }).unwrap();
    let expected = " bytes: Total 900ms of 1001ms (89.91%)\n        900ms (89.91%): 2048B\n\n \
                    kind: Total 1000ms of 1001ms (99.90%)\n       900ms (89.91%): hot\n       \
                    100ms ( 9.99%): cold\n\n";
    assert_eq!(text, expected);
}

#[test]
fn lists_say_what_is_missing() {
    let symbol = Pattern::new("main").ok();
    let text = write(&profile(), Options { symbol, ..options(Format::List) }).unwrap();
    assert!(text.contains("ROUTINE ======================== main.leaf in /src/leaf.go\n"), "{text}");
    assert!(text.contains(" Error: open /src/leaf.go: "), "{text}");
    assert!(text.contains("No source information for main.other\n"), "{text}");
    assert!(text.contains("      4:\twork()\n") && text.contains("      7:func work() {}\n"), "{text}");
    let symbol = Pattern::new("main.leaf").ok();
    let trim_path = "/src".to_owned();
    let text = write(&profile(), Options { symbol, trim_path, ..options(Format::List) }).unwrap();
    assert!(text.ends_with(" Error: could not find file leaf.go on path /elsewhere/deep\n"), "{text}");
}

#[test]
fn callgrind_numbers_names() {
    let text = write(&profile(), options(Format::Callgrind)).unwrap();
    assert!(text.starts_with("positions: instr line\nevents: cpu(ms)\n\nob=(1) /bin/tool\n"), "{text}");
    assert!(text.contains("fn=(1) main.leaf\n0x1010 3 900\n"), "{text}");
    assert!(text.contains("cfn=(1)\n"), "{text}");
}

#[test]
fn drawings_have_labels() {
    let text = write(&by_function(), options(Format::Dot)).unwrap();
    assert!(text.starts_with("digraph \"tool\" {\nnode [style=filled fillcolor=\"#f8f8f8\"]\n"), "{text}");
    assert!(text.contains("[label = \"kind:hot\" id="), "{text}");
    assert!(text.contains("[label = \"2kB\" id="), "{text}");
    assert!(text.contains("\\n (inline)\""), "{text}");
    let tree = write(&by_function(), Options { call_tree: true, ..options(Format::Dot) }).unwrap();
    assert_eq!(tree.matches(" tooltip=\"main.work -> main.leaf").count(), 1, "{tree}");
}

#[test]
fn removed_nodes_leave_dotted_edges() {
    let mut profile = by_function();
    // `main.work` tells least: all that it gets comes from one function and goes to one.
    profile.samples.truncate(1);
    profile.samples[0].label_len = 0;
    for call_tree in [false, true] {
        let text = write(&profile, Options { node_count: 2, call_tree, ..options(Format::Dot) }).unwrap();
        assert!(!text.contains("main.work"), "{text}");
        assert!(text.contains(" tooltip=\"main.main ... main.leaf (900ms)\""), "{text}");
    }
}

#[test]
fn a_profile_of_the_top() {
    let profile = by_function();
    let top = top_profile(&Report::new(&profile, options(Format::TopProto)), &profile, &Fixed);
    assert_eq!(top.samples.len(), 3);
    assert_eq!(&*top.function(FunctionId(0)).name, "main.leaf");
    assert_eq!(top.sample_types[0].kind.as_ref(), "cum");
}

#[test]
fn extremes_are_no_trap() {
    let formats = [
        Format::Callgrind,
        Format::Dot,
        Format::Tags,
        Format::Text,
        Format::TopProto,
        Format::Traces,
        Format::Tree,
    ];
    let mut extreme = profile();
    for value in &mut extreme.values {
        *value = if *value == 1 { -1 } else { i64::MIN };
    }
    let mut zero = profile();
    zero.values.fill(0);
    for profile in [extreme, zero, Profile::default()] {
        for format in formats {
            for (mean, call_tree) in [(false, true), (true, false)] {
                let sample_value = SampleValue { column: 1, mean };
                let extreme = Options { sample_value, call_tree, ratio: 1e300, ..options(format) };
                assert!(write(&profile, extreme).is_ok(), "{format:?}");
            }
        }
    }
    for format in [Format::Disassembly, Format::WebList] {
        assert!(write(&profile(), options(format)).is_err());
    }
}

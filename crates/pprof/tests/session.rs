//! Sessions: command lines and conversations, in a world of a few files.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use escargo_pprof::profile::{
    Function, FunctionId, Label, LabelValue, Line, Location, LocationId, Mapping, MappingId, Profile,
    ValueType,
};
use escargo_pprof::session::{self, Answer, Ui, World};

/// Files in memory, and one server.
#[derive(Default)]
struct Memory {
    files: Mutex<BTreeMap<String, Vec<u8>>>,
    answer: Option<Answer>,
}

impl Memory {
    fn with(files: &[(&str, Vec<u8>)]) -> Memory {
        let files = files.iter().map(|(path, data)| ((*path).to_owned(), data.clone())).collect();
        Memory { files: Mutex::new(files), answer: None }
    }

    fn files(&self) -> MutexGuard<'_, BTreeMap<String, Vec<u8>>> {
        self.files.lock().unwrap()
    }

    fn text(&self, path: &str) -> String {
        String::from_utf8_lossy(&self.files()[path]).into_owned()
    }
}

impl World for Memory {
    fn stat(&self, path: &str) -> io::Result<()> {
        self.read(path).map(drop)
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        // The number of a missing file, so that there is a text of the system.
        self.files().get(path).cloned().ok_or_else(|| io::Error::from_raw_os_error(2))
    }

    fn head(&self, path: &str, len: usize) -> io::Result<Vec<u8>> {
        self.read(path).map(|data| data.into_iter().take(len).collect())
    }

    fn names(&self, _: &str) -> Vec<String> {
        Vec::new()
    }

    fn write(&self, path: &str, data: &[u8]) -> io::Result<()> {
        self.files().insert(path.to_owned(), data.to_vec());
        Ok(())
    }

    fn append(&self, path: &str, data: &[u8]) -> io::Result<()> {
        self.files().entry(path.to_owned()).or_default().extend_from_slice(data);
        Ok(())
    }

    fn create(&self, path: &str, data: &[u8]) -> io::Result<()> {
        if self.files().contains_key(path) {
            return Err(ErrorKind::AlreadyExists.into());
        }
        self.write(path, data)
    }

    fn make_directory(&self, _: &str) -> io::Result<()> {
        Ok(())
    }

    fn variable(&self, name: &str) -> String {
        if name == "PPROF_TMPDIR" { "/kept".to_owned() } else { String::new() }
    }

    fn temporary(&self) -> String {
        "/tmp".to_owned()
    }

    fn working_directory(&self) -> io::Result<String> {
        Ok("/".to_owned())
    }

    fn get(&self, _: &str, _: Duration) -> Result<Answer, String> {
        self.answer.clone().ok_or_else(|| "dial tcp: lookup host: no such host".to_owned())
    }

    fn pipe(&self, command: &str, data: &[u8]) -> Result<(), String> {
        self.write(&format!("| {command}"), data).map_err(|e| e.to_string())
    }
}

/// Lines to answer, and what was said.
#[derive(Default)]
struct Talk {
    lines: Vec<String>,
    err: String,
    out: String,
}

impl Ui for Talk {
    fn read_line(&mut self, _: &str) -> io::Result<Option<String>> {
        Ok(if self.lines.is_empty() { None } else { Some(self.lines.remove(0)) })
    }

    fn say(&mut self, text: &str) {
        self.err.push_str(text.strip_suffix('\n').unwrap_or(text));
        self.err.push('\n');
    }

    fn warn(&mut self, text: &str) {
        self.say(text);
    }

    fn report(&mut self, data: &[u8]) -> io::Result<()> {
        self.out.push_str(&String::from_utf8_lossy(data));
        Ok(())
    }

    fn is_terminal(&self) -> bool {
        false
    }

    fn complete_functions(&mut self, _: Vec<String>) {}
}

/// `main.main` calls `main.work` and `main.idle`.
fn profile() -> Profile {
    let kind = |kind: &str, unit: &str| ValueType { kind: kind.into(), unit: unit.into() };
    let mut profile = Profile {
        sample_types: vec![kind("samples", "count"), kind("cpu", "nanoseconds")],
        mappings: vec![Mapping {
            id: 1,
            file: "/bin/prog".into(),
            has_functions: true,
            ..Mapping::default()
        }],
        ..Profile::default()
    };
    for (at, name) in ["main.main", "main.work", "main.idle"].into_iter().enumerate() {
        let function = Some(FunctionId(at as u32));
        profile.functions.push(Function { id: at as u64 + 1, name: name.into(), ..Function::default() });
        profile.locations.push(Location {
            id: at as u64 + 1,
            mapping: Some(MappingId(0)),
            address: 0x1000 + at as u64,
            lines: vec![Line { function, line: 3, column: 0 }],
            is_folded: false,
        });
    }
    let text = |key: &str, text: &str| Label { key: key.into(), value: LabelValue::Text(text.into()) };
    let number = Label { key: "bytes".into(), value: LabelValue::Number(2048, "bytes".into()) };
    let stack = |leaf: u32| [LocationId(leaf), LocationId(0)];
    profile.add_sample(&stack(1), &[3, 30_000_000], [text("job", "big"), number]);
    profile.add_sample(&stack(2), &[1, 10_000_000], [text("job", "small")]);
    profile
}

fn world() -> Memory {
    Memory::with(&[("p", profile().encode()), ("bad", b"nothing".to_vec()), ("prog", b"\x7fELF".to_vec())])
}

fn run_in(world: &Memory, args: &str, lines: &[&str]) -> (Talk, u8) {
    let args: Vec<String> = args.split_whitespace().map(str::to_owned).collect();
    let mut talk = Talk { lines: lines.iter().map(|l| format!("{l}\n")).collect(), ..Talk::default() };
    let code = session::run(&args, world, &mut talk);
    (talk, code)
}

fn run(args: &str, lines: &[&str]) -> (Talk, u8) {
    run_in(&world(), args, lines)
}

/// Functions in the order of a report, with what they have themselves.
fn rows(out: &str) -> Vec<(&str, &str)> {
    let lines = out.lines().skip_while(|line| !line.contains("flat%")).skip(1);
    lines.map(|line| (line.split_whitespace().next().unwrap(), line.rsplit("  ").next().unwrap())).collect()
}

#[test]
fn a_report() {
    let (talk, code) = run("-top p", &[]);
    assert_eq!((&*talk.err, code), ("", 0));
    assert!(talk.out.starts_with("File: prog\nType: cpu\n"), "{}", talk.out);
    assert_eq!(rows(&talk.out), [("30ms", "main.work"), ("10ms", "main.idle"), ("0", "main.main")]);
}

#[test]
fn filters_and_frames_for_tags() {
    let functions = |args: &str| {
        let (talk, _) = run(args, &[]);
        rows(&talk.out).into_iter().map(|(_, name)| name.to_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(functions("-top -focus=idle p"), "main.idle main.main");
    assert_eq!(functions("-top -tagfocus=job=big p"), "main.work main.main");
    assert_eq!(functions("-top -tagfocus=1kb:2kb p"), "main.work main.main");
    assert_eq!(functions("-top -tagignore=bytes=2kb: p"), "main.idle main.main");
    assert_eq!(functions("-top -tagroot=job p"), "main.work main.idle big main.main small");
    let (talk, _) = run("-top -tagfocus=2kb -focus=zz -tagroot=none p", &[]);
    assert_eq!(
        talk.err,
        "TagRoot expression matched no samples\ntagfocus:Interpreted '2kb' as range, not regexp\n\
         Focus expression matched no samples\nTagFocus expression matched no samples\n"
    );
}

#[test]
fn what_goes_wrong() {
    for (args, text) in [
        (
            "-top nofile",
            "nofile: stat nofile: no such file or directory\nfailed to fetch any source profiles\n",
        ),
        (
            "-top -base nofile p",
            "nofile: stat nofile: no such file or directory\nfailed to fetch any base profiles\n",
        ),
        (
            "-top http://host/x",
            "Fetching profile over HTTP from http://host/x\nhttp://host/x: Get \"http://host/x\": dial tcp: lookup \
             host: no such host\nfailed to fetch any source profiles\n",
        ),
        ("-top -divide_by=0 p", "zero divisor specified\n"),
        ("-list=( p", "parsing argument regexp (: error parsing regexp: missing closing ): `(`\n"),
        ("-top -hide=( p", "parsing hide regexp: error parsing regexp: missing closing ): `(`\n"),
        ("-png p", "escargo: png is not there yet: pictures need graphviz; dot gives the graph for it\n"),
    ] {
        let (talk, code) = run(args, &[]);
        assert_eq!((&*talk.out, &*talk.err, code), ("", text, 2), "{args}");
    }
    let (talk, code) = run("-top bad p", &[]);
    let text = "bad: parsing profile: unrecognized profile format\nFetched 1 source profiles out of 2\n";
    assert_eq!((&*talk.err, code), (text, 0));
}

#[test]
fn bases_and_several_sources() {
    let (talk, _) = run("-top p p", &[]);
    assert_eq!(rows(&talk.out)[0], ("60ms", "main.work"));
    let (talk, _) = run("-top -base p p p", &[]);
    assert_eq!(rows(&talk.out)[0], ("30ms", "main.work"));
    let (talk, _) = run("-top -nodefraction=0 -diff_base p p", &[]);
    assert!(talk.out.contains("of 40ms total"), "{}", talk.out);
    let (talk, _) = run("-top prog p", &[]);
    assert!(talk.out.starts_with("File: prog\n"));
}

#[test]
fn servers() {
    let body = profile().encode_gzip();
    let mut world = world();
    world.answer = Some(Answer { status: 200, status_line: "200 OK".to_owned(), body, ..Answer::default() });
    let (talk, code) = run_in(&world, "-comments -seconds 90 -add_comment=x host:1", &[]);
    assert_eq!((&*talk.out, code), ("x\n", 0));
    assert_eq!(
        talk.err,
        "Fetching profile over HTTP from http://host:1/debug/pprof/profile?seconds=90\nPlease wait... (1m30s)\n\
         Saved profile in /kept/pprof.prog.samples.cpu.001.pb.gz\n"
    );
    assert!(world.files().contains_key("/kept/pprof.prog.samples.cpu.001.pb.gz"));
    world.answer = Some(Answer {
        status: 404,
        status_line: "404 Not Found".to_owned(),
        content_type: "text/plain; charset=utf-8".to_owned(),
        go_pprof: "1".to_owned(),
        body: b"Unknown profile\n".to_vec(),
    });
    let (talk, _) = run_in(&world, "-comments http://host/x", &[]);
    assert!(
        talk.err.contains("http://host/x: server response: 404 Not Found - Unknown profile\nfailed"),
        "{}",
        talk.err
    );
}

#[test]
fn a_conversation() {
    let world = world();
    let lines = [
        "top 1",
        "samples",
        "top1",
        "focus = idle //: only this",
        "top",
        ":",
        "top 1 > out",
        "top 1 >> more",
        "top 1 >> more",
        "top 1 | wc",
        "proto",
        "nope",
        "focus",
        "sample_index=7",
        "svg",
        "help edgefraction",
        "quit",
        "top",
    ];
    let (talk, code) = run_in(&world, "p", &lines);
    assert_eq!(code, 0);
    let values: Vec<&str> = talk.out.lines().filter(|l| l.contains("main.")).collect();
    let first = |line: &str| line.split_whitespace().next().unwrap_or_default().to_owned();
    assert_eq!(values.iter().map(|l| first(l)).collect::<Vec<_>>(), ["30ms", "3", "1", "0"]);
    assert!(talk.out.contains("Active filters:\n   focus=idle\n"));
    assert_eq!(world.text("more"), world.text("out").repeat(2));
    assert_eq!(world.text("| wc"), world.text("out"));
    assert!(Profile::parse(&world.files()["profile001.pb.gz"]).is_ok());
    let told: Vec<&str> = talk.err.lines().skip_while(|l| !l.starts_with("Entering")).skip(1).collect();
    assert_eq!(
        told,
        [
            "Generating report in out",
            "Generating report in more",
            "Generating report in more",
            "Generating report in profile001.pb.gz",
            "unrecognized command: \"nope\"",
            "please specify a value, e.g. focus=<val>",
            "sample_index 7 is outside the range [0..1]",
            "escargo: svg is not there yet: pictures need graphviz; dot gives the graph for it",
            "Hide edges below <f>*total",
        ]
    );
}

#[test]
fn options_as_they_are_listed() {
    let (talk, _) = run("-sample_index=samples -cum p", &["granularity=files", "unit=", "o"]);
    for line in [
        "  compact_labels            = true                 ",
        "  granularity               = files                //: [addresses | filefunctions | files | functions | lines]",
        "  nodecount                 = -1                   //: default",
        "  nodefraction              = 0.005                ",
        "  sample_index              = samples              //: [samples | cpu]",
        "  sort                      = cum                  //: [cum | flat]",
        "  unit                      = \"\"                   ",
    ] {
        assert!(talk.err.lines().any(|l| l == line), "{line}\n{}", talk.err);
    }
}

//! Stories of small programs: what the last step is, and through which functions they lead.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use escargo_base::{MemSystem, System};
use escargo_dialect::GoVersion;
use escargo_driver::Session;
use escargo_driver::build::GcFlags;
use escargo_driver::survey::{SurveyOptions, survey};
use escargo_findings::collect::Wanted;
use escargo_findings::gather::{Extent, gather};
use escargo_findings::story::Happens;
use escargo_load::{Config, Flags, Loader};

/// What is told of the packages `m/a` and `m/b`, whose texts these are: for each site that escapes its line, its text and
/// its cause, then the steps with their depths, functions and lines, then the end.
fn told(a: &str, b: &str, threads: usize, minor: u32) -> String {
    let memory = MemSystem::new();
    memory.set_env("HOME", "/home");
    memory.write("/go/VERSION", format!("go1.{minor}.3\n"));
    for name in ["runtime", "internal/runtime/maps", "iter"] {
        let base = name.rsplit('/').next().unwrap_or(name);
        memory.write(format!("/go/src/{name}/{base}.go"), format!("package {base}\n"));
    }
    memory.write("/go/src/unsafe/unsafe.go", "package unsafe\n\ntype Pointer *int\n");
    memory.write("/m/go.mod", format!("module m\n\ngo 1.{minor}\n"));
    memory.write("/m/a/a.go", a);
    if !b.is_empty() {
        memory.write("/m/b/b.go", b);
    }
    memory.set_current_dir("/m");
    let system: Arc<dyn System> = Arc::new(memory);
    let version = GoVersion::release(minor, 3);
    let config = Config::from_env(&*system, Path::new("/go"), version, Flags::default()).unwrap();
    let graph = Loader::new(system.clone(), config.clone()).load(&["./...".to_owned()]).unwrap();
    let session = Session::new(system, version, config.context.target.clone(), config.experiments);
    let gcflags = GcFlags::default();
    let options = SurveyOptions {
        threads,
        gcflags: &gcflags,
        cwd: PathBuf::from("/m"),
        wanted: &|id| Wanted { sites: !graph.packages[id].dep_only, minor: true, variables: false },
        progress: &|| {},
    };
    let survey = survey(&session, &graph, &options);
    assert!(!survey.packages.list().is_empty(), "{:?}", survey.outcomes);
    let (gathered, _) = gather(&survey.packages, &survey, Extent { imported: false, minor: true });
    let line = |pos| session.sources.position(pos).map_or(0, |position| position.line);
    let mut text = String::new();
    for finding in gathered.iter().map(|gathered| &gathered.finding).filter(|finding| finding.escapes) {
        let _ = write!(text, "{} {}: {};", line(finding.span.start), finding.subject, finding.cause.code());
        for step in &finding.story.steps {
            let function = step.function.as_str().trim_start_matches("m/");
            let _ = write!(text, " {}{function}:{}", ">".repeat(step.depth as usize), line(step.pos));
            if let Happens::Ends { cause, to, .. } = &step.what {
                let to = to.map_or(String::new(), |to| format!(" {}", to.name.as_str()));
                let _ = write!(text, " {}{to}", cause.code());
            }
        }
        text.push_str(if finding.story.partial { " …\n" } else { "\n" });
    }
    text
}

#[track_caller]
fn tells(a: &str, want: &[&str]) {
    tells_both(a, "", want);
}

#[track_caller]
fn tells_both(a: &str, b: &str, want: &[&str]) {
    let found = told(a, b, 1, 27);
    assert_eq!(found.lines().collect::<Vec<_>>(), want, "{found}");
    assert_eq!(told(a, b, 3, 27), found);
}

#[test]
fn one_of_several_functions_lets_it_escape() {
    tells(
        "package a\n\nvar sink *int\n\n//go:noinline\nfunc keep(p *int) { sink = p }\n\n//go:noinline\n\
         func drop(p *int) {}\n\nfunc f(b bool) {\n\tx := 0\n\tg := drop\n\tif b {\n\t\tg = keep\n\t}\n\tg(&x)\n}\n",
        &["12 x: global; a.f:17 a.f:17 >a.keep:6 global sink"],
    );
}

#[test]
fn a_method_value_captures_its_receiver() {
    tells(
        "package a\n\ntype T struct{ n int }\n\nvar do func()\n\n//go:noinline\nfunc (t *T) inc() { t.n++ }\n\n\
         func f() {\n\tt := new(T)\n\tdo = t.inc\n}\n",
        &["11 new(T): closure; a.f:11 a.f:12 a.f:12 a.f:12 global do", "12 t.inc: global; a.f:12 global do"],
    );
}

#[test]
fn which_of_several_destinations() {
    let source = |statement: &str| {
        format!(
            "package a\n\nvar sink *int\n\ntype T struct{{ p *int }}\n\n//go:noinline\nfunc two(p *int) (*int, *int) \
             {{ return nil, p }}\n\n//go:noinline\nfunc f(t *T, m map[int]*int) {{\n\tx := 0\n\t{statement}\n}}\n"
        )
    };
    tells(
        &source("sink, t.p = two(&x)"),
        &["12 x: pointer-store; a.f:13 a.f:13 a.f:13 a.f:13 pointer-store"],
    );
    tells(&source("t.p, sink = two(&x)"), &["12 x: global; a.f:13 a.f:13 a.f:13 a.f:13 global sink"]);
    tells(&source("t.p, m[1] = nil, &x"), &["12 x: map-store; a.f:13 a.f:13 map-store"]);
    tells(&source("for _, sink = range []*int{&x} {}"), &["12 x: global; a.f:13 a.f:13 a.f:13 global sink"]);
}

#[test]
fn functions_that_call_each_other() {
    tells(
        "package a\n\nvar sink *int\n\n//go:noinline\nfunc even(n int, p *int) *int {\n\tif n == 0 {\n\t\tsink = p\n\t\treturn p\n\t}\n\
         \treturn odd(n-1, p)\n}\n\n//go:noinline\nfunc odd(n int, q *int) *int {\n\treturn even(n-1, q)\n}\n\nfunc f() {\n\tx := 0\n\
         \todd(3, &x)\n}\n",
        &["20 x: global; a.f:21 a.f:21 >a.odd:16 >>a.even:8 global sink"],
    );
}

#[test]
fn what_outlives_it_first_is_the_reason() {
    // The literal that captures the variable outlives the value as well.
    tells(
        "package a\n\nfunc f() (p *int) {\n\tdefer func() {\n\t\tif p == nil {\n\t\t\tp = new(int)\n\t\t}\n\t}()\n\
         \treturn nil\n}\n\nfunc g(n int) int {\n\tvar p *int\n\tfor range n {\n\t\tif p == nil {\n\t\t\tp = new(int)\n\
         \t\t}\n\t}\n\treturn *p\n}\n",
        &[
            "6 new(int): returned; a.f.func1:6 returned p",
            "16 new(int): outlives-loop; a.g:16 outlives-loop p",
        ],
    );
}

#[test]
fn callers_are_told_of_the_shortest_way() {
    // What the parameter points to leaks in another way than the parameter itself.
    tells(
        "package a\n\nvar one *int\n\nvar two **int\n\n//go:noinline\nfunc keep(p **int) {\n\tone = *p\n\ttwo = p\n\
         \tq := *p\n\tone = q\n}\n\nfunc f() {\n\tvar x *int\n\tkeep(&x)\n}\n",
        &["16 x: global; a.f:17 a.f:17 >a.keep:10 global two"],
    );
}

#[test]
fn through_another_package() {
    tells_both(
        "package a\n\nvar kept []any\n\n//go:noinline\nfunc Keep(list ...any) {\n\tkept = append(kept, list...)\n}\n\n\
         //go:noinline\nfunc Same(p *int) *int { return p }\n",
        "package b\n\nimport \"m/a\"\n\nfunc f() {\n\tx := 0\n\ta.Keep(a.Same(&x))\n}\n",
        &[
            "7 append(kept, list...): append; a.Keep:7 global kept",
            "6 x: slice-store; b.f:7 b.f:7 b.f:7 b.f:7 b.f:7 >a.Keep:7 >a.Keep:7 slice-store",
        ],
    );
}

#[test]
fn data_of_a_package_variable() {
    tells(
        "package a\n\ntype T struct{ f func() int }\n\nvar t = &T{f: make1(2)}\n\nfunc make1(n int) func() int { return \
         func() int { return n } }\n",
        &[
            "7 func literal: global; a.init:5 a.init:5 global",
            "7 func literal: returned; a.make1:7 returned ~r0",
        ],
    );
}

#[test]
fn loops_over_functions_have_places() {
    let found = told(
        "package a\n\nfunc f(seq func(func(int) bool)) (sum *int) {\n\tsum = new(int)\n\tfor n := range seq {\n\t\t*sum += \
         n\n\t}\n\treturn sum\n}\n",
        "",
        1,
        27,
    );
    assert!(found.contains("unknown-call"), "{found}");
    assert!(!found.contains(":0"), "{found}");
}

#[test]
fn older_releases() {
    let text =
        "package a\n\n//go:noinline\nfunc f(n int) int {\n\tlist := make([]int, n)\n\treturn len(list)\n}\n";
    for minor in [21, 24] {
        let found = told(text, "", 1, minor);
        assert_eq!(found, "5 make([]int, n): unknown-size; a.f:5 unknown-size\n", "1.{minor}");
    }
    assert_eq!(told(text, "", 1, 25), "");
}

#[test]
fn variables_are_called_as_they_are_written() {
    tells_both(
        "package a\n\nfunc New[T any](x T) *T {\n\ty := x\n\treturn &y\n}\n",
        "package b\n\nimport \"m/a\"\n\nvar kept = a.New(1)\n",
        &[
            "4 y: global; a.New[...]:5 b.init:5 b.init:5 global kept",
            "4 y: returned; a.New[...]:5 a.New[...]:5 returned ~r0",
        ],
    );
}

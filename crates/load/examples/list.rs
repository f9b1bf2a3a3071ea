//! Prints packages as JSON lines with the fields of `go list -deps -json`.
//!
//! `list --goroot DIR [--release N] [-test] [-tags T] [-mod M] [-modfile F] [-C DIR] [PATTERN...]`

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use escargo_base::OsSystem;
use escargo_dialect::GoVersion;
use escargo_load::{Config, Flags, GoFile, LoadError, Loader, Package, PackageGraph, PackageKind};

fn quote(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if (c as u32) < 0x20 => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[derive(Default)]
struct Object {
    fields: Vec<String>,
}

impl Object {
    fn text(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.fields.push(format!("{}:{}", quote(name), quote(value)));
        }
    }
    fn flag(&mut self, name: &str, value: bool) {
        if value {
            self.fields.push(format!("{}:true", quote(name)));
        }
    }
    fn list<S: AsRef<str>>(&mut self, name: &str, values: impl IntoIterator<Item = S>) {
        let values: Vec<String> = values.into_iter().map(|v| quote(v.as_ref())).collect();
        if !values.is_empty() {
            self.fields.push(format!("{}:[{}]", quote(name), values.join(",")));
        }
    }
    fn object(&mut self, name: &str, value: Object) {
        self.fields.push(format!("{}:{}", quote(name), value.render()));
    }
    fn render(&self) -> String {
        format!("{{{}}}", self.fields.join(","))
    }
}

fn names(files: &[GoFile]) -> impl Iterator<Item = &str> {
    files.iter().map(|f| &*f.name)
}

fn render(graph: &PackageGraph, p: &Package) -> String {
    let mut o = Object::default();
    o.text("Dir", &p.dir.to_string_lossy());
    o.text("ImportPath", &p.import_path);
    o.text("Name", &p.name);
    o.text("Root", &p.root.as_ref().map_or_else(String::new, |r| r.to_string_lossy().into_owned()));
    o.flag("Goroot", p.goroot);
    o.flag("Standard", p.standard);
    o.flag("DepOnly", p.dep_only);
    o.flag("Incomplete", p.incomplete);
    o.text("ForTest", p.for_test.as_deref().unwrap_or(""));
    if let Some(m) = p.module {
        let m = &graph.modules[m];
        let mut module = Object::default();
        module.text("Path", &m.path);
        module.text("Version", &m.version);
        module.text("GoVersion", m.go_version.as_deref().unwrap_or(""));
        let path = |p: &Option<PathBuf>| p.as_ref().map_or_else(String::new, |p| p.display().to_string());
        module.text("Dir", &path(&m.dir));
        module.text("GoMod", &path(&m.go_mod));
        module.flag("Main", m.main);
        module.flag("Indirect", m.indirect);
        o.object("Module", module);
    }
    if p.kind == PackageKind::TestMain {
        o.list("GoFiles", ["_testmain.go"]);
    } else {
        o.list("GoFiles", names(&p.go_files));
    }
    o.list("CgoFiles", names(&p.cgo_files));
    o.list("EmbedFiles", &p.embed_files);
    if matches!(p.kind, PackageKind::Plain | PackageKind::ForTest) {
        let s = &p.scan;
        o.list("IgnoredGoFiles", &s.ignored_go_files);
        o.list("InvalidGoFiles", &s.invalid_go_files);
        o.list("IgnoredOtherFiles", &s.ignored_other_files);
        let cgo = !p.cgo_files.is_empty();
        if cgo {
            o.list("CFiles", &s.other.c);
        }
        o.list("HFiles", &s.other.h);
        o.list("SFiles", &s.other.s);
        o.list("SysoFiles", &s.other.syso);
        o.list("TestGoFiles", names(&s.test_files));
        o.list("XTestGoFiles", names(&s.xtest_files));
        o.list("EmbedPatterns", s.embeds.iter().map(|(e, _)| e));
        o.list("TestEmbedPatterns", s.test_embeds.iter().map(|(e, _)| e));
        o.list("XTestEmbedPatterns", s.xtest_embeds.iter().map(|(e, _)| e));
        o.list("TestEmbedFiles", &p.test_embed_files);
        o.list("XTestEmbedFiles", &p.xtest_embed_files);
    }
    let shown = |i: &escargo_load::Import| {
        let variant = i.package.map(|id| &graph.packages[id]).filter(|q| q.for_test.is_some());
        variant.map_or_else(|| i.path.to_string(), |q| q.import_path.clone())
    };
    o.list("Imports", p.imports.iter().map(shown));
    let mut map: Vec<(String, String)> =
        p.imports.iter().map(|i| (i.written.to_string(), shown(i))).filter(|(a, b)| a != b).collect();
    map.sort();
    map.dedup();
    if !map.is_empty() {
        let mut m = Object::default();
        map.iter().for_each(|(a, b)| m.text(a, b));
        o.object("ImportMap", m);
    }
    if let Some(e) = &p.error {
        o.text("Error", &e.to_string());
    }
    o.render()
}

fn run() -> Result<(), LoadError> {
    let mut goroot = PathBuf::from(std::env::var("GOROOT").unwrap_or_default());
    let mut flags = Flags::default();
    let mut release = String::new();
    let mut quiet = false;
    let mut patterns = Vec::new();
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut value = || args.next().unwrap_or_default();
        match &*arg {
            "--goroot" => goroot = PathBuf::from(value()),
            "--release" => release = value(),
            "--quiet" => quiet = true,
            "-test" => flags.tests = true,
            "-tags" => flags.tags = Some(value()),
            "-mod" => flags.mod_mode = Some(value()),
            "-modfile" => flags.modfile = Some(value()),
            "-C" => flags.chdir = Some(PathBuf::from(value())),
            _ => patterns.push(arg),
        }
    }
    if release.is_empty() {
        let version = std::fs::read_to_string(goroot.join("VERSION")).unwrap_or_default();
        release = version.lines().next().unwrap_or_default().to_owned();
    }
    let toolchain = GoVersion::parse(&release).ok_or_else(|| LoadError::plain("no release"))?;
    let system = Arc::new(OsSystem);
    let config = Config::from_env(&*system, &goroot, toolchain, flags)?;
    let start = std::time::Instant::now();
    let graph = Loader::new(system, config).load(&patterns)?;
    let mut out = String::new();
    for w in &graph.warnings {
        let _ = writeln!(out, "{w}");
    }
    if quiet {
        let _ = writeln!(out, "{} packages in {:?}", graph.packages.len(), start.elapsed());
        for (_, e) in graph.errors() {
            let _ = writeln!(out, "{e}");
        }
    } else {
        for p in &graph.packages {
            let _ = writeln!(out, "{}", render(&graph, p));
        }
    }
    use std::io::Write as _;
    let _ = std::io::stdout().write_all(out.as_bytes());
    Ok(())
}

fn main() -> std::process::ExitCode {
    match run() {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(e) => {
            use std::io::Write as _;
            let _ = writeln!(std::io::stderr(), "{e}");
            std::process::ExitCode::FAILURE
        }
    }
}

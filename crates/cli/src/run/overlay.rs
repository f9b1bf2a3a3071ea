//! What is added to a program so that it leaves a heap profile behind, without a change to anybody's files.
//!
//! The go command's `-overlay` adds files to the standard library, and one to the program that pulls them in. The profile is
//! written by a hook that runs when `main` returns and in `os.Exit`; before a panic is printed that nobody recovered; before
//! the process dies of a broken pipe; and when a signal comes that nobody else waits for. For panics and pipes there are no
//! hooks, so a call is put into the runtime, on the line of a function that every release has. A runtime without that line
//! still writes its profile in all other cases.
//!
//! All texts are constant, so that the standard library is compiled once for them; what differs between runs is in the
//! environment.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

/// Names the file to write.
pub(super) const VARIABLE: &str = "ESCARGO_HEAP_PROFILE";

/// Functions with this prefix are added; what they allocate is not the program's.
pub(super) const OWN_FUNCTIONS: &str = r"^runtime/pprof\.escargo_";

/// The file that is added to the program's main package.
pub(super) const MAIN_FILE: &str = "escargo_main.go";

/// Files added to the standard library: package, name, text.
const ADDED: &[(&str, &str, &str)] = &[
    ("runtime", "escargo_runtime.go", include_str!("hook/runtime.go")),
    ("os/signal", "escargo_signal.go", include_str!("hook/signal.go")),
    ("runtime/pprof", "escargo_pprof.go", include_str!("hook/pprof.go")),
    ("runtime/pprof", "escargo_exit.go", include_str!("hook/exit.go")),
    ("runtime/pprof", "escargo_exit_old.go", include_str!("hook/exit_old.go")),
    ("runtime/pprof", "escargo_raise.go", include_str!("hook/raise.go")),
    ("runtime/pprof", "escargo_raise_other.go", include_str!("hook/raise_other.go")),
];

/// Calls put into the runtime: file, the line at the head of a function, what is added to that line.
const CALLS: &[(&str, &str, &str)] = &[
    // Where user code may run for the last time before an unrecovered panic ends the process: panic.go, gopanic.
    ("runtime/panic.go", "func preprintpanics(p *_panic) {", "escargo_dying()"),
    // signal_unix.go, sigpipe: nothing happens if somebody asked to be told.
    (
        "runtime/signal_unix.go",
        "func os_sigpipe() {",
        "if sig.wanted[_SIGPIPE/32]&(1<<(_SIGPIPE&31)) == 0 { escargo_dying() }",
    ),
    ("runtime/runtime.go", "func syscall_Exit(code int) {", "escargo_dying()"),
];

/// Files by the paths under which the go command is to see them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Overlay {
    /// Texts of ours.
    texts: BTreeMap<PathBuf, String>,
    /// Replacements of the user's own: taken over as they are.
    replaced: BTreeMap<String, Value>,
}

impl Overlay {
    /// The overlay for a program whose main package is in a directory. `src` is the SDK's source; `user` the text of the overlay
    /// that the user has asked for; `dir` is where its relative paths start.
    pub(super) fn new(
        src: &Path,
        main_dir: &Path,
        user: Option<(&str, &Path)>,
        read: &dyn Fn(&Path) -> Option<String>,
    ) -> Result<Overlay, String> {
        let mut overlay = Overlay::default();
        if let Some((text, _)) = user {
            overlay.replaced = replacements(text)?;
        }
        for (package, name, text) in ADDED {
            overlay.add(src.join(package).join(name), (*text).to_owned());
        }
        overlay.add(main_dir.join(MAIN_FILE), include_str!("hook/main.go").to_owned());
        for (file, head, call) in CALLS {
            let path = src.join(file);
            let users = overlay.replaced.remove(&path.display().to_string());
            let from = match (users.as_ref().and_then(Value::as_str), user) {
                (Some(file), Some((_, dir))) => dir.join(file),
                _ => path.clone(),
            };
            match read(&from).and_then(|text| with_call(&text, head, call)) {
                Some(text) => overlay.add(path, text),
                None => overlay.replaced.extend(users.map(|value| (path.display().to_string(), value))),
            }
        }
        Ok(overlay)
    }

    fn add(&mut self, path: PathBuf, text: String) {
        self.texts.insert(path, text);
    }

    /// Writes it into a directory; returns the file to give to the go command.
    pub(super) fn write(&self, scratch: &Path) -> std::io::Result<PathBuf> {
        let mut replace: serde_json::Map<String, Value> = self.replaced.clone().into_iter().collect();
        for (n, (path, text)) in self.texts.iter().enumerate() {
            let file = scratch.join(format!("{n}.go"));
            std::fs::write(&file, text)?;
            replace.insert(path.display().to_string(), file.display().to_string().into());
        }
        let file = scratch.join("overlay.json");
        std::fs::write(&file, json!({ "Replace": replace }).to_string())?;
        Ok(file)
    }
}

/// Whether the runtime calls what it is asked to call at the end of a program, as it does since Go 1.20.
pub(super) fn has_exit_hooks(src: &Path) -> bool {
    ["internal/runtime/exithook", "runtime/exithook.go"].iter().any(|place| src.join(place).exists())
}

/// The replacements of the user's overlay.
fn replacements(text: &str) -> Result<BTreeMap<String, Value>, String> {
    let value: Value = serde_json::from_str(text).map_err(|e| e.to_string())?;
    match value.get("Replace") {
        None | Some(Value::Null) => Ok(BTreeMap::new()),
        Some(Value::Object(map)) => Ok(map.clone().into_iter().collect()),
        Some(_) => Err("Replace is no object".to_owned()),
    }
}

/// Puts a call on the line that begins a function, so that lines keep their numbers. Nothing if there is not one such line.
fn with_call(text: &str, head: &str, call: &str) -> Option<String> {
    let mut lines = text.split_inclusive('\n').scan(0, |at, line| {
        *at += line.len();
        Some((*at, line))
    });
    let is_head = |(_, line): &(usize, &str)| line.trim_end() == head;
    let (end, line) = lines.find(is_head)?;
    if lines.any(|line| is_head(&line)) {
        return None;
    }
    let at = end - line.len() + head.len();
    Some(format!("{} {call}{}", &text[..at], &text[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PANIC: &str = "package runtime\n\nfunc preprintpanics(p *_panic) {\n\tdefer f()\n}\n";

    fn overlay(user: Option<&str>, files: &[(&str, &str)]) -> Overlay {
        let read = |path: &Path| {
            let found = files.iter().find(|(name, _)| Path::new(name) == path);
            found.map(|(_, text)| (*text).to_owned())
        };
        let user = user.map(|text| (text, Path::new("/mine")));
        Overlay::new(Path::new("/go/src"), Path::new("/m/cmd"), user, &read).unwrap()
    }

    #[test]
    fn a_call_on_the_line_of_the_function() {
        assert_eq!(with_call("a\nf {\n\tb\n}\n", "f {", "g()").unwrap(), "a\nf { g()\n\tb\n}\n");
        assert_eq!(with_call("f {\r\n}", "f {", "g()").unwrap(), "f { g()\r\n}");
        assert_eq!(with_call("f {\nf {\n", "f {", "g()"), None);
        assert_eq!(with_call("\tf {\n// f {\n", "f {", "g()"), None);
    }

    #[test]
    fn files_of_library_and_program() {
        let made = overlay(None, &[("/go/src/runtime/panic.go", PANIC)]);
        let of = |path: &str| made.texts.get(Path::new(path)).cloned();
        assert_eq!(of("/m/cmd/escargo_main.go").unwrap().lines().next(), Some("package main"));
        assert!(of("/go/src/runtime/panic.go").unwrap().contains("(p *_panic) { escargo_dying()\n\tdefer"));
        // What is not as it is known stays as it is.
        assert_eq!(of("/go/src/runtime/runtime.go"), None);
        for (package, name, text) in ADDED {
            assert_eq!(of(&format!("/go/src/{package}/{name}")).as_deref(), Some(*text));
            let last = package.rsplit('/').next().unwrap();
            assert!(text.lines().any(|line| line == format!("package {last}")), "{name}");
        }
        assert!(made.replaced.is_empty());
    }

    #[test]
    fn the_overlay_of_the_user() {
        let user =
            r#"{"Replace": {"/m/a.go": "b.go", "/go/src/runtime/panic.go": "mine.go", "/gone.go": ""}}"#;
        let made = overlay(Some(user), &[("/mine/mine.go", PANIC), ("/go/src/runtime/panic.go", "")]);
        assert!(made.texts[Path::new("/go/src/runtime/panic.go")].contains("escargo_dying()"));
        let kept: Vec<&str> = made.replaced.keys().map(String::as_str).collect();
        assert_eq!(kept, ["/gone.go", "/m/a.go"]);
        assert!(replacements("{").is_err() && replacements(r#"{"Replace": 1}"#).is_err());
        assert!(replacements("{}").unwrap().is_empty());
    }

    #[test]
    fn as_the_go_command_reads_it() {
        let scratch = crate::run::scratch::Scratch::new().unwrap();
        let made = overlay(Some(r#"{"Replace": {"a.go": "b.go"}}"#), &[]);
        let text = std::fs::read_to_string(made.write(scratch.path()).unwrap()).unwrap();
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["Replace"]["a.go"], "b.go");
        let main = value["Replace"]["/m/cmd/escargo_main.go"].as_str().unwrap();
        assert_eq!(std::fs::read_to_string(main).unwrap(), include_str!("hook/main.go"));
    }
}

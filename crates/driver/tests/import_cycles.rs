//! Packages that import each other, or themselves, must not be waited for.

use std::path::Path;
use std::sync::Arc;

use escargo_base::{MemSystem, System};
use escargo_dialect::GoVersion;
use escargo_driver::{PackageOutcome, Session, TypecheckOptions, typecheck};
use escargo_load::{Config, Flags, Loader};

#[test]
fn packages_on_a_cycle_are_skipped_and_the_others_checked() {
    let memory = MemSystem::new();
    memory.set_env("HOME", "/home");
    memory.write("/go/VERSION", "go1.27.3\n");
    memory.write("/go/src/unsafe/unsafe.go", "package unsafe\n");
    memory.write("/m/go.mod", "module m\n\ngo 1.21\n");
    memory.write("/m/self/a.go", "package self\n\nimport _ \"m/self\"\n");
    memory.write("/m/one/a.go", "package one\n\nimport _ \"m/two\"\n");
    memory.write("/m/two/a.go", "package two\n\nimport _ \"m/three\"\n");
    memory.write("/m/three/a.go", "package three\n\nimport _ \"m/one\"\n");
    memory.write("/m/above/a.go", "package above\n\nimport _ \"m/one\"\n");
    memory.write("/m/good/a.go", "package good\n\nvar X int = \"a\"\n");
    memory.set_current_dir("/m");
    let system: Arc<dyn System> = Arc::new(memory);
    let version = GoVersion::release(27, 3);
    let config = Config::from_env(&*system, Path::new("/go"), version, Flags::default()).unwrap();
    let graph = Loader::new(system.clone(), config.clone()).load(&["./...".to_owned()]).unwrap();
    for threads in [1, 2, 8] {
        let (target, experiments) = (config.context.target.clone(), config.experiments);
        let session = Session::new(system.clone(), version, target, experiments);
        let outcome = typecheck(&session, &graph, TypecheckOptions { threads }, &());
        for (package, outcome) in graph.packages.iter().zip(&outcome.packages) {
            match &*package.path {
                "m/good" => assert!(matches!(outcome, PackageOutcome::Errors(_)), "{outcome:?}"),
                path if path.starts_with("m/") => {
                    assert!(matches!(outcome, PackageOutcome::Skipped), "{path} {outcome:?}");
                }
                _ => {}
            }
        }
    }
}

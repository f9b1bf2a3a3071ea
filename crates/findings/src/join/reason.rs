//! Why a sample belongs to no site: what names of functions and files tell.

use escargo_base::Symbol;
use rustc_hash::FxHashSet;

use crate::packages::package_of;

/// Why something that a profile counts belongs to no site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// The run time allocates for itself: there are only its own functions.
    RunTime,
    /// A function that the run time provides to other packages: `reflect.unsafe_New`. Profiles of releases before 1.26 leave
    /// it out, and name the function that calls it (`runtime/mprof.go`, mProf_Malloc).
    Helper,
    /// The function has no body in Go.
    NoBody,
    /// C calls and what cgo makes for them.
    Cgo,
    /// Its package, or its file of tests, was not compiled in this run.
    NotCompiled,
    /// Its package was compiled, and has no such function: it was renamed or removed, or belongs to other build
    /// constraints.
    Gone,
    /// The function is known; it has no site on this line, and the line has not moved to where one is.
    NoSite,
    /// The profile does not name the function.
    NoName,
}

/// Whether a function is one of the run time's own, which allocate on behalf of their callers (`runtime/pprof/protomem.go`,
/// writeHeapProto; before 1.24 those of `internal/runtime` were shown).
pub(super) fn is_run_time(function: &str) -> bool {
    function.starts_with("runtime.") || function.starts_with("internal/runtime/")
}

/// The last element of a path.
pub(super) fn base_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// Why a function has no sites, or none that fits.
pub(super) fn why(function: &str, file: &str, known: Option<bool>, packages: &FxHashSet<Symbol>) -> Reason {
    let package = || Symbol::intern(&package_of(function));
    match known {
        _ if function.is_empty() => Reason::NoName,
        _ if is_helper(function, file) => Reason::Helper,
        Some(true) => Reason::NoSite,
        Some(false) => Reason::NoBody,
        None if is_cgo(function, file) => Reason::Cgo,
        None if file.ends_with(".s") => Reason::NoBody,
        None if file.ends_with("_test.go") || base_name(file) == "_testmain.go" => Reason::NotCompiled,
        None if packages.contains(&package()) => Reason::Gone,
        None => Reason::NotCompiled,
    }
}

/// Whether a function is one that the run time provides to another package.
pub(super) fn is_helper(function: &str, file: &str) -> bool {
    is_run_time_file(file) && !is_run_time(function)
}

/// Whether a file belongs to the run time: directly in its directory or in one of `internal/runtime`, in a tree of Go or
/// with trimmed paths.
fn is_run_time_file(file: &str) -> bool {
    let Some(end) = file.rfind(['/', '\\']) else { return false };
    let directory = &file[..end];
    let is = |name: &str| {
        directory == name || directory.strip_suffix(name).is_some_and(|before| before.ends_with("/src/"))
    };
    is("runtime")
        || directory.starts_with("internal/runtime/")
        || directory.rfind("/src/internal/runtime/").is_some()
}

fn is_cgo(function: &str, file: &str) -> bool {
    let last = function.rfind('/').map_or(0, |at| at + 1);
    let generated = ["._Cfunc_", "._cgo", "._Cgo", "._C2func_"];
    base_name(file) == "_cgo_gotypes.go"
        || generated.iter().any(|part| function[last..].contains(part))
        || [".c", ".cc", ".cpp", ".h", ".m", ".f"].iter().any(|ending| file.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons() {
        let packages: FxHashSet<Symbol> = [Symbol::intern("a/b")].into_iter().collect();
        let why = |function, file, known| why(function, file, known, &packages);
        assert_eq!(why("reflect.unsafe_New", "/go/src/runtime/malloc.go", Some(false)), Reason::Helper);
        assert_eq!(why("maps.clone", "runtime/map.go", None), Reason::Helper);
        assert_eq!(why("maps.clone", "/go/src/internal/runtime/maps/map.go", None), Reason::Helper);
        assert_eq!(why("a/b.F", "/home/u/src/my/runtime/x.go", None), Reason::Gone);
        assert_eq!(why("a/b.F", "/home/u/b/x.go", Some(true)), Reason::NoSite);
        assert_eq!(why("a/b.F", "/home/u/b/x.go", Some(false)), Reason::NoBody);
        assert_eq!(why("a/b.TestF", "/home/u/b/x_test.go", None), Reason::NotCompiled);
        assert_eq!(why("a/c.F", "/home/u/c/x.go", None), Reason::NotCompiled);
        assert_eq!(why("a/b._Cfunc_CString", "_cgo_gotypes.go", None), Reason::Cgo);
        assert_eq!(why("", "", None), Reason::NoName);
    }
}

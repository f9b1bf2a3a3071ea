//! Names of packages, variables and functions as text (`types/pkg.go`, `types/fmt.go`).

use escargo_base::Symbol;
use escargo_types::{PkgId, TypeStore};

/// Writes what names of a package are qualified with, and the dot: the package's name, nothing for the package
/// compiled.
pub(super) fn write_qualifier(store: &TypeStore, local: PkgId, pkg: Option<PkgId>, out: &mut String) {
    let Some(pkg) = pkg.filter(|&pkg| pkg != local) else { return };
    let name = store.pkg(pkg).name();
    if !name.is_empty() {
        out.push_str(name.as_str());
        out.push('.');
    }
}

/// Writes a symbol as messages of the compilation of `local` have it.
pub(super) fn write_symbol(
    store: &TypeStore,
    local: PkgId,
    pkg: Option<PkgId>,
    sym: Symbol,
    out: &mut String,
) {
    write_qualifier(store, local, pkg, out);
    out.push_str(sym.as_str());
}

/// Length of the digest that tells copies of a function literal apart, between two `#`.
const HASH_LEN: usize = 12;

/// A name without the digest that tells copies of a function literal apart (`cmd/internal/obj/objfile.go`,
/// TrimInlineHash): as its two parts, the second one mostly empty.
pub(super) fn without_hash(name: &str) -> (&str, &str) {
    let Some((before, rest)) = name.split_once('#') else { return (name, "") };
    match rest.as_bytes().get(HASH_LEN) {
        Some(b'#') => (before, &rest[HASH_LEN + 1..]),
        _ => (name, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_cut_out() {
        assert_eq!(without_hash("mk.func1#8Wum+mHaM5g=#.1"), ("mk.func1", ".1"));
        assert_eq!(without_hash("mk.func1#8Wum#"), ("mk.func1#8Wum#", ""));
        assert_eq!(without_hash("mk.func1"), ("mk.func1", ""));
    }
}

//! What `//go:` directives say of functions (`noder/lex.go`, pragmaFlag).

use escargo_ir::Pragmas;
use escargo_syntax::{Pragma, Tree};

/// The directives attached to a declaration.
pub(crate) fn pragmas(tree: &Tree, attached: Pragma) -> Pragmas {
    let (first, len) = (attached.first as usize, attached.len as usize);
    let directives = tree.directives.get(first..first + len).unwrap_or_default();
    let counts = directives.iter().filter(|d| d.own_line);
    counts.fold(Pragmas::default(), |all, d| all.with(pragma(d.text.split(' ').next().unwrap_or_default())))
}

/// What one directive asks for; some imply others.
fn pragma(verb: &str) -> Pragmas {
    match verb {
        "go:noescape" => Pragmas::NOESCAPE,
        "go:norace" => Pragmas::NORACE,
        "go:nosplit" => Pragmas::NOSPLIT.with(Pragmas::NOCHECKPTR),
        "go:noinline" => Pragmas::NOINLINE,
        "go:nocheckptr" => Pragmas::NOCHECKPTR,
        "go:systemstack" => Pragmas::SYSTEMSTACK,
        "go:nowritebarrier" => Pragmas::NO_WRITE_BARRIER,
        "go:nowritebarrierrec" => Pragmas::NO_WRITE_BARRIER_REC.with(Pragmas::NO_WRITE_BARRIER),
        "go:yeswritebarrierrec" => Pragmas::YES_WRITE_BARRIER_REC,
        "go:cgo_unsafe_args" => Pragmas::CGO_UNSAFE_ARGS.with(Pragmas::NOCHECKPTR),
        "go:uintptrkeepalive" => Pragmas::UINTPTR_KEEP_ALIVE,
        "go:uintptrescapes" => Pragmas::UINTPTR_ESCAPES.with(Pragmas::UINTPTR_KEEP_ALIVE),
        "go:registerparams" => Pragmas::REGISTER_PARAMS,
        _ => Pragmas::default(),
    }
}

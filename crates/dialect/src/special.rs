//! Packages of the standard library that the toolchain treats specially, by path.

/// Packages compiled with the runtime's rules (`-+`): they may use its directives.
/// `cmd/internal/objabi/pkgspecial.go` of 1.21 to 1.27, `cmd/go/internal/work/gc.go` of 1.19; the union of all.
const RUNTIME: &[&str] = &[
    "runtime",
    "runtime/internal/atomic",
    "runtime/internal/math",
    "runtime/internal/sys",
    "runtime/internal/syscall",
    "internal/runtime/atomic",
    "internal/runtime/cgroup",
    "internal/runtime/exithook",
    "internal/runtime/gc",
    "internal/runtime/gc/scan",
    "internal/runtime/maps",
    "internal/runtime/strconv",
    "internal/runtime/math",
    "internal/runtime/sys",
    "internal/runtime/syscall",
    "internal/runtime/syscall/linux",
    "internal/runtime/syscall/windows",
    "internal/abi",
    "internal/bytealg",
    "internal/byteorder",
    "internal/chacha8rand",
    "internal/coverage/rtcov",
    "internal/cpu",
    "internal/goarch",
    "internal/godebugs",
    "internal/goexperiment",
    "internal/goos",
    "internal/profilerecord",
    "internal/strconv",
    "internal/stringslite",
];

/// Packages with functions whose bodies the runtime supplies, though they have no files in other languages.
/// `cmd/go/internal/work/gc.go`, where it decides on `-complete`.
const SUPPLIED_BY_RUNTIME: &[&str] = &[
    "bytes",
    "internal/poll",
    "net",
    "os",
    "runtime/metrics",
    "runtime/pprof",
    "runtime/trace",
    "sync",
    "syscall",
    "time",
];

/// Whether a package of the standard library is compiled with the runtime's rules.
pub fn is_runtime_package(path: &str) -> bool {
    RUNTIME.contains(&path)
}

/// Whether a package of the standard library has functions whose bodies the runtime supplies.
pub fn has_supplied_bodies(path: &str) -> bool {
    SUPPLIED_BY_RUNTIME.contains(&path)
}

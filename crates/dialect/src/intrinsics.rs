//! Functions that the code generator makes single operations: calls of them cost nothing on top and are never inlined.
//!
//! The table that `ssagen` of each release builds (`ssagen/ssa.go` and, since 1.24, `ssagen/intrinsics.go`, InitTables)
//! at the lowest level of each architecture, without instrumentation; 1.20 was not looked at.

/// Architectures, by bit of the sets below.
const ARCHS: [&str; 14] = [
    "386", "amd64", "arm", "arm64", "loong64", "mips", "mipsle", "mips64", "mips64le", "ppc64", "ppc64le",
    "riscv64", "s390x", "wasm",
];

/// Functions of a package that are known to the same architectures: minor releases with the set from then on, and the
/// functions.
type Row = (&'static [(u32, u16)], &'static [&'static str]);

/// Whether a function is known to the code generator of release 1.`minor`.
pub(crate) fn is_intrinsic(minor: u32, goarch: &str, package: &str, function: &str) -> bool {
    let Some((_, rows)) = TABLE.iter().find(|(path, _)| *path == package) else { return false };
    let Some((history, _)) = rows.iter().find(|(_, functions)| functions.contains(&function)) else {
        return false;
    };
    let Some(bit) = ARCHS.iter().position(|arch| *arch == goarch) else { return false };
    let set = history.iter().rev().find(|(since, _)| *since <= minor).map_or(0, |(_, set)| *set);
    set >> bit & 1 == 1
}

#[rustfmt::skip]
const TABLE: &[(&str, &[Row])] = &[
    ("crypto/internal/constanttime", &[
        (&[(26, 0x261a)], &["Select"]),
        (&[(26, 0x3fff)], &["boolToUint8"]),
    ]),
    ("internal/runtime/atomic", &[
        (&[(23, 0x1fea), (24, 0x1ffa)], &["And", "And8", "Or", "Or8"]),
        (&[(23, 0x0008), (24, 0x001a)], &["And32", "And64", "Or32", "Or64"]),
        (&[(23, 0x0008), (24, 0x0018)], &["Anduintptr", "Oruintptr"]),
        (&[(23, 0x1ffa)], &[
            "Cas", "CasRel", "Casint32", "Casp1", "Casuintptr", "Load", "Load8", "LoadAcq", "LoadAcquintptr",
            "Loadint32", "Loadp", "Loaduint", "Loaduintptr", "Store", "Store8", "StoreRel", "StoreReluintptr",
            "Storeint32", "Storeuintptr", "Xadd", "Xaddint32", "Xadduintptr", "Xchg", "Xchgint32", "Xchguintptr",
        ]),
        (&[(23, 0x1f9a)], &[
            "Cas64", "Casint64", "Load64", "LoadAcq64", "Loadint64", "Store64", "StoreRel64", "Storeint64", "Xadd64",
            "Xaddint64", "Xchg64", "Xchgint64",
        ]),
        (&[(23, 0x19fa)], &["StorepNoWB"]),
        (&[(24, 0x061a)], &["Xchg8"]),
    ]),
    ("internal/runtime/maps", &[
        (&[(24, 0x0002)], &[
            "bitsetFirst", "bitsetLowestSet", "bitsetRemoveBelow", "bitsetShiftOutLowest", "ctrlGroupMatchEmpty",
            "ctrlGroupMatchEmptyOrDeleted", "ctrlGroupMatchFull", "ctrlGroupMatchH2",
        ]),
    ]),
    ("internal/runtime/math", &[
        (&[(24, 0x1f9a)], &["Add64"]),
        (&[(24, 0x1f9a), (26, 0x3f9a), (27, 0)], &["Mul64"]),
        (&[(24, 0x0f9b)], &["MulUintptr"]),
    ]),
    ("internal/runtime/sys", &[
        (&[(24, 0x101f)], &["Bswap32", "Bswap64"]),
        (&[(24, 0x3fff)], &["GetCallerPC", "GetCallerSP", "GetClosurePtr"]),
        (&[(24, 0x367e)], &["Len64", "Len8"]),
        (&[(24, 0x361a), (25, 0x3e1a)], &["OnesCount64"]),
        (&[(24, 0x060a), (25, 0x061a)], &["Prefetch", "PrefetchStreamed"]),
        (&[(24, 0x367f)], &["TrailingZeros32", "TrailingZeros64"]),
        (&[(24, 0x307f), (25, 0x367f)], &["TrailingZeros8"]),
    ]),
    ("math", &[
        (&[(19, 0x2e0c), (21, 0x2fec), (24, 0x2ffc)], &["Abs"]),
        (&[(19, 0x360a), (27, 0x361a)], &["Ceil", "Floor", "Trunc"]),
        (&[(19, 0x2e00), (24, 0x2e10)], &["Copysign"]),
        (&[(19, 0x1e0e), (24, 0x1e1e)], &["FMA"]),
        (&[(19, 0x1608)], &["Round"]),
        (&[(19, 0x300a), (27, 0x301a)], &["RoundToEven"]),
        (&[(19, 0x3fff), (21, 0)], &["Sqrt"]),
        (&[(21, 0x3fff)], &["sqrt"]),
    ]),
    ("math/big", &[
        (&[(19, 0x1f9a), (26, 0x3f9a)], &["mulWW"]),
    ]),
    ("math/bits", &[
        (&[(19, 0x160a), (21, 0x1e1a), (22, 0x1f9a)], &["Add", "Add64", "Sub64"]),
        (&[(19, 0x0002)], &["Div", "Div64"]),
        (&[(19, 0x366e), (24, 0x367e)], &["Len", "Len16", "Len32", "Len64", "Len8"]),
        (&[(19, 0x1f9a), (26, 0x3f9a)], &["Mul"]),
        (&[(19, 0x1f9a), (26, 0x3fff)], &["Mul64"]),
        (&[(19, 0x0002), (25, 0x3e1a)], &["OnesCount"]),
        (&[(19, 0x360a), (24, 0x361a), (25, 0x3e1a)], &["OnesCount16", "OnesCount32", "OnesCount64"]),
        (&[(19, 0x3600)], &["OnesCount8"]),
        (&[(19, 0x0008), (24, 0x0018)], &["Reverse", "Reverse16", "Reverse32", "Reverse64", "Reverse8"]),
        (&[(24, 0x0010)], &["ReverseBytes16"]),
        (&[(19, 0x100e), (21, 0x100f), (24, 0x101f)], &["ReverseBytes32", "ReverseBytes64"]),
        (&[(19, 0x360a), (21, 0x361a), (23, 0x3e1a)], &["RotateLeft", "RotateLeft64"]),
        (&[(19, 0x0002), (23, 0x0802)], &["RotateLeft16", "RotateLeft8"]),
        (&[(19, 0x360e), (21, 0x361e), (23, 0x3e1e)], &["RotateLeft32"]),
        (&[(19, 0x100a), (21, 0x1e1a), (22, 0x1f9a)], &["Sub"]),
        (&[(19, 0x366f), (24, 0x367f)], &["TrailingZeros16"]),
        (&[(19, 0x366e), (21, 0x366f), (24, 0x367f)], &["TrailingZeros32", "TrailingZeros64"]),
        (&[(19, 0x306e), (21, 0x306f), (24, 0x307f), (25, 0x367f)], &["TrailingZeros8"]),
    ]),
    ("runtime", &[
        (&[(19, 0x3fff)], &["KeepAlive", "slicebytetostringtmp"]),
        (&[(19, 0x3fff), (24, 0)], &["getcallerpc", "getcallersp", "getclosureptr"]),
        (&[(26, 0x0008)], &["memequal"]),
        (&[(19, 0x0993), (21, 0x099b), (22, 0)], &["mulUintptr"]),
        (&[(19, 0x0608), (22, 0x0e08), (24, 0x0e18), (25, 0x0ff8)], &["publicationBarrier"]),
    ]),
    ("runtime/internal/atomic", &[
        (&[(19, 0x1e6a), (21, 0x1fea), (23, 0)], &["And", "And8", "Or", "Or8"]),
        (&[(19, 0x1ffa), (23, 0)], &[
            "Cas", "CasRel", "Casint32", "Casp1", "Casuintptr", "Load", "Load8", "LoadAcq", "LoadAcquintptr",
            "Loadint32", "Loadp", "Loaduint", "Loaduintptr", "Store", "Store8", "StoreRel", "StoreReluintptr",
            "Storeint32", "Storeuintptr", "Xadd", "Xaddint32", "Xadduintptr", "Xchg", "Xchgint32", "Xchguintptr",
        ]),
        (&[(19, 0x1f9a), (23, 0)], &[
            "Cas64", "Casint64", "Load64", "LoadAcq64", "Loadint64", "Store64", "StoreRel64", "Storeint64", "Xadd64",
            "Xaddint64", "Xchg64", "Xchgint64",
        ]),
        (&[(19, 0x19fa), (23, 0)], &["StorepNoWB"]),
    ]),
    ("runtime/internal/math", &[
        (&[(22, 0x1f9a), (24, 0)], &["Add64"]),
        (&[(19, 0x1f9a), (24, 0)], &["Mul64"]),
        (&[(19, 0x0993), (21, 0x099b), (24, 0)], &["MulUintptr"]),
    ]),
    ("runtime/internal/sys", &[
        (&[(19, 0x100e), (21, 0x100f), (24, 0)], &["Bswap32", "Bswap64"]),
        (&[(19, 0x166e), (21, 0)], &["Ctz32", "Ctz64"]),
        (&[(19, 0x306e), (21, 0)], &["Ctz8"]),
        (&[(19, 0x366e), (24, 0)], &["Len64", "Len8"]),
        (&[(19, 0x360a), (24, 0)], &["OnesCount64"]),
        (&[(19, 0x060a), (24, 0)], &["Prefetch", "PrefetchStreamed"]),
        (&[(21, 0x366f), (24, 0)], &["TrailingZeros32"]),
        (&[(19, 0x366e), (21, 0x366f), (24, 0)], &["TrailingZeros64"]),
        (&[(19, 0x306e), (21, 0x306f), (24, 0)], &["TrailingZeros8"]),
    ]),
    ("sync", &[
        (&[(19, 0x1ffa), (27, 0)], &["runtime_LoadAcquintptr", "runtime_StoreReluintptr"]),
    ]),
    ("sync/atomic", &[
        (&[(19, 0x1ffa)], &[
            "AddInt32", "AddUint32", "AddUintptr", "CompareAndSwapInt32", "CompareAndSwapUint32",
            "CompareAndSwapUintptr", "LoadInt32", "LoadPointer", "LoadUint32", "LoadUintptr", "StoreInt32",
            "StoreUint32", "StoreUintptr", "SwapInt32", "SwapUint32", "SwapUintptr",
        ]),
        (&[(19, 0x1f9a)], &[
            "AddInt64", "AddUint64", "CompareAndSwapInt64", "CompareAndSwapUint64", "LoadInt64", "LoadUint64",
            "StoreInt64", "StoreUint64", "SwapInt64", "SwapUint64",
        ]),
        (&[(23, 0x0008), (24, 0x001a)], &[
            "AndInt32", "AndInt64", "AndUint32", "AndUint64", "AndUintptr", "OrInt32", "OrInt64", "OrUint32",
            "OrUint64", "OrUintptr",
        ]),
    ]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_functions() {
        let known = |minor, arch, (package, function)| is_intrinsic(minor, arch, package, function);
        assert!(known(27, "amd64", ("sync/atomic", "LoadPointer")));
        assert!(!known(27, "amd64", ("sync/atomic", "StorePointer")));
        assert!(
            known(27, "arm64", ("math/bits", "Reverse64")) && !known(27, "amd64", ("math/bits", "Reverse64"))
        );
        assert!(known(19, "amd64", ("runtime/internal/sys", "Ctz64")));
        assert!(!known(27, "amd64", ("runtime/internal/sys", "Ctz64")));
        assert!(
            known(20, "amd64", ("math/bits", "TrailingZeros64"))
                && !known(27, "amd64", ("math/bits", "TrailingZeros"))
        );
    }

    #[test]
    fn numbers_of_the_compilers_own_test() {
        // As `ssagen/intrinsics_test.go` of 1.27 lists them, at the level used here.
        let rows = [("386", 20), ("amd64", 145), ("arm", 29), ("arm64", 144), ("wasm", 40)];
        for (arch, count) in rows {
            let all = TABLE.iter().flat_map(|(package, rows)| {
                rows.iter().flat_map(move |(_, functions)| functions.iter().map(move |f| (*package, *f)))
            });
            assert_eq!(all.filter(|(p, f)| is_intrinsic(27, arch, p, f)).count(), count, "{arch}");
        }
    }
}

//! What is allocated at run time where escape analysis has spoken: rules that differ between releases. A baseline (1.19)
//! and dated deltas, after `cmd/compile/internal/{walk,slice,ssagen}` and `runtime` of each release.

/// Which slice variables grow in the frame and are moved to the heap when they get out (`slice/slice.go`, analyze).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoveRule {
    /// None.
    Never,
    /// Those that get out at one place; ranging over one does not count as getting out.
    RangesStay,
    /// The same where ranging counts, and so does taking the address of a part of an element.
    RangesMove,
}

/// What becomes of the bytes of a concatenation, `[]byte(a + b)` (`walk/convert.go`, walkStringToBytes).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConcatBytes {
    /// A string is made and converted.
    Twice,
    /// They are put together as bytes, always on the heap.
    OnceOnHeap,
    /// They are put together as bytes, in a small buffer where they stay in the frame.
    Once,
}

/// Rules of allocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllocRules {
    /// Bytes in the frame for a slice of a size that is not known and that stays there, if there are any.
    pub make_buffer: Option<u64>,
    /// The same for what `append` adds to an empty slice.
    pub append_buffer: Option<u64>,
    /// Slices that grow in the frame and are moved.
    pub moves: MoveRule,
    /// Composite literals whose value is known are put in interfaces as read-only data, also through a variable.
    pub shares_composites: bool,
    /// A string made of bytes only to look it up in a map in the next operation shares their memory.
    pub shares_lookups: bool,
    /// `len(string(bytes))` makes no string.
    pub counts_bytes: bool,
    /// Bytes of concatenations.
    pub concat_bytes: ConcatBytes,
    /// Words of a channel's header, besides the eight bytes of its element size and state.
    pub chan_words: u64,
    /// Objects that are larger and hold pointers have a header of eight bytes.
    pub header_above: Option<u64>,
}

/// Bytes of the buffer in the frame for strings and bytes that stay there (`runtime/string.go`, tmpStringBufSize).
pub const STRING_BUFFER: u64 = 32;
/// Bytes of the largest value in an interface that can be in the frame (`walk/convert.go`, dataWord).
pub const BOXED_LIMIT: u64 = 1024;
/// Bytes of the read-only zero (`internal/abi/map.go` before 1.24, `internal/abi/runtime.go`: ZeroValSize).
pub const ZERO_VALUE: u64 = 1024;
/// Entries of a map that fit in its first group (`internal/abi/map.go`, MapGroupSlots; before 1.24 bucketCnt).
pub const SMALL_MAP: u64 = 8;
/// Bytes of the largest key or element that a map holds itself; larger ones are allocated one by one
/// (`internal/abi/map.go`, MapMaxKeyBytes, MapMaxElemBytes).
pub const MAP_INLINE: u64 = 128;

const BASELINE: AllocRules = AllocRules {
    make_buffer: None,
    append_buffer: None,
    moves: MoveRule::Never,
    shares_composites: false,
    shares_lookups: false,
    counts_bytes: false,
    concat_bytes: ConcatBytes::Twice,
    chan_words: 11,
    header_above: None,
};

/// A change: the minor release it came with, and what it does.
type Delta = (u32, fn(&mut AllocRules));

const DELTAS: &[Delta] = &[
    // By 1.21: `walk/builtin.go`, isByteCount.
    (21, |r| r.counts_bytes = true),
    // 1.22: `runtime/mbitmap.go`, minSizeForMallocHeader.
    (22, |r| r.header_above = Some(512)),
    // 1.23: `runtime/chan.go`, hchan.timer.
    (23, |r| r.chan_words = 12),
    // 1.24: `walk/convert.go`, walkStringToBytes.
    (24, |r| r.concat_bytes = ConcatBytes::OnceOnHeap),
    // 1.25: `base/flag.go`, VariableMakeThreshold; `walk/builtin.go`, walkMakeSlice; `ssagen/ssa.go`, append.
    (25, |r| {
        r.make_buffer = Some(32);
        r.append_buffer = Some(32);
    }),
    // 1.25: `walk/order.go`, addrTemp; `ssa/_gen/generic.rules`, slicebytetostring; `walk/expr.go`, walkAddString.
    (25, |r| {
        r.shares_composites = true;
        r.shares_lookups = true;
        r.concat_bytes = ConcatBytes::Once;
    }),
    // 1.25: `runtime/chan.go`, hchan.bubble.
    (25, |r| r.chan_words = 13),
    // 1.26: `slice/slice.go`.
    (26, |r| r.moves = MoveRule::RangesStay),
    // 1.27: `slice/slice.go`, analyze, ORANGE and OADDR.
    (27, |r| r.moves = MoveRule::RangesMove),
];

/// Sizes of small objects, the same in all releases (`runtime/sizeclasses.go`, since 1.25
/// `internal/runtime/gc/sizeclasses.go`).
const SIZE_CLASSES: [u64; 67] = [
    8, 16, 24, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 256, 288, 320, 352, 384, 416,
    448, 480, 512, 576, 640, 704, 768, 896, 1024, 1152, 1280, 1408, 1536, 1792, 2048, 2304, 2688, 3072, 3200,
    3456, 4096, 4864, 5376, 6144, 6528, 6784, 6912, 8192, 9472, 9728, 10240, 10880, 12288, 13568, 14336,
    16384, 18432, 19072, 20480, 21760, 24576, 27264, 28672, 32768,
];
/// Large objects take whole pages.
const PAGE: u64 = 8192;
/// Size of the header of objects with pointers.
const HEADER: u64 = 8;

/// Bytes that an object of so many bytes takes on the heap: its size class, or whole pages. Nothing takes nothing.
pub fn size_class(bytes: u64) -> u64 {
    if bytes == 0 {
        return 0;
    }
    let at = SIZE_CLASSES.partition_point(|&class| class < bytes);
    SIZE_CLASSES.get(at).copied().unwrap_or_else(|| bytes.checked_next_multiple_of(PAGE).unwrap_or(u64::MAX))
}

impl AllocRules {
    /// The rules of release 1.`minor`.
    pub(crate) fn for_release(minor: u32) -> AllocRules {
        let mut rules = BASELINE;
        for (since, apply) in DELTAS {
            if minor >= *since {
                apply(&mut rules);
            }
        }
        rules
    }

    /// Bytes that an object takes on the heap, with the header that those with pointers may have.
    pub fn object_size(&self, bytes: u64, has_pointers: bool) -> u64 {
        let largest = SIZE_CLASSES.last().copied().unwrap_or(0);
        let has_header =
            has_pointers && bytes <= largest && self.header_above.is_some_and(|limit| bytes > limit);
        size_class(if has_header { bytes + HEADER } else { bytes })
    }

    /// Bytes of a channel's header (`runtime/chan.go`, hchanSize).
    pub fn chan_header(&self, word: u64) -> u64 {
        (word * self.chan_words + 8).next_multiple_of(8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_of_sizes() {
        let rows = [(0, 0), (1, 8), (8, 8), (9, 16), (33, 48), (1025, 1152), (32768, 32768), (32769, 40960)];
        for (bytes, want) in rows {
            assert_eq!(size_class(bytes), want, "{bytes}");
        }
        assert!(SIZE_CLASSES.is_sorted());
        assert_eq!(size_class(u64::MAX), u64::MAX);
    }

    #[test]
    fn headers_of_objects_with_pointers() {
        let size = |minor, bytes, pointers| AllocRules::for_release(minor).object_size(bytes, pointers);
        assert_eq!([size(21, 1024, true), size(22, 1024, true), size(22, 1024, false)], [1024, 1152, 1024]);
        assert_eq!(size(27, 512, true), 512);
    }

    #[test]
    fn headers_of_channels() {
        // The sizes of runtime.hchan on amd64.
        let sizes = [19, 23, 25].map(|minor| AllocRules::for_release(minor).chan_header(8));
        assert_eq!(sizes, [96, 104, 112]);
    }

    #[test]
    fn deltas_are_dated_in_order() {
        assert!(DELTAS.is_sorted_by_key(|d| d.0));
    }
}

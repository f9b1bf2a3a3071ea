//! Profiles that mean harm: cut, damaged, packed to burst, referring to nothing, counting to the end of all numbers. Each is
//! refused in words or reported, in memory that its size bounds.

#![expect(unsafe_code, reason = "an allocator that counts can only be written with it")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::io::{Read, Write};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use escargo_pprof::profile::Profile;
use escargo_testkit::pprof::exercise;
use flate2::{Compression, read::GzDecoder, write::GzEncoder};

/// Counts what is allocated, and how much it was at most.
struct Counting;

static NOW: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

// SAFETY: everything is passed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let now = NOW.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        MOST.fetch_max(now, Ordering::Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(place, layout) }
    }

    // What is large is moved by the system without a second copy.
    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        NOW.fetch_sub(layout.size(), Ordering::Relaxed);
        let now = NOW.fetch_add(size, Ordering::Relaxed) + size;
        MOST.fetch_max(now, Ordering::Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.realloc(place, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Tests run one after the other, since they count together.
static TURN: Mutex<()> = Mutex::new(());

/// The most memory that something takes beyond what was taken before.
fn memory(work: impl FnOnce()) -> usize {
    let before = NOW.load(Ordering::Relaxed);
    MOST.store(before, Ordering::Relaxed);
    work();
    MOST.load(Ordering::Relaxed) - before
}

/// Profiles of all kinds, with their names, unpacked.
fn profiles() -> Vec<(String, Vec<u8>)> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/pprof/profiles");
    let mut all: Vec<(String, Vec<u8>)> = Vec::new();
    for entry in std::fs::read_dir(dir).expect("profiles") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let data = std::fs::read(&path).expect("a file");
        all.push((name, unpacked(&data).unwrap_or(data)));
    }
    all.sort();
    assert!(all.len() > 16);
    all
}

fn unpacked(data: &[u8]) -> Option<Vec<u8>> {
    let mut unpacked = Vec::new();
    GzDecoder::new(data).read_to_end(&mut unpacked).ok()?;
    Some(unpacked)
}

fn packed(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(data).expect("written to memory");
    encoder.finish().expect("written to memory")
}

/// A few megabytes for tables, and so many bytes for each byte of input: a location of two bytes becomes one of eighty.
fn bound(len: usize) -> usize {
    (32 << 20) + 400 * len
}

#[test]
fn beginnings() {
    let _turn = TURN.lock();
    for (name, data) in profiles() {
        let step = (data.len() / 12).max(1);
        for end in (0..data.len()).step_by(step).chain(data.len().saturating_sub(4)..data.len()) {
            let used = memory(|| exercise(&data[..end]));
            assert!(used < bound(end), "{name} up to {end}: {used}");
        }
        // The end of what is packed is lost as well.
        let packed = packed(&data);
        for end in [1, 5, 10, 18, packed.len() / 2, packed.len() - 1] {
            assert!(Profile::parse(&packed[..end.min(packed.len() - 1)]).is_err(), "{name}");
        }
    }
}

/// Numbers that look random and are the same each time (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % limit
    }
}

#[test]
fn flipped_bits() {
    let _turn = TURN.lock();
    let mut numbers = Numbers(2026);
    let profiles: Vec<_> = profiles().into_iter().filter(|(_, data)| !data.is_empty()).collect();
    for round in 0..10_000 {
        let (name, data) = &profiles[round % profiles.len()];
        let mut data = data.clone();
        for _ in 0..=numbers.below(2) {
            let at = numbers.below(data.len());
            data[at] ^= 1 << numbers.below(8);
        }
        // All reports of one in eight; the reader has the most to lose.
        let used = memory(|| {
            if round % 8 == 0 { exercise(&data) } else { drop(Profile::parse(&data).map(|p| p.to_text())) }
        });
        assert!(used < bound(data.len()), "{name}, round {round}: {used}");
    }
}

/// A message of protocol buffers.
#[derive(Clone, Default)]
struct Message(Vec<u8>);

impl Message {
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    fn number(mut self, field: u64, value: u64) -> Message {
        self.varint(field << 3);
        self.varint(value);
        self
    }

    fn bytes(mut self, field: u64, bytes: &[u8]) -> Message {
        self.varint(field << 3 | 2);
        self.varint(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
        self
    }

    fn message(self, field: u64, message: Message) -> Message {
        self.bytes(field, &message.0)
    }
}

fn new() -> Message {
    Message::default()
}

/// One sample type, one function, one location; strings follow what is added.
fn small(change: impl FnOnce(Message) -> Message) -> Vec<u8> {
    let line = new().number(1, 1).number(2, 7);
    let start = new()
        .message(1, new().number(1, 1).number(2, 2))
        .message(5, new().number(1, 1).number(2, 3).number(4, 4))
        .message(4, new().number(1, 1).message(4, line));
    ["", "samples", "count", "main.main", "main.go"]
        .iter()
        .fold(change(start), |message, text| message.bytes(6, text.as_bytes()))
        .0
}

fn sample(location: u64, value: u64) -> Message {
    new().number(1, location).number(2, value)
}

#[test]
fn dangling_and_doubled_ids() {
    let _turn = TURN.lock();
    let line = |function: u64| new().message(4, new().number(1, function));
    let refused: &[(&str, Vec<u8>)] = &[
        ("no such location", small(|m| m.message(2, sample(99, 1)))),
        ("location of the last number", small(|m| m.message(2, sample(u64::MAX, 1)))),
        ("location zero", small(|m| m.message(2, sample(0, 1)))),
        ("no such function", small(|m| m.message(4, line(99).number(1, 2)))),
        ("the same location twice", small(|m| m.message(4, new().number(1, 1)))),
        ("the same function twice", small(|m| m.message(5, new().number(1, 1)))),
        (
            "the same mapping twice",
            small(|m| m.message(3, new().number(1, 1)).message(3, new().number(1, 1))),
        ),
        ("two values for one type", small(|m| m.message(2, sample(1, 1).number(2, 1)))),
        ("a text that is not there", small(|m| m.message(1, new().number(1, 1 << 40).number(2, 2)))),
        ("a text before the first", small(|m| m.message(1, new().number(1, u64::MAX).number(2, 2)))),
        ("a comment that is not there", small(|m| m.number(13, 77))),
    ];
    for (what, data) in refused {
        exercise(data);
        assert!(Profile::parse(data).is_err(), "{what}");
    }
    for id in [0, 5, u64::MAX] {
        exercise(&small(|m| m.message(4, new().number(1, 2).number(2, id)).message(2, sample(2, 1))));
        exercise(&small(|m| m.message(4, new().number(1, id)).message(2, sample(id, 1))));
        exercise(&small(|m| m.message(5, new().number(1, id).number(2, 3))));
    }
}

#[test]
fn stacks_that_go_round() {
    let _turn = TURN.lock();
    // Each location is in every stack many times, and each function is inlined into itself.
    let mut data = small(|mut m| {
        let lines = (0..50).fold(new().number(1, 2), |l, n| l.message(4, new().number(1, 1).number(2, n)));
        m = m.message(4, lines);
        let stack = |n: u64| (0..3000).fold(new(), |s, i| s.number(1, 1 + (i / n) % 2)).number(2, 1);
        (1..20).fold(m, |m, n| m.message(2, stack(n)))
    });
    exercise(&data);
    data.truncate(data.len() - 1);
    exercise(&data);
}

#[test]
fn extreme_numbers() {
    let _turn = TURN.lock();
    let extremes = [0, 1, i64::MAX as u64, i64::MIN as u64, u64::MAX, 1 << 53];
    for (n, &value) in extremes.iter().enumerate() {
        let other = extremes[(n + 1) % extremes.len()];
        exercise(&small(|m| {
            m.message(2, sample(1, value)).message(2, sample(1, other)).message(2, sample(1, value))
        }));
        exercise(&small(|m| m.message(2, sample(1, 5)).number(9, value).number(10, other).number(12, value)));
        let line = new().number(1, 1).number(2, value).number(3, other);
        exercise(&small(|m| {
            m.message(4, new().number(1, 2).number(3, value).message(4, line)).message(2, sample(2, 1))
        }));
        exercise(&small(|m| {
            let mapping = new().number(1, 1).number(2, value).number(3, other).number(4, value);
            m.message(3, mapping)
                .message(4, new().number(1, 2).number(2, 1).number(3, other))
                .message(2, sample(2, 1))
        }));
        let label = new().number(1, 3).number(3, value).number(4, 2);
        exercise(&small(|m| m.message(2, sample(1, 9).message(3, label.clone()).message(3, label))));
        for kind in ["heap profile: ", "goroutine profile: total ", "--- contention:\ncycles/second="] {
            exercise(format!("{kind}{value}: 1 [1: {value}] @ heap/{other}\n{value}: {other} [{value}: {other}] @ 0x1 0x{value:x}\n").as_bytes());
            exercise(
                format!(
                    "{kind}99999999999999999999999\n99999999999999999999999 @ 0xfffffffffffffffffffffff\n"
                )
                .as_bytes(),
            );
        }
        let words = [0, 3, 0, value, 0, 1, other, 0x401000, 0, 1, 0];
        exercise(&words.iter().flat_map(|w| w.to_le_bytes()).collect::<Vec<u8>>());
    }
    // Lengths beyond the end, and numbers that do not end.
    for tail in [
        &b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\x7f"[..],
        b"\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
        b"\x0b",
        b"\x00",
    ] {
        let mut data = small(|m| m);
        data.extend_from_slice(tail);
        let used = memory(|| exercise(&data));
        assert!(used < bound(data.len()), "{tail:?}: {used}");
    }
}

#[test]
fn bombs() {
    let _turn = TURN.lock();
    let one = |field: u64, message: Message| new().message(field, message).0;
    let parts: [(&str, Vec<u8>); 7] = [
        ("zeros", vec![0]),
        ("nothing known", new().number(99, 1).0),
        ("sample types", one(1, new())),
        ("samples", one(2, new())),
        ("locations", one(4, new())),
        ("functions", one(5, new())),
        ("texts", new().bytes(6, b"").0),
    ];
    for (what, part) in &parts {
        let plain = part.repeat((48 << 20) / part.len());
        let data = packed(&plain);
        assert!(data.len() < plain.len() / 50, "{what} is no bomb");
        let used = memory(|| drop(Profile::parse(&data)));
        assert!(used < bound(0) + 60 * plain.len(), "{what}: {} MB", used >> 20);
    }
    // A gigabyte of nothing.
    let zeros = packed(&vec![0; 16 << 20]);
    let data: Vec<u8> = zeros.repeat(64);
    let used = memory(|| assert!(Profile::parse(&data).is_err()));
    // Less is read of what is packed more tightly than any profile; a list may be half empty.
    assert!(used < bound(0) + 2 * (64 * data.len()).max(256 << 20), "{} MB", used >> 20);
}

#[test]
fn nothing() {
    let _turn = TURN.lock();
    for data in [&b""[..], b"\n", b"\0", &packed(b""), b"\x1f\x8b"] {
        exercise(data);
    }
    assert!(Profile::parse(b"").is_err());
}

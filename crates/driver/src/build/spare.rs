//! Memory that packages leave to those after them.
//!
//! What a package takes for its nodes and its text is large and short-lived. Given back to the system and asked for
//! again, it costs more than what is done with it.

use escargo_ir::Unit;
use escargo_report::draft::CHUNK;
use escargo_types::PkgId;
use parking_lot::{Mutex, MutexGuard};

/// Units have room for packages of up to so many bytes of source: there is one for each thread, and few packages are larger.
const RESERVED: usize = 4 << 20;

/// Buffers that nobody uses at the moment.
#[derive(Debug, Default)]
pub(crate) struct Spare {
    /// Bytes of source of the largest package.
    largest: usize,
    units: Mutex<Vec<Unit>>,
    texts: Mutex<Vec<String>>,
    /// Where texts are made ready to be printed, one at a time.
    printing: Mutex<String>,
}

impl Spare {
    /// Nothing to spare yet; `largest` are the bytes of source of the largest package.
    pub(crate) fn new(largest: usize) -> Spare {
        Spare { largest, ..Spare::default() }
    }

    /// An empty unit.
    pub(crate) fn unit(&self, pkg: PkgId) -> Unit {
        if let Some(unit) = self.units.lock().pop() {
            return unit.recycled(pkg);
        }
        let mut unit = Unit::new(pkg);
        // As much as the largest package needs, most of the time: to grow would be to copy, and to leave twice as much
        // memory behind. What is not used yet costs nothing.
        let bytes = self.largest.min(RESERVED);
        unit.nodes.reserve(bytes / 6);
        unit.names.reserve(bytes / 32);
        unit
    }

    /// An empty text, with room for a chunk.
    pub(crate) fn text(&self) -> String {
        // A chunk is cut when it is full, so it is a little longer.
        self.texts.lock().pop().unwrap_or_else(|| String::with_capacity(CHUNK + CHUNK / 8))
    }

    /// Where a text can be made ready to be printed.
    pub(crate) fn printing(&self) -> MutexGuard<'_, String> {
        self.printing.lock()
    }

    /// Takes back a unit that is done with.
    pub(crate) fn give_unit(&self, unit: Unit) {
        self.units.lock().push(unit);
    }

    /// Takes back a text that was printed.
    pub(crate) fn give_text(&self, mut text: String) {
        text.clear();
        if text.capacity() >= CHUNK {
            self.texts.lock().push(text);
        }
    }
}

//! Signatures of comparisons: what has to be compared of a value, in order. Types with the same signature share
//! functions, which are named after it (`reflectdata/alg.go` of Go 1.27, eqSignature).

use std::fmt;

use escargo_types::{BasicKind, Type, TypeId};

use crate::equality::Comparison;
use crate::lowerer::Lowerer;

/// Loops compare about this many bytes at a time.
const UNROLLED_BYTES: u64 = 32;

/// A part of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Bytes to compare.
    Memory(u64),
    /// Bytes that do not matter.
    Skip(u64),
    /// A float32.
    Float32,
    /// A float64.
    Float64,
    /// A string.
    String,
    /// An interface, with methods or without.
    Interface {
        /// Whether it has methods.
        methods: bool,
    },
    /// Parts that come several times.
    Array(u64, Vec<Part>),
}

/// All parts of a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parts(pub(crate) Vec<Part>);

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Part::Memory(n) => write!(f, "M{n}"),
            Part::Skip(n) => write!(f, "K{n}"),
            Part::Float32 => f.write_str("F"),
            Part::Float64 => f.write_str("G"),
            Part::String => f.write_str("S"),
            Part::Interface { methods } => f.write_str(if *methods { "I" } else { "E" }),
            Part::Array(n, parts) => {
                write!(f, "[{n}")?;
                parts.iter().try_for_each(|part| part.fmt(f))?;
                f.write_str("]")
            }
        }
    }
}

impl fmt::Display for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|part| part.fmt(f))
    }
}

/// Size of parts in bytes; `word` is that of a pointer.
pub(crate) fn size(parts: &[Part], word: u64) -> u64 {
    let one = |part: &Part| match part {
        Part::Memory(n) | Part::Skip(n) => *n,
        Part::Float32 => 4,
        Part::Float64 => 8,
        Part::String | Part::Interface { .. } => 2 * word,
        Part::Array(n, parts) => n * size(parts, word),
    };
    parts.iter().map(one).sum()
}

/// Whether the run time has functions for the parts. Memory of any size is passed to one for all sizes.
pub(crate) fn is_library(parts: &Parts) -> bool {
    use Part::{Float32, Float64, Interface, Memory};
    matches!(
        parts.0[..],
        [] | [Memory(_) | Part::String | Interface { .. } | Float32 | Float64]
            | [Float32, Float32]
            | [Float64, Float64]
    )
}

/// The signature of a type that can be compared.
pub(crate) fn signature(low: &mut Lowerer<'_>, ty: TypeId) -> Parts {
    let mut builder = Builder { low, list: Vec::new(), memory: 0, skip: 0 };
    builder.ty(ty);
    builder.flush(true);
    Parts(builder.list)
}

struct Builder<'l, 'w> {
    low: &'l mut Lowerer<'w>,
    list: Vec<Part>,
    /// Bytes to compare that are not yet in the list; then there are none to skip.
    memory: u64,
    /// Bytes to skip that are not yet in the list.
    skip: u64,
}

impl Builder<'_, '_> {
    fn flush(&mut self, at_end: bool) {
        match std::mem::take(&mut self.memory) {
            0 => {}
            n => self.list.push(Part::Memory(n)),
        }
        match std::mem::take(&mut self.skip) {
            n if n > 0 && !at_end => self.list.push(Part::Skip(n)),
            _ => {}
        }
    }

    fn memory(&mut self, bytes: u64) {
        if self.memory == 0 {
            self.flush(false);
        }
        self.memory += bytes;
    }

    fn skip(&mut self, bytes: u64) {
        if self.skip == 0 {
            self.flush(false);
        }
        self.skip += bytes;
    }

    fn part(&mut self, part: Part) {
        self.flush(false);
        self.list.push(part);
    }

    fn ty(&mut self, ty: TypeId) {
        let store = self.low.store();
        match *store.ty(store.under(ty)) {
            Type::Basic(basic) => match basic.kind {
                BasicKind::String => self.part(Part::String),
                BasicKind::Float32 => self.part(Part::Float32),
                BasicKind::Float64 => self.part(Part::Float64),
                BasicKind::Complex64 => (0..2).for_each(|_| self.part(Part::Float32)),
                BasicKind::Complex128 => (0..2).for_each(|_| self.part(Part::Float64)),
                _ => self.memory(self.low.bytes(ty)),
            },
            Type::Interface(_) => {
                let methods = !escargo_types::typeset::type_set(store, store.under(ty)).methods.is_empty();
                self.part(Part::Interface { methods });
            }
            Type::Struct(_) => self.fields(ty),
            Type::Array { elem, len } => self.array(ty, elem, len.unwrap_or(0)),
            _ => self.memory(self.low.cx.sizes.word),
        }
    }

    fn fields(&mut self, ty: TypeId) {
        let store = self.low.store();
        let mut end = 0;
        let spans = self.low.field_spans(ty);
        for (&field, span) in store.struct_fields(ty).unwrap_or_default().iter().zip(spans) {
            if store.obj(field).name.is_blank() {
                continue;
            }
            if end < span.0 {
                self.skip(span.0 - end);
            }
            self.ty(store.obj_type(field));
            end = span.1;
        }
        let size = self.low.bytes(ty);
        if end < size {
            self.skip(size - end);
        }
    }

    fn array(&mut self, ty: TypeId, elem: TypeId, len: u64) {
        if self.low.comparison(ty) == Comparison::Memory {
            self.memory(self.low.bytes(ty));
            return;
        }
        let size = self.low.bytes(elem);
        if len == 1 {
            self.ty(elem);
        }
        if len <= 1 || size == 0 {
            return;
        }
        let unroll = (UNROLLED_BYTES / size).max(1);
        for _ in 0..len % unroll {
            self.ty(elem);
        }
        match len / unroll {
            0 => {}
            1 => (0..unroll).for_each(|_| self.ty(elem)),
            times => {
                self.flush(false);
                let outer = std::mem::take(&mut self.list);
                (0..unroll).for_each(|_| self.ty(elem));
                self.flush(false);
                let parts = std::mem::replace(&mut self.list, outer);
                self.list.push(Part::Array(times, parts));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Part, Parts, is_library, size};

    #[test]
    fn signatures_name_parts_in_order() {
        let elem = vec![Part::String, Part::Memory(4), Part::Skip(4)];
        let parts = vec![
            Part::Memory(8),
            Part::Interface { methods: true },
            Part::Interface { methods: false },
            Part::Float32,
            Part::Array(3, elem),
            Part::Float64,
        ];
        assert_eq!(size(&parts, 8), 8 + 16 + 16 + 4 + 3 * 24 + 8);
        assert_eq!(Parts(parts).to_string(), "M8IEF[3SM4K4]G");
    }

    #[test]
    fn the_run_time_has_functions_for_single_parts_and_complex_numbers() {
        let known = |parts: &[Part]| is_library(&Parts(parts.to_vec()));
        assert!(known(&[]) && known(&[Part::Memory(57)]) && known(&[Part::String]));
        assert!(known(&[Part::Float64, Part::Float64]));
        assert!(!known(&[Part::Float32, Part::Float64]) && !known(&[Part::Skip(8)]));
        assert!(!known(&[Part::String, Part::String]) && !known(&[Part::Array(3, vec![Part::String])]));
    }
}

//! Sizes, alignments and offsets as gc lays values out.

use rustc_hash::FxHashMap;

use crate::store::{ObjId, TypeId, TypeStore};
use crate::ty::{Basic, BasicKind, Type};

/// Sizes of a target, in bytes (`types2/gcsizes.go`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// Size of a word.
    pub word: u64,
    /// Largest alignment.
    pub max_align: u64,
}

/// Sizes from here on are too large.
const LIMIT: u64 = 1 << 63;

/// Types nested deeper than this have no size: only invalid ones are.
const MAX_DEPTH: u32 = 300;

impl Sizes {
    /// Size; `None` if it overflows or the type has no fixed size.
    pub fn size_of(&self, store: &TypeStore, ty: TypeId) -> Option<u64> {
        Layouts::new(*self, store).of(ty).size
    }
    /// Alignment, at least 1.
    pub fn align_of(&self, store: &TypeStore, ty: TypeId) -> u64 {
        Layouts::new(*self, store).of(ty).align
    }
    /// Offsets of a struct's fields; `None` from the first that overflows.
    pub fn offsets_of(&self, store: &TypeStore, fields: &[ObjId]) -> Vec<Option<u64>> {
        let mut layouts = Layouts::new(*self, store);
        let mut offsets = Vec::with_capacity(fields.len());
        layouts.fields(fields, |offset| offsets.push(offset));
        offsets
    }
    /// Offset of the field at the end of a path of field indices; fields on the way are structs, not pointers.
    /// `None` if it overflows.
    pub fn offset_of(&self, store: &TypeStore, ty: TypeId, path: &[u32]) -> Option<u64> {
        let mut total: u64 = 0;
        let mut ty = ty;
        for &i in path {
            let fields = store.struct_fields(ty)?;
            let offset = *self.offsets_of(store, fields).get(i as usize)?;
            total = bounded(total.checked_add(offset?)?)?;
            ty = store.obj_type(fields[i as usize]);
        }
        Some(total)
    }

    fn basic(&self, basic: &Basic) -> Layout {
        use BasicKind::*;
        let (size, align) = match basic.kind {
            Bool | Int8 | Uint8 => (1, 1),
            Int16 | Uint16 => (2, 2),
            Int32 | Uint32 | Float32 => (4, 4),
            Int64 | Uint64 | Float64 => (8, 8),
            Complex64 => (8, 4),
            Complex128 => (16, 8),
            String | UntypedString => (2 * self.word, self.word),
            Int | Uint | Uintptr | UnsafePointer | Invalid => (self.word, self.word),
            UntypedBool | UntypedInt | UntypedRune | UntypedFloat | UntypedComplex | UntypedNil => {
                (self.word, self.word)
            }
        };
        Layout { size: Some(size), align: align.min(self.max_align) }
    }
}

fn bounded(size: u64) -> Option<u64> {
    (size < LIMIT).then_some(size)
}

fn round_up(size: u64, align: u64) -> Option<u64> {
    bounded(size.checked_add(align - 1)? & !(align - 1))
}

#[derive(Debug, Clone, Copy)]
struct Layout {
    size: Option<u64>,
    align: u64,
}

/// Computes layouts, each struct's once.
struct Layouts<'s> {
    sizes: Sizes,
    store: &'s TypeStore,
    structs: FxHashMap<TypeId, Layout>,
    depth: u32,
}

impl<'s> Layouts<'s> {
    fn new(sizes: Sizes, store: &'s TypeStore) -> Self {
        Layouts { sizes, store, structs: FxHashMap::default(), depth: 0 }
    }

    fn of(&mut self, ty: TypeId) -> Layout {
        let word = self.sizes.word;
        let words = |n: u64| Layout { size: Some(n * word), align: word.min(self.sizes.max_align) };
        let under = self.store.under(ty);
        match self.store.ty(under) {
            Type::Basic(basic) => self.sizes.basic(basic),
            // Multiword values are aligned as their words are.
            Type::Slice(_) => Layout { size: Some(3 * word), align: word },
            Type::Interface(_) if self.store.is_type_param(ty) => Layout { size: None, align: 1 },
            Type::Interface(_) => Layout { size: Some(2 * word), align: word },
            &Type::Array { elem, len } => self.nested(|this| this.array(elem, len)),
            Type::Struct(s) if s.fields.is_empty() => {
                Layout { size: Some(0), align: if is_align64(self.store, ty) { 8 } else { 1 } }
            }
            Type::Struct(s) => {
                if let Some(&known) = self.structs.get(&under) {
                    return known;
                }
                // A struct inside itself has no size.
                self.structs.insert(under, Layout { size: None, align: 1 });
                let layout = self.nested(|this| this.struct_layout(&s.fields));
                self.structs.insert(under, layout);
                layout
            }
            _ => words(1),
        }
    }

    fn nested(&mut self, f: impl FnOnce(&mut Self) -> Layout) -> Layout {
        if self.depth >= MAX_DEPTH {
            return Layout { size: None, align: 1 };
        }
        self.depth += 1;
        let layout = f(self);
        self.depth -= 1;
        layout
    }

    fn array(&mut self, elem: TypeId, len: Option<u64>) -> Layout {
        let Layout { size, align } = self.of(elem);
        let size = match len {
            None | Some(0) => Some(0),
            Some(n) => size.and_then(|s| s.checked_mul(n)).and_then(bounded),
        };
        Layout { size, align }
    }

    /// Calls `visit` with the offset of each field; returns the end of the last one, with one byte added if that
    /// has size 0 (its address must not be that of the next variable), and the alignment.
    fn fields(&mut self, fields: &[ObjId], mut visit: impl FnMut(Option<u64>)) -> Layout {
        let mut end = Some(0);
        let mut align = 1;
        for (i, &field) in fields.iter().enumerate() {
            let layout = self.of(self.store.obj_type(field));
            align = align.max(layout.align);
            let offset = end.and_then(|e| round_up(e, layout.align));
            visit(offset);
            end = match (offset, layout.size) {
                (Some(offset), Some(0)) if i + 1 == fields.len() && offset > 0 => Some(offset + 1),
                (Some(offset), Some(size)) => offset.checked_add(size).and_then(bounded),
                _ => None,
            };
        }
        Layout { size: end, align }
    }

    fn struct_layout(&mut self, fields: &[ObjId]) -> Layout {
        let Layout { size, align } = self.fields(fields, |_| {});
        Layout { size: size.and_then(|s| round_up(s, align)), align }
    }
}

/// The empty struct by which the atomic packages ask for alignment to 8 bytes.
fn is_align64(store: &TypeStore, ty: TypeId) -> bool {
    store.as_named(ty).is_some_and(|(_, n)| {
        let object = store.obj(n.obj);
        object.name == "align64"
            && object.pkg.is_some_and(|p| {
                matches!(store.pkg(p).path.as_str(), "sync/atomic" | "internal/runtime/atomic")
            })
    })
}

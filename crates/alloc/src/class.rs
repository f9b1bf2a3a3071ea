//! What each construct comes to, except for boxing and appending (`walk/{builtin,complit,convert,expr,closure}.go`).

use escargo_dialect::allocating::{ConcatBytes, MAP_INLINE, SMALL_MAP, STRING_BUFFER};
use escargo_ir::{FuncId, Kind, List, NodeId, Op};
use escargo_types::{Type, TypeId};

use crate::walk::{Collector, Seen};
use crate::{Class, SiteKind, Why};

/// Bytes that the run time asks for beyond those of a string made of runes (`runtime/string.go`, slicerunetostring).
const RUNE_SLACK: u64 = 3;
/// Bytes of a rune.
const RUNE: u64 = 4;

type Found = Option<(Seen, Class)>;

impl Collector<'_, '_> {
    /// What a node allocates itself, if it is an allocation site.
    pub(crate) fn site(&mut self, node: NodeId) -> Found {
        let unit = self.unit;
        let ty = self.ty(node);
        match &unit.nodes[node].kind {
            Kind::Unary(Op::New, _) => Some(self.pointed(node, SiteKind::New)),
            Kind::Unary(Op::PtrLit, _) => Some(self.pointed(node, SiteKind::CompositePtr)),
            &Kind::Make(op, len, cap) => match op {
                Op::MakeSlice => self.make_slice(node, cap.or(len)?),
                Op::MakeMap => Some(self.make_map(node, len)),
                _ => Some(self.make_chan(node, len)),
            },
            &Kind::CompositeLit { op: Op::SliceLit, len, .. } => Some(self.slice_literal(node, len)),
            Kind::CompositeLit { op: Op::MapLit, list, .. } => {
                Some(self.map_literal(node, list.len() as u64))
            }
            &Kind::Closure(func) => Some(self.closure(node, func)),
            Kind::Selector(s) if s.op == Op::MethValue => {
                let size = self.record(&[self.ty(s.x)]);
                Some((Seen::new(SiteKind::MethodValue, ty).sized(Some(size)), self.frame_or_heap(node, size)))
            }
            &Kind::Conv(op, x) => self.conversion(node, op, x),
            Kind::AddStr(list) => Some(self.concat(node, list)),
            &Kind::AssignOp { op: Op::Add, x, y, .. } if self.cx.store.is_string(self.ty(x)) => {
                Some(self.concat_assign(x, y))
            }
            Kind::Builtin { op: Op::Append, args, ddd } => self.append(node, args, *ddd),
            &Kind::Index(Op::IndexMap, map, _) if self.destinations.contains(&node) => {
                Some(self.map_assign(map))
            }
            Kind::Call(call) if self.is_defer_list(call.fun) => {
                let seen = Seen::new(SiteKind::DeferRecord, ty).sized(Some(self.cx.sizes.word));
                Some((seen, Class::Heap))
            }
            Kind::GoDefer { op: Op::Go, .. } => {
                Some((Seen::new(SiteKind::GoStatement, TypeId::INVALID), Class::RunTime(Why::Reused)))
            }
            Kind::GoDefer { defer_at, .. } if self.loops_here() || defer_at.is_some() => {
                Some((Seen::new(SiteKind::DeferRecord, TypeId::INVALID), Class::RunTime(Why::Reused)))
            }
            _ => None,
        }
    }

    /// The function that makes the list to which loops over functions add deferred calls (`runtime/panic.go`,
    /// deferrangefunc).
    fn is_defer_list(&self, fun: NodeId) -> bool {
        let unit = self.unit;
        unit.as_name(fun).is_some_and(|name| {
            let name = &unit.names[name];
            name.sym.as_str() == "deferrangefunc" && name.func.is_some_and(|func| !unit.funcs[func].local)
        })
    }

    /// The class of a value of a size that is known.
    pub(crate) fn frame_or_heap(&self, node: NodeId, size: u64) -> Class {
        match (self.stays(node), size) {
            (_, 0) => Class::Never(Why::ZeroSize),
            (true, _) => Class::Stack,
            (false, _) => Class::Heap,
        }
    }

    /// `new(T)`, `&T{}`.
    fn pointed(&self, node: NodeId, kind: SiteKind) -> (Seen, Class) {
        let elem = self.cx.store.pointer_elem(self.ty(node)).unwrap_or(TypeId::INVALID);
        let size = self.size_of(elem);
        (Seen::new(kind, elem).sized(Some(size)), self.frame_or_heap(node, size))
    }

    fn make_slice(&self, node: NodeId, cap: NodeId) -> Found {
        let elem = self.elem(self.ty(node));
        let (elem_size, count) = (self.size_of(elem), self.count(cap));
        let size = count.and_then(|count| count.checked_mul(elem_size));
        let seen = Seen::new(SiteKind::MakeSlice, elem).sized(size).of(elem_size);
        if let Some(&why) = self.fused.get(&node) {
            return Some((seen, Class::Never(why)));
        }
        let class = match (size, self.rules.make_buffer) {
            _ if elem_size == 0 => Class::Never(Why::ZeroSize),
            (Some(size), _) => self.frame_or_heap(node, size),
            (None, Some(buffer)) if self.stays(node) && elem_size <= buffer && !self.cx.flags.n => {
                Class::StackUpTo(buffer / elem_size * elem_size)
            }
            _ => Class::Heap,
        };
        Some((seen, class))
    }

    fn map_sizes(&self, map: TypeId) -> (u64, u64) {
        match *self.cx.store.ty(self.cx.store.under(map)) {
            Type::Map { key, elem } => (self.size_of(key), self.size_of(elem)),
            _ => (0, 0),
        }
    }

    fn make_map(&self, node: NodeId, hint: Option<NodeId>) -> (Seen, Class) {
        let ty = self.ty(node);
        let (key, elem) = self.map_sizes(ty);
        let count = hint.map_or(Some(0), |hint| self.count(hint));
        let class = match (self.stays(node), count) {
            (true, Some(count)) if count <= SMALL_MAP => Class::Stack,
            (true, None) => Class::StackUpTo(SMALL_MAP),
            _ => Class::Heap,
        };
        (Seen::new(SiteKind::MakeMap, ty).of(key.saturating_add(elem)), class)
    }

    fn map_literal(&self, node: NodeId, entries: u64) -> (Seen, Class) {
        let ty = self.ty(node);
        let (key, elem) = self.map_sizes(ty);
        let outside = entries > 0 && (key > MAP_INLINE || elem > MAP_INLINE);
        let class = match self.stays(node) && entries <= SMALL_MAP && !outside {
            true => Class::Stack,
            false => Class::Heap,
        };
        (Seen::new(SiteKind::MapLit, ty).of(key.saturating_add(elem)), class)
    }

    fn map_assign(&self, map: NodeId) -> (Seen, Class) {
        let ty = self.ty(map);
        let (key, elem) = self.map_sizes(ty);
        let why = if key > MAP_INLINE || elem > MAP_INLINE { Why::MapEntry } else { Why::MapGrows };
        (Seen::new(SiteKind::MapAssign, ty).of(key.saturating_add(elem)), Class::RunTime(why))
    }

    /// Channels are on the heap, wherever they flow.
    fn make_chan(&self, node: NodeId, len: Option<NodeId>) -> (Seen, Class) {
        let elem = self.elem(self.ty(node));
        let elem_size = self.size_of(elem);
        let count = len.map_or(Some(0), |len| self.count(len));
        let buffer = count.and_then(|count| count.checked_mul(elem_size));
        let header = self.rules.chan_header(self.cx.sizes.word);
        let size = buffer.and_then(|buffer| buffer.checked_add(header));
        (Seen::new(SiteKind::MakeChan, elem).sized(size).of(elem_size), Class::Heap)
    }

    fn slice_literal(&self, node: NodeId, len: u64) -> (Seen, Class) {
        let kind = if self.unit.nodes[node].implicit { SiteKind::VariadicSlice } else { SiteKind::SliceLit };
        let elem = self.elem(self.ty(node));
        let elem_size = self.size_of(elem);
        let size = len.saturating_mul(elem_size);
        (Seen::new(kind, elem).sized(Some(size)).of(elem_size), self.frame_or_heap(node, size))
    }

    fn closure(&self, node: NodeId, func: FuncId) -> (Seen, Class) {
        let unit = self.unit;
        let captured = &unit.funcs[func].closure_vars;
        let by_address = |&name: &_| unit.names[unit.canonical(name)].addrtaken;
        let types: Vec<TypeId> = captured
            .iter()
            .map(|name| if by_address(name) { TypeId::UNSAFE_POINTER } else { unit.names[*name].ty })
            .collect();
        let size = self.record(&types);
        let class = match self.fused.get(&node) {
            _ if captured.is_empty() => Class::Never(Why::NoCaptures),
            Some(&why) => Class::Never(why),
            None => self.frame_or_heap(node, size),
        };
        (Seen::new(SiteKind::Closure, self.ty(node)).sized(Some(size)), class)
    }

    /// Size of a struct of a code address and values of some types.
    fn record(&self, types: &[TypeId]) -> u64 {
        let word = self.cx.sizes.word;
        let end = types.iter().fold(word, |end, &ty| {
            let start = end.checked_next_multiple_of(self.cx.align_of(ty).max(1)).unwrap_or(u64::MAX);
            start.saturating_add(self.size_of(ty))
        });
        end.checked_next_multiple_of(word).unwrap_or(u64::MAX)
    }

    fn conversion(&mut self, node: NodeId, op: Op, x: NodeId) -> Found {
        let kind = match op {
            Op::ConvIface => return self.boxed(node, x),
            Op::Bytes2Str => SiteKind::BytesToString,
            Op::Str2Bytes => SiteKind::StringToBytes,
            Op::Runes2Str => SiteKind::RunesToString,
            Op::Str2Runes => SiteKind::StringToRunes,
            Op::RuneStr => SiteKind::RuneToString,
            _ => return None,
        };
        let seen = Seen::new(kind, self.ty(node));
        if let Some(&why) = self.fused.get(&node) {
            return Some((seen, Class::Never(why)));
        }
        let stays = self.stays(node);
        let buffer = |bytes| if stays { Class::StackUpTo(bytes) } else { Class::Heap };
        Some(match kind {
            SiteKind::BytesToString if !stays => (seen, Class::RunTime(Why::ShortString)),
            SiteKind::StringToBytes => self.string_to_bytes(node, x, seen),
            SiteKind::RunesToString => (seen, buffer(STRING_BUFFER - RUNE_SLACK)),
            SiteKind::StringToRunes => (seen, buffer(STRING_BUFFER * RUNE)),
            SiteKind::RuneToString => (seen.sized(Some(RUNE)), self.frame_or_heap(node, RUNE)),
            _ => (seen, buffer(STRING_BUFFER)),
        })
    }

    fn string_to_bytes(&self, node: NodeId, x: NodeId, seen: Seen) -> (Seen, Class) {
        let (unit, stays) = (self.unit, self.stays(node));
        let size = unit.const_string_len(x);
        let seen = seen.sized(size);
        let is_concat = matches!(unit.nodes[x].kind, Kind::AddStr(_));
        let small = self.cx.flags.small_frames;
        let limit = self.cx.model.escaping.implicit_limit[usize::from(small)];
        let class = match size {
            _ if self.zero_copy.contains(&node) => Class::Never(Why::ZeroCopy),
            Some(0) => Class::Never(Why::ZeroSize),
            Some(size) if stays && size <= limit => Class::Stack,
            Some(_) => Class::Heap,
            None if is_concat && self.rules.concat_bytes == ConcatBytes::OnceOnHeap => Class::Heap,
            None if stays => Class::StackUpTo(STRING_BUFFER),
            None => Class::Heap,
        };
        (seen, class)
    }

    fn concat(&self, node: NodeId, list: &List) -> (Seen, Class) {
        let seen = Seen::new(SiteKind::Concat, self.ty(node));
        if let Some(&why) = self.fused.get(&node) {
            return (seen, Class::Never(why));
        }
        let constants = || list.iter().filter_map(|&x| self.unit.const_string_len(x));
        let class = match constants().sum::<u64>() {
            known if self.stays(node) && known < STRING_BUFFER => Class::StackUpTo(STRING_BUFFER),
            _ if constants().filter(|&len| len > 0).count() > 1 => Class::Heap,
            _ => Class::RunTime(Why::OneOperand),
        };
        (seen, class)
    }

    /// `s += x`: escape analysis does not look at it, so it is taken to get out of the function.
    fn concat_assign(&self, x: NodeId, y: NodeId) -> (Seen, Class) {
        let constants = match &self.unit.nodes[y].kind {
            Kind::AddStr(list) if self.unit.nodes[x].op() != Op::IndexMap => {
                list.iter().filter(|&&x| self.unit.const_string_len(x).is_some_and(|len| len > 0)).count()
            }
            _ => 0,
        };
        let class = if constants > 1 { Class::Heap } else { Class::RunTime(Why::OneOperand) };
        (Seen::new(SiteKind::Concat, self.ty(x)), class)
    }
}

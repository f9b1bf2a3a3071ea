//! The inliner: which functions can be inlined, which calls are, and which calls of interface methods become direct.
//!
//! Works on an [`escargo_ir::Unit`] whose bodies have been read. A call that is inlined is replaced in place: its node
//! becomes the inlined call, whose body [`Bodies`] makes anew from the source. What happens is told by [`Event`]s, in
//! the order of the compiler's messages.
//!
//! Must not know: syntax trees, wording of messages, the disk.

mod callee;
mod cost;
mod devirtualize;
mod event;
mod flow;
mod judge;
mod library;
mod older;
mod pass;
#[cfg(test)]
mod tests;

use escargo_ir::{Context, FuncId, InlId, NodeId, Unit};
use escargo_types::{ObjId, TypeId};

pub use event::{CallRefused, CannotInline, Event, InlineText, Shaped};
use pass::Inliner;

/// Where bodies come from.
pub trait Bodies {
    /// The package.
    fn unit(&mut self) -> &mut Unit;
    /// The package.
    fn unit_ref(&self) -> &Unit;
    /// Whether the source of a function is at hand, so that calls of it can be inlined.
    fn has_body(&self, callee: FuncId) -> bool;
    /// Makes the inlined call that replaces `call` in `caller`: reads the body of `callee` anew. `inl` is the inlined
    /// call's number. Function literals in it are appended to the list of functions. Returns a node of its own, or
    /// `call` itself (`noder/reader.go`, unifiedInlineCall).
    fn expand(&mut self, caller: FuncId, call: NodeId, callee: FuncId, inl: InlId) -> NodeId;
    /// Instances whose bodies were read because of the last [`Bodies::expand`]: they are compiled elsewhere and not in
    /// the list of functions (`noder/unified.go`, readBodies).
    fn take_read_instances(&mut self) -> Vec<FuncId> {
        Vec::new()
    }
    /// Whether a declared type had been read before anything was inlined. Pointers to types that are read later are
    /// not the same whenever they are made (`types/type.go`, NewPtrCacheEnabled).
    fn was_read_first(&self, _named: TypeId) -> bool {
        true
    }
    /// The function of a method that is declared with exactly this receiver type.
    fn method(&mut self, recv: TypeId, method: ObjId) -> FuncId;
}

/// Judges all functions of a package, makes calls direct, and inlines them (`inline/interleaved/interleaved.go`,
/// DevirtualizeAndInlinePackage). With `-l` it only makes calls direct.
pub fn inline_package(cx: &Context<'_>, bodies: &mut dyn Bodies, sink: &mut dyn FnMut(Event)) {
    Inliner::new(*cx, bodies, sink).package();
}

/// Makes calls direct and inlines them in one function that was made afterwards (DevirtualizeAndInlineFunc).
pub fn inline_wrapper(cx: &Context<'_>, bodies: &mut dyn Bodies, func: FuncId, sink: &mut dyn FnMut(Event)) {
    Inliner::new(*cx, bodies, sink).function(func);
}

/// Makes calls direct in all functions, in releases that do so only when wrappers have been made
/// (`devirtualize/devirtualize.go` of 1.19 and 1.21); does nothing for others.
pub fn devirtualize_package(cx: &Context<'_>, bodies: &mut dyn Bodies, sink: &mut dyn FnMut(Event)) {
    if !cx.model.inlining.devirtualizes_inline {
        Inliner::new(*cx, bodies, sink).devirtualize_all();
    }
}

/// Judges instances that were read while something else was inlined, without events, and drops their bodies.
/// [`inline_package`] and [`inline_wrapper`] do so for those that [`Bodies::take_read_instances`] gives.
pub fn can_inline_silently(cx: &Context<'_>, bodies: &mut dyn Bodies, funcs: &[FuncId]) {
    Inliner::new(*cx, bodies, &mut |_| {}).can_inline_silently(funcs);
}

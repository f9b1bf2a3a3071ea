//! What each allocation of a program comes to at run time: nothing, a place in the frame, a buffer in the frame and then
//! the heap, or the heap.
//!
//! Escape analysis says where a value may live; what is done with it is decided later, by the passes that make code of
//! it (`cmd/compile/internal/{walk,slice,ssagen}`) and by the run time. [`sites`] goes through the bodies of a unit as it
//! is after escape analysis and tells of each [`Site`] its [`Class`].
//!
//! Must not know: syntax trees, wording, the disk.

mod append;
mod boxed;
mod class;
mod lookup;
mod moves;
mod site;
mod walk;

pub use escargo_dialect::allocating::size_class;
pub use site::{Class, Site, SiteKind, What, Why};

use escargo_escape::Analysis;
use escargo_ir::{Context, Unit};

/// All allocation sites of the functions compiled in this unit, in order of function, then of the walk: a node comes
/// before its operands, statements in front of it come before it.
///
/// A literal that captures variables comes behind the function it stands in, if that function is compiled at all. What is
/// initialized as data, without code, is no site: such statements are gone from the unit. Wrappers that are made after
/// escape analysis (before 1.20) are not looked at.
pub fn sites(cx: &Context<'_>, unit: &Unit, analysis: &Analysis) -> Vec<Site> {
    walk::unit(cx, unit, analysis)
}

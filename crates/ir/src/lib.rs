//! Function bodies as the compiler's middle sees them.
//!
//! A [`Unit`] holds a package: its [`Node`]s, [`Name`]s and [`Func`]s, by dense ids. Operations are the compiler's
//! ([`Op`], after `ir/node.go`), so that costs, printed text and escape rules can be stated in its terms.
//!
//! Must not know: syntax trees, releases, the disk.

mod alloc;
mod build;
mod context;
pub mod conversion;
mod func;
mod jumps;
mod name;
mod node;
mod op;
mod pos;
pub mod position;
pub mod print;
pub mod scc;
mod static_value;
mod tools;
mod unit;
mod visit;

pub use build::{Build, MethodRef, convert_value, fix_value, zero_value};
pub use context::{CompilerFlags, Context};
pub use func::{DictId, Func, FuncId, InlineInfo, Origin, Pragmas, Role};
pub use jumps::jumped_back;
pub use name::{Class, Name, NameId};
pub use node::{Call, CaseClause, Kind, List, Node, NodeId, Selector};
pub use op::Op;
pub use pos::{InlId, InlineTree, InlinedCall, IrPos};
pub use static_value::{StaticValues, reassigned, static_callee, static_value};
pub use thin_vec::{ThinVec, thin_vec};
pub use unit::{Original, Unit};

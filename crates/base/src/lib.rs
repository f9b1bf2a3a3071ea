//! What every room of escargo stands on: typed dense ids, source files and positions, interned
//! names, diagnostics as data, and the seam to the operating system.
//!
//! Must not know: Go, its versions, terminals.

pub mod cancel;
pub mod diagnostic;
pub mod index;
pub mod source;
pub mod symbol;
pub mod system;

pub use cancel::CancelToken;
pub use diagnostic::{Diagnostic, Label, Severity};
pub use index::{Id, IndexVec};
pub use source::{FileId, LineDirective, LineTable, Pos, Position, SourceFile, SourceMap, Span};
pub use symbol::{NumberedNames, Symbol};
pub use system::{DirEntry, FileKind, MemSystem, Metadata, OsSystem, System};

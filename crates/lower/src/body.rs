//! The lowering of one function body.

use escargo_base::Symbol;
use escargo_ir::{DictId, FuncId, InlId, IrPos, NameId, NodeId};
use escargo_types::ObjId;
use rustc_hash::FxHashMap;

use crate::lowerer::Lowerer;
use crate::package::{TypedFile, TypedPackage};

/// What a local variable is known by while its function is lowered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum LocalKey {
    /// A variable of the source.
    Object(ObjId),
    /// A variable that the rewriting of a range over a function made: its number in the outermost function.
    Synthetic(u32),
}

/// A body that is inlined: what replaces its returns.
#[derive(Clone, Debug)]
pub(crate) struct InlineFrame {
    /// The inlined call.
    pub(crate) inl: InlId,
    /// The function that the call stands in.
    pub(crate) caller: FuncId,
    /// The function inlined.
    pub(crate) callee: FuncId,
    /// The call.
    pub(crate) call: NodeId,
    /// Where returns go.
    pub(crate) ret_label: Symbol,
    /// Variables for the results.
    pub(crate) ret_vars: Vec<NameId>,
    /// Results are declared at the return statement.
    pub(crate) delay_results: bool,
    /// Number of labels renamed so far.
    pub(crate) labels: u32,
}

/// The lowering of one body: of a function, a literal, or an inlined copy of one.
pub(crate) struct Body<'l, 'w> {
    /// The package's lowering.
    pub(crate) low: &'l mut Lowerer<'w>,
    /// The package that the source belongs to.
    pub(crate) pkg: &'w TypedPackage,
    /// Index of the file in it.
    pub(crate) file: usize,
    /// The function that variables are declared in (for inlined bodies a scratch function).
    pub(crate) func: FuncId,
    /// Type arguments, in instances.
    pub(crate) dict: Option<DictId>,
    /// The inlined call, if this is the body of one. Literals inside an inlined body are not: their bodies keep the
    /// positions of the source.
    pub(crate) inline: Option<InlineFrame>,
    /// Variables in scope, by what they are known by. In literals also the captured ones seen so far.
    pub(crate) locals: FxHashMap<LocalKey, NameId>,
}

impl<'w> Body<'_, 'w> {
    /// The file.
    pub(crate) fn source(&self) -> &'w TypedFile {
        &self.pkg.files[self.file]
    }
    /// What checking found out about the file.
    pub(crate) fn info(&self) -> &'w escargo_check::FileInfo {
        &self.pkg.info.files[self.file]
    }
    /// A position of the source, as a position in what is being lowered.
    pub(crate) fn at(&self, offset: u32) -> IrPos {
        let pos = escargo_base::Pos::new(self.source().id, offset);
        IrPos { pos, inl: self.inline.as_ref().map(|frame| frame.inl) }
    }
}

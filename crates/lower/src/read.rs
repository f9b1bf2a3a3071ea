//! The order in which a package is read: initializers, declarations, bodies.

use escargo_ir::List;
use escargo_types::TypeId;

use crate::body::Body;
use crate::func::Code;

impl<'w> Body<'_, 'w> {
    /// Declares receiver, parameters and results of the function being lowered. `sig` is its type for the checker.
    pub(crate) fn declare_params(&mut self, sig: Option<TypeId>, ty: TypeId) {
        let _ = (sig, ty);
    }

    /// Lowers the body of the function being lowered; its parameters are declared.
    pub(crate) fn lower_code(&mut self, code: &Code<'w>) -> List {
        match code {
            Code::Made(make) => make(self),
            _ => List::new(),
        }
    }
}

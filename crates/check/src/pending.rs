//! Stands in for what the declarations' part brings: delete this file when `is_complete` exists there.

use escargo_syntax::ExprId;
use escargo_types::TypeId;

use crate::checker::Checker;

impl Checker<'_> {
    pub(crate) fn is_complete(&mut self, _ty: TypeId) -> bool {
        true
    }
    pub(crate) fn valid_var_type(&mut self, _e: ExprId, _ty: TypeId) {}
}

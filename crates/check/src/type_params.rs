//! Type parameters: their declaration and their constraints.

use escargo_syntax::{Expr, ExprId, FieldId, IdentId, List, UnaryOp};
use escargo_types::{Interface, Object, Type, TypeId};

use crate::checker::Checker;
use crate::code::Code;
use crate::info::{NodeRef, ScopeId};

impl<'a> Checker<'a> {
    /// Opens a scope within the current one for a node. The caller goes back to the old one.
    pub(crate) fn enter_scope(&mut self, node: NodeRef, is_func: bool) -> ScopeId {
        let scope = self.new_scope(Some(self.env.scope), is_func);
        self.record_scope(node, scope);
        self.env.scope = scope;
        scope
    }

    /// Declares a list of type parameters in the current scope and determines their constraints.
    pub(crate) fn collect_type_params(&mut self, fields: List<FieldId>) -> Vec<TypeId> {
        self.collect_type_params_with(fields, |_, _| {})
    }

    /// As [`collect_type_params`](Self::collect_type_params). `bind` gets the parameters before their
    /// constraints are looked at, for those may use the type that is being declared.
    pub(crate) fn collect_type_params_with(
        &mut self,
        fields: List<FieldId>,
        bind: impl FnOnce(&mut Self, &[TypeId]),
    ) -> Vec<TypeId> {
        let tree = self.tree();
        let tparams: Vec<TypeId> = tree.list(fields).map(|f| self.declare_type_param(tree[f].name)).collect();
        self.number_type_params(&tparams);
        bind(self, &tparams);

        let outer = std::mem::replace(&mut self.env.in_tparam_list, true);
        let mut previous: Option<(ExprId, TypeId)> = None;
        for (field, &tparam) in tree.list(fields).zip(&tparams) {
            let e = tree[field].ty;
            let bound = match previous {
                Some((same, bound)) if same == e => bound,
                _ => self.type_param_bound(e),
            };
            previous = Some((e, bound));
            if let Type::TypeParam(p) = self.store.ty(tparam) {
                p.set_bound(bound);
            }
        }
        self.env.in_tparam_list = outer;
        tparams
    }

    /// Tells type parameters their place in the list.
    pub(crate) fn number_type_params(&self, tparams: &[TypeId]) {
        for (i, &tparam) in tparams.iter().enumerate() {
            if let Type::TypeParam(p) = self.store.ty(tparam) {
                p.set_index(i);
            }
        }
    }

    /// Declares a type parameter, whose constraint is not known yet.
    pub(crate) fn declare_type_param(&mut self, ident: Option<IdentId>) -> TypeId {
        let tree = self.tree();
        let (pos, name) = match ident {
            Some(id) => (self.at(tree[id].start), tree[id].name),
            None => (escargo_base::Pos::NONE, escargo_base::Symbol::BLANK),
        };
        let obj = self.store.new_object(Object::type_name(pos, Some(self.pkg), name, None));
        let tparam = self.store.new_type_param(obj);
        self.declare(self.env.scope, ident, obj);
        tparam
    }

    fn type_param_bound(&mut self, e: ExprId) -> TypeId {
        let bound = match self.tree()[e] {
            Expr::Unary { op: UnaryOp::Tilde, .. } => self.implicit_interface(e),
            Expr::Binary { op: escargo_syntax::BinaryOp::Or, .. } => self.implicit_interface(e),
            _ => self.typ(e),
        };
        if self.store.is_type_param(bound) {
            self.error_at(e, Code::MisplacedTypeParam, "cannot use a type parameter as constraint");
            return TypeId::INVALID;
        }
        bound
    }

    /// `~T` and `A|B` stand for an interface that embeds them.
    fn implicit_interface(&mut self, e: ExprId) -> TypeId {
        let union = self.union_type(e);
        let interface = Interface::new(vec![], vec![union], vec![self.start(e)], true);
        let id = self.store.new_interface(interface, self.store.is_derived(union));
        self.later(move |c| c.check_interface(id));
        id
    }
}

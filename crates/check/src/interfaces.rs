//! Interface types and unions.

use std::cmp::Ordering;

use escargo_base::Pos;
use escargo_dialect::Feature;
use escargo_syntax::{BinaryOp, Expr, ExprId, FieldId, List, UnaryOp};
use escargo_types::identity::identical;
use escargo_types::print::{full_path, type_string};
use escargo_types::typeset::{EmbedKind, MAX_UNION_TERMS, TypeSetError, check_type_set, type_set};
use escargo_types::{Interface, ObjId, Object, Term, Type, TypeId, Union, VarKind};

use crate::checker::Checker;
use crate::code::Code;
use crate::info::Mode;

impl<'a> Checker<'a> {
    /// An interface type. `def`: the type name that is declared as it, if any.
    pub(crate) fn interface_type(&mut self, _e: ExprId, elems: List<FieldId>, def: Option<ObjId>) -> TypeId {
        if elems.is_empty() {
            return self.plain_empty_interface();
        }
        let tree = self.tree();
        // Methods name the declared type as their receiver where there is one: it reads better in messages.
        let named = def
            .and_then(|d| self.store.obj(d).ty())
            .and_then(|t| self.store.as_named(t))
            .map(|(named, _)| named);
        let mut methods = Vec::new();
        let mut receivers = Vec::new();
        let (mut embeds, mut embed_pos) = (Vec::new(), Vec::new());
        let mut refused = Vec::new();
        let mut derived = false;
        for id in tree.list(elems) {
            let elem = &tree[id];
            let Some(ident) = elem.name else {
                let pos = self.start(elem.ty);
                let ty = self.union_type(elem.ty);
                if let Some(kind) = self.refused_element(ty) {
                    refused.push((pos, ty, kind));
                    continue;
                }
                derived |= self.store.is_derived(ty);
                embed_pos.push(pos);
                embeds.push(ty);
                continue;
            };
            let pos = self.at(tree[ident].start);
            let name = tree.name(ident);
            if name.is_blank() {
                self.error(pos, Code::BlankIfaceMethod, "methods must have a unique non-blank name");
                continue;
            }
            let recv =
                Object::var(VarKind::Receiver, pos, Some(self.pkg), escargo_base::Symbol::EMPTY, named);
            let recv = self.store.new_object(recv);
            let Some(sig) = self.interface_method_type(elem.ty, recv) else { continue };
            derived |= self.store.is_derived(sig);
            let method = self.store.new_object(Object::func(pos, Some(self.pkg), name, Some(sig)));
            self.record_def(ident, Some(method));
            methods.push(method);
            receivers.push(recv);
        }
        methods.sort_by(|&a, &b| self.method_order(a, b));
        let interface = Interface::new(methods, embeds, embed_pos, false);
        let id = self.store.new_interface(interface, derived);
        for recv in receivers {
            self.store.obj(recv).ty_or_set(id);
        }
        self.later(move |c| {
            for (pos, ty, kind) in refused {
                c.check_embed_version(pos, ty, kind);
            }
            c.check_interface(id);
        });
        id
    }

    /// What an element is that the language version does not allow, so that it counts as not written.
    fn refused_element(&self, ty: TypeId) -> Option<EmbedKind> {
        if self.allows(Feature::Generics) || !self.store.is_valid(ty) {
            return None;
        }
        match self.store.ty(ty) {
            Type::Union(_) => Some(EmbedKind::Element),
            _ => self.is_no_interface(ty).then_some(EmbedKind::NonInterface),
        }
    }

    /// `interface{}`. It is another type than that behind `any`, which is printed differently, and another one each
    /// time.
    fn plain_empty_interface(&mut self) -> TypeId {
        let ty = self.store.new_interface(Interface::default(), false);
        self.info.empty_interfaces.insert(ty);
        ty
    }

    /// The signature of an interface's method, with its receiver.
    fn interface_method_type(&mut self, e: ExprId, recv: ObjId) -> Option<TypeId> {
        if !matches!(self.tree()[e], Expr::FuncType { .. }) {
            let ty = self.typ(e);
            if self.store.is_valid(ty) {
                let message = format!("{} is not a method signature", self.ts(ty));
                self.error_at(e, Code::InvalidSyntaxTree, message);
            }
            return None;
        }
        let (mut signature, _) = self.signature(None, None, List::EMPTY, e);
        signature.recv = Some(recv);
        let sig = self.store.new_signature(signature);
        self.record_type_and_value(e, Mode::TypeExpr, sig, None);
        Some(sig)
    }

    /// Order of an interface's methods: exported ones first, then by name.
    fn method_order(&self, a: ObjId, b: ObjId) -> Ordering {
        let (a, b) = (self.store.obj(a), self.store.obj(b));
        b.is_exported().cmp(&a.is_exported()).then_with(|| a.name.as_str().cmp(b.name.as_str()))
    }

    // ----- what is wrong with an interface -----

    /// Computes an interface's type set and reports what is wrong with it.
    pub(crate) fn check_interface(&mut self, interface: TypeId) {
        let mut errors = Vec::new();
        check_type_set(self.store, interface, &mut |err| errors.push(err));
        for err in errors {
            match err {
                TypeSetError::DuplicateMethod { pos, name, other, explicit: true } => {
                    self.duplicate_method(pos, name.as_str(), other);
                }
                // The compiler compares embedded methods only when all their types are known.
                TypeSetError::DuplicateMethod { pos, name, other, explicit: false } => {
                    self.later(move |c| c.duplicate_method(pos, name.as_str(), other));
                }
                TypeSetError::OverlappingMethod { pos, name, other } => {
                    if !self.allows(Feature::OverlappingEmbedding) {
                        self.later(move |c| c.duplicate_method(pos, name.as_str(), other));
                    }
                }
                TypeSetError::InvalidEmbed { pos, ty, kind } => self.check_embed_version(pos, ty, kind),
                TypeSetError::TooManyTerms { pos } => {
                    let message = too_many_terms();
                    self.error(pos, Code::InvalidUnion, message);
                }
            }
        }
    }

    fn duplicate_method(&mut self, pos: Pos, name: &str, other: Pos) {
        let mut err = self.new_error(Code::DuplicateDecl);
        err.add(pos, format!("duplicate method {name}"));
        err.add(other, format!("other declaration of method {name}"));
        self.report(err);
    }

    fn check_embed_version(&mut self, pos: Pos, ty: TypeId, kind: EmbedKind) {
        let what = match kind {
            // Of this package's constraints, the elements themselves are reported.
            EmbedKind::ConstraintInterface if !self.is_imported_constraint(ty) => return,
            EmbedKind::ConstraintInterface => "constraint interface",
            EmbedKind::Element => "interface element",
            EmbedKind::NonInterface => "non-interface type",
        };
        if !self.allows(Feature::Generics) {
            let name = self.ts(ty);
            self.require(Feature::Generics, pos, || format!("embedding {what} {name}"));
        }
    }

    // ----- unions -----

    /// A constraint or embedded element `A | ~B`.
    pub(crate) fn union_type(&mut self, e: ExprId) -> TypeId {
        let (operations, operands) = self.flatten_union(e);
        let mut terms: Vec<Term> = Vec::new();
        let mut union = TypeId::INVALID;
        let mut too_many = false;
        for (i, &operand) in operands.iter().enumerate() {
            let term = self.union_term(operand);
            if operands.len() == 1 && !term.tilde {
                return term.ty;
            }
            if terms.len() >= MAX_UNION_TERMS {
                if !too_many {
                    self.error_at(operand, Code::InvalidUnion, too_many_terms());
                }
                too_many = true;
                union = TypeId::INVALID;
            } else {
                terms.push(term);
                union = self.store.new_union(Union { terms: terms.as_slice().into() });
            }
            if i > 0 {
                self.record_type_and_value(operations[i - 1], Mode::TypeExpr, union, None);
            }
        }
        if !too_many {
            // The types of the terms may be part of what is being declared.
            self.later(move |c| c.check_terms(&terms, &operands));
        }
        union
    }

    /// The binary operations and the operands of `A | B | C`, both from left to right.
    fn flatten_union(&self, e: ExprId) -> (Vec<ExprId>, Vec<ExprId>) {
        let tree = self.tree();
        let (mut operations, mut operands) = (Vec::new(), Vec::new());
        let mut e = e;
        while let Expr::Binary { op: BinaryOp::Or, x, y } = tree[e] {
            operations.push(e);
            operands.push(y);
            e = x;
        }
        operands.push(e);
        operations.reverse();
        operands.reverse();
        (operations, operands)
    }

    fn union_term(&mut self, e: ExprId) -> Term {
        let (operand, tilde) = match self.tree()[e] {
            Expr::Unary { op: UnaryOp::Tilde, x } => (x, true),
            _ => (e, false),
        };
        let mut ty = self.typ(operand);
        if self.store.is_type_param(ty) {
            let message = if tilde {
                format!("type in term {} cannot be a type parameter", self.es(e))
            } else {
                "term cannot be a type parameter".to_owned()
            };
            self.error_at(operand, Code::MisplacedTypeParam, message);
            ty = TypeId::INVALID;
        }
        let term = Term { tilde, ty };
        if tilde {
            let single = self.store.new_union(Union { terms: Box::new([term]) });
            self.record_type_and_value(e, Mode::TypeExpr, single, None);
        }
        term
    }

    fn check_terms(&mut self, terms: &[Term], operands: &[ExprId]) {
        for (i, &term) in terms.iter().enumerate() {
            if !self.store.is_valid(term.ty) {
                continue;
            }
            let at = self.start(operands[i]);
            let under = self.store.under(term.ty);
            let is_interface = matches!(self.store.ty(under), Type::Interface(_));
            if term.tilde && (is_interface || !identical(self.store, under, term.ty)) {
                let name = self.ts(term.ty);
                let message = if is_interface {
                    format!("invalid use of ~ ({name} is an interface)")
                } else {
                    format!("invalid use of ~ (underlying type of {name} is {})", self.ts(under))
                };
                self.error(at, Code::InvalidUnion, message);
            } else if is_interface {
                self.check_interface_term(at, term, under);
            } else if let Some(&other) = terms[..i].iter().find(|other| self.terms_overlap(**other, term)) {
                let (name, other) = (self.term_string(term), self.term_string(other));
                self.soft_error(at, Code::InvalidUnion, format!("overlapping terms {name} and {other}"));
            }
        }
    }

    /// An interface in a union of several terms must stand for types alone.
    fn check_interface_term(&mut self, at: Pos, term: Term, under: TypeId) {
        let set = type_set(self.store, under);
        let name = self.term_string(term);
        let message = if !set.methods.is_empty() {
            format!("cannot use {name} in union ({name} contains methods)")
        } else if term.ty == TypeId::COMPARABLE {
            "cannot use comparable in union".to_owned()
        } else if set.comparable {
            format!("cannot use {name} in union ({name} embeds comparable)")
        } else {
            return;
        };
        self.error(at, Code::InvalidUnion, message);
    }

    /// Whether a type belongs to both terms; `y` is no interface, and interfaces overlap with nothing.
    fn terms_overlap(&self, x: Term, y: Term) -> bool {
        let under_x = self.store.under(x.ty);
        if matches!(self.store.ty(under_x), Type::Interface(_)) {
            return false;
        }
        let x_ty = if y.tilde { under_x } else { x.ty };
        let y_ty = if x.tilde { self.store.under(y.ty) } else { y.ty };
        identical(self.store, x_ty, y_ty)
    }

    /// A term in messages; types are qualified with their whole path.
    fn term_string(&self, term: Term) -> String {
        let ty = type_string(self.store, term.ty, &full_path(self.store));
        if term.tilde { format!("~{ty}") } else { ty }
    }
}

fn too_many_terms() -> String {
    format!("cannot handle more than {MAX_UNION_TERMS} union terms (implementation limitation)")
}

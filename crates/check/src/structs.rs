//! Struct types.

use escargo_base::{Pos, Symbol};
use escargo_syntax::{Expr, ExprId, Field, FieldId, IdentId, List};
use escargo_types::constant::quote::unquote;
use escargo_types::lookup::deref;
use escargo_types::{BasicKind, Object, Type, TypeId};

use crate::checker::Checker;
use crate::code::Code;
use crate::scope::OpenScope;

/// A struct's fields as they are collected.
#[derive(Default)]
struct Fields {
    objects: Vec<escargo_types::ObjId>,
    /// As long as there are fields up to the last one with a tag.
    tags: Vec<Symbol>,
    names: OpenScope,
}

impl<'a> Checker<'a> {
    /// A struct type.
    pub(crate) fn struct_type(&mut self, _e: ExprId, fields: List<FieldId>) -> TypeId {
        let tree = self.tree();
        let mut list = Fields { objects: Vec::with_capacity(fields.len()), ..Fields::default() };
        let mut previous: Option<(ExprId, TypeId)> = None;
        for id in tree.list(fields) {
            let field = &tree[id];
            let ty = match previous {
                Some((same, ty)) if same == field.ty => ty,
                _ => self.var_type(field.ty),
            };
            previous = Some((field.ty, ty));
            let tag = field.tag.map_or(Symbol::EMPTY, |t| self.tag(t));
            match field.name {
                Some(name) => self.add_field(&mut list, Some(name), ty, tag, false),
                None => self.add_embedded(&mut list, field, ty, tag),
            }
        }
        self.store.new_struct(list.objects, list.tags)
    }

    fn add_embedded(&mut self, list: &mut Fields, field: &Field, ty: TypeId, tag: Symbol) {
        let at = self.start(field.ty);
        let Some(name) = embedded_name(self.tree(), field.ty) else {
            let message = format!("invalid embedded field type {}", self.es(field.ty));
            self.error(at, Code::InvalidSyntaxTree, message);
            // The field stays, so that their number is that of the source.
            self.add_field(list, None, TypeId::INVALID, Symbol::EMPTY, true);
            return;
        };
        self.add_field(list, Some(name), ty, tag, true);
        if !matches!(self.store.ty(ty), Type::Basic(b) if b.kind != BasicKind::UnsafePointer) {
            // The embedded type may not have an underlying type yet.
            self.later(move |c| c.check_embedded(at, ty));
        }
    }

    fn add_field(
        &mut self,
        list: &mut Fields,
        ident: Option<IdentId>,
        ty: TypeId,
        tag: Symbol,
        embedded: bool,
    ) {
        let (pos, name) = match ident {
            Some(id) => (self.at(self.tree()[id].start), self.tree()[id].name),
            None => (Pos::NONE, Symbol::BLANK),
        };
        if !name.is_blank()
            && let Some(other) = list.names.lookup(name)
        {
            let mut err = self.new_error(Code::DuplicateDecl);
            err.add(pos, format!("{name} redeclared"));
            self.add_alt_decl(&mut err, other);
            self.report(err);
            return;
        }
        let obj = self.store.new_object(Object::field(pos, Some(self.pkg), name, ty, embedded));
        if !name.is_blank() {
            list.names.insert(name, obj);
        }
        if !tag.is_empty() {
            list.tags.resize(list.objects.len(), Symbol::EMPTY);
            list.tags.push(tag);
        }
        list.objects.push(obj);
        if let Some(ident) = ident {
            self.record_def(ident, Some(obj));
        }
    }

    /// Pointers and type parameters cannot be embedded, nor pointers to interfaces.
    fn check_embedded(&mut self, at: Pos, ty: TypeId) {
        let (elem, is_pointer) = deref(self.store, ty);
        if self.store.is_type_param(elem) {
            let message = "embedded field type cannot be a (pointer to a) type parameter";
            self.error(at, Code::MisplacedTypeParam, message);
            return;
        }
        let message = match self.store.ty(self.store.under(elem)) {
            Type::Basic(b) if b.kind == BasicKind::UnsafePointer => {
                "embedded field type cannot be unsafe.Pointer"
            }
            Type::Pointer(_) => "embedded field type cannot be a pointer",
            Type::Interface(_) if is_pointer => "embedded field type cannot be a pointer to an interface",
            _ => return,
        };
        self.error(at, Code::InvalidPtrEmbed, message);
    }

    /// The value of a field's tag.
    fn tag(&mut self, e: ExprId) -> Symbol {
        let tree = self.tree();
        if matches!(tree[e], Expr::Bad | Expr::BasicLit { bad: true, .. }) {
            return Symbol::EMPTY;
        }
        let loc = tree.loc(e);
        let text = &self.src()[loc.start as usize..loc.end as usize];
        match unquote(text) {
            Some(bytes) => Symbol::intern(&String::from_utf8_lossy(&bytes)),
            None => {
                let message = format!("incorrect tag syntax: {:?}", String::from_utf8_lossy(text));
                self.error_at(e, Code::InvalidSyntaxTree, message);
                Symbol::EMPTY
            }
        }
    }
}

/// The name under which an embedded field is known: `T` of `T`, `*T`, `p.T`, `T[A]`.
fn embedded_name(tree: &escargo_syntax::Tree, e: ExprId) -> Option<IdentId> {
    let mut e = e;
    loop {
        match tree[e] {
            Expr::Name(id) => return Some(id),
            Expr::Selector { sel, .. } => return Some(sel),
            Expr::Index { x, .. } => e = x,
            Expr::Star(elem) if !matches!(tree[elem], Expr::Star(_)) => e = elem,
            _ => return None,
        }
    }
}

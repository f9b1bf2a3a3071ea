//! What importers need to know of a compiled package (`noder/linker.go`).

use escargo_check::IdentObject;
use escargo_ir::Origin;
use escargo_syntax::visit::{Node, walk};
use escargo_syntax::{Decl, Tree};
use escargo_types::{ObjId, ObjectKind, Type, TypeId};
use rustc_hash::FxHashSet;

use crate::lowerer::Lowerer;
use crate::package::{FuncSummary, Summary};

impl Lowerer<'_> {
    /// What importers need to know, once all passes have run.
    pub fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        for f in self.unit.funcs.iter().filter(|f| f.local) {
            let Origin::Declared(obj) = f.origin else { continue };
            let facts = FuncSummary { pragmas: f.pragmas, inline: f.inline, tags: f.tags.clone() };
            if facts.inline.is_some() {
                summary.bodies.insert(obj);
            }
            summary.funcs.insert(obj, facts);
        }
        let foreign = self.foreign_expanded();
        if !foreign.is_empty() {
            let mut reach = Reach {
                low: self,
                own: &summary.bodies,
                foreign,
                found: Vec::new(),
                objects: FxHashSet::default(),
                types: FxHashSet::default(),
                todo: Vec::new(),
            };
            reach.exported();
            let found = reach.found;
            summary.bodies.extend(found);
        }
        summary
    }

    /// Imported functions that were inlined somewhere in the package.
    fn foreign_expanded(&self) -> FxHashSet<ObjId> {
        let expanded = self.expanded.iter().map(|&func| &self.unit.funcs[func]);
        let foreign = expanded.filter(|f| !f.local && f.inline.is_some());
        foreign
            .filter_map(|f| match f.origin {
                Origin::Declared(obj) => Some(obj),
                _ => None,
            })
            .collect()
    }
}

/// Finds out which imported functions can be reached from what the package exports: from the types of objects, from
/// generic code, and from bodies that go into the export data.
struct Reach<'r, 'w> {
    low: &'r Lowerer<'w>,
    /// Functions of the package itself whose bodies are exported.
    own: &'r FxHashSet<ObjId>,
    /// Functions that are looked for.
    foreign: FxHashSet<ObjId>,
    /// Those that were found.
    found: Vec<ObjId>,
    objects: FxHashSet<ObjId>,
    types: FxHashSet<TypeId>,
    todo: Vec<Item>,
}

enum Item {
    Type(TypeId),
    Object(ObjId),
}

impl Reach<'_, '_> {
    fn exported(&mut self) {
        let store = self.low.cx.store;
        let scope = store.pkg(self.low.package.pkg).scope();
        for name in scope.names() {
            let exported = scope.lookup(name).filter(|&obj| store.obj(obj).is_exported());
            self.todo.extend(exported.map(Item::Object));
        }
        while let Some(item) = self.todo.pop() {
            match item {
                Item::Type(ty) => self.ty(ty),
                Item::Object(obj) => self.object(obj),
            }
            if self.found.len() == self.foreign.len() {
                return;
            }
        }
    }

    fn object(&mut self, obj: ObjId) {
        let store = self.low.cx.store;
        let object = store.obj(obj);
        if !self.objects.insert(obj) {
            return;
        }
        self.todo.push(Item::Type(store.obj_type(obj)));
        if !matches!(object.kind, ObjectKind::Func { .. }) {
            return;
        }
        if self.foreign.contains(&obj) {
            self.found.push(obj);
        } else if !self.own.contains(&obj) && !self.is_generic(obj) {
            return;
        }
        self.body(obj);
    }

    fn is_generic(&self, obj: ObjId) -> bool {
        let store = self.low.cx.store;
        let sig = store.as_signature(store.obj_type(obj));
        sig.is_some_and(|s| !s.tparams.is_empty() || !s.recv_tparams.is_empty())
    }

    /// What a body mentions.
    fn body(&mut self, obj: ObjId) {
        let Some(pkg) = self.low.cx.store.obj(obj).pkg else { return };
        let typed = self.low.world.typed(pkg);
        let Some(decl) = typed.funcs.get(&obj) else { return };
        let (tree, info) = (&typed.files[decl.file].tree, &typed.info.files[decl.file]);
        let Decl::Func(func) = tree[decl.decl] else { return };
        let Some(block) = func.body else { return };
        let store = self.low.cx.store;
        walk(tree, Node::Stmt(block), &mut |_: &Tree, node: Node| {
            match node {
                Node::Expr(e) => self.todo.push(Item::Type(info.types[e].ty)),
                Node::Ident(ident) => {
                    if let IdentObject::Use(used) | IdentObject::Def(used) = info.idents[ident] {
                        let object = store.obj(used);
                        if object.is_package_level() || object.is_type_name() {
                            self.todo.push(Item::Object(used));
                        }
                    }
                }
                _ => {}
            }
            true
        });
    }

    fn ty(&mut self, ty: TypeId) {
        let store = self.low.cx.store;
        if ty == TypeId::INVALID || !self.types.insert(ty) {
            return;
        }
        match store.ty(ty) {
            Type::Basic(_) => {}
            &Type::Pointer(elem)
            | &Type::Slice(elem)
            | &Type::Array { elem, .. }
            | &Type::Chan { elem, .. } => self.push(&[elem]),
            &Type::Map { key, elem } => self.push(&[key, elem]),
            Type::Struct(s) => self.vars(&s.fields),
            Type::Tuple(t) => self.vars(&t.vars),
            Type::Signature(s) => {
                let s = s.get();
                self.push(&[s.params, s.results]);
                self.push(&s.tparams);
            }
            Type::Interface(i) => {
                self.vars(&i.methods);
                self.push(&i.embeds);
            }
            Type::Union(u) => self.todo.extend(u.terms.iter().map(|term| Item::Type(term.ty))),
            Type::TypeParam(p) => self.push(p.bound().as_slice()),
            Type::Alias(a) => {
                self.push(&a.targs);
                self.push(a.rhs().as_slice());
            }
            Type::Named(n) => {
                self.push(n.targs());
                match n.origin() {
                    Some(origin) => self.push(&[origin]),
                    None => self.declared(ty),
                }
            }
        }
    }

    fn declared(&mut self, named: TypeId) {
        let store = self.low.cx.store;
        self.push(&[store.under(named)]);
        self.push(store.tparams(named));
        self.todo.extend(store.origin_methods(named).iter().map(|&method| Item::Object(method)));
    }

    fn push(&mut self, types: &[TypeId]) {
        self.todo.extend(types.iter().filter(|ty| !self.types.contains(*ty)).map(|&ty| Item::Type(ty)));
    }

    fn vars(&mut self, vars: &[ObjId]) {
        for &var in vars {
            self.push(&[self.low.cx.store.obj_type(var)]);
        }
    }
}

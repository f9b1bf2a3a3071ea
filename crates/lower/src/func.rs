//! Making functions: declared ones, literals, and where their bodies come from.

use std::rc::Rc;

use escargo_base::{Pos, Symbol};
use escargo_ir::{
    Class, DictId, Func, FuncId, IrPos, Kind, List, NameId, Node, NodeId, Origin, Pragmas, Role,
};
use escargo_syntax::{DeclId, ExprId};
use escargo_types::object::VarKind;
use escargo_types::subst::clone_var;
use escargo_types::{ObjId, Object, PkgId, Signature, TypeId};

use crate::body::Body;
use crate::lowerer::Lowerer;
use crate::package::TypedPackage;

/// Lowers a body that was made rather than written, each time it is needed.
pub(crate) type MakeBody<'w> = Rc<dyn Fn(&mut Body<'_, 'w>) -> List + 'w>;

/// What a body is lowered from.
#[derive(Clone)]
pub(crate) enum Code<'w> {
    /// A declared function.
    Decl(DeclId),
    /// A function literal.
    Literal(ExprId),
    /// A plain instance: calls the shaped one.
    CallShaped,
    /// What has no source of its own: bodies of ranges over functions, literals around shaped functions.
    Made(MakeBody<'w>),
}

/// Where a body comes from.
#[derive(Clone)]
pub(crate) struct Source<'w> {
    /// The package that its source belongs to.
    pub(crate) pkg: &'w TypedPackage,
    /// Index of the file in it.
    pub(crate) file: usize,
    /// What it is lowered from.
    pub(crate) code: Code<'w>,
    /// Type arguments.
    pub(crate) dict: Option<DictId>,
}

/// Why a literal is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LiteralKind {
    /// A function literal of the source, or one made around a method value or an instance.
    Func,
    /// The body of a range over a function.
    Range,
    /// The operand of a go statement.
    Go,
    /// The operand of a defer statement.
    Defer,
}

impl Lowerer<'_> {
    /// Adds a function with its name. Everything else has its plainest value; parameters are not declared.
    pub(crate) fn new_func(
        &mut self,
        pos: IrPos,
        name_pos: IrPos,
        sym: Symbol,
        pkg: PkgId,
        ty: TypeId,
    ) -> FuncId {
        let id = self.unit.funcs.next_id();
        let name = self.unit.new_name(name_pos, sym, Some(pkg), ty, Class::Func);
        self.unit.names[name].func = Some(id);
        self.unit.funcs.push(Func {
            has_distinct_loop: false,
            name,
            pos,
            origin: Origin::Generated,
            role: Role::Plain,
            dcl: Vec::new(),
            params: (0, 0),
            unlisted: 0,
            body: List::new(),
            has_body: false,
            parent: None,
            closure_vars: Vec::new(),
            closure_node: None,
            pragmas: Pragmas::default(),
            dupok: false,
            wrapper: false,
            has_defer: false,
            linkname: None,
            range_parent: None,
            inline: None,
            inline_checked: false,
            tags: Vec::new(),
            local: true,
            dict_param: None,
            closure_counts: [0; 3],
            recv: None,
        })
    }

    /// The type of a declared function or method, `sig` for the checker: with the receiver, and with the dictionary as
    /// first parameter if the instance is shaped (`noder/reader.go`, shapeSig).
    pub(crate) fn func_type(&mut self, sig: TypeId, dict: Option<DictId>) -> TypeId {
        let store = self.store();
        let Some(signature) = store.as_signature(sig) else { return TypeId::INVALID };
        let shaped = dict.filter(|&dict| self.dict_info(dict).shaped);
        let recv = signature.recv.map(|recv| self.ir_vars(&[recv], dict)[0]);
        let mut params = self.ir_vars(store.tuple(signature.params), dict);
        let results = self.ir_vars(store.tuple(signature.results), dict);
        if let Some(dict) = shaped {
            let ty = self.dict_param_type(dict);
            let name = Symbol::intern(".dict");
            params.insert(0, store.new_object(Object::var(VarKind::Param, Pos::NONE, None, name, Some(ty))));
        }
        let same = |tuple: TypeId, vars: &[ObjId]| store.tuple(tuple) == vars;
        let plain = signature.tparams.is_empty() && signature.recv_tparams.is_empty();
        if plain
            && recv == signature.recv
            && same(signature.params, &params)
            && same(signature.results, &results)
        {
            return sig;
        }
        store.new_signature(Signature {
            recv,
            params: store.new_tuple(params),
            results: store.new_tuple(results),
            variadic: signature.variadic,
            ..Signature::default()
        })
    }

    /// The variables, or copies of them, with IR types.
    fn ir_vars(&mut self, vars: &[ObjId], dict: Option<DictId>) -> Vec<ObjId> {
        let store = self.store();
        let ir_var = |&var: &ObjId| {
            let old = store.obj_type(var);
            let new = self.ir_ty(old, dict);
            if new == old { var } else { clone_var(store, var, Some(new)) }
        };
        vars.iter().map(ir_var).collect()
    }

    /// Adds a literal to the package: names it, makes its node at `pos`, appends it to the list of functions
    /// (`ir.NewClosureFunc`). `parent` is the function that is compiled, so the caller if an inlined body contains
    /// the literal; then `pos` says so. `number` counts literals of a kind within one body; without it the parent
    /// counts.
    pub(crate) fn new_literal(
        &mut self,
        parent: FuncId,
        kind: LiteralKind,
        pos: IrPos,
        ty: TypeId,
        number: Option<u32>,
    ) -> (FuncId, NodeId) {
        let (sym, pkg) = self.literal_name(parent, kind, pos, number);
        let (func, node) = self.add_literal(parent, kind, pos, ty, sym, pkg);
        self.unit.func_list.push(func);
        (func, node)
    }

    /// As [`Lowerer::new_literal`] where trees are walked: the literal joins the list of functions later, and perhaps
    /// gets its name only then.
    pub(crate) fn new_walked_literal(
        &mut self,
        parent: FuncId,
        kind: LiteralKind,
        pos: IrPos,
        ty: TypeId,
        named: bool,
    ) -> (FuncId, NodeId) {
        let (func, node) = self.add_literal(parent, kind, pos, ty, Symbol::EMPTY, self.package.pkg);
        if named {
            self.name_literal(func, parent);
        }
        (func, node)
    }

    fn add_literal(
        &mut self,
        parent: FuncId,
        kind: LiteralKind,
        pos: IrPos,
        ty: TypeId,
        sym: Symbol,
        pkg: PkgId,
    ) -> (FuncId, NodeId) {
        let source = IrPos::source(pos.pos);
        let func = self.new_func(source, source, sym, pkg, ty);
        let node = self.unit.add(Node::expr(pos, ty, Kind::Closure(func)));
        let range_parent =
            (kind == LiteralKind::Range).then(|| self.unit.funcs[parent].range_parent.unwrap_or(parent));
        let dupok = self.unit.funcs[parent].dupok;
        let f = &mut self.unit.funcs[func];
        f.origin = Origin::Literal;
        f.role = match kind {
            LiteralKind::Func => Role::Plain,
            LiteralKind::Range => Role::RangeFuncBody,
            LiteralKind::Go | LiteralKind::Defer => Role::GoDeferWrapper,
        };
        f.has_body = true;
        f.parent = Some(parent);
        f.closure_node = Some(node);
        f.dupok = dupok;
        f.range_parent = range_parent;
        (func, node)
    }

    /// Makes a literal capture a variable of the enclosing function (`ir.NewClosureVar`). The name is not yet in
    /// the literal's list.
    pub(crate) fn new_captured(&mut self, func: FuncId, pos: IrPos, outer: NameId) -> NameId {
        let n = &self.unit.names[outer];
        let (sym, pkg, ty) = (n.sym, n.pkg, n.ty);
        let name = self.unit.new_name(pos, sym, pkg, ty, Class::Auto);
        self.unit.names[name].owner = Some(func);
        self.unit.names[name].outer = Some(outer);
        name
    }

    /// As [`Lowerer::new_captured`], and puts it into the list: for literals that are made, not lowered from source.
    pub(crate) fn capture(&mut self, func: FuncId, pos: IrPos, outer: NameId) -> NameId {
        let name = self.new_captured(func, pos, outer);
        self.unit.funcs[func].closure_vars.push(name);
        name
    }
}

//! Type expressions and names.

use escargo_base::Pos;
use escargo_dialect::Feature;
use escargo_syntax::{ChanDir, Expr, ExprId, IdentId, List};
use escargo_types::constant::Kind;
use escargo_types::object::is_identifier;
use escargo_types::{ObjId, ObjectKind, Type, TypeId, Value};
use smallvec::SmallVec;

use crate::checker::Checker;
use crate::code::Code;
use crate::info::{Mode, ScopeId};
use crate::operand::Operand;

impl<'a> Checker<'a> {
    // ----- names -----

    /// A name used as an expression or type.
    pub(crate) fn ident(&mut self, x: &mut Operand, e: ExprId, id: IdentId, want_type: bool) {
        x.invalidate();
        x.expr = Some(e);
        let ident = self.tree()[id];
        let at = self.at(ident.start);
        let Some((scope, obj)) = self.lookup_from(self.env.scope, ident.name) else {
            if ident.name.is_blank() {
                self.error(at, Code::InvalidBlank, "cannot use _ as value or type");
            } else if is_identifier(ident.name) {
                self.error(at, Code::UndeclaredName, format!("undefined: {}", ident.name));
            }
            return;
        };
        let object = self.store.obj(obj);
        if scope.is_none()
            && matches!(object.ty(), Some(TypeId::ANY | TypeId::COMPARABLE))
            && !self.require(Feature::Generics, at, || format!("predeclared {}", ident.name))
        {
            return;
        }
        self.record_use(id, obj);

        let is_type = object.is_type_name();
        if want_type && !is_type {
            let message = format!("{} ({}) is not a type", ident.name, self.object_kind(obj));
            self.error(at, Code::NotAType, message);
            if object.is_var() && object.pkg == Some(self.pkg) {
                object.mark_used();
            }
            return;
        }
        // A type name that is known already may still be under way: then this is a cycle. Names of values are not
        // looked at again, so that the caller can say what is wrong with them.
        if object.ty().is_none() || want_type && object.pkg == Some(self.pkg) {
            self.obj_decl(obj);
        }
        if let Some(scope) = scope {
            self.mark_dot_import_used(scope, ident.name);
        }
        self.name_operand(x, obj, at);
    }

    /// What an operand that is a name denotes.
    fn name_operand(&mut self, x: &mut Operand, obj: ObjId, at: Pos) {
        let object = self.store.obj(obj);
        let ty = object.ty().unwrap_or(TypeId::INVALID);
        x.mode = match &object.kind {
            ObjectKind::PkgName { .. } => {
                let message = format!("use of package {} not in selector", object.name);
                self.error(at, Code::InvalidPkgUse, message);
                return;
            }
            ObjectKind::Const { .. } => {
                self.add_decl_dep(obj);
                if !self.store.is_valid(ty) {
                    return;
                }
                x.val = Some(if obj != self.store.universe().iota {
                    object.value().cloned().unwrap_or(Value::Unknown)
                } else if let Some(iota) = &self.env.iota {
                    iota.clone()
                } else {
                    self.error(at, Code::InvalidIota, "cannot use iota outside constant declaration");
                    return;
                });
                Mode::Constant
            }
            ObjectKind::TypeName => Mode::TypeExpr,
            ObjectKind::Var { .. } => {
                if object.pkg == Some(self.pkg) {
                    object.mark_used();
                }
                self.add_decl_dep(obj);
                if !self.store.is_valid(ty) {
                    return;
                }
                Mode::Variable
            }
            ObjectKind::Func { .. } => {
                self.add_decl_dep(obj);
                Mode::Value
            }
            ObjectKind::Builtin(builtin) => Mode::Builtin(*builtin),
            ObjectKind::Nil => Mode::Nil,
            ObjectKind::Label => return,
        };
        x.ty = ty;
    }

    /// Marks the import as used that brought a name into a file's scope.
    pub(crate) fn mark_dot_import_used(&mut self, scope: ScopeId, name: escargo_base::Symbol) {
        if self.dot_imports.is_empty() {
            return;
        }
        if let Some(&import) = self.dot_imports.get(&(scope, name)) {
            self.store.obj(import).mark_used();
        }
    }

    // ----- types -----

    /// A type; reports and gives INVALID if `e` is none.
    pub(crate) fn typ(&mut self, e: ExprId) -> TypeId {
        self.declared_type(e, None)
    }

    /// The type of a variable: not a constraint interface.
    pub(crate) fn var_type(&mut self, e: ExprId) -> TypeId {
        let ty = self.declared_type(e, None);
        self.valid_var_type(e, ty);
        ty
    }

    /// Reports a type that may only be used as a constraint.
    pub(crate) fn valid_var_type(&mut self, e: ExprId, ty: TypeId) {
        if self.store.is_type_param(ty) || self.is_no_interface(ty) {
            return;
        }
        // The interface may be part of what is being declared.
        self.later(move |c| {
            let under = c.store.under(ty);
            if !matches!(c.store.ty(under), Type::Interface(_)) {
                return;
            }
            let set = escargo_types::typeset::type_set(c.store, under);
            if set.is_method_set() {
                return;
            }
            let why = if set.comparable {
                "interface is (or embeds) comparable"
            } else {
                "interface contains type constraints"
            };
            let message = format!("cannot use type {} outside a type constraint: {why}", c.ts(ty));
            let at = c.start(e);
            c.soft_error(at, Code::MisplacedConstraintIface, message);
        });
    }

    /// Whether the underlying type is already known to be something other than an interface. Expands nothing.
    pub(crate) fn is_no_interface(&self, mut ty: TypeId) -> bool {
        for _ in 0..8 {
            ty = match self.store.ty(ty) {
                Type::Interface(_) | Type::TypeParam(_) => return false,
                Type::Alias(a) => match a.rhs() {
                    Some(rhs) => rhs,
                    None => return false,
                },
                Type::Named(n) => match n.origin() {
                    Some(origin) => origin,
                    None => match n.rhs() {
                        Some(rhs) => rhs,
                        None => return false,
                    },
                },
                _ => return true,
            };
        }
        false
    }

    /// Like [`typ`](Self::typ), for the right-hand side of the declaration of type name `def`.
    pub(crate) fn declared_type(&mut self, e: ExprId, def: Option<ObjId>) -> TypeId {
        let mut ty = self.type_expr(e, def);
        if self.store.is_generic(ty) {
            let message = format!("cannot use generic type {} without instantiation", self.ts(ty));
            self.error_at(e, Code::WrongTypeArgCount, message);
            ty = TypeId::INVALID;
        }
        self.record_type_and_value(e, Mode::TypeExpr, ty, None);
        ty
    }

    /// A generic type (uninstantiated). If `e` is a type but not generic, the cause says so.
    pub(crate) fn generic_type(&mut self, e: ExprId, cause: &mut String) -> TypeId {
        let mut ty = self.type_expr(e, None);
        if self.store.is_valid(ty) && !self.store.is_generic(ty) {
            *cause = format!("{} is not a generic type", self.ts(ty));
            ty = TypeId::INVALID;
        }
        self.record_type_and_value(e, Mode::TypeExpr, ty, None);
        ty
    }

    fn type_expr(&mut self, e: ExprId, def: Option<ObjId>) -> TypeId {
        let tree = self.tree();
        match tree[e] {
            Expr::Bad => TypeId::INVALID,
            Expr::Name(id) => {
                let mut x = Operand::new();
                self.ident(&mut x, e, id, true);
                self.type_operand(&x)
            }
            Expr::Selector { .. } => {
                let mut x = Operand::new();
                self.selector(&mut x, e, true);
                self.type_operand(&x)
            }
            _ => stacker::maybe_grow(128 * 1024, 4 * 1024 * 1024, || self.type_literal(e, def)),
        }
    }

    fn type_operand(&mut self, x: &Operand) -> TypeId {
        let what = match x.mode {
            Mode::TypeExpr => return x.ty,
            Mode::Invalid => return TypeId::INVALID,
            Mode::NoValue => "used as type",
            _ => "is not a type",
        };
        let message = format!("{} {what}", self.ops(x));
        self.error(self.op_start(x), Code::NotAType, message);
        TypeId::INVALID
    }

    fn type_literal(&mut self, e: ExprId, def: Option<ObjId>) -> TypeId {
        match self.tree()[e] {
            Expr::Paren(inner) => self.declared_type(inner, def),
            Expr::Index { x, indices } => {
                let at = self.start(e);
                self.require(Feature::Generics, at, || "type instantiation".into());
                self.instantiated_type(x, indices)
            }
            Expr::ArrayType { len, elem } => self.array_type(e, len, elem),
            Expr::SliceType(elem) => {
                let elem = self.var_type(elem);
                self.written(self.store.slice(elem))
            }
            Expr::DotsType(_) => {
                self.error_at(e, Code::InvalidSyntaxTree, "invalid use of ...");
                TypeId::INVALID
            }
            Expr::StructType { fields } => self.struct_type(e, fields),
            Expr::Star(elem) => match self.var_type(elem) {
                // A pointer to an invalid type would only give rise to more errors.
                elem if self.store.is_valid(elem) => self.written(self.store.pointer(elem)),
                _ => TypeId::INVALID,
            },
            Expr::FuncType { .. } => self.func_type_literal(e),
            Expr::InterfaceType { elems } => self.interface_type(e, elems, def),
            Expr::MapType { key, value } => self.map_type(key, value),
            Expr::ChanType { dir, elem } => {
                let elem = self.var_type(elem);
                let dir = match dir {
                    ChanDir::Both => escargo_types::ChanDir::Both,
                    ChanDir::Send => escargo_types::ChanDir::Send,
                    ChanDir::Recv => escargo_types::ChanDir::Recv,
                };
                self.written(self.store.chan(dir, elem))
            }
            _ => {
                let message = format!("{} is not a type", self.es(e));
                self.error_at(e, Code::NotAType, message);
                self.use_exprs(&[e]);
                TypeId::INVALID
            }
        }
    }

    fn array_type(&mut self, e: ExprId, len: Option<ExprId>, elem: ExprId) -> TypeId {
        let len = match len {
            Some(len) => self.array_length(len),
            None => {
                let message = "invalid use of [...] array (outside a composite literal)";
                self.error_at(e, Code::BadDotDotDotSyntax, message);
                None
            }
        };
        let elem = self.var_type(elem);
        if len.is_none() { TypeId::INVALID } else { self.written(self.store.array(elem, len)) }
    }

    fn map_type(&mut self, key: ExprId, value: ExprId) -> TypeId {
        let key_type = self.var_type(key);
        let elem = self.var_type(value);
        if !matches!(self.store.ty(key_type), Type::Basic(_)) {
            // The key's type may be part of what is being declared.
            self.later(move |c| {
                if c.store.comparable(key_type, true).is_ok() {
                    return;
                }
                let missing = c.store.is_type_param(key_type);
                let why = if missing { " (missing comparable constraint)" } else { "" };
                let message = format!("invalid map key type {}{why}", c.ts(key_type));
                c.error_at(key, Code::IncomparableMapKey, message);
            });
        }
        self.written(self.store.map(key_type, elem))
    }

    /// An array length: `None` if invalid (an error was reported).
    pub(crate) fn array_length(&mut self, e: ExprId) -> Option<u64> {
        // A single name may be meant as a type parameter without constraint: the messages mention that.
        if let Expr::Name(id) = self.tree()[e] {
            let ident = self.tree()[id];
            let message = match self.lookup(ident.name) {
                None => format!("undefined array length {} or missing type constraint", ident.name),
                Some(obj) if !matches!(self.store.obj(obj).kind, ObjectKind::Const { .. }) => {
                    format!("invalid array length {}", ident.name)
                }
                Some(_) => String::new(),
            };
            if !message.is_empty() {
                self.error_at(e, Code::InvalidArrayLen, message);
                return None;
            }
        }
        let mut x = Operand::new();
        self.expr(None, &mut x, e);
        if x.mode != Mode::Constant {
            if x.is_valid() {
                let message = format!("array length {} must be constant", self.ops(&x));
                self.error(self.op_start(&x), Code::InvalidArrayLen, message);
            }
            return None;
        }
        let is_integer = self.store.is_integer(x.ty);
        if is_integer || self.store.is_untyped(x.ty) {
            let value = x.val.as_ref().map_or(Value::Unknown, Value::to_int);
            if value.kind() == Kind::Int
                && self.representable_const(&value, TypeId::INT).is_some()
                && let Some(n) = value.i64().and_then(|n| u64::try_from(n).ok())
            {
                return Some(n);
            }
        }
        let text = self.ops(&x);
        let message = if is_integer {
            format!("invalid array length {text}")
        } else {
            format!("array length {text} must be integer")
        };
        self.error(self.op_start(&x), Code::InvalidArrayLen, message);
        None
    }

    // ----- instances -----

    fn instantiated_type(&mut self, x: ExprId, args: List<ExprId>) -> TypeId {
        let tree = self.tree();
        let mut cause = String::new();
        let generic = self.generic_type(x, &mut cause);
        if !cause.is_empty() {
            let list: Vec<String> = tree.list(args).map(|a| self.es(a)).collect();
            let message = format!("invalid operation: {}[{}] ({cause})", self.es(x), list.join(", "));
            self.error_at(x, Code::NotAGenericType, message);
        }
        if !self.store.is_valid(generic) {
            return TypeId::INVALID;
        }
        let args: Vec<ExprId> = tree.list(args).collect();
        let Some(targs) = self.type_list(&args) else { return TypeId::INVALID };
        let inst = self.instance(self.node_pos(x), generic, &targs);
        if !matches!(self.store.ty(inst), Type::Named(_) | Type::Alias(_)) {
            return TypeId::INVALID;
        }
        // The generic type's parameters may not be known yet.
        self.later(move |c| c.verify_type_instance(x, &args, &targs, inst));
        inst
    }

    fn verify_type_instance(&mut self, x: ExprId, args: &[ExprId], targs: &[TypeId], inst: TypeId) {
        self.record_instance(x, targs, inst);
        let store = self.store;
        let tparams = store.tparams(inst);
        let name = || store.obj(store.named_obj(inst)).name.to_string();
        let pos = self.node_pos(x);
        if !self.validate_type_arg_count(pos, name, tparams.len(), targs.len()) {
            return;
        }
        match self.verify(tparams, targs) {
            Err((i, message)) => {
                let at = args.get(i).map_or(pos, |&arg| self.start(arg));
                self.soft_error(at, Code::InvalidTypeArg, message);
            }
            Ok(()) => {
                let places: SmallVec<[Pos; 4]> = args.iter().map(|&a| self.start(a)).collect();
                self.record_mono_instance(pos, tparams, targs, &places);
            }
        }
    }
}

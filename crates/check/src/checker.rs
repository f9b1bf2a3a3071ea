//! The checker: state shared by all parts, and the order of the phases.

use std::rc::Rc;

use escargo_base::{Diagnostic, FileId, IndexVec, Pos, Symbol, define_id};
use escargo_dialect::{Feature, LangSet};
use escargo_syntax::{DeclId, ExprId, FuncDecl, Tree};
use escargo_types::{ObjId, PkgId, TypeId, TypeStore, Value};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::code::Code;
use crate::info::{FileInfo, IdentObject, Mode, PackageInfo, ScopeId, TypeAndValue};
use crate::scope::OpenScope;
use crate::{CheckFile, Config, Extent, Importer};

define_id! {
    /// A package-level declaration (of one object, or of several variables with one initializer).
    pub(crate) struct DeclInfoId("decl");
}

/// What is known of a package-level object (or method) before it is checked.
#[derive(Debug)]
pub(crate) struct DeclInfo {
    /// Index of the file.
    pub(crate) file: usize,
    /// The file's scope.
    pub(crate) scope: ScopeId,
    pub(crate) kind: DeclKind,
    /// Package-level objects that the initializer or function body refers to, in order of first reference.
    pub(crate) deps: Vec<ObjId>,
    pub(crate) dep_set: FxHashSet<ObjId>,
}

#[derive(Clone, Debug)]
pub(crate) enum DeclKind {
    Const {
        ty: Option<ExprId>,
        init: Option<ExprId>,
        inherited: bool,
        iota: u32,
    },
    /// `lhs`: all variables of `var a, b = f()`; empty for `var a = x`.
    Var {
        lhs: Rc<[ObjId]>,
        ty: Option<ExprId>,
        init: Option<ExprId>,
    },
    Type {
        decl: DeclId,
    },
    Func {
        decl: DeclId,
        func: FuncDecl,
    },
}

/// Surroundings of what is being checked.
#[derive(Clone, Debug)]
pub(crate) struct Env {
    /// Package-level declaration whose initializer or body is being checked.
    pub(crate) decl: Option<DeclInfoId>,
    pub(crate) scope: ScopeId,
    /// Index of the current file: expression and statement ids refer to its tree.
    pub(crate) file: usize,
    /// Language features available here.
    pub(crate) lang: LangSet,
    /// Value of `iota` inside a constant declaration.
    pub(crate) iota: Option<Value>,
    /// Place of the constant whose inherited initializer is being checked: errors are reported there.
    pub(crate) errpos: Pos,
    pub(crate) in_tparam_list: bool,
    /// Signature of the function whose body is being checked.
    pub(crate) sig: Option<TypeId>,
    /// Whether a generic declaration is being checked: what types are written in it makes a difference.
    pub(crate) generic: bool,
    /// Calls of the predeclared panic in the current function (they end a statement list).
    pub(crate) panics: FxHashSet<ExprId>,
    pub(crate) has_label: bool,
    /// Whether the expression being checked contains a call or receive.
    pub(crate) has_call_or_recv: bool,
}

/// Work put off until the current statement or declaration is finished.
pub(crate) type Action<'a> = Box<dyn FnOnce(&mut Checker<'a>) + 'a>;

pub(crate) struct Checker<'a> {
    pub(crate) store: &'a TypeStore,
    pub(crate) config: &'a Config,
    pub(crate) importer: &'a dyn Importer,
    pub(crate) files: &'a [CheckFile<'a>],
    pub(crate) pkg: PkgId,
    pub(crate) info: PackageInfo,
    pub(crate) scopes: IndexVec<ScopeId, OpenScope>,
    pub(crate) pkg_scope: ScopeId,
    /// Scope of each file.
    pub(crate) file_scopes: Vec<ScopeId>,
    pub(crate) errors: Vec<Diagnostic>,
    /// What is left for texts in messages.
    pub(crate) text_left: std::cell::Cell<usize>,
    pub(crate) env: Env,

    pub(crate) decls: IndexVec<DeclInfoId, DeclInfo>,
    pub(crate) obj_decl: FxHashMap<ObjId, DeclInfoId>,
    /// Package-level objects and methods in source order.
    pub(crate) obj_list: Vec<ObjId>,
    /// Methods by the type name they are declared for, in source order.
    pub(crate) methods: FxHashMap<ObjId, Vec<ObjId>>,
    /// Package names of imports in source order, with their file.
    pub(crate) imports: Vec<(usize, ObjId)>,
    /// Which import brought a dot-imported object into a file's scope.
    pub(crate) dot_imports: FxHashMap<(ScopeId, Symbol), ObjId>,
    /// Scope in which a local or dot-imported object stands, where that matters.
    pub(crate) obj_path: Vec<ObjId>,
    pub(crate) obj_path_index: FxHashMap<ObjId, usize>,
    /// By file: which expressions' types are not settled.
    pub(crate) untyped: Vec<crate::untyped::States>,
    /// Slots are emptied as they run; see [`Checker::process_delayed`].
    pub(crate) delayed: Vec<Option<(Env, Action<'a>)>>,
    /// Instances of this package found identical though spelled differently: the first spelling stands for all.
    pub(crate) instance_context: FxHashMap<u64, Vec<TypeId>>,
    /// The same for signatures: generic signature, type arguments, instance.
    pub(crate) signature_context: FxHashMap<u64, Vec<SignatureInstance>>,
    /// Names under which more than one package is known (filled on the first error that needs it).
    pub(crate) ambiguous_names: std::cell::OnceCell<FxHashSet<Symbol>>,
    pub(crate) mono: crate::mono::MonoGraph,
    /// Files with another package name, which are not checked.
    pub(crate) left_out: FxHashSet<usize>,
    /// Packages by the path under which they were imported.
    pub(crate) import_cache: FxHashMap<Symbol, PkgId>,
    /// Directly imported packages in source order.
    pub(crate) pkg_imports: Vec<PkgId>,
    /// Scope of the parameters of signatures written in this package.
    pub(crate) sig_scopes: FxHashMap<TypeId, ScopeId>,
    /// Scope in which types are declared that are not declared at package level.
    pub(crate) local_type_scopes: FxHashMap<ObjId, ScopeId>,
    /// Types known not to contain themselves.
    pub(crate) valid_types: FxHashSet<TypeId>,
    /// Offsets of the `break L` statements of the current function, by label, in source order.
    pub(crate) labeled_breaks: FxHashMap<Symbol, Vec<u32>>,
    /// Signatures recorded for calls of builtins, by result, parameters and whether they are variadic.
    pub(crate) builtin_signatures: FxHashMap<crate::builtins::SignatureKey, TypeId>,
    /// Whether the size of a named type depends on type parameters.
    pub(crate) variable_sizes: FxHashMap<TypeId, bool>,
    /// Type names that stand for instances while their sizes are looked into.
    pub(crate) instance_objects: FxHashMap<TypeId, ObjId>,
}

/// A generic signature, its type arguments, and what instantiating it gave.
pub(crate) type SignatureInstance = (TypeId, Box<[TypeId]>, TypeId);

impl<'a> Checker<'a> {
    /// A composite type that is written here, or that an expression written here makes: in generic declarations it is
    /// told apart from identical ones.
    pub(crate) fn written(&self, ty: TypeId) -> TypeId {
        if self.env.generic { self.store.another(ty) } else { ty }
    }

    pub(crate) fn new(
        store: &'a TypeStore,
        config: &'a Config,
        importer: &'a dyn Importer,
        pkg: PkgId,
        files: &'a [CheckFile<'a>],
    ) -> Checker<'a> {
        let mut scopes = IndexVec::new();
        let pkg_scope = scopes.push(OpenScope::default());
        let info_of = |f: &CheckFile<'_>| FileInfo {
            types: IndexVec::filled(
                TypeAndValue { mode: Mode::Invalid, ty: TypeId::INVALID, value: None },
                f.tree.expr_count(),
            ),
            idents: IndexVec::filled(IdentObject::None, f.tree.ident_count()),
            ..FileInfo::default()
        };
        Checker {
            store,
            config,
            importer,
            files,
            pkg,
            info: PackageInfo { files: files.iter().map(info_of).collect(), ..PackageInfo::default() },
            scopes,
            pkg_scope,
            file_scopes: Vec::new(),
            errors: Vec::new(),
            text_left: std::cell::Cell::new(crate::error::TEXT_BUDGET),
            env: Env {
                decl: None,
                scope: pkg_scope,
                file: 0,
                lang: files.first().map_or_else(LangSet::unrestricted, |f| f.lang),
                iota: None,
                errpos: Pos::NONE,
                in_tparam_list: false,
                sig: None,
                generic: false,
                panics: FxHashSet::default(),
                has_label: false,
                has_call_or_recv: false,
            },
            decls: IndexVec::new(),
            obj_decl: FxHashMap::default(),
            obj_list: Vec::new(),
            methods: FxHashMap::default(),
            imports: Vec::new(),
            dot_imports: FxHashMap::default(),
            obj_path: Vec::new(),
            obj_path_index: FxHashMap::default(),
            untyped: files
                .iter()
                .map(|f| crate::untyped::States::filled(Default::default(), f.tree.expr_count()))
                .collect(),
            delayed: Default::default(),
            instance_context: FxHashMap::default(),
            signature_context: FxHashMap::default(),
            ambiguous_names: Default::default(),
            mono: Default::default(),
            left_out: FxHashSet::default(),
            import_cache: FxHashMap::default(),
            pkg_imports: Vec::new(),
            sig_scopes: FxHashMap::default(),
            local_type_scopes: FxHashMap::default(),
            valid_types: FxHashSet::default(),
            labeled_breaks: FxHashMap::default(),
            builtin_signatures: FxHashMap::default(),
            variable_sizes: FxHashMap::default(),
            instance_objects: FxHashMap::default(),
        }
    }

    /// Runs all phases, in the compiler's order (`types2/check.go: checkFiles`).
    pub(crate) fn run(&mut self) {
        self.check_package_names();
        self.collect_objects();
        self.check_direct_cycles();
        self.check_package_objects();
        self.process_delayed(0);
        self.finish_types();
        let in_part = matches!(self.config.extent, Extent::Part(_));
        if !in_part {
            self.compute_init_order();
            self.report_unused_imports();
        }
        self.record_untyped();
        if self.errors.is_empty() && !in_part {
            self.check_monomorphic();
        }
        self.publish();
    }

    // ----- current file -----

    /// The tree of the current file.
    #[inline]
    pub(crate) fn tree(&self) -> &'a Tree {
        self.files[self.env.file].tree
    }
    /// The bytes of the current file.
    pub(crate) fn src(&self) -> &'a [u8] {
        self.files[self.env.file].src
    }
    /// The id of the current file.
    #[inline]
    pub(crate) fn file_id(&self) -> FileId {
        self.files[self.env.file].id
    }

    // ----- language versions -----

    /// The one place that judges whether a feature may be used here; reports `what` if not.
    /// `what` is the message's start, to which "requires go1.N or later" is added.
    pub(crate) fn require(&mut self, feature: Feature, at: Pos, what: impl FnOnce() -> String) -> bool {
        if self.env.lang.has(feature) {
            return true;
        }
        let message = format!("{} requires {} or later", what(), feature.since());
        self.error(at, Code::UnsupportedFeature, message);
        false
    }
    /// Whether a feature may be used here.
    #[inline]
    pub(crate) fn allows(&self, feature: Feature) -> bool {
        self.env.lang.has(feature)
    }

    // ----- delayed work -----

    /// Puts work off until the current statement is finished. The action runs with the language version and file
    /// of now; it restores whatever else of the environment it changes.
    pub(crate) fn later(&mut self, action: impl FnOnce(&mut Checker<'a>) + 'a) {
        // The calls of panic may be many and are no business of the action.
        let panics = std::mem::take(&mut self.env.panics);
        let env = self.env.clone();
        self.env.panics = panics;
        self.delayed.push(Some((env, Box::new(action))));
    }

    // ----- dependencies -----

    /// Notes that the declaration being checked depends on a package-level object.
    pub(crate) fn add_decl_dep(&mut self, to: ObjId) {
        let Some(from) = self.env.decl else { return };
        if self.obj_decl.contains_key(&to) {
            let decl = &mut self.decls[from];
            if decl.dep_set.insert(to) {
                decl.deps.push(to);
            }
        }
    }
    /// The predeclared object of a name.
    pub(crate) fn lookup_universe(&self, name: Symbol) -> Option<ObjId> {
        let universe = self.store.universe();
        if self.config.test_builtins { universe.lookup_in_tests(name) } else { universe.lookup(name) }
    }
}

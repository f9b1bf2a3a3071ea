//! The lowering of one package.

use std::rc::Rc;

use escargo_base::{FileId, Symbol};
use escargo_ir::{Context, DictId, FuncId, IrPos, NameId, NodeId, Unit};
use escargo_types::{ObjId, PkgId, TypeId};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::body::LiteralFacts;
use crate::described::Described;
use crate::dict::Generics;
use crate::equality::Equality;
use crate::func::Source;
use crate::inline_template::Inlined;
use crate::late_wrapper::LateWrappers;
use crate::package::{TypedPackage, World};
use crate::range_plan::Plan;
use crate::types::WrapperTypes;
use crate::written::Written;

/// Lowers a package, and afterwards the bodies that the inliner asks for.
pub struct Lowerer<'w> {
    /// Surroundings.
    pub cx: Context<'w>,
    /// Packages that can be seen.
    pub world: &'w dyn World,
    /// The package compiled.
    pub package: &'w TypedPackage,
    /// What has been made so far.
    pub unit: Unit,
    /// Package variables read so far, the package's own and imported ones.
    pub(crate) globals: FxHashMap<ObjId, NameId>,
    /// Functions and methods without type arguments read so far.
    pub(crate) funcs: FxHashMap<ObjId, FuncId>,
    /// Where bodies come from.
    pub(crate) sources: FxHashMap<FuncId, Source<'w>>,
    /// What lowering literals again takes.
    pub(crate) literals: FxHashMap<FuncId, LiteralFacts>,
    /// Instances whose shaped counterpart is still to be read; the last goes first.
    pub(crate) todo_dicts: Vec<DictId>,
    /// Functions whose bodies are still to be read; the last goes first, after all dictionaries.
    pub(crate) todo_bodies: Vec<FuncId>,
    /// Instances that were first seen while a call was inlined and that the inliner has not looked at.
    pub(crate) new_instances: Vec<FuncId>,
    /// Functions that were inlined somewhere.
    pub(crate) expanded: FxHashSet<FuncId>,
    /// What is known of functions that were inlined.
    pub(crate) inlined: FxHashMap<FuncId, Inlined>,
    /// The function that inlined bodies are lowered into.
    pub(crate) scratch: Option<FuncId>,
    /// The package whose data is being read: decides which types need wrappers.
    pub(crate) reading: PkgId,
    /// IR types by what was read.
    pub(crate) types: FxHashMap<(PkgId, Option<DictId>, TypeId), TypeId>,
    /// The object of which the declaration or the methods are being read: a type name.
    pub(crate) reading_object: Option<ObjId>,
    /// The type without a name in it that is being read.
    pub(crate) reading_part: Option<TypeId>,
    /// In which order the package's objects were written.
    pub(crate) written: Written,
    /// Generic objects and their instances.
    pub(crate) generics: Generics,
    /// Types that may need wrappers.
    pub(crate) wrappers: WrapperTypes,
    /// Wrappers that are made late.
    pub(crate) late: LateWrappers,
    /// Method values that have their function.
    pub(crate) value_wrappers: FxHashSet<(Symbol, PkgId)>,
    /// Packages that only the compiler knows, by path.
    pub(crate) pseudo_pkgs: Vec<(Symbol, PkgId)>,
    /// Types whose descriptions for the run time are written so far.
    pub(crate) described: Described,
    /// Functions that compare and hash values of types.
    pub(crate) equality: Equality,
    /// How loops over functions are rewritten, by file.
    pub(crate) range_plans: FxHashMap<FileId, Rc<Plan>>,
    /// Functions of the run time that bodies call.
    pub(crate) runtime_funcs: FxHashMap<Symbol, NodeId>,
    /// Where the compiler stands while it reads: the object read or the variable declared last, else the function
    /// (`base.Pos`). Few nodes stand there.
    pub(crate) base_pos: IrPos,
    /// Where the compiler stands while it walks trees: at the expression it came to last.
    pub(crate) stand: IrPos,
    /// Number of functions `init` seen.
    pub(crate) inits: u32,
    /// Number of labels made in each function.
    pub(crate) labels: FxHashMap<FuncId, u32>,
}

impl std::fmt::Debug for Lowerer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lowerer").field("package", &self.package.path).finish_non_exhaustive()
    }
}

impl<'w> Lowerer<'w> {
    /// A lowering that has not begun, into an empty unit.
    pub fn new(cx: Context<'w>, world: &'w dyn World, package: &'w TypedPackage, unit: Unit) -> Lowerer<'w> {
        cx.store.pkg(package.pkg).set_link_path(package.path);
        Lowerer {
            cx,
            world,
            package,
            unit,
            globals: FxHashMap::default(),
            funcs: FxHashMap::default(),
            sources: FxHashMap::default(),
            literals: FxHashMap::default(),
            todo_dicts: Vec::new(),
            todo_bodies: Vec::new(),
            new_instances: Vec::new(),
            expanded: FxHashSet::default(),
            scratch: None,
            reading: package.pkg,
            types: FxHashMap::default(),
            reading_object: None,
            reading_part: None,
            written: Written::default(),
            generics: Generics::default(),
            wrappers: WrapperTypes::default(),
            late: LateWrappers::default(),
            value_wrappers: FxHashSet::default(),
            pseudo_pkgs: Vec::new(),
            described: Described::default(),
            equality: Equality::default(),
            range_plans: FxHashMap::default(),
            runtime_funcs: FxHashMap::default(),
            inlined: FxHashMap::default(),
            base_pos: IrPos::NONE,
            stand: IrPos::NONE,
            inits: 0,
            labels: FxHashMap::default(),
        }
    }

    /// The instances first seen while calls were inlined since the last time. They can be inlined if
    /// the inliner finds so (without saying it); their bodies are not needed otherwise (`noder/unified.go`, readBodies).
    pub fn take_new_instances(&mut self) -> Vec<FuncId> {
        std::mem::take(&mut self.new_instances)
    }

    /// A label of a function that source cannot have (`typecheck.AutoLabel`).
    pub(crate) fn auto_label(&mut self, func: FuncId, prefix: &str) -> Symbol {
        let count = self.labels.entry(func).or_default();
        *count += 1;
        Symbol::numbered(prefix, *count - 1)
    }
}

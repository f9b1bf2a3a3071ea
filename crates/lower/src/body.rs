//! The lowering of one function body.

use escargo_base::Symbol;
use escargo_dialect::lowering::LiteralNames;
use escargo_ir::{Class, DictId, FuncId, InlId, IrPos, NameId, NodeId};
use escargo_syntax::ExprId;
use escargo_types::{ObjId, TypeId};
use rustc_hash::FxHashMap;

use crate::func::{Code, LiteralKind, MakeBody, Source};
use crate::lowerer::Lowerer;
use crate::package::{TypedFile, TypedPackage};

/// A body that is inlined: what replaces its returns.
#[derive(Clone, Debug)]
pub(crate) struct InlineFrame {
    /// The inlined call.
    pub(crate) inl: InlId,
    /// The function that the call stands in.
    pub(crate) caller: FuncId,
    /// The function inlined.
    pub(crate) callee: FuncId,
    /// The call.
    pub(crate) call: NodeId,
    /// Where returns go.
    pub(crate) ret_label: Symbol,
    /// Variables for the results.
    pub(crate) ret_vars: Vec<NameId>,
    /// Results are declared at the return statement.
    pub(crate) delay_results: bool,
}

/// What lowering a literal again takes.
#[derive(Clone, Debug)]
pub(crate) struct LiteralFacts {
    /// Its type for the checker.
    pub(crate) sig: TypeId,
    /// The dictionary is the last of its captured variables.
    pub(crate) has_dict: bool,
    /// What the other ones are known by, in order.
    pub(crate) captured: Vec<ObjId>,
}

/// What belongs to one function among those that are lowered one inside the other.
#[derive(Debug)]
struct Frame {
    func: FuncId,
    pos: IrPos,
    base_pos: IrPos,
    inline: Option<InlineFrame>,
    locals: FxHashMap<ObjId, NameId>,
    captured: Vec<ObjId>,
    literals: [u32; 2],
    sig: TypeId,
}

/// The lowering of one body: of a function or an inlined copy of one, with the literals in it.
pub(crate) struct Body<'l, 'w> {
    /// The package's lowering.
    pub(crate) low: &'l mut Lowerer<'w>,
    /// The package that the source belongs to.
    pub(crate) pkg: &'w TypedPackage,
    /// Index of the file in it.
    pub(crate) file: usize,
    /// The function that variables are declared in (for inlined bodies a scratch function).
    pub(crate) func: FuncId,
    /// Position for code that has no source: the function's, or that of the inlined call.
    pub(crate) pos: IrPos,
    /// Type arguments, in instances.
    pub(crate) dict: Option<DictId>,
    /// The inlined call, if this is the body of one. Literals inside an inlined body are not: their bodies keep the
    /// positions of the source.
    pub(crate) inline: Option<InlineFrame>,
    /// Variables in scope, by what they are known by. In literals also the captured ones seen so far.
    pub(crate) locals: FxHashMap<ObjId, NameId>,
    /// The checker's type of the function or literal being lowered.
    pub(crate) sig: TypeId,
    /// The body is that of an imported function, of which the export data does not hold everything.
    pub(crate) plain: bool,
    /// Operands of `&&` and `||` that static conditions replaced.
    pub(crate) folds: FxHashMap<ExprId, ExprId>,
    /// What the variables captured so far are known by, in order.
    captured: Vec<ObjId>,
    /// Numbers of literals and of range bodies so far.
    literals: [u32; 2],
    /// The functions around the one being lowered, outermost first.
    outer: Vec<Frame>,
}

impl<'l, 'w> Body<'l, 'w> {
    /// The lowering of a function's body that has not begun.
    pub(crate) fn new(low: &'l mut Lowerer<'w>, source: &Source<'w>, func: FuncId) -> Body<'l, 'w> {
        let pos = low.unit.funcs[func].pos;
        low.base_pos = pos;
        Body {
            low,
            pkg: source.pkg,
            file: source.file,
            func,
            pos,
            dict: source.dict,
            inline: None,
            locals: FxHashMap::default(),
            sig: TypeId::INVALID,
            plain: false,
            folds: FxHashMap::default(),
            captured: Vec::new(),
            literals: [0; 2],
            outer: Vec::new(),
        }
    }
    /// The file.
    pub(crate) fn source(&self) -> &'w TypedFile {
        &self.pkg.files[self.file]
    }
    /// What checking found out about the file.
    pub(crate) fn info(&self) -> &'w escargo_check::FileInfo {
        &self.pkg.info.files[self.file]
    }
    /// A position of the source, as a position in what is being lowered.
    pub(crate) fn at(&self, offset: u32) -> IrPos {
        let pos = escargo_base::Pos::new(self.source().id, offset);
        IrPos { pos, inl: self.inline.as_ref().map(|frame| frame.inl) }
    }

    // ----- types -----

    /// Reads a type of the checker: the IR type.
    pub(crate) fn ty(&mut self, ty: TypeId) -> TypeId {
        self.low.ty(ty, self.dict)
    }

    // ----- variables -----

    /// Declares a variable of the function being lowered.
    pub(crate) fn declare(
        &mut self,
        key: ObjId,
        pos: IrPos,
        sym: Symbol,
        ty: TypeId,
        class: Class,
    ) -> NameId {
        let pkg = Some(self.pkg.pkg);
        let name = self.low.unit.new_local(self.func, pos, sym, pkg, ty, class);
        self.low.unit.names[name].obj = Some(key);
        self.locals.insert(key, name);
        name
    }

    /// Declares a temporary of the function being lowered.
    pub(crate) fn temp(&mut self, pos: IrPos, ty: TypeId) -> NameId {
        self.low.unit.new_temp(self.func, pos, ty)
    }

    /// The node of a variable that is used at `pos`. A variable of an enclosing function becomes captured, by the
    /// literals in between as well.
    pub(crate) fn local(&mut self, key: ObjId, pos: IrPos) -> NodeId {
        if let Some(&name) = self.locals.get(&key) {
            return self.low.unit.names[name].node;
        }
        let found = self.outer.iter().rposition(|frame| frame.locals.contains_key(&key));
        let level = found.unwrap_or_else(|| panic!("{key:?} is not declared where it is used"));
        let mut name = self.outer[level].locals[&key];
        let used = pos;
        for i in level + 1..=self.outer.len() {
            // The literals in between capture it when the one inside is finished, in trees that are walked.
            let pos = match self.outer.get(i + 1).map(|frame| frame.func) {
                Some(inner) if !self.rules().reads_back => self.low.unit.funcs[inner].pos,
                None if i < self.outer.len() && !self.rules().reads_back => {
                    self.low.unit.funcs[self.func].pos
                }
                _ => used,
            };
            // The capture is a node of the function around the literal. What has no position gets none by inlining.
            let inl = self.outer[i - 1].inline.as_ref().map(|frame| frame.inl).filter(|_| pos.is_known());
            let pos = IrPos { pos: pos.pos, inl };
            let func = self.outer.get(i).map_or(self.func, |frame| frame.func);
            name = self.low.capture(func, pos, name);
            if !self.rules().reads_back && self.is_copy() {
                self.low.unit.names[name].pkg = Some(self.low.package.pkg);
            }
            let (locals, captured) = match self.outer.get_mut(i) {
                Some(frame) => (&mut frame.locals, &mut frame.captured),
                None => (&mut self.locals, &mut self.captured),
            };
            locals.insert(key, name);
            captured.push(key);
        }
        self.low.unit.names[name].node
    }

    /// The dictionary parameter `.dict` of the shaped function being lowered, captured if need be.
    pub(crate) fn dict_param(&self) -> Option<NameId> {
        self.low.unit.funcs[self.func].dict_param
    }

    // ----- literals -----

    /// Makes a literal in the body being lowered: named, in the list of functions, without parameters and body.
    pub(crate) fn new_literal(&mut self, kind: LiteralKind, pos: IrPos, ty: TypeId) -> (FuncId, NodeId) {
        let parent = self.inline.as_ref().map_or(self.func, |frame| frame.caller);
        if self.rules().literal_names == LiteralNames::Caller {
            return self.low.new_walked_literal(parent, kind, pos, ty, !self.is_copy());
        }
        let number = match kind {
            LiteralKind::Func => Some(0),
            LiteralKind::Range => Some(1),
            LiteralKind::Go | LiteralKind::Defer => None,
        };
        let number = number.map(|i| {
            self.literals[i] += 1;
            self.literals[i]
        });
        self.low.new_literal(parent, kind, pos, ty, number)
    }

    /// Lowers a literal that stands at `pos`: `sig` is its type for the checker, `ty` the IR type; `code` says what
    /// its body is.
    pub(crate) fn literal(
        &mut self,
        kind: LiteralKind,
        pos: IrPos,
        sig: TypeId,
        ty: TypeId,
        code: Code<'w>,
    ) -> NodeId {
        let (func, node) = self.new_literal(kind, pos, ty);
        let source = Source { pkg: self.pkg, file: self.file, code, dict: self.dict };
        self.low.sources.insert(func, source.clone());
        self.open(func);
        if let Some(dict) = self.outer.last().and_then(|frame| self.low.unit.funcs[frame.func].dict_param) {
            let pos = self.low.unit.names[dict].pos;
            let name = self.low.new_captured(func, pos, dict);
            self.low.unit.funcs[func].dict_param = Some(name);
        }
        self.declare_params(sig, false);
        let body = self.lower_code(&source.code);
        // The dictionary is captured last, and always.
        let f = &mut self.low.unit.funcs[func];
        f.body = body;
        f.closure_vars.extend(f.dict_param);
        self.close();
        self.list_literal(func);
        node
    }

    /// Makes a literal that no source corresponds to and that calls something with other arguments
    /// (`noder/reader.go`, syntheticClosure): it captures variables of the function being lowered, which `make` finds
    /// by [`Body::captured`], and has the parameters of the IR type `ty`.
    pub(crate) fn synthetic_literal(
        &mut self,
        pos: IrPos,
        ty: TypeId,
        captured: &[NameId],
        make: MakeBody<'w>,
    ) -> NodeId {
        let (func, node) = self.new_literal(LiteralKind::Func, pos, ty);
        self.low.unit.funcs[func].wrapper = true;
        for &name in captured {
            self.low.capture(func, IrPos::source(pos.pos), name);
        }
        let code = Code::Made(make.clone());
        self.low.sources.insert(func, Source { pkg: self.pkg, file: self.file, code, dict: self.dict });
        self.open(func);
        self.declare_params(ty, false);
        let body = make(self);
        self.low.unit.funcs[func].body = body;
        self.close();
        self.list_literal(func);
        node
    }

    /// Whether an inlined body is being lowered, or a literal in one.
    fn is_copy(&self) -> bool {
        self.inline.is_some() || self.outer.iter().any(|frame| frame.inline.is_some())
    }

    /// Where trees are walked a literal joins the list of functions when it is finished. Those in inlined bodies get
    /// their names only then, after the function that is inlined into, however deep they are.
    fn list_literal(&mut self, func: FuncId) {
        if self.rules().literal_names == LiteralNames::Callee {
            return;
        }
        if self.is_copy() {
            let inlined = self.inline.as_ref().or_else(|| self.outer.iter().find_map(|f| f.inline.as_ref()));
            if let Some(caller) = inlined.map(|frame| frame.caller) {
                self.low.name_literal(func, caller);
            }
        }
        self.low.unit.func_list.push(func);
    }

    /// Captured variable `i` of the literal being lowered; where that is inlined, the variable itself.
    pub(crate) fn captured(&self, i: usize) -> Option<NameId> {
        let unit = &self.low.unit;
        match &self.inline {
            None => unit.funcs[self.func].closure_vars.get(i).copied(),
            Some(frame) => unit.names[*unit.funcs[frame.callee].closure_vars.get(i)?].outer,
        }
    }

    /// What is lowered from now on belongs to `func`, a literal of the function lowered so far.
    fn open(&mut self, func: FuncId) {
        let pos = self.low.unit.funcs[func].pos;
        let frame = Frame {
            func: std::mem::replace(&mut self.func, func),
            pos: std::mem::replace(&mut self.pos, pos),
            base_pos: std::mem::replace(&mut self.low.base_pos, pos),
            inline: self.inline.take(),
            locals: std::mem::take(&mut self.locals),
            captured: std::mem::take(&mut self.captured),
            literals: std::mem::take(&mut self.literals),
            sig: std::mem::replace(&mut self.sig, TypeId::INVALID),
        };
        self.outer.push(frame);
    }

    /// Goes back to the function around the literal opened last.
    fn close(&mut self) {
        let Some(frame) = self.outer.pop() else { return };
        let has_dict = self.dict_param().is_some();
        let facts = LiteralFacts {
            sig: self.sig,
            has_dict,
            captured: std::mem::replace(&mut self.captured, frame.captured),
        };
        self.low.literals.insert(self.func, facts);
        self.func = frame.func;
        self.pos = frame.pos;
        self.low.base_pos = frame.base_pos;
        self.inline = frame.inline;
        self.locals = frame.locals;
        self.literals = frame.literals;
        self.sig = frame.sig;
    }
}

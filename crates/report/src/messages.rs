//! What the compiler says with `-m` of inlining and escapes, word for word.
//!
//! Two channels of the compiler differ in how they print an unknown position: direct prints (inlining, explanations)
//! write `<unknown line number>`, warnings leave the position out (`cmd/compile/internal/base/print.go`).

use std::fmt::{self, Write};

use escargo_escape::{Event as Escape, Note, Path, Place, Reason, Step};
use escargo_inline::{CallRefused, CannotInline, Event as Inline, Shaped};
use escargo_ir::position::{FileName, PrintedPos};
use escargo_ir::print::{func_diag_name, func_name, func_qualified, type_text};
use escargo_ir::{Context, FuncId, IrPos, Op, Unit};
use escargo_passes::bloop;

use crate::draft::Mark;

/// Writes messages about one package, in the order in which they are given, as a [draft](crate::draft).
#[derive(Debug)]
pub struct Messages<'a> {
    cx: &'a Context<'a>,
    unit: &'a Unit,
    columns: bool,
    out: &'a mut String,
}

impl<'a> Messages<'a> {
    /// Messages about `unit`, appended to `out`; positions have no `columns` with `-C`.
    pub fn new(cx: &'a Context<'a>, unit: &'a Unit, columns: bool, out: &'a mut String) -> Messages<'a> {
        Messages { cx, unit, columns, out }
    }

    fn place(&self, pos: IrPos) -> PrintedPos {
        match PrintedPos::new(self.cx, self.unit, pos) {
            PrintedPos::At { file, line, .. } if !self.columns => PrintedPos::At { file, line, column: None },
            pos => pos,
        }
    }

    fn level(&self) -> u32 {
        self.cx.flags.m
    }

    /// A line that is printed directly.
    fn print(&mut self, pos: IrPos, text: fmt::Arguments<'_>) {
        self.push_place(pos);
        // Writing to a string does not fail.
        let _ = writeln!(self.out, ": {text}");
    }

    fn push_place(&mut self, pos: IrPos) {
        self.place(pos).push_with(self.out, push_mark);
    }

    /// A line that is printed as a warning.
    fn warn(&mut self, pos: IrPos, text: fmt::Arguments<'_>) {
        match self.place(pos) {
            PrintedPos::Unknown => {
                let _ = writeln!(self.out, "{text}");
            }
            pos => {
                pos.push_with(self.out, push_mark);
                let _ = writeln!(self.out, ": {text}");
            }
        }
    }

    fn at(&self, func: FuncId) -> IrPos {
        self.unit.funcs[func].pos
    }

    fn type_text(&self, ty: escargo_types::TypeId) -> String {
        type_text(self.cx, self.unit.pkg, ty)
    }

    /// A message of the inliner.
    pub fn inline(&mut self, event: &Inline) {
        if self.level() == 0 {
            return;
        }
        match event {
            Inline::CanInline { silent: true, .. } | Inline::CannotInline { silent: true, .. } => {}
            Inline::CanInline { func, cost, text, .. } => {
                let name = func_diag_name(self.cx, self.unit, *func);
                match text {
                    Some(text) if self.level() > 1 => self.print(
                        self.at(*func),
                        format_args!(
                            "can inline {name} with cost {cost} as: {} {{ {} }}",
                            text.signature, text.body
                        ),
                    ),
                    _ => self.print(self.at(*func), format_args!("can inline {name}")),
                }
            }
            Inline::CannotInline { func, reason, .. } if self.level() > 1 => {
                let name = func_qualified(self.cx, self.unit, *func);
                self.print(self.at(*func), format_args!("cannot inline {name}: {}", Why(*reason)));
            }
            Inline::BigFunction { func } if self.level() > 1 => {
                let name = func_qualified(self.cx, self.unit, *func);
                let text = format_args!("function {name} considered 'big'; reducing max cost of inlinees");
                self.print(self.at(*func), text);
            }
            Inline::InliningCall { pos, callee } => {
                let name = func_diag_name(self.cx, self.unit, *callee);
                self.print(*pos, format_args!("inlining call to {name}"));
            }
            Inline::CallRefused { pos, caller, callee, reason: CallRefused::RepeatedCycle }
                if self.level() > 1 =>
            {
                let callee = func_qualified(self.cx, self.unit, *callee);
                let caller = func_name(self.unit, *caller);
                let text = format_args!("cannot inline {callee} into {caller}: repeated recursive cycle");
                self.print(*pos, text);
            }
            Inline::Devirtualized { pos, method, ty, partially } => {
                let how = if *partially { "partially " } else { "" };
                let ty = self.type_text(*ty);
                self.warn(*pos, format_args!("{how}devirtualizing {method} to {ty}"));
            }
            &Inline::ImpreciseCall { pos } => self.imprecise_call(pos),
            Inline::NotDevirtualized { pos, call, reason, ty } => {
                let what = match reason {
                    Shaped::Receiver => "receiver",
                    Shaped::Interface => "interface",
                };
                let ty = self.type_text(*ty);
                self.warn(*pos, format_args!("cannot devirtualize {call}: shaped {what} {ty}"));
            }
            Inline::CannotInline { .. } | Inline::BigFunction { .. } | Inline::CallRefused { .. } => {}
        }
    }

    /// The message about a call of a type parameter's method on an interface.
    pub fn imprecise_call(&mut self, pos: IrPos) {
        if self.level() > 0 {
            self.warn(pos, format_args!("imprecise interface call"));
        }
    }

    /// A message of escape analysis.
    pub fn escape(&mut self, event: &Escape) {
        if self.level() == 0 {
            return;
        }
        match event {
            // The log wants these at every level.
            Escape::EscapeReason { .. } | Escape::LeakReason { .. } | Escape::CapturingBy { .. }
                if self.level() < 2 => {}
            Escape::OnHeap { .. } => {}
            Escape::MovedToHeap { pos, text } => self.warn(*pos, format_args!("moved to heap: {text}")),
            Escape::EscapesToHeap { pos, text } => self.warn(*pos, format_args!("{text} escapes to heap")),
            Escape::DoesNotEscape { pos, text } => self.warn(*pos, format_args!("{text} does not escape")),
            Escape::Append { pos, escapes: true } => {
                self.warn(*pos, format_args!("append escapes to heap"));
            }
            Escape::Append { pos, escapes: false } => {
                self.warn(*pos, format_args!("append does not escape"));
            }
            Escape::ZeroCopy { pos } => {
                self.warn(*pos, format_args!("zero-copy string->[]byte conversion"));
            }
            Escape::SelfAssignment { pos, func, text } => {
                let name = func_qualified(self.cx, self.unit, *func);
                self.warn(*pos, format_args!("{name} ignoring self-assignment in {text}"));
            }
            Escape::CapturingBy { pos, func, by_ref, text, addrtaken, reassigned, size } => {
                let how = if *by_ref { "ref" } else { "value" };
                let name = match func {
                    Some(func) => func_qualified(self.cx, self.unit, *func),
                    None => "<nil>".to_owned(),
                };
                let flags = format_args!("(addr={addrtaken} assign={reassigned} width={size})");
                self.warn(*pos, format_args!("{name} capturing by {how}: {text} {flags}"));
            }
            Escape::EscapeReason { pos, text, func, path, .. } => {
                if self.cx.model.messages.explanations_name_function {
                    let name = func_name(self.unit, *func);
                    self.print(*pos, format_args!("{text} escapes to heap in {name}:"));
                } else {
                    self.print(*pos, format_args!("{text} escapes to heap:"));
                }
                self.path(*pos, path);
            }
            Escape::LeakReason { pos, text, func, to, derefs, path } => {
                let mut target = String::new();
                push_name(&mut target, to);
                if self.cx.model.messages.explanations_name_function {
                    let name = func_name(self.unit, *func);
                    let text =
                        format_args!("parameter {text} leaks to {target} for {name} with derefs={derefs}:");
                    self.print(*pos, text);
                } else {
                    self.print(
                        *pos,
                        format_args!("parameter {text} leaks to {target} with derefs={derefs}:"),
                    );
                }
                self.path(*pos, path);
            }
            Escape::Unallocatable { .. } | Escape::HeapInRuntime { .. } => {}
            Escape::Statement { pos, depth, func, text } => {
                let name = func_qualified(self.cx, self.unit, *func);
                self.push_place(*pos);
                let _ = writeln!(self.out, ":[{depth}] {name} stmt: {text}");
            }
            Escape::Label { pos, text, looping } => {
                self.push_place(*pos);
                let _ = match looping {
                    true => writeln!(self.out, ": {text} looping label"),
                    false => writeln!(self.out, ":{text} non-looping label"),
                };
            }
            _ => self.parameter(event),
        }
    }

    fn parameter(&mut self, event: &Escape) {
        match event {
            Escape::LeakingParam { pos, name, content: false } => {
                self.warn(*pos, format_args!("leaking param: {name}"));
            }
            Escape::LeakingParam { pos, name, content: true } => {
                self.warn(*pos, format_args!("leaking param content: {name}"));
            }
            Escape::LeakingToResult { pos, name, result, level } => {
                self.warn(*pos, format_args!("leaking param: {name} to result {result} level={level}"));
            }
            Escape::ParamDoesNotEscape { pos, name } => {
                self.warn(*pos, format_args!("{name} does not escape"));
            }
            Escape::MutatesParam { pos, name, derefs } => {
                self.warn(*pos, format_args!("mutates param: {name} derefs={derefs}"));
            }
            Escape::CallsParam { pos, name, derefs } => {
                self.warn(*pos, format_args!("calls param: {name} derefs={derefs}"));
            }
            Escape::ParamIsInert { pos, name } => {
                self.warn(*pos, format_args!("{name} does not escape, mutate, or call"));
            }
            Escape::AssumingUintptr { pos, name } => {
                self.warn(*pos, format_args!("assuming {name} is unsafe uintptr"));
            }
            Escape::MarkingUintptr { pos, name, variadic } => {
                let dots = if *variadic { "..." } else { "" };
                self.warn(*pos, format_args!("marking {name} as escaping {dots}uintptr"));
            }
            _ => {}
        }
    }

    /// The flow that an explanation gives: every line begins with the same position.
    fn path(&mut self, pos: IrPos, path: &Path) {
        let start = self.out.len();
        self.push_place(pos);
        self.out.push_str(": ");
        let prefix = self.out[start..].to_owned();
        self.out.truncate(start);
        for step in &path.steps {
            for line in step.memo.get_or_make(|| self.step(step)).split_inclusive('\n') {
                push_all(self.out, &[&prefix, line]);
            }
        }
        if path.truncated {
            let text =
                "  warning: truncated explanation due to assignment cycle; see golang.org/issue/35518\n";
            push_all(self.out, &[&prefix, text]);
        }
    }

    /// The lines of a step, without what they begin with. They are the same in all paths.
    fn step(&self, step: &Step) -> String {
        let mut text = String::with_capacity(64 * (1 + step.notes.len()));
        push_flow(&mut text, step, self.cx.model.messages.flow_arrow);
        text.push('\n');
        for note in &step.notes {
            push_cause(&mut text, note);
            text.push_str(" at ");
            self.place(note.pos).push_with(&mut text, push_mark);
            text.push('\n');
        }
        text
    }

    /// What a benchmark's loop keeps alive.
    pub fn kept_alive(&mut self, event: &bloop::Event) {
        let always = event.message == bloop::Message::UnknownShape;
        if self.level() < 2 && !always {
            return;
        }
        match &event.message {
            bloop::Message::Name(name) => self.warn(event.pos, format_args!("{name} will be kept alive")),
            bloop::Message::Dereference => {
                self.warn(event.pos, format_args!("dereference will be kept alive"));
            }
            bloop::Message::Unknown => self.warn(event.pos, format_args!("expr is unknown to bloop pass")),
            bloop::Message::Results(several) => {
                let s = if *several { "s" } else { "" };
                self.warn(event.pos, format_args!("function result{s} will be kept alive"));
            }
            bloop::Message::Argument => {
                self.warn(event.pos, format_args!("function arg will be kept alive"));
            }
            bloop::Message::UnknownShape => {
                let text = "unrecognized shape for assign list stmt for blank assignment";
                self.warn(event.pos, format_args!("{text}"));
            }
        }
    }

    /// An array index whose bounds check is not needed.
    pub fn bounds_check_elided(&mut self, pos: IrPos) {
        if self.level() > 0 {
            self.warn(pos, format_args!("index bounds check elided"));
        }
    }
}

fn push_mark(out: &mut String, file: FileName) {
    Mark::of(file).push_to(out);
}

/// A flow from one place to the next, with the arrow to be shown.
pub(crate) fn push_flow(out: &mut String, step: &Step, arrow: &str) {
    out.push_str("  flow: ");
    push_name(out, &step.to);
    push_all(out, &[" ", arrow, " "]);
    push_derefs(out, step.derefs);
    push_name(out, &step.from);
    out.push(':');
}

/// What makes a value flow.
pub(crate) fn push_cause(out: &mut String, note: &Note) {
    push_all(out, &["    from ", &note.text, " (", reason(note.reason), ")"]);
}

/// The name of a place.
pub(crate) fn push_name(out: &mut String, place: &Place) {
    match place {
        Place::Heap => out.push_str("{heap}"),
        Place::Temp => out.push_str("{temp}"),
        Place::Variable(name) => out.push_str(name),
        Place::Storage(text) => {
            out.push_str("{storage for ");
            out.push_str(text);
            out.push('}');
        }
    }
}

fn push_all(out: &mut String, parts: &[&str]) {
    parts.iter().for_each(|part| out.push_str(part));
}

/// `&` for an address, a `*` for each dereference.
fn push_derefs(out: &mut String, derefs: i32) {
    if derefs < 0 {
        out.push('&');
    }
    (0..derefs).for_each(|_| out.push('*'));
}

/// Why a function cannot be inlined.
pub(crate) struct Why(pub(crate) CannotInline);

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            CannotInline::NoInline => f.write_str("marked go:noinline"),
            CannotInline::NoCheckPtr => f.write_str("marked go:nocheckptr"),
            CannotInline::CgoUnsafeArgs => f.write_str("marked go:cgo_unsafe_args"),
            CannotInline::UintptrKeepAlive => f.write_str("marked as having a keep-alive uintptr argument"),
            CannotInline::UintptrEscapes => f.write_str("marked as having an escaping uintptr argument"),
            CannotInline::YesWriteBarrierRec => f.write_str("marked go:yeswritebarrierrec"),
            CannotInline::Comparison => f.write_str("type eq/hash function"),
            CannotInline::NoBody => f.write_str("no function body"),
            CannotInline::Recursive => f.write_str("recursive"),
            CannotInline::CallTo(name) => write!(f, "call to {}", name.as_str()),
            CannotInline::DeferInRangeFunc => f.write_str("defer call in range func"),
            CannotInline::Recover => f.write_str("call to recover"),
            CannotInline::Literals => f.write_str("not inlining functions with closures"),
            CannotInline::Unhandled(op) => write!(f, "unhandled op {}", op_name(op)),
            CannotInline::TooComplex { cost, budget } => {
                write!(f, "function too complex: cost {cost} exceeds budget {budget}")
            }
            CannotInline::TooExpensive => f.write_str("too expensive"),
        }
    }
}

fn op_name(op: Op) -> String {
    format!("{op:?}").to_uppercase()
}

/// The words for what makes a value flow (`escape/{assign,call,escape,expr,stmt,utils}.go`).
fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::AddressOf => "address-of",
        Reason::AppendedSlice => "appended slice...",
        Reason::AppendeeSlice => "appendee slice",
        Reason::ArrayLiteralElement => "array literal element",
        Reason::Assign => "assign",
        Reason::AssignPair => "assign-pair",
        Reason::AssignPairDotType => "assign-pair-dot-type",
        Reason::AssignPairMapR => "assign-pair-mapr",
        Reason::AssignPairReceive => "assign-pair-receive",
        Reason::CallParameter => "call parameter",
        Reason::CalleeOperand => "callee operand",
        Reason::CapturedByClosure => "captured by a closure",
        Reason::ConversionToUnsafePointer => "conversion to unsafe.Pointer",
        Reason::CopiedSlice => "copied slice",
        Reason::Dot => "dot",
        Reason::DotOfPointer => "dot of pointer",
        Reason::FixedArrayIndex => "fixed-array-index-of",
        Reason::Indirection => "indirection",
        Reason::InterfaceConverted => "interface-converted",
        Reason::KeyOfMapPut => "key of map put",
        Reason::MapLiteralKey => "map literal key",
        Reason::MapLiteralValue => "map literal value",
        Reason::NonConstantSize => "non-constant size",
        Reason::Range => "range",
        Reason::RangeDeref => "range-deref",
        Reason::Reference => "reference",
        Reason::ReflectHeaderData => "reflect.Header.Data",
        Reason::Return => "return",
        Reason::Send => "send",
        Reason::Slice => "slice",
        Reason::SliceLiteralElement => "slice-literal-element",
        Reason::SliceToArray => "slice-to-array",
        Reason::Spill => "spill",
        Reason::StructLiteralElement => "struct literal element",
        Reason::SwitchCase => "switch case",
        Reason::TooAligned => "too aligned for stack",
        Reason::TooLarge => "too large for stack",
        Reason::UintptrEscapes => "//go:uintptrescapes",
        Reason::ZeroSizedElement => "zero-sized element",
    }
}

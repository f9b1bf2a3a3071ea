//! Telling stories: a path of the escape analysis ends where its function does, or at something that escapes itself. A
//! story goes on, into the bodies of callees by the way on which their parameter leaks, and from what escapes along its
//! own path.

use escargo_base::{Span, Symbol};
use escargo_escape::Reason;

use crate::Cause;
use crate::facts::{Callee, Detail, End, FuncName, Leak, LeakTo, Path, Role, Spot, Step};
use crate::packages::{FuncAt, Packages};
use crate::story::{Happens, Story, StoryStep, Variable};

/// Calls are followed no deeper than this.
const MAX_DEPTH: u32 = 40;
/// A story is put together of no more paths than this.
const MAX_PATHS: usize = 200;

/// Tells stories about packages.
#[derive(Clone, Copy, Debug)]
pub struct Teller<'f> {
    packages: &'f Packages,
}

/// What has been told already, which is not told again.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    Escape(u32, u32),
    Leak(FuncAt, u32),
}

/// A story that is being told.
struct Telling<'f> {
    packages: &'f Packages,
    story: Story,
    told: Vec<Told>,
}

impl<'f> Teller<'f> {
    /// One who knows these packages.
    pub fn new(packages: &'f Packages) -> Teller<'f> {
        Teller { packages }
    }

    /// How what has this path in `func` escapes.
    pub fn escape(&self, func: FuncAt, escape: u32) -> Story {
        let mut telling = self.begin();
        telling.escape(func, escape, 0);
        telling.story
    }

    /// How a parameter of `func` leaks.
    pub fn leak(&self, func: FuncAt, leak: &Leak) -> Story {
        let mut telling = self.begin();
        telling.path(func, &leak.path, 0);
        telling.story
    }

    /// Where the address of something goes that stays on the stack.
    pub fn stays(&self, func: FuncAt, steps: &[Step]) -> Story {
        let mut telling = self.begin();
        for step in steps {
            telling.flows(func, step, 0);
        }
        telling.story
    }

    fn begin(&self) -> Telling<'f> {
        Telling { packages: self.packages, story: Story::default(), told: Vec::new() }
    }
}

impl<'f> Telling<'f> {
    fn escape(&mut self, func: FuncAt, escape: u32, depth: u32) {
        let key = Told::Escape(func.package, escape);
        if self.told.contains(&key) || self.told.len() >= MAX_PATHS {
            self.story.partial = true;
            return;
        }
        self.told.push(key);
        let packages = self.packages;
        if let Some(path) = packages.package(func.package).escapes.get(escape as usize) {
            self.path(func, path, depth);
        }
    }

    fn path(&mut self, func: FuncAt, path: &Path, depth: u32) {
        self.story.partial |= path.truncated;
        let mut calls = Calls::new(depth);
        let Some((last, steps)) = path.steps.split_last() else {
            match path.end {
                End::Escaping(Some(next)) => self.escape(func, next, depth),
                _ => self.story.partial = true,
            }
            return;
        };
        for step in steps {
            let depth = calls.at(step);
            self.flows(func, step, depth);
            calls.after(step);
        }
        let depth = calls.at(last);
        match path.end {
            End::Heap => self.end_on_heap(func, last, depth),
            End::Result(_) => self.ends(func, last, depth, Cause::Returned),
            End::OutlivesLoop => self.ends(func, last, depth, Cause::OutlivesLoop),
            End::OutlivesFunction => self.ends(func, last, depth, Cause::OutlivesFunction),
            End::Escaping(next) => {
                self.flows(func, last, depth);
                calls.after(last);
                let depth = calls.depth();
                match next {
                    Some(next) => {
                        let to = self.variable(last);
                        self.push(func, last, depth, Happens::Joins { to });
                        self.escape(func, next, depth);
                    }
                    None => self.story.partial = true,
                }
            }
        }
    }

    /// The last step of a path that leads to the heap.
    fn end_on_heap(&mut self, func: FuncAt, step: &Step, depth: u32) {
        let (callee, input) = match step.detail {
            Detail::Argument { callee, input } => (callee, input),
            Detail::MethodValue(callee) => (callee, 0),
            _ => return self.ends(func, step, depth, cause_of(step)),
        };
        let Callee::Func(name) = callee else {
            return self.ends(func, step, depth, cause_of(step));
        };
        let leak = self.leak_to_heap(name, input);
        let (at, param, leak) = match leak {
            Followed::Leak(at, param, leak) => (at, param, leak),
            Followed::Moved(at, param, escape) => {
                self.push(func, step, depth, Happens::Enters { callee, param });
                return self.escape(at, escape, depth + 1);
            }
            Followed::NoBody => return self.ends(func, step, depth, Cause::NoBody),
            Followed::Unknown => {
                self.story.partial = true;
                return self.ends(func, step, depth, Cause::UnknownCall);
            }
        };
        self.push(func, step, depth, Happens::Enters { callee, param });
        let key = Told::Leak(at, input);
        if self.told.contains(&key) || depth >= MAX_DEPTH {
            self.story.partial = true;
            return;
        }
        self.told.push(key);
        self.path(at, &leak.path, depth + 1);
    }

    fn leak_to_heap(&self, name: FuncName, input: u32) -> Followed<'f> {
        let packages = self.packages;
        let Some(at) = packages.find(name.symbol) else { return Followed::Unknown };
        if !packages.func(at).has_body {
            return Followed::NoBody;
        }
        let Some(param) = packages.input(at, input) else { return Followed::Unknown };
        match param.leaks.iter().find(|leak| leak.to == LeakTo::Heap) {
            Some(leak) => Followed::Leak(at, param.name, leak),
            // Its value is on the heap then.
            None => param.escape.map_or(Followed::Unknown, |escape| Followed::Moved(at, param.name, escape)),
        }
    }

    fn flows(&mut self, func: FuncAt, step: &Step, depth: u32) {
        if step.reason == Reason::Spill && self.variable(step).is_none() {
            // That an expression allocates is said otherwise.
            return;
        }
        let what = match step.detail {
            Detail::Argument { callee: callee @ Callee::Func(name), input } => {
                let param = self.packages.find(name.symbol).and_then(|at| self.packages.input(at, input));
                let param = param.map_or_else(|| Symbol::intern("_"), |param| param.name);
                match enters(step) {
                    Some(_) => Happens::Enters { callee, param },
                    None => Happens::Through { callee, param },
                }
            }
            _ => Happens::Flows { reason: step.reason, to: self.variable(step) },
        };
        self.push(func, step, depth, what);
    }

    fn ends(&mut self, func: FuncAt, step: &Step, depth: u32, cause: Cause) {
        let callee = match step.detail {
            Detail::Argument { callee, .. } | Detail::MethodValue(callee) => Some(callee),
            _ => None,
        };
        let to = match step.detail {
            Detail::Global(name) if name.as_str().starts_with('.') => None,
            Detail::Global(name) => Some(Variable { name, role: None, pos: step.at.pos }),
            _ => self.variable(step),
        };
        self.push(func, step, depth, Happens::Ends { cause, reason: step.reason, callee, to });
        self.story.end = Some(cause);
    }

    fn push(&mut self, func: FuncAt, step: &Step, depth: u32, what: Happens) {
        let name = match step.at.inlined {
            Some(_) => self.packages.written_in(func, step.at),
            None => step.function,
        };
        self.story.steps.push(StoryStep {
            depth,
            function: name.shown,
            package: name.package,
            pos: step.at.pos,
            span: Span::at(step.at.pos),
            what,
        });
    }

    fn variable(&self, step: &Step) -> Option<Variable> {
        match step.to {
            Some(Spot::Variable { name, pos, role }) if role != Role::Temp => {
                Some(Variable { name, role: Some(role), pos: pos.pos })
            }
            _ => None,
        }
    }
}

/// The calls that a path has entered: functions that call each other are analysed together, and paths go through several
/// of them.
struct Calls {
    /// Depth where the path begins.
    base: u32,
    /// The functions entered, by symbol, that of the beginning first.
    entered: Vec<Symbol>,
}

impl Calls {
    fn new(base: u32) -> Calls {
        Calls { base, entered: Vec::new() }
    }

    fn depth(&self) -> u32 {
        self.base + (self.entered.len() as u32).saturating_sub(1)
    }

    /// The depth of a step, which may stand in a function that the value came back to.
    fn at(&mut self, step: &Step) -> u32 {
        let here = step.function.symbol;
        match self.entered.iter().rposition(|&function| function == here) {
            Some(at) => self.entered.truncate(at + 1),
            None if self.entered.is_empty() => self.entered.push(here),
            // A literal of one of these functions.
            None => {}
        }
        self.depth()
    }

    fn after(&mut self, step: &Step) {
        if let Some(callee) = enters(step)
            && self.entered.last() != Some(&callee.symbol)
        {
            self.entered.push(callee.symbol);
        }
    }
}

/// The function that a step leads into, if the path goes on there.
fn enters(step: &Step) -> Option<FuncName> {
    match (&step.detail, &step.to) {
        (
            &Detail::Argument { callee: Callee::Func(name), .. },
            Some(Spot::Variable { role: Role::Param, .. }),
        ) => Some(name),
        _ => None,
    }
}

/// What became of following an argument into a function.
enum Followed<'f> {
    /// It leaks in this way.
    Leak(FuncAt, Symbol, &'f Leak),
    /// The parameter itself is moved to the heap.
    Moved(FuncAt, Symbol, u32),
    NoBody,
    Unknown,
}

/// What a last step that leads to the heap means.
fn cause_of(step: &Step) -> Cause {
    match step.detail {
        Detail::Global(_) => return Cause::Global,
        Detail::ThroughPointer => return Cause::PointerStore,
        Detail::Map => return Cause::MapStore,
        Detail::Go => return Cause::Goroutine,
        Detail::Defer => return Cause::DeferInLoop,
        Detail::Argument { callee, .. } | Detail::MethodValue(callee) => {
            return match callee {
                Callee::Method(_) => Cause::InterfaceCall,
                Callee::Panic => Cause::Panic,
                Callee::Append => Cause::SliceStore,
                Callee::Func(_) | Callee::Value | Callee::Builtin => Cause::UnknownCall,
            };
        }
        Detail::None => {}
    }
    match step.reason {
        Reason::Return => Cause::Returned,
        Reason::Send => Cause::ChannelSend,
        Reason::KeyOfMapPut | Reason::MapLiteralKey | Reason::MapLiteralValue => Cause::MapStore,
        Reason::AppendedSlice | Reason::AppendeeSlice | Reason::CopiedSlice => Cause::SliceStore,
        Reason::TooLarge => Cause::TooLarge,
        Reason::TooAligned => Cause::TooAligned,
        Reason::NonConstantSize => Cause::UnknownSize,
        Reason::ZeroSizedElement => Cause::ZeroSize,
        Reason::CapturedByClosure => Cause::Closure,
        Reason::UintptrEscapes | Reason::ConversionToUnsafePointer | Reason::ReflectHeaderData => {
            Cause::Unsafe
        }
        Reason::InterfaceConverted => Cause::Boxed,
        _ => Cause::PointerStore,
    }
}

//! Findings made by hand, for tests.

use std::path::{Path, PathBuf};

use escargo_alloc::{Class, SiteKind, Why};
use escargo_base::{FileId, Pos, SourceMap, Span, Symbol};
use escargo_escape::Reason;
use escargo_findings::answer::{Leads, Subject, Way};
use escargo_findings::facts::{Callee, FuncName, Role};
use escargo_findings::finding::{
    Advice, Copy, Cost, Estimate, Findings, Hidden, Measured, ProfileTotals, Totals,
};
use escargo_findings::story::{Happens, Story, StoryStep, Variable};
use escargo_findings::{Answer, Cause, Finding};

use super::Style;

pub(super) const CWD: &str = "/home/u/shop";

pub(super) fn plain() -> Style<'static> {
    Style::plain(Path::new(CWD))
}

pub(super) fn sym(text: &str) -> Symbol {
    Symbol::intern(text)
}

/// Files, and the package that is being written about.
pub(super) struct World {
    pub(super) sources: SourceMap,
    package: &'static str,
}

impl World {
    pub(super) fn new(package: &'static str) -> World {
        World { sources: SourceMap::new(), package }
    }

    /// Adds a file; a path that is not absolute is below the current directory.
    pub(super) fn file(&self, path: &str, text: &str) -> FileId {
        self.sources.add(PathBuf::from(CWD).join(path), text.as_bytes().into())
    }

    /// The first place of `text` in the line that has `line`.
    pub(super) fn at(&self, file: FileId, line: &str, text: &str) -> Pos {
        let all = std::str::from_utf8(&self.sources.file(file).text).unwrap();
        let line = all.find(line).unwrap_or_else(|| panic!("no line {line:?}"));
        let within = all[line..].find(text).unwrap_or_else(|| panic!("no {text:?}"));
        Pos::new(file, (line + within) as u32)
    }

    fn step_of(&self, depth: u32, function: &str, package: &str, pos: Pos, what: Happens) -> StoryStep {
        StoryStep { depth, function: sym(function), package: sym(package), pos, span: Span::at(pos), what }
    }

    /// A step in the finding's own function.
    pub(super) fn step(&self, function: &str, pos: Pos, what: Happens) -> StoryStep {
        self.step_of(0, function, self.package, pos, what)
    }

    pub(super) fn finding(&self, function: &str, at: Pos, subject: &str, ty: &str) -> Finding {
        Finding {
            package: sym(self.package),
            function: sym(function),
            imported: false,
            span: Span { start: at, end: at.offset },
            subject: subject.to_owned(),
            ty: ty.to_owned(),
            kind: SiteKind::Variable,
            class: Class::Heap,
            escapes: true,
            cause: Cause::Returned,
            story: Story::default(),
            copies: Vec::new(),
            cost: estimated(24, 0, 1),
            advice: Vec::new(),
        }
    }
}

pub(super) fn estimated(bytes: u64, loop_depth: u32, callers: u32) -> Cost {
    let weight = bytes as f64 * 10f64.powi(loop_depth as i32);
    Cost { estimate: Estimate { bytes: Some(bytes), loop_depth, callers, weight }, ..Cost::default() }
}

pub(super) fn flows(reason: Reason) -> Happens {
    Happens::Flows { reason, to: None }
}

pub(super) fn variable(name: &str, role: Option<Role>) -> Variable {
    Variable { name: sym(name), role, pos: Pos::NONE }
}

pub(super) fn assigned(name: &str) -> Happens {
    Happens::Flows { reason: Reason::Assign, to: Some(variable(name, Some(Role::Local))) }
}

pub(super) fn ends(cause: Cause, reason: Reason) -> Happens {
    Happens::Ends { cause, reason, callee: None, to: None }
}

pub(super) fn func(name: &str) -> Callee {
    Callee::Func(FuncName { symbol: sym(name), shown: sym(name), package: sym("") })
}

fn enters(name: &str, param: &str) -> Happens {
    Happens::Enters { callee: func(name), param: sym(param) }
}

fn story(end: Cause, steps: Vec<StoryStep>) -> Story {
    Story { steps, end: Some(end), partial: false }
}

const BIGDATA: &str = include_str!("../../../../examples/bigdata/main.go");

/// The first example: one finding.
pub(super) fn bigdata() -> (World, Findings) {
    let w = World::new("command-line-arguments");
    let file = w.file("main.go", BIGDATA);
    let ret = "return &data";
    let f = Finding {
        advice: vec![Advice::ReturnValue { ty: "[]byte".into(), size: 24 }, Advice::PassDestination],
        story: story(
            Cause::Returned,
            vec![
                w.step("main.getBadData", w.at(file, ret, "&"), flows(Reason::AddressOf)),
                w.step("main.getBadData", w.at(file, ret, "return"), ends(Cause::Returned, Reason::Return)),
            ],
        ),
        ..w.finding("main.getBadData", w.at(file, "data := bigData()", "data"), "data", "[]byte")
    };
    let totals = Totals { packages: 1, sites: 3, escaping: 1, minor: 0, profile: None };
    (w, Findings { list: vec![f], totals, ..Findings::default() })
}

/// The same with what a profile says.
pub(super) fn bigdata_profiled() -> (World, Findings) {
    let (w, mut findings) = bigdata();
    let measured = |bytes, objects| Measured { bytes, objects };
    findings.list[0].cost.measured = Some(measured(24, 1));
    findings.totals.profile = Some(ProfileTotals {
        all: measured(4_203_520, 1208),
        named: measured(24, 1),
        imported: measured(4_194_304, 40),
        runtime: measured(8_192, 1100),
        helpers: Measured::default(),
        unknown_source: measured(0, 0),
        unmatched: measured(1_000, 67),
    });
    (w, findings)
}

const STOCK: &str = "package stock

import \"fmt\"

type Shelf struct {
	items map[string]*Item
	last  *Item
}

var all []*Shelf

func (s *Shelf) Add(name string, count int) *Item {
	item := Item{Name: name, Count: count}
	kept := &item
	s.items[name] = kept
	fmt.Println(\"added\", count)
	return kept
}

func Report(w io.Writer, lines []string) {
	for _, line := range lines {
		text := strings.Repeat(line, 2) + longSuffixOfTheReport(line, \"日本語\") + fmt.Sprintf(\"%d of %d\", len(line), len(lines))
		buf := make([]byte, len(text))
		copy(buf, text)
		go func() { w.Write(buf) }()
	}
}
";

const PRINT: &str = "package fmt

func Println(a ...any) (n int, err error) {
	return Fprintln(os.Stdout, a...)
}

func Fprintln(w io.Writer, a ...any) (n int, err error) {
	p := newPrinter()
	p.doPrintln(a)
}

func (p *pp) doPrintln(a []any) {
	for argNum, arg := range a {
		p.printArg(arg, 'v')
	}
}

func (p *pp) printArg(arg any, verb rune) {
	p.arg = arg
	p.value = reflect.Value{}
}
";

/// Findings of many kinds: through calls, in loops, on long lines.
pub(super) fn stock() -> (World, Findings) {
    let w = World::new("example.com/shop/stock");
    let file = w.file("stock/shelf.go", STOCK);
    let print = w.file("/sdk/src/fmt/print.go", PRINT);
    let list = vec![item(&w, file), boxed(&w, file, print), concat(&w, file), buffer(&w, file)];
    let totals = Totals { packages: 3, sites: 1250, escaping: 340, minor: 0, profile: None };
    (
        w,
        Findings {
            list,
            totals,
            hidden: Hidden { beyond_limit: 12, minor: 410, ..Hidden::default() },
            ..Findings::default()
        },
    )
}

const ADD: &str = "example.com/shop/stock.(*Shelf).Add";
const REPORT: &str = "example.com/shop/stock.Report";

fn item(w: &World, file: FileId) -> Finding {
    Finding {
        cause: Cause::MapStore,
        story: story(
            Cause::MapStore,
            vec![
                w.step(ADD, w.at(file, "kept := &item", "&"), flows(Reason::AddressOf)),
                w.step(ADD, w.at(file, "kept := &item", ":="), assigned("kept")),
                w.step(ADD, w.at(file, "s.items[name] = kept", "="), ends(Cause::MapStore, Reason::Assign)),
            ],
        ),
        cost: estimated(48, 0, 3),
        advice: vec![Advice::Reuse],
        ..w.finding(ADD, w.at(file, "item := Item", "item"), "item", "Item")
    }
}

fn boxed(w: &World, file: FileId, print: FileId) -> Finding {
    let call = "fmt.Println(\"added\"";
    let inside =
        |depth, name: &str, line, text, what| w.step_of(depth, name, "fmt", w.at(print, line, text), what);
    let printer = "fmt.(*pp).printArg";
    Finding {
        subject: "count".into(),
        kind: SiteKind::Boxed,
        class: Class::RunTime(Why::SmallValue),
        cause: Cause::PointerStore,
        story: story(
            Cause::PointerStore,
            vec![
                w.step(ADD, w.at(file, call, "count"), flows(Reason::Spill)),
                w.step(ADD, w.at(file, call, "count"), flows(Reason::SliceLiteralElement)),
                w.step(ADD, w.at(file, call, "("), enters("fmt.Println", "a")),
                inside(1, "fmt.Println", "return Fprintln", "(", enters("fmt.Fprintln", "a")),
                inside(2, "fmt.Fprintln", "p.doPrintln(a)", "(", enters("fmt.(*pp).doPrintln", "a")),
                inside(3, "fmt.(*pp).doPrintln", "for argNum", "range", flows(Reason::RangeDeref)),
                inside(3, "fmt.(*pp).doPrintln", "p.printArg(arg", "(", enters(printer, "arg")),
                inside(4, printer, "p.arg = arg", "=", ends(Cause::PointerStore, Reason::Assign)),
            ],
        ),
        cost: estimated(8, 0, 3),
        ..w.finding(ADD, w.at(file, call, "count"), "count", "int")
    }
}

fn concat(w: &World, file: FileId) -> Finding {
    let at = w.at(file, "text := strings", "strings.Repeat(line, 2) +");
    Finding {
        kind: SiteKind::Concat,
        class: Class::StackUpTo(32),
        escapes: false,
        cause: Cause::Concat,
        cost: Cost { estimate: Estimate { bytes: None, loop_depth: 1, callers: 0, weight: 320.0 }, ..Cost::default() },
        advice: vec![Advice::Builder],
        copies: vec![
            Copy { function: sym("main.main"), call: Pos::NONE, escapes: true },
            Copy { function: sym("main.run"), call: Pos::NONE, escapes: false },
        ],
        ..w.finding(
            REPORT,
            at,
            "strings.Repeat(line, 2) + longSuffixOfTheReport(line, \"日本語\") + fmt.Sprintf(\"%d of %d\", len(line), len(lines))",
            "string",
        )
    }
}

fn buffer(w: &World, file: FileId) -> Finding {
    let literal = "go func() { w.Write(buf) }()";
    Finding {
        kind: SiteKind::MakeSlice,
        cause: Cause::Goroutine,
        story: story(
            Cause::Goroutine,
            vec![
                w.step(REPORT, w.at(file, "buf := make", "make"), flows(Reason::Spill)),
                w.step(REPORT, w.at(file, "buf := make", ":="), assigned("buf")),
                w.step(
                    REPORT,
                    w.at(file, literal, "func"),
                    ends(Cause::Goroutine, Reason::CapturedByClosure),
                ),
            ],
        ),
        cost: Cost {
            estimate: Estimate { bytes: None, loop_depth: 1, callers: 0, weight: 640.0 },
            ..Cost::default()
        },
        advice: vec![Advice::Hoist],
        ..w.finding(REPORT, w.at(file, "buf := make", "make"), "make([]byte, len(text))", "byte")
    }
}

/// An answer with the story of a finding.
pub(super) fn answer_of(f: &Finding, what: Subject) -> Answer {
    Answer {
        package: f.package,
        function: f.function,
        span: f.span,
        subject: f.subject.clone(),
        ty: f.ty.clone(),
        what,
        kind: Some(f.kind),
        class: f.class,
        escapes: f.escapes,
        cause: Some(f.cause),
        ways: vec![Way { leads: Leads::Heap, derefs: 0, story: f.story.clone() }],
        copies: f.copies.clone(),
        cost: f.cost,
        advice: f.advice.clone(),
    }
}

const REGISTER: &str = "package shop

var all []*Item

func Register(item *Item, tags ...string) *Item {
	checked := check(item)
	all = append(all, checked)
	var n int
	count(&n)
	return checked
}

func check(item *Item) *Item { return item }
";

/// A parameter that leaks in two ways, and a variable that stays on the stack.
pub(super) fn register() -> (World, Vec<Answer>) {
    let w = World::new("example.com/shop");
    let file = w.file("register.go", REGISTER);
    let name = "example.com/shop.Register";
    let through = Happens::Through { callee: func("example.com/shop.check"), param: sym("item") };
    let way = |leads, derefs, cause, last: StoryStep| Way {
        leads,
        derefs,
        story: story(
            cause,
            vec![
                w.step(name, w.at(file, "checked := check", "("), through.clone()),
                w.step(name, w.at(file, "checked := check", ":="), assigned("checked")),
                last,
            ],
        ),
    };
    let append = Happens::Ends {
        cause: Cause::SliceStore,
        reason: Reason::AppendedSlice,
        callee: Some(Callee::Append),
        to: None,
    };
    let item = w.finding(name, w.at(file, "func Register", "item"), "item", "*Item");
    let item = Answer {
        kind: None,
        class: Class::Stack,
        escapes: false,
        cause: None,
        ways: vec![
            way(
                Leads::Heap,
                0,
                Cause::SliceStore,
                w.step(name, w.at(file, "all = append", "append"), append),
            ),
            way(
                Leads::Result(sym("~r0")),
                0,
                Cause::Returned,
                w.step(name, w.at(file, "return checked", "return"), ends(Cause::Returned, Reason::Return)),
            ),
        ],
        ..answer_of(&item, Subject::Parameter)
    };
    let n = w.finding(name, w.at(file, "var n int", "n int"), "n", "int");
    let through = Happens::Through { callee: func("example.com/shop.count"), param: sym("p") };
    let steps = vec![
        w.step(name, w.at(file, "count(&n)", "&"), flows(Reason::AddressOf)),
        w.step(name, w.at(file, "count(&n)", "("), through),
    ];
    let n = Answer {
        class: Class::Stack,
        escapes: false,
        cause: None,
        ways: vec![Way { leads: Leads::Nowhere, derefs: 0, story: Story { steps, ..Story::default() } }],
        ..answer_of(&n, Subject::Variable)
    };
    (w, vec![item, n])
}

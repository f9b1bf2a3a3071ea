//! What is printed for findings made by hand.

use std::path::Path;

use escargo_findings::answer::Subject;
use escargo_findings::finding::Findings;
use unicode_width::UnicodeWidthStr;

use super::samples::*;
use super::{Style, answer, github, human, json, short};

const RUN: json::Run<'static> = json::Run { escargo: "0.1.0", go: "go1.27.3", target: "linux/amd64" };

#[track_caller]
fn same(text: &str, expected: &str) {
    if text != expected {
        let differ = text.lines().zip(expected.lines()).position(|(a, b)| a != b);
        panic!("line {} differs:\n{text}", differ.map_or(0, |i| i + 1));
    }
}

/// Text without colours and links.
fn bare(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('\x1b') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = if rest.starts_with("\x1b]") {
            rest.find("\x1b\\").map(|i| i + 2)
        } else {
            rest.find('m').map(|i| i + 1)
        };
        rest = &rest[end.unwrap_or(rest.len())..];
    }
    out + rest
}

fn all_samples() -> Vec<(World, Findings)> {
    vec![bigdata(), bigdata_profiled(), stock()]
}

#[test]
fn the_first_example_fits_on_a_screen() {
    let (w, f) = bigdata();
    let text = human(&f, &w.sources, &plain());
    same(
        &text,
        r#"func main.getBadData
heap[returned]: `data` is moved to the heap: its address is returned
  --> main.go:52:2
   |
52 |     data := bigData()
   |     ^^^^ on the heap every time
53 |     return &data
   |            ----- its address is returned
   |
   = cost: 24 bytes each time, function called in 1 place (estimate)
   = help: return the value (`[]byte`, 24 bytes) instead of its address
   = help: let the caller pass a pointer, and fill in what it points to

3 allocation sites in 1 package, 1 escapes to the heap; 1 shown.
Costs are estimates; --profile FILE gives measured ones.
"#,
    );
    assert!(text.lines().count() <= 30);
}

#[test]
fn a_profile_is_shared_out() {
    let (w, f) = bigdata_profiled();
    let text = human(&f, &w.sources, &plain());
    let (_, summary) = text.split_once("\n\n").unwrap();
    same(
        summary,
        r#"3 allocation sites in 1 package, 1 escapes to the heap; 1 shown.

The profile has 4 MB in 1,208 objects:
  <0.1 %     24 bytes  findings in the packages asked for
  99.8 %         4 MB  findings in packages that these import
   0.2 %         8 kB  allocated by the run time for itself
  <0.1 %  1,000 bytes  not matched to a finding
"#,
    );
}

#[test]
fn findings_of_many_kinds() {
    let (w, f) = stock();
    same(
        &human(&f, &w.sources, &plain()),
        r#"func stock.(*Shelf).Add: 2 findings
heap[map-store]: `item` is moved to the heap: its address is stored in a map
  --> stock/shelf.go:13:2
   |
13 |     item := Item{Name: name, Count: count}
   |     ^^^^ on the heap every time
14 |     kept := &item
   |             ----- its address is assigned to `kept`
15 |     s.items[name] = kept
   |     ------------- stored in a map
   |
   = cost: 48 bytes each time, function called in 3 places (estimate)
   = help: use one value for many calls: a field of the receiver, or a
           `sync.Pool`

heap[pointer-store]: `count` is copied to the heap unless below 256: it is
                     stored through a pointer in `fmt.(*pp).printArg`
  --> stock/shelf.go:16:23
   |
16 |     fmt.Println("added", count)
   |                          ^^^^^ on the heap, unless its value is below 256
   |
   = then: passed to `fmt.Println` as `a`
   = then: 4 more steps: `escargo why stock/shelf.go:16`
   = then: in `fmt.(*pp).printArg`, fmt/print.go:19: stored through a pointer:
           `p.arg = arg`
   = cost: 8 bytes each time, function called in 3 places (estimate)

func stock.Report: 2 findings
maybe[concat]: `strings.Repeat(line, 2) + longSuffixOfTheReport(…` is allocated
               on the heap if larger than 32 bytes: concatenation makes a new
               string
  --> stock/shelf.go:22:11
   |
22 | ...   text := strings.Repeat(line, 2) + longSuffixOfTheReport(line, "日...
   |               ^^^^^^^^^^^^^^ on the stack up to 32 bytes, then on the heap
   |
   = note: inlined at 2 calls, and escapes at 1 of them
   = cost: size known only at run time, in a loop (estimate)
   = help: build the string with a `strings.Builder`, or append to a `[]byte`

heap[goroutine]: `make([]byte, len(text))` is allocated on the heap: it is
                 handed to a new goroutine
  --> stock/shelf.go:23:10
   |
23 |         buf := make([]byte, len(text))
   |                ^^^^^^^^^^^^^^^^^^^^^^^ on the heap every time
24 |         copy(buf, text)
25 |         go func() { w.Write(buf) }()
   |            ------ handed to a new goroutine
   |
   = cost: size known only at run time, in a loop (estimate)
   = help: move it out of the loop, and use it again each time

1,250 allocation sites in 3 packages, 340 escape to the heap; 4 shown.
12 more findings that cost less; --limit 0 shows them.
410 more findings that hardly matter; --all shows them.
Costs are estimates; --profile FILE gives measured ones.
"#,
    );
}

#[test]
fn more_than_five_are_named_again() {
    let (w, mut f) = stock();
    let more: Vec<_> = f.list.iter().take(2).cloned().collect();
    f.list.extend(more);
    let text = human(&f, &w.sources, &plain());
    let (_, five) = text.split_once("What costs most:").unwrap();
    same(
        five,
        r#"
    varies  stock/shelf.go:23  make([]byte, len(text))  [goroutine] in a loop
    varies  stock/shelf.go:22  strings.Repeat(line, 2) + longSuffixOfTheRepor...
  48 bytes  stock/shelf.go:13  item  [map-store]
  48 bytes  stock/shelf.go:13  item  [map-store]
   8 bytes  stock/shelf.go:16  count  [pointer-store]
"#,
    );
}

#[test]
fn nothing_to_show() {
    let (w, _) = bigdata();
    let text = human(&Findings::default(), &w.sources, &plain());
    same(
        &text,
        r#"0 allocation sites in 0 packages, none escapes to the heap; 0 shown.
"#,
    );
}

#[test]
fn a_story_through_calls() {
    let (w, f) = stock();
    same(
        &answer(&answer_of(&f.list[1], Subject::Allocation), &w.sources, None, &plain()),
        r#"heap[pointer-store]: `count` is copied to the heap unless below 256: it is
                     stored through a pointer in `fmt.(*pp).printArg`
  --> stock/shelf.go:16:23
   |
16 |     fmt.Println("added", count)
   |                          ^^^^^ on the heap, unless its value is below 256

How it escapes:
1. stock/shelf.go:16 in stock.(*Shelf).Add
   fmt.Println("added", count)
                        ----- passed to `fmt.Println` as `a`
  2. fmt/print.go:4 in fmt.Println
     return Fprintln(os.Stdout, a...)
            ------------------------- passed to `fmt.Fprintln` as `a`
    3. fmt/print.go:9 in fmt.Fprintln
       p.doPrintln(a)
       -------------- passed to `fmt.(*pp).doPrintln` as `a`
      4. fmt/print.go:13 in fmt.(*pp).doPrintln
         for argNum, arg := range a {
                            ----- ranged over, element by element
      5. fmt/print.go:14
         p.printArg(arg, 'v')
         -------------------- passed to `fmt.(*pp).printArg` as `arg`
        6. fmt/print.go:19 in fmt.(*pp).printArg
           p.arg = arg
           ^^^^^ stored through a pointer

function: stock.(*Shelf).Add
cost: 8 bytes each time, function called in 3 places (estimate)
"#,
    );
}

#[test]
fn a_parameter_that_leaks_in_two_ways() {
    let (w, a) = register();
    same(
        &answer(&a[0], &w.sources, None, &plain()),
        r#"leaks[slice-store]: parameter `item` leaks to the heap: it is stored in a slice
 --> register.go:5:15
  |
5 | func Register(item *Item, tags ...string) *Item {
  |               ^^^^ parameter of type `*Item`

How it gets to the heap (1 of 2):
1. register.go:6 in shop.Register
   checked := check(item)
              ----- passed to `shop.check` as `item`, which returns it, then
                    assigned to `checked`
2. register.go:7
   all = append(all, checked)
         ^^^^^^^^^^^^^^^^^^^^ stored in a slice

How it gets to a result (2 of 2):
1. register.go:6 in shop.Register
   checked := check(item)
              ----- passed to `shop.check` as `item`, which returns it, then
                    assigned to `checked`
2. register.go:10
   return checked
   ^^^^^^^^^^^^^^ returned

function: shop.Register
"#,
    );
}

#[test]
fn what_stays_on_the_stack() {
    let (w, a) = register();
    same(
        &answer(&a[1], &w.sources, None, &plain()),
        r#"stack: `n` stays on the stack
 --> register.go:8:6
  |
8 |     var n int
  |         ^ variable of type `int`, on the stack

Where it goes, without leaving the stack:
1. register.go:9 in shop.Register
   count(&n)
         -- its address is passed to `shop.count` as `p`, which does not let it
            escape

function: shop.Register
"#,
    );
}

#[test]
fn colours_and_links_change_nothing_else() {
    for (w, f) in all_samples() {
        let coloured = Style { colours: true, links: true, ..plain() };
        let text = human(&f, &w.sources, &coloured);
        assert!(text.contains("\x1b[1m"), "colours");
        assert!(text.contains("\x1b]8;;file:///home/u/shop/"), "links");
        same(&bare(&text), &human(&f, &w.sources, &plain()));
        let a = answer_of(&f.list[0], Subject::Variable);
        same(&bare(&answer(&a, &w.sources, None, &coloured)), &answer(&a, &w.sources, None, &plain()));
        same(&bare(&short(&f, &w.sources, &coloured)), &short(&f, &w.sources, &plain()));
    }
}

#[test]
fn lines_fit_the_terminal() {
    for (w, f) in all_samples() {
        for width in [72, 80, 100, 132, 160] {
            let style = Style { width, ..plain() };
            let mut texts = vec![human(&f, &w.sources, &style)];
            texts.extend(
                f.list.iter().map(|f| answer(&answer_of(f, Subject::Allocation), &w.sources, None, &style)),
            );
            for line in texts.iter().flat_map(|text| text.lines()) {
                assert!(line.width() <= width, "{} columns of {width}:\n{line}", line.width());
            }
        }
    }
}

#[test]
fn odd_places_do_no_harm() {
    let (w, mut f) = stock();
    for finding in &mut f.list {
        finding.span.start.offset += 100_000;
        finding.story.steps.iter_mut().for_each(|step| step.pos.offset = u32::MAX);
    }
    let (mut nowhere, mut bytes) = (f.clone(), f.clone());
    nowhere.list.iter_mut().for_each(|finding| finding.span = escargo_base::Span::NONE);
    let latin1 = w.sources.add("/home/u/shop/latin1.go".into(), (*b"x := \xe9\xe9 + &data\r\n").into());
    for finding in &mut bytes.list {
        finding.span = escargo_base::Span::at(escargo_base::Pos::new(latin1, 10));
    }
    for f in [f, nowhere, bytes] {
        for width in [0, 1, 20, 80] {
            assert!(!human(&f, &w.sources, &Style { width, ..plain() }).is_empty());
        }
        assert!(!json::findings(&f, &RUN, &w.sources).is_empty());
        github::findings(&f, &w.sources, Path::new(CWD));
        assert!(!short(&f, &w.sources, &plain()).is_empty());
        for finding in &f.list {
            assert!(!answer(&answer_of(finding, Subject::Variable), &w.sources, None, &plain()).is_empty());
        }
    }
}

#[test]
fn a_line_each() {
    let (w, f) = stock();
    same(
        &short(&f, &w.sources, &plain()),
        r#"stock/shelf.go:13:2: item is moved to the heap: its address is stored in a map [map-store] (48 bytes each time, function called in 3 places, estimated)
stock/shelf.go:16:23: count is copied to the heap unless below 256: it is stored through a pointer in fmt.(*pp).printArg [pointer-store] (8 bytes each time, function called in 3 places, estimated)
stock/shelf.go:22:11: strings.Repeat(line, 2) + longSuffixOfTheReport(… is allocated on the heap if larger than 32 bytes: concatenation makes a new string [concat] (size known only at run time, in a loop, estimated)
stock/shelf.go:23:10: make([]byte, len(text)) is allocated on the heap: it is handed to a new goroutine [goroutine] (size known only at run time, in a loop, estimated)
"#,
    );
}

#[test]
fn annotations_are_escaped() {
    let (w, f) = stock();
    let text = github::findings(&f, &w.sources, Path::new(CWD));
    same(
        text.split_inclusive('\n').nth(2).unwrap(),
        r#"::notice file=stock/shelf.go,line=22,col=11,endColumn=33,title=strings.Repeat(line%2C 2) + longSuffixOfTheReport(… is allocated on the heap if larger than 32 bytes%3A concatenation makes a new string [concat]::In stock.Report: on the stack up to 32 bytes, then on the heap; size known only at run time, in a loop (estimate).%0AHelp: build the string with a `strings.Builder`, or append to a `[]byte`.
"#,
    );
    assert_eq!(github::findings(&f, &w.sources, Path::new("/elsewhere")), "");
}

#[test]
fn json_of_a_finding() {
    let (w, f) = bigdata();
    same(
        &json::findings(&f, &RUN, &w.sources),
        r#"{"kind":"run","schema":"escargo.findings/1","escargo":"0.1.0","go":"go1.27.3","target":"linux/amd64"}
{"kind":"finding","package":"command-line-arguments","function":"main.getBadData","imported":false,"at":{"file":"/home/u/shop/main.go","line":52,"column":2,"end_line":52,"end_column":6},"subject":"data","type":"[]byte","site":"variable","class":{"kind":"heap"},"verdict":"heap","escapes":true,"cause":"returned","title":"`data` is moved to the heap: its address is returned","story":{"end":"returned","partial":false,"steps":[{"depth":0,"function":"main.getBadData","package":"command-line-arguments","at":{"file":"/home/u/shop/main.go","line":53,"column":9,"end_line":53,"end_column":14},"what":"flows","words":"its address is taken","reason":"address-of"},{"depth":0,"function":"main.getBadData","package":"command-line-arguments","at":{"file":"/home/u/shop/main.go","line":53,"column":2,"end_line":53,"end_column":14},"what":"ends","words":"returned","reason":"return","cause":"returned"}]},"cost":{"estimate":{"bytes":24,"loop_depth":0,"callers":1,"weight":24.0},"moved":false},"advice":[{"code":"return-value","text":"return the value (`[]byte`, 24 bytes) instead of its address","type":"[]byte","size":24},{"code":"pass-destination","text":"let the caller pass a pointer, and fill in what it points to"}]}
{"kind":"totals","packages":1,"sites":3,"escaping":1,"shown":1,"hidden":{"unasked":0,"minor":0,"cheap":0,"beyond_limit":0}}
"#,
    );
}

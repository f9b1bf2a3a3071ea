//! Every key and every code of the JSON output is documented.

use std::collections::BTreeSet;

use escargo_alloc::{Class, SiteKind, Why};
use escargo_escape::Reason;
use escargo_findings::Cause;
use escargo_findings::answer::Subject;
use escargo_findings::facts::{Callee, Role};
use escargo_findings::finding::Advice;
use escargo_findings::story::Happens;
use serde_json::Value;

use super::samples::*;
use super::words::{class, clause, headline};
use super::{advice, codes, json, steps};

const DOCS: &str = include_str!("../../../../docs/json.md");

const SITES: [SiteKind; 23] = [
    SiteKind::Variable,
    SiteKind::New,
    SiteKind::CompositePtr,
    SiteKind::SliceLit,
    SiteKind::VariadicSlice,
    SiteKind::MakeSlice,
    SiteKind::MakeMap,
    SiteKind::MapLit,
    SiteKind::MakeChan,
    SiteKind::Closure,
    SiteKind::MethodValue,
    SiteKind::Boxed,
    SiteKind::Append,
    SiteKind::Concat,
    SiteKind::BytesToString,
    SiteKind::StringToBytes,
    SiteKind::RunesToString,
    SiteKind::StringToRunes,
    SiteKind::RuneToString,
    SiteKind::MapAssign,
    SiteKind::GoStatement,
    SiteKind::DeferRecord,
    SiteKind::MoveToHeap,
];

const WHYS: [Why; 22] = [
    Why::ZeroSize,
    Why::ReadOnly,
    Why::PointerShaped,
    Why::SingleByte,
    Why::NoCaptures,
    Why::CalledInPlace,
    Why::ZeroCopy,
    Why::Compared,
    Why::LookedUp,
    Why::Ranged,
    Why::Counted,
    Why::Fused,
    Why::SmallValue,
    Why::EmptyString,
    Why::NilSlice,
    Why::ShortString,
    Why::OneOperand,
    Why::Capacity,
    Why::MapGrows,
    Why::MapEntry,
    Why::Reused,
    Why::InFrame,
];

const REASONS: [Reason; 39] = [
    Reason::AddressOf,
    Reason::AppendedSlice,
    Reason::AppendeeSlice,
    Reason::ArrayLiteralElement,
    Reason::Assign,
    Reason::AssignPair,
    Reason::AssignPairDotType,
    Reason::AssignPairMapR,
    Reason::AssignPairReceive,
    Reason::CallParameter,
    Reason::CalleeOperand,
    Reason::CapturedByClosure,
    Reason::ConversionToUnsafePointer,
    Reason::CopiedSlice,
    Reason::Dot,
    Reason::DotOfPointer,
    Reason::FixedArrayIndex,
    Reason::Indirection,
    Reason::InterfaceConverted,
    Reason::KeyOfMapPut,
    Reason::MapLiteralKey,
    Reason::MapLiteralValue,
    Reason::NonConstantSize,
    Reason::Range,
    Reason::RangeDeref,
    Reason::Reference,
    Reason::ReflectHeaderData,
    Reason::Return,
    Reason::Send,
    Reason::Slice,
    Reason::SliceLiteralElement,
    Reason::SliceToArray,
    Reason::Spill,
    Reason::StructLiteralElement,
    Reason::SwitchCase,
    Reason::TooAligned,
    Reason::TooLarge,
    Reason::UintptrEscapes,
    Reason::ZeroSizedElement,
];

fn advices() -> Vec<Advice> {
    vec![
        Advice::ReturnValue { ty: "T".into(), size: 8 },
        Advice::PassDestination,
        Advice::ConcreteType,
        Advice::ConstantSize,
        Advice::Preallocate,
        Advice::PassToClosure { variable: sym("x") },
        Advice::Hoist,
        Advice::DeferInFunction,
        Advice::Reuse,
        Advice::Builder,
    ]
}

fn keys(value: &Value, all: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                all.insert(key.clone());
                keys(value, all);
            }
        }
        Value::Array(list) => list.iter().for_each(|value| keys(value, all)),
        _ => {}
    }
}

#[track_caller]
fn documented(code: &str) {
    assert!(DOCS.contains(&format!("`{code}`")) || DOCS.contains(&format!("\"kind\": \"{code}\"")), "{code}");
}

#[test]
fn every_key_is_documented() {
    let run = json::Run { escargo: "0", go: "go1.27.3", target: "linux/amd64" };
    let mut text = String::new();
    for (w, mut f) in [bigdata_profiled(), stock()] {
        f.list[0].advice = advices();
        let at = f.list[0].span.start;
        f.list[0].story.steps.extend(whats().into_iter().map(|what| w.step("f", at, what)));
        text.push_str(&json::findings(&f, &run, &w.sources));
    }
    let (w, a) = register();
    text.push_str(&json::answers(&a, &run, &w.sources));
    let mut all = BTreeSet::new();
    for line in text.lines() {
        let value: Value = serde_json::from_str(line).expect("a line is JSON");
        documented(value["kind"].as_str().expect("a kind"));
        keys(&value, &mut all);
    }
    assert!(all.len() > 60, "{all:?}");
    all.iter().filter(|key| *key != "kind").for_each(|key| documented(key));
    documented(json::SCHEMA);
}

/// Steps with all that a step can have.
fn whats() -> Vec<Happens> {
    let to = Some(variable("r", Some(Role::Result(1))));
    vec![
        Happens::Ends { cause: Cause::Returned, reason: Reason::Return, callee: Some(func("f")), to },
        Happens::Joins { to },
        Happens::Through { callee: Callee::Value, param: sym("p") },
    ]
}

#[test]
fn every_code_is_documented_and_its_own() {
    let lists: [Vec<&str>; 4] = [
        SITES.into_iter().map(codes::site).collect(),
        WHYS.into_iter().map(codes::why).collect(),
        REASONS.into_iter().map(codes::reason).collect(),
        advices().iter().map(advice::advice_code).collect(),
    ];
    for list in lists {
        list.iter().for_each(|code| documented(code));
        assert_eq!(list.iter().collect::<BTreeSet<_>>().len(), list.len());
    }
    for class in [
        Class::Never(Why::Fused),
        Class::Stack,
        Class::StackUpTo(1),
        Class::RunTime(Why::Reused),
        Class::Heap,
    ] {
        documented(codes::class(class));
    }
    for what in [Subject::Variable, Subject::Parameter, Subject::Allocation] {
        documented(codes::subject(what));
    }
    for role in [None, Some(Role::Local), Some(Role::Temp), Some(Role::Param), Some(Role::Result(0))] {
        documented(codes::role(role));
    }
}

/// Words that mean one thing each, and are put together to sentences.
#[test]
fn words_are_distinct() {
    let mut clauses: Vec<String> = Vec::new();
    for cause in Cause::ALL {
        clauses.push(clause(cause, &Default::default(), SiteKind::New, "f"));
    }
    let mut classes: Vec<String> = Vec::new();
    for why in WHYS {
        classes.push(class(Class::RunTime(why), SiteKind::New));
    }
    let advices: Vec<String> = advices().iter().map(advice::advice).collect();
    for list in [clauses, classes, advices] {
        assert_eq!(list.iter().collect::<BTreeSet<_>>().len(), list.len(), "{list:#?}");
        for text in list {
            assert!(!text.ends_with('.') && !text.contains("  ") && text.is_ascii(), "{text}");
        }
    }
    for kind in SITES {
        for class in [
            Class::Never(Why::Fused),
            Class::Stack,
            Class::StackUpTo(1),
            Class::RunTime(Why::Reused),
            Class::Heap,
        ] {
            assert!(
                headline("x", kind, class).contains(" is ")
                    || headline("x", kind, class).contains(" may ")
                    || headline("x", kind, class).contains(" stays ")
                    || headline("x", kind, class).contains(" allocates ")
            );
        }
    }
    for reason in REASONS {
        assert!(!steps::reason_words(reason).starts_with("it "));
    }
}

//! Answering: what is known of the things at a place, or of a name.

use escargo_alloc::{Class, SiteKind};
use escargo_base::{FileId, Pos, Span, Symbol};
use rustc_hash::FxHashMap;

use crate::Answer;
use crate::answer::{Leads, Subject, Way};
use crate::facts::{LeakTo, PackageFacts, Role, SiteFacts, VariableFacts};
use crate::finding::{Copy, Cost};
use crate::gather::{Asked, Gathered, SiteAt, frames};
use crate::packages::{FuncAt, Packages};
use crate::tell::Teller;

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub enum Question<'q> {
    /// What stands between two offsets of a file.
    Place {
        /// The file.
        file: FileId,
        /// First byte.
        start: u32,
        /// Just past the last byte.
        end: u32,
    },
    /// A function or variable: `f`, `T.M`, `(*T).M`, with or without the package in front.
    Name(&'q str),
}

/// The answers to a question, in the order of the source; spans are points. `gathered` are the findings about all sites.
pub fn ask(
    packages: &Packages,
    asked: &dyn Asked,
    gathered: &[Gathered],
    question: Question<'_>,
) -> Vec<Answer> {
    let asking = Asking { packages, teller: Teller::new(packages), question };
    let mut answers = Vec::new();
    for (number, package) in packages.list().iter().enumerate() {
        if asked.has_package(number as u32) {
            asking.variables(number as u32, package, gathered, &mut answers);
        }
    }
    for gathered in gathered {
        if gathered.finding.kind != SiteKind::Variable && asking.wants_site(gathered) {
            answers.extend(asking.site(gathered));
        }
    }
    answers.iter_mut().for_each(|answer| answer.span = Span::at(packages.canonical(answer.span.start)));
    answers.sort_by_key(|answer| (packages.order(answer.span.start), answer.what == Subject::Allocation));
    // A package and its test variant give the same answers.
    answers.dedup_by(|b, a| {
        let of = |answer: &Answer| (answer.span, answer.what, answer.kind, answer.cause);
        of(a) == of(b) && a.subject == b.subject
    });
    answers
}

struct Asking<'f> {
    packages: &'f Packages,
    teller: Teller<'f>,
    question: Question<'f>,
}

impl Asking<'_> {
    fn is_there(&self, pos: Pos) -> bool {
        match self.question {
            Question::Place { file, start, end } => {
                pos.file == Some(file) && (start..end).contains(&pos.offset)
            }
            Question::Name(_) => false,
        }
    }

    fn names_function(&self, function: Symbol) -> bool {
        match self.question {
            Question::Name(name) => is_named(function.as_str(), name),
            Question::Place { .. } => false,
        }
    }

    fn wants_site(&self, gathered: &Gathered) -> bool {
        self.is_there(gathered.finding.span.start) || self.names_function(gathered.finding.function)
    }

    fn wants_variable(&self, func: FuncAt, variable: &VariableFacts) -> bool {
        let named = matches!(self.question, Question::Name(name) if name == variable.name.as_str());
        // Of a function that is asked for, what it declares: not what was inlined into it.
        let function = || self.packages.written_in(func, variable.at).shown;
        named || self.is_there(variable.at.pos) || self.names_function(function())
    }

    /// Answers about variables as written. Copies in functions that they were inlined to, and in instances, are added to
    /// these.
    fn variables(
        &self,
        number: u32,
        package: &PackageFacts,
        gathered: &[Gathered],
        answers: &mut Vec<Answer>,
    ) {
        let mut by_place: FxHashMap<Pos, Vec<&VariableFacts>> = FxHashMap::default();
        let mut order = Vec::new();
        for variable in &package.variables {
            let generated = package.funcs[variable.func as usize].generated;
            let func = FuncAt { package: number, func: variable.func };
            if generated || !self.wants_variable(func, variable) {
                continue;
            }
            let list = by_place.entry(variable.at.pos).or_insert_with(|| {
                order.push(variable.at.pos);
                Vec::new()
            });
            list.push(variable);
        }
        for pos in order {
            let copies = &by_place[&pos];
            let own = copies.iter().find(|variable| variable.at.inlined.is_none());
            let Some(&variable) = own.or(copies.first()) else { continue };
            let class = gathered.iter().find(|gathered| {
                gathered.finding.kind == SiteKind::Variable && gathered.finding.span.start == pos
            });
            answers.push(self.variable(number, package, variable, copies, class));
        }
    }

    fn variable(
        &self,
        number: u32,
        package: &PackageFacts,
        variable: &VariableFacts,
        copies: &[&VariableFacts],
        gathered: Option<&Gathered>,
    ) -> Answer {
        let func = FuncAt { package: number, func: variable.func };
        let name = self.packages.written_in(func, variable.at);
        let is_param = variable.role == Role::Param;
        let escapes = variable.escape.is_some();
        let mut ways = Vec::new();
        if let Some(escape) = variable.escape {
            ways.push(Way { leads: Leads::Heap, derefs: 0, story: self.teller.escape(func, escape) });
        }
        if is_param && variable.at.inlined.is_none() {
            ways.extend(self.leaks(func, variable));
        }
        if ways.is_empty() {
            let story = self.teller.stays(func, &variable.stays);
            ways.push(Way { leads: Leads::Nowhere, derefs: 0, story });
        }
        let own = gathered.map(|gathered| &gathered.finding).filter(|finding| escapes && finding.escapes);
        Answer {
            package: name.package,
            function: name.shown,
            span: Span::at(variable.at.pos),
            subject: variable.name.as_str().to_owned(),
            ty: variable.ty.clone(),
            what: if is_param { Subject::Parameter } else { Subject::Variable },
            kind: escapes.then_some(SiteKind::Variable),
            class: own.map_or(if escapes { Class::Heap } else { Class::Stack }, |finding| finding.class),
            escapes,
            ways,
            cause: own.map(|finding| finding.cause),
            advice: own.map(|finding| finding.advice.clone()).unwrap_or_default(),
            copies: copies_of(self.packages, package, copies),
            cost: gathered.map_or_else(Cost::default, |gathered| gathered.finding.cost),
        }
    }

    fn leaks(&self, func: FuncAt, variable: &VariableFacts) -> Vec<Way> {
        let facts = self.packages.func(func);
        let Some(input) = facts.inputs.iter().find(|input| input.pos == variable.at.pos) else {
            return Vec::new();
        };
        let result = |index: u32| {
            let name = facts.results.get(index as usize).copied();
            name.unwrap_or_else(|| Symbol::intern(&format!("~r{index}")))
        };
        let way = |leak: &crate::facts::Leak| Way {
            leads: match leak.to {
                LeakTo::Heap => Leads::Heap,
                LeakTo::Result(index) => Leads::Result(result(index)),
            },
            derefs: leak.derefs,
            story: self.teller.leak(func, leak),
        };
        input.leaks.iter().map(way).collect()
    }

    fn site(&self, gathered: &Gathered) -> Option<Answer> {
        let finding = &gathered.finding;
        let &SiteAt { package, site } = gathered.members.first()?;
        let facts: &SiteFacts = &self.packages.package(package).sites[site as usize];
        let way = match finding.escapes {
            true => Way { leads: Leads::Heap, derefs: 0, story: finding.story.clone() },
            false => {
                let func = FuncAt { package, func: facts.func };
                Way { leads: Leads::Nowhere, derefs: 0, story: self.teller.stays(func, &facts.stays) }
            }
        };
        Some(Answer {
            package: finding.package,
            function: finding.function,
            span: finding.span,
            subject: finding.subject.clone(),
            ty: finding.ty.clone(),
            what: Subject::Allocation,
            kind: Some(finding.kind),
            class: finding.class,
            escapes: finding.escapes,
            ways: vec![way],
            cause: finding.told_cause(),
            copies: finding.copies.clone(),
            cost: finding.cost,
            advice: finding.advice.clone(),
        })
    }
}

fn copies_of(packages: &Packages, package: &PackageFacts, variables: &[&VariableFacts]) -> Vec<Copy> {
    let inlined = variables.iter().filter(|variable| variable.at.inlined.is_some());
    let mut copies: Vec<Copy> = inlined
        .filter_map(|variable| {
            let call = frames(package, variable.at).last()?.pos;
            let function = package.funcs[variable.func as usize].name.shown;
            Some(Copy { function, call, escapes: variable.escape.is_some() })
        })
        .collect();
    copies.sort_by_key(|copy| (packages.order(copy.call), copy.function.as_str()));
    copies.dedup();
    copies
}

/// Whether a function, as profiles have it, is what somebody calls `name`.
fn is_named(function: &str, name: &str) -> bool {
    let plain = |text: &str| text.replace("[...]", "").replace(['(', ')', '*'], "");
    let (function, name) = (plain(function), plain(name));
    match function.strip_suffix(name.as_str()) {
        Some(before) => before.is_empty() || before.ends_with(['.', '/']),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_functions() {
        for name in ["main.(*T).Get", "(*T).Get", "T.Get", "Get", "main.T.Get"] {
            assert!(is_named("main.(*T).Get", name), "{name}");
        }
        assert!(is_named("example.com/m.F[...]", "m.F"));
        assert!(is_named("m.F[...].func1", "F.func1"));
        for name in ["et", "T", "x.Get", "(*S).Get"] {
            assert!(!is_named("main.(*T).Get", name), "{name}");
        }
    }
}

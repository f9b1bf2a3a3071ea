//! Packages made for a test: the package with its `_test.go` files, the external test package, the
//! generated main package, and copies of everything between them that imports the tested package.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::build::{Builder, Draft, Edge, ImportPlace, Index, Placed, places};
use crate::error::{ImportStep, PackageError};
use crate::graph::PackageKind;

/// What every generated test program imports.
const TEST_MAIN_IMPORTS: [&str; 4] = ["os", "reflect", "testing", "testing/internal/testdeps"];

/// The packages made for one package's tests.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TestSet {
    pub(crate) main: Index,
    /// The package with its own test files; the package itself if it has none.
    pub(crate) test: Index,
    pub(crate) external: Option<Index>,
}

impl Builder<'_, '_> {
    /// Makes the packages for the tests of `package`, if it has any.
    pub(crate) fn test_packages(&mut self, package: Index) -> Option<TestSet> {
        let scan = self.source(package).scan.clone();
        if scan.test_files.is_empty() && scan.xtest_files.is_empty() {
            return None;
        }
        let path = self.drafts[package].import_path.clone();
        let source = self.drafts[package].source;
        let (mut edges, mut deps, mut error, mut incomplete) =
            self.test_imports(package, &format!("{path} (test)"), &places(&scan.test_imports, source));
        self.stack.push(step(&format!("{path} (test)")));
        let (embedded, embed_error) = self.embed_files(source, |s| &s.scan.test_embeds);
        self.stack.pop();
        incomplete |= embed_error.is_some();
        error = embed_error.or(error);
        let (mut x_edges, x_deps, mut x_error, x_incomplete) =
            self.test_imports(package, &format!("{path}_test"), &places(&scan.xtest_imports, source));
        self.stack.push(step(&format!("{path}_test")));
        let (x_embedded, embed_error) = self.embed_files(source, |s| &s.scan.xtest_embeds);
        self.stack.pop();
        x_error = x_error.or(embed_error);

        let own = &mut self.drafts[package];
        own.test_embed_files.clone_from(&embedded);
        own.xtest_embed_files.clone_from(&x_embedded);
        let own = self.drafts[package].clone();
        let test = if scan.test_files.is_empty() && own.name != "main" {
            package
        } else {
            edges.extend(own.imports.iter().cloned());
            deps.extend(&own.deps);
            let mut files = own.embed_files.clone();
            files.extend(embedded);
            self.add(Draft {
                kind: PackageKind::ForTest,
                for_test: Some(package),
                imports: edges,
                deps,
                embed_files: files,
                error: own.error.clone().or(error),
                incomplete: own.incomplete || incomplete,
                matches: Vec::new(),
                ..own.clone()
            })
        };
        x_edges.iter_mut().filter(|e| e.package == Some(package)).for_each(|e| e.package = Some(test));
        let external = (!scan.xtest_files.is_empty()).then(|| {
            let mut deps: Vec<Index> = x_deps.iter().copied().filter(|&d| d != package).collect();
            if deps.len() < x_deps.len() {
                deps.push(test);
            }
            self.add(Draft {
                import_path: format!("{path}_test"),
                name: format!("{}_test", own.name),
                kind: PackageKind::ExternalTest,
                for_test: Some(package),
                imports: x_edges,
                deps,
                embed_files: x_embedded,
                test_embed_files: Vec::new(),
                xtest_embed_files: Vec::new(),
                incomplete: x_incomplete || x_error.is_some(),
                error: x_error,
                matches: Vec::new(),
                ..own.clone()
            })
        });
        let main = self.test_main(&own, &path, test, external);
        self.recompile(main, package, test, external);
        Some(TestSet { main, test, external })
    }

    fn add(&mut self, draft: Draft) -> Index {
        self.drafts.push(draft);
        self.drafts.len() - 1
    }

    /// Loads the imports of test files.
    fn test_imports(
        &mut self,
        package: Index,
        label: &str,
        paths: &[Placed],
    ) -> (Vec<Edge>, Vec<Index>, Option<PackageError>, bool) {
        self.stack.push(step(label));
        let (mut edges, mut deps, mut error, mut incomplete) = (Vec::new(), Vec::new(), None, false);
        let mut add = |this: &mut Self, path: &Arc<str>, place: Option<&ImportPlace>| {
            let (child, e) = this.import(path, Some(package), place);
            incomplete |= e.is_some() || this.drafts[child].incomplete;
            if error.is_none() {
                error = e;
            }
            deps.push(child);
            child
        };
        for (path, place) in paths {
            let child = add(self, path, place.as_ref());
            let full = self.drafts[child].import_path.as_str().into();
            edges.push(Edge { written: path.clone(), path: full, package: Some(child) });
        }
        self.stack.pop();
        (edges, deps, error, incomplete)
    }

    /// The generated package that runs the tests.
    fn test_main(&mut self, own: &Draft, path: &str, test: Index, external: Option<Index>) -> Index {
        self.stack.push(step("testmain"));
        let mut paths: Vec<String> = TEST_MAIN_IMPORTS.iter().map(|&p| p.to_owned()).collect();
        paths.extend(self.linker_paths());
        let (mut edges, mut deps, mut error) = (Vec::new(), Vec::new(), None);
        for (i, dep) in paths.iter().enumerate() {
            let child = if *dep == own.import_path {
                test
            } else {
                let (child, e) = self.import(dep, None, None);
                error = error.or(e);
                child
            };
            deps.push(child);
            if i < TEST_MAIN_IMPORTS.len() {
                let path: Arc<str> = dep.as_str().into();
                edges.push(Edge { written: path.clone(), path, package: Some(child) });
            }
        }
        self.stack.pop();
        let scan = self.session.sources[own.source].scan.clone();
        let has_code = scan.go_files.len() + scan.cgo_files.len() + scan.test_files.len() > 0;
        for child in [has_code.then_some(test), external].into_iter().flatten() {
            deps.push(child);
            let path: Arc<str> = self.drafts[child].import_path.as_str().into();
            edges.push(Edge { written: path.clone(), path, package: Some(child) });
        }
        edges.sort_by(|a, b| a.written.cmp(&b.written));
        edges.dedup_by(|a, b| a.written == b.written);
        self.add(Draft {
            import_path: format!("{path}.test"),
            name: "main".to_owned(),
            kind: PackageKind::TestMain,
            for_test: None,
            imports: edges,
            deps,
            embed_files: Vec::new(),
            test_embed_files: Vec::new(),
            xtest_embed_files: Vec::new(),
            incomplete: error.is_some(),
            error,
            matches: Vec::new(),
            local: false,
            ..own.clone()
        })
    }

    /// Packages in dependency order, as found from `roots`.
    pub(crate) fn in_order(&self, roots: &[Index]) -> Vec<Index> {
        let mut seen = vec![false; self.drafts.len()];
        let mut out = Vec::new();
        let mut stack: Vec<(Index, usize)> = Vec::new();
        for &root in roots {
            if std::mem::replace(&mut seen[root], true) {
                continue;
            }
            stack.push((root, 0));
            while let Some((package, next)) = stack.last_mut() {
                let Some(&dep) = self.drafts[*package].deps.get(*next) else {
                    out.push(*package);
                    stack.pop();
                    continue;
                };
                *next += 1;
                if !std::mem::replace(&mut seen[dep], true) {
                    stack.push((dep, 0));
                }
            }
        }
        out
    }

    /// Whatever imports the tested package must be compiled again against the one with test files.
    fn recompile(&mut self, main: Index, real: Index, test: Index, external: Option<Index>) {
        let mut copies: FxHashMap<Index, Index> = FxHashMap::default();
        copies.insert(real, test);
        for package in self.in_order(&[main]) {
            if package == real {
                continue;
            }
            let fixed = package == main || Some(package) == external || package == test;
            let draft = &self.drafts[package];
            let changes = draft.deps.iter().any(|d| copies.get(d).is_some_and(|c| c != d));
            let program = draft.name == "main" && package != main && package != test;
            if !changes && (fixed || !program) {
                continue;
            }
            let target = if fixed {
                package
            } else {
                let copy = Draft { kind: PackageKind::ForTest, for_test: Some(real), ..draft.clone() };
                let copy = self.add(copy);
                copies.insert(package, copy);
                copy
            };
            let renewed = |p: Index| copies.get(&p).copied().unwrap_or(p);
            let draft = &mut self.drafts[target];
            draft.deps.iter_mut().for_each(|d| *d = renewed(*d));
            draft.imports.iter_mut().for_each(|e| e.package = e.package.map(renewed));
        }
        if let Some(error) = self.test_cycle(test) {
            self.drafts[test].error = Some(error);
            self.drafts[test].incomplete = true;
        }
    }

    /// The way from a package with test files back to itself, if there is one.
    fn test_cycle(&self, test: Index) -> Option<PackageError> {
        let mut importer: FxHashMap<Index, Option<Index>> = FxHashMap::default();
        let mut queue: Vec<Index> = self.drafts[test].deps.clone();
        for &p in &queue {
            importer.insert(p, None);
        }
        let mut at = 0;
        while at < queue.len() {
            let package = queue[at];
            at += 1;
            if package == test {
                return Some(self.cycle_error(test, &importer));
            }
            for &dep in &self.drafts[package].deps {
                if let std::collections::hash_map::Entry::Vacant(slot) = importer.entry(dep) {
                    slot.insert(Some(package));
                    queue.push(dep);
                }
            }
        }
        None
    }

    fn cycle_error(&self, test: Index, importer: &FxHashMap<Index, Option<Index>>) -> PackageError {
        let mut stack = Vec::new();
        let mut at = Some(test);
        while let Some(package) = at {
            let by = importer.get(&package).copied().flatten();
            let from = &self.source(by.unwrap_or(test)).scan;
            let path = &self.drafts[package].import_path;
            let lists = [&from.imports, if by.is_none() { &from.test_imports } else { &from.imports }];
            let shows_files = self.session.config.context.toolchain.at_least(24);
            let place = lists.into_iter().flatten().find(|(p, _)| p == path && shows_files);
            let file = place.map(|(_, pos)| pos.file.clone());
            stack.push(ImportStep { path: path.as_str().into(), file });
            at = by;
        }
        stack.push(step(&self.drafts[test].import_path));
        stack.reverse();
        PackageError {
            import_stack: stack,
            pos: None,
            message: "import cycle not allowed in test".to_owned(),
            is_import_cycle: true,
            always_print_stack: false,
        }
    }
}

fn step(path: &str) -> ImportStep {
    ImportStep { path: path.into(), file: None }
}

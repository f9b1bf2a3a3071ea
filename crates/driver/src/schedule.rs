//! Runs the work of packages in dependency order on several threads.
//!
//! Each package has three tasks: reading and parsing, which needs nothing; checking, which needs the types of all
//! packages that it imports; and compiling, which needs what compiling those has told. A free thread compiles if it
//! can, else checks if it can, and else prepares the next package in order, at most a window ahead of those that
//! are checked, so that prepared packages do not pile up in memory. The longest chain of compilations begins with
//! the run time, on which all the rest waits: meanwhile everything else is checked. What a task computes depends on
//! its inputs only, so the results are the same whatever the number of threads.

use std::cell::Cell;

use parking_lot::{Condvar, Mutex, MutexGuard};

/// So many packages are prepared ahead of those that are checked.
const WINDOW: usize = 48;

/// The tasks of a package, by its number. All may be called from any thread, each once per package.
pub trait Work: Sync {
    /// What the first task hands to the second.
    type Prepared: Send;
    /// What the second task hands to the third.
    type Checked: Send;
    /// The first task.
    fn prepare(&self, package: usize) -> Self::Prepared;
    /// The second task.
    fn check(&self, package: usize, prepared: Self::Prepared) -> Self::Checked;
    /// The third task. `publish` may be called as soon as importers can go on; else they wait for the end. It may be
    /// called again when there is work that can wait.
    fn compile(&self, _package: usize, _checked: Self::Checked, _publish: &dyn Fn()) {}
    /// Work that can wait, done by a thread that has nothing else to do; false if there is none.
    fn spare(&self) -> bool {
        false
    }
    /// How much work a package is, compared with others.
    fn cost(&self, _package: usize) -> usize {
        1
    }
    /// Whether to stop early.
    fn stopped(&self) -> bool {
        false
    }
}

/// One of the tasks that need others.
struct Stage<T> {
    /// What the task is handed.
    inputs: Vec<Option<T>>,
    /// Tasks of this stage that each package waits for, plus one until its own task before is done.
    waiting: Vec<usize>,
    /// Packages that can go on, highest priority last.
    ready: Vec<usize>,
    /// So many tasks are done, as far as others are concerned.
    done: usize,
}

impl<T> Stage<T> {
    fn new(deps: &[Vec<usize>]) -> Stage<T> {
        Stage {
            inputs: deps.iter().map(|_| None).collect(),
            waiting: deps.iter().map(|list| list.len() + 1).collect(),
            ready: Vec::new(),
            done: 0,
        }
    }

    /// The task before is done.
    fn hand_over(&mut self, package: usize, input: T, weight: &[usize]) {
        self.inputs[package] = Some(input);
        self.count_down(package, weight);
    }

    /// This stage of a package is done.
    fn finish(&mut self, importers: &[usize], weight: &[usize]) {
        self.done += 1;
        for &importer in importers {
            self.count_down(importer, weight);
        }
    }

    fn count_down(&mut self, package: usize, weight: &[usize]) {
        self.waiting[package] -= 1;
        if self.waiting[package] == 0 {
            let key = |p: usize| (weight[p], std::cmp::Reverse(p));
            let at = self.ready.partition_point(|&p| key(p) < key(package));
            self.ready.insert(at, package);
        }
    }

    fn take(&mut self) -> Option<(usize, T)> {
        let package = self.ready.pop()?;
        Some((package, self.inputs[package].take()?))
    }
}

struct State<W: Work> {
    /// Next package to prepare.
    next: usize,
    check: Stage<W::Prepared>,
    compile: Stage<W::Checked>,
    /// So many third tasks have returned.
    finished: usize,
    /// A task panicked: everybody leaves.
    broken: bool,
}

/// Runs the tasks of packages `0..deps.len()`; `deps[i]` are the packages that `i` imports, all smaller than
/// `i`.
pub fn run<W: Work>(work: &W, deps: &[Vec<usize>], threads: usize) {
    let mut importers: Vec<Vec<usize>> = vec![Vec::new(); deps.len()];
    for (package, list) in deps.iter().enumerate() {
        for &dep in list {
            importers[dep].push(package);
        }
    }
    let state = Mutex::new(State {
        next: 0,
        check: Stage::new(deps),
        compile: Stage::new(deps),
        finished: 0,
        broken: false,
    });
    let scheduler = Scheduler { work, importers, weight: weights(work, deps), state, wake: Condvar::new() };
    std::thread::scope(|scope| {
        for _ in 1..threads.max(1) {
            let worker = std::thread::Builder::new().stack_size(16 << 20);
            // Without another thread the work is done by this one.
            let _ = worker.spawn_scoped(scope, || scheduler.work_on());
        }
        scheduler.work_on();
    });
}

/// How much work hangs on each package: its own, and that of the costliest chain of importers. Beginning with what
/// most hangs on keeps all threads busy to the end.
fn weights<W: Work>(work: &W, deps: &[Vec<usize>]) -> Vec<usize> {
    let mut behind = vec![0; deps.len()];
    let mut weight = vec![0; deps.len()];
    for package in (0..deps.len()).rev() {
        weight[package] = behind[package] + work.cost(package);
        for &dep in &deps[package] {
            behind[dep] = behind[dep].max(weight[package]);
        }
    }
    weight
}

struct Scheduler<'w, W: Work> {
    work: &'w W,
    importers: Vec<Vec<usize>>,
    weight: Vec<usize>,
    state: Mutex<State<W>>,
    wake: Condvar,
}

enum Task<W: Work> {
    Prepare(usize),
    Check(usize, W::Prepared),
    Compile(usize, W::Checked),
}

/// Marks the run as broken if a task unwinds, so that no thread waits for it.
struct Fuse<'s, 'w, W: Work>(&'s Scheduler<'w, W>);

impl<W: Work> Drop for Fuse<'_, '_, W> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.state.lock().broken = true;
            self.0.wake.notify_all();
        }
    }
}

impl<W: Work> Scheduler<'_, W> {
    fn work_on(&self) {
        let _fuse = Fuse(self);
        while let Some(task) = self.next_task() {
            match task {
                Task::Prepare(package) => {
                    let prepared = self.work.prepare(package);
                    self.state.lock().check.hand_over(package, prepared, &self.weight);
                }
                Task::Check(package, prepared) => {
                    let checked = self.work.check(package, prepared);
                    let mut state = self.state.lock();
                    state.check.finish(&self.importers[package], &self.weight);
                    state.compile.hand_over(package, checked, &self.weight);
                }
                Task::Compile(package, checked) => self.compile(package, checked),
            }
            self.wake.notify_all();
        }
    }

    fn compile(&self, package: usize, checked: W::Checked) {
        let published = Cell::new(false);
        let publish = || {
            if !published.replace(true) {
                self.state.lock().compile.finish(&self.importers[package], &self.weight);
            }
            self.wake.notify_all();
        };
        self.work.compile(package, checked, &publish);
        publish();
        self.state.lock().finished += 1;
    }

    fn next_task(&self) -> Option<Task<W>> {
        let mut state = self.state.lock();
        let mut wait = false;
        loop {
            let total = self.weight.len();
            if state.broken || state.finished == total || self.work.stopped() {
                return None;
            }
            if let Some((package, checked)) = state.compile.take() {
                return Some(Task::Compile(package, checked));
            }
            if let Some((package, prepared)) = state.check.take() {
                return Some(Task::Check(package, prepared));
            }
            if state.next < total && state.next < state.check.done + WINDOW {
                let package = state.next;
                state.next += 1;
                return Some(Task::Prepare(package));
            }
            if wait {
                self.wake.wait(&mut state);
                wait = false;
            } else {
                // Meanwhile others may have made something ready: that is looked for before anybody waits.
                wait = !MutexGuard::unlocked(&mut state, || self.work.spare());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Recorder {
        deps: Vec<Vec<usize>>,
        checked: Mutex<Vec<usize>>,
        done: Mutex<Vec<usize>>,
    }

    impl Work for Recorder {
        type Prepared = usize;
        type Checked = usize;
        fn prepare(&self, package: usize) -> usize {
            package * 10
        }
        fn check(&self, package: usize, prepared: usize) -> usize {
            assert_eq!(prepared, package * 10);
            let mut checked = self.checked.lock();
            assert!(self.deps[package].iter().all(|d| checked.contains(d)), "{package} before its imports");
            checked.push(package);
            package * 100
        }
        fn compile(&self, package: usize, checked: usize, publish: &dyn Fn()) {
            assert_eq!(checked, package * 100);
            let mut done = self.done.lock();
            assert!(self.deps[package].iter().all(|d| done.contains(d)), "{package} before its imports");
            done.push(package);
            if package.is_multiple_of(2) {
                publish();
            }
        }
    }

    #[test]
    fn imports_come_first_and_nothing_is_lost() {
        let deps: Vec<Vec<usize>> =
            (0..300).map(|i| (0..i).filter(|d| (i * 7 + d) % 23 == 0).collect()).collect();
        for threads in [1, 2, 8] {
            let work = Recorder { deps: deps.clone(), checked: Mutex::default(), done: Mutex::default() };
            run(&work, &deps, threads);
            let mut done = work.done.into_inner();
            done.sort_unstable();
            assert_eq!(done, (0..300).collect::<Vec<_>>());
        }
    }
}

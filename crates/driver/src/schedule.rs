//! Runs the work of packages in dependency order on several threads.
//!
//! Each package has two tasks: one that needs nothing (reading and parsing), and one that needs the
//! second task of all packages it imports (checking). A free thread takes a second task if one is
//! ready, and else prepares the next package in order, at most a window ahead, so that prepared
//! packages do not pile up in memory. What a task computes depends on its inputs only, so the
//! results are the same whatever the number of threads.

use parking_lot::{Condvar, Mutex};

/// So many packages per thread are prepared ahead of those that are finished.
const WINDOW: usize = 48;

/// The tasks of a package, by its number. Both may be called from any thread, each once per package.
pub trait Work: Sync {
    /// What the first task hands to the second.
    type Prepared: Send;
    /// The first task.
    fn prepare(&self, package: usize) -> Self::Prepared;
    /// The second task.
    fn finish(&self, package: usize, prepared: Self::Prepared);
    /// Whether to stop early.
    fn stopped(&self) -> bool {
        false
    }
}

struct State<P> {
    /// Next package to prepare.
    next: usize,
    prepared: Vec<Option<P>>,
    /// Imports that are not finished yet, plus one until the package is prepared.
    waiting: Vec<usize>,
    /// Packages whose second task can run, highest priority last.
    ready: Vec<usize>,
    preparing: usize,
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
        prepared: deps.iter().map(|_| None).collect(),
        waiting: deps.iter().map(|list| list.len() + 1).collect(),
        ready: Vec::new(),
        preparing: 0,
        finished: 0,
        broken: false,
    });
    let scheduler = Scheduler { work, importers, weight: weights(deps), state, wake: Condvar::new() };
    std::thread::scope(|scope| {
        for _ in 1..threads.max(1) {
            let worker = std::thread::Builder::new().stack_size(16 << 20);
            // Without another thread the work is done by this one.
            let _ = worker.spawn_scoped(scope, || scheduler.work_on());
        }
        scheduler.work_on();
    });
}

/// How long a chain of importers hangs on each package: the longest first keeps all threads busy.
fn weights(deps: &[Vec<usize>]) -> Vec<usize> {
    let mut weight = vec![1; deps.len()];
    for package in (0..deps.len()).rev() {
        for &dep in &deps[package] {
            weight[dep] = weight[dep].max(weight[package] + 1);
        }
    }
    weight
}

struct Scheduler<'w, W: Work> {
    work: &'w W,
    importers: Vec<Vec<usize>>,
    weight: Vec<usize>,
    state: Mutex<State<W::Prepared>>,
    wake: Condvar,
}

enum Task<P> {
    Prepare(usize),
    Finish(usize, P),
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
                    let mut state = self.state.lock();
                    state.prepared[package] = Some(prepared);
                    state.preparing -= 1;
                    self.count_down(&mut state, package);
                }
                Task::Finish(package, prepared) => {
                    self.work.finish(package, prepared);
                    let mut state = self.state.lock();
                    state.finished += 1;
                    for &importer in &self.importers[package] {
                        self.count_down(&mut state, importer);
                    }
                }
            }
            self.wake.notify_all();
        }
    }

    fn count_down(&self, state: &mut State<W::Prepared>, package: usize) {
        state.waiting[package] -= 1;
        if state.waiting[package] == 0 {
            let key = |p: usize| (self.weight[p], std::cmp::Reverse(p));
            let at = state.ready.partition_point(|&p| key(p) < key(package));
            state.ready.insert(at, package);
        }
    }

    fn next_task(&self) -> Option<Task<W::Prepared>> {
        let mut state = self.state.lock();
        loop {
            let total = state.prepared.len();
            if state.broken || state.finished == total || self.work.stopped() {
                return None;
            }
            if let Some(package) = state.ready.pop() {
                let prepared = state.prepared[package].take()?;
                return Some(Task::Finish(package, prepared));
            }
            if state.next < total && state.next < state.finished + WINDOW {
                let package = state.next;
                state.next += 1;
                state.preparing += 1;
                return Some(Task::Prepare(package));
            }
            self.wake.wait(&mut state);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Recorder {
        deps: Vec<Vec<usize>>,
        done: Mutex<Vec<usize>>,
    }

    impl Work for Recorder {
        type Prepared = usize;
        fn prepare(&self, package: usize) -> usize {
            package * 10
        }
        fn finish(&self, package: usize, prepared: usize) {
            assert_eq!(prepared, package * 10);
            let mut done = self.done.lock();
            assert!(self.deps[package].iter().all(|d| done.contains(d)), "{package} before its imports");
            done.push(package);
        }
    }

    #[test]
    fn imports_come_first_and_nothing_is_lost() {
        let deps: Vec<Vec<usize>> =
            (0..300).map(|i| (0..i).filter(|d| (i * 7 + d) % 23 == 0).collect()).collect();
        for threads in [1, 2, 8] {
            let work = Recorder { deps: deps.clone(), done: Mutex::default() };
            run(&work, &deps, threads);
            let mut done = work.done.into_inner();
            done.sort_unstable();
            assert_eq!(done, (0..300).collect::<Vec<_>>());
        }
    }
}

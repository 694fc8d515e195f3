//! Results as they come: the typed end of the pool, which turns items to bytes and back.

use std::collections::VecDeque;
use std::iter::{Fuse, FusedIterator};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::task::{Failure, How, MOST_ITEMS, Task};
use super::{Pool, Terms};
use crate::function::Answer;

/// Who wants tasks done, as the pool sees it: without the types.
pub trait Client {
    /// What comes next. It is asked as there are workers to do it.
    fn next(&mut self) -> Next;

    /// The answers to a task's items, one after another.
    fn answered(&mut self, task: &Task, answers: &[u8]);

    /// A task was given up.
    fn failed(&mut self, task: &Task, how: &How);

    /// Whether there is a result that was not returned yet.
    fn has_results(&self) -> bool;
}

/// What comes next.
#[derive(Debug)]
pub enum Next {
    /// To be done.
    Task(Task),
    /// An item that no worker can be given; its result is there.
    Failed,
    /// No more, for good.
    Nothing,
}

/// The results of [`Pool::imap_unordered`].
pub struct Results<'pool, I, R> {
    pool: &'pool mut Pool,
    run: Run<I, R>,
}

/// Its client: the items that were not taken yet, the results that were not returned yet.
struct Run<I, R> {
    number: u64,
    terms: Terms,
    function: u16,
    items: Fuse<I>,
    /// How many items were taken.
    taken: usize,
    ready: VecDeque<(usize, Result<R, Failure>)>,
}

impl<'pool, I: Iterator, R> Results<'pool, I, R> {
    pub(super) fn new(
        pool: &'pool mut Pool,
        terms: Terms,
        function: u16,
        items: I,
    ) -> Results<'pool, I, R> {
        // What a run left that was forgotten instead of dropped.
        pool.begin(function, terms.deadline);
        let (number, items, ready) = (pool.run, items.fuse(), VecDeque::new());
        Results { pool, run: Run { number, terms, function, items, taken: 0, ready } }
    }
}

impl<I, R> Results<'_, I, R> {
    /// The workers that are at it, by their process ids.
    #[must_use]
    pub fn workers(&self) -> Vec<nix::unistd::Pid> {
        self.pool.workers()
    }
}

impl<A: Serialize, R: DeserializeOwned, I: Iterator<Item = A>> Iterator for Results<'_, I, R> {
    type Item = (usize, Result<R, Failure>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.run.ready.is_empty() {
            self.pool.serve(&mut self.run);
        }
        self.run.ready.pop_front()
    }
}

impl<A: Serialize, R: DeserializeOwned, I: Iterator<Item = A>> Client for Run<I, R> {
    fn next(&mut self) -> Next {
        let Run { number, terms, function, items, taken, ready } = self;
        let most = terms.chunk.min(MOST_ITEMS);
        let mut task = Task::new(*number, *function, *taken, terms.tries, terms.deadline);
        for argument in items {
            let item = *taken;
            *taken += 1;
            match task.add(&argument) {
                Ok(()) if task.items() < most => {}
                Ok(()) => return Next::Task(task),
                Err(why) => {
                    ready.push_back((item, Err(Failure { item, how: How::Unsendable(why) })));
                    // The numbers of a task's items follow one another, so it ends here.
                    return if task.items() > 0 { Next::Task(task) } else { Next::Failed };
                }
            }
        }
        if task.items() > 0 { Next::Task(task) } else { Next::Nothing }
    }

    fn answered(&mut self, task: &Task, mut answers: &[u8]) {
        for item in task.range() {
            let result = match postcard::take_from_bytes::<Answer<R>>(answers) {
                Ok((answer, rest)) => {
                    answers = rest;
                    match answer {
                        Ok(returned) => returned.map_err(How::Panicked),
                        Err(why) => Err(How::Refused(why)),
                    }
                }
                Err(why) => Err(How::Garbled(why.to_string())),
            };
            self.ready.push_back((item, result.map_err(|how| Failure { item, how })));
        }
    }

    fn failed(&mut self, task: &Task, how: &How) {
        let failure = |item| (item, Err(Failure { item, how: how.clone() }));
        self.ready.extend(task.range().map(failure));
    }

    fn has_results(&self) -> bool {
        !self.ready.is_empty()
    }
}

impl<A: Serialize, R: DeserializeOwned, I: Iterator<Item = A>> FusedIterator for Results<'_, I, R> {}

impl<I, R> Drop for Results<'_, I, R> {
    /// What was handed out and not answered is answered to nobody.
    fn drop(&mut self) {
        self.pool.abandon();
    }
}

//! Results as they come: the typed end of the pool, which turns items to bytes and back.

use std::collections::VecDeque;
use std::iter::FusedIterator;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::task::{Done, Failure, How, MOST_ITEMS, Next, Task};
use super::{Pool, Terms};
use crate::function::Answer;

/// The results of [`Pool::imap_unordered`].
pub struct Results<'pool, I, R> {
    pool: &'pool mut Pool,
    terms: Terms,
    function: u16,
    items: I,
    /// How many items were taken.
    taken: usize,
    /// There are no more.
    dry: bool,
    /// An item that can't be sent, to be told of after those that came before it.
    unsendable: Option<Done>,
    ready: VecDeque<(usize, Result<R, Failure>)>,
}

impl<'pool, I, R> Results<'pool, I, R> {
    pub(super) fn new(
        pool: &'pool mut Pool,
        terms: Terms,
        function: u16,
        items: I,
    ) -> Results<'pool, I, R> {
        // What a run left that was forgotten instead of dropped.
        pool.abandon();
        let (dry, unsendable, ready) = (false, None, VecDeque::new());
        Results { pool, terms, function, items, taken: 0, dry, unsendable, ready }
    }

    /// The workers that are at it, by their process ids.
    #[must_use]
    pub fn workers(&self) -> Vec<nix::unistd::Pid> {
        self.pool.workers()
    }

    fn failed(&mut self, item: usize, how: How) {
        self.ready.push_back((item, Err(Failure { item, how })));
    }
}

impl<A: Serialize, R: DeserializeOwned, I: Iterator<Item = A>> Iterator for Results<'_, I, R> {
    type Item = (usize, Result<R, Failure>);

    fn next(&mut self) -> Option<Self::Item> {
        while self.ready.is_empty() {
            let Results { pool, terms, function, items, taken, dry, unsendable, .. } = self;
            let run = pool.run;
            let most = terms.chunk.min(MOST_ITEMS);
            let done = pool.next(dry, &mut || {
                if let Some(failed) = unsendable.take() {
                    return Next::Failed(failed);
                }
                let mut task = Task::new(run, *function, *taken, terms.tries, terms.deadline);
                for item in items.by_ref() {
                    let first = *taken;
                    *taken += 1;
                    match task.add(&item) {
                        Ok(()) if task.items() < most => {}
                        Ok(()) => return Next::Task(task),
                        Err(why) => {
                            let how = How::Unsendable(why);
                            let failed = Done::Failed { first, items: 1, how };
                            // The numbers of a task's items follow one another.
                            if task.items() == 0 {
                                return Next::Failed(failed);
                            }
                            *unsendable = Some(failed);
                            return Next::Task(task);
                        }
                    }
                }
                match task.items() {
                    0 => Next::Nothing,
                    _ => Next::Task(task),
                }
            });
            match done {
                Some(Done::Answered { first, items, bytes }) => {
                    self.decode(first, items, &bytes);
                }
                Some(Done::Failed { first, items, how }) => {
                    (first..first + items).for_each(|item| self.failed(item, how.clone()));
                }
                None => break,
            }
        }
        self.ready.pop_front()
    }
}

impl<I, R: DeserializeOwned> Results<'_, I, R> {
    fn decode(&mut self, first: usize, items: usize, mut bytes: &[u8]) {
        for item in first..first + items {
            match postcard::take_from_bytes::<Answer<R>>(bytes) {
                Ok((Ok(result), rest)) => {
                    self.ready.push_back((item, Ok(result)));
                    bytes = rest;
                }
                Ok((Err(said), rest)) => {
                    self.failed(item, How::Panicked(said));
                    bytes = rest;
                }
                Err(why) => self.failed(item, How::Garbled(why.to_string())),
            }
        }
    }
}

impl<A: Serialize, R: DeserializeOwned, I: Iterator<Item = A>> FusedIterator for Results<'_, I, R> {}

impl<I, R> Drop for Results<'_, I, R> {
    /// What was handed out and not answered is answered to nobody.
    fn drop(&mut self) {
        self.pool.abandon();
    }
}

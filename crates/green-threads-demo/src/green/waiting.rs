//! Green threads that wait for one another, in the order in which they came.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use super::here;
use super::thread::Thread;

/// A line.
#[derive(Default)]
pub(super) struct Line {
    came: Cell<u64>,
    /// Each with the number that it drew when it came.
    stand: RefCell<VecDeque<(u64, Thread)>>,
}

impl Line {
    /// Waits until it is let go. If it unwinds after it was, what it was let go for is passed on.
    pub(super) fn wait(&self, pass_on: impl Fn()) {
        let me = here::me();
        let number = self.came.replace(self.came.get() + 1);
        self.stand.borrow_mut().push_back((number, me));
        let mut place = Place { line: self, number, pass_on, unwinds: true };
        loop {
            here::park();
            // It may have been woken for another reason.
            if self.find(number).is_none() {
                break;
            }
        }
        place.unwinds = false;
    }

    #[inline]
    fn find(&self, number: u64) -> Option<usize> {
        let stand = self.stand.borrow();
        // Mostly it is gone, since the first was let go.
        let gone = stand.front().is_none_or(|(first, _)| *first > number);
        if gone { None } else { stand.binary_search_by_key(&number, |(number, _)| *number).ok() }
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.stand.borrow().is_empty()
    }

    /// Lets the first go, if there is one.
    #[inline]
    pub(super) fn wake_one(&self) {
        let first = self.stand.borrow_mut().pop_front();
        if let Some((_, first)) = first {
            here::with(|scheduler| scheduler.wake(&first));
        }
    }

    /// Lets all go.
    pub(super) fn wake_all(&self) {
        let all = self.stand.take();
        // The ends of a channel may outlive the scheduler. Then nobody waits.
        here::try_with(|scheduler| all.iter().for_each(|(_, thread)| scheduler.wake(thread)));
    }
}

/// A place in the line.
struct Place<'a, F: Fn()> {
    line: &'a Line,
    number: u64,
    pass_on: F,
    unwinds: bool,
}

impl<F: Fn()> Drop for Place<'_, F> {
    fn drop(&mut self) {
        if !self.unwinds {
            return;
        }
        match self.line.find(self.number) {
            Some(place) => drop(self.line.stand.borrow_mut().remove(place)),
            None => (self.pass_on)(),
        }
    }
}

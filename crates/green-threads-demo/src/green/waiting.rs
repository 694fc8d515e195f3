//! Green threads that wait for one another, in the order in which they came.

use std::cell::RefCell;
use std::collections::VecDeque;

use super::scheduler;
use super::thread::Thread;

/// A line.
#[derive(Default)]
pub(super) struct Line(RefCell<VecDeque<Thread>>);

impl Line {
    /// Waits until it is let go. It may be let go for nothing, so whoever waits looks again; and if
    /// it unwinds instead, the next is let go in its place.
    pub(super) fn wait(&self) {
        let me = scheduler::me();
        self.0.borrow_mut().push_back(me.clone());
        let mut place = Place { line: self, me, unwinds: true };
        scheduler::park();
        place.unwinds = false;
    }

    /// Lets the first go.
    pub(super) fn wake_one(&self) {
        if let Some(first) = self.0.borrow_mut().pop_front() {
            scheduler::with(|scheduler| scheduler.wake(&first));
        }
    }

    /// Lets all go.
    pub(super) fn wake_all(&self) {
        let all = std::mem::take(&mut *self.0.borrow_mut());
        // The ends of a channel may outlive the scheduler. Then nobody waits.
        scheduler::try_with(|scheduler| all.iter().for_each(|thread| scheduler.wake(thread)));
    }
}

/// A place in the line.
struct Place<'a> {
    line: &'a Line,
    me: Thread,
    unwinds: bool,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut line = self.line.0.borrow_mut();
        // Mostly it has been let go, and stands there no longer.
        let place = line.iter().position(|thread| thread.same(&self.me));
        if let Some(place) = place {
            line.remove(place);
        }
        drop(line);
        if self.unwinds && place.is_none() {
            self.line.wake_one();
        }
    }
}

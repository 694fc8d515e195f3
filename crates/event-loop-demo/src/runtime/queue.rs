//! The run queue: who may run, in the order in which they were woken.

use std::collections::VecDeque;
use std::mem;

use super::slab::{Key, Slab};
use super::task::Task;

/// Who may run. Eight bytes, a pointer or none: there may be many of these in the queue.
pub(super) enum Runnable {
    /// The future of `block_on`, which belongs to its caller and is in no table.
    Main,
    Task(Task),
}

/// All tasks, and which of them may run.
pub(super) struct Queue {
    pub(super) tasks: Slab<Task>,
    ready: VecDeque<Runnable>,
    /// The key of the future of `block_on`, under which no task is ever found: another for each
    /// call, so that a waker of an earlier one wakes nobody.
    main: Key,
    /// Whether that stands in the queue.
    main_queued: bool,
}

impl Queue {
    pub(super) fn new() -> Queue {
        let main = Key::nowhere(0);
        Queue { tasks: Slab::default(), ready: VecDeque::new(), main, main_queued: false }
    }

    /// The future of another `block_on`, which may run; its key.
    pub(super) fn add_main(&mut self) -> Key {
        self.main = Key::nowhere(self.main.generation + 1);
        self.wake_main();
        self.main
    }

    /// It has ended.
    pub(super) fn remove_main(&mut self) {
        self.main = Key::nowhere(self.main.generation + 1);
        if mem::take(&mut self.main_queued) {
            self.ready.retain(|next| matches!(next, Runnable::Task(_)));
        }
    }

    /// Adds a task, which may run, and which has been told its key: the next of the table.
    #[inline]
    pub(super) fn add(&mut self, task: Task) {
        self.ready.push_back(Runnable::Task(task.clone()));
        self.tasks.insert(task);
    }

    /// Lets a task run. `false` if it stood in the queue already, or is no more.
    #[inline]
    pub(super) fn wake(&mut self, key: Key) -> bool {
        match self.tasks.get(key) {
            Some(task) if task.header().queued.replace(true) => false,
            Some(task) => {
                self.ready.push_back(Runnable::Task(task.clone()));
                true
            }
            None => key == self.main && self.wake_main(),
        }
    }

    fn wake_main(&mut self) -> bool {
        let queued = mem::replace(&mut self.main_queued, true);
        if !queued {
            self.ready.push_back(Runnable::Main);
        }
        !queued
    }

    /// Puts back a task that has woken itself in its poll. `false` if somebody else did as well.
    #[inline]
    pub(super) fn again(&mut self, task: Task) -> bool {
        let queued = task.header().queued.replace(true);
        if !queued {
            self.ready.push_back(Runnable::Task(task));
        }
        !queued
    }

    /// The next that may run. From here on a wake puts it into the queue again: what it is woken
    /// for during its poll it may have looked at before.
    #[inline]
    pub(super) fn next(&mut self) -> Option<Runnable> {
        let next = self.ready.pop_front()?;
        match &next {
            Runnable::Task(task) => task.header().queued.set(false),
            Runnable::Main => self.main_queued = false,
        }
        Some(next)
    }

    pub(super) fn len(&self) -> usize {
        self.ready.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ready.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_run_takes_no_more_than_a_pointer() {
        assert_eq!(size_of::<Runnable>(), size_of::<usize>());
    }
}

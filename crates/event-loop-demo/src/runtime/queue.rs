//! The run queue: who may run, in the order in which they were woken.

use std::collections::VecDeque;
use std::mem;

use super::slab::{Key, Slab};
use super::task::Task;

/// Who may run: a task, or the future of `block_on`, which belongs to its caller.
pub(super) type Runnable = Option<Task>;

/// All tasks, and which of them may run.
#[derive(Default)]
pub(super) struct Queue {
    pub(super) tasks: Slab<Runnable>,
    ready: VecDeque<Runnable>,
    /// Whether the future of `block_on` stands in the queue.
    main_queued: bool,
}

impl Queue {
    /// Adds the future of `block_on`, which may run.
    pub(super) fn add_main(&mut self) -> Key {
        self.main_queued = true;
        self.ready.push_back(None);
        self.tasks.insert(None)
    }

    /// Takes it away again.
    pub(super) fn remove_main(&mut self, key: Key) {
        self.tasks.remove(key);
        if mem::take(&mut self.main_queued) {
            self.ready.retain(Option::is_some);
        }
    }

    /// Adds a task, which may run; it is told its key.
    #[inline]
    pub(super) fn add<T>(&mut self, task: impl FnOnce(Key) -> (Task, T)) -> T {
        let (task, made) = task(self.tasks.next_key());
        self.tasks.insert(Some(task.clone()));
        self.ready.push_back(Some(task));
        made
    }

    /// Lets a task run. `false` if it stood in the queue already, or is no more.
    #[inline]
    pub(super) fn wake(&mut self, key: Key) -> bool {
        let Some(task) = self.tasks.get_mut(key) else { return false };
        let queued = match task {
            Some(task) => task.header().queued.replace(true),
            None => mem::replace(&mut self.main_queued, true),
        };
        if !queued {
            self.ready.push_back(task.clone());
        }
        !queued
    }

    /// Puts back a task that has woken itself in its poll. `false` if somebody else did as well.
    #[inline]
    pub(super) fn again(&mut self, task: Task) -> bool {
        let queued = task.header().queued.replace(true);
        if !queued {
            self.ready.push_back(Some(task));
        }
        !queued
    }

    /// The next that may run. From here on a wake puts it into the queue again: what it is woken
    /// for during its poll it may have looked at before.
    #[inline]
    pub(super) fn next(&mut self) -> Option<Runnable> {
        let next = self.ready.pop_front()?;
        match &next {
            Some(task) => task.header().queued.set(false),
            None => self.main_queued = false,
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

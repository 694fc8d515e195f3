//! A task: a future on its way, in one piece of memory with all that is known of it, and the handle
//! to wait for its end.
//!
//! ```text
//!      run queue      table of tasks      JoinHandle<T>
//!          │                │                   │
//!          ▼                ▼                   ▼
//!    ┌────────────────────────── Header ───────────────────────────┬─────── Stage ───────┐
//!    │ kind │ refs │ key │ queued │ cancelled │ spawned  │ waiting │ Running(future)     │
//!    │      │      │     │        │           │ (a line) │ (waker) │ or Ended(result)    │
//!    │      │      │     │        │           │          │         │ or Taken            │
//!    └──────┴──────┴─────┴────────┴───────────┴──────────┴─────────┴─────────────────────┘
//! ```
//!
//! `Rc<dyn …>` could say this without any unsafe code, but costs more: of a thing of unknown type
//! the compiler doesn't know where its fields begin, and works it out at each access.
//! Here the header comes first, and is found without a look at the type. What wakes a task holds no
//! reference to it (see `waker.rs`), so that the references are counted without
//! atomic operations: all of them are on the runtime's thread.

use std::alloc::Layout;
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::pin::Pin;
use std::ptr::NonNull;
use std::rc::Weak;
use std::task::{Context, Poll, Waker};

use super::carefully::carefully;
use super::current::Core;
use super::slab::Key;
use super::{memory, waker};

/// Why a task has no result.
pub enum Failed {
    /// It panicked; this is what it said, as [`std::thread::JoinHandle::join`] hands it over.
    Panicked(Box<dyn Any + Send>),
    /// It was cancelled, or its runtime ended before it did.
    Cancelled,
}

impl fmt::Debug for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Failed::Panicked(_) => "Panicked(..)",
            Failed::Cancelled => "Cancelled",
        })
    }
}

/// What is known of every task.
pub(super) struct Header {
    /// What depends on the type of its future.
    kind: &'static Kind,
    refs: Cell<u32>,
    /// Its place in the table.
    pub(super) key: Key,
    /// Whether it stands in the run queue: however often it is woken, it stands there once.
    pub(super) queued: Cell<bool>,
    /// Somebody cancelled it while it was being polled.
    cancelled: Cell<bool>,
    /// Its future has been dropped. Who wants to know asks here, and doesn't look at the stage: a
    /// future that waits may borrow from itself, exclusively, so that not even a shared reference
    /// to it is allowed.
    ended: Cell<bool>,
    /// Where in the source it was spawned: its name.
    pub(super) spawned: &'static Location<'static>,
    /// Who waits for its end.
    waiting: Cell<Option<Waker>>,
}

/// What the runtime does with a task, for one type of future. Each function takes a task of that
/// type. None panics: a panic of the future is a result.
struct Kind {
    /// Moves the future on, unless it is being dropped just now. Whether it has ended.
    poll: unsafe fn(NonNull<Header>, &mut Context<'_>) -> bool,
    /// Drops the future of a task that has not ended. `false` if it is being polled just now, or
    /// dropped.
    cancel: unsafe fn(NonNull<Header>) -> bool,
    /// Gives the memory back; nobody uses the task any more.
    free: unsafe fn(NonNull<Header>),
}

/// How a handle takes the result of a task that has ended, for one type of future that gives a `T`.
type Take<T> = unsafe fn(NonNull<Header>) -> Result<T, Failed>;

/// A task's memory. In C's order, so that a pointer to it is one to its header.
#[repr(C)]
struct Memory<F: Future> {
    header: Header,
    stage: RefCell<Stage<F>>,
}

/// How far a task has come.
enum Stage<F: Future> {
    Running(F),
    Ended(Result<F::Output, Failed>),
    /// The result has been taken.
    Taken,
}

impl<F: Future> Stage<F> {
    fn poll(&mut self, cx: &mut Context<'_>) -> bool {
        let Stage::Running(future) = self else { return true };
        // SAFETY: a pinned future may not move before it is dropped. This one lies in a `Memory`,
        // which stays where it was allocated; and nobody moves it out of its stage: it is dropped in
        // place, by the assignment of the next one (in `end`) or with its memory.
        let future = unsafe { Pin::new_unchecked(future) };
        let result = match catch_unwind(AssertUnwindSafe(|| future.poll(cx))) {
            Ok(Poll::Pending) => return false,
            Ok(Poll::Ready(output)) => Ok(output),
            Err(panic) => Err(Failed::Panicked(panic)),
        };
        self.end(result);
        true
    }

    /// Drops the future. A panic on the way is the task's, and takes the place of its result.
    fn end(&mut self, result: Result<F::Output, Failed>) {
        let end = AssertUnwindSafe(|| *self = Stage::Ended(result));
        if let Err(panic) = catch_unwind(end) {
            let panicked = Stage::Ended(Err(Failed::Panicked(panic)));
            carefully(|| *self = panicked);
        }
    }

    /// Only of one that has ended: a future may not be moved.
    fn take(&mut self) -> Result<F::Output, Failed> {
        match std::mem::replace(self, Stage::Taken) {
            Stage::Ended(result) => result,
            _ => panic!("the result of a task was taken before"),
        }
    }
}

impl<F: Future> Memory<F> {
    const KIND: Kind = Kind { poll: Self::poll, cancel: Self::cancel, free: Self::free };

    /// # Safety
    /// As for every function of a [`Kind`]: the task is of this type, and the caller holds a
    /// reference to it.
    unsafe fn stage<'a>(task: NonNull<Header>) -> &'a RefCell<Stage<F>> {
        // SAFETY: the task is of this type, and `repr(C)` puts the header at the beginning.
        unsafe { &task.cast::<Memory<F>>().as_ref().stage }
    }

    unsafe fn poll(task: NonNull<Header>, cx: &mut Context<'_>) -> bool {
        // SAFETY: as the caller's.
        let stage = unsafe { Self::stage(task) }.try_borrow_mut();
        stage.is_ok_and(|mut stage| stage.poll(cx))
    }

    unsafe fn cancel(task: NonNull<Header>) -> bool {
        // SAFETY: as the caller's.
        let stage = unsafe { Self::stage(task) }.try_borrow_mut();
        stage.map(|mut stage| stage.end(Err(Failed::Cancelled))).is_ok()
    }

    /// # Safety
    /// As above; and the task has ended.
    unsafe fn take(task: NonNull<Header>) -> Result<F::Output, Failed> {
        // SAFETY: as the caller's.
        unsafe { Self::stage(task) }.borrow_mut().take()
    }

    unsafe fn free(task: NonNull<Header>) {
        let this = task.cast::<Memory<F>>();
        // A result that nobody has taken is dropped with it, and may panic.
        // SAFETY: it was written when it was made, and this was the last reference.
        carefully(|| unsafe { this.drop_in_place() });
        // SAFETY: it was taken with this layout.
        unsafe { memory::give_back(this.cast(), Layout::new::<Memory<F>>()) };
    }
}

/// A counted reference to a task. Neither `Send` nor `Sync`: it stays on the runtime's thread.
pub(super) struct Task(NonNull<Header>);

impl Task {
    /// A task with this key, and its handle.
    #[inline]
    pub(super) fn new<F: Future + 'static>(
        key: Key,
        spawned: &'static Location<'static>,
        future: F,
        core: Weak<Core>,
    ) -> (Task, JoinHandle<F::Output>) {
        let header = Header {
            kind: &Memory::<F>::KIND,
            refs: Cell::new(2),
            key,
            queued: Cell::new(true),
            cancelled: Cell::new(false),
            ended: Cell::new(false),
            spawned,
            waiting: Cell::new(None),
        };
        let memory = memory::take(Layout::new::<Memory<F>>()).cast::<Memory<F>>();
        // SAFETY: it is memory for one of these, and nobody else's.
        unsafe { memory.write(Memory { header, stage: RefCell::new(Stage::Running(future)) }) };
        // Two references: one for the table, and one for the handle.
        let task = Task(memory.cast());
        let handle = JoinHandle { task: Task(memory.cast()), take: Memory::<F>::take, core };
        (task, handle)
    }

    #[inline]
    pub(super) fn header(&self) -> &Header {
        // SAFETY: the memory is there for as long as there is a reference, and this is one. Nobody
        // has a `&mut` to a header.
        unsafe { self.0.as_ref() }
    }

    /// Moves it on, and wakes who waits for its end. Whether it has ended.
    #[inline]
    pub(super) fn poll(&self, cx: &mut Context<'_>) -> bool {
        let Header { kind, cancelled, .. } = self.header();
        // SAFETY: its kind was made for it, and this is a reference.
        let ended =
            unsafe { (kind.poll)(self.0, cx) || (cancelled.get() && (kind.cancel)(self.0)) };
        if ended {
            self.end();
        }
        ended
    }

    /// Drops its future where it waits. `false` if it is being polled just now, and will end then;
    /// or if it has ended: its key may be another's by now.
    pub(super) fn cancel(&self) -> bool {
        let Header { kind, cancelled, ended, .. } = self.header();
        cancelled.set(true);
        // SAFETY: its kind was made for it, and this is a reference.
        let cancelled = !ended.get() && unsafe { (kind.cancel)(self.0) };
        if cancelled {
            self.end();
        }
        cancelled
    }

    #[inline]
    fn end(&self) {
        self.header().ended.set(true);
        if let Some(waiting) = self.header().waiting.take() {
            waker::call(waiting);
        }
    }
}

impl Clone for Task {
    #[inline]
    fn clone(&self) -> Task {
        let refs = &self.header().refs;
        // The table, the handle, and the queue where it stands once: that is few.
        refs.set(refs.get() + 1);
        Task(self.0)
    }
}

impl Drop for Task {
    #[inline]
    fn drop(&mut self) {
        let Header { kind, refs, .. } = self.header();
        let left = refs.get() - 1;
        refs.set(left);
        if left == 0 {
            // SAFETY: its kind was made for it, and this was the last reference.
            unsafe { (kind.free)(self.0) };
        }
    }
}

/// Waits for a task's end: a future that gives what the task's future gave. Dropped, it lets the
/// task go on alone.
pub struct JoinHandle<T: 'static> {
    task: Task,
    take: Take<T>,
    core: Weak<Core>,
}

impl<T> JoinHandle<T> {
    /// Ends the task where it waits: its future is dropped now, with all that it holds. A task
    /// that is being polled (one that cancels itself) ends with that poll. One that has ended keeps
    /// its result.
    pub fn cancel(&self) {
        if let Some(core) = self.core.upgrade() {
            core.cancel(&self.task);
        }
    }

    /// Whether the task has ended.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.task.header().ended.get()
    }
}

impl<T> Future for JoinHandle<T> {
    type Output = Result<T, Failed>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Header { ended, waiting, .. } = self.task.header();
        if ended.get() {
            // SAFETY: it was made for this task, which has ended; and the handle holds a reference.
            return Poll::Ready(unsafe { (self.take)(self.task.0) });
        }
        waiting.set(Some(cx.waker().clone()));
        Poll::Pending
    }
}

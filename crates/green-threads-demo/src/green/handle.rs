//! The handle of a green thread, with which others wait for its end.

use std::any::Any;
use std::fmt;
use std::ptr::NonNull;

use super::here;
use super::packet::Header;
use super::scheduler::Scheduler;
use super::thread::Thread;

/// Why a green thread has no result.
pub enum Failed {
    /// It panicked; this is what it said, as [`std::thread::JoinHandle::join`] hands it over.
    Panicked(Box<dyn Any + Send>),
    /// It was cancelled, or everything ended before it did.
    Cancelled,
    /// It needed a larger stack than it had.
    Overflowed,
}

impl fmt::Debug for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Failed::Panicked(_) => "Panicked(..)",
            Failed::Cancelled => "Cancelled",
            Failed::Overflowed => "Overflowed",
        })
    }
}

/// Waits for a green thread's end. Dropped, it lets the thread go on alone.
///
/// Neither it nor anything else by which a green thread could be reached is `Send`: a green thread
/// never leaves the thread of the operating system on which it was spawned. On its stack there may
/// be an `Rc`, or a reference into a `thread_local!`, that would be wrong on another.
///
/// ```compile_fail,E0277
/// use green_threads_demo::green;
///
/// let taken = green::run(|| {
///     let handle = green::spawn(|| 42);
///     // `NonNull<Header>` cannot be sent between threads safely
///     std::thread::spawn(move || handle.join().unwrap()).join().unwrap()
/// });
/// ```
///
/// ```
/// use green_threads_demo::green;
///
/// let joined = green::run(|| {
///     let handle = green::spawn(|| 42);
///     handle.join().unwrap()
/// });
/// assert_eq!(joined.unwrap(), 42);
/// ```
pub struct JoinHandle<T> {
    thread: Thread,
    take: Take<T>,
}

/// Takes the result of a thread: of one whose function gives a `T`.
type Take<T> = unsafe fn(NonNull<Header>) -> Option<Result<T, Failed>>;

impl<T> JoinHandle<T> {
    /// # Safety
    /// `take` is for this thread.
    pub(super) unsafe fn new(thread: Thread, take: Take<T>) -> JoinHandle<T> {
        JoinHandle { thread, take }
    }

    /// Waits until the thread has ended; what its function returned.
    ///
    /// # Errors
    /// Why there is no result.
    pub fn join(self) -> Result<T, Failed> {
        if !self.is_finished() {
            here::with(|scheduler| self.wait(scheduler));
        }
        self.thread.header().detached.set(true);
        // SAFETY: it was made for this thread.
        unsafe { self.thread.take(self.take) }.unwrap_or(Err(Failed::Cancelled))
    }

    fn wait(&self, scheduler: &Scheduler) {
        while !self.is_finished() {
            // It has not ended when it is woken, and if it unwinds, this handle goes with it.
            self.thread.header().joining.set(Some(scheduler.running()));
            scheduler.park();
        }
    }

    /// Has the thread unwind from where it waits, when its turn comes: all that it holds is dropped.
    /// One that has not begun never will.
    pub fn cancel(&self) {
        here::need_room();
        here::with(|scheduler| self.thread.cancel(scheduler));
    }

    /// Whether it has ended.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.thread.header().ended.get()
    }
}

impl<T> Drop for JoinHandle<T> {
    fn drop(&mut self) {
        let Header { joining, detached, ended, .. } = self.thread.header();
        // Whoever joined may have unwound.
        joining.set(None);
        if !detached.replace(true) && ended.get() {
            // SAFETY: it was made for this thread.
            drop(unsafe { self.thread.take(self.take) });
        }
    }
}

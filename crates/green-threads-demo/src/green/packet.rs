//! What lies at the top of a green thread's stack: all that is known of it.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind};
use std::ptr::NonNull;

use super::handle::Failed;
use super::mode::Mode;
use super::scheduler::Scheduler;
use super::stack::Stack;
use super::switch::Context;
use super::thread::Running;

/// With this a thread that is cancelled unwinds.
struct Unwound;

/// What is known of every green thread.
pub(super) struct Header {
    /// Where it stands, unless it runs.
    pub(super) context: Cell<Context>,
    /// What depends on its function.
    pub(super) kind: &'static Kind,
    /// Who knows of it: itself while it has not ended, its handle, and whatever it waits for.
    pub(super) refs: Cell<u32>,
    /// Whether it stands in the run queue: however often it is woken, it stands there once.
    pub(super) queued: Cell<bool>,
    pub(super) ended: Cell<bool>,
    pub(super) cancelled: Cell<bool>,
    /// Its handle is gone: nobody will take its result.
    pub(super) detached: Cell<bool>,
    /// What is on its stack will never be dropped, so the stack is retired.
    pub(super) overflowed: Cell<bool>,
    /// Where its stack is; that of the first thread is the operating system's affair.
    pub(super) stack: Option<Stack>,
    /// How low its stack may be for the scheduler still to have room.
    pub(super) lowest: usize,
    /// The floating-point mode of whoever spawned it, in which it begins.
    pub(super) mode: Mode,
    /// Where in the source it was spawned: its name.
    pub(super) spawned: &'static Location<'static>,
    /// Who waits for its end.
    pub(super) joining: Cell<Option<Running>>,
}

impl Header {
    #[inline]
    pub(super) fn new(
        kind: &'static Kind,
        stack: Option<Stack>,
        refs: u32,
        spawned: &'static Location<'static>,
    ) -> Header {
        Header {
            context: Cell::new(Context::NOWHERE),
            kind,
            refs: Cell::new(refs),
            queued: Cell::new(false),
            ended: Cell::new(false),
            cancelled: Cell::new(false),
            detached: Cell::new(false),
            overflowed: Cell::new(false),
            stack,
            lowest: stack.map_or(0, Stack::lowest),
            mode: Mode::now(),
            spawned,
            joining: Cell::new(None),
        }
    }

    /// Whether it is to unwind, now that it runs again.
    #[inline]
    pub(super) fn check_cancelled(&self) {
        if self.cancelled.get() && !std::thread::panicking() {
            resume_unwind(Box::new(Unwound));
        }
    }

    /// It has ended: who waits for that goes on.
    #[inline]
    pub(super) fn end(&self, scheduler: &Scheduler) {
        self.ended.set(true);
        if let Some(joining) = self.joining.take() {
            scheduler.queue(joining);
        }
    }
}

/// What is done with a thread, for one type of function.
pub(super) struct Kind {
    /// Runs its function to the end, and keeps the result.
    pub(super) run: unsafe fn(NonNull<Header>),
    /// Keeps, instead of a result, that it has overflowed.
    pub(super) overflowed: unsafe fn(NonNull<Header>),
    /// Drops what lies on its stack beside its header.
    pub(super) drop: unsafe fn(NonNull<Header>),
}

/// What lies at the top of the stack. In C's order, so that a pointer to it is one to its header.
#[repr(C)]
pub(super) struct Packet<F, T> {
    header: Header,
    function: Cell<Option<F>>,
    result: Cell<Option<Result<T, Failed>>>,
}

impl<F: FnOnce() -> T, T> Packet<F, T> {
    pub(super) const KIND: Kind =
        Kind { run: Self::run, overflowed: Self::overflowed, drop: Self::drop };

    pub(super) fn new(header: Header, function: F) -> Packet<F, T> {
        Packet { header, function: Cell::new(Some(function)), result: Cell::new(None) }
    }

    /// # Safety
    /// As for every function of a [`Kind`]: the thread is of this type, and somebody knows of it.
    unsafe fn of<'a>(thread: NonNull<Header>) -> &'a Packet<F, T> {
        // SAFETY: it is of this type, and `repr(C)` puts the header at the beginning.
        unsafe { thread.cast::<Packet<F, T>>().as_ref() }
    }

    unsafe fn run(thread: NonNull<Header>) {
        // SAFETY: as the caller's.
        let packet = unsafe { Self::of(thread) };
        let function = packet.function.take();
        let result = match function {
            Some(function) if !packet.header.cancelled.get() => catch(function),
            // It has not begun, and never will.
            function => catch(|| drop(function)).and(Err(Failed::Cancelled)),
        };
        packet.result.set(Some(result));
        if packet.header.detached.get() {
            // Whoever made it drops it: what its destructor does, it does as this thread.
            let _ = catch(|| drop(packet.result.take()));
        }
    }

    unsafe fn overflowed(thread: NonNull<Header>) {
        // SAFETY: as the caller's.
        unsafe { Self::of(thread) }.result.set(Some(Err(Failed::Overflowed)));
    }

    pub(super) unsafe fn take(thread: NonNull<Header>) -> Option<Result<T, Failed>> {
        // SAFETY: as the caller's.
        unsafe { Self::of(thread) }.result.take()
    }

    unsafe fn drop(thread: NonNull<Header>) {
        // Its function has been run and its result taken: no destructor of somebody else's is left.
        // SAFETY: it was written when the thread was made, and nobody knows of it any more.
        unsafe { thread.cast::<Packet<F, T>>().drop_in_place() };
    }
}

/// What a function returns, or why it doesn't.
fn catch<T>(function: impl FnOnce() -> T) -> Result<T, Failed> {
    catch_unwind(AssertUnwindSafe(function)).map_err(|panic| {
        if panic.is::<Unwound>() { Failed::Cancelled } else { Failed::Panicked(panic) }
    })
}

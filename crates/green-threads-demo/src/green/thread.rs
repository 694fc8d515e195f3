//! A green thread: a stack with something on it that has not come to its end.
//!
//! All that is known of a thread lies at the top of its own stack, so that a thread that waits takes
//! one page of memory and nothing else, and to start one allocates nothing:
//!
//! ```text
//!   ┌───────┬───────────────────────────────┬──────────────────────────────┐
//!   │ guard │            ◀── its frames     │ Header │ function │ result   │
//!   └───────┴───────────────────────────────┴──────────────────────────────┘
//! ```
//!
//! The stack is another thread's again when this one has ended and nobody holds its handle; unless it
//! has overflowed.

use std::any::Any;
use std::cell::Cell;
use std::fmt;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::ptr::NonNull;

use super::scheduler::{self, Scheduler};
use super::stack::{SIZE, Stack};
use super::switch::Context;

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

/// With this a thread that is cancelled unwinds.
struct Unwound;

/// What is known of every green thread.
pub(super) struct Header {
    /// Where it stands, unless it runs.
    pub(super) context: Cell<Context>,
    /// What depends on its function.
    kind: &'static Kind,
    /// Who knows of it: itself while it has not ended, its handle, and whatever it waits for.
    refs: Cell<u32>,
    /// Whether it stands in the run queue: however often it is woken, it stands there once.
    pub(super) queued: Cell<bool>,
    pub(super) ended: Cell<bool>,
    cancelled: Cell<bool>,
    /// Its handle is gone: nobody will take its result.
    detached: Cell<bool>,
    /// What is on its stack will never be dropped, so the stack is retired.
    overflowed: Cell<bool>,
    /// Where its stack is; that of the first thread is the operating system's affair.
    pub(super) stack: Option<Stack>,
    /// How low its stack may be for the scheduler still to have room.
    pub(super) lowest: usize,
    /// Where in the source it was spawned: its name.
    pub(super) spawned: &'static Location<'static>,
    /// Who waits for its end.
    joining: Cell<Option<Thread>>,
}

/// What is done with a thread, for one type of function.
struct Kind {
    /// Runs its function to the end, and keeps the result.
    run: unsafe fn(NonNull<Header>),
    /// Keeps, instead of a result, that it has overflowed.
    overflowed: unsafe fn(NonNull<Header>),
    /// Drops what lies on its stack beside its header.
    drop: unsafe fn(NonNull<Header>),
}

/// What lies at the top of the stack. In C's order, so that a pointer to it is one to its header.
#[repr(C)]
struct Packet<F, T> {
    header: Header,
    function: Cell<Option<F>>,
    result: Cell<Option<Result<T, Failed>>>,
}

impl<F: FnOnce() -> T, T> Packet<F, T> {
    const KIND: Kind = Kind { run: Self::run, overflowed: Self::overflowed, drop: Self::drop };

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

    unsafe fn take(thread: NonNull<Header>) -> Option<Result<T, Failed>> {
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

/// A counted reference to a green thread. Neither `Send` nor `Sync`: a green thread stays on the
/// thread of the operating system on which it began.
pub(super) struct Thread(NonNull<Header>);

impl Thread {
    /// A thread on this stack, and its handle.
    pub(super) fn new<F: FnOnce() -> T + 'static, T: 'static>(
        stack: Stack,
        spawned: &'static Location<'static>,
        function: F,
    ) -> (Thread, JoinHandle<T>) {
        const {
            let size = size_of::<Packet<F, T>>();
            assert!(
                size <= SIZE / 4,
                "the function or its result is too large for a stack: box it"
            );
            assert!(align_of::<Packet<F, T>>() <= 64, "aligned to more than a line of the cache");
        }
        let header = Header {
            context: Cell::new(Context::NOWHERE),
            kind: &Packet::<F, T>::KIND,
            refs: Cell::new(2),
            queued: Cell::new(false),
            ended: Cell::new(false),
            cancelled: Cell::new(false),
            detached: Cell::new(false),
            overflowed: Cell::new(false),
            stack: Some(stack),
            lowest: stack.lowest(),
            spawned,
            joining: Cell::new(None),
        };
        let packet =
            Packet { header, function: Cell::new(Some(function)), result: Cell::new(None) };
        let size = size_of::<Packet<F, T>>().next_multiple_of(64);
        // SAFETY: the stack is free and larger than this, and its top aligned to 128 bytes.
        let place = unsafe { NonNull::new_unchecked(stack.top().sub(size)) }.cast::<Packet<F, T>>();
        // SAFETY: as above.
        unsafe { place.write(packet) };
        let thread = Thread(place.cast());
        // SAFETY: aligned, and below it is the rest of the stack.
        let context =
            unsafe { super::switch::prepare(place.as_ptr().cast(), begin, place.as_ptr().cast()) };
        thread.header().context.set(context);
        let handle = JoinHandle { thread: Thread(place.cast()), take: Packet::<F, T>::take };
        (thread, handle)
    }

    /// The thread that began as one of the operating system's.
    pub(super) fn first(spawned: &'static Location<'static>) -> Thread {
        fn nothing() {}
        unsafe fn free(thread: NonNull<Header>) {
            // SAFETY: it comes from the box below, and nobody knows of it any more.
            drop(unsafe { Box::from_raw(thread.cast::<Packet<fn(), ()>>().as_ptr()) });
        }
        let header = Header {
            context: Cell::new(Context::NOWHERE),
            kind: &Kind { drop: free, ..Packet::<fn(), ()>::KIND },
            refs: Cell::new(1),
            queued: Cell::new(false),
            ended: Cell::new(false),
            cancelled: Cell::new(false),
            detached: Cell::new(false),
            overflowed: Cell::new(false),
            stack: None,
            lowest: 0,
            spawned,
            joining: Cell::new(None),
        };
        let function = Cell::new(Some(nothing as fn()));
        let packet: Packet<fn(), ()> = Packet { header, function, result: Cell::new(None) };
        Thread(NonNull::from(Box::leak(Box::new(packet))).cast())
    }

    #[inline]
    pub(super) fn header(&self) -> &Header {
        // SAFETY: the header is there for as long as somebody knows of the thread, and this does.
        unsafe { self.0.as_ref() }
    }

    #[inline]
    pub(super) fn same(&self, other: &Thread) -> bool {
        self.0 == other.0
    }

    /// What the thread that has been switched to for the first time is told of itself.
    ///
    /// # Safety
    /// The pointer is one that [`Thread::new`] has prepared a stack with.
    unsafe fn beginning<'a>(header: *mut u8) -> &'a Header {
        // SAFETY: as the caller says; it has not ended.
        unsafe { &*header.cast::<Header>() }
    }

    #[inline]
    pub(super) fn is_cancelled(&self) -> bool {
        self.header().cancelled.get()
    }

    /// Whether it is to unwind, now that it runs again.
    #[inline]
    pub(super) fn check_cancelled(&self) {
        if self.header().cancelled.get() && !std::thread::panicking() {
            std::panic::resume_unwind(Box::new(Unwound));
        }
    }

    /// Lets it unwind from where it waits.
    pub(super) fn cancel(&self, scheduler: &Scheduler) {
        self.header().cancelled.set(true);
        scheduler.wake(self);
    }

    /// It has overflowed: what was on its stack is nobody's any more.
    pub(super) fn overflow(&self) {
        // SAFETY: its kind was made for it, and this knows of it.
        unsafe { (self.header().kind.overflowed)(self.0) };
        self.header().overflowed.set(true);
    }

    /// It has ended: who waits for that goes on.
    pub(super) fn end(&self, scheduler: &Scheduler) {
        let Header { ended, joining, .. } = self.header();
        ended.set(true);
        if let Some(joining) = joining.take() {
            scheduler.wake(&joining);
        }
    }
}

impl Clone for Thread {
    #[inline]
    fn clone(&self) -> Thread {
        let refs = &self.header().refs;
        refs.set(refs.get() + 1);
        Thread(self.0)
    }
}

impl Drop for Thread {
    #[inline]
    fn drop(&mut self) {
        let Header { kind, refs, overflowed, stack, .. } = self.header();
        let (left, stack) = (refs.get() - 1, stack.filter(|_| !overflowed.get()));
        refs.set(left);
        if left == 0 {
            // SAFETY: its kind was made for it, and nobody else knows of it.
            unsafe { (kind.drop)(self.0) };
            if let Some(stack) = stack {
                scheduler::give_back(stack);
            }
        }
    }
}

/// The first function of every green thread.
unsafe extern "C" fn begin(header: *mut u8) -> ! {
    // SAFETY: this is what the stack was prepared with.
    let header = unsafe { Thread::beginning(header) };
    scheduler::arrived();
    // SAFETY: its kind was made for it, and it knows of itself.
    unsafe { (header.kind.run)(NonNull::from(header)) };
    scheduler::leave()
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
    /// For the type of the thread's function, which gives a `T`.
    take: unsafe fn(NonNull<Header>) -> Option<Result<T, Failed>>,
}

impl<T> JoinHandle<T> {
    /// Waits until the thread has ended; what its function returned.
    ///
    /// # Errors
    /// Why there is no result.
    pub fn join(self) -> Result<T, Failed> {
        while !self.is_finished() {
            self.thread.header().joining.set(Some(scheduler::me()));
            scheduler::park();
        }
        self.thread.header().detached.set(true);
        // SAFETY: it was made for this thread, and the handle knows of it.
        unsafe { (self.take)(self.thread.0) }.unwrap_or(Err(Failed::Cancelled))
    }

    /// Has the thread unwind from where it waits, when its turn comes: all that it holds is dropped.
    /// One that has not begun never will.
    pub fn cancel(&self) {
        scheduler::need_room();
        scheduler::with(|scheduler| self.thread.cancel(scheduler));
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
        drop(joining.take());
        if !detached.replace(true) && ended.get() {
            // SAFETY: it was made for this thread, and the handle knows of it.
            drop(unsafe { (self.take)(self.thread.0) });
        }
    }
}

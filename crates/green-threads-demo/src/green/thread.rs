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

use std::ops::Deref;
use std::panic::Location;
use std::ptr::NonNull;

use super::handle::JoinHandle;
use super::here;
use super::packet::{Header, Kind, Packet};
use super::scheduler::Scheduler;
use super::stack::{SIZE, Stack};
use super::switch;

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
        let header = Header::new(&Packet::<F, T>::KIND, Some(stack), 2, spawned);
        let packet = Packet::<F, T>::new(header, function);
        let size = size_of::<Packet<F, T>>().next_multiple_of(64);
        // SAFETY: the stack is free and larger than this, and its top aligned to 128 bytes.
        let place = unsafe { NonNull::new_unchecked(stack.top().sub(size)) }.cast::<Packet<F, T>>();
        // SAFETY: as above.
        unsafe { place.write(packet) };
        let thread = Thread(place.cast());
        // SAFETY: aligned, and below it is the rest of the stack.
        let context =
            unsafe { switch::prepare(place.as_ptr().cast(), begin, place.as_ptr().cast()) };
        thread.header().context.set(context);
        // SAFETY: the kind is this one, and so is the type of the result.
        let handle = unsafe { JoinHandle::new(Thread(place.cast()), Packet::<F, T>::take) };
        (thread, handle)
    }

    /// The thread that began as one of the operating system's.
    pub(super) fn first(spawned: &'static Location<'static>) -> Thread {
        fn nothing() {}
        unsafe fn free(thread: NonNull<Header>) {
            // SAFETY: it comes from the box below, and nobody knows of it any more.
            drop(unsafe { Box::from_raw(thread.cast::<Packet<fn(), ()>>().as_ptr()) });
        }
        let kind = &Kind { drop: free, ..Packet::<fn(), ()>::KIND };
        let header = Header::new(kind, None, 1, spawned);
        let packet = Packet::<fn(), ()>::new(header, nothing);
        Thread(NonNull::from(Box::leak(Box::new(packet))).cast())
    }

    /// Takes its result.
    ///
    /// # Safety
    /// By the `take` of its own packet.
    pub(super) unsafe fn take<T>(&self, take: unsafe fn(NonNull<Header>) -> T) -> T {
        // SAFETY: as the caller says, and this knows of the thread.
        unsafe { take(self.0) }
    }

    #[inline]
    pub(super) fn header(&self) -> &Header {
        // SAFETY: the header is there for as long as somebody knows of the thread, and this does.
        unsafe { self.0.as_ref() }
    }

    /// The same, not counted: for as long as it has not ended.
    #[inline]
    pub(super) fn running(&self) -> Running {
        Running(self.0)
    }

    /// Lets it unwind from where it waits.
    pub(super) fn cancel(&self, scheduler: &Scheduler) {
        self.header().cancelled.set(true);
        scheduler.wake(self);
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
                here::give_back(stack);
            }
        }
    }
}

/// A green thread that runs or may, so the scheduler knows of it until it ends: a reference that need
/// not be counted.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Running(NonNull<Header>);

impl Running {
    /// One more that knows of it.
    #[inline]
    pub(super) fn thread(self) -> Thread {
        self.refs.set(self.refs.get() + 1);
        Thread(self.0)
    }

    /// It has overflowed: what was on its stack is nobody's any more.
    pub(super) fn overflow(self) {
        // SAFETY: its kind was made for it.
        unsafe { (self.kind.overflowed)(self.0) };
        self.overflowed.set(true);
    }
}

impl Deref for Running {
    type Target = Header;

    #[inline]
    fn deref(&self) -> &Header {
        // SAFETY: the header is there for as long as somebody knows of the thread.
        unsafe { self.0.as_ref() }
    }
}

/// The first function of every green thread.
unsafe extern "C" fn begin(header: *mut u8) -> ! {
    // SAFETY: this is what `Thread::new` has prepared the stack with; it has not ended.
    let me = Running(unsafe { NonNull::new_unchecked(header.cast()) });
    here::with(|scheduler| scheduler.arrived(me.mode));
    // SAFETY: its kind was made for it, and it knows of itself.
    unsafe { (me.kind.run)(me.0) };
    here::with(Scheduler::leave)
}

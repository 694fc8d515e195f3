//! The waker: how whatever a task waits for lets it run again.
//!
//! A waker of this runtime is a number and nothing else: which runtime, which task. To copy it or
//! to drop it is no work, there is nothing to count and nothing to free; and a waker that outlives
//! its task, or its runtime, wakes nobody.
//!
//! ```text
//!   63        48 47               24 23                0
//!  ┌────────────┬───────────────────┬───────────────────┐
//!  │  runtime   │    generation     │   index           │
//!  └────────────┴───────────────────┴───────────────────┘
//! ```
//!
//! The standard library doesn't know what a waker is: it must fit any runtime. So to it a waker is a
//! word of data, which here is that number, and a table of functions to call with it (clone, wake, wake
//! by reference, drop): a trait object, but written by hand, because a number is no object. `wake` finds
//! the runtime by `current.rs`, what runs on this thread now; if that is another one, or none, by its
//! inbox.
//!
//! Numbers are used again, the runtime's after 65,536 of them and a generation after 16 million, so
//! that a very old waker can wake a stranger. That costs a poll which finds nothing: every future
//! must bear it, from any runtime.

use std::cell::Cell;
use std::mem::ManuallyDrop;
use std::ptr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, RawWaker, RawWakerVTable, Waker};

use super::carefully::carefully;
use super::current;
use super::inbox::Inbox;
use super::slab::{BITS, Key};

#[cfg(not(target_pointer_width = "64"))]
compile_error!("a waker of this runtime is a number of 64 bits: build for a 64-bit target");

/// A static, not a const: its address tells that a waker is of this runtime, and of a const there may
/// be several.
static VTABLE: RawWakerVTable =
    RawWakerVTable::new(|ticket| RawWaker::new(ticket, &VTABLE), wake, wake, |_| ());

/// A task of a runtime, as one number.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Ticket(usize);

impl Ticket {
    const NONE: Ticket = Ticket(usize::MAX);

    #[inline]
    pub(super) fn new(runtime: u16, Key { index, generation }: Key) -> Ticket {
        Ticket(usize::from(runtime) << (2 * BITS) | (generation as usize) << BITS | index as usize)
    }

    #[inline]
    fn parts(self) -> (u16, Key) {
        let part = |shift: u32| (self.0 >> shift) as u32 & ((1 << BITS) - 1);
        ((self.0 >> (2 * BITS)) as u16, Key { index: part(0), generation: part(BITS) })
    }

    /// The waker of this task. To drop it is no work, so nobody need do it.
    #[inline]
    pub(super) fn waker(self) -> ManuallyDrop<Waker> {
        // SAFETY: RawWakerVTable asks that its functions be safe to call from any thread, and that
        // clone and drop look after what the data pointer points to. It points to nothing: it is a
        // number, which no function here dereferences; and `wake` is a safe function that touches
        // what belongs to the runtime's thread only on that thread.
        #[expect(unsafe_code, reason = "the only way to a waker that allocates nothing")]
        let waker = unsafe { Waker::new(ptr::without_provenance(self.0), &VTABLE) };
        ManuallyDrop::new(waker)
    }
}

thread_local! {
    /// Who is being polled on this thread, and whether it has woken itself meanwhile: the commonest
    /// wake of all needs no look into any table.
    static POLLED: Cell<Ticket> = const { Cell::new(Ticket::NONE) };
    static AGAIN: Cell<bool> = const { Cell::new(false) };
}

/// Polls, and tells what came of it, and whether who was polled has woken itself.
#[inline]
pub(super) fn polled<T>(ticket: Ticket, poll: impl FnOnce(&mut Context<'_>) -> T) -> (T, bool) {
    POLLED.set(ticket);
    let result = poll(&mut Context::from_waker(&ticket.waker()));
    POLLED.set(Ticket::NONE);
    (result, AGAIN.replace(false))
}

/// After a poll that has panicked.
pub(super) fn nobody_is_polled() {
    POLLED.set(Ticket::NONE);
    AGAIN.set(false);
}

#[inline]
fn wake(ticket: *const ()) {
    let ticket = Ticket(ticket.addr());
    if POLLED.get() == ticket {
        AGAIN.set(true);
        return;
    }
    wake_other(ticket);
}

fn wake_other(ticket: Ticket) {
    let (runtime, key) = ticket.parts();
    let here = current::with_current(|core| {
        let mine = core.number == runtime;
        if mine {
            core.wake(key);
        }
        mine
    });
    if here != Some(true) {
        wake_elsewhere(runtime, key);
    }
}

/// A task of another thread's runtime, or of one that does not run now.
#[cold]
fn wake_elsewhere(runtime: u16, key: Key) {
    let inbox = directory().inboxes.get(usize::from(runtime)).cloned().flatten();
    if let Some(inbox) = inbox {
        inbox.put(key);
    }
}

/// The task that a waker stands for, if it is one of this runtime.
#[inline]
pub(super) fn own(runtime: u16, waker: &Waker) -> Option<Key> {
    if !ptr::eq(waker.vtable(), &raw const VTABLE) {
        return None;
    }
    let (whose, key) = Ticket(waker.data().addr()).parts();
    (whose == runtime).then_some(key)
}

/// Wakes. A waker may be anybody's, and a panic in it is no reason for the loop to end.
pub(super) fn call(waker: Waker) {
    carefully(|| waker.wake());
}

/// The runtimes that there are, each by its number.
struct Directory {
    inboxes: Vec<Option<Arc<Inbox>>>,
    /// Where to look for the next free number: the longer a number rests, the better.
    next: usize,
}

static DIRECTORY: Mutex<Directory> = Mutex::new(Directory { inboxes: Vec::new(), next: 0 });

fn directory() -> MutexGuard<'static, Directory> {
    DIRECTORY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes a number for a runtime; nothing if there are 65,536 of them.
pub(super) fn enter(inbox: &Arc<Inbox>) -> Option<u16> {
    let mut directory = directory();
    let Directory { inboxes, next } = &mut *directory;
    for _ in 0..=u16::MAX {
        let number = *next as u16;
        *next = usize::from(number.wrapping_add(1));
        if inboxes.len() <= usize::from(number) {
            inboxes.resize_with(usize::from(number) + 1, || None);
        }
        let place = &mut inboxes[usize::from(number)];
        if place.is_none() {
            *place = Some(Arc::clone(inbox));
            return Some(number);
        }
    }
    None
}

/// Gives the number back.
pub(super) fn leave(number: u16) {
    directory().inboxes[usize::from(number)] = None;
}

//! The scheduler of this thread of the operating system, and how the code of green threads comes to it.

use std::cell::Cell;
use std::panic::Location;
use std::time::Instant;

use super::scheduler::Scheduler;
use super::stack::Stack;
use super::thread::Thread;

thread_local! {
    static SCHEDULER: Scheduler = Scheduler::new();
    /// How low the stack of the green thread that runs may be for the scheduler still to have room; 0
    /// for the first, whose stack is the operating system's affair.
    static LOWEST: Cell<usize> = const { Cell::new(0) };
}

#[inline]
pub(super) fn with<T>(what: impl FnOnce(&Scheduler) -> T) -> T {
    SCHEDULER.with(what)
}

/// The same, unless the thread of the operating system is on its way out.
#[inline]
pub(super) fn try_with(what: impl FnOnce(&Scheduler)) {
    let _ = SCHEDULER.try_with(what);
}

/// The green thread that runs.
///
/// # Panics
/// Outside of [`run`](super::run).
pub(super) fn me() -> Thread {
    with(Scheduler::me)
}

/// Waits until somebody wakes this thread: it may be for another reason than one waits for.
#[inline]
pub(super) fn park() {
    with(Scheduler::park);
}

/// The same, and until this moment at most. `false` if it has come.
pub(super) fn park_until(limit: Instant) -> bool {
    with(|scheduler| {
        let _alarm = scheduler.timers.set(limit, scheduler.me());
        scheduler.park();
        Instant::now() < limit
    })
}

/// From now on a thread runs whose stack may be so low.
#[inline]
pub(super) fn set_lowest(lowest: usize) {
    LOWEST.set(lowest);
}

/// What comes next must not be left half done by an overflow: if there is little room left for it on
/// the stack, the overflow comes now.
#[inline]
pub(super) fn need_room() {
    let here = 0_u8;
    if (&raw const here as usize) < LOWEST.get() {
        overflow();
    }
}

#[cold]
fn overflow() {
    try_with(|scheduler| {
        if let Some(stack) = scheduler.current().and_then(|header| header.stack) {
            stack.overflow();
        }
    });
}

/// Goes on with somebody else after the thread that ran has overflowed.
pub(super) fn abandon() -> ! {
    with(Scheduler::abandon)
}

/// Whose guard this address lies in, if it is that of the thread that runs here: where it was spawned.
pub(super) fn overflowed(address: usize) -> Option<&'static Location<'static>> {
    SCHEDULER.try_with(|scheduler| scheduler.overflowed(address)).ok().flatten()
}

/// Lets whoever has overflowed finish what it is in the midst of.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
pub(super) fn open_reserve() {
    try_with(|scheduler| {
        if let Some(stack) = scheduler.current().and_then(|header| header.stack) {
            stack.open_reserve();
        }
    });
}

/// A stack that nobody uses any more.
#[inline]
pub(super) fn give_back(stack: Stack) {
    // If the thread of the operating system is on its way out, all stacks are.
    // SAFETY: whoever gave it has just dropped what was on it.
    let _ =
        SCHEDULER.try_with(|scheduler| unsafe { scheduler.stacks.borrow_mut().give_back(stack) });
}

//! The scheduler, when a green thread ends, or all do.

use std::panic::Location;

use super::Scheduler;
use crate::green::here::set_lowest;
use crate::green::switch::{Context, switch};
use crate::green::thread::{Running, Thread};

impl Scheduler {
    /// The last thing that a green thread does.
    pub(in super::super) fn leave(&self) -> ! {
        let me = self.current().expect("who leaves has run");
        self.bury(me);
        let next = self.next(me);
        let to = self.goes_on(next);
        // However this one has left the processor: to load a mode costs less than to read it.
        // SAFETY: whoever goes on enters its own.
        unsafe { self.usual.get().load() };
        self.mode.set(self.usual.get());
        let mut nowhere = Context::NOWHERE;
        // SAFETY: as in `switch_from`; what is kept of here is never gone back to.
        unsafe { switch(&raw mut nowhere, to) };
        unreachable!("nobody can switch to a thread that has ended")
    }

    /// A thread has ended. Its stack is in use until the next one has arrived.
    #[inline]
    fn bury(&self, me: Running) {
        let number = me.stack.expect("the first returns from run() instead").number();
        let thread = self.alive.borrow_mut()[number].take();
        me.end(self);
        // Somebody has woken it while it ran.
        if me.queued.get() {
            self.ready.borrow_mut().retain(|thread| *thread != me);
        }
        self.dead.set(thread);
    }

    /// Whether a fault at this address is an overflow of the thread that runs: where it was spawned.
    pub(in super::super) fn overflowed(
        &self,
        address: usize,
    ) -> Option<&'static Location<'static>> {
        let current = self.current()?;
        current.stack.filter(|stack| stack.guards(address)).map(|_| current.spawned)
    }

    /// Goes on with somebody else after the thread that ran has overflowed. On a stack of its own.
    pub(in super::super) fn abandon(&self) -> ! {
        self.current().expect("who overflows has run").overflow();
        // It isn't on that stack any more.
        set_lowest(0);
        self.leave()
    }

    /// Lets all that are left unwind.
    pub(in super::super) fn cancel_all(&self) {
        loop {
            let left: Vec<Thread> = self.alive.borrow().iter().flatten().cloned().collect();
            if left.is_empty() {
                return;
            }
            left.iter().for_each(|thread| thread.cancel(self));
            drop(left);
            while !self.ready.borrow().is_empty() {
                self.yield_now();
            }
        }
    }

    /// The first has ended, as the last. Whoever still knows of it must not switch to it any more.
    pub(in super::super) fn end(&self) {
        if let Some(first) = self.first.take() {
            first.header().end(self);
        }
        self.current.set(None);
        self.ready.borrow_mut().clear();
    }
}

impl Drop for Scheduler {
    fn drop(&mut self) {
        if let Some(spare) = self.spare.take() {
            // SAFETY: no green thread runs here any more that could overflow.
            unsafe { self.stacks.borrow_mut().give_back(spare) };
        }
    }
}

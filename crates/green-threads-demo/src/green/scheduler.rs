//! The scheduler: who runs next.
//!
//! There is no thread for it. Whoever has to wait looks for the next that may run, and switches to
//! it: one switch, not one there and one back. And if nobody may run, the one that has to wait
//! sleeps in the poller for all of them.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io;
use std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind};
use std::process;
use std::time::{Duration, Instant};

use super::overflow;
use super::reactor::Reactor;
use super::stack::{Stack, Stacks};
use super::switch::{Context, switch};
use super::thread::{JoinHandle, Thread};
use super::timers::Timers;
use super::watch::{SlowTurn, Watch};

/// How many turns at most before there is a look at sockets and timers: a look is a system call.
const TURNS_A_LOOK: u32 = 128;

/// Turns that take longer together are followed by a look, however few they are: two that compute for
/// a millisecond and give way to each other would keep those waiting whose socket or time has come.
const LONG: Duration = Duration::from_micros(100);

/// The green threads of one thread of the operating system.
pub(super) struct Scheduler {
    ready: RefCell<VecDeque<Thread>>,
    current: Cell<Option<Thread>>,
    /// The one that began as a thread of the operating system, while it runs.
    first: RefCell<Option<Thread>>,
    /// One that has ended, and from whose stack somebody has just come.
    dead: Cell<Option<Thread>>,
    /// All that have not ended, by the numbers of their stacks.
    alive: RefCell<Vec<Option<Thread>>>,
    stacks: RefCell<Stacks>,
    /// Where it goes on after an overflow.
    spare: Cell<Option<Stack>>,
    pub(super) timers: Timers,
    pub(super) reactor: Reactor,
    /// How many turns there were since the last look.
    turns: Cell<u32>,
    /// After how many the next is due.
    look_after: Cell<u32>,
    looked: Cell<Option<Instant>>,
    /// Everybody waits, and nobody can end that.
    deadlock: Cell<bool>,
    watch: RefCell<Option<Watch>>,
}

thread_local! {
    static SCHEDULER: Scheduler = Scheduler::new();
}

#[inline]
pub(super) fn with<T>(what: impl FnOnce(&Scheduler) -> T) -> T {
    SCHEDULER.with(what)
}

/// The same, unless the thread of the operating system is on its way out.
pub(super) fn try_with(what: impl FnOnce(&Scheduler)) {
    let _ = SCHEDULER.try_with(what);
}

/// The green thread that runs.
///
/// # Panics
/// Outside of [`run`].
pub(super) fn me() -> Thread {
    with(Scheduler::me)
}

/// Waits until somebody wakes this thread: it may be for another reason than one waits for.
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

/// The first thing that a green thread does when it is switched to.
#[inline]
pub(super) fn arrived() {
    with(Scheduler::arrived);
}

/// The last thing that a green thread does.
pub(super) fn leave() -> ! {
    with(Scheduler::leave)
}

/// What comes next must not be left half done by an overflow: if there is little room left for it on
/// the stack, the overflow comes now.
#[inline]
pub(super) fn need_room() {
    try_with(Scheduler::need_room);
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
        let current = scheduler.current.take();
        if let Some(stack) = current.as_ref().and_then(|thread| thread.header().stack) {
            stack.open_reserve();
        }
        scheduler.current.set(current);
    });
}

/// A stack that nobody uses any more.
pub(super) fn give_back(stack: Stack) {
    // If the thread of the operating system is on its way out, all stacks are.
    // SAFETY: whoever gave it has just dropped what was on it.
    let _ =
        SCHEDULER.try_with(|scheduler| unsafe { scheduler.stacks.borrow_mut().give_back(stack) });
}

/// Runs `main` as the first green thread on this thread of the operating system, and beside it all
/// that are spawned. When it returns, those that are left are cancelled and unwind.
///
/// # Errors
/// If there is no file descriptor for the poller; or if this is a destructor that runs because of a
/// panic.
///
/// # Panics
/// With the panic of `main`; if this is a green thread already; or if all green threads are asleep
/// and nobody can wake them.
#[track_caller]
pub fn run<T>(main: impl FnOnce() -> T) -> io::Result<T> {
    let here = Location::caller();
    if std::thread::panicking() {
        // No green thread could wait: see `refuse_to_wait`.
        return Err(io::Error::other("green threads can't run while this thread unwinds"));
    }
    with(|scheduler| {
        let nested = scheduler.is_running();
        assert!(!nested, "this is a green thread already: call what you would run");
        scheduler.reactor.start()?;
        scheduler.spare()?;
        let first = Thread::first(here);
        *scheduler.first.borrow_mut() = Some(first.clone());
        scheduler.current.set(Some(first));
        io::Result::Ok(())
    })?;
    let result = catch_unwind(AssertUnwindSafe(main));
    with(|scheduler| {
        scheduler.cancel_all();
        scheduler.end();
    });
    Ok(result.unwrap_or_else(|panic| resume_unwind(panic)))
}

/// The same, and whenever a green thread has run for longer than `limit` without giving way, somebody
/// is told, when it does. It looks at the clock twice a turn.
///
/// # Errors
/// As [`run`].
///
/// # Panics
/// As [`run`].
#[track_caller]
pub fn run_watched<T>(
    limit: Duration,
    tell: impl Fn(SlowTurn) + 'static,
    main: impl FnOnce() -> T,
) -> io::Result<T> {
    with(|scheduler| {
        assert!(!scheduler.is_running(), "this is a green thread already: call what you would run");
        *scheduler.watch.borrow_mut() = Some(Watch::new(limit, tell));
    });
    let _unwatched = Unwatched;
    run(main)
}

struct Unwatched;

impl Drop for Unwatched {
    fn drop(&mut self) {
        with(|scheduler| *scheduler.watch.borrow_mut() = None);
    }
}

/// Starts a green thread. It has its first turn after those that wait for theirs already.
///
/// # Panics
/// Outside of [`run`], or if there is no memory for another stack.
#[track_caller]
pub fn spawn<F: FnOnce() -> T + 'static, T: 'static>(function: F) -> JoinHandle<T> {
    try_spawn(function).expect("no memory for another stack")
}

/// The same, and without a panic if there is no memory.
///
/// # Errors
/// If there is no memory for another stack.
///
/// # Panics
/// Outside of [`run`].
#[track_caller]
pub fn try_spawn<F: FnOnce() -> T + 'static, T: 'static>(function: F) -> io::Result<JoinHandle<T>> {
    let here = Location::caller();
    with(|scheduler| {
        scheduler.need_room();
        assert!(scheduler.is_running(), "spawn needs a scheduler: call it inside green::run()");
        let stack = scheduler.stacks.borrow_mut().take()?;
        let (thread, handle) = Thread::new(stack, here, function);
        scheduler.add(stack.number(), thread);
        Ok(handle)
    })
}

/// Lets all others that may run have their turn.
pub fn yield_now() {
    with(|scheduler| {
        scheduler.need_room();
        scheduler.yield_now();
    });
}

/// Which green thread this is: a number that no other one has here while this one has not ended. The
/// first is 0.
///
/// # Panics
/// Outside of [`run`].
#[must_use]
pub fn number() -> usize {
    with(|scheduler| scheduler.me().header().stack.map_or(0, |stack| stack.number() + 1))
}

/// How many green threads there are that have not ended, without the first.
#[must_use]
pub fn alive() -> usize {
    with(|scheduler| scheduler.alive.borrow().iter().flatten().count())
}

impl Scheduler {
    fn new() -> Scheduler {
        Scheduler {
            ready: RefCell::default(),
            current: Cell::new(None),
            first: RefCell::default(),
            dead: Cell::new(None),
            alive: RefCell::default(),
            stacks: RefCell::default(),
            spare: Cell::new(None),
            timers: Timers::default(),
            reactor: Reactor::default(),
            turns: Cell::new(0),
            look_after: Cell::new(1),
            looked: Cell::new(None),
            deadlock: Cell::new(false),
            watch: RefCell::default(),
        }
    }

    fn is_running(&self) -> bool {
        // Not `current`: between two turns there is none.
        self.first.borrow().is_some()
    }

    #[inline]
    fn need_room(&self) {
        let here = 0_u8;
        let current = self.current.take();
        let lowest = current.as_ref().map_or(0, |thread| thread.header().lowest);
        self.current.set(current);
        if (&raw const here as usize) < lowest {
            self.overflow();
        }
    }

    #[cold]
    fn overflow(&self) {
        let stack = self.me().header().stack;
        stack.expect("who may overflow has a stack of ours").overflow();
    }

    /// Sees to it that there is a stack to go on after an overflow.
    fn spare(&self) -> io::Result<()> {
        let spare = match self.spare.get() {
            Some(spare) => spare,
            None => self.stacks.borrow_mut().take()?,
        };
        self.spare.set(Some(spare));
        overflow::install(spare);
        Ok(())
    }

    /// The first has ended, as the last. Whoever still knows of it must not switch to it any more.
    fn end(&self) {
        if let Some(first) = self.first.take() {
            first.end(self);
        }
        self.current.set(None);
        self.ready.borrow_mut().clear();
    }

    #[inline]
    pub(super) fn me(&self) -> Thread {
        let current = self.current.take();
        let me = current.clone();
        self.current.set(current);
        me.expect("waiting needs a scheduler: call it inside green::run()")
    }

    fn add(&self, number: usize, thread: Thread) {
        thread.header().queued.set(true);
        self.ready.borrow_mut().push_back(thread.clone());
        let mut alive = self.alive.borrow_mut();
        if alive.len() <= number {
            alive.resize_with(number + 1, || None);
        }
        alive[number] = Some(thread);
    }

    /// Lets a thread run.
    pub(super) fn wake(&self, thread: &Thread) {
        let header = thread.header();
        if !header.ended.get() && !header.queued.replace(true) {
            self.ready.borrow_mut().push_back(thread.clone());
        }
    }

    fn yield_now(&self) {
        // A destructor that runs because of a panic must not switch: see `refuse_to_wait`.
        if std::thread::panicking() {
            return;
        }
        // If nobody else stands in the queue, the others sleep or wait: is anybody's time come?
        if self.ready.borrow().is_empty() {
            self.look(false);
            if self.ready.borrow().is_empty() {
                return;
            }
        }
        let Some(me) = self.current.take() else { return };
        self.wake(&me);
        self.switch_from(&me);
        me.check_cancelled();
    }

    pub(super) fn park(&self) {
        if std::thread::panicking() {
            refuse_to_wait();
        }
        self.need_room();
        let me = self.current.take().expect("only a green thread waits");
        if me.is_cancelled() {
            // It has caught that it unwinds. It is not to wait all the same.
            self.current.set(Some(me.clone()));
        } else {
            self.switch_from(&me);
        }
        if me.header().stack.is_none() && self.deadlock.replace(false) {
            panic!("all green threads are asleep, and nobody can wake them: a deadlock");
        }
        me.check_cancelled();
    }

    /// Goes on with the next that may run. Returns when it is this one's turn again.
    #[inline]
    fn switch_from(&self, me: &Thread) {
        let next = self.next(me);
        if next.same(me) {
            self.current.set(Some(next));
            return;
        }
        let to = next.header().context.get();
        self.current.set(Some(next));
        // SAFETY: `next` doesn't run, since it stood in the queue; so it stands where its last
        // switch left it, or at its beginning, and its stack is there because it is alive. A wait
        // or a yield switches once, and who is switched to stands in the queue no more.
        unsafe { switch(me.header().context.as_ptr(), to) };
        self.arrived();
    }

    /// Who runs next. Sleeps until there is somebody.
    #[inline]
    fn next(&self, me: &Thread) -> Thread {
        let watched =
            self.watch.borrow().as_ref().map(|watch| watch.turn_ends(me.header().spawned));
        let next = self.next_ready();
        if watched.is_some()
            && let Some(watch) = &*self.watch.borrow()
        {
            watch.turn_begins();
        }
        next
    }

    #[inline]
    fn next_ready(&self) -> Thread {
        self.turns.set(self.turns.get() + 1);
        if self.turns.get() >= self.look_after.get() {
            self.look(false);
        }
        loop {
            let next = self.ready.borrow_mut().pop_front();
            match next {
                Some(next) if next.header().ended.get() => {}
                Some(next) => {
                    next.header().queued.set(false);
                    return next;
                }
                None => self.look(true),
            }
        }
    }

    #[inline]
    fn arrived(&self) {
        drop(self.dead.take());
    }

    fn leave(&self) -> ! {
        let me = self.current.take().expect("who leaves has run");
        self.bury(me.clone());
        let next = self.next(&me);
        drop(me);
        let to = next.header().context.get();
        self.current.set(Some(next));
        let mut nowhere = Context::NOWHERE;
        // SAFETY: as in `switch_from`; what is kept of here is never gone back to.
        unsafe { switch(&raw mut nowhere, to) };
        unreachable!("nobody can switch to a thread that has ended")
    }

    /// A thread has ended. Its stack is in use until the next one has arrived.
    fn bury(&self, thread: Thread) {
        if let Some(stack) = thread.header().stack {
            self.alive.borrow_mut()[stack.number()] = None;
        }
        thread.end(self);
        self.dead.set(Some(thread));
    }

    /// Goes on with somebody else after the thread that ran has overflowed. On a stack of its own.
    pub(super) fn abandon(&self) -> ! {
        let me = self.current.take().expect("who overflows has run");
        me.overflow();
        self.current.set(Some(me));
        self.leave()
    }

    /// Whether a fault at this address is an overflow of the thread that runs.
    pub(super) fn overflowed(&self, address: usize) -> Option<&'static Location<'static>> {
        let current = self.current.take();
        let found = current.as_ref().and_then(|thread| {
            let header = thread.header();
            header.stack.filter(|stack| stack.guards(address)).map(|_| header.spawned)
        });
        self.current.set(current);
        found
    }

    /// After quick turns there may be twice as many before the next look; after long ones, or a sleep,
    /// only one.
    fn pace(&self, sleep: bool) {
        let now = (!sleep).then(Instant::now);
        let quick = self.looked.replace(now).zip(now).is_some_and(|(then, now)| now - then < LONG);
        let most = if quick { (2 * self.look_after.get()).min(TURNS_A_LOOK) } else { 1 };
        self.look_after.set(most);
        self.turns.set(0);
    }

    /// Looks whose socket or time has come, and sleeps until somebody's has.
    fn look(&self, sleep: bool) {
        self.pace(sleep);
        let alarm = self.timers.next();
        if sleep && alarm.is_none() && !self.reactor.is_waited_for() {
            // Nobody can come from outside: whoever sleeps, sleeps for ever. The first is told.
            self.deadlock.set(true);
            let first = self.first.borrow();
            return self.wake(first.as_ref().expect("while anybody runs there is a first"));
        }
        self.reactor.look(sleep, alarm, |thread| self.wake(thread));
        if alarm.is_some() {
            self.timers.due(Instant::now(), |thread| self.wake(thread));
        }
    }

    /// Lets all that are left unwind.
    fn cancel_all(&self) {
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
}

impl Drop for Scheduler {
    fn drop(&mut self) {
        if let Some(spare) = self.spare.take() {
            // SAFETY: no green thread runs here any more that could overflow.
            unsafe { self.stacks.borrow_mut().give_back(spare) };
        }
    }
}

/// While a thread unwinds, Rust counts for the thread of the operating system that it panics; the
/// others would be taken to panic too. So a destructor may not wait meanwhile.
fn refuse_to_wait() -> ! {
    eprintln!(
        "a destructor waits while its green thread unwinds: that can't be, and this ends here"
    );
    process::abort()
}

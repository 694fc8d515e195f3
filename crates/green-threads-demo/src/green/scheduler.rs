//! The scheduler: who runs next.
//!
//! There is no thread for it. Whoever has to wait looks for the next that may run, and switches to
//! it: one switch, not one there and one back. And if nobody may run, the one that has to wait
//! sleeps in the poller for all of them.

mod ends;
mod look;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io;
use std::process;
use std::time::Instant;

use super::here::set_lowest;
use super::mode::Mode;
use super::reactor::Reactor;
use super::stack::{Stack, Stacks};
use super::switch::{Context, switch};
use super::thread::{Running, Thread};
use super::timers::Timers;
use super::watch::Watch;
use super::{here, overflow};

/// The green threads of one thread of the operating system.
pub(super) struct Scheduler {
    /// The run queue. Nobody in it has ended, so there they need not be counted either.
    ready: RefCell<VecDeque<Running>>,
    /// The one that runs: `alive` knows of it until it ends, or `first`.
    current: Cell<Option<Running>>,
    /// The one that began as a thread of the operating system, while it runs.
    first: RefCell<Option<Thread>>,
    /// One that has ended, and from whose stack somebody has just come.
    dead: Cell<Option<Thread>>,
    /// The floating-point mode in which the last one that has given way has left the processor.
    mode: Cell<Mode>,
    /// The one in which `run` was called.
    usual: Cell<Mode>,
    /// All that have not ended, by the numbers of their stacks.
    alive: RefCell<Vec<Option<Thread>>>,
    pub(super) stacks: RefCell<Stacks>,
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
    /// Whether there is one.
    watched: Cell<bool>,
}

impl Scheduler {
    pub(super) fn new() -> Scheduler {
        Scheduler {
            ready: RefCell::default(),
            current: Cell::new(None),
            first: RefCell::default(),
            dead: Cell::new(None),
            mode: Cell::new(Mode::now()),
            usual: Cell::new(Mode::now()),
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
            watched: Cell::new(false),
        }
    }

    /// # Errors
    /// If there is no file descriptor for the poller, or no memory for the stack on which it goes on
    /// after an overflow.
    pub(super) fn begin(&self, first: Thread) -> io::Result<()> {
        self.reactor.start()?;
        let spare = match self.spare.get() {
            Some(spare) => spare,
            None => self.stacks.borrow_mut().take()?,
        };
        self.spare.set(Some(spare));
        overflow::install(spare);
        self.usual.set(Mode::now());
        self.goes_on(first.running());
        *self.first.borrow_mut() = Some(first);
        Ok(())
    }

    pub(super) fn is_running(&self) -> bool {
        // Not `current`: while somebody is told of a slow turn there is none.
        self.first.borrow().is_some()
    }

    /// From now on this one watches the turns, or nobody.
    pub(super) fn watch(&self, watch: Option<Watch>) {
        self.watched.set(watch.is_some());
        *self.watch.borrow_mut() = watch;
    }

    /// How many have not ended, without the first.
    pub(super) fn alive(&self) -> usize {
        self.alive.borrow().iter().flatten().count()
    }

    #[inline]
    pub(super) fn current(&self) -> Option<Running> {
        self.current.get()
    }

    #[inline]
    pub(super) fn running(&self) -> Running {
        self.current().expect("waiting needs a scheduler: call it inside green::run()")
    }

    #[inline]
    pub(super) fn me(&self) -> Thread {
        self.running().thread()
    }

    /// A new one.
    #[inline]
    pub(super) fn add(&self, number: usize, thread: Thread) {
        self.wake(&thread);
        let mut alive = self.alive.borrow_mut();
        if alive.len() <= number {
            alive.resize_with(number + 1, || None);
        }
        alive[number] = Some(thread);
    }

    /// Lets a thread run.
    #[inline]
    pub(super) fn wake(&self, thread: &Thread) {
        self.queue(thread.running());
    }

    /// The same.
    #[inline]
    pub(super) fn queue(&self, thread: Running) {
        if !thread.ended.get() && !thread.queued.replace(true) {
            self.ready.borrow_mut().push_back(thread);
        }
    }

    /// Lets all others that may run have their turn.
    pub(super) fn yield_now(&self) {
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
        let Some(me) = self.current() else { return };
        self.queue(me);
        self.switch_from(me);
        me.check_cancelled();
    }

    /// Waits until somebody wakes this one: it may be for another reason than it waits for.
    pub(super) fn park(&self) {
        if std::thread::panicking() {
            refuse_to_wait();
        }
        here::need_room();
        let me = self.current().expect("only a green thread waits");
        // One that has caught that it unwinds is not to wait all the same.
        if !me.cancelled.get() {
            self.switch_from(me);
        }
        if me.stack.is_none() && self.deadlock.replace(false) {
            panic!("all green threads are asleep, and nobody can wake them: a deadlock");
        }
        me.check_cancelled();
    }

    /// Goes on with the next that may run. Returns when it is this one's turn again.
    #[inline]
    fn switch_from(&self, me: Running) {
        let next = self.next(me);
        if next == me {
            return;
        }
        let to = self.goes_on(next);
        let mode = Mode::now();
        self.mode.set(mode);
        // SAFETY: `next` doesn't run, since it stood in the queue; so it stands where its last
        // switch left it, or at its beginning, and its stack is there because it is alive. A wait
        // or a yield switches once, and who is switched to stands in the queue no more.
        unsafe { switch(me.context.as_ptr(), to) };
        self.arrived(mode);
    }

    /// The first thing that one does when it is switched to, whose floating-point mode is this.
    #[inline]
    pub(super) fn arrived(&self, mode: Mode) {
        // SAFETY: whoever switched here has left the processor in that one; this one had this mode
        // when it last gave way, or its maker had it.
        unsafe { mode.enter(self.mode.get()) };
        drop(self.dead.take());
    }

    /// From now on this one runs. Where it stands.
    #[inline]
    fn goes_on(&self, thread: Running) -> Context {
        set_lowest(thread.lowest);
        self.current.set(Some(thread));
        thread.context.get()
    }

    /// Who runs next. Sleeps until there is somebody.
    #[inline]
    fn next(&self, me: Running) -> Running {
        if self.watched.get() { self.next_watched(me) } else { self.next_ready() }
    }

    #[cold]
    fn next_watched(&self, me: Running) -> Running {
        let watch = |what: &dyn Fn(&Watch)| self.watch.borrow().as_ref().into_iter().for_each(what);
        // Whoever is told of a slow turn can't wait: this one is in the midst of that.
        let current = self.current.take();
        watch(&|watch| watch.turn_ends(me.spawned));
        self.current.set(current);
        let next = self.next_ready();
        watch(&Watch::turn_begins);
        next
    }

    #[inline]
    fn next_ready(&self) -> Running {
        self.turns.set(self.turns.get() + 1);
        if self.turns.get() >= self.look_after.get() {
            self.look(false);
        }
        loop {
            let next = self.ready.borrow_mut().pop_front();
            if let Some(next) = next {
                next.queued.set(false);
                return next;
            }
            self.look(true);
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

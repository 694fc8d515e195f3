//! Three ways to have many stacks.

use std::io;
use std::rc::Rc;

use corosensei::Coroutine;
use corosensei::stack::DefaultStack;
use green_threads_demo::green::{self, Mutex};

use super::footprint::Footprint;

/// A way.
pub struct Approach {
    /// Its name in tables.
    pub name: &'static str,
    /// Has so many threads wait, or as many as it can: says when each does, and takes the footprint
    /// while all of them are there. And why it went no further.
    pub hold: Hold,
}

type Hold = fn(usize, &mut dyn FnMut(), &mut dyn FnMut() -> Option<Footprint>) -> Held;
type Held = (Option<Footprint>, io::Result<()>);

/// All of them.
pub const APPROACHES: &[Approach] = &[
    Approach { name: "green threads", hold: green_threads },
    Approach { name: "corosensei", hold: corosensei },
    Approach { name: "may", hold: may },
];

fn green_threads(
    threads: usize,
    waits: &mut dyn FnMut(),
    full: &mut dyn FnMut() -> Option<Footprint>,
) -> Held {
    let all = || {
        let lock = Rc::new(Mutex::new(()));
        let held = lock.lock();
        for _ in 0..threads {
            let lock = Rc::clone(&lock);
            if let Err(why) = green::try_spawn(move || drop(lock.lock())) {
                return (None, Err(why));
            }
            // It runs until it waits for the lock, and this goes on.
            green::yield_now();
            waits();
        }
        let full = full();
        drop(held);
        (full, Ok(()))
    };
    green::run(all).unwrap_or_else(|why| (None, Err(why)))
}

fn corosensei(
    threads: usize,
    waits: &mut dyn FnMut(),
    full: &mut dyn FnMut() -> Option<Footprint>,
) -> Held {
    let mut all = Vec::new();
    for _ in 0..threads {
        let stack = match DefaultStack::new(SIZE) {
            Ok(stack) => stack,
            Err(why) => return (None, Err(why)),
        };
        let mut thread = Coroutine::with_stack(stack, |yielder, ()| yielder.suspend(()));
        thread.resume(());
        all.push(thread);
        waits();
    }
    (full(), Ok(()))
}

/// As large as those of the green threads.
const SIZE: usize = green::stack::SIZE;

fn may(
    threads: usize,
    waits: &mut dyn FnMut(),
    full: &mut dyn FnMut() -> Option<Footprint>,
) -> Held {
    use std::sync::mpsc;
    may::config().set_workers(1).set_stack_size(SIZE / size_of::<usize>()).set_worker_pin(false);
    let (begun, begins) = mpsc::channel();
    for _ in 0..threads {
        let begun = begun.clone();
        let thread = move || {
            let _ = begun.send(());
            may::coroutine::park();
        };
        // SAFETY: it holds on to no thread-local, and needs little of its stack.
        let spawned = unsafe { may::coroutine::Builder::new().spawn(thread) };
        if let Err(why) = spawned {
            return (None, Err(why));
        }
        if begins.recv().is_err() {
            return (None, Err(io::Error::other("a coroutine that didn't begin")));
        }
        waits();
    }
    // They wait for ever; the process ends without them.
    (full(), Ok(()))
}

//! Two schedulers, and the same two jobs for each.

use std::hint::black_box;

use green_threads_demo::green;

/// A scheduler, on one thread of the operating system.
pub struct Contestant {
    /// Its name in tables.
    pub name: &'static str,
    /// So many threads, each of which lets the others go first so many times.
    pub yields: fn(u64, u64),
    /// So many times: starts a thread, and waits for its end.
    pub spawns: fn(u64),
}

/// Both, the first once more at the end.
pub const CONTESTANTS: [Contestant; 3] = [
    Contestant { name: "green threads", yields: green_yields, spawns: green_spawns },
    Contestant { name: "may", yields: may_yields, spawns: may_spawns },
    Contestant { name: "green threads again", yields: green_yields, spawns: green_spawns },
];

fn green_yields(threads: u64, each: u64) {
    let all = || {
        let start = |_| green::spawn(move || (0..each).for_each(|_| green::yield_now()));
        let threads: Vec<_> = (0..threads).map(start).collect();
        threads.into_iter().for_each(|thread| thread.join().expect("a thread that ends"));
    };
    green::run(all).expect("a scheduler");
}

fn green_spawns(threads: u64) {
    let all = || {
        for thread in 0..threads {
            let ended = green::spawn(move || black_box(thread)).join();
            let _ = black_box(ended);
        }
    };
    green::run(all).expect("a scheduler");
}

fn may_yields(threads: u64, each: u64) {
    may_run(move || {
        let start = |_| may_spawn(move || (0..each).for_each(|_| may::coroutine::yield_now()));
        let threads: Vec<_> = (0..threads).map(start).collect();
        threads.into_iter().for_each(|thread| thread.join().expect("a coroutine that ends"));
    });
}

fn may_spawns(threads: u64) {
    may_run(move || {
        for thread in 0..threads {
            let ended = may_spawn(move || black_box(thread)).join();
            let _ = black_box(ended);
        }
    });
}

fn may_run(main: impl FnOnce() + Send + 'static) {
    may::config().set_workers(1).set_worker_pin(false);
    may_spawn(main).join().expect("a coroutine that ends");
}

fn may_spawn<T: Send + 'static>(
    run: impl FnOnce() -> T + Send + 'static,
) -> may::coroutine::JoinHandle<T> {
    // SAFETY: nothing that is started here holds on to a thread-local, which would be another
    // worker's, or needs more stack than there is.
    unsafe { may::coroutine::spawn(run) }
}

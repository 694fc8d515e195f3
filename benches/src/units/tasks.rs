//! Tasks of an event loop: of the one that chapter 5 builds, of tokio, async-std and smol. The same
//! three measurements, written once and compiled for each: only the names that they use are its own.

/// Needs these in scope: `block_on`, `start` (a task, and what to await its end with), `leave` (a
/// task that nobody waits for) and `yield_now`.
macro_rules! model {
    ($name:literal) => {
        use std::future::pending;
        use std::sync::atomic::{AtomicU32, Ordering};
        use std::time::{Duration, Instant};

        use super::super::limits::Kind;
        use super::super::turns::{Turns, mean};
        use super::super::{Model, memory};
        use crate::Result;

        /// A task each.
        pub const MODEL: Model = Model {
            name: $name,
            chapter: "event-loop-demo",
            kind: Kind::Object,
            memory: |count| block_on(wait(count))?,
            spawn: |count| {
                let spawn = async move {
                    let mut tasks = Vec::with_capacity(count as usize);
                    let begin = Instant::now();
                    tasks.extend((0..count).map(|_| start(async {})));
                    for task in tasks {
                        let _ = task.await;
                    }
                    begin.elapsed()
                };
                block_on(spawn)
            },
            switch: Some(|count, switches| {
                let turns = switches.div_ceil(count.into());
                let took = block_on(give_way(count, turns))?;
                Ok(took.map(|took| mean(took, count, turns)))
            }),
        };

        async fn give_way(count: u32, turns: u64) -> Option<Duration> {
            static TURNS: Turns = Turns::new();
            let task = move || async move {
                TURNS.one_comes();
                while !TURNS.have_begun() {
                    yield_now().await;
                }
                for _ in 0..turns {
                    yield_now().await;
                }
                TURNS.one_had(count);
                while !TURNS.are_over() {
                    yield_now().await;
                }
            };
            let tasks = Vec::from_iter((0..count).map(|_| start(task())));
            while !TURNS.are_there(count) {
                yield_now().await;
            }
            TURNS.begin();
            for task in tasks {
                let _ = task.await;
            }
            TURNS.took()
        }

        async fn wait(count: u32) -> Result<Option<f64>> {
            static WAITING: AtomicU32 = AtomicU32::new(0);
            let _ = memory::ours();
            let before = memory::ours();
            for _ in 0..count {
                leave(async {
                    WAITING.fetch_add(1, Ordering::Relaxed);
                    pending::<()>().await;
                });
            }
            while WAITING.load(Ordering::Relaxed) < count {
                yield_now().await;
            }
            let after = memory::ours();
            Ok(memory::share(before, after, count))
        }
    };
}

/// The runtime that chapter 5 builds.
pub mod event_loop {
    use event_loop_demo::runtime::{JoinHandle, Runtime, spawn as start, yield_now};

    fn block_on<T>(main: impl Future<Output = T>) -> Result<T> {
        Ok(Runtime::new()?.block_on(main))
    }

    fn leave(task: impl Future<Output = ()> + 'static) {
        drop::<JoinHandle<()>>(start(task));
    }

    model!("event loop");
}

/// tokio, on one thread.
pub mod tokio {
    use tokio::runtime::Builder;
    use tokio::task::{JoinHandle, spawn as start, yield_now};

    fn block_on<T>(main: impl Future<Output = T>) -> Result<T> {
        Ok(Builder::new_current_thread().enable_all().build()?.block_on(main))
    }

    fn leave(task: impl Future<Output = ()> + Send + 'static) {
        drop::<JoinHandle<()>>(start(task));
    }

    model!("tokio");
}

/// async-std: its tasks run on threads of its own, on which the one that waits for them is not.
pub mod async_std {
    use async_std::task::{JoinHandle, block_on as run, spawn as start, yield_now};

    fn block_on<T>(main: impl Future<Output = T>) -> Result<T> {
        Ok(run(main))
    }

    fn leave(task: impl Future<Output = ()> + Send + 'static) {
        drop::<JoinHandle<()>>(start(task));
    }

    model!("async-std");
}

/// smol: its executor for one thread.
pub mod smol {
    use smol::future::yield_now;
    use smol::{LocalExecutor, Task};

    thread_local! {
        static EXECUTOR: LocalExecutor<'static> = const { LocalExecutor::new() };
    }

    fn block_on<T>(main: impl Future<Output = T>) -> Result<T> {
        Ok(EXECUTOR.with(|executor| smol::block_on(executor.run(main))))
    }

    fn start(task: impl Future<Output = ()> + 'static) -> Task<()> {
        EXECUTOR.with(|executor| executor.spawn(task))
    }

    fn leave(task: impl Future<Output = ()> + 'static) {
        start(task).detach();
    }

    model!("smol");
}

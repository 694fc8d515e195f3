//! What a task takes of memory while it waits.
//!
//! ```text
//! cargo run --release -p benches --example memory
//! ```
//!
//! Counted by the allocator, with what it adds itself (where that is glibc's); no pages are guessed
//! at, so that it is the same on every run. The tables that a runtime keeps count too, as long as
//! they are after so many tasks.

mod counting;

use std::future::pending;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use benches::grid::Grid;
use counting::{Counting, live};
use event_loop_demo::runtime;
use stage::printer::Printer;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const TASKS: usize = 100_000;
const LONG: Duration = Duration::from_secs(3_600);

/// How many of the tasks have had their first turn.
static BEGUN: AtomicUsize = AtomicUsize::new(0);

/// Bytes a task.
struct Bytes {
    /// Altogether.
    task: f64,
    /// Of that, its future: what the program itself wants to keep.
    future: usize,
}

/// Starts so many tasks on the runtime that this runs on; waits until all of them wait.
macro_rules! measure {
    ($start:path, $yield_now:path, $task:expr) => {
        async {
            let task = || async {
                BEGUN.fetch_add(1, Ordering::Relaxed);
                $task.await;
            };
            let future = size_of_val(&task());
            BEGUN.store(0, Ordering::Relaxed);
            let before = live();
            for _ in 0..TASKS {
                $start(task());
            }
            while BEGUN.load(Ordering::Relaxed) < TASKS {
                $yield_now().await;
            }
            Bytes { task: (live() - before) as f64 / TASKS as f64, future }
        }
    };
}

fn main() {
    let columns = ["bytes a task", "waits", "of that its future", "sleeps", "of that its future"];
    let mut grid = Grid::new(columns);
    for (name, waits, sleeps) in [
        ("event loop", event_loop(false), event_loop(true)),
        ("tokio", tokio(false), tokio(true)),
        ("smol", smol(false), smol(true)),
        ("async-std", async_std(false), async_std(true)),
    ] {
        let both = [waits, sleeps]
            .map(|Bytes { task, future }| [format!("{task:.0}"), future.to_string()]);
        grid.row([name.to_owned()].into_iter().chain(both.into_iter().flatten()).collect());
    }
    grid.lines(Printer::stdout().width()).iter().for_each(|line| println!("{line}"));
}

fn event_loop(sleeps: bool) -> Bytes {
    fn start(task: impl Future<Output = ()> + 'static) {
        runtime::spawn(task);
    }
    let runtime = runtime::Runtime::new().expect("a runtime");
    match sleeps {
        false => runtime.block_on(measure!(start, runtime::yield_now, pending::<()>())),
        true => runtime.block_on(measure!(start, runtime::yield_now, runtime::sleep(LONG))),
    }
}

fn tokio(sleeps: bool) -> Bytes {
    use tokio::{runtime::Builder, task::yield_now, time::sleep};
    fn start(task: impl Future<Output = ()> + Send + 'static) {
        tokio::spawn(task);
    }
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    match sleeps {
        false => runtime.block_on(measure!(start, yield_now, pending::<()>())),
        true => runtime.block_on(measure!(start, yield_now, sleep(LONG))),
    }
}

fn smol(sleeps: bool) -> Bytes {
    use smol::{LocalExecutor, Timer, block_on, future::yield_now};
    thread_local! {
        static EXECUTOR: LocalExecutor<'static> = const { LocalExecutor::new() };
    }
    fn start(task: impl Future<Output = ()> + 'static) {
        EXECUTOR.with(|executor| executor.spawn(task).detach());
    }
    EXECUTOR.with(|executor| match sleeps {
        false => block_on(executor.run(measure!(start, yield_now, pending::<()>()))),
        true => block_on(executor.run(measure!(start, yield_now, Timer::after(LONG)))),
    })
}

fn async_std(sleeps: bool) -> Bytes {
    use async_std::task::{block_on, sleep, spawn, yield_now};
    fn start(task: impl Future<Output = ()> + Send + 'static) {
        spawn(task);
    }
    match sleeps {
        false => block_on(measure!(start, yield_now, pending::<()>())),
        true => block_on(measure!(start, yield_now, sleep(LONG))),
    }
}

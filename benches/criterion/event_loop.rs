//! The event loop that chapter 5 builds beside tokio, smol and async-std.
//!
//! tokio runs on one thread here (`current_thread`), smol on its executor for one thread;
//! async-std has no such thing, and runs on threads of its own. In each group the first contestant
//! is entered once more at the end, as `… again`: the distance between the two is what the machine
//! adds by itself, and no smaller difference means anything.

#[path = "../examples/echo/client.rs"]
mod client;
#[path = "event_loop/echo.rs"]
mod echo;
#[path = "event_loop/flight.rs"]
mod flight;
#[path = "../examples/echo/process.rs"]
mod process;
#[path = "event_loop/runtimes/mod.rs"]
mod runtimes;
#[path = "event_loop/scheduler.rs"]
mod scheduler;
#[path = "../examples/echo/servers/mod.rs"]
mod servers;
mod settings;
#[path = "event_loop/sleeps.rs"]
mod sleeps;

use std::hint::black_box;

use criterion::{Criterion, criterion_group};

fn main() {
    // Servers are this program once more, in processes of their own.
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if process::served(&arguments).expect("a server") || flight::served(&arguments) {
        return;
    }
    let _lid = lid();
    all();
    Criterion::default().configure_from_args().final_summary();
}

/// Keeps the memory of tasks that have ended from going back to the system, only to be asked for
/// again: that would be most of what starting many tasks takes, and happens or not as chance has
/// laid out the heap. malloc gives back what is free at its end, so something lies there.
fn lid() -> Box<[u8; 1024]> {
    let memory: Vec<_> = (0..64 * 1024).map(|_| Box::new([0_u8; 1024])).collect();
    let lid = Box::new([0; 1024]);
    drop(black_box(memory));
    lid
}

criterion_group! {
    name = all;
    config = settings::criterion();
    targets = scheduler::shapes, scheduler::yields, scheduler::spawns, sleeps::many,
        sleeps::lateness, echo::echo, flight::fetch
}

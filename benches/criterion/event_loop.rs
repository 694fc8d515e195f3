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

use criterion::{Criterion, criterion_group};

fn main() {
    // Servers are this program once more, in processes of their own.
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if process::served(&arguments).expect("a server") || flight::served(&arguments) {
        return;
    }
    all();
    Criterion::default().configure_from_args().final_summary();
}

criterion_group! {
    name = all;
    config = settings::criterion();
    targets = scheduler::shapes, scheduler::yields, scheduler::spawns, sleeps::many,
        sleeps::lateness, echo::echo, flight::fetch
}

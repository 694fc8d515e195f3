//! The green threads that chapter 6 builds beside corosensei, which switches, and may, which has a
//! scheduler too: it runs on one worker here.
//!
//! In each group the first contestant is entered once more at the end, as `… again`: no smaller
//! difference than that between the two means anything. Echo is among the benchmarks of the event
//! loop, with all servers that there are.

#[path = "green/contestants.rs"]
mod contestants;
#[path = "green/scheduler.rs"]
mod scheduler;
mod settings;
#[path = "green/switch.rs"]
mod switch;

use criterion::{criterion_group, criterion_main};

criterion_group! {
    name = all;
    config = settings::criterion();
    targets = switch::there_and_back, scheduler::yields, scheduler::spawns
}
criterion_main!(all);

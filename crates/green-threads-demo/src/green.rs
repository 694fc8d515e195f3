//! Green threads: plain sequential code that gives way by itself while it waits. What `gevent` does
//! for Python.
//!
//! In reading order:
//!
//! | file | what |
//! |---|---|
//! | `switch.rs` | from one stack to another, on two kinds of processor |
//! | `mode.rs` | how numbers are rounded, which a switch leaves alone |
//! | `stack.rs` | many stacks, guarded, used again |
//! | `packet.rs`, `thread.rs`, `handle.rs` | what lies on a stack, who knows of it, and who waits for its end |
//! | `scheduler.rs` | who runs next |
//! | `run.rs`, `here.rs` | how a program comes to the scheduler, and how the green threads do |
//! | `timers.rs`, `poller.rs`, `reactor.rs` | who sleeps, and who waits for which socket |
//! | `net.rs` | where `std::net` stood |
//! | `waiting.rs`, `mutex.rs`, `channel.rs` | who waits for one another |
//! | `bell.rs` | what a thread of the operating system wakes a green one with |
//! | `watch.rs` | who keeps all others from running |
//! | `overflow.rs` | a stack that was too small |

mod bell;
pub mod channel;
mod handle;
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "there an overflow ends all"))]
mod here;
pub mod mode;
pub mod mutex;
pub mod net;
mod overflow;
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "as above"))]
mod packet;
mod poller;
mod reactor;
mod run;
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "as above"))]
mod scheduler;
pub mod stack;
pub mod switch;
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "as above"))]
mod thread;
mod timers;
mod waiting;
pub mod watch;

pub use bell::{Bell, Ringer, bell};
pub use channel::channel;
pub use handle::{Failed, JoinHandle};
pub use mutex::{Mutex, MutexGuard};
pub use run::{alive, number, run, run_watched, spawn, try_spawn, yield_now};
pub use timers::sleep;
pub use watch::SlowTurn;

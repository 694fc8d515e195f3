//! Green threads: plain sequential code that gives way by itself while it waits. What `gevent` does
//! for Python.
//!
//! In reading order:
//!
//! | file | what |
//! |---|---|
//! | `switch.rs` | from one stack to another, on two kinds of processor |
//! | `stack.rs` | many stacks, guarded, used again |
//! | `thread.rs` | what lies on a stack, and the handle to wait for its end |
//! | `scheduler.rs` | who runs next |
//! | `timers.rs`, `poller.rs`, `reactor.rs` | who sleeps, and who waits for which socket |
//! | `net.rs` | where `std::net` stood |
//! | `waiting.rs`, `mutex.rs`, `channel.rs` | who waits for one another |
//! | `bell.rs` | what a thread of the operating system wakes a green one with |
//! | `watch.rs` | who keeps all others from running |
//! | `overflow.rs` | a stack that was too small |

mod bell;
pub mod channel;
pub mod mutex;
pub mod net;
mod overflow;
mod poller;
mod reactor;
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "there an overflow ends all"))]
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
pub use mutex::{Mutex, MutexGuard};
pub use scheduler::{alive, number, run, run_watched, spawn, try_spawn, yield_now};
pub use thread::{Failed, JoinHandle};
pub use timers::sleep;
pub use watch::SlowTurn;

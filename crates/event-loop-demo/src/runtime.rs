//! An async runtime on one thread: what `asyncio` is made of.
//!
//! ```text
//!            ┌───────────────────────── a turn ─────────────────────────┐
//!            │                                                          │
//!   tasks ───┴─▶ run queue ──poll──▶ done, or waits for                 │
//!                 ▲   ▲   ▲              │                              │
//!            wake │   │   │ wake         ├─ a socket ─▶ reactor ──┐     │
//!                 │   │   └──────────────┼─ a moment ─▶ timers ───┤     │
//!          offload│   │another task      └─ another task          ▼     │
//!          threads┴─inbox ──────────── bell ──────────────────▶ poller ─┘
//!                                                       (sleeps when the queue is empty)
//! ```
//!
//! In reading order. Those with a star are the essence: who has read them knows how it works.
//!
//! | file | what |
//! |---|---|
//! | `poller.rs` | epoll or kqueue: the only place where the thread sleeps |
//! | `slab.rs` | things by number: tasks, and sockets |
//! | `queue.rs` ★ | who may run |
//! | `waker.rs` ★ | how a task is woken |
//! | `inbox.rs` | the same from other threads (their locks are in `../sync.rs`) |
//! | `current.rs` | all parts together: the runtime that runs on this thread |
//! | `turn.rs` ★ | run who may run, look who has become ready, sleep |
//! | `timers.rs` ★ | who sleeps until when |
//! | `reactor.rs` ★ | who waits for which socket |
//! | `driver.rs` | the runtime as its users see it |
//! | `net.rs`, `channel.rs`, `oneshot.rs`, `combine.rs`, `offload.rs` | what tasks are written with |
//! | `watch.rs` | who keeps the loop for itself |
//! | `carefully.rs` | other people's code, which may panic |
//! | `task.rs` | a future on its way, and the handle to wait for its end: what there is of unsafe code, so skip it at first, and take a task for an `Rc` that can be polled |
//! | `memory.rs` | the memory of tasks: for speed only |

mod carefully;
pub mod channel;
pub mod combine;
mod current;
mod driver;
pub mod inbox;
#[expect(unsafe_code, reason = "memory is handed out as bare pieces")]
mod memory;
pub mod net;
pub mod offload;
pub mod oneshot;
pub mod poller;
mod queue;
mod reactor;
pub mod slab;
#[expect(unsafe_code, reason = "a task is one piece of memory, of whatever type its future is")]
pub mod task;
pub mod timers;
mod turn;
mod waker;
pub mod watch;

pub use channel::{channel, unbounded};
pub use combine::{Either, Elapsed, join, select, timeout, timeout_at, yield_now};
pub use current::{Counts, spawn};
pub use driver::Runtime;
pub use offload::offload;
pub use oneshot::oneshot;
pub use task::{Failed, JoinHandle};
pub use timers::{sleep, sleep_until};

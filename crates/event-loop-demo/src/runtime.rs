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
//! In reading order:
//!
//! | module | what |
//! |---|---|
//! | [`poller`] | epoll or kqueue: the only place where the thread sleeps |
//! | [`slab`] | things by number: tasks, and sockets |
//! | [`memory`], [`task`] | a future on its way, and the handle to wait for its end |
//! | [`queue`] | who may run |
//! | [`waker`], [`inbox`] | how a task is woken, from this thread and from others |
//! | [`timers`] | who sleeps until when |
//! | [`reactor`] | who waits for which socket |
//! | [`driver`] | the turn: run, look, sleep |
//! | [`net`], [`channel`], [`oneshot`], [`combine`], [`offload`] | what tasks are written with |

pub mod channel;
pub mod combine;
mod driver;
pub mod inbox;
#[expect(unsafe_code, reason = "memory is handed out as bare pieces")]
mod memory;
pub mod net;
pub mod offload;
pub mod oneshot;
pub mod poller;
mod queue;
pub mod reactor;
pub mod slab;
#[expect(unsafe_code, reason = "a task is one piece of memory, of whatever type its future is")]
pub mod task;
pub mod timers;
pub mod waker;
pub mod watch;

pub use channel::{channel, unbounded};
pub use combine::{Either, Elapsed, join, select, timeout, timeout_at, yield_now};
pub use driver::{Counts, Runtime, spawn};
pub use offload::offload;
pub use oneshot::oneshot;
pub use task::{Failed, JoinHandle};
pub use timers::{sleep, sleep_until};

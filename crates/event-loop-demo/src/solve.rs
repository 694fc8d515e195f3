//! This chapter's ways to solve the problems, side by side: the same program on four runtimes. Read
//! two of these files together, and beside them one that blocks
//! (`crates/threading-demo/src/solve/threads.rs`).

mod event_loop;

use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use workloads::{Approach, Result, Stop};

pub use self::event_loop::EventLoop;
pub(crate) use self::event_loop::get;

/// How long to wait for the next bytes of a reply: the longest think time, and some more.
const REPLY_LIMIT: Duration = Duration::from_secs(90);

/// How many tasks wait at once at most: each has a socket, and of those a process may not have any
/// number.
const MOST: usize = 10_000;

/// How many files one blocking call reads: to hand a call to another thread costs as much as to
/// read a small file.
const FILES: usize = 16;

/// All of them, in reading order.
///
/// # Errors
/// If a runtime can't be started.
pub fn approaches() -> Result<Vec<Box<dyn Approach>>> {
    Ok(vec![Box::new(EventLoop)])
}

/// Ready when somebody has asked to stop. It knows of no runtime: a waker is all that it needs.
async fn stopped(stop: Stop) {
    let mut left_word = false;
    poll_fn(|cx| {
        if stop.is_stopped() {
            return Poll::Ready(());
        }
        // One waker is enough: a task keeps the one that it has.
        if !std::mem::replace(&mut left_word, true) {
            let waker = cx.waker().clone();
            stop.wake_by(move || waker.wake_by_ref());
        }
        Poll::Pending
    })
    .await;
}

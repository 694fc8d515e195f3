//! This chapter's ways to solve the problems, side by side: the same program on four runtimes. Read
//! two of these files together, and beside them one that blocks
//! (`crates/threading-demo/src/solve/threads.rs`).

#[cfg(feature = "async-std")]
mod async_std;
mod event_loop;
#[cfg(feature = "smol")]
mod smol;
#[cfg(feature = "tokio")]
mod tokio;

use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use workloads::{Approach, Error, Result, Stop};

use crate::runtime::Failed;

#[cfg(feature = "async-std")]
pub use self::async_std::AsyncStd;
pub use self::event_loop::EventLoop;
pub(crate) use self::event_loop::get;
#[cfg(feature = "smol")]
pub use self::smol::Smol;
#[cfg(feature = "tokio")]
pub use self::tokio::Tokio;

/// How long to wait for the next bytes of a reply: the longest think time, and some more.
const REPLY_LIMIT: Duration = Duration::from_secs(90);

/// How many tasks wait at once at most: each has a socket, and of those a process may not have any
/// number.
const MOST: usize = 10_000;

/// How many files one blocking call reads: to hand a call to another thread costs as much as to
/// read a small file.
const FILES: usize = 16;

/// All of them that are compiled, in reading order: each but the first is a feature.
///
/// # Errors
/// If a runtime can't be started.
pub fn approaches() -> Result<Vec<Box<dyn Approach>>> {
    Ok(vec![
        Box::new(EventLoop),
        #[cfg(feature = "tokio")]
        Box::new(Tokio::current_thread()),
        #[cfg(feature = "tokio")]
        Box::new(Tokio::multi_thread()),
        #[cfg(feature = "async-std")]
        Box::new(AsyncStd),
        #[cfg(feature = "smol")]
        Box::new(Smol),
    ])
}

/// The runtimes that are not compiled, by their features.
#[must_use]
pub fn missing() -> Vec<&'static str> {
    let compiled = [
        ("tokio", cfg!(feature = "tokio")),
        ("async-std", cfg!(feature = "async-std")),
        ("smol", cfg!(feature = "smol")),
    ];
    compiled.into_iter().filter(|(_, there)| !there).map(|(feature, _)| feature).collect()
}

impl From<Failed> for Error {
    fn from(why: Failed) -> Error {
        match why {
            Failed::Panicked(panic) => Error::panicked(panic),
            Failed::Cancelled => Error::Refused("the task was cancelled"),
        }
    }
}

/// Ready when somebody has asked to stop. It knows of no runtime: a waker is all that it needs.
pub(crate) async fn stopped(stop: Stop) {
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

/// A task's panic as an error, for runtimes where it goes on in whoever waits for the task.
#[cfg(any(feature = "async-std", feature = "smol"))]
async fn caught<T>(task: impl Future<Output = T>) -> Result<T> {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    let mut task = std::pin::pin!(task);
    poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| task.as_mut().poll(cx))) {
        Ok(poll) => poll.map(Ok),
        Err(panic) => Poll::Ready(Err(workloads::Error::panicked(panic))),
    })
    .await
}

//! Three ways to take turns: green threads, futures polled by hand, the system's threads.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use stage::Result;

use crate::green;

/// Two green threads that yield to each other, so often each.
pub(super) fn green_threads(each: u32) -> Result {
    green::run(|| {
        let two = [(); 2].map(|()| {
            green::spawn(move || {
                for _ in 0..each {
                    green::yield_now();
                }
            })
        });
        let ended = two.map(green::JoinHandle::join);
        ended.into_iter().all(|ended| ended.is_ok())
    })?
    .then_some(())
    .ok_or_else(|| "a green thread that yields has panicked".into())
}

/// Counts how often somebody was woken.
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// Two futures that yield, polled in turns from a queue: no more than an async runtime has to do.
pub(super) fn futures(each: u32) -> Result {
    let count = Arc::new(Count(AtomicUsize::new(0)));
    let waker = Waker::from(Arc::clone(&count));
    let mut context = Context::from_waker(&waker);
    let mut queue: VecDeque<Pin<Box<dyn Future<Output = ()>>>> = VecDeque::new();
    for _ in 0..2 {
        queue.push_back(Box::pin(async move {
            for _ in 0..each {
                yield_now().await;
            }
        }));
    }
    while let Some(mut future) = queue.pop_front() {
        if future.as_mut().poll(&mut context).is_pending() {
            queue.push_back(future);
        }
    }
    let right = count.0.load(Ordering::Relaxed) == 2 * each as usize;
    right.then_some(()).ok_or_else(|| "a future has not yielded".into())
}

async fn yield_now() {
    let mut yielded = false;
    poll_fn(|context| {
        if yielded {
            return Poll::Ready(());
        }
        yielded = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Two of the system's threads that wake each other and sleep, so often each: of one core, or of
/// two, where that can be said.
pub(super) fn system_threads(each: u32, cores: usize) -> Result {
    let turn = Arc::new(AtomicUsize::new(0));
    let (send, other) = std::sync::mpsc::channel::<Thread>();
    let start = |me: usize, other: Box<dyn FnOnce() -> Option<Thread> + Send>| {
        let turn = Arc::clone(&turn);
        thread::Builder::new().spawn(move || {
            pin(me % cores.max(1))?;
            let other = other().ok_or(io::ErrorKind::NotFound)?;
            for _ in 0..each {
                while turn.load(Ordering::Acquire) != me {
                    thread::park();
                }
                turn.store(1 - me, Ordering::Release);
                other.unpark();
            }
            io::Result::Ok(())
        })
    };
    let first = start(0, Box::new(move || other.recv().ok()))?;
    let first_thread = first.thread().clone();
    let second = start(1, Box::new(move || Some(first_thread)));
    // Without a second, the first is told of nobody, and ends.
    if let Ok(second) = &second {
        send.send(second.thread().clone())?;
    }
    drop(send);
    for ended in [first.join(), second?.join()] {
        ended.map_err(|_| "a thread that takes turns has panicked")??;
    }
    Ok(())
}

/// Keeps this thread on one core: the first of those that this process may use, or the second.
#[cfg(target_os = "linux")]
fn pin(which: usize) -> io::Result<()> {
    use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
    use nix::unistd::Pid;

    let this = Pid::from_raw(0);
    let allowed = sched_getaffinity(this)?;
    let cores = (0..CpuSet::count()).filter(|core| allowed.is_set(*core).unwrap_or(false));
    let mut one = CpuSet::new();
    // With no second there is only the first.
    one.set(cores.take(which + 1).last().unwrap_or(0))?;
    Ok(sched_setaffinity(this, &one)?)
}

#[cfg(not(target_os = "linux"))]
fn pin(_which: usize) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each checks itself, or would not end.
    #[test]
    fn all_take_their_turns() {
        for each in [0, 1, 100] {
            green_threads(each).expect("green threads");
            futures(each).expect("futures");
            system_threads(each, 1).expect("threads of one core");
            system_threads(each, 2).expect("threads of two");
        }
    }
}

//! Wakers: used by anybody, from anywhere, at any time.

use std::cell::{Cell, RefCell};
use std::future::{pending, poll_fn};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Barrier};
use std::task::{Poll, Waker};
use std::thread;

use event_loop_demo::runtime::inbox::{Inbox, Ring};
use event_loop_demo::runtime::slab::Key;
use event_loop_demo::runtime::{Runtime, oneshot, spawn, yield_now};

use super::common::{play, polled, within};

/// The waker of whoever asks.
async fn my_waker() -> Waker {
    poll_fn(|cx| Poll::Ready(cx.waker().clone())).await
}

/// A task that never ends by itself, its waker, and how often it was polled.
async fn sleeper() -> (event_loop_demo::runtime::JoinHandle<()>, Waker, Rc<Cell<u64>>) {
    let (give, waker) = oneshot();
    let (sleeps, polls) = polled(async move {
        give.give(my_waker().await);
        pending::<()>().await;
    });
    let task = spawn(sleeps);
    (task, waker.await.unwrap(), polls)
}

#[test]
fn a_wake_is_a_poll_and_many_before_it_are_one() {
    play(async |_: &Runtime| {
        let (task, waker, polls) = sleeper().await;
        for expected in 2..10 {
            for _ in 0..3 {
                waker.wake_by_ref();
            }
            for _ in 0..3 {
                yield_now().await;
                assert_eq!(polls.get(), expected);
            }
        }
        // From another thread it comes by the inbox, which is looked into when the poller is.
        let before = polls.get();
        thread::spawn(move || (0..3).for_each(|_| waker.wake_by_ref())).join().unwrap();
        while polls.get() == before {
            yield_now().await;
        }
        for _ in 0..1_000 {
            yield_now().await;
        }
        assert_eq!(polls.get(), before + 1);
        task.cancel();
    });
}

#[test]
fn who_wakes_itself_while_it_is_polled_is_polled_once_more() {
    play(async |_: &Runtime| {
        let mut left = 5;
        let (wakes, polls) = polled(poll_fn(move |cx| {
            if left == 0 {
                return Poll::Ready(());
            }
            left -= 1;
            let waker = cx.waker().clone();
            // By itself, by a clone, and from another thread: all in one poll.
            cx.waker().wake_by_ref();
            waker.wake_by_ref();
            Poll::Pending
        }));
        spawn(wakes).await.unwrap();
        assert_eq!(polls.get(), 6);
    });
}

/// Each thread says "after this I wake"; the task must see all that was said in its last poll.
#[test]
fn a_wake_from_any_of_eight_threads_leads_to_a_poll_that_sees_what_it_was_for() {
    const WAKES: u64 = 2_000;
    play(async |_: &Runtime| {
        let said: Arc<[AtomicU64; 8]> = Arc::default();
        let begin = Arc::new(Barrier::new(8));
        let mut threads = Vec::new();
        poll_fn(|cx| {
            if threads.is_empty() {
                for n in 0..8 {
                    let (said, waker) = (Arc::clone(&said), cx.waker().clone());
                    let begin = Arc::clone(&begin);
                    threads.push(thread::spawn(move || {
                        begin.wait();
                        for wake in 1..=WAKES {
                            said[n].store(wake, Ordering::Relaxed);
                            waker.wake_by_ref();
                        }
                    }));
                }
            }
            // If the last wake of one were lost, this would be pending for ever.
            let all = said.iter().all(|said| said.load(Ordering::Relaxed) == WAKES);
            if all { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    });
}

#[test]
fn an_old_waker_wakes_nobody() {
    within(|| {
        let runtime = Runtime::new().unwrap();
        let (waker, stranger, polls) = runtime.block_on(async {
            let (task, waker, _) = sleeper().await;
            task.cancel();
            // In the same place.
            let (task, _, polls) = sleeper().await;
            (waker, task, polls)
        });
        let old_main = runtime.block_on(my_waker());
        for waker in [&waker, &old_main] {
            let copy = waker.clone();
            waker.wake_by_ref();
            thread::spawn(move || copy.wake()).join().unwrap();
        }
        runtime.block_on(async {
            waker.wake_by_ref();
            old_main.wake_by_ref();
            for _ in 0..300 {
                yield_now().await;
            }
        });
        assert_eq!(polls.get(), 1);
        drop((stranger, runtime));
        let other = Runtime::new().unwrap();
        let counts = other.block_on(async {
            waker.wake_by_ref();
            thread::spawn(move || waker.wake()).join().unwrap();
            for _ in 0..300 {
                yield_now().await;
            }
            other.counts()
        });
        assert_eq!(counts.polls, 301);
    });
}

#[test]
fn a_wake_for_a_runtime_that_does_not_run_now_waits_for_it() {
    within(|| {
        let [a, b] = [(); 2].map(|()| Runtime::new().unwrap());
        let woken = Rc::new(Cell::new(false));
        let seen = Rc::clone(&woken);
        let place: Rc<RefCell<Option<Waker>>> = Rc::default();
        let kept = Rc::clone(&place);
        let task = a.spawn(poll_fn(move |cx| {
            *kept.borrow_mut() = Some(cx.waker().clone());
            if seen.get() { Poll::Ready(()) } else { Poll::Pending }
        }));
        a.block_on(yield_now());
        b.block_on(async {
            woken.set(true);
            place.take().unwrap().wake();
        });
        a.block_on(task).unwrap();
    });
}

/// The inbox of a loop that is busy.
#[test]
fn an_inbox_that_nobody_looks_into_stays_small() {
    struct Bell(AtomicU64);
    impl Ring for Bell {
        fn ring(&self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let inbox = Inbox::new(Bell(AtomicU64::new(0)));
    for tasks in [1, 10, 5_000] {
        for n in 0..200_000 {
            inbox.put(Key { index: n % tasks, generation: 3 });
        }
        let keys = inbox.take();
        assert!(keys.len() <= 1024.max(2 * tasks as usize), "{} for {tasks} tasks", keys.len());
        let mut indices: Vec<_> = keys.iter().map(|key| key.index).collect();
        indices.sort_unstable();
        indices.dedup();
        assert_eq!(indices, (0..tasks).collect::<Vec<_>>(), "somebody's wake is lost");
        assert!(inbox.take().is_empty());
    }
}

#[test]
fn a_flood_of_wakes_from_another_thread_starves_nobody() {
    play(async |runtime: &Runtime| {
        let (task, waker, polls) = sleeper().await;
        let over = Arc::new(AtomicBool::new(false));
        let flood = {
            let over = Arc::clone(&over);
            thread::spawn(move || {
                while !over.load(Ordering::Relaxed) {
                    waker.wake_by_ref();
                }
            })
        };
        while polls.get() < 100 {
            yield_now().await;
        }
        over.store(true, Ordering::Relaxed);
        flood.join().unwrap();
        let counts = runtime.counts();
        assert!(counts.polls <= counts.wakes + counts.spawned);
        task.cancel();
    });
}

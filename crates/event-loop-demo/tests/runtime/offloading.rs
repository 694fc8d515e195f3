//! Calls on other threads.

use std::future::pending;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::task::Waker;
use std::thread;
use std::time::Duration;

use event_loop_demo::runtime::{Runtime, offload, spawn, yield_now};

use super::common::{play, poll_once, within};

#[test]
fn each_call_runs_once_on_another_thread_and_gives_its_own_result() {
    play(async |_: &Runtime| {
        let here = thread::current().id();
        let ran = Arc::new(AtomicUsize::new(0));
        let tasks: Vec<_> = (0..500)
            .map(|n| {
                let ran = Arc::clone(&ran);
                spawn(offload(move || {
                    ran.fetch_add(1, Ordering::SeqCst);
                    assert_ne!(thread::current().id(), here);
                    n * 2
                }))
            })
            .collect();
        for (n, task) in tasks.into_iter().enumerate() {
            assert_eq!(task.await.unwrap().unwrap(), n * 2);
        }
        assert_eq!(ran.load(Ordering::SeqCst), 500);
    });
}

/// As many calls as threads, all of which wait for the last: fewer threads would never get there.
#[test]
fn calls_that_wait_for_each_other_run_at_once() {
    play(async |_: &Runtime| {
        let barrier = Arc::new(std::sync::Barrier::new(4));
        for _ in 0..20 {
            let calls = [(); 4].map(|()| {
                let barrier = Arc::clone(&barrier);
                spawn(offload(move || {
                    barrier.wait();
                }))
            });
            for call in calls {
                call.await.unwrap().unwrap();
            }
        }
    });
}

#[test]
fn a_call_that_nobody_waits_for_any_longer_never_begins() {
    play(async |_: &Runtime| {
        let noop = Waker::noop();
        // All threads are busy, however many there are.
        let (end, ends) = channel::<()>();
        let ends = Arc::new(Mutex::new(ends));
        let most = thread::available_parallelism().map_or(1, usize::from).max(4);
        let (began, begin) = channel();
        let busy: Vec<_> = (0..most)
            .map(|_| {
                let (ends, began) = (Arc::clone(&ends), began.clone());
                spawn(offload(move || {
                    began.send(()).unwrap();
                    let _ = ends.lock().unwrap().recv();
                }))
            })
            .collect();
        yield_now().await;
        for _ in 0..most {
            begin.recv().unwrap();
        }
        let ran = Arc::new(AtomicUsize::new(0));
        let count = |ran: &Arc<AtomicUsize>| {
            let ran = Arc::clone(ran);
            Box::pin(offload(move || ran.fetch_add(1, Ordering::SeqCst)))
        };
        let (mut left, mut kept) = (count(&ran), count(&ran));
        assert!(poll_once(&mut left, noop).is_pending() && poll_once(&mut kept, noop).is_pending());
        drop(left);
        drop(end);
        kept.await.unwrap();
        for call in busy {
            call.await.unwrap().unwrap();
        }
        assert_eq!(ran.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn a_runtime_that_ends_waits_for_the_calls_that_have_begun() {
    within(|| {
        let done = Arc::new(AtomicUsize::new(0));
        let runtime = Runtime::new().unwrap();
        let (began, begins) = channel();
        let (end, ends) = channel::<()>();
        let counted = Arc::clone(&done);
        runtime.block_on(async {
            // Its end begins with its tasks: the call goes on only then.
            spawn(async move {
                let _end = end;
                pending::<()>().await;
            });
            yield_now().await;
            let mut call = Box::pin(offload(move || {
                began.send(()).unwrap();
                let _ = ends.recv();
                // Who did not wait for it would be long gone.
                thread::sleep(Duration::from_millis(20));
                counted.fetch_add(1, Ordering::SeqCst);
            }));
            assert!(poll_once(&mut call, Waker::noop()).is_pending());
            begins.recv().unwrap();
        });
        drop(runtime);
        assert_eq!(done.load(Ordering::SeqCst), 1);
    });
}

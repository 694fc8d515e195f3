//! A runtime that ends drops whatever is left, and leaves nothing.

use std::cell::RefCell;
use std::future::pending;
use std::rc::Rc;
use std::thread;

use event_loop_demo::runtime::net::TcpListener;
use event_loop_demo::runtime::{Failed, Runtime, offload, oneshot, sleep, spawn, yield_now};

use super::common::{Dropped, LONG, Log, WhenDropped, pair, poll_once, within};

#[test]
fn all_tasks_are_dropped_wherever_they_wait_also_those_that_a_drop_spawns() {
    within(|| {
        let runtime = Runtime::new().unwrap();
        let log = Log::default();
        let guard = |what| Dropped(what, log.clone());
        let held = [guard("not begun"), guard("sleeps"), guard("reads"), guard("accepts")];
        let [not_begun, sleeps, reads, accepts] = held;
        let noted = log.clone();
        let spawns = WhenDropped(move || {
            let noted = noted.clone();
            spawn(async move {
                let _guard = Dropped("never", noted);
                pending::<()>().await;
            });
        });
        let (promise, promised) = oneshot::<()>();
        runtime.block_on(async {
            spawn(async move {
                let _guard = sleeps;
                sleep(LONG).await;
            });
            spawn(async move {
                let _guard = reads;
                let (near, _far) = pair().await;
                near.read(&mut [0]).await
            });
            spawn(async move {
                let _guard = accepts;
                TcpListener::bind("127.0.0.1:0").unwrap().accept().await.map(drop)
            });
            spawn(async move {
                let _spawns = spawns;
                promised.await;
            });
            for _ in 0..10 {
                yield_now().await;
            }
            spawn(async move { drop(not_begun) });
        });
        assert_eq!((log.len(), runtime.tasks()), (0, 5));
        drop(runtime);
        let mut dropped = log.take();
        dropped.sort_unstable();
        assert_eq!(dropped, ["accepts", "not begun", "reads", "sleeps"]);
        drop(promise);
    });
}

#[test]
fn a_chain_of_drops_that_spawn_ends() {
    fn chain(left: u32, log: Log<u32>) {
        let noted = log.clone();
        let guard = WhenDropped(move || {
            noted.note(left);
            if left > 0 {
                chain(left - 1, noted.clone());
            }
        });
        spawn(async move {
            let _guard = guard;
            pending::<()>().await;
        });
    }
    within(|| {
        let runtime = Runtime::new().unwrap();
        let log = Log::default();
        let noted = log.clone();
        runtime.block_on(async move { chain(5, noted) });
        drop(runtime);
        assert_eq!(log.take(), [5, 4, 3, 2, 1, 0]);
    });
}

#[test]
fn what_outlives_its_runtime_does_no_harm() {
    within(|| {
        let runtime = Runtime::new().unwrap();
        let (near, far) = runtime.block_on(pair());
        let mut sleeps = sleep(LONG);
        let noop = std::task::Waker::noop();
        runtime.block_on(async { assert!(poll_once(&mut sleeps, noop).is_pending()) });
        let mut called = Box::pin(offload(|| 1));
        // It may be done at once.
        let _ = runtime.block_on(async { poll_once(&mut called, noop) });
        drop(runtime);
        drop((near, far, sleeps, called));
    });
}

/// Whoever cancels the task drops the runtime, in the middle of the cancelling.
#[test]
fn a_task_may_have_the_last_hold_on_its_own_runtime() {
    within(|| {
        let runtime = Rc::new(Runtime::new().unwrap());
        let log = Log::default();
        let held = (Rc::clone(&runtime), Dropped("holds it", log.clone()));
        let task = runtime.spawn(async move {
            let _held = held;
            pending::<()>().await;
        });
        let sibling = Dropped("sibling", log.clone());
        runtime.spawn(async move {
            let _sibling = sibling;
            pending::<()>().await;
        });
        runtime.block_on(yield_now());
        drop(runtime);
        task.cancel();
        assert_eq!(log.take(), ["sibling", "holds it"]);
        let other = Runtime::new().unwrap();
        assert!(matches!(other.block_on(task), Err(Failed::Cancelled)));
    });
}

/// The order in which thread-locals are dropped is nobody's choice.
#[test]
fn a_runtime_may_be_dropped_with_its_thread() {
    thread_local! {
        static KEPT: RefCell<Option<(Runtime, event_loop_demo::runtime::JoinHandle<()>)>> =
            const { RefCell::new(None) };
        static LATER: RefCell<Option<event_loop_demo::runtime::JoinHandle<()>>> =
            const { RefCell::new(None) };
    }
    within(|| {
        let (dropped, drops) = std::sync::mpsc::channel();
        let thread = thread::spawn(move || {
            KEPT.set(None);
            let runtime = Runtime::new().unwrap();
            let [a, b] = [(); 2].map(|()| {
                let dropped = dropped.clone();
                let guard = WhenDropped(move || dropped.send(()).unwrap());
                runtime.spawn(async move {
                    let _guard = guard;
                    pending::<()>().await;
                })
            });
            runtime.block_on(yield_now());
            KEPT.set(Some((runtime, a)));
            LATER.set(Some(b));
        });
        thread.join().unwrap();
        assert_eq!(drops.iter().count(), 2);
    });
}

/// The wakes of a thread that ends come from where there is no current runtime any more.
#[test]
fn a_waker_may_be_used_as_a_thread_ends() {
    struct Wakes(std::task::Waker);
    impl Drop for Wakes {
        fn drop(&mut self) {
            self.0.wake_by_ref();
        }
    }
    thread_local! {
        static LAST: RefCell<Option<Wakes>> = const { RefCell::new(None) };
    }
    super::common::play(async |_: &Runtime| {
        let mut thread = None;
        std::future::poll_fn(|cx| {
            if thread.is_some() {
                return std::task::Poll::Ready(());
            }
            let waker = cx.waker().clone();
            thread = Some(thread::spawn(move || {
                LAST.set(None);
                // It has a runtime for a while, so that there is something to lose.
                Runtime::new().unwrap().block_on(async {});
                LAST.set(Some(Wakes(waker)));
            }));
            std::task::Poll::Pending
        })
        .await;
        thread.unwrap().join().unwrap();
    });
}

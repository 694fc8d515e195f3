//! A panic anywhere in other people's code: it reaches whoever asked for it, the loop lives, and the
//! others go on.

use std::future::{pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::task::{Poll, Waker};
use std::time::Duration;

use event_loop_demo::runtime::{
    Failed, JoinHandle, Runtime, channel, offload, oneshot, sleep, spawn, unbounded, yield_now,
};

use super::common::{
    LONG, Log, WhenDropped, asleep, pair, play, poll_once, said, waker_that, within,
};

/// A guard that panics when it is dropped.
fn mine() -> WhenDropped<impl FnMut()> {
    WhenDropped(|| panic!("in drop"))
}

/// A waker that panics.
fn foreign() -> Waker {
    waker_that(|| panic!("in a waker"))
}

async fn panicked<T: std::fmt::Debug>(task: JoinHandle<T>) -> String {
    match task.await {
        Err(Failed::Panicked(panic)) => said(panic),
        other => panic!("{other:?}"),
    }
}

/// Runs this beside a task that must come to its end.
fn others_go_on(program: impl AsyncFnOnce(&Runtime) + Send + 'static) {
    play(async |runtime: &Runtime| {
        let other = spawn(async {
            for _ in 0..10 {
                yield_now().await;
                sleep(Duration::from_micros(100)).await;
            }
        });
        program(runtime).await;
        other.await.unwrap();
        assert_eq!(runtime.tasks(), 0);
    });
}

#[test]
fn in_a_poll() {
    others_go_on(async |_: &Runtime| {
        let first = spawn(async { panic!("in the first poll") });
        let later = spawn(async {
            yield_now().await;
            panic!("in the second poll")
        });
        assert_eq!(panicked::<()>(first).await, "in the first poll");
        assert_eq!(panicked::<()>(later).await, "in the second poll");
        drop(spawn(async { panic!("nobody asks") }));
        yield_now().await;
    });
}

#[test]
fn in_the_drop_of_a_future_that_is_ready() {
    others_go_on(async |_: &Runtime| {
        let guard = mine();
        let mut task = Box::pin(poll_fn(move |_| {
            let _holds = &guard;
            Poll::Ready(5)
        }));
        let task = spawn(poll_fn(move |cx| task.as_mut().poll(cx)));
        assert_eq!(panicked(task).await, "in drop");
    });
}

#[test]
fn in_the_drop_of_a_future_that_is_cancelled() {
    others_go_on(async |_: &Runtime| {
        let task = spawn(async {
            let _guard = mine();
            pending::<()>().await;
        });
        yield_now().await;
        task.cancel();
        assert_eq!(panicked(task).await, "in drop");
    });
}

#[test]
fn in_the_drop_of_a_result_that_nobody_takes() {
    others_go_on(async |_: &Runtime| {
        drop(spawn(async { mine() }));
        let task = spawn(async { mine() });
        yield_now().await;
        assert!(task.is_finished());
        drop(task);
        // And of one whose future panics as well when it is dropped.
        let guard = mine();
        drop(spawn(poll_fn(move |_| {
            let _holds = &guard;
            Poll::Ready(mine())
        })));
        yield_now().await;
    });
}

#[test]
fn in_the_drop_of_a_task_that_is_left_when_the_runtime_ends() {
    within(|| {
        let runtime = Runtime::new().unwrap();
        let log = Log::default();
        for n in 0..3 {
            let noted = log.clone();
            let guard = WhenDropped(move || {
                noted.note(n);
                panic!("in drop");
            });
            runtime.spawn(async move {
                let _guard = guard;
                pending::<()>().await;
            });
        }
        runtime.block_on(yield_now());
        drop(runtime);
        assert_eq!(log.take(), [0, 1, 2]);
    });
}

#[test]
fn in_the_future_of_block_on_which_its_caller_gets() {
    within(|| {
        let runtime = Runtime::new().unwrap();
        let task = runtime.spawn(async {
            sleep(Duration::from_millis(50)).await;
            3
        });
        let dies = AssertUnwindSafe(|| {
            runtime.block_on(async {
                yield_now().await;
                panic!("mine");
            })
        });
        assert_eq!(said(catch_unwind(dies).unwrap_err()), "mine");
        assert_eq!(runtime.tasks(), 1);
        assert_eq!(runtime.block_on(task).unwrap(), 3);
    });
}

#[test]
fn in_the_waker_of_who_waits_for_a_task() {
    others_go_on(async |_: &Runtime| {
        let (promise, promised) = oneshot();
        let mut task = spawn(promised);
        assert!(poll_once(&mut task, &foreign()).is_pending());
        promise.give(1);
        yield_now().await;
        yield_now().await;
        assert_eq!(task.await.unwrap(), Some(1));
        let mut task = spawn(pending::<()>());
        assert!(poll_once(&mut task, &foreign()).is_pending());
        task.cancel();
    });
}

#[test]
fn in_the_waker_of_who_sleeps() {
    others_go_on(async |_: &Runtime| {
        let mut sleeps = asleep(Duration::from_millis(1), &foreign());
        sleep(Duration::from_millis(5)).await;
        assert!(poll_once(&mut sleeps, Waker::noop()).is_ready());
    });
}

#[test]
fn in_the_waker_of_who_waits_for_a_socket() {
    others_go_on(async |_: &Runtime| {
        let (near, far) = pair().await;
        let mut buffer = [0; 8];
        let mut reads = Box::pin(near.read(&mut buffer));
        assert!(poll_once(&mut reads, &foreign()).is_pending());
        far.write_all(b"hi").await.unwrap();
        assert_eq!(reads.await.unwrap(), 2);
    });
}

/// It is not the fault of who sends.
#[test]
fn in_the_waker_of_who_waits_at_a_channel() {
    others_go_on(async |_: &Runtime| {
        let (sender, receiver) = channel(1);
        let mut receives = receiver.recv();
        assert!(poll_once(&mut receives, &foreign()).is_pending());
        sender.send(1).await.unwrap();
        assert_eq!(receives.await, Some(1));
        sender.send(2).await.unwrap();
        let mut sends = sender.send(3);
        assert!(poll_once(&mut sends, &foreign()).is_pending());
        assert_eq!(receiver.recv().await, Some(2));
        sends.await.unwrap();
        assert_eq!(receiver.recv().await, Some(3));
        // Those that wait behind it learn of the end all the same.
        let mut receives = receiver.recv();
        assert!(poll_once(&mut receives, &foreign()).is_pending());
        let behind = receiver.clone();
        let behind = spawn(async move { behind.recv().await });
        yield_now().await;
        drop(sender);
        assert_eq!((behind.await.unwrap(), receives.await), (None, None));
    });
}

#[test]
fn in_the_waker_of_who_waits_for_a_promise() {
    others_go_on(async |_: &Runtime| {
        let (promise, mut promised) = oneshot();
        assert!(poll_once(&mut promised, &foreign()).is_pending());
        promise.give(1);
        assert_eq!(promised.await, Some(1));
        // Dropped by a panic: a second one on the way would end the process.
        let (promise, mut promised) = oneshot::<()>();
        assert!(poll_once(&mut promised, &foreign()).is_pending());
        let task = spawn(async move {
            let _promise = promise;
            panic!("in the poll");
        });
        assert_eq!(panicked::<()>(task).await, "in the poll");
        assert_eq!(promised.await, None);
    });
}

#[test]
fn on_an_offload_thread() {
    others_go_on(async |_: &Runtime| {
        // More often than there are threads, in every place where there is other people's code.
        for _ in 0..50 {
            match offload(|| panic!("in the call")).await {
                Err(Failed::Panicked(panic)) => assert_eq!(said(panic), "in the call"),
                Err(Failed::Cancelled) | Ok(()) => panic!("it panicked"),
            }
            let (go, goes) = std::sync::mpsc::channel::<()>();
            let mut waits = Box::pin(offload(move || goes.recv().is_ok()));
            assert!(poll_once(&mut waits, &foreign()).is_pending());
            drop(go);
            // Whom it is to wake it has read by now, or reads the new one.
            waits.await.unwrap();
            let (begun, begins) = std::sync::mpsc::channel();
            let (go, goes) = std::sync::mpsc::channel::<()>();
            let mut leaves = Box::pin(offload(move || {
                begun.send(()).unwrap();
                let _ = goes.recv();
                mine()
            }));
            assert!(poll_once(&mut leaves, Waker::noop()).is_pending());
            begins.recv().unwrap();
            // Nobody takes the result.
            drop(leaves);
            drop(go);
            let guard = mine();
            let mut never = Box::pin(offload(move || drop(guard)));
            // Perhaps it never begins.
            let _ = poll_once(&mut never, Waker::noop());
            drop(never);
        }
        assert_eq!(offload(|| 1).await.unwrap(), 1);
    });
}

/// What a panic says is anybody's too.
#[test]
fn in_the_drop_of_what_a_panic_said() {
    struct Said;
    impl Drop for Said {
        fn drop(&mut self) {
            panic!("in the drop of what was said");
        }
    }
    let speaker = || WhenDropped(|| panic_any(Said));
    others_go_on(async move |_: &Runtime| {
        drop(spawn(async { panic_any(Said) }));
        drop(spawn(async move { speaker() }));
        let held = speaker();
        drop(spawn(poll_fn(move |_| -> Poll<()> {
            let _holds = &held;
            panic_any(Said)
        })));
        let task = spawn(async move {
            let _speaker = speaker();
            pending::<()>().await;
        });
        yield_now().await;
        task.cancel();
        drop(task);
        let _sleeps = asleep(Duration::from_millis(1), &waker_that(|| panic_any(Said)));
        sleep(Duration::from_millis(5)).await;
        for _ in 0..50 {
            // Whether it never begins, or begins and nobody hears what it said.
            let leaves = spawn(async { offload(|| -> () { panic_any(Said) }).await.is_ok() });
            yield_now().await;
            leaves.cancel();
        }
        assert_eq!(offload(|| 1).await.unwrap(), 1);
    });
}

/// The waker of a foreign executor may hold a future of ours, and drop it.
#[test]
fn a_waker_that_holds_a_sleep_may_be_dropped_anywhere() {
    others_go_on(async |_: &Runtime| {
        let waker = || waker_that_holds(sleep(LONG));
        let mut sleeps = sleep(LONG);
        assert!(poll_once(&mut sleeps, &waker()).is_pending());
        assert!(poll_once(&mut sleeps, &waker()).is_pending());
        drop(sleeps);
        let (sender, receiver) = unbounded::<()>();
        let mut receives = receiver.recv();
        for _ in 0..2 {
            let sends = (sender.clone(), receiver.clone());
            assert!(poll_once(&mut receives, &waker_that_holds(sends)).is_pending());
        }
        drop(receives);
        let (promise, mut promised) = oneshot::<()>();
        for _ in 0..2 {
            assert!(poll_once(&mut promised, &waker()).is_pending());
        }
        drop(promise);
    });
}

/// Wakers must be `Send`; this one is used on one thread alone, and says so.
fn waker_that_holds<T: 'static>(held: T) -> Waker {
    use std::cell::RefCell;
    thread_local! {
        static HELD: RefCell<Vec<Option<Box<dyn std::any::Any>>>> = const { RefCell::new(Vec::new()) };
    }
    let place = HELD.with_borrow_mut(|all| {
        all.push(Some(Box::new(held)));
        all.len() - 1
    });
    let guard = WhenDropped(move || {
        let held = HELD.with_borrow_mut(|all| all[place].take());
        drop(held);
    });
    waker_that(move || {
        let _holds = &guard;
    })
}

//! From where a task can be started, and where a runtime can't be run.

use std::panic::{AssertUnwindSafe, catch_unwind};

use event_loop_demo::runtime::net::TcpListener;
use event_loop_demo::runtime::{Failed, Runtime, offload, sleep, spawn, yield_now};

use super::common::{LONG, Log, WhenDropped, play, poll_once, said, within};

const NESTED: &str = "block_on inside of a runtime would block its loop: use .await";

#[test]
fn from_outside_from_a_task_and_from_a_drop() {
    within(|| {
        let runtime = Runtime::new().unwrap();
        let log = Log::default();
        let [a, b, c, d] = [(); 4].map(|()| log.clone());
        let outside = runtime.spawn(async move {
            let _from_a_drop = WhenDropped(move || {
                let c = c.clone();
                spawn(async move { c.note("from a drop") });
            });
            spawn(async move { b.note("from a task") }).await.unwrap();
            a.note("from outside");
        });
        runtime.block_on(async move {
            outside.await.unwrap();
            yield_now().await;
            d.note("block_on");
        });
        assert_eq!(log.take(), ["from a task", "from outside", "from a drop", "block_on"]);
        assert_eq!(runtime.tasks(), 0);
    });
}

#[test]
fn tasks_that_are_left_go_on_with_the_next_call() {
    within(|| {
        let runtime = Runtime::new().unwrap();
        let task = runtime.spawn(async {
            for _ in 0..10 {
                yield_now().await;
            }
            5
        });
        let mut calls = 0;
        while !task.is_finished() {
            runtime.block_on(yield_now());
            calls += 1;
        }
        assert!(calls > 3, "it ran to its end in {calls} calls");
        assert_eq!(runtime.block_on(task).unwrap(), 5);
    });
}

#[test]
fn a_hundred_thousand_tasks() {
    play(async |runtime: &Runtime| {
        let tasks: Vec<_> = (0..100_000_u64)
            .map(|n| {
                spawn(async move {
                    yield_now().await;
                    n
                })
            })
            .collect();
        assert_eq!(runtime.tasks(), 100_000);
        let mut sum = 0;
        for task in tasks {
            sum += task.await.unwrap();
        }
        assert_eq!(sum, 100_000 * 99_999 / 2);
        assert_eq!(runtime.tasks(), 0);
    });
}

fn refused(what: impl FnOnce()) -> String {
    said(catch_unwind(AssertUnwindSafe(what)).expect_err("it is refused"))
}

#[test]
fn outside_of_a_runtime_there_is_a_panic_that_says_so() {
    let needs = |who: &str| format!("{who} needs a runtime: call it inside Runtime::block_on()");
    assert_eq!(refused(|| drop(spawn(async {}))), needs("spawn"));
    assert_eq!(refused(|| drop(TcpListener::bind("127.0.0.1:0"))), needs("a socket"));
    let noop = std::task::Waker::noop();
    assert_eq!(refused(|| assert!(poll_once(&mut sleep(LONG), noop).is_ready())), needs("sleep"));
    assert_eq!(refused(|| drop(poll_once(&mut Box::pin(offload(|| ())), noop))), needs("offload"));
}

#[test]
fn a_runtime_inside_of_a_runtime_is_refused() {
    play(async |runtime: &Runtime| {
        assert_eq!(refused(|| runtime.block_on(async {})), NESTED);
        assert_eq!(refused(|| Runtime::new().unwrap().block_on(async {})), NESTED);
        // It hasn't harmed the one that runs.
        spawn(yield_now()).await.unwrap();
    });
}

/// While one runtime runs, another is dropped, and what its task drops starts a third.
#[test]
fn also_behind_the_drop_of_another_runtime() {
    play(async |_: &Runtime| {
        let other = Runtime::new().unwrap();
        let nests = WhenDropped(|| Runtime::new().unwrap().block_on(async {}));
        let task = other.spawn(async move {
            let _nests = nests;
        });
        drop(other);
        match task.await {
            Err(Failed::Panicked(panic)) => assert_eq!(said(panic), NESTED),
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn a_runtime_after_another_on_the_same_thread() {
    within(|| {
        let [a, b] = [(); 2].map(|()| Runtime::new().unwrap());
        for _ in 0..3 {
            assert_eq!(a.block_on(a.spawn(async { 1 })).unwrap(), 1);
            assert_eq!(b.block_on(b.spawn(async { 2 })).unwrap(), 2);
        }
        // The task of one, waited for in the other: whose loop must run is the user's affair.
        let task = a.spawn(async { 3 });
        a.block_on(yield_now());
        assert_eq!(b.block_on(task).unwrap(), 3);
    });
}

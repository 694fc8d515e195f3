//! What a `JoinHandle` does.

use std::cell::RefCell;
use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use event_loop_demo::runtime::{
    Either, Failed, JoinHandle, Runtime, oneshot, select, spawn, yield_now,
};

use super::common::{Alien, Dropped, Log, WhenDropped, play, poll_once, said, within};

#[test]
fn it_gives_the_result_once() {
    play(async |_: &Runtime| {
        let mut task = spawn(async { vec![1, 2] });
        assert!(!task.is_finished());
        assert_eq!((&mut task).await.unwrap(), [1, 2]);
        assert!(task.is_finished());
        let again = AssertUnwindSafe(|| poll_once(&mut task, std::task::Waker::noop()));
        let panic = catch_unwind(again).unwrap_err();
        assert_eq!(said(panic), "the result of a task was taken before");
    });
}

#[test]
fn it_is_ready_at_once_when_the_task_has_ended() {
    play(async |_: &Runtime| {
        let task = spawn(async { 1 });
        yield_now().await;
        assert!(task.is_finished());
        let mut task = task;
        assert!(poll_once(&mut task, std::task::Waker::noop()).is_ready());
    });
}

#[test]
fn a_cancelled_task_is_dropped_at_once_and_says_so_and_twice_is_as_good_as_once() {
    play(async |runtime: &Runtime| {
        let log = Log::default();
        for polled in [false, true] {
            let guard = Dropped("dropped", log.clone());
            let task = spawn(async move {
                let _guard = guard;
                pending::<()>().await;
            });
            if polled {
                yield_now().await;
            }
            let tasks = runtime.tasks();
            task.cancel();
            assert_eq!(log.take(), ["dropped"]);
            assert!(task.is_finished());
            task.cancel();
            assert_eq!(runtime.tasks(), tasks - 1);
            assert!(matches!(task.await, Err(Failed::Cancelled)));
        }
    });
}

#[test]
fn to_cancel_what_has_ended_changes_nothing() {
    play(async |runtime: &Runtime| {
        let task = spawn(async { 7 });
        yield_now().await;
        // It has the place that the other had.
        let next = spawn(async {
            yield_now().await;
            8
        });
        let tasks = runtime.tasks();
        task.cancel();
        assert_eq!(runtime.tasks(), tasks);
        assert_eq!(task.await.unwrap(), 7);
        assert_eq!(next.await.unwrap(), 8);
    });
}

/// Keys come again after 2²⁴ tasks in the same place.
#[test]
fn not_even_when_its_key_is_another_s_by_now() {
    play(async |runtime: &Runtime| {
        let old = spawn(async {});
        yield_now().await;
        for _ in 1..1 << 24 {
            // The place is free again at once; the runtime hears of it when it comes to it.
            let task = spawn(async {});
            yield_now().await;
            assert!(task.is_finished());
        }
        let (promise, promised) = oneshot();
        let stranger = spawn(promised);
        let tasks = runtime.tasks();
        old.cancel();
        assert_eq!(runtime.tasks(), tasks, "another was forgotten instead");
        promise.give(5);
        assert_eq!(stranger.await.unwrap(), Some(5));
    });
}

#[test]
fn a_task_that_cancels_itself_ends_with_this_poll() {
    play(async |_: &Runtime| {
        let log = Log::default();
        let me: Rc<RefCell<Option<JoinHandle<()>>>> = Rc::default();
        let (mine, noted) = (Rc::clone(&me), log.clone());
        let task = spawn(async move {
            let _guard = Dropped("dropped", noted.clone());
            mine.borrow().as_ref().unwrap().cancel();
            noted.note("goes on");
            yield_now().await;
            noted.note("never");
        });
        *me.borrow_mut() = Some(task);
        yield_now().await;
        assert_eq!(log.take(), ["goes on", "dropped"]);
        let task = me.borrow_mut().take().unwrap();
        assert!(matches!(task.await, Err(Failed::Cancelled)));
        // One that ends in the same poll has its result.
        let me: Rc<RefCell<Option<JoinHandle<i32>>>> = Rc::default();
        let mine = Rc::clone(&me);
        let task = spawn(async move {
            mine.borrow().as_ref().unwrap().cancel();
            3
        });
        *me.borrow_mut() = Some(task);
        yield_now().await;
        let task = me.borrow_mut().take().unwrap();
        assert_eq!(task.await.unwrap(), 3);
    });
}

/// Cancelled from outside, a task can let its runtime run: it stands in the queue itself.
#[test]
fn what_is_being_dropped_is_not_polled() {
    within(|| {
        let runtime = Rc::new(Runtime::new().unwrap());
        let runs = Rc::clone(&runtime);
        let guard = WhenDropped(move || runs.block_on(yield_now()));
        let task = runtime.spawn(async move {
            let _guard = guard;
            pending::<()>().await;
        });
        task.cancel();
        assert_eq!(runtime.tasks(), 0);
        assert!(matches!(runtime.block_on(task), Err(Failed::Cancelled)));
    });
}

#[test]
fn a_dropped_handle_lets_the_task_go_on() {
    play(async |_: &Runtime| {
        let (promise, promised) = oneshot();
        drop(spawn(async move {
            yield_now().await;
            promise.give(1);
        }));
        assert_eq!(promised.await, Some(1));
    });
}

#[test]
fn any_task_may_wait_for_another_and_the_last_that_asked_is_woken() {
    play(async |_: &Runtime| {
        let (promise, promised) = oneshot();
        let mut task = spawn(promised);
        yield_now().await;
        let (first, waker) = Alien::new();
        assert!(poll_once(&mut task, &waker).is_pending());
        let waits = spawn(task);
        yield_now().await;
        promise.give(4);
        assert_eq!(waits.await.unwrap().unwrap(), Some(4));
        assert_eq!(first.woken(), 0);
    });
}

#[test]
fn who_waits_for_itself_waits_until_somebody_cancels_it() {
    within(|| {
        let runtime = Runtime::new().unwrap();
        let log = Log::default();
        let guard = Dropped("dropped", log.clone());
        let (give, handle) = oneshot::<JoinHandle<()>>();
        let task = runtime.spawn(async move {
            let _guard = guard;
            let me = handle.await.unwrap();
            assert!(!me.is_finished());
            let _ = me.await;
            unreachable!("it has not ended yet");
        });
        give.give(task);
        runtime.block_on(async {
            for _ in 0..5 {
                yield_now().await;
            }
        });
        assert_eq!((log.len(), runtime.tasks()), (0, 1));
        // Nobody else has its handle: the end of the runtime does it.
        drop(runtime);
        assert_eq!(log.take(), ["dropped"]);
    });
}

#[test]
fn a_lost_race_leaves_the_task_and_its_handle_whole() {
    play(async |_: &Runtime| {
        let (promise, promised) = oneshot();
        let mut task = spawn(promised);
        let raced = select(&mut task, yield_now()).await;
        assert!(matches!(raced, Either::Right(())));
        promise.give(2);
        assert_eq!(task.await.unwrap(), Some(2));
    });
}

/// Whatever it is that the task gives.
#[test]
fn a_handle_may_be_moved_while_it_waits() {
    play(async |_: &Runtime| {
        let mut task = spawn(async { std::marker::PhantomPinned });
        assert!(poll_once(&mut task, std::task::Waker::noop()).is_pending());
        let mut moved = Box::new(task);
        (&mut moved).await.unwrap();
    });
}

#[test]
fn a_handle_outlives_its_runtime() {
    within(|| {
        let runtime = Runtime::new().unwrap();
        let ended = runtime.spawn(async { 1 });
        runtime.block_on(yield_now());
        let never = runtime.spawn(pending::<()>());
        drop(runtime);
        ended.cancel();
        never.cancel();
        assert!(ended.is_finished() && never.is_finished());
        let other = Runtime::new().unwrap();
        assert_eq!(other.block_on(ended).unwrap(), 1);
        assert!(matches!(other.block_on(never), Err(Failed::Cancelled)));
    });
}

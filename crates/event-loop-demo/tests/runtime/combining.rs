//! Who is polled, and what is dropped when, if several futures are one task.

use std::future::{pending, poll_fn, ready};
use std::task::Poll;
use std::time::{Duration, Instant};

use event_loop_demo::runtime::{
    Either, Elapsed, Runtime, join, oneshot, select, sleep, spawn, timeout, timeout_at, yield_now,
};

use super::common::{Dropped, LONG, Log, play, polled};

/// Holds something, and ends after so many yields.
async fn yields(times: u32, held: Dropped<&'static str>) -> u32 {
    let _held = held;
    for _ in 0..times {
        yield_now().await;
    }
    times
}

#[test]
fn join_waits_for_both_and_polls_nobody_again_who_is_done() {
    play(async |_: &Runtime| {
        let log = Log::default();
        let (a, a_polls) = polled(yields(1, Dropped("a", log.clone())));
        let (b, b_polls) = polled(yields(5, Dropped("b", log.clone())));
        assert_eq!(join(a, b).await, (1, 5));
        assert_eq!((a_polls.get(), b_polls.get()), (2, 6));
        assert_eq!(log.take(), ["a", "b"]);
        assert_eq!(join(ready(1), ready("b")).await, (1, "b"));
    });
}

#[test]
fn select_drops_the_loser_where_it_waits() {
    play(async |_: &Runtime| {
        let log = Log::default();
        let (a, b) = (yields(3, Dropped("a", log.clone())), yields(1, Dropped("b", log.clone())));
        assert_eq!(select(a, b).await, Either::Right(1));
        assert_eq!(log.take(), ["b", "a"]);
        // If both are ready the first counts, and the second isn't even asked.
        let (second, polls) = polled(ready(2));
        assert_eq!(select(ready(1), second).await, Either::Left(1));
        assert_eq!(polls.get(), 0);
    });
}

#[test]
fn a_future_by_reference_survives_a_lost_race() {
    play(async |_: &Runtime| {
        let (promise, mut promised) = oneshot();
        for _ in 0..3 {
            assert_eq!(select(&mut promised, yield_now()).await, Either::Right(()));
        }
        promise.give("at last");
        assert_eq!(promised.await, Some("at last"));
    });
}

#[test]
fn timeout_gives_the_result_or_drops_who_is_late() {
    play(async |_: &Runtime| {
        let log = Log::default();
        let in_time = timeout(LONG, yields(2, Dropped("in time", log.clone()))).await;
        assert_eq!((in_time, log.take()), (Ok(2), vec!["in time"]));
        let late = Dropped("late", log.clone());
        let limit = Duration::from_millis(2);
        let start = Instant::now();
        let elapsed = timeout(limit, async move {
            let _late = late;
            pending::<()>().await;
        })
        .await;
        assert_eq!((elapsed, log.take()), (Err(Elapsed), vec!["late"]));
        assert!(start.elapsed() >= limit);
        // Who is ready counts, also when the time was up before.
        assert_eq!(timeout_at(Instant::now(), ready(1)).await, Ok(1));
        assert_eq!(timeout(Duration::ZERO, pending::<()>()).await, Err(Elapsed));
    });
}

#[test]
fn nothing_that_waits_is_moved() {
    play(async |_: &Runtime| {
        // Borrows across an await: moved, it would point elsewhere.
        let own = async {
            let numbers = [1, 2, 3];
            let first = &numbers[0];
            sleep(Duration::from_millis(1)).await;
            std::ptr::eq(first, &raw const numbers[0])
        };
        assert_eq!(timeout(LONG, join(own, yield_now())).await, Ok((true, ())));
    });
}

#[test]
fn yield_lets_all_others_have_one_turn() {
    play(async |_: &Runtime| {
        let log = Log::default();
        for n in 0..3 {
            let log = log.clone();
            spawn(async move {
                log.note(n);
                yield_now().await;
                log.note(n + 10);
            });
        }
        yield_now().await;
        assert_eq!(log.take(), [0, 1, 2]);
        yield_now().await;
        assert_eq!(log.take(), [10, 11, 12]);
    });
}

#[test]
fn a_promise_is_kept_or_broken() {
    play(async |_: &Runtime| {
        let (promise, promised) = oneshot();
        promise.give(1);
        assert_eq!(promised.await, Some(1));
        let (promise, promised) = oneshot::<i32>();
        let waits = spawn(promised);
        yield_now().await;
        drop(promise);
        assert_eq!(waits.await.unwrap(), None);
        // Nobody waits: the value is dropped.
        let log = Log::default();
        let (promise, promised) = oneshot();
        drop(promised);
        promise.give(Dropped("lost", log.clone()));
        assert_eq!(log.take(), ["lost"]);
        // It wakes the one who asked last.
        let (promise, mut promised) = oneshot();
        let raced = select(&mut promised, poll_fn(|_| Poll::Ready(()))).await;
        assert_eq!(raced, Either::Right(()));
        let waits = spawn(promised);
        yield_now().await;
        promise.give(3);
        assert_eq!(waits.await.unwrap(), Some(3));
    });
}

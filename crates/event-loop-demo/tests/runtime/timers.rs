//! The timers, by a clock that these tests turn: in order, and never early.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::task::Waker;
use std::time::{Duration, Instant};

use event_loop_demo::runtime::timers::{Alarm, Timers};
use event_loop_demo::runtime::{
    Runtime, join, offload, select, sleep, sleep_until, spawn, timeout,
};
use proptest::prelude::*;

use super::common::{Alien, LONG, Log, asleep, play, poll_once, polled, waker_that};

/// What happens to the timers.
#[derive(Debug, Clone)]
enum Step {
    Set {
        after: u64,
    },
    TakeBack(usize),
    Renew(usize),
    /// The clock goes on, by nothing too.
    Turn {
        by: u64,
    },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => (0..20_u64).prop_map(|after| Step::Set { after }),
        1 => any::<usize>().prop_map(Step::TakeBack),
        1 => any::<usize>().prop_map(Step::Renew),
        2 => (0..8_u64).prop_map(|by| Step::Turn { by }),
    ];
    prop::collection::vec(step, 0..200)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn they_ring_in_order_and_never_early_and_who_was_taken_back_not_at_all(steps in steps()) {
        let start = Instant::now();
        let (timers, rung) = (Timers::new(start), Arc::new(Mutex::new(Vec::new())));
        let waker = |name: usize| -> Waker {
            let rung = Arc::clone(&rung);
            waker_that(move || rung.lock().unwrap().push(name))
        };
        let mut now = start;
        let mut alarms: Vec<(Instant, Alarm)> = Vec::new();
        // The model: when, and who came first; what is left to ring.
        let mut waiting: BTreeSet<(Instant, usize)> = BTreeSet::new();
        // A renewed sleeper has another name; the model's is its first.
        let mut names: Vec<usize> = Vec::new();
        for step in steps {
            match step {
                Step::Set { after } => {
                    let (at, name) = (now + Duration::from_nanos(after), names.len());
                    alarms.push((at, timers.set(at, waker(name))));
                    waiting.insert((at, name));
                    names.push(name);
                }
                Step::TakeBack(which) if !alarms.is_empty() => {
                    let which = which % alarms.len();
                    timers.take_back(alarms[which].1);
                    waiting.remove(&(alarms[which].0, which));
                }
                Step::Renew(which) if !alarms.is_empty() => {
                    let which = which % alarms.len();
                    let renewed = timers.renew(alarms[which].1, &waker(which + 10_000));
                    prop_assert_eq!(renewed, waiting.contains(&(alarms[which].0, which)));
                    if renewed {
                        names[which] = which + 10_000;
                    }
                }
                Step::Turn { by } => now += Duration::from_nanos(by),
                Step::TakeBack(_) | Step::Renew(_) => {}
            }
            while let Some(sleeper) = timers.due(now) {
                sleeper.wake();
            }
            let mut due = Vec::new();
            while let Some(&(at, name)) = waiting.first().filter(|(at, _)| *at <= now) {
                waiting.remove(&(at, name));
                due.push(names[name]);
            }
            prop_assert_eq!(std::mem::take(&mut *rung.lock().unwrap()), due);
            prop_assert_eq!(timers.next(), waiting.first().map(|(at, _)| *at));
        }
    }
}

#[test]
fn sleepers_are_woken_in_the_order_of_their_alarms_and_never_early() {
    play(async |_: &Runtime| {
        let mut most = 0;
        // Once more if nearly all had slept already before they were asked, on a busy machine.
        while most < 50 {
            let slept = slept_in_order().await;
            assert!(slept.is_sorted(), "{slept:?}");
            most = most.max(slept.len());
        }
    });
}

/// Those of a hundred sleepers that had to wait, in the order in which they were woken.
async fn slept_in_order() -> Vec<u64> {
    let log = Log::default();
    let start = Instant::now();
    let times = (0..100).map(|n| n * 37 % 100);
    let sleeper = |n| {
        let log = log.clone();
        spawn(async move {
            let at = start + Duration::from_micros(n * 100);
            let (sleeps, polls) = polled(sleep_until(at));
            sleeps.await;
            assert!(Instant::now() >= at, "early");
            // Those whose time had come before they were first polled do not wait.
            if polls.get() > 1 {
                log.note(n);
            }
        })
    };
    for task in times.map(sleeper).collect::<Vec<_>>() {
        task.await.unwrap();
    }
    log.take()
}

#[test]
fn a_dropped_sleep_takes_its_alarm_back() {
    play(async |runtime: &Runtime| {
        let at = |n| Duration::from_millis(20) + Duration::from_micros(300) * n;
        let sleeps = (0..100).map(|n| asleep(at(n), Waker::noop()));
        drop(sleeps.collect::<Vec<_>>());
        let before = runtime.counts();
        // The system's alarm may still ring, once, for nobody.
        sleep(Duration::from_millis(60)).await;
        let after = runtime.counts();
        assert!(after.looks - before.looks <= 3, "{:?}", after.looks - before.looks);
        assert!(after.polls - before.polls <= 1, "it was polled before its own time");
    });
}

#[test]
fn a_sleep_is_renewed_by_who_polls_it_last() {
    play(async |_: &Runtime| {
        let [(first, waker), (last, renewed)] = [(); 2].map(|()| Alien::new());
        let mut sleeps = asleep(Duration::from_millis(5), &waker);
        assert!(poll_once(&mut sleeps, &renewed).is_pending());
        while last.woken() == 0 {
            sleep(Duration::from_millis(1)).await;
        }
        assert_eq!((first.woken(), last.woken()), (0, 1));
        assert!(poll_once(&mut sleeps, &waker).is_ready());
    });
}

#[test]
fn no_time_or_a_moment_that_has_been_is_no_wait() {
    play(async |_: &Runtime| {
        let past = Instant::now();
        for future in [sleep(Duration::ZERO), sleep_until(past)] {
            let (future, polls) = polled(future);
            future.await;
            assert_eq!(polls.get(), 1);
        }
    });
}

#[test]
fn the_longest_time_that_there_is_is_no_error() {
    play(async |_: &Runtime| {
        for longest in [Duration::MAX, Duration::from_secs(u64::MAX / 2), LONG * 24 * 365 * 400] {
            let short = sleep(Duration::from_millis(1));
            select(sleep(longest), short).await;
            assert_eq!(timeout(longest, async { 1 }).await, Ok(1));
            let nap = sleep(Duration::from_millis(1));
            assert_eq!(timeout(longest, nap).await, Ok(()));
        }
        // An earlier alarm after a later one, and the other way about.
        join(sleep(Duration::from_millis(4)), sleep(Duration::from_millis(1))).await;
        select(sleep(LONG), sleep(Duration::from_millis(1))).await;
        sleep(Duration::from_millis(1)).await;
    });
}

/// The system's alarm is set for the later one already, when the earlier one comes.
#[test]
fn an_earlier_alarm_after_a_later_one_rings_in_time() {
    play(async |runtime: &Runtime| {
        let long = spawn(sleep(LONG));
        let sleeps = runtime.counts().sleeps;
        // Meanwhile the loop sleeps, and somebody else wakes it.
        while runtime.counts().sleeps == sleeps {
            offload(|| ()).await.unwrap();
        }
        sleep(Duration::from_millis(1)).await;
        long.cancel();
    });
}

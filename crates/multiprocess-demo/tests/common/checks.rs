//! What a pool promises, however its workers are started and talked to.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use multiprocess_demo::Function;
use multiprocess_demo::child::Death;
use multiprocess_demo::jobs::faults::{ABORT, ECHO, END, HANG, PANIC, WORK_FOR};
use multiprocess_demo::pool::{Failure, How, Options, Pool, Terms};
use nix::sys::signal::{Signal, kill};
use serde::{Serialize, Serializer};

use super::{PATIENCE, eventually, pool, state};

/// The most tasks that a worker is given ahead (see src/pool/window.rs).
const WINDOW: usize = 128;

/// A promise, and how to see that it is kept.
pub type Check = (&'static str, fn(&Options));

/// All of them.
pub const ALL: &[Check] = &[
    ("map_keeps_the_order", map_keeps_the_order),
    ("results_come_as_they_are_ready", results_come_as_they_are_ready),
    ("items_are_taken_as_they_are_wanted", items_are_taken_as_they_are_wanted),
    ("a_slow_caller_is_not_buried_in_results", a_slow_caller_is_not_buried_in_results),
    ("an_end_is_asked_for_once", an_end_is_asked_for_once),
    ("the_others_of_a_chunk_are_done", the_others_of_a_chunk_are_done),
    ("a_deadline_ends_one_worker_only", a_deadline_ends_one_worker_only),
    ("a_late_chunk_is_taken_apart", a_late_chunk_is_taken_apart),
    ("a_deadline_may_be_ages_away", a_deadline_may_be_ages_away),
    ("a_slow_caller_makes_nobody_late", a_slow_caller_makes_nobody_late),
    ("a_slow_iterator_makes_nobody_late", a_slow_iterator_makes_nobody_late),
    (
        "who_hangs_in_an_abandoned_run_is_ended_in_the_next",
        who_hangs_in_an_abandoned_run_is_ended_in_the_next,
    ),
    ("a_panic_is_an_answer", a_panic_is_an_answer),
    ("a_task_is_given_up_after_its_tries", a_task_is_given_up_after_its_tries),
    ("who_waits_behind_a_culprit_is_not_blamed", who_waits_behind_a_culprit_is_not_blamed),
    ("a_task_that_was_not_sent_is_not_blamed", a_task_that_was_not_sent_is_not_blamed),
    ("nobody_answers_an_abandoned_run", nobody_answers_an_abandoned_run),
    ("bytes_of_all_sizes_travel", bytes_of_all_sizes_travel),
    ("a_worker_that_does_not_read_gets_no_more", a_worker_that_does_not_read_gets_no_more),
    ("what_cannot_be_sent_is_told_of_at_once", what_cannot_be_sent_is_told_of_at_once),
    ("the_unsendable_of_a_chunk_is_left_out", the_unsendable_of_a_chunk_is_left_out),
    ("an_unknown_function_panics", an_unknown_function_panics),
    ("an_iterator_that_panics_breaks_nothing", an_iterator_that_panics_breaks_nothing),
    ("close_waits_and_then_kills", close_waits_and_then_kills),
    ("close_is_patient_with_who_finishes", close_is_patient_with_who_finishes),
    ("drop_kills", drop_kills),
];

/// Waits until each worker has answered something.
fn all_there(pool: &mut Pool) {
    let mut seen = BTreeSet::new();
    eventually("all workers work", || {
        let pids = pool.map(Terms::default(), &WORK_FOR, [2_000; 4]).unwrap();
        seen.extend(pids);
        seen.len() == pool.workers().len()
    });
}

/// With a short time, or at last with one of the longer ones, what came of it is what it should be: a
/// busy machine may keep anybody from its work for as long as the short one, and the pool takes that
/// for what the test is about. `run` returns the two.
pub fn given_time<T: PartialEq + Debug>(run: impl Fn(Duration) -> [T; 2]) {
    let [short, longer, longest] = [300, 1_500, 7_500].map(Duration::from_millis);
    let holds = |time| {
        let [came, expected] = run(time);
        came == expected
    };
    if !holds(short) && !holds(longer) {
        let [came, expected] = run(longest);
        assert_eq!(came, expected, "with {longest:?}");
    }
}

fn sorted<R>(results: impl Iterator<Item = (usize, Result<R, Failure>)>) -> Vec<Result<R, How>> {
    let mut all: Vec<_> = results.collect();
    all.sort_by_key(|(item, _)| *item);
    let numbers: Vec<_> = all.iter().map(|(item, _)| *item).collect();
    assert_eq!(numbers, Vec::from_iter(0..all.len()), "each item is answered exactly once");
    let mut hows = Vec::new();
    for (item, result) in all {
        hows.push(result.map_err(|failure| {
            assert_eq!(failure.item, item, "a failure names its item");
            failure.how
        }));
    }
    hows
}

fn map_keeps_the_order(options: &Options) {
    for workers in [1, 3] {
        let mut pool = pool(options, workers);
        for (items, chunk) in
            [(0, 1), (1, 1), (1, 9), (1_000, 1), (1_000, 7), (1_000, 5_000), (9, 0)]
        {
            let terms = Terms { chunk, ..Terms::default() };
            let all = pool.map(terms, &END, (0..items).map(|item| item * 2)).unwrap();
            assert!(all.into_iter().eq((0..items).map(|item| item * 2)), "{items} by {chunk}");
        }
        assert_eq!(pool.workers().len(), workers);
        assert_eq!(pool.replacements(), []);
    }
}

fn results_come_as_they_are_ready(options: &Options) {
    let mut pool = pool(options, 2);
    let (item, result) = pool.imap_unordered(Terms::default(), &HANG, [1, 2]).next().unwrap();
    assert_eq!((item, result), (1, Ok(2)), "the first never returns");
}

fn items_are_taken_as_they_are_wanted(options: &Options) {
    let mut pool = pool(options, 2);
    let taken = Cell::new(0);
    let items = || (0u64..).inspect(|_| taken.set(taken.get() + 1));
    drop(pool.imap_unordered(Terms::default(), &END, items()));
    assert_eq!(taken.get(), 0, "nothing was wanted");
    // Work that takes so long that none is given ahead.
    let results =
        pool.imap_unordered(Terms::default(), &WORK_FOR, items().map(|_| 2_000)).enumerate();
    for (consumed, (_, result)) in results.take(50) {
        result.unwrap();
        // One each under way, and one each that is ready.
        assert!(taken.get() <= consumed + 4, "{} taken, {consumed} consumed", taken.get());
    }
    for chunk in [1, 10] {
        taken.set(0);
        let terms = Terms { chunk, ..Terms::default() };
        let results = pool.imap_unordered(terms, &END, items().map(|item| item * 2)).enumerate();
        for (consumed, (_, result)) in results.take(20_000) {
            result.unwrap();
            let ahead = taken.get() - consumed;
            assert!(ahead <= (2 * 2 * WINDOW + 1) * chunk, "{ahead} ahead by {chunk}");
        }
    }
}

fn a_slow_caller_is_not_buried_in_results(options: &Options) {
    let mut pool = pool(options, 2);
    let taken = Cell::new(0);
    let items = (0u64..).inspect(|_| taken.set(taken.get() + 1)).map(|item| item * 2);
    let results = pool.imap_unordered(Terms::default(), &END, items).enumerate();
    for (consumed, (_, result)) in results.take(3_000) {
        result.unwrap();
        let start = Instant::now();
        while start.elapsed() < Duration::from_micros(100) {
            std::hint::spin_loop();
        }
        let ahead = taken.get() - consumed;
        assert!(ahead <= 2 * 2 * WINDOW, "{ahead} ahead");
    }
}

fn an_end_is_asked_for_once(options: &Options) {
    let mut pool = pool(options, 2);
    // Not fused: after the end it would begin again.
    let mut next = 0;
    let items = std::iter::from_fn(|| {
        next += 2;
        (next % 22 != 0).then_some(next)
    });
    let mut results = pool.imap_unordered(Terms::default(), &END, items);
    assert_eq!(results.by_ref().count(), 10);
    assert!(results.next().is_none());
}

fn the_others_of_a_chunk_are_done(options: &Options) {
    let mut pool = pool(options, 2);
    let terms = Terms { chunk: 10, ..Terms::default() };
    let items = (0..100).map(|item| if item == 57 { 57 } else { item * 2 });
    let all = sorted(pool.imap_unordered(terms, &END, items));
    assert_eq!(all.len(), 100);
    for (item, result) in all.into_iter().enumerate() {
        match (item, result) {
            (57, Err(How::Died { tries, death })) => {
                assert_eq!((tries, death), (3, Death::Killed(9)));
            }
            (item, result) => assert_eq!(result, Ok(item as u64 * 2)),
        }
    }
    // One for the chunk, and then as many as it has tries for the culprit alone.
    assert_eq!(pool.replacements().len(), 4);
}

fn a_deadline_ends_one_worker_only(options: &Options) {
    given_time(|deadline| {
        let mut pool = pool(options, 3);
        let before = pool.workers();
        let terms = Terms { deadline: Some(deadline), tries: 2, ..Terms::default() };
        let items = (0..60).map(|item| if item == 2 { 1 } else { item * 2 });
        let all = sorted(pool.imap_unordered(terms, &HANG, items));
        let deaths: Vec<_> = pool.replacements().iter().map(|one| one.death).collect();
        let unharmed = pool.workers().iter().filter(|pid| before.contains(pid)).count();
        // Both deaths may have been at the same place.
        let some_unharmed = (1..=2).contains(&unharmed);
        let expected = (0..60_u64).map(|item| match item {
            2 => Err(How::Late { tries: 2, deadline }),
            item => Ok(item * 2),
        });
        let expected = (expected.collect(), vec![Death::Killed(9); 2], true);
        [(all, deaths, some_unharmed), expected]
    });
}

fn a_late_chunk_is_taken_apart(options: &Options) {
    given_time(|deadline| {
        let mut pool = pool(options, 2);
        let terms = Terms { chunk: 5, deadline: Some(deadline), tries: 1 };
        let all = sorted(pool.imap_unordered(terms, &HANG, [0, 2, 4, 7, 8, 10, 12]));
        let late = Err(How::Late { tries: 1, deadline });
        let expected = vec![Ok(0), Ok(2), Ok(4), late, Ok(8), Ok(10), Ok(12)];
        [(all, pool.replacements().len()), (expected, 2)]
    });
}

fn a_deadline_may_be_ages_away(options: &Options) {
    let mut pool = pool(options, 1);
    for deadline in [Duration::MAX, Duration::from_secs(1 << 40)] {
        let terms = Terms { deadline: Some(deadline), ..Terms::default() };
        assert_eq!(pool.map(terms, &END, [0, 2]).unwrap(), [0, 2]);
    }
    assert_eq!(pool.close(Duration::MAX), 0);
}

fn a_slow_caller_makes_nobody_late(options: &Options) {
    given_time(|deadline| {
        let mut pool = pool(options, 2);
        let terms = Terms { deadline: Some(deadline), tries: 1, ..Terms::default() };
        // Far more than is under way between two processes.
        let items = (0..6).map(|item| vec![item; 2 << 20]);
        let mut right = [false; 6];
        for (item, result) in pool.imap_unordered(terms, &ECHO, items) {
            right[item] =
                result.is_ok_and(|bytes| bytes.iter().all(|&byte| usize::from(byte) == item));
            // The caller is busy for longer than a task may take, with tasks and answers half sent.
            std::thread::sleep(deadline * 4 / 3);
        }
        [(right, pool.replacements().to_vec()), ([true; 6], vec![])]
    });
}

fn a_slow_iterator_makes_nobody_late(options: &Options) {
    given_time(|deadline| {
        let mut pool = pool(options, 2);
        let terms = Terms { deadline: Some(deadline), tries: 1, ..Terms::default() };
        // It takes longer to make an item than a task may take.
        let items = (0..4).inspect(|_| std::thread::sleep(deadline * 4 / 3));
        let all = pool.map(terms, &END, items.map(|item| item * 2));
        [(all, pool.replacements().to_vec()), (Ok(vec![0, 2, 4, 6]), vec![])]
    });
}

fn who_hangs_in_an_abandoned_run_is_ended_in_the_next(options: &Options) {
    given_time(|deadline| {
        let mut pool = pool(options, 1);
        // The second is under way before the first result is returned, and may take for ever.
        let first = pool.imap_unordered(Terms::default(), &HANG, [2, 1]).next();
        assert_eq!(first, Some((0, Ok(2))));
        let terms = Terms { deadline: Some(deadline), tries: 1, ..Terms::default() };
        let all = pool.map(terms, &END, [0, 2]);
        [(all, pool.replacements().len()), (Ok(vec![0, 2]), 1)]
    });
}

fn a_panic_is_an_answer(options: &Options) {
    for chunk in [1, 4] {
        let mut pool = pool(options, 2);
        let before = pool.workers();
        let terms = Terms { chunk, ..Terms::default() };
        let all = sorted(pool.imap_unordered(terms, &PANIC, 0..20));
        for (item, result) in all.into_iter().enumerate() {
            match item % 2 {
                1 => assert_eq!(result, Err(How::Panicked(format!("{item} is odd")))),
                _ => assert_eq!(result, Ok(item as u64)),
            }
        }
        assert_eq!(pool.workers(), before);
        assert_eq!(pool.replacements(), []);
        let failure = pool.map(terms, &PANIC, [0, 3]).unwrap_err();
        assert_eq!(failure.to_string(), "item 1: it panicked: 3 is odd");
    }
}

fn a_task_is_given_up_after_its_tries(options: &Options) {
    for (function, signal) in [(&END, Signal::SIGKILL), (&ABORT, Signal::SIGABRT)] {
        for tries in [1, 2, 4] {
            let mut pool = pool(options, 2);
            let terms = Terms { tries, ..Terms::default() };
            let all = sorted(pool.imap_unordered(terms, function, [0, 2, 5, 4, 6]));
            let death = Death::Killed(signal as i32);
            let given_up = Err(How::Died { tries, death });
            assert_eq!(all, [Ok(0), Ok(2), given_up, Ok(4), Ok(6)]);
            let deaths: Vec<_> = pool.replacements().iter().map(|one| one.death).collect();
            assert_eq!(deaths, vec![death; tries as usize]);
            assert_eq!(pool.workers().len(), 2);
        }
    }
}

fn who_waits_behind_a_culprit_is_not_blamed(options: &Options) {
    let mut pool = pool(options, 1);
    // Tiny tasks, so that many are given ahead: each culprit has others behind it.
    pool.map(Terms::default(), &END, (0..2_000).map(|item| item * 2)).unwrap();
    let terms = Terms { tries: 1, ..Terms::default() };
    let items = (0..2_000).map(|item| if item % 100 == 50 { 1 } else { item * 2 });
    let all = sorted(pool.imap_unordered(terms, &END, items));
    for (item, result) in all.into_iter().enumerate() {
        match item % 100 {
            50 => assert!(matches!(result, Err(How::Died { tries: 1, .. })), "{item}: {result:?}"),
            _ => assert_eq!(result, Ok(item as u64 * 2)),
        }
    }
    assert_eq!(pool.replacements().len(), 20);
}

fn a_task_that_was_not_sent_is_not_blamed(options: &Options) {
    let mut pool = pool(options, 2);
    let terms = Terms { tries: 1, ..Terms::default() };
    for _ in 0..5 {
        assert_eq!(pool.map(terms, &END, [0, 2, 4, 6]).unwrap(), [0, 2, 4, 6]);
        for pid in pool.workers() {
            // Ours, and not reaped yet: the pool is not at work.
            kill(pid, Signal::SIGKILL).unwrap();
            eventually("it dies", || state(pid.as_raw()).is_some_and(|(state, _)| state == 'Z'));
        }
    }
    assert_eq!(pool.map(terms, &END, [0, 2]).unwrap(), [0, 2]);
    assert_eq!(pool.replacements().len(), 10);
}

fn nobody_answers_an_abandoned_run(options: &Options) {
    let mut pool = pool(options, 2);
    for round in 0..100_u64 {
        let items = (round * 1_000..).map(|item| item * 2);
        let seen = pool.imap_unordered(Terms::default(), &END, items).take(round as usize % 7);
        assert!(seen.count() == round as usize % 7);
        if round % 9 == 0 {
            // With deaths among what is abandoned.
            let mixed = pool.imap_unordered(Terms::default(), &END, [0, 1, 3, 5, 7]);
            mixed.take(1).for_each(drop);
        }
        if round % 10 == 0 {
            std::mem::forget(pool.imap_unordered(Terms::default(), &END, [0, 2]));
        }
        let bytes: Vec<_> = (0..20).map(|item| vec![item, round as u8]).collect();
        assert_eq!(pool.map(Terms::default(), &ECHO, bytes.clone()).unwrap(), bytes);
    }
    // One that was under way fails nobody when its time is up.
    let late = Terms { deadline: Some(Duration::from_millis(200)), tries: 1, ..Terms::default() };
    assert_eq!(pool.imap_unordered(late, &HANG, [1, 3, 0]).take(1).count(), 1);
    assert_eq!(pool.map(Terms::default(), &HANG, [0, 2, 4]).unwrap(), [0, 2, 4]);
}

fn bytes_of_all_sizes_travel(options: &Options) {
    let mut pool = pool(options, 2);
    let sizes = [0, 1, 300 << 10, 20 << 20, 2, 0, 65_528, 65_536, 1 << 20];
    let bytes = || sizes.iter().map(|&size| (0..size).map(|at| (at * 7 + size) as u8).collect());
    for chunk in [1, 3, 9] {
        let terms = Terms { chunk, deadline: Some(PATIENCE), ..Terms::default() };
        let all = pool.map(terms, &ECHO, bytes()).unwrap();
        assert!(all.into_iter().eq(bytes()), "by {chunk}");
    }
    assert_eq!(pool.replacements(), []);
}

fn a_worker_that_does_not_read_gets_no_more(options: &Options) {
    let mut pool = pool(options, 2);
    // Tiny ones, so that many are given ahead; then large ones.
    pool.map(Terms::default(), &ECHO, (0..3_000).map(|_| Vec::new())).unwrap();
    let taken = Cell::new(0);
    let items = (0..40).map(|item| {
        taken.set(taken.get() + 1);
        vec![item; 1 << 20]
    });
    let mut results = pool.imap_unordered(Terms::default(), &ECHO, items);
    results.next().unwrap().1.unwrap();
    assert!(taken.get() < 20, "{} MiB wait to be sent", taken.get());
    assert_eq!(results.count(), 39);
}

/// Can't be encoded if it is odd.
#[derive(Clone, Copy)]
struct Even(u64);

impl Serialize for Even {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 % 2 {
            0 => self.0.serialize(to),
            _ => Err(serde::ser::Error::custom("odd")),
        }
    }
}

const EVENS: Function<Even, u64> = Function::new("end", |Even(number)| number);

fn what_cannot_be_sent_is_told_of_at_once(options: &Options) {
    let mut pool = pool(options, 2);
    let all = pool.imap_unordered(Terms::default(), &EVENS, (1..).step_by(2).map(Even));
    for (expected, (item, result)) in all.take(1_000).enumerate() {
        assert_eq!(item, expected);
        assert!(matches!(result.unwrap_err().how, How::Unsendable(_)));
    }
    // The first is never answered; that the second can't be sent is known all the same.
    const HANGS: Function<Even, u64> = Function::new("hang", |Even(number)| number);
    for chunk in [1, 2] {
        let terms = Terms { chunk, deadline: Some(PATIENCE), ..Terms::default() };
        let mut results = pool.imap_unordered(terms, &HANGS, [Even(0), Even(1)]);
        assert_eq!(results.by_ref().count(), 2);
    }
    let mut endless = pool.imap_unordered(Terms::default(), &HANG_OR_ODD, [Odd(1), Odd(2)]);
    let (item, result) = endless.next().unwrap();
    assert!(matches!((item, result.unwrap_err().how), (1, How::Unsendable(_))));
}

/// Can't be encoded if it is even: so it hangs, or can't be sent.
struct Odd(u64);

const HANG_OR_ODD: Function<Odd, u64> = Function::new("hang", |Odd(number)| number);

impl Serialize for Odd {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 % 2 {
            1 => self.0.serialize(to),
            _ => Err(serde::ser::Error::custom("even")),
        }
    }
}

fn the_unsendable_of_a_chunk_is_left_out(options: &Options) {
    let mut pool = pool(options, 2);
    for chunk in 1..=8 {
        let terms = Terms { chunk, ..Terms::default() };
        for bad in 0_u64..=0xff {
            let odd = |item: usize| (bad >> item) & 1 == 1;
            let items = (0..8).map(|item| Even(item as u64 * 2 + u64::from(odd(item))));
            let all = sorted(pool.imap_unordered(terms, &EVENS, items));
            assert_eq!(all.len(), 8);
            for (item, result) in all.into_iter().enumerate() {
                match odd(item) {
                    true => {
                        assert!(matches!(result, Err(How::Unsendable(_))), "{item}: {result:?}");
                    }
                    false => assert_eq!(result, Ok(item as u64 * 2)),
                }
            }
        }
    }
}

fn an_unknown_function_panics(options: &Options) {
    const UNKNOWN: Function<u64, u64> = Function::new("nobody knows this", |number| number);
    let mut pool = pool(options, 1);
    let call = AssertUnwindSafe(|| pool.map(Terms::default(), &UNKNOWN, [1]));
    let panic = catch_unwind(call).unwrap_err();
    let said = panic.downcast_ref::<String>().unwrap();
    assert_eq!(said, "no worker knows \"nobody knows this\"");
    assert_eq!(pool.map(Terms::default(), &END, [2]).unwrap(), [2]);
}

fn an_iterator_that_panics_breaks_nothing(options: &Options) {
    let mut pool = pool(options, 2);
    let items = (0..).map(|item| if item < 100 { item * 2 } else { panic!("no more") });
    let call = AssertUnwindSafe(|| pool.map(Terms::default(), &END, items));
    assert!(catch_unwind(call).is_err());
    assert_eq!(pool.map(Terms::default(), &END, [2, 4]).unwrap(), [2, 4]);
    assert_eq!(pool.replacements(), []);
}

fn close_waits_and_then_kills(options: &Options) {
    let pool_of = |workers| pool(options, workers);
    assert_eq!(pool_of(3).close(PATIENCE), 0);
    let mut hanging = pool_of(2);
    all_there(&mut hanging);
    hanging.imap_unordered(Terms::default(), &HANG, [0, 1, 3]).take(1).for_each(drop);
    let pids = hanging.workers();
    assert_eq!(hanging.close(Duration::from_millis(20)), 2, "both never return");
    assert!(pids.iter().all(|&pid| kill(pid, None).is_err()), "gone");
    given_time(|patience| {
        let mut stopped = pool_of(2);
        all_there(&mut stopped);
        let pids = stopped.workers();
        kill(pids[0], Signal::SIGSTOP).unwrap();
        let killed = stopped.close(patience);
        assert!(pids.iter().all(|&pid| kill(pid, None).is_err()), "gone");
        // The other one ends by itself.
        [killed, 1]
    });
}

fn close_is_patient_with_who_finishes(options: &Options) {
    let mut pool = pool(options, 2);
    all_there(&mut pool);
    // The second and third are under way when the first is answered.
    let some = pool.imap_unordered(Terms::default(), &WORK_FOR, [1_000, 300_000, 300_000]);
    assert_eq!(some.take(1).count(), 1);
    assert_eq!(pool.close(PATIENCE), 0, "they finish, and are not killed");
}

fn drop_kills(options: &Options) {
    let mut pool = pool(options, 3);
    pool.imap_unordered(Terms::default(), &HANG, [0, 1, 3, 5]).take(1).for_each(drop);
    kill(pool.workers()[0], Signal::SIGSTOP).unwrap();
    let pids = pool.workers();
    drop(pool);
    assert!(pids.iter().all(|&pid| kill(pid, None).is_err()), "gone, and waited for");
}

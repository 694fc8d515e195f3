//! The locks on real threads: what the recorder saw, and whom the lock went to.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use global_lock_demo::lock::{Fair, GlobalLock, Interval, Legacy, interval};
use global_lock_demo::thread::{ASKED, HOLDS, IN_VAIN, OUTSIDE, ThreadState, WAITS};
use stage::timeline::{Finished, Span};
use stage::{Recorder, Timeline};

/// When to give up; by then something other than a busy machine is wrong.
const AT_MOST: Duration = Duration::from_secs(60);

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < AT_MOST, "waited in vain: {what}");
        thread::yield_now();
    }
}

/// So many hogs, which now and then block, until each of them has had the lock `turns` times after
/// another one.
fn hogs<L: GlobalLock>(lock: L, hogs: u32, turns: u32, blocks: bool) -> Timeline {
    let (recorder, last) = (Recorder::new(), AtomicU32::new(0));
    let left = AtomicU32::new(hogs);
    let hog = |id| {
        let me = &mut ThreadState::recorded(id, &recorder, &format!("hog {id}"));
        let (mut had, start) = (0, Instant::now());
        lock.take(me);
        for round in 0.. {
            if last.swap(id, Relaxed) != id {
                had += 1;
                if had == turns {
                    left.fetch_sub(1, Relaxed);
                }
            }
            // Until the others are done too: whoever is alone has no turns after another one.
            if left.load(Relaxed) == 0 {
                break;
            }
            if blocks && round % 1000 == 0 {
                lock.outside(me, thread::yield_now);
            }
            lock.tick(me);
            lock.check(me);
            assert!(start.elapsed() < AT_MOST, "hog {id} had {had} turns");
        }
        lock.give(me);
    };
    thread::scope(|scope| {
        let hog = &hog;
        (1..=hogs).for_each(|id| drop(scope.spawn(move || hog(id))));
    });
    recorder.timeline()
}

/// Holders never overlap; who waits goes on waiting until it holds; nobody holds outside.
fn is_sound(timeline: &Timeline, hogs: usize) {
    assert_eq!(timeline.lanes.len(), hogs);
    assert_eq!(timeline.at_once(HOLDS), 1);
    for lane in &timeline.lanes {
        let states = Vec::from_iter(lane.spans.iter().map(|span| span.state));
        assert!(states.contains(&HOLDS));
        for (next, state) in states[1..].iter().zip(&states) {
            let allowed: &[&str] = match *state {
                HOLDS => &[WAITS, OUTSIDE],
                OUTSIDE => &[WAITS, HOLDS],
                // Who gives way waits already then, and anew when it finds the lock taken.
                _ => &[WAITS, ASKED, IN_VAIN, HOLDS],
            };
            assert!(allowed.contains(next), "{}: {state}, then {next}", lane.name);
        }
        assert_eq!(states.last(), Some(&OUTSIDE), "it has given the lock up");
    }
}

#[test]
fn under_the_legacy_lock_one_at_a_time_holds_it_and_each_wait_ends() {
    is_sound(&hogs(Legacy::new(10), 2, 20, true), 2);
    is_sound(&hogs(Legacy::default(), 4, 5, true), 4);
}

#[test]
fn under_the_interval_lock_one_at_a_time_holds_it_and_each_wait_ends() {
    for forced in [true, false] {
        let lock = Interval::new(forced);
        lock.set_interval(Duration::from_micros(100));
        is_sound(&hogs(lock, 4, 20, true), 4);
    }
}

#[test]
fn under_the_fair_lock_one_at_a_time_holds_it_and_each_wait_ends() {
    is_sound(&hogs(Fair::default(), 2, 100, true), 2);
    is_sound(&hogs(Fair::new(Duration::ZERO), 4, 100, true), 4);
}

fn spans<'a>(lanes: &'a [Finished], state: &'a str) -> impl Iterator<Item = &'a Span> {
    lanes.iter().flat_map(|lane| &lane.spans).filter(move |span| span.state == state)
}

#[test]
fn nobody_is_asked_before_an_interval_is_over() {
    let interval = Duration::from_millis(2);
    let lock = Interval::default();
    lock.set_interval(interval);
    let timeline = hogs(lock, 3, 10, false);
    let mut asked = 0;
    for ask in spans(&timeline.lanes, ASKED) {
        let held = |span: &&Span| (span.from..=span.to).contains(&ask.from);
        // In the instant of an ask the holder may be giving way to an earlier one.
        if let Some(held) = spans(&timeline.lanes, HOLDS).find(held) {
            assert!(ask.from - held.from >= interval, "{:?} into a turn", ask.from - held.from);
            asked += 1;
        }
    }
    assert!(asked > 0);
}

/// A hog, beside a thread that wants the lock once, until `enough`, which is told whether that one
/// has had it.
fn beside_a_hog(lock: &Interval, mut enough: impl FnMut(bool) -> bool) {
    let (wants, had) = (AtomicBool::new(false), AtomicBool::new(false));
    let me = &mut ThreadState::new(1);
    lock.take(me);
    thread::scope(|scope| {
        scope.spawn(|| {
            let me = &mut ThreadState::new(2);
            wants.store(true, Relaxed);
            lock.take(me);
            had.store(true, Relaxed);
            lock.give(me);
        });
        until("the other is there", || wants.load(Relaxed));
        until("enough", || {
            lock.check(me);
            enough(had.load(Relaxed))
        });
        lock.give(me);
    });
}

#[test]
fn with_an_endless_interval_nobody_asks() {
    let lock = Interval::default();
    lock.set_interval(Duration::MAX);
    let start = Instant::now();
    beside_a_hog(&lock, |had| {
        assert!(!had, "the hog has given way");
        start.elapsed() > 10 * interval::DEFAULT
    });
}

#[test]
fn with_any_other_the_hog_gives_way_and_comes_back() {
    for interval in [Duration::ZERO, interval::DEFAULT] {
        let lock = Interval::default();
        lock.set_interval(interval);
        beside_a_hog(&lock, |had| had);
        assert_eq!(lock.switches(), 3, "to the hog, to the other, and back");
    }
}

/// A thread that blocks for what others must do under the lock.
fn blocks_outside<L: GlobalLock>(lock: L) {
    let (ask, asked) = mpsc::channel();
    let (answer, answered) = mpsc::channel();
    let me = &mut ThreadState::new(1);
    lock.take(me);
    thread::scope(|scope| {
        let lock = &lock;
        scope.spawn(move || {
            let me = &mut ThreadState::new(2);
            lock.take(me);
            let question: u32 = lock.outside(me, || asked.recv_timeout(AT_MOST)).unwrap();
            answer.send(question + 1).unwrap();
            lock.give(me);
        });
        ask.send(41).unwrap();
        let answer = lock.outside(me, || answered.recv_timeout(AT_MOST));
        lock.give(me);
        assert_eq!(answer, Ok(42));
    });
}

#[test]
fn a_call_that_blocks_does_so_without_the_lock() {
    blocks_outside(Legacy::default());
    blocks_outside(Interval::default());
    blocks_outside(Fair::default());
}

#[test]
fn a_call_that_panics_does_so_with_the_lock_held_again() {
    let lock = Fair::default();
    let me = &mut ThreadState::new(1);
    lock.take(me);
    let call = || lock.outside(me, || panic!("on purpose"));
    let outcome: Result<(), _> = std::panic::catch_unwind(std::panic::AssertUnwindSafe(call));
    assert_eq!(outcome.unwrap_err().downcast_ref(), Some(&"on purpose"));
    thread::scope(|scope| {
        scope.spawn(|| {
            let me = &mut ThreadState::new(2);
            lock.take(me);
            lock.give(me);
        });
        until("the other waits", || lock.waiting() == 1);
        lock.give(me);
    });
}

#[test]
fn the_fair_lock_goes_to_who_came_first_though_all_are_asleep() {
    let (lock, turns) = (Fair::new(Duration::ZERO), AtomicU32::new(0));
    let me = &mut ThreadState::new(1);
    lock.take(me);
    thread::scope(|scope| {
        for place in 0..4 {
            let (lock, turns) = (&lock, &turns);
            scope.spawn(move || {
                let me = &mut ThreadState::new(place + 2);
                lock.take(me);
                assert_eq!(turns.fetch_add(1, Relaxed), place);
                lock.give(me);
            });
            until("it sleeps", || lock.sleeping() == place as usize + 1);
        }
        lock.check(me);
        assert_eq!(turns.load(Relaxed), 4, "who gives way is last");
        lock.give(me);
    });
    assert_eq!((lock.waiting(), lock.sleeping()), (0, 0));
}

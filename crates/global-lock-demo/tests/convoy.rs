//! What the scenes about the convoy and about native calls promise, whatever the time it takes.

use std::time::Duration;

use global_lock_demo::arguments;
use global_lock_demo::host::Simulated;
use global_lock_demo::scenes::convoy::lanes::{FIRST, excerpt, held_during, overtaken, waits};
use global_lock_demo::scenes::native::picture;
use global_lock_demo::thread::{ASKED, HOLDS, IN_VAIN, OUTSIDE, WAITS};
use stage::timeline::{Finished, Span};
use stage::{Recorder, Timeline};

/// A lane of states, each from where the one before ended to its own end, in milliseconds.
fn lane(name: &str, states: &[(&'static str, u64)]) -> Finished {
    let mut from = Duration::ZERO;
    let spans = states.iter().map(|&(state, to)| {
        let to = Duration::from_millis(to);
        Span { state, item: None, from: std::mem::replace(&mut from, to), to }
    });
    Finished { name: name.into(), spans: spans.collect() }
}

fn overtaking() -> Timeline {
    let first = [(OUTSIDE, 1), (WAITS, 6), (ASKED, 7), (IN_VAIN, 20), (HOLDS, 21), (OUTSIDE, 23)];
    let hog = [(HOLDS, 7), (WAITS, 12), (HOLDS, 17), (WAITS, 21), (HOLDS, 23)];
    let other = [(WAITS, 7), (HOLDS, 12), (WAITS, 17), (HOLDS, 20), (WAITS, 23)];
    Timeline { lanes: vec![lane(FIRST, &first), lane("thread 2", &hog), lane("thread 3", &other)] }
}

#[test]
fn a_wait_has_several_states_and_who_takes_the_lock_in_it_overtakes() {
    let timeline = overtaking();
    let ms = Duration::from_millis;
    let waits = waits(&timeline);
    assert_eq!(waits, [ms(1)..ms(20)]);
    assert_eq!(overtaken(&timeline, &waits[0]), 3);
    assert_eq!(held_during(&timeline, WAITS), [ms(20)..ms(21)]);
    assert_eq!(held_during(&timeline, HOLDS), []);
}

#[test]
fn an_excerpt_has_what_was_in_its_time_and_the_names_that_were_given() {
    let ms = Duration::from_millis;
    let cut = excerpt(&overtaking(), &(ms(6)..ms(20)), &["sleeper", "hog"]);
    let names: Vec<_> = cut.lanes.iter().map(|lane| lane.name.as_str()).collect();
    assert_eq!(names, ["sleeper", "hog", "thread 3"]);
    let states: Vec<_> = cut.lanes[0].spans.iter().map(|s| (s.state, s.from, s.to)).collect();
    assert_eq!(states, [(ASKED, ms(6), ms(7)), (IN_VAIN, ms(7), ms(20))]);
    assert_eq!(cut.end(), ms(20));
}

#[test]
fn beside_a_hog_each_wait_ends_with_the_lock_and_one_thread_holds_it_at_a_time() {
    let recorder = Recorder::new();
    let arguments = arguments![1, 10, 0.005];
    let running = Simulated::Interval.start("oversleep", &arguments, Some(&recorder)).unwrap();
    let outcome = running.end().unwrap();
    let timeline = outcome.timeline;
    assert_eq!((outcome.lines.len(), timeline.at_once(HOLDS)), (10, 1));
    assert!(!waits(&timeline).is_empty(), "nobody waited");
    for wait in waits(&timeline) {
        let holds = |span: &Span| span.state == HOLDS && span.from == wait.end;
        assert!(timeline.lanes[0].spans.iter().any(holds), "{wait:?}");
    }
}

/// In a queue only one of two hogs can be ahead of who comes while the other holds the lock. And
/// who has it may not have come to record that.
#[test]
fn under_the_fair_lock_nobody_is_overtaken_again_and_again() {
    let recorder = Recorder::new();
    let arguments = arguments![2, 20, 0.005];
    let running = Simulated::Fair.start("oversleep", &arguments, Some(&recorder)).unwrap();
    let timeline = running.end().unwrap().timeline;
    assert!(!waits(&timeline).is_empty(), "nobody waited");
    for wait in waits(&timeline) {
        assert!(overtaken(&timeline, &wait) <= 2, "{wait:?}");
    }
}

#[test]
fn during_a_call_that_holds_nobody_else_has_the_lock() {
    let timeline = picture("holds", 3).unwrap();
    assert_eq!(timeline.at_once(HOLDS), 1);
    assert_eq!(held_during(&timeline, HOLDS), []);
    assert_eq!(timeline.lanes.len(), 2, "{timeline:?}");
}

/// The sleeper wakes every millisecond, and a call takes ten: in a hundred sleeps there is one that
/// ends during a call, however busy the machine.
#[test]
fn during_a_call_that_releases_another_thread_has_it() {
    let timeline = picture("releases", 100).unwrap();
    assert_eq!(timeline.at_once(HOLDS), 1);
    assert!(!held_during(&timeline, OUTSIDE).is_empty(), "{timeline:?}");
}

//! The programs that come with the chapter, under every strategy.

use std::time::Duration;

use global_lock_demo::host::{Simulated, arguments, field};
use global_lock_demo::vm::{Outcome, listing, programs};
use global_lock_demo::{echo, vm::Program};

use crate::evaluate::{LIMITS, everywhere, protected, under};

fn bundled(name: &str) -> Program {
    let listing = programs::bundled(name).unwrap();
    listing::parse(&format!("{name}.py"), listing).unwrap()
}

/// What each strategy makes of it that protects.
fn outcomes(name: &str, arguments: &[String]) -> impl Iterator<Item = (Simulated, Outcome)> {
    protected(&bundled(name), arguments).into_iter()
}

/// Nothing bounds how long the legacy lock lets a thread wait beside one that always comes back
/// sooner, nor the interval lock without forced switching. Calls of native code give few occasions too.
fn bounds_the_wait(strategy: Simulated) -> bool {
    !matches!(strategy, Simulated::Unprotected | Simulated::Legacy | Simulated::Unforced)
}

/// No thread has failed, and every reference was counted.
fn is_clean(strategy: Simulated, outcome: &Outcome) {
    assert!(outcome.failures.is_empty(), "{strategy:?}: {:?}", outcome.failures);
    assert_eq!(outcome.left, 0, "{strategy:?}");
}

fn numbers(outcome: &Outcome) -> Vec<f64> {
    outcome.lines.iter().map(|line| line.parse().expect(line)).collect()
}

#[test]
fn countdown_and_private_count_right_without_any_protection() {
    for (name, total) in [("countdown", 100_001), ("private", 1000)] {
        for (strategy, outcome) in everywhere(&bundled(name), &arguments![1, total]) {
            is_clean(strategy, &outcome);
            assert!(field(&outcome.to_string(), "seconds").is_ok(), "{strategy:?}: {outcome}");
        }
    }
}

#[test]
fn work_that_is_split_comes_out_right() {
    for (name, total) in [("countdown", 100_001), ("private", 3000), ("shared", 3000)] {
        for (strategy, outcome) in outcomes(name, &arguments![3, total]) {
            is_clean(strategy, &outcome);
            assert!(field(&outcome.to_string(), "seconds").is_ok(), "{strategy:?}: {outcome}");
        }
    }
}

#[test]
fn references_to_a_shared_object_are_all_counted() {
    for (strategy, outcome) in outcomes("objects", &arguments![3, 20_000]) {
        is_clean(strategy, &outcome);
        assert_eq!(outcome.lines, ["done"]);
    }
}

#[test]
fn updates_are_lost_only_where_a_switch_can_come_between() {
    for (strategy, outcome) in outcomes("increments", &arguments![2, 20_000]) {
        is_clean(strategy, &outcome);
        let lost: Vec<f64> =
            outcome.lines[0].split(' ').skip(1).map(|lost| lost.parse().unwrap()).collect();
        assert!(lost.iter().all(|lost| (0.0..40_000.0).contains(lost)), "{strategy:?}: {lost:?}");
        // No check falls between the load and the store of x += 1.
        if matches!(strategy, Simulated::Interval | Simulated::Unforced | Simulated::Fair) {
            assert_eq!(lost[0], 0.0, "{strategy:?}");
        }
    }
}

#[test]
fn a_bit_of_everything_is_as_in_python() {
    let mut outcomes = outcomes("words", &[]);
    let (_, first) = outcomes.next().unwrap();
    assert_eq!(first.lines.last().map(String::as_str), Some("done"));
    for (strategy, outcome) in outcomes {
        is_clean(strategy, &outcome);
        assert_eq!(outcome.lines, first.lines, "{strategy:?}");
    }
}

#[test]
fn those_that_measure_time_print_times() {
    for (strategy, outcome) in outcomes("slices", &arguments![2, 0.05, 0.001]) {
        is_clean(strategy, &outcome);
        assert!(numbers(&outcome).iter().all(|slice| *slice >= 0.0), "{strategy:?}: {outcome}");
    }
    for (strategy, outcome) in outcomes("oversleep", &arguments![1, 3, 0.001]) {
        is_clean(strategy, &outcome);
        assert_eq!(numbers(&outcome).len(), 3, "{strategy:?}: {outcome}");
    }
    for strategy in Simulated::ALL.into_iter().filter(|strategy| bounds_the_wait(*strategy)) {
        for kind in ["holds", "releases"] {
            let outcome = under(strategy, &bundled("native"), &arguments![kind, 2, 0.005]);
            is_clean(strategy, &outcome);
            assert_eq!(numbers(&outcome).len(), 2, "{strategy:?}: {outcome}");
        }
    }
}

#[test]
fn the_server_sends_back_what_it_gets_until_it_is_ended() {
    for strategy in Simulated::ALL {
        // Without protection, the hog and the server share too much.
        let hogs = u8::from(strategy != Simulated::Unprotected);
        let arguments = arguments![hogs, 0.001];
        let server = strategy.start_program(&bundled("echo"), &arguments, LIMITS, None);
        let line = server.line(LIMITS.patience).expect("a port");
        let port = field(&line, "port").unwrap() as u16;
        assert!(!echo::ask(port, Duration::from_millis(20)).unwrap().is_empty());
        echo::end(port).unwrap();
        let outcome = server.end().unwrap();
        is_clean(strategy, &outcome);
        assert_eq!(outcome.lines[0], "done");
        assert!(field(&outcome.to_string(), "counted").is_ok(), "{strategy:?}: {outcome}");
    }
}

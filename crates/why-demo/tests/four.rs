//! The four combinations, by structure: what was in progress, and on how many cores.

#![cfg(target_os = "linux")]

use std::time::Duration;

use why_demo::cores;
use why_demo::scenes::four::run::{Program, run};
use why_demo::scenes::four::seen::{Ran, Seen};

/// How often a run may be unlucky, where other programs want the cores too.
const ATTEMPTS: usize = 50;

/// Whether one of many runs shows this. What may never be seen is checked in each.
fn seen_at_last(program: Program, on: [usize; 2], never: fn(&Seen), shows: fn(&Seen) -> bool) {
    let attempt = |_| {
        let seen = run(program, on).expect("a run");
        never(&seen);
        shows(&seen)
    };
    assert!((0..ATTEMPTS).any(attempt), "{program:?} on {on:?}");
}

fn two_cores() -> Option<[usize; 2]> {
    let cores = cores::allowed();
    let two = cores.get(..2)?;
    Some([two[0], two[1]])
}

#[test]
fn one_after_another_on_one_core_is_neither() {
    let core = cores::allowed()[0];
    let seen = run(Program::OneAfterAnother, [core, core]).expect("a run");
    assert_eq!((seen.tasks_in_progress(), seen.cores_at_once()), (1, 1));
    assert_eq!(seen.cores(), [core]);
}

#[test]
fn two_threads_on_one_core_are_concurrent_and_never_parallel() {
    let core = cores::allowed()[0];
    let never = |seen: &Seen| assert_eq!((seen.cores_at_once(), seen.cores().len()), (1, 1));
    let shows = |seen: &Seen| seen.tasks_in_progress() == 2;
    seen_at_last(Program::BothAtOnce, [core, core], never, shows);
}

#[test]
fn each_task_split_over_two_cores_is_parallel_and_never_concurrent() {
    let Some(two) = two_cores() else { return };
    let never = |seen: &Seen| assert_eq!(seen.tasks_in_progress(), 1);
    let shows = |seen: &Seen| seen.cores_at_once() == 2;
    seen_at_last(Program::EachSplit, two, never, shows);
}

#[test]
fn two_threads_on_two_cores_are_both() {
    let Some(two) = two_cores() else { return };
    let shows = |seen: &Seen| (seen.tasks_in_progress(), seen.cores_at_once()) == (2, 2);
    seen_at_last(Program::BothAtOnce, two, |_| {}, shows);
}

#[test]
fn every_program_finds_the_same_primes() {
    let core = cores::allowed()[0];
    let programs = [Program::OneAfterAnother, Program::BothAtOnce, Program::EachSplit];
    let found = programs.map(|program| run(program, [core, core]).expect("a run").primes);
    assert!(found[0] > 0 && found.iter().all(|primes| *primes == found[0]), "{found:?}");
}

#[test]
fn what_was_seen_is_counted_by_overlap() {
    let ran = |task, core, from, to| Ran {
        task,
        core,
        from: Duration::from_millis(from),
        to: Duration::from_millis(to),
    };
    let counted = |ran: Vec<Ran>| {
        let seen = Seen { ran, primes: 0 };
        (seen.tasks_in_progress(), seen.cores_at_once())
    };
    assert_eq!(counted(vec![]), (0, 0));
    assert_eq!(counted(vec![ran(0, 3, 0, 4), ran(1, 3, 4, 9)]), (1, 1));
    assert_eq!(counted(vec![ran(0, 3, 0, 2), ran(0, 3, 4, 6), ran(1, 3, 2, 4)]), (2, 1));
    assert_eq!(counted(vec![ran(0, 3, 0, 4), ran(0, 5, 2, 4), ran(1, 5, 4, 9)]), (1, 2));
    assert_eq!(counted(vec![ran(0, 3, 0, 4), ran(1, 5, 2, 9)]), (2, 2));
    // A piece of B enclosed the end of A's, on the one core that both had.
    assert_eq!(counted(vec![ran(0, 3, 0, 4), ran(1, 3, 2, 6)]), (2, 1));
    // One task moved to another core: it worked on two, and never at once.
    assert_eq!(counted(vec![ran(0, 3, 0, 4), ran(0, 5, 4, 6)]), (1, 1));
}

#[test]
fn a_lane_is_a_core_and_tells_the_tasks_apart() {
    let core = cores::allowed()[0];
    let timeline = run(Program::BothAtOnce, [core, core]).expect("a run").timeline();
    let names: Vec<_> = timeline.lanes.iter().map(|lane| lane.name.clone()).collect();
    assert_eq!(names, [format!("core {core}")]);
    for task in ["task A", "task B"] {
        assert!(timeline.time_in(&names[0], task) > Duration::ZERO, "{task}");
    }
}

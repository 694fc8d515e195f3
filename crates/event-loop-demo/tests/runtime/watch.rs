//! The watch on slow polls tells of each, with the line that it was spawned on.

use std::future::{pending, ready};
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::thread;
use std::time::Duration;

use event_loop_demo::runtime::watch::SlowPoll;
use event_loop_demo::runtime::{Runtime, spawn, yield_now};

use super::common::{LONG, Log, within};

const HELD: Duration = Duration::from_millis(20);

fn hold_the_loop() {
    thread::sleep(HELD);
}

/// Of whom the watch told: the line of each, or nothing for the future of `block_on`; and how long
/// its poll took.
fn told(
    limit: Duration,
    program: impl FnOnce(&Runtime) + Send + 'static,
) -> Vec<(Option<u32>, Duration)> {
    within(move || {
        let log = Log::default();
        let tell = log.clone();
        let noted = move |slow: SlowPoll| {
            assert!(slow.took > limit);
            tell.note((slow.spawned.map(Location::line), slow.took));
        };
        let runtime = Runtime::watched(limit, noted).unwrap();
        program(&runtime);
        log.take()
    })
}

/// Without a limit each poll is told of: on a busy machine any may be a slow one.
#[test]
fn it_names_the_task_in_whichever_poll_and_however_that_ends() {
    let told = told(Duration::ZERO, |runtime| {
        runtime.block_on(async {
            spawn(async {
                hold_the_loop();
                yield_now().await;
                hold_the_loop();
                pending::<()>().await;
            });
            spawn(async {
                hold_the_loop();
                panic!("told all the same");
            });
            for _ in 0..5 {
                yield_now().await;
            }
        });
    });
    let lines: Vec<_> = told.iter().map(|(line, _)| *line).collect();
    let [_, first @ Some(line), ..] = lines[..] else { panic!("{told:?}") };
    let turns = [[None, first, Some(line + 6)], [None, first, None]].concat();
    assert_eq!(lines, [turns, vec![None; 3]].concat());
    assert!([1, 2, 4].into_iter().all(|slow| told[slow].1 >= HELD), "{told:?}");
}

#[test]
fn the_future_of_block_on_has_no_line_and_its_last_poll_counts() {
    let told = told(HELD / 2, |runtime| {
        runtime.block_on(async {
            hold_the_loop();
            yield_now().await;
            hold_the_loop();
        });
    });
    assert!(matches!(told[..], [(None, _), (None, _)]), "{told:?}");
}

#[test]
fn a_quick_poll_is_nobody_s_business() {
    let told = told(LONG, |runtime| {
        runtime.block_on(ready(()));
        let panics = AssertUnwindSafe(|| runtime.block_on(async { panic!("quickly") }));
        assert!(catch_unwind(panics).is_err());
    });
    assert_eq!(told, []);
}

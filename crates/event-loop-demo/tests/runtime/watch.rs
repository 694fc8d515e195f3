//! The watch on slow polls tells of each, with the line that it was spawned on.

use std::future::{pending, ready};
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::thread;
use std::time::Duration;

use event_loop_demo::runtime::watch::SlowPoll;
use event_loop_demo::runtime::{Runtime, spawn, yield_now};

use super::common::{Log, within};

const LIMIT: Duration = Duration::from_millis(100);

fn hold_the_loop() {
    thread::sleep(2 * LIMIT);
}

/// Of whom the watch told: the line of each, or nothing for the future of `block_on`.
fn told(program: impl FnOnce(&Runtime) + Send + 'static) -> Vec<Option<u32>> {
    within(|| {
        let log = Log::default();
        let tell = log.clone();
        let noted = move |slow: SlowPoll| {
            assert!(slow.took > LIMIT);
            tell.note(slow.spawned.map(Location::line));
        };
        let runtime = Runtime::watched(LIMIT, noted).unwrap();
        program(&runtime);
        log.take()
    })
}

#[test]
fn it_names_the_task_in_whichever_poll_and_however_that_ends() {
    let told = told(|runtime| {
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
    let [first, panics, again] = told[..] else { panic!("{told:?}") };
    assert_eq!(first, again);
    assert_eq!(panics, first.map(|line| line + 6));
}

#[test]
fn the_future_of_block_on_has_no_line_and_its_last_poll_counts() {
    let told = told(|runtime| {
        runtime.block_on(async {
            hold_the_loop();
            yield_now().await;
            hold_the_loop();
        });
    });
    assert_eq!(told, [None, None]);
}

#[test]
fn a_quick_poll_is_nobody_s_business() {
    let told = told(|runtime| {
        runtime.block_on(ready(()));
        let panics = AssertUnwindSafe(|| runtime.block_on(async { panic!("quickly") }));
        assert!(catch_unwind(panics).is_err());
    });
    assert_eq!(told, []);
}

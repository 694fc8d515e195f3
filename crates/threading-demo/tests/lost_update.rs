//! What the scene about the lost update promises.

use threading_demo::scenes::lost_update::compiler::{Answer, programs};
use threading_demo::scenes::lost_update::{Addition, Deed, ORDERS, cued, free};

#[test]
fn on_cue_one_of_two_increments_is_lost_every_time() {
    for _ in 0..100 {
        let run = cued(&[1, 2, 1, 2], 1);
        let steps: Vec<_> = run.steps.iter().map(|step| (step.thread, step.deed)).collect();
        let (read, wrote) = (Deed::Read(0), Deed::Wrote(1));
        assert_eq!(steps, [(1, read), (2, read), (1, wrote), (2, wrote)]);
        assert_eq!((run.counter, run.lost()), (1, 1));
    }
    assert_eq!(cued(&[1, 2, 1, 2], 100).lost(), 100);
    // What is written late undoes all that was written since it was read.
    assert_eq!(cued(&[1, 2, 2, 2, 2, 1], 100).lost(), 200);
}

#[test]
fn an_update_is_lost_in_every_order_in_which_the_increments_overlap() {
    for order in ORDERS {
        let overlap = order[0] != order[1];
        assert_eq!(cued(&order, 20).lost(), if overlap { 20 } else { 0 }, "{order:?}");
    }
}

#[test]
fn an_addition_that_is_one_step_loses_nothing() {
    for addition in Addition::ALL.into_iter().filter(|addition| addition.is_one_step()) {
        assert_eq!(free(addition, 10_000), 0, "{addition:?}");
    }
}

/// A stable `rustdoc` sees that an example does not compile, but not why.
#[test]
fn the_compiler_refuses_for_the_reason_that_is_stated() {
    let programs = programs();
    assert_eq!(programs.len(), 3);
    for program in programs {
        match program.compile().expect("rustc, which has just compiled this") {
            Answer::Refused(why) => assert!(why.contains(program.error), "{why}"),
            Answer::Accepted => panic!("accepted:\n{}", program.body()),
        }
    }
}

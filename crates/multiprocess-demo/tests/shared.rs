//! What the scene `shared` promises: lost updates on cue, and none in one step.

use std::path::PathBuf;

use multiprocess_demo::scenes::shared::counter::{Pair, Step, Who};
use multiprocess_demo::scenes::shared::kernel;
use multiprocess_demo::start::{Method, Start};

fn starter() -> Box<dyn Start> {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_multiprocess-demo"));
    Method::Spawn.starter_of(program).unwrap()
}

#[test]
fn of_two_additions_one_is_lost_unless_one_process_is_done_before_the_other_begins() {
    use Who::{Here, There};
    let mut pair = Pair::start(&mut *starter()).unwrap();
    for order in [
        [Here, Here, There, There],
        [There, There, Here, Here],
        [Here, There, Here, There],
        [Here, There, There, Here],
        [There, Here, Here, There],
        [There, Here, There, Here],
    ] {
        let before = pair.count();
        let mut has_read = [false; 2];
        for who in order {
            let has_read = &mut has_read[usize::from(who == There)];
            let step = if *has_read { Step::Store } else { Step::Load };
            *has_read = true;
            pair.take(who, step).unwrap();
        }
        let expected = if order[0] == order[1] { 2 } else { 1 };
        assert_eq!(pair.count() - before, expected, "{order:?}");
    }
}

#[test]
fn what_is_added_in_one_step_is_all_there() {
    let mut pair = Pair::start(&mut *starter()).unwrap();
    assert_eq!(pair.both(true, 100_000).unwrap(), 0);
    assert_eq!(pair.count(), 200_000);
    // In two steps something may be lost, but nothing comes from nowhere.
    assert!(pair.both(false, 100_000).unwrap() <= 200_000);
}

#[test]
fn who_asks_the_kernel_asks_it_at_most_twice_a_message() {
    let traffic = kernel::traffic(&mut *starter(), None, 1000).unwrap();
    // A bell that was rung for a sleep that something else ended is heard once more.
    assert!(traffic.rung <= 1000 && traffic.slept <= 2000, "{traffic:?}");
}

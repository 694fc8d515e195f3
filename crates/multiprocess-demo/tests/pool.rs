//! What a pool promises, in a process with many threads: workers are spawned, or come from a zygote.
//! (Those that are forked: see tests/single.rs.)

#![cfg(target_os = "linux")]

mod common;

use common::checks;
use multiprocess_demo::pool::Options;
use multiprocess_demo::start::Method;

fn holds(name: &str) {
    let (_, check) = checks::ALL.iter().find(|(known, _)| *known == name).expect("its name");
    for (method, transport) in common::combinations(&[Method::Spawn, Method::Zygote]) {
        let program = Some(env!("CARGO_BIN_EXE_multiprocess-demo").into());
        check(&Options { method, transport, program, ..Options::workers(1) });
    }
}

/// A test for each check, and that none is forgotten.
macro_rules! tests {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                holds(stringify!($name));
            }
        )*

        #[test]
        fn none_is_forgotten() {
            let names: Vec<_> = checks::ALL.iter().map(|(name, _)| *name).collect();
            assert_eq!(names, [$(stringify!($name)),*]);
        }
    };
}

tests! {
    map_keeps_the_order
    results_come_as_they_are_ready
    items_are_taken_as_they_are_wanted
    a_slow_caller_is_not_buried_in_results
    an_end_is_asked_for_once
    the_others_of_a_chunk_are_done
    a_deadline_ends_one_worker_only
    a_late_chunk_is_taken_apart
    a_deadline_may_be_ages_away
    a_slow_caller_makes_nobody_late
    a_slow_iterator_makes_nobody_late
    who_hangs_in_an_abandoned_run_is_ended_in_the_next
    a_panic_is_an_answer
    a_task_is_given_up_after_its_tries
    who_waits_behind_a_culprit_is_not_blamed
    a_task_that_was_not_sent_is_not_blamed
    nobody_answers_an_abandoned_run
    bytes_of_all_sizes_travel
    a_worker_that_does_not_read_gets_no_more
    what_cannot_be_sent_is_told_of_at_once
    the_unsendable_of_a_chunk_is_left_out
    an_unknown_function_panics
    an_iterator_that_panics_breaks_nothing
    close_waits_and_then_kills
    close_is_patient_with_who_finishes
    drop_kills
}

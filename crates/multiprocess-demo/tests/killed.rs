//! What the scene `killed` promises: nothing is lost or answered twice, and who is to blame is named.

use multiprocess_demo::child::Death;
use multiprocess_demo::jobs::faults::{END, HANG, PANIC};
use multiprocess_demo::link::Transport;
use multiprocess_demo::pool::{How, Options, Terms};
use multiprocess_demo::scenes::killed::trouble::{self, CULPRIT, TASKS};
use multiprocess_demo::scenes::killed::{LOST, replaced};
use std::time::Duration;

/// SIGKILL.
const KILLED: Death = Death::Killed(9);

fn options() -> Vec<Options> {
    let program = Some(env!("CARGO_BIN_EXE_multiprocess-demo").into());
    let over = |transport| Options { transport, program: program.clone(), ..Options::workers(2) };
    Transport::ALL.into_iter().map(over).collect()
}

#[test]
fn a_killed_worker_is_replaced_and_nothing_is_lost_or_done_twice() {
    for options in options() {
        let run = replaced::run(&options, 30, 1_000).unwrap();
        assert_eq!(run.answers, [1; 30]);
        assert_eq!(run.replacement.death, KILLED);
        let lanes = &run.timeline.lanes;
        assert_eq!(lanes.len(), 3, "two, and the one that took a place");
        let lost = |lane: &&stage::timeline::Finished| {
            lane.spans.iter().any(|span| span.state == LOST.state)
        };
        assert_eq!(lanes.iter().filter(lost).count(), 1);
        for lane in lanes {
            assert!(lane.spans.windows(2).all(|pair| pair[0].to <= pair[1].from), "one at a time");
        }
    }
}

#[test]
fn one_task_fails_and_the_others_are_answered() {
    let others: Vec<_> = (0..TASKS as usize).filter(|&task| task != CULPRIT).collect();
    let one = Terms::default();
    let late = Terms { deadline: Some(Duration::from_secs(2)), tries: 1, ..one };
    for options in options() {
        for (function, terms, workers, how) in [
            (&PANIC, one, 0, How::Panicked("19 is odd".into())),
            (&END, one, 3, How::Died { tries: 3, death: KILLED }),
            (&END, Terms { tries: 2, ..one }, 2, How::Died { tries: 2, death: KILLED }),
            // The chunk, and then each try of the one.
            (&END, Terms { chunk: 7, ..one }, 4, How::Died { tries: 3, death: KILLED }),
            (&HANG, late, 1, How::Late { tries: 1, deadline: Duration::from_secs(2) }),
        ] {
            let outcome = trouble::run(&options, terms, function).unwrap();
            assert_eq!(outcome.answered, others);
            assert_eq!(outcome.workers_lost, workers, "{how:?}");
            let [failure] = &outcome.failures[..] else { panic!("{:?}", outcome.failures) };
            assert_eq!((failure.item, &failure.how), (CULPRIT, &how));
        }
    }
}

//! Ten thousand jobs, while somebody kills, stops and resumes who does them.

use std::cell::Cell;
use std::time::Duration;

use multiprocess_demo::Pool;
use multiprocess_demo::jobs::faults::ECHO;
use multiprocess_demo::pool::{How, Terms};

use super::monkey::Dice;

const JOBS: usize = 10_000;

/// So many deaths at least, or it would not have been chaos.
const DEATHS: usize = 200;

fn job(number: usize, seed: u64) -> Vec<u8> {
    let length = Dice(seed ^ number as u64).roll(3_000);
    number.to_le_bytes().into_iter().chain((0..length).map(|at| at as u8)).collect()
}

/// Each is answered once and rightly, or is named as given up, for a reason. How many were given up,
/// and how many workers died.
pub fn every_job_is_answered_once(mut pool: Pool, seed: u64) -> (usize, usize) {
    let terms = Terms {
        chunk: 1 + Dice(seed).roll(5) as usize,
        deadline: Some(Duration::from_millis(100)),
        tries: 3,
    };
    let calm = Cell::new(true);
    let items =
        (0..).take_while(|&number| number < JOBS || calm.get()).map(|number| job(number, seed));
    let mut results = pool.imap_unordered(terms, &ECHO, items);
    let mut workers = results.workers();
    let (mut answered, mut given_up, mut deaths) = (Vec::new(), 0, 0);
    while let Some((number, result)) = results.next() {
        if number >= answered.len() {
            answered.resize(number + 1, false);
        }
        assert!(!std::mem::replace(&mut answered[number], true), "{number} is answered twice");
        match result {
            Ok(bytes) => assert_eq!(bytes, job(number, seed), "the answer to {number}"),
            Err(failure) => {
                assert_eq!(failure.item, number);
                let has_reason = match &failure.how {
                    How::Died { .. } | How::Late { .. } => true,
                    // Each was killed before it was there, for a second on end.
                    How::Nobody(why) => why.starts_with("workers end as soon as they are started"),
                    _ => false,
                };
                assert!(has_reason, "{failure}");
                given_up += 1;
            }
        }
        let now = results.workers();
        deaths += now.iter().filter(|pid| !workers.contains(pid)).count();
        workers = now;
        calm.set(deaths < DEATHS);
    }
    drop(results);
    assert!(answered.len() >= JOBS && answered.iter().all(|&answered| answered), "all of them");
    (given_up, deaths)
}

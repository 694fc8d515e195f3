//! One thread and two, with objects of their own and with the same ones.

use stage::Result;

use crate::host::{Simulated, field, isolated};

/// How a strategy does with more than one thread.
#[derive(Debug, Clone)]
pub struct Way {
    /// Its name.
    pub name: &'static str,
    /// How long one thread takes with a list of its own, in seconds.
    pub alone: f64,
    /// How many times as fast two are, each with a list of its own.
    pub private: f64,
    /// How many times as fast two are with one list, if they can have one.
    pub shared: Option<f64>,
}

/// Times of one way: private by one and by two, shared by one and by two.
type Times = [Vec<f64>; 4];

/// Runs all ways in turns, so many rounds of so many steps, and takes the medians: under one lock,
/// with one an interpreter, fine-grained, free-threaded.
///
/// # Errors
/// One line: what a program ended with before its time.
pub fn race(steps: u64, rounds: usize) -> Result<[Way; 4]> {
    let mut times: [Times; 4] = Default::default();
    for _ in 0..rounds {
        for (times, way) in times.iter_mut().zip(WAYS) {
            for (times, (program, threads)) in times.iter_mut().zip(RUNS) {
                match way {
                    Some(strategy) => {
                        let printed = strategy.run(program, &arguments![threads, steps])?;
                        times.push(field(&printed, "seconds")?);
                    }
                    None if program == "private" => {
                        times.push(isolated(program, threads, steps)?);
                    }
                    // There is nothing that two interpreters could share.
                    None => {}
                }
            }
        }
    }
    let mut ways = times.into_iter().zip(WAYS).map(|(times, way)| {
        let [one, two, one_shared, two_shared] = times.map(median);
        Way {
            name: way.map_or("an interpreter each", Simulated::name),
            alone: one.unwrap_or(f64::NAN),
            private: one.zip(two).map_or(f64::NAN, |(one, two)| one / two),
            shared: one_shared.zip(two_shared).map(|(one, two)| one / two),
        }
    });
    Ok(std::array::from_fn(|_| ways.next().expect("as many as there are ways")))
}

/// `None` is several interpreters.
const WAYS: [Option<Simulated>; 4] =
    [Some(Simulated::Interval), None, Some(Simulated::FineGrained), Some(Simulated::FreeThreaded)];

const RUNS: [(&str, u64); 4] = [("private", 1), ("private", 2), ("shared", 1), ("shared", 2)];

fn median(mut times: Vec<f64>) -> Option<f64> {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied()
}

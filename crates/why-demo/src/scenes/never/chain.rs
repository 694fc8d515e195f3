//! A chain: each link is made of the one before.

use std::sync::{Condvar, Mutex, OnceLock, PoisonError};

use stage::{Contest, Result};
use workloads::chain::{self, Digest};

use super::{Problem, alone, few_and_many};
use crate::crew::{self, PATIENCE};

/// The chain is handed on in so many stretches of equal length.
const STRETCHES: u64 = 40;

pub(super) fn race(links: u64, rounds: usize) -> Result<Problem> {
    let known = chain::run(links)?;
    let right = move |end: Digest| match end == known {
        true => Ok(()),
        false => Err("a chain ended where it must not".into()),
    };
    let mut contest = Contest::new();
    alone(&mut contest, move || right(chain::run(links)?));
    for threads in few_and_many() {
        contest.enter(format!("handed on among {threads} threads"), move || {
            right(handed_on(threads, links)?)
        });
        contest
            .enter(format!("a race of {threads} threads"), move || right(raced(threads, links)?));
    }
    let what = format!("a number is hashed, its hash is hashed… {links} times.");
    Ok(Problem { name: "chain", what, times: contest.run(rounds)?, way_out: None })
}

/// Each thread in turn goes on where the one before it stopped.
fn handed_on(threads: usize, links: u64) -> workloads::Result<Digest> {
    let (state, turn) = (Mutex::new((0, chain::start(links)?)), Condvar::new());
    crew::together(threads, |thread| {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        for stretch in (0..STRETCHES).filter(|stretch| *stretch as usize % threads == thread) {
            state = crew::wait_until((&turn, state), PATIENCE, |(next, _)| *next == stretch)?;
            let (next, at) = *state;
            *state = (next + 1, chain::go_on(at, links / STRETCHES));
            turn.notify_all();
        }
        Ok(())
    })?;
    let (_, end) = state.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(end)
}

/// All do every stretch, and the first to be done puts its end where the others go on from.
fn raced(threads: usize, links: u64) -> workloads::Result<Digest> {
    let start = chain::start(links)?;
    let ends: Vec<_> = (0..STRETCHES).map(|_| OnceLock::new()).collect();
    let last = crew::together(threads, |_| {
        let stretch = |from, end: &OnceLock<_>| match end.get() {
            Some(done) => *done,
            None => {
                let own = chain::go_on(from, links / STRETCHES);
                *end.get_or_init(|| own)
            }
        };
        Ok(ends.iter().fold(start, stretch))
    })?;
    Ok(last[0])
}

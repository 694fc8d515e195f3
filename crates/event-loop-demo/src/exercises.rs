//! What the reader foresees: `cargo run -p event-loop-demo -- check`.

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::pin;
use std::time::{Duration, Instant};

use stage::{Exercise, Result};
use workloads::Error;

use crate::runtime::{Runtime, sleep, spawn, yield_now};

/// One that counts polls, one to be changed, one that blocks.
pub const EXERCISES: [Exercise; 3] = [
    Exercise {
        task: "Change nothing, and foresee: an async function gives way five times, with \
               yield_now().await, and then returns. How many times is it polled, from the first \
               poll to the last?",
        what: "polls",
        unit: "polls",
        measure: |_| Ok(f64::from(polls(5)?)),
        within: 1.0,
        why: "each time it gives way it returns Pending and is polled again; and the first poll, \
              which nobody had to ask for, begins it. So a future that never waits is polled once.",
    },
    Exercise {
        task: "In src/exercises.rs, two_sleeps() sleeps twice for 40 ms, and takes 80 ms. Have \
               the first sleep in a task of its own: let first = spawn(sleep(NAP)); Await that \
               last: first.await.map_err(Error::from)?; How many ms do both take now?",
        what: "both sleeps",
        unit: "ms",
        measure: |_| two_sleeps(),
        within: 1.25,
        why: "what is awaited at once is waited for at once. A task that was spawned goes on \
              while this one waits, so both naps are over after 40 ms; and it needs no thread for it.",
    },
    Exercise {
        task: "Change nothing, and foresee: a task begins to sleep for 10 ms. Right after that \
               another task calls std::thread::sleep() for 60 ms, on the same loop. How many ms \
               after it began does the sleeper go on?",
        what: "a sleep of 10 ms beside a call that blocks",
        unit: "ms",
        measure: |_| beside_one_that_blocks(),
        // 60 is right, and 70, one after the other, is not.
        within: 1.15,
        why: "the loop is one thread, and that is asleep: nobody looks whose time has come before \
              the call returns. Then the sleeper is 50 ms late. With offload() it would not be.",
    },
];

const NAP: Duration = Duration::from_millis(40);

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

/// How many polls it takes to give way so many times.
fn polls(yields: u32) -> Result<u32> {
    let polls = Cell::new(0);
    Runtime::new()?.block_on(async {
        let mut giving_way = pin!(async {
            for _ in 0..yields {
                yield_now().await;
            }
        });
        poll_fn(|cx| {
            polls.set(polls.get() + 1);
            giving_way.as_mut().poll(cx)
        })
        .await;
    });
    Ok(polls.get())
}

fn two_sleeps() -> Result<f64> {
    Runtime::new()?.block_on(async {
        let start = Instant::now();
        let first = sleep(NAP);
        first.await;
        sleep(NAP).await;
        Ok(milliseconds(start))
    })
}

fn beside_one_that_blocks() -> Result<f64> {
    Runtime::new()?.block_on(async {
        let start = Instant::now();
        let sleeper = spawn(async move {
            sleep(Duration::from_millis(10)).await;
            milliseconds(start)
        });
        let culprit = spawn(async { std::thread::sleep(Duration::from_millis(60)) });
        culprit.await.map_err(Error::from)?;
        Ok(sleeper.await.map_err(Error::from)?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_gives_way_is_polled_once_more() {
        assert_eq!((polls(0).unwrap(), polls(5).unwrap()), (1, 6));
    }
}

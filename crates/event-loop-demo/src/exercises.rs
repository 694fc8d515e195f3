//! What the reader foresees: `cargo run -p event-loop-demo -- check`.

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::pin;
use std::time::{Duration, Instant};

use stage::{Exercise, Result, least_of_three};
use workloads::Error;

use crate::runtime::{Runtime, sleep, spawn, yield_now};

/// One that counts polls, one of futures that begin, one that blocks.
pub const EXERCISES: [Exercise; 3] = [
    Exercise {
        task: "Change nothing, and foresee: an async function gives way five times, with \
               yield_now().await, and then returns. How many times is it polled, from the first \
               poll to the last?",
        what: "an async function that gives way five times",
        unit: "polls",
        measure: |_| Ok(f64::from(polls(5)?)),
        before: None,
        within: 1.0,
        why: "each time it gives way it returns Pending and is polled again; and the first poll, \
              which nobody had to ask for, begins it. So a future that never waits is polled once.",
    },
    Exercise {
        task: "In crates/event-loop-demo/src/exercises.rs, two_naps() makes two futures, one that \
               sleeps for 60 ms and one that sleeps for 100, and then awaits one after the other: \
               first.await; second.await; That takes 160 ms, though both were made at the start. \
               In place of these two write crate::runtime::join(first, second).await; How many ms \
               do both take now?",
        what: "both naps",
        unit: "ms",
        measure: |_| least_of_three(two_naps),
        before: Some(160.0),
        within: 1.2,
        why: "a future begins when it is polled for the first time, not when it is made. Awaited in \
              turn, the second begins when the first has ended. join() polls both, as \
              asyncio.gather() does, so both have begun at once, and the longer one decides; \
              there is one thread all the time.",
    },
    Exercise {
        task: "Change nothing, and foresee: a task begins to sleep for 80 ms. Right after that \
               another task calls std::thread::sleep() for 120 ms, on the same loop. How many ms \
               after it began does the sleeper go on?",
        what: "a sleep of 80 ms beside a call that blocks",
        unit: "ms",
        measure: |_| least_of_three(beside_one_that_blocks),
        before: None,
        // 120 is right, and 200, one after the other, is not.
        within: 1.3,
        why: "the loop is one thread, and that is asleep: nobody looks whose time has come before \
              the call returns. Then the sleeper is 40 ms late. With offload() it would not be.",
    },
];

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

/// An async function: its body, and so its sleep, begins when it is polled for the first time.
async fn nap(millis: u64) {
    sleep(Duration::from_millis(millis)).await;
}

fn two_naps() -> Result<f64> {
    Runtime::new()?.block_on(async {
        let start = Instant::now();
        let (first, second) = (nap(60), nap(100));
        first.await;
        second.await;
        Ok(milliseconds(start))
    })
}

fn beside_one_that_blocks() -> Result<f64> {
    Runtime::new()?.block_on(async {
        let start = Instant::now();
        let sleeper = spawn(async move {
            sleep(Duration::from_millis(80)).await;
            milliseconds(start)
        });
        let culprit = spawn(async { std::thread::sleep(Duration::from_millis(120)) });
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

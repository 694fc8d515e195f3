//! The jobs, written once and compiled for each runtime: only the names that they use are its own.

/// Needs these in scope: `start` (a task that nobody waits for), `spawn`, `yield_now`, `sleep`,
/// `promise`, `give` and `given` (one value from task to task), and `Countdown`.
macro_rules! jobs {
    () => {
        use std::hint::black_box;
        use std::time::{Duration, Instant};

        use super::{Job, SHORT};

        async fn run(job: Job) -> Vec<Duration> {
            match job {
                Job::YieldMany => yields(200, 1_000).await,
                Job::SpawnMany => yields(10_000, 0).await,
                Job::ChainedSpawn => {
                    let (done, all) = promise();
                    chain(1_000, done);
                    given(all).await;
                }
                Job::PingPong => ping_pong(1_000).await,
                Job::Yields(each) => yields(1_000, each).await,
                Job::SpawnAndAwait(tasks) => {
                    for task in 0..tasks {
                        let _ = black_box(spawn(async move { black_box(task) }).await);
                    }
                }
                Job::Sleeps { tasks, least, spread } => sleeps(tasks, least, spread).await,
                Job::Late(times) => return late(times).await,
            }
            Vec::new()
        }

        async fn yields(tasks: u32, each: u64) {
            let (done, all) = promise();
            let countdown = Countdown::new(tasks, done);
            for _ in 0..tasks {
                let countdown = countdown.clone();
                start(async move {
                    for _ in 0..each {
                        yield_now().await;
                    }
                    countdown.done().into_iter().for_each(give);
                });
            }
            given(all).await;
        }

        fn chain(left: u32, done: Promise) {
            start(async move {
                match left {
                    0 => give(done),
                    _ => chain(left - 1, done),
                }
            });
        }

        async fn ping_pong(pairs: u32) {
            let (done, all) = promise();
            let countdown = Countdown::new(pairs, done);
            for _ in 0..pairs {
                let countdown = countdown.clone();
                start(async move {
                    let (ping, pinged) = promise();
                    let (pong, ponged) = promise();
                    start(async move {
                        given(pinged).await;
                        give(pong);
                    });
                    give(ping);
                    given(ponged).await;
                    countdown.done().into_iter().for_each(give);
                });
            }
            given(all).await;
        }

        async fn sleeps(tasks: u32, least: Duration, spread: Duration) {
            let (done, all) = promise();
            let countdown = Countdown::new(tasks, done);
            for task in 0..tasks {
                let countdown = countdown.clone();
                // In no order: each place in the spread is taken once. (It is a prime.)
                let place = task.wrapping_mul(7_919) % tasks;
                let time = least + spread.mul_f64(f64::from(place) / f64::from(tasks));
                start(async move {
                    sleep(time).await;
                    countdown.done().into_iter().for_each(give);
                });
            }
            given(all).await;
        }

        async fn late(times: u64) -> Vec<Duration> {
            let mut late = Vec::new();
            for _ in 0..times {
                let start = Instant::now();
                sleep(SHORT).await;
                late.push(start.elapsed().checked_sub(SHORT).expect("a sleep is never too short"));
            }
            late
        }
    };
}

pub(super) use jobs;

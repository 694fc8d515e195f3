//! A few threads that wait together and compute in turns.

use std::thread;
use std::time::Duration;

use stage::{Recorder, Result, Timeline};
use workloads::{Error, Service, blocking, chain, fetch};

use crate::lock::Interval;
use crate::solve::Attached;
use crate::thread::ThreadState;

/// How many there are.
pub const THREADS: usize = 6;

/// For how long the service thinks about each request.
pub const THINK: Duration = Duration::from_millis(40);

/// How many requests each thread makes.
const TIMES: usize = 2;

/// How many links of a chain are computed with a reply: some milliseconds.
const LINKS: u64 = 1_000_000;

/// So many of them between two checks.
const STEP: usize = 64;

/// Lets each of them ask and compute, twice.
pub fn take(service: &Service) -> Result<Timeline> {
    let (recorder, lock) = (Recorder::new(), Interval::default());
    let requests = fetch::requests((THREADS * TIMES) as u64, THINK.as_millis() as u64)?;
    let work = |(number, own): (u32, &[workloads::http::Request])| -> workloads::Result<()> {
        let me = ThreadState::recorded(number, &recorder, &format!("thread {number}"));
        let mut gil = Attached::new(&lock, me);
        for request in own {
            gil.outside(|| blocking::get(service.address(), request))?.ok(request)?;
            let mut state = chain::start(LINKS)?;
            for _ in (0..LINKS).step_by(STEP) {
                state = chain::go_on(state, STEP as u64);
                gil.check();
            }
            std::hint::black_box(state);
        }
        Ok(())
    };
    let results: Vec<_> = thread::scope(|scope| {
        let work = &work;
        let start = |task| scope.spawn(move || work(task));
        let threads: Vec<_> = (1..).zip(requests.chunks(TIMES)).map(start).collect();
        threads.into_iter().map(|thread| thread.join().map_err(Error::panicked)?).collect()
    });
    results.into_iter().collect::<workloads::Result<()>>()?;
    Ok(recorder.timeline())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::thread::{HOLDS, OUTSIDE};

    #[test]
    fn each_waits_outside_and_one_at_a_time_computes() {
        let timeline = take(&Service::start().unwrap()).unwrap();
        assert_eq!((timeline.lanes.len(), timeline.at_once(HOLDS)), (THREADS, 1));
        for lane in &timeline.lanes {
            let spans = |state| lane.spans.iter().filter(move |span| span.state == state);
            // The last thing that a thread does is to leave the interpreter.
            let waits = spans(OUTSIDE).filter(|span| span.to - span.from >= THINK).count();
            assert!(waits >= TIMES && spans(HOLDS).count() > TIMES, "{}", lane.name);
        }
    }
}

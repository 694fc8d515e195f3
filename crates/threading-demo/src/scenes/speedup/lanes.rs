//! The same pool waiting, and computing, as lanes.

use std::hint::black_box;
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use stage::{Recorder, Result, Stage, Timeline, cpu_time, human};
use workloads::{Service, blocking, fetch, primes};

use crate::Pool;
use crate::solve::cores;

/// Shows four threads a core, first waiting and then computing.
pub fn show(stage: &mut Stage<'_>, service: &Service) -> Result {
    let threads = 4 * cores();
    let requests = fetch::requests(4 * threads as u64, 5)?;
    let (waiting, _) = run(threads, "waiting", &requests, |request| {
        blocking::get(service.address(), request)?.ok(request).map(drop)
    })?;
    stage.timeline(format!("{threads} threads wait for {} replies:", requests.len()), waiting);

    let ranges = primes::split(1_000_000, 4 * threads as u64)?;
    let (computing, cpu) = run(threads, "computing", &ranges, |range| {
        black_box(primes::count(range.clone()));
        Ok(())
    })?;
    let on_lanes: Duration =
        computing.lanes.iter().map(|lane| computing.time_in(&lane.name, "computing")).sum();
    stage
        .timeline(format!("{threads} threads count primes in {} ranges:", ranges.len()), computing);
    stage.say(format!(
        "A lane is \"computing\" also while its thread waits for its turn on a core: {} on all \
         lanes together, for {} of processor time.",
        human(on_lanes),
        human(cpu),
    ));
    Ok(())
}

/// Works on the tasks with a pool of so many threads; returns who did what, and the processor
/// time that it took.
fn run<T: Sync>(
    threads: usize,
    state: &'static str,
    tasks: &[T],
    work: impl Fn(&T) -> workloads::Result<()> + Sync,
) -> Result<(Timeline, Duration)> {
    let pool = Pool::new(threads)?;
    let (recorder, all_here) = (Recorder::new(), Barrier::new(threads.min(tasks.len())));
    let before = cpu_time();
    let outcomes = pool.share(tasks.len(), |mut claims| {
        let current = thread::current();
        let mut lane = recorder.lane(current.name().unwrap_or("caller"));
        // Nobody begins before all are here, or the first might do all that there is alone.
        all_here.wait();
        claims.try_for_each(|task| {
            lane.now_with(state, task + 1);
            work(&tasks[task])
        })
    });
    let cpu = cpu_time() - before;
    outcomes.into_iter().collect::<workloads::Result<()>>()?;
    Ok((recorder.timeline(), cpu))
}

//! Jobs of a pool of threads: ours and rayon's. A job runs to its end, so there is no switch from
//! one to the next and back; and one that waits has not begun, or it would keep a thread.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use rayon::ThreadPoolBuilder;
use threading_demo::Pool;

use super::limits::Kind;
use super::{Model, memory};
use crate::Result;

/// A job of the hand-written pool.
pub const POOL: Model = Model {
    name: "pool",
    chapter: "threading-demo",
    kind: Kind::Object,
    memory: |count| {
        let pool = Pool::new(1)?;
        queue(count, &|job| drop(pool.spawn(job)))
    },
    spawn: |count| {
        let (pool, mut jobs) = (Pool::new(1)?, Vec::with_capacity(count as usize));
        // Before its first job the pool's thread has to come to life.
        pool.spawn(|| ()).join().map_err(|_| "a job that does nothing has panicked")?;
        let start = Instant::now();
        jobs.extend((0..count).map(|_| pool.spawn(|| ())));
        for job in jobs {
            job.join().map_err(|_| "a job that does nothing has panicked")?;
        }
        Ok(start.elapsed())
    },
    switch: None,
};

/// A task of rayon.
pub const RAYON: Model = Model {
    name: "rayon",
    chapter: "threading-demo",
    kind: Kind::Object,
    memory: |count| {
        let pool = ThreadPoolBuilder::new().num_threads(1).build()?;
        queue(count, &|job| pool.spawn(job))
    },
    spawn: |count| {
        let pool = ThreadPoolBuilder::new().num_threads(1).build()?;
        pool.install(|| ());
        let start = Instant::now();
        pool.in_place_scope(|scope| (0..count).for_each(|_| scope.spawn(|_| ())));
        Ok(start.elapsed())
    },
    switch: None,
};

type Job = Box<dyn FnOnce() + Send>;

/// One job has the only thread, and the others wait for it.
fn queue(count: u32, submit: &dyn Fn(Job)) -> Result<Option<f64>> {
    let gate = Arc::new(Mutex::new(()));
    let closed = gate.lock();
    let before_all = Arc::clone(&gate);
    submit(Box::new(move || drop(before_all.lock())));
    let each = memory::each(count, || {
        // A box of nothing takes no memory: what is measured is what the pool adds.
        (0..count).for_each(|_| submit(Box::new(|| ())));
        Ok(memory::ours())
    });
    drop(closed);
    each
}

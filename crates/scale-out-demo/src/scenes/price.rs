//! What a trip through the queue costs, and from which size of a task on it pays.

use std::thread;
use std::time::{Duration, Instant};

use stage::{Result, Scene, Stage, Table, human};

use super::site::{Site, done};
use crate::job::Job;
use crate::queue::Queue;

/// The price, what follows from it, and whether it does.
pub const SCENE: Scene = Scene {
    name: "price",
    title: "what the trip costs",
    claim: "A job is written down, found, and crossed off: three trips to the broker, whatever the job. \
            Two workers do tasks of some length in half of (length + price) each, so they are faster \
            than doing it here from the length on that is the price. Much smaller tasks are slower.",
    play,
    try_this: "put ten of the tasks into one job (Job::Wait(10 * micros), and a tenth of the jobs): the \
               smallest tasks pay then. That is what a chunk is for, in every chapter.",
    read: "crates/scale-out-demo/src/scenes/price.rs, through_the_queue",
};

const WORKERS: u32 = 2;

/// The lengths of the tasks, in quarters of the price.
const QUARTERS: [u32; 4] = [1, 4, 16, 64];

/// Tasks of one length: here one by one, and through the queue.
struct Pair {
    length: Duration,
    predicted: f64,
    here: Duration,
    there: Duration,
}

impl Pair {
    fn measured(&self) -> f64 {
        self.here.as_secs_f64() / self.there.as_secs_f64().max(1e-9)
    }
}

fn play(stage: &mut Stage<'_>) -> Result {
    let mut site = Site::of(stage)?;
    let mut crew = site.crew(1)?;
    let empty = stage.pick(200, 60);
    // The first pass is for the engine to warm up.
    through_the_queue(&mut site.queue, 10, Duration::ZERO)?;
    let price = through_the_queue(&mut site.queue, empty, Duration::ZERO)? / empty;
    stage.say(format!(
        "{empty} jobs with nothing to do, pushed, found and crossed off, by one worker: {} each.",
        human(price)
    ));
    crew.hire(1)?;
    // As many as take a second, or a quarter of one, when they are longest.
    let longest = price * QUARTERS[3] / 4;
    let second = Duration::from_millis(stage.pick(1_000, 250));
    let tasks = u32::try_from(second.as_micros() / longest.as_micros().max(1))?.clamp(6, 40);
    let mut pairs = Vec::new();
    for quarters in QUARTERS {
        let length = price * quarters / 4;
        let predicted = f64::from(WORKERS) * length.as_secs_f64() / (length + price).as_secs_f64();
        let here = here(tasks, length);
        let there = through_the_queue(&mut site.queue, tasks, length)?;
        pairs.push(Pair { length, predicted, here, there });
    }
    drop(crew);

    let mut table =
        Table::new(["a task takes", "here", "by two workers", "speed-up predicted", "measured"]);
    for pair in &pairs {
        table.row([
            human(pair.length),
            human(pair.here),
            human(pair.there),
            format!("{:.2}", pair.predicted),
            format!("{:.2}", pair.measured()),
        ]);
    }
    stage.say(format!("{tasks} tasks that wait, of growing length, in turns:"));
    stage.table(&table);
    let [smallest, .., largest] = &pairs[..] else { return Ok(()) };
    stage.check(
        "tasks of a quarter of the price are faster done here",
        format!("by two workers {:.1} times as fast", smallest.measured()),
        smallest.measured() < 1.0,
        "the price was measured while another program had this machine's cores, and is too high",
    );
    stage.check(
        "tasks of sixteen times the price are worth the trip",
        format!("by two workers {:.1} times as fast", largest.measured()),
        largest.measured() > 1.0,
        "another program has this machine's cores",
    );
    let off = pairs.iter().map(|pair| pair.measured() / pair.predicted);
    let off = off.map(|ratio| ratio.max(1.0 / ratio)).fold(1.0, f64::max);
    stage.check(
        "the prediction from the price alone is right within a factor of two",
        format!("at worst {off:.2}"),
        off <= 2.0,
        "the price changed between the two measurements: other programs come and go",
    );
    Ok(())
}

/// So many tasks, one after the other, by this process.
fn here(tasks: u32, length: Duration) -> Duration {
    let start = Instant::now();
    for _ in 0..tasks {
        thread::sleep(length);
    }
    start.elapsed()
}

/// The same as so many jobs, from the push of all of them to the answer of the last.
fn through_the_queue(queue: &mut Queue, tasks: u32, length: Duration) -> Result<Duration> {
    let micros = u64::try_from(length.as_micros())?;
    let start = Instant::now();
    let ids = queue.push((0..tasks).map(|_| Job::Wait(micros)))?;
    let ends = queue.wait(&ids)?;
    let took = start.elapsed();
    if done(&ends) < ids.len() {
        return Err("a job that only waits was given up".into());
    }
    Ok(took)
}

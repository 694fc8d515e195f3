//! What a trip through the queue costs, and from which size of a task on it pays.

use std::cell::RefCell;
use std::thread;
use std::time::{Duration, Instant};

use stage::contest::Times;
use stage::{Contest, Result, Scene, Stage, Table, human};

use super::site::{Site, all_done};
use crate::job::Job;
use crate::queue::Queue;

/// The price, what follows from it, and whether it does.
pub const SCENE: Scene = Scene {
    name: "price",
    title: "what the trip costs",
    claim: "A job is written down, found, and crossed off, whatever it is: that has a price. Two workers \
            do tasks of some length in half the length, and the price, each. So they are faster than \
            doing it here where a task takes more than twice the price, and slower where it takes less.",
    play,
    try_this: "in crates/scale-out-demo/src/scenes/price.rs, through_the_queue(), put four tasks \
               into each job: 0..tasks / 4, and Job::Wait(4 * micros). The shortest come nearer to \
               paying, which is what a chunk is for in every chapter; and the longest lose, \
               because three jobs can't be halved.",
    read: "crates/scale-out-demo/src/scenes/price.rs, through_the_queue()",
};

const WORKERS: u32 = 2;

/// The lengths of the tasks, in quarters of the price.
const QUARTERS: [u32; 4] = [1, 4, 16, 64];

/// How many of them at a time.
const TASKS: u32 = 12;

/// Tasks of one length: here one by one, and through the queue.
struct Pair {
    length: Duration,
    predicted: f64,
    measured: f64,
    here: Duration,
    there: Duration,
}

impl Pair {
    /// Whether the prediction says clearly which is faster, and it is that.
    fn agrees(&self) -> Option<bool> {
        let clear = self.predicted.max(1.0 / self.predicted) > 1.5;
        clear.then_some((self.predicted > 1.0) == (self.measured > 1.0))
    }
}

fn play(stage: &mut Stage<'_>) -> Result {
    let mut site = Site::of(stage)?;
    let crew = site.crew(WORKERS as usize)?;
    // What the lengths are chosen by. The price that counts is measured between the tasks.
    through_the_queue(&mut site.queue, TASKS, Duration::ZERO)?;
    let roughly = through_the_queue(&mut site.queue, TASKS, Duration::ZERO)? / TASKS;
    let roughly = roughly.min(Duration::from_millis(stage.pick(2, 1)));
    let lengths = QUARTERS.map(|quarters| roughly * quarters / 4);

    let queue = RefCell::new(&mut site.queue);
    let queue = &queue;
    let mut contest = Contest::new();
    contest.enter("empty", move || {
        through_the_queue(&mut queue.borrow_mut(), TASKS, Duration::ZERO).map(drop)
    });
    for length in lengths {
        contest.enter("here", move || {
            (0..TASKS).for_each(|_| thread::sleep(length));
            Ok(())
        });
        contest.enter("there", move || {
            through_the_queue(&mut queue.borrow_mut(), TASKS, length).map(drop)
        });
    }
    let times = contest.run(stage.pick(3, 1))?;
    drop(crew);
    let price = times[0].median() / TASKS;
    let pairs: Vec<_> = lengths
        .iter()
        .zip(times[1..].chunks(2))
        .map(|(at, pair)| compare(*at, price, pair))
        .collect();
    stage.say(format!(
        "{TASKS} jobs with nothing to do, from the push to the answer, by {WORKERS} workers: {} each. As many \
         tasks that wait, one by one in this process and by the workers, in turns:",
        human(price)
    ));
    show(stage, &pairs);
    Ok(())
}

fn compare(length: Duration, price: Duration, times: &[Times]) -> Pair {
    let (here, there) = (times[0].median(), times[1].median());
    let each = length / WORKERS + price;
    let ratio = |one: Duration, other: Duration| one.as_secs_f64() / other.as_secs_f64().max(1e-9);
    Pair { length, predicted: ratio(length, each), measured: ratio(here, there), here, there }
}

fn show(stage: &mut Stage<'_>, pairs: &[Pair]) {
    let mut table = Table::new(["a task takes", "here", "there", "speed-up predicted", "measured"]);
    for pair in pairs {
        table.row([
            human(pair.length),
            human(pair.here),
            human(pair.there),
            format!("{:.2}", pair.predicted),
            format!("{:.2}", pair.measured),
        ]);
    }
    stage.table(&table);
    let clear: Vec<_> = pairs.iter().filter_map(Pair::agrees).collect();
    let agree = clear.iter().filter(|agrees| **agrees).count();
    stage.check(
        "where the price says clearly which is faster, it is so",
        format!("for {agree} of {} lengths", clear.len()),
        agree == clear.len() && clear.len() >= 2,
        "other programs come and go, and the price with them",
    );
    let off = pairs.iter().map(|pair| pair.measured / pair.predicted);
    let off = off.map(|ratio| ratio.max(1.0 / ratio)).fold(1.0, f64::max);
    stage.check(
        "and how much faster, within a factor of two",
        format!("at worst {off:.2}"),
        off <= 2.0,
        "other programs come and go, and the price with them",
    );
}

/// So many tasks as jobs, from the push of all of them to the answer of the last.
fn through_the_queue(queue: &mut Queue, tasks: u32, length: Duration) -> Result<Duration> {
    let micros = u64::try_from(length.as_micros())?;
    let start = Instant::now();
    let ids = queue.push((0..tasks).map(|_| Job::Wait(micros)))?;
    let ends = queue.wait(&ids)?;
    let took = start.elapsed();
    all_done(&ends)?;
    Ok(took)
}

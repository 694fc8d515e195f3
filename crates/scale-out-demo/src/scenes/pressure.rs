//! A queue that grows, a queue that is bounded, and a job that can't be done.

use std::time::{Duration, Instant};

use stage::{Result, Scene, Stage, Table, excerpt, human};

use super::site::{Site, all_done, done};
use crate::crew::TRIES;
use crate::job::Job;

/// Back-pressure, and dead letters.
pub const SCENE: Scene = Scene {
    name: "pressure",
    title: "too many jobs, and one that is poison",
    claim: "A queue takes whatever it is given, so one that is filled faster than it is emptied grows \
            until something breaks. With a bound, the producer is as fast as the workers. And a job that \
            fails each time is tried some times and then put aside with its reason; the jobs around it \
            notice nothing.",
    play,
    try_this: "in crates/scale-out-demo/src/crew.rs, let TRIES be 1: what fails once is dead at once, \
               also when the next try would have succeeded.",
    read: "crates/scale-out-demo/src/queue/push.rs, push_bounded(), and \
           crates/scale-out-demo/src/dead.rs, dead()",
};

const WORKERS: usize = 2;

/// How many jobs may wait.
const BOUND: usize = 4;

/// What a job takes.
const LONG: Duration = Duration::from_millis(5);

fn play(stage: &mut Stage<'_>) -> Result {
    let mut site = Site::of(stage)?;
    let crew = site.crew(WORKERS)?;
    back_pressure(stage, &mut site)?;
    poison(stage, &mut site)?;
    drop(crew);
    Ok(())
}

/// What a producer saw.
struct Produced {
    most_waiting: usize,
    pushing: Duration,
    /// How many of its jobs had come to their end when it pushed the last one.
    ended: usize,
}

fn back_pressure(stage: &mut Stage<'_>, site: &mut Site) -> Result {
    let jobs = stage.pick(60, 24);
    let unbounded = all_at_once(site, jobs)?;
    let bounded = one_by_one(site, jobs)?;
    let long = human(LONG);
    stage.say(format!(
        "{jobs} jobs of {long} for {WORKERS} workers, pushed all at once, and then no faster than a bound \
         allows. The engine knows none; this is ours:"
    ));
    stage.listing(excerpt(include_str!("../queue/push.rs"), "push_bounded"));
    let mut table =
        Table::new(["", "most that waited", "the pushing took", "done before the last push"]);
    for (name, it) in [("all at once", &unbounded), (&format!("at most {BOUND}"), &bounded)] {
        let (most, ended) = (it.most_waiting.to_string(), it.ended.to_string());
        table.row([name, &most, &human(it.pushing), &ended]);
    }
    stage.table(&table);
    stage.check(
        "with a bound, no more wait than it allows",
        format!("{} at most; all at once, {}", bounded.most_waiting, unbounded.most_waiting),
        bounded.most_waiting <= BOUND && unbounded.most_waiting > BOUND,
        "another producer pushes into this queue, or the workers had nearly emptied it before anybody \
         looked",
    );
    // All that are not done yet are waiting, or with a worker; or were done and it isn't known yet.
    let least = jobs - BOUND - 2 * WORKERS;
    stage.check(
        "the producer is slowed down to the pace of the workers",
        format!("of {jobs} jobs, {} were done before the last was pushed", bounded.ended),
        bounded.ended >= least && bounded.pushing > unbounded.pushing,
        "the workers said what they had done later than they took the next",
    );
    Ok(())
}

fn job() -> Job {
    Job::Wait(u64::try_from(LONG.as_micros()).unwrap_or(u64::MAX))
}

fn all_at_once(site: &mut Site, jobs: usize) -> Result<Produced> {
    let start = Instant::now();
    let ids = site.queue.push((0..jobs).map(|_| job()))?;
    let pushing = start.elapsed();
    let (most_waiting, ended) = (site.queue.waiting()?, site.queue.ended(&ids)?.len());
    all_done(&site.queue.wait(&ids)?)?;
    Ok(Produced { most_waiting, pushing, ended })
}

fn one_by_one(site: &mut Site, jobs: usize) -> Result<Produced> {
    let (mut ids, mut most_waiting) = (Vec::new(), 0);
    let start = Instant::now();
    for _ in 0..jobs {
        ids.push(site.queue.push_bounded(job(), BOUND)?);
        most_waiting = most_waiting.max(site.queue.waiting()?);
    }
    let pushing = start.elapsed();
    let ended = site.queue.ended(&ids)?.len();
    all_done(&site.queue.wait(&ids)?)?;
    Ok(Produced { most_waiting, pushing, ended })
}

fn poison(stage: &mut Stage<'_>, site: &mut Site) -> Result {
    let jobs = (0..9).map(|i| if i == 4 { Job::Poison } else { Job::Wait(1_000) });
    let ids = site.queue.push(jobs)?;
    let ends = site.queue.wait(&ids)?;
    let dead = site.queue.dead()?;
    stage.say("Nine jobs, of which the fifth is poison. Then, among the dead letters:");
    let mut table = Table::new(["job", "tries", "the last failed of"]);
    for letter in &dead {
        let job = serde_json::to_string(&letter.job)?;
        table.row([&job, &letter.tries.to_string(), &letter.why]);
    }
    stage.table(&table);
    let [letter] = &dead[..] else {
        return Err(format!("{} dead letters instead of one", dead.len()).into());
    };
    stage.check(
        format!("the poison is given up after {TRIES} tries, and kept with its reason"),
        format!("{} tries, \u{201c}{}\u{201d}", letter.tries, letter.why),
        letter.tries == TRIES as u64 && matches!(letter.job, Job::Poison) && !letter.why.is_empty(),
        "its worker was taken for dead meanwhile, which counts as a try",
    );
    stage.check(
        "the jobs around it are done",
        format!("{} of 8", done(&ends)),
        done(&ends) == 8 && ends[4].is_err(),
        "the engine has lost one",
    );
    Ok(())
}

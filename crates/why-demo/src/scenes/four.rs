//! Concurrency is not parallelism: each with and without the other.

pub mod run;
pub mod seen;

use stage::{Mark, Result, Scene, Stage, Table, Weight, human};

use crate::cores;
use run::Program;
use seen::Seen;

/// The four combinations, as who ran on which core.
pub const SCENE: Scene = Scene {
    name: "four",
    title: "concurrency is not parallelism",
    claim: "Concurrent is how a program is made: it has begun a second thing before the first has \
            ended. Parallel is how it runs: two cores work at the same instant. Each can be had \
            without the other.",
    play,
    try_this: "in crates/why-demo/src/scenes/four.rs, COMBINATIONS, let the last one have 1 core: \
               the same program is no longer parallel, and the last verdict falls. Nothing else has \
               changed.",
    read: "crates/why-demo/src/scenes/four/run.rs, run()",
};

/// The two things that there are to do, as they stand in the lanes.
pub const MARKS: [Mark; 2] = [
    Mark { state: "task A", glyph: '█', weight: Weight::Solid },
    Mark { state: "task B", glyph: '░', weight: Weight::Solid },
];

/// A combination: how the program is made, on how many cores it runs, and what is expected of it.
struct Combination {
    name: &'static str,
    program: Program,
    cores: usize,
    concurrent: bool,
    parallel: bool,
}

const COMBINATIONS: [Combination; 4] = [
    Combination {
        name: "neither",
        program: Program::OneAfterAnother,
        cores: 1,
        concurrent: false,
        parallel: false,
    },
    Combination {
        name: "concurrent, not parallel",
        program: Program::BothAtOnce,
        cores: 1,
        concurrent: true,
        parallel: false,
    },
    Combination {
        name: "parallel, not concurrent",
        program: Program::EachSplit,
        cores: 2,
        concurrent: false,
        parallel: true,
    },
    Combination {
        name: "concurrent and parallel",
        program: Program::BothAtOnce,
        cores: 2,
        concurrent: true,
        parallel: true,
    },
];

/// How often a combination may be run until it shows what it can.
const ATTEMPTS: usize = 8;

fn play(stage: &mut Stage<'_>) -> Result {
    let cores = cores::allowed();
    if cores.is_empty() {
        stage.say(
            "Not here: this scene puts threads on cores of its choice and looks where they are, and \
             this system lets a program do neither. On Linux it does.",
        );
        return Ok(());
    }
    stage.say(
        "Two things are to be done, task A and task B, both computing. A lane is a core; what it \
         shows is which task ran there, as the system told while it ran:",
    );
    let mut table = Table::new(["", "tasks in progress", "cores at once", "took"]);
    let mut all = Vec::new();
    for combination in COMBINATIONS.iter().filter(|combination| combination.cores <= cores.len()) {
        let (seen, attempt) = combination.run(&cores)?;
        let Combination { name, program, .. } = combination;
        let attempts = if attempt > 1 { format!(" (Attempt {attempt}.)") } else { String::new() };
        stage.timeline(format!("{name}: {}{attempts}", program.told()), seen.timeline());
        let (tasks, at_once) = (seen.tasks_in_progress(), seen.cores_at_once());
        table.row([*name, &tasks.to_string(), &at_once.to_string(), &human(seen.took())]);
        all.push((combination, seen));
    }
    stage.say("Most tasks begun and not ended, and most cores at work, at the same instant:");
    stage.table(&table);
    verdicts(stage, &all);
    if cores.len() == 1 {
        stage.say("There is one core here, so nothing is parallel: the other two need a second.");
    }
    Ok(())
}

impl Combination {
    /// Runs it. Where other programs want the cores, a thread may have its first turn when the other
    /// is done: then again, some times. What must *not* be seen is given no second chance. Returns
    /// also which attempt it was.
    fn run(&self, cores: &[usize]) -> Result<(Seen, usize)> {
        let mut attempt = 1;
        loop {
            let seen = run::run(self.program, [cores[0], cores[self.cores - 1]])?;
            let is = [seen.tasks_in_progress() > 1, seen.cores_at_once() > 1];
            // What its cores can't show is not waited for.
            let should = [self.concurrent, self.parallel && self.cores > 1];
            let too_much = (0..2).any(|i| is[i] && !should[i]);
            if is == should || too_much || attempt == ATTEMPTS {
                return Ok((seen, attempt));
            }
            attempt += 1;
        }
    }
}

/// What is seen of the last combination.
pub(crate) fn seen_of_the_last() -> Result<Seen> {
    let cores = cores::allowed();
    let last = &COMBINATIONS[COMBINATIONS.len() - 1];
    if cores.len() < last.cores {
        return Err("this takes a second core, and Linux".into());
    }
    Ok(last.run(&cores)?.0)
}

fn verdicts(stage: &mut Stage<'_>, all: &[(&Combination, Seen)]) {
    let primes = all.iter().map(|(_, seen)| seen.primes).collect::<Vec<_>>();
    stage.check(
        "all of them find the same primes",
        format!("{} found {}", all.len(), primes[0]),
        primes.iter().all(|found| *found == primes[0]),
        "Threads that share nothing can't differ: please report this.",
    );
    for (combination, seen) in all {
        let Combination { name, concurrent, parallel, .. } = combination;
        let (tasks, at_once) = (seen.tasks_in_progress(), seen.cores_at_once());
        stage.check(
            name,
            format!("{tasks} of 2 tasks in progress at once, {at_once} core(s) at work at once"),
            tasks == 1 + usize::from(*concurrent) && at_once == 1 + usize::from(*parallel),
            "Other programs had the cores, so that a thread had its first turn when the other was \
             done.",
        );
    }
    let programs_alike = all.iter().filter(|(one, _)| one.program == Program::BothAtOnce);
    let cores_at_once: Vec<_> = programs_alike.map(|(_, seen)| seen.cores_at_once()).collect();
    if cores_at_once == [1, 2] {
        stage.say(
            "The second and the fourth are the same program. What made it parallel was the machine; \
             what made that possible was its design.",
        );
    }
}

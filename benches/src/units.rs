//! What one more unit costs, be it a thread, a process or a task: to start it and wait for its end,
//! to go from one to the next, to have it wait.
//!
//! Each figure is measured in a process of its own, which stays on one core: otherwise it would be
//! measured how long another core takes to wake up. Rounds go over everything, and each begins with
//! another model.

mod child;
mod green;
mod jobs;
pub mod limits;
mod memory;
mod processes;
mod tasks;
mod threads;
mod turns;

use std::collections::BTreeMap;
use std::process::id;
use std::time::Duration;

pub use child::{Task, run as run_child};
use limits::Kind;

use crate::interrupt::Interrupt;
use crate::process::{self, Trouble, ask};
use crate::progress::Progress;
use crate::record::{Figure, Unit};
use crate::report::numbers;
use crate::rounds::{Rounds, Turn};
use crate::{Result, Sample};

/// A kind of unit, and how its cost is measured.
pub struct Model {
    /// The approach that has such units.
    pub name: &'static str,
    /// The package that it comes from.
    pub chapter: &'static str,
    /// What it is to the system.
    pub kind: Kind,
    /// Bytes that each of so many takes while it waits.
    memory: fn(u32) -> Result<Option<f64>>,
    /// How long it takes to start so many and wait for their ends.
    spawn: fn(u32) -> Result<Duration>,
    /// Nanoseconds from one of so many to the next, the mean of about so many times; none where a
    /// unit runs to its end.
    switch: Option<Switch>,
}

type Switch = fn(u32, u64) -> Result<Option<f64>>;

/// All of them, in reading order.
pub const MODELS: [Model; 10] = [
    threads::PLAIN,
    jobs::POOL,
    jobs::RAYON,
    threads::LOCKED,
    processes::MODEL,
    tasks::event_loop::MODEL,
    tasks::tokio::MODEL,
    tasks::async_std::MODEL,
    tasks::smol::MODEL,
    green::MODEL,
];

/// How many units there are at once.
pub const COUNTS: [u32; 4] = [1, 100, 10_000, 100_000];

/// The figures, each measured in a process of its own.
const FIGURES: [&str; 3] = ["spawn_ns", "switch_ns", "memory_bytes"];

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// After the first round there are only those that end within so long.
    pub budget: Duration,
    /// How many rounds there are at most.
    pub rounds: usize,
    /// Whether what takes long is left out.
    pub quick: bool,
    /// For how long a measurement may run before it is killed.
    pub deadline: Duration,
}

/// How long all rounds take, about.
#[must_use]
pub fn budget(quick: bool) -> Duration {
    Duration::from_secs(if quick { 6 } else { 55 })
}

impl Plan {
    /// For a run that is to be quoted, or for a first look.
    #[must_use]
    pub fn of(quick: bool, deadline: Duration) -> Plan {
        Plan { budget: budget(quick), rounds: if quick { 1 } else { 5 }, quick, deadline }
    }

    /// Whether so many of this kind are for a longer run: to start them all takes a second or more.
    fn leaves_out(&self, kind: Kind, count: u32) -> bool {
        self.quick && (count > 10_000 || kind == Kind::Process && count > 100)
    }
}

/// A model and a count, and what has come of it.
struct Place {
    model: &'static Model,
    count: u32,
    samples: BTreeMap<&'static str, Vec<f64>>,
    trouble: Option<Trouble>,
}

/// Measures until it is done or interrupted. Call this on the main thread (see
/// [`process::Child::start`]). What goes wrong with a unit is in the unit.
#[must_use]
pub fn measure(plan: Plan, interrupt: &Interrupt, progress: &mut Progress) -> Vec<Unit> {
    let places = COUNTS.iter().flat_map(|&count| MODELS.iter().map(move |model| (model, count)));
    let mut places: Vec<_> = places
        .map(|(model, count)| {
            let refused = model.kind.refuses(count.into()).map(Trouble::Refused);
            Place { model, count, samples: BTreeMap::new(), trouble: refused }
        })
        .collect();
    let rounds = (0..plan.rounds).flat_map(|round| turns(round, &places, plan)).collect();
    // Ten thousand processes and a hundred thousand tasks take most of the time: there is no more than
    // one round of them in any case.
    let rounds = Rounds { turns: rounds, least: 1, budget: plan.budget };
    let name = |cell: usize| {
        let (model, count, figure) = what(cell);
        format!("{} {}: {figure}", numbers::count(count.into()), model.name)
    };
    rounds.run(name, interrupt, progress, |cell| {
        let (model, count, figure) = what(cell);
        let place = &mut places[cell / FIGURES.len()];
        if place.trouble.is_some() {
            return false;
        }
        match once(model, count, figure, plan, interrupt) {
            Ok(sample) => {
                // Where the system doesn't tell, there is none.
                place.samples.entry(figure).or_default().extend(sample.get(figure));
            }
            Err(Trouble::Interrupted) => {}
            Err(why) => place.trouble = Some(why),
        }
        place.trouble.is_none()
    });
    places.into_iter().map(|place| place.unit(plan)).collect()
}

/// The cell of this number: the places in order, and each one's figures.
fn what(cell: usize) -> (&'static Model, u32, &'static str) {
    let (place, figure) = (cell / FIGURES.len(), cell % FIGURES.len());
    (&MODELS[place % MODELS.len()], COUNTS[place / MODELS.len()], FIGURES[figure])
}

/// What is measured in a round: each figure of each count by itself, and each time another model
/// begins.
fn turns(round: usize, places: &[Place], plan: Plan) -> Vec<Turn> {
    let mut turns = Vec::new();
    for (figure, name) in FIGURES.into_iter().enumerate() {
        for first in (0..places.len()).step_by(MODELS.len()) {
            let mut those = Vec::from_iter(first..first + MODELS.len());
            those.rotate_left(round % MODELS.len());
            those.retain(|&place| {
                let Place { model, count, trouble, .. } = &places[place];
                trouble.is_none() && model.has(name) && !plan.leaves_out(model.kind, *count)
            });
            let cells = those.into_iter().map(|place| place * FIGURES.len() + figure).collect();
            turns.push(Turn { round, cells });
        }
    }
    turns
}

fn once(
    model: &Model,
    count: u32,
    figure: &str,
    plan: Plan,
    interrupt: &Interrupt,
) -> Result<Sample, Trouble> {
    let mut command = process::ourselves().map_err(|why| Trouble::Failed(why.to_string()))?;
    command.args(["unit", "--parent", &id().to_string(), "--model", model.name]);
    command.args(["--count", &count.to_string(), "--figure", figure]);
    command.args(plan.quick.then_some("--quick"));
    ask(&mut command, plan.deadline, interrupt)
}

impl Model {
    fn has(&self, figure: &str) -> bool {
        figure != "switch_ns" || self.switch.is_some()
    }
}

impl Place {
    fn unit(self, plan: Plan) -> Unit {
        let Place { model, count, samples, trouble } = self;
        let (status, why) = match &trouble {
            Some(trouble) => (trouble.name(), Some(trouble.why())),
            None if plan.leaves_out(model.kind, count) => {
                ("not run", Some("a quick run leaves it out".to_owned()))
            }
            None if samples.is_empty() => ("not run", None),
            None => ("done", None),
        };
        let figures =
            samples.into_iter().filter_map(|(name, runs)| Some((name.into(), Figure::of(runs)?)));
        Unit {
            approach: model.name.into(),
            chapter: model.chapter.into(),
            count: count.into(),
            status: status.into(),
            why,
            figures: figures.collect(),
        }
    }
}

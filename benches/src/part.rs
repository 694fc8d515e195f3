//! The parts of a run, and what each writes into the record.

use std::path::Path;
use std::time::Duration;

use crate::interrupt::Interrupt;
use crate::matrix::{self, Plan};
use crate::progress::Progress;
use crate::record::{Entry, Record};
use crate::{curves, goals, micro, sanity, sizes, timelines, units};

/// A part of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// The micro-benchmarks, and the goals that they decide.
    Micro,
    /// What one more thread, process or task costs.
    Units,
    /// Speed over workers.
    Curves,
    /// Pictures of who did what when.
    Timelines,
    /// Approach × problem.
    Matrix,
}

/// All of them, in the order in which they run.
pub const PARTS: [Part; 5] =
    [Part::Micro, Part::Units, Part::Curves, Part::Timelines, Part::Matrix];

impl Part {
    /// About how long it takes on two cores, when all is built. Those that go round by round end
    /// then; the micro-benchmarks and the pictures take what they take.
    #[must_use]
    pub fn takes(self, quick: bool) -> Duration {
        let seconds = match (self, quick) {
            (Part::Micro, false) => 220,
            (Part::Micro, true) => 10,
            (Part::Units, _) => return units::budget(quick),
            (Part::Curves, _) => return curves::budget(quick),
            (Part::Timelines, false) => 10,
            (Part::Timelines, true) => 4,
            (Part::Matrix, false) => 310,
            (Part::Matrix, true) => 23,
        };
        Duration::from_secs(seconds)
    }

    /// Runs it. What it finds is in the record, also if it was interrupted.
    pub fn run(
        self,
        plan: &Plan,
        out: &Path,
        interrupt: &Interrupt,
        progress: &mut Progress,
        record: &mut Record,
    ) {
        match self {
            Part::Micro => {
                if let Err(why) = micro::clear() {
                    let why = format!("micro-benchmarks: an earlier run's are in the way: {why}");
                    return record.complaints.push(why);
                }
                let log = out.join("criterion.txt");
                match micro::run(&log, plan.quick, interrupt, progress) {
                    Err(why) if !interrupt.has_come() => {
                        record.complaints.push(format!("micro-benchmarks: {why}"));
                    }
                    _ => {}
                }
                record.micro = micro::estimates(&micro::ours());
                record.goals = goals::check(&record.micro);
            }
            Part::Units => {
                let plan = units::Plan::of(plan.quick, plan.deadline);
                record.units = units::measure(plan, interrupt, progress);
            }
            Part::Curves => record.curves = curves::measure(plan, interrupt, progress),
            Part::Timelines => {
                let (taken, missing) =
                    timelines::take(plan.quick, plan.deadline, interrupt, progress);
                record.timelines = taken;
                record.complaints.extend(missing);
            }
            Part::Matrix => {
                record.sizes = sizes::of(plan);
                let mut cells = matrix::run(plan, interrupt, progress);
                sanity::check(&mut cells);
                record.matrix = cells.iter().map(Entry::of).collect();
            }
        }
    }
}

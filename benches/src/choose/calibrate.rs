//! Takes the calibration: short trials of each approach, round by round. Of each trial the run in the
//! middle counts, of the rounds in which others left the machine alone.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use workloads::chain;
use workloads::orders::Terms;

use super::calibration::{Calibration, Costs, Key};
use super::trial::Trials;
use crate::contestant::{AGAIN, CONTESTANTS, Contestant, SEQUENTIAL};
use crate::facts::Facts;
use crate::interrupt::Interrupt;
use crate::others::{MUCH, Others};
use crate::process::Trouble;
use crate::progress::Progress;
use crate::{Result, Sample};

/// How many rounds there are at most, and after how long no other is begun.
const ROUNDS: usize = 6;
const ENOUGH: Duration = Duration::from_secs(13);

/// So many rounds at least must have been left alone.
const LEAST: usize = 2;

/// How long one trial may take.
const DEADLINE: Duration = Duration::from_secs(10);

/// What is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// One task, which has nothing to do: what there is before any work.
    One,
    /// Many, which have nothing to do: what a task costs.
    Flood,
    /// Many that wait at once: what one costs that waits, and which part of it comes first.
    Crowd,
    /// Two rounds of waiting.
    Rounds,
    /// Tasks that compute.
    Compute,
    /// Tasks that compute under the lock.
    Locked,
}

/// The sizes of the trials: tasks, and milliseconds.
const FLOOD: u64 = 500;
const CROWD: u64 = 1_000;
const CROWD_MS: u64 = 100;
const ROUNDS_MS: u64 = 10;
/// For each core: so many that it hardly matters if one core has the last of them for itself.
const COMPUTE: u64 = 12;
const COMPUTE_MS: f64 = 4.0;
const LOCKED: u64 = 100;
const LOCKED_MS: f64 = 0.2;

/// How many tasks an approach has begun at once that has no fewer for any number: each has a socket,
/// and each chapter stops here.
pub const MANY: f64 = 10_000.0;

/// The runs of each trial.
type Runs = BTreeMap<(&'static str, Kind), Vec<Run>>;

/// One run: whole, because a figure of one and a figure of another belong to no machine.
struct Run {
    round: usize,
    sample: Sample,
}

/// Measures this machine. Call this on the main thread.
///
/// # Errors
/// If the service can't be started, if not even the sequential run can be done, or at Ctrl-C.
pub fn take(interrupt: &Interrupt) -> Result<Calibration> {
    let (clock, mut facts) = (Instant::now(), Facts::gather());
    let links_per_ms = links_per_ms();
    let all = CONTESTANTS.iter().filter(|one| one.name != AGAIN).collect();
    let trials = Trials::new(interrupt, DEADLINE)?;
    let mut taking = Taking {
        trials,
        all,
        links_per_ms,
        cores: facts.cores as u64,
        runs: Runs::new(),
        left_out: BTreeMap::new(),
    };
    let steps = (0..ROUNDS).flat_map(|_| kinds()).map(|kind| format!("calibrating: {kind:?}"));
    let mut progress = Progress::over(&[ENOUGH]);
    progress.part(steps.collect());
    let mut others = Others::watch();
    let mut shares = Vec::new();
    while shares.len() < ROUNDS && clock.elapsed() < ENOUGH {
        for kind in kinds() {
            progress.step();
            taking.all_do(kind, shares.len())?;
        }
        // Nobody's share is known where the system doesn't tell: then all rounds are as good.
        shares.push(others.since_the_last_look());
    }
    facts.now_after(progress.others());
    let others = taking.keep_the_quiet(&shares);
    let Taking { all, runs, left_out, .. } = taking;
    let costs = |one: &&Contestant| (one.name.to_owned(), costs(&runs, one, facts.cores));
    let able = all.iter().filter(|one| !left_out.contains_key(one.name));
    let approaches: BTreeMap<_, _> = able.map(costs).collect();
    Ok(Calibration {
        of: Key::here(&facts),
        hand_over_ms: approaches.get("threads").map_or(0.0, |threads| hand_over(&runs, threads)),
        load: [facts.load_before, facts.load_after],
        others,
        took: clock.elapsed().as_secs_f64(),
        links_per_ms,
        approaches,
        left_out,
    })
}

/// What there is while it is taken.
struct Taking<'a> {
    trials: Trials<'a>,
    all: Vec<&'static Contestant>,
    links_per_ms: f64,
    cores: u64,
    runs: Runs,
    left_out: BTreeMap<String, String>,
}

impl Taking<'_> {
    /// Has each do this trial once. Who fails is left out from then on, and the others go on.
    fn all_do(&mut self, kind: Kind, round: usize) -> Result {
        for contestant in &self.all {
            if self.left_out.contains_key(contestant.name) {
                continue;
            }
            let flood = self.runs.get(&(contestant.name, Kind::Flood));
            let slots = flood.and_then(|runs| runs.first()).map(|run| &run.sample);
            let slots = slots.map_or(1, |sample| sample["promised_in_flight"] as u64);
            let Some((terms, tasks)) =
                trial(kind, contestant, slots, self.cores, self.links_per_ms)
            else {
                continue;
            };
            self.trials.on(terms, tasks)?;
            match self.trials.run(contestant, tasks) {
                Ok(sample) => {
                    let runs = self.runs.entry((contestant.name, kind)).or_default();
                    runs.push(Run { round, sample });
                }
                Err(Trouble::Interrupted) => return Err("interrupted".into()),
                Err(why) if contestant.name == SEQUENTIAL => {
                    return Err(format!("{SEQUENTIAL}: {}", why.why()).into());
                }
                Err(why) => {
                    let why = format!("{}: {}", why.name(), why.why());
                    self.left_out.insert(contestant.name.to_owned(), why);
                    self.trials.anew()?;
                }
            }
        }
        Ok(())
    }

    /// Forgets the rounds in which others had much of the machine, if enough are left without, and
    /// tells their share in those that count.
    fn keep_the_quiet(&mut self, shares: &[Option<f64>]) -> Option<f64> {
        let quiet = |round: usize| shares[round].is_none_or(|share| share <= MUCH);
        let enough = (0..shares.len()).filter(|&round| quiet(round)).count() >= LEAST;
        let counts = |round: usize| !enough || quiet(round);
        for runs in self.runs.values_mut() {
            // The first rounds are all there is of who failed later; nobody asks for those.
            runs.retain(|run| counts(run.round));
        }
        let counted: Vec<f64> = (0..shares.len())
            .filter(|&round| counts(round))
            .filter_map(|round| shares[round])
            .collect();
        (!counted.is_empty()).then(|| counted.iter().sum::<f64>() / counted.len() as f64)
    }
}

fn kinds() -> [Kind; 6] {
    [Kind::One, Kind::Flood, Kind::Crowd, Kind::Rounds, Kind::Compute, Kind::Locked]
}

/// How fast one core is: the middle of stretches that are long enough to have their share of what
/// always goes on in a machine, as the trials have.
fn links_per_ms() -> f64 {
    const LINKS: u64 = 100_000;
    const STRETCH: Duration = Duration::from_millis(100);
    let stretch = |_| {
        let (clock, mut links) = (Instant::now(), 0);
        while clock.elapsed() < STRETCH {
            black_box(chain::run(black_box(LINKS)).ok());
            links += LINKS;
        }
        links as f64 / (clock.elapsed().as_secs_f64() * 1e3)
    };
    let mut all: Vec<f64> = (0..7).map(stretch).collect();
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

/// On which terms this is tried with the approach, and with how many tasks; not at all where it
/// would tell nothing.
fn trial(
    kind: Kind,
    one: &Contestant,
    slots: u64,
    cores: u64,
    links_per_ms: f64,
) -> Option<(Terms, u64)> {
    let idle = Terms { think_ms: 0, links: 1, locked: 0 };
    let crowds = slots >= FLOOD;
    match kind {
        Kind::One => Some((idle, 1)),
        Kind::Flood => Some((idle, FLOOD)),
        Kind::Crowd => crowds.then_some((Terms { think_ms: CROWD_MS, ..idle }, CROWD)),
        Kind::Rounds if crowds => Some((Terms { think_ms: ROUNDS_MS, ..idle }, 1)),
        Kind::Rounds => Some((Terms { think_ms: ROUNDS_MS, ..idle }, 2 * slots)),
        Kind::Compute => {
            let links = (COMPUTE_MS * links_per_ms) as u64;
            Some((Terms { links, ..idle }, COMPUTE * cores))
        }
        Kind::Locked => (one.name == "threads")
            .then_some((Terms { locked: (LOCKED_MS * links_per_ms) as u64, ..idle }, LOCKED)),
    }
}

/// The run in the middle, by its time: of two, the shorter.
fn middle<'a>(runs: &'a Runs, name: &'static str, kind: Kind) -> Option<&'a Sample> {
    let mut runs: Vec<_> = runs.get(&(name, kind))?.iter().map(|run| &run.sample).collect();
    runs.sort_by(|a, b| a["wall_ms"].total_cmp(&b["wall_ms"]));
    runs.get(runs.len().checked_sub(1)? / 2).copied()
}

fn wall(runs: &Runs, name: &'static str, kind: Kind) -> f64 {
    middle(runs, name, kind).map_or(0.0, |sample| sample["wall_ms"])
}

/// How many times as fast as one core it computes: from how long it takes, so that cores that idle
/// count, and a task that comes last.
fn speed(runs: &Runs, one: &Contestant, unit: f64, cores: usize) -> f64 {
    let tasks = (COMPUTE * cores as u64) as f64;
    let computing =
        wall(runs, one.name, Kind::Compute) - wall(runs, one.name, Kind::One) - tasks * unit;
    let most = if one.one_core { 1 } else { cores } as f64;
    (tasks * COMPUTE_MS / computing.max(1e-3)).clamp(0.1, most)
}

/// What it costs each time that threads hand a lock on.
fn hand_over(runs: &Runs, threads: &Costs) -> f64 {
    let all = wall(runs, "threads", Kind::Locked) - wall(runs, "threads", Kind::One);
    (all / LOCKED as f64 - LOCKED_MS - threads.ask_ms - threads.answer_ms).max(0.0)
}

/// What the figures come to.
fn costs(runs: &Runs, one: &Contestant, cores: usize) -> Costs {
    let wall = |kind| wall(runs, one.name, kind);
    let figure = |kind, figure: &str| middle(runs, one.name, kind).map(|sample| sample[figure]);
    let start_ms = wall(Kind::One);
    let in_flight = figure(Kind::Flood, "promised_in_flight").unwrap_or(1.0);
    let crowds = in_flight >= FLOOD as f64;
    let unit = ((wall(Kind::Flood) - start_ms) / (FLOOD - 1) as f64).max(1e-4);
    // While a crowd waits, asking goes on beside it, and so does answering: what is left is the
    // longer of the two, and here that is asking, to which the start of the task belongs.
    let rest = (wall(Kind::Crowd) - start_ms - CROWD_MS as f64) / CROWD as f64;
    let ask_ms = if crowds { rest.clamp(unit / 2.0, unit) } else { unit / 2.0 };
    let (rounds, units) = if crowds { (1.0, 0.0) } else { (2.0, 2.0 * in_flight) };
    let waited = wall(Kind::Rounds) - start_ms - units * unit;
    let base_mib = figure(Kind::One, "peak_memory_mib").unwrap_or(0.0);
    let (full, at_once) =
        if crowds { (Kind::Crowd, CROWD as f64) } else { (Kind::Flood, in_flight) };
    let full = figure(full, "peak_memory_mib").unwrap_or(base_mib);
    Costs {
        start_ms,
        ask_ms,
        answer_ms: unit - ask_ms,
        late_ms: (waited / rounds - ROUNDS_MS as f64).max(0.0),
        speed: speed(runs, one, unit, cores),
        in_flight: if crowds { MANY } else { in_flight },
        base_mib,
        waiting_mib: ((full - base_mib) / at_once).max(0.0),
    }
}

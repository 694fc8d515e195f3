//! Takes the calibration: short trials of each approach, round by round. Of each trial the run in the
//! middle counts, of the rounds in which others left the machine alone.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use workloads::chain;

use super::calibration::Calibration;
use super::costs::{Run, Runs, costs, hand_over, temper};
use super::kept::Key;
use super::kind::Kind;
use super::middle;
use super::trial::Trials;
use crate::Result;
use crate::contestant::{AGAIN, CONTESTANTS, Contestant, SEQUENTIAL};
use crate::facts::Facts;
use crate::interrupt::Interrupt;
use crate::others::{MUCH, Others};
use crate::process::Trouble;
use crate::progress::Progress;

/// How many rounds there are at most, and after how long no other is begun.
const ROUNDS: usize = 6;
const ENOUGH: Duration = Duration::from_secs(13);

/// So many rounds at least must have been left alone.
const LEAST: usize = 2;

/// How long one trial may take.
const DEADLINE: Duration = Duration::from_secs(30);

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
    let steps = (0..ROUNDS).flat_map(|_| Kind::ALL).map(|kind| format!("calibrating: {kind:?}"));
    let mut progress = Progress::over(&[ENOUGH]);
    progress.part(steps.collect());
    let mut others = Others::watch();
    let mut shares = Vec::new();
    while shares.len() < ROUNDS && clock.elapsed() < ENOUGH {
        for kind in Kind::ALL {
            progress.step();
            for _ in 0..kind.times() {
                taking.all_do(kind, shares.len())?;
            }
        }
        // Nobody's share is known where the system doesn't tell: then all rounds are as good.
        shares.push(others.since_the_last_look());
    }
    facts.now_after(progress.others());
    let others = taking.keep_the_quiet(&shares);
    let Taking { all, runs, left_out, .. } = taking;
    let costs = |one: &&Contestant| (one.name.to_owned(), costs(&runs, one, facts.cores));
    let able = all.iter().filter(|one| !left_out.contains_key(one.name));
    let mut approaches: BTreeMap<_, _> = able.map(costs).collect();
    temper(&mut approaches);
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
            let trial = kind.trial(contestant, slots, self.cores, self.links_per_ms);
            let Some((terms, tasks)) = trial else { continue };
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
    middle::figure((0..7).map(stretch)).expect("seven are not none")
}

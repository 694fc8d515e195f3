//! Results that cannot be: whoever reports one has measured something else.

use crate::matrix::Cell;
use crate::noise;
use crate::problem::Problem;
use crate::process::Trouble;
use crate::record::Record;

/// With fewer runs no time, and no speed-up, is called impossible.
pub(crate) const FEWEST: usize = 3;

/// Marks the cells whose figures cannot be, with the reason.
pub fn check(cells: &mut [Cell]) {
    let found: Vec<_> = cells.iter().map(|cell| why_impossible(cell, cells)).collect();
    for (cell, why) in cells.iter_mut().zip(found) {
        if let Some(why) = why {
            cell.trouble = Some(Trouble::Impossible(why));
        }
    }
}

/// The results in a record that cannot be, in a line each.
#[must_use]
pub fn impossible(record: &Record) -> Vec<String> {
    let is = |status: &str| status == Trouble::Impossible(String::new()).name();
    let name = |approach: &str, problem: &str, why: &Option<String>| {
        format!("{approach} × {problem}: {}", why.as_deref().unwrap_or_default())
    };
    let cells = record.matrix.iter().filter(|entry| is(&entry.status));
    let curves = record.curves.iter().filter(|curve| is(&curve.status));
    cells
        .map(|entry| name(&entry.approach, &entry.problem, &entry.why))
        .chain(curves.map(|curve| name(&curve.approach, &curve.problem, &curve.why)))
        .collect()
}

fn why_impossible(cell: &Cell, all: &[Cell]) -> Option<String> {
    if cell.trouble.is_some() {
        return None;
    }
    more_in_flight_than_promised(cell).or_else(|| faster_than_its_cores(cell, all))
}

fn more_in_flight_than_promised(cell: &Cell) -> Option<String> {
    let (seen, promised) = (cell.figure("in_flight")?.most, cell.median("promised_in_flight")?);
    (seen > promised).then(|| format!("{seen} requests in flight, where it has {promised} at most"))
}

/// Work that keeps n cores busy takes at least the nth part of the sequential time; a chain keeps
/// but one busy, whoever runs it.
fn faster_than_its_cores(cell: &Cell, all: &[Cell]) -> Option<String> {
    let cores = match cell.problem {
        Problem::Chain => 1,
        Problem::Primes => cell.contestant.cores(),
        _ => return None,
    };
    let (baseline, again) = (cell.contestant.baseline, cell.contestant.again);
    if [baseline, again].contains(&cell.contestant.name) {
        return None;
    }
    let same = |name| {
        all.iter().find(|other| other.problem == cell.problem && other.contestant.name == name)
    };
    let (one, two) = (same(baseline)?.figure("wall_ms")?, same(again)?.figure("wall_ms")?);
    let its = cell.figure("wall_ms")?;
    // Of so few runs one may have been disturbed and the other not: that is no case against anybody.
    if one.runs.len().min(two.runs.len()).min(its.runs.len()) < FEWEST {
        return None;
    }
    let (least, most) = (one.least.min(two.least), one.most.max(two.most));
    // By how much the same code differs from itself; 3 % at least, because runs may happen to agree.
    let noise = ((most - least) / least).max(0.03);
    let bound = least / (1.0 + noise) / cores as f64;
    // Not the median: the same code may be a tenth slower in one process than in the next, and of a few
    // runs most are easily the fast ones here and the slow ones there.
    let most = noise::upper_quartile(&its);
    (most < bound).then(|| {
        format!(
            "{most:.1} ms on {cores} core(s), where sequential takes {least:.1} ms at least and \
             the noise is {:.0} %",
            noise * 100.0
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Sample;
    use crate::contestant::{AGAIN, CONTESTANTS, Contestant, SEQUENTIAL};
    use crate::record::Entry;

    fn cell(problem: Problem, name: &str, figures: &[(&str, f64)]) -> Cell {
        let sample: Sample = figures.iter().map(|(name, value)| ((*name).into(), *value)).collect();
        let contestant = Contestant::named(name).unwrap();
        Cell { problem, contestant, samples: vec![sample; 3], trouble: None }
    }

    /// What is said of the last cell.
    fn verdict(mut cells: Vec<Cell>) -> Option<Trouble> {
        check(&mut cells);
        let last = cells.pop()?;
        assert!(cells.iter().all(|cell| cell.trouble.is_none()));
        last.trouble
    }

    fn after_two_sequential(problem: Problem, name: &str, wall: f64) -> Option<Trouble> {
        verdict(vec![
            cell(problem, SEQUENTIAL, &[("wall_ms", 100.0)]),
            cell(problem, AGAIN, &[("wall_ms", 110.0)]),
            cell(problem, name, &[("wall_ms", wall)]),
        ])
    }

    /// A chain that takes a pool half the time, three runs each.
    fn twice_as_fast() -> Vec<Cell> {
        let walls = [(SEQUENTIAL, 100.0), (AGAIN, 100.0), ("pool", 50.0)];
        walls.map(|(name, wall)| cell(Problem::Chain, name, &[("wall_ms", wall)])).into()
    }

    #[test]
    fn nobody_is_faster_than_the_cores_that_the_work_can_use() {
        assert!(after_two_sequential(Problem::Chain, "pool", 95.0).is_none(), "within the noise");
        let why = after_two_sequential(Problem::Chain, "pool", 80.0).unwrap().why();
        assert_eq!(
            why,
            "80.0 ms on 1 core(s), where sequential takes 100.0 ms at least and the noise is 10 %"
        );
        let pool = Contestant::named("pool").unwrap();
        let cores = pool.cores() as f64;
        assert!(after_two_sequential(Problem::Primes, "pool", 100.0 / cores).is_none());
        assert!(after_two_sequential(Problem::Primes, "pool", 50.0 / cores).is_some());
        assert!(after_two_sequential(Problem::Fetch, "pool", 1.0).is_none(), "waiting overlaps");
        let one_core = Contestant { one_core: true, ..*pool };
        assert_eq!(one_core.cores(), 1);
        let mut cells = vec![
            cell(Problem::Primes, SEQUENTIAL, &[("wall_ms", 100.0)]),
            cell(Problem::Primes, AGAIN, &[("wall_ms", 110.0)]),
            cell(Problem::Primes, "pool", &[("wall_ms", 80.0)]),
        ];
        cells[2].contestant = Box::leak(Box::new(one_core));
        assert!(verdict(cells).is_some(), "one core is never faster than sequential");
        let why = after_two_sequential(Problem::Primes, "global lock", 80.0);
        assert!(why.is_some(), "nor is who lets one thread compute at a time");
    }

    #[test]
    fn each_language_is_measured_against_its_own_sequential_run() {
        let of_python = |name, wall| {
            let (baseline, again) = ("python sequential", "python again");
            let row = Contestant { name, baseline, again, ..CONTESTANTS[0] };
            let cell = cell(Problem::Primes, SEQUENTIAL, &[("wall_ms", wall)]);
            Cell { contestant: Box::leak(Box::new(row)), ..cell }
        };
        let threads_take = |wall| {
            verdict(vec![
                cell(Problem::Primes, SEQUENTIAL, &[("wall_ms", 1_000.0)]),
                cell(Problem::Primes, AGAIN, &[("wall_ms", 1_000.0)]),
                of_python("python sequential", 100.0),
                of_python("python again", 110.0),
                of_python("python threads", wall),
            ])
        };
        assert!(threads_take(95.0).is_none(), "within the noise");
        assert!(threads_take(80.0).is_some_and(|trouble| trouble.why().contains("100.0 ms")));
    }

    #[test]
    fn of_too_few_runs_nothing_is_said() {
        let of = |runs: usize| {
            let mut cells = twice_as_fast();
            cells.iter_mut().for_each(|cell| cell.samples.truncate(runs));
            verdict(cells)
        };
        assert_eq!((of(2).is_some(), of(3).is_some()), (false, true));
    }

    #[test]
    fn one_run_that_can_be_clears_the_others() {
        let pool = |last: f64| {
            let mut cells = twice_as_fast();
            cells[2].samples[1].insert("wall_ms".into(), last);
            verdict(cells)
        };
        assert_eq!((pool(60.0).is_some(), pool(99.0).is_some()), (true, false));
    }

    #[test]
    fn nobody_has_more_in_flight_than_promised() {
        let fetch = |in_flight| {
            let figures =
                [("wall_ms", 9.0), ("in_flight", in_flight), ("promised_in_flight", 64.0)];
            verdict(vec![cell(Problem::Fetch, "pool", &figures)])
        };
        assert!(fetch(64.0).is_none());
        assert_eq!(fetch(65.0).unwrap().why(), "65 requests in flight, where it has 64 at most");
    }

    #[test]
    fn a_record_tells_what_in_it_cannot_be() {
        let entry = |status: &str| {
            let cell = cell(Problem::Chain, "pool", &[("wall_ms", 1.0)]);
            Entry { status: status.into(), why: Some("why".into()), ..Entry::of(&cell) }
        };
        let mut record = Record::of(crate::facts::Facts::gather());
        record.matrix = vec![entry("done"), entry("late")];
        assert!(impossible(&record).is_empty());
        record.matrix.push(entry("impossible"));
        assert_eq!(impossible(&record), ["pool × chain: why"]);
    }
}

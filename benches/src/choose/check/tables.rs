//! How a check went, as tables.

use super::super::middle;
use super::super::outcome::Outcome;
use super::super::ranking::AS_GOOD;
use super::is_off;
use crate::contestant::CONTESTANTS;
use crate::grid::Grid;
use crate::report::numbers::ms;

/// The jobs, and how the first choice did.
pub fn by_job(outcomes: &[Outcome]) -> Grid {
    let columns = ["job", "first choice", "predicted", "measured", "better by 10 %"];
    let mut grid = Grid::new(columns);
    for Outcome { job, first, best, took, behind, .. } in outcomes {
        grid.row(vec![
            format!("{} × ({} + {})", job.tasks, job.wait_ms, job.cpu_ms),
            (*first).into(),
            took.map_or("–".into(), |took| ms(took.0)),
            took.map_or("–".into(), |took| ms(took.1)),
            if *behind > AS_GOOD { (*best).into() } else { "·".into() },
        ]);
    }
    grid
}

/// How the predictions of each approach were off: too low, too high.
pub fn by_approach(outcomes: &[Outcome]) -> Grid {
    let mut grid = Grid::new(["approach", "runs", "off", "too low", "too high", "in the middle"]);
    for contestant in &CONTESTANTS {
        let all = outcomes.iter().flat_map(|outcome| &outcome.runs);
        let runs: Vec<_> = all.filter(|run| run.0 == contestant.name).collect();
        let off: Vec<_> = runs.iter().filter(|run| is_off(run)).collect();
        let low = off.iter().filter(|(_, predicted, measured)| predicted < measured).count();
        let ratios = runs.iter().map(|run| run.1 / run.2);
        let Some(middle) = middle::figure(ratios) else { continue };
        grid.row(vec![
            contestant.name.into(),
            runs.len().to_string(),
            off.len().to_string(),
            low.to_string(),
            (off.len() - low).to_string(),
            format!("{:+.0} %", (middle - 1.0) * 100.0),
        ]);
    }
    grid
}

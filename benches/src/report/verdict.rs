//! What is best and why, in sentences that are made of the figures. Nothing here knows how it should
//! have come out: where the figures don't bear out what the kind of problem lets one expect, the
//! sentence says that.

use super::numbers::{count, ms, three};
use super::standing::{Cell, Column, Measure, Standing};
use crate::problem::Problem;
use crate::record::Record;

mod why;

/// How many names are told before "… more".
const NAMED: usize = 4;

/// What a problem is, in a word or two.
#[must_use]
pub fn kind(problem: &str) -> &'static str {
    match Problem::ALL.into_iter().find(|known| known.name() == problem) {
        Some(Problem::Chain) => "cannot be sped up",
        Some(Problem::Primes) => "computing",
        Some(Problem::Fetch) => "waiting",
        Some(Problem::Orders) => "waiting and computing",
        Some(Problem::Files) => "reading and computing",
        Some(Problem::Serve) => "the server's side",
        None => "",
    }
}

/// What is best in a column, and why, for its first language; then what is best in the others.
#[must_use]
pub fn sentences(record: &Record, column: &Column<'_>, languages: &[&str]) -> Vec<String> {
    let measured = |language: &&str| column.best(language).is_some();
    let mut measured_in = languages.iter().copied().filter(measured);
    let Some(first) = measured_in.next() else { return vec!["Nothing was measured.".into()] };
    let mut said = vec![best(column, first)];
    said.extend(impossible(column));
    said.extend(why::of(record, column, first));
    said.extend(measured_in.map(|language| format!("{language}: {}", best(column, language))));
    said
}

fn best(column: &Column<'_>, language: &str) -> String {
    let Some(best) = column.best(language) else { return "Nothing was measured.".into() };
    let good = |cell: &&Cell<'_>| matches!(cell.standing, Standing::Best | Standing::Tie);
    let good: Vec<_> = column.of(language).filter(good).collect();
    let others = names(good.iter().filter(|cell| cell.standing == Standing::Tie));
    let value = column.shown(best).unwrap_or_default();
    if column.of(language).filter(|cell| cell.value.is_some()).count() == 1 {
        return format!("Only {} was measured ({value}).", best.entry.approach);
    }
    let baseline = &best.entry.baseline;
    if best.standing == Standing::Tie {
        let them = if column.cells.iter().any(Cell::is_impossible) {
            "None of those that count"
        } else {
            "None"
        };
        let its = column.baseline(best).and_then(|cell| column.shown(cell)).unwrap_or_default();
        return format!(
            "{them} helps: nobody did better than {baseline} ({its}) beyond the noise."
        );
    }
    let gain = match (best.speed_up.map(three), column.measure) {
        (Some(_), _) if best.entry.approach == *baseline => String::new(),
        (Some(gain), Measure::Time) => format!(", {gain} times as fast as {baseline}"),
        (Some(gain), Measure::Rate) => format!(", {gain} times as many as {baseline}"),
        // The sequential run's is as long as it is asked: nothing to be measured by.
        (Some(_), Measure::Beside(_)) | (None, _) => String::new(),
    };
    let tie = match good.len() {
        0 | 1 => "beyond the noise".to_owned(),
        _ => format!("within the noise of {others}"),
    };
    let what = match column.measure {
        Measure::Time => "Best".to_owned(),
        Measure::Rate => "Most requests a second".to_owned(),
        Measure::Beside(tail) => format!("Least {} beside an expensive request", tail.name()),
    };
    format!("{what}: {} ({value}{gain}), {tie}.", best.entry.approach)
}

/// Who has no figure in this column because it was one that cannot be.
fn impossible(column: &Column<'_>) -> Option<String> {
    let cells: Vec<_> = column.cells.iter().filter(|cell| cell.is_impossible()).collect();
    let named = names(cells.iter());
    (!cells.is_empty()).then(|| format!("Not counted, because it cannot be: what {named} took."))
}

fn names<'a, 'b: 'a>(cells: impl Iterator<Item = &'a &'a Cell<'b>>) -> String {
    let names: Vec<_> = cells.map(|cell| cell.entry.approach.as_str()).collect();
    match names.split_at_checked(NAMED) {
        Some((told, more)) if more.len() > 1 => {
            format!("{} and {} more", told.join(", "), more.len())
        }
        _ => names.join(", "),
    }
}

impl Column<'_> {
    /// The figure of a cell, with its unit.
    #[must_use]
    pub fn shown(&self, cell: &Cell<'_>) -> Option<String> {
        let value = cell.value?;
        Some(match self.measure {
            Measure::Rate => format!("{}/s", count(value)),
            _ => ms(value),
        })
    }
}

//! What is a difference, and what is noise.
//!
//! Two medians are told apart if the greater is more than 1 + n times the other, where the noise n
//! is the greatest of
//!
//! - the spread of either side: by which part the upper quartile of its runs exceeds the lower;
//!   all runs count where there are fewer than five, and fewer than three tell nothing, which is
//!   taken as [`FEW`];
//! - A/A: by which part the medians of the sequential run and its second differ, on either side;
//! - [`FLOOR`], because runs may happen to agree.

use crate::contestant::AGAIN;
use crate::record::{Entry, Figure, Record};

/// No noise is less.
pub const FLOOR: f64 = 0.03;

/// The noise where there are too few runs to tell.
pub const FEW: f64 = 0.5;

/// By which part the upper quartile of the runs exceeds the lower.
#[must_use]
pub fn spread(figure: &Figure) -> f64 {
    match figure.runs.len() {
        0..3 => FEW,
        _ => between(figure.runs[(figure.runs.len() - 1) / 4], upper_quartile(figure)),
    }
}

/// Three of four runs are no greater; all, where there are fewer than five.
#[must_use]
pub fn upper_quartile(figure: &Figure) -> f64 {
    let last = figure.runs.len() - 1;
    figure.runs[last - last / 4]
}

/// By which part the greater exceeds the other.
#[must_use]
pub fn between(one: f64, other: f64) -> f64 {
    if one == other { 0.0 } else { one.max(other) / one.min(other).max(0.0) - 1.0 }
}

/// The greatest of its sources, and at least [`FLOOR`].
#[must_use]
pub fn greatest(sources: impl IntoIterator<Item = f64>) -> f64 {
    sources.into_iter().fold(FLOOR, f64::max)
}

/// A/A for an entry's figure: how far the sequential run of its language is from its second, if
/// both were run.
#[must_use]
pub fn same_twice(record: &Record, entry: &Entry, figure: &str) -> Option<f64> {
    let baseline = record.entry(&entry.problem, &entry.baseline)?;
    let again = record.matrix.iter().find(|other| is_again(other) && is_beside(other, entry))?;
    Some(between(baseline.median(figure)?, again.median(figure)?))
}

/// Whether it is a sequential run's second.
#[must_use]
pub fn is_again(entry: &Entry) -> bool {
    entry.approach == AGAIN || entry.approach.ends_with(&format!(" {AGAIN}"))
}

fn is_beside(one: &Entry, other: &Entry) -> bool {
    (&one.problem, &one.baseline) == (&other.problem, &other.baseline)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spread_is_of_the_middle_half_or_of_all_where_they_are_few() {
        let spread = |runs: &[f64]| spread(&Figure::of(runs.to_vec()).unwrap());
        assert_eq!(spread(&[1.0, 8.0]), FEW);
        assert_eq!(spread(&[1.0, 1.0, 3.0]), 2.0);
        assert_eq!(spread(&[0.1, 1.0, 1.0, 2.0, 9.0]), 1.0);
        assert_eq!(spread(&[0.1, 0.2, 1.0, 1.0, 1.0, 1.0, 1.5, 8.0, 9.0]), 0.5);
    }

    #[test]
    fn nothing_and_something_are_infinitely_far_apart() {
        assert_eq!((between(0.0, 0.0), between(0.0, 1.0)), (0.0, f64::INFINITY));
        assert_eq!((between(2.0, 1.0), between(1.0, 2.0)), (1.0, 1.0));
        assert_eq!((greatest([]), greatest([0.01, 0.2])), (FLOOR, 0.2));
    }
}

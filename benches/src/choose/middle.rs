//! What is in the middle of several runs: a run, or a figure. It is one that was measured, and so no
//! mean of two, which the median of a [`Figure`](crate::record::Figure) may be.

use crate::Sample;

/// The run in the middle, by its time; of two, the shorter. The run is taken whole, because a figure
/// of one and a figure of another belong to no machine.
#[must_use]
pub fn run<'a>(runs: impl IntoIterator<Item = &'a Sample>) -> Option<&'a Sample> {
    let mut runs = Vec::from_iter(runs);
    runs.sort_by(|a, b| a["wall_ms"].total_cmp(&b["wall_ms"]));
    runs.get(runs.len().checked_sub(1)? / 2).copied()
}

/// The figure in the middle; of two, the greater.
#[must_use]
pub fn figure(figures: impl IntoIterator<Item = f64>) -> Option<f64> {
    let mut figures = Vec::from_iter(figures);
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_in_the_middle_a_run_is_the_shorter_and_a_figure_the_greater() {
        let runs = [3.0, 1.0, 2.0, 9.0].map(|ms| Sample::from([("wall_ms".into(), ms)]));
        assert_eq!(run(&runs).map(|run| run["wall_ms"]), Some(2.0));
        assert_eq!(run(&runs[..3]).map(|run| run["wall_ms"]), Some(2.0));
        assert_eq!(figure([3.0, 1.0, 2.0, 9.0]), Some(3.0));
        assert_eq!((run([]), figure([])), (None, None));
    }
}

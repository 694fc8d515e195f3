//! A figure of several runs.

use serde::{Deserialize, Serialize};

/// One figure over all its runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// The one in the middle, or the mean of the two in the middle.
    pub median: f64,
    /// The least.
    pub least: f64,
    /// The greatest.
    pub most: f64,
    /// All of them, from the least to the greatest; at least one.
    pub runs: Vec<f64>,
}

impl Figure {
    /// Of so many runs, in any order; none of none.
    #[must_use]
    pub fn of(mut runs: Vec<f64>) -> Option<Figure> {
        runs.sort_by(f64::total_cmp);
        let (&least, &most) = (runs.first()?, runs.last()?);
        let (above, below) = (runs.len() / 2, (runs.len() - 1) / 2);
        Some(Figure { median: f64::midpoint(runs[below], runs[above]), least, most, runs })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_an_even_number_lies_between_two() {
        let figure = Figure::of(vec![4.0, 1.0, 2.0, 9.0]).unwrap();
        assert_eq!((figure.least, figure.median, figure.most), (1.0, 3.0, 9.0));
        assert_eq!(Figure::of(vec![7.0]).unwrap().median, 7.0);
        assert_eq!(Figure::of(Vec::new()), None);
    }
}

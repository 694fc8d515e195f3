//! A small picture of how something grows and shrinks.

/// A column for each value, from the bottom; `most` would reach to the top of so many rows. Rows in
/// which nothing is are left out, but for the lowest.
pub(super) fn columns(values: &[usize], most: usize, rows: usize) -> String {
    const EIGHTHS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let most = most.max(1);
    // Something is never shown as nothing.
    let eighths = |value: usize| (value * rows * 8).div_ceil(most);
    let row = |row: usize| -> String {
        values.iter().map(|&value| EIGHTHS[eighths(value).saturating_sub(row * 8).min(8)]).collect()
    };
    let drawn = (0..rows).rev().map(row).map(|row| row.trim_end().to_owned());
    let drawn: Vec<_> =
        drawn.enumerate().filter(|(i, row)| *i == rows - 1 || !row.is_empty()).collect();
    drawn.into_iter().map(|(_, row)| row + "\n").collect()
}

/// The greatest of each stretch, so that there are so many values at most.
pub(super) fn thinned(values: &[usize], stretch: usize) -> Vec<usize> {
    values.chunks(stretch.max(1)).map(|chunk| chunk.iter().copied().max().unwrap_or(0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heights_are_in_proportion() {
        assert_eq!(columns(&[0, 4, 8, 16], 16, 2), "   █\n ▄██\n");
        assert_eq!(columns(&[1, 0, 2], 16, 2), "▁ ▂\n");
        assert_eq!(columns(&[0], 0, 3), "\n");
    }

    #[test]
    fn no_peak_is_thinned_away() {
        assert_eq!(thinned(&[1, 9, 2, 3, 4], 2), [9, 3, 4]);
    }
}

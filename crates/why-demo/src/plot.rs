//! Curves and points in text, so that a law can be seen beside what was measured.

use std::fmt::{self, Display, Formatter};

/// One side of a plot.
#[derive(Debug, Clone)]
pub struct Axis {
    /// What stands at its end.
    pub name: &'static str,
    /// The least value that is drawn, and the greatest.
    pub range: (f64, f64),
    /// Whether equal distances are equal factors.
    pub logarithmic: bool,
    /// Where a figure stands.
    pub ticks: Vec<f64>,
}

impl Axis {
    /// Where a value lies, from 0 to 1; nothing if it is off the axis.
    fn place(&self, value: f64) -> Option<f64> {
        let scale = |value: f64| if self.logarithmic { value.log10() } else { value };
        let (from, to) = (scale(self.range.0), scale(self.range.1));
        let place = (scale(value) - from) / (to - from);
        (-1e-9..=1.0 + 1e-9).contains(&place).then_some(place)
    }

    fn column(&self, value: f64, columns: usize) -> Option<usize> {
        Some((self.place(value)? * (columns - 1) as f64).round() as usize)
    }
}

/// A plot. What is drawn later covers what was drawn before.
#[derive(Debug, Clone)]
pub struct Plot {
    x: Axis,
    y: Axis,
    rows: Vec<Vec<char>>,
}

/// Columns and rows of the plane itself: with the figures beside it a plot has 70 columns.
const COLUMNS: usize = 62;
const ROWS: usize = 15;

impl Plot {
    /// Nothing drawn yet.
    #[must_use]
    pub fn new(x: Axis, y: Axis) -> Plot {
        Plot { x, y, rows: vec![vec![' '; COLUMNS]; ROWS] }
    }

    /// Draws a function; what is off the plane is left out.
    pub fn curve(&mut self, glyph: char, function: impl Fn(f64) -> f64) {
        let (from, to) = self.x.range;
        // In steps of half a column.
        for step in 0..2 * COLUMNS {
            let part = step as f64 / (2 * COLUMNS - 1) as f64;
            let x = if self.x.logarithmic {
                from * (to / from).powf(part)
            } else {
                from + (to - from) * part
            };
            self.point(glyph, x, function(x));
        }
    }

    /// Draws a point, unless it is off the plane.
    pub fn point(&mut self, glyph: char, x: f64, y: f64) {
        let place = self.x.column(x, COLUMNS).zip(self.y.column(y, ROWS));
        if let Some((column, row)) = place {
            self.rows[ROWS - 1 - row][column] = glyph;
        }
    }

    /// The figures below: each ends or begins at its column, whichever there is room for.
    fn below(&self) -> String {
        let mut line = vec![' '; COLUMNS + 1];
        for tick in &self.x.ticks {
            let Some(column) = self.x.column(*tick, COLUMNS) else { continue };
            let text = tick.to_string();
            let start = column.min(line.len() - text.len());
            for (cell, letter) in line[start..].iter_mut().zip(text.chars()) {
                *cell = letter;
            }
        }
        let line: String = line.into_iter().collect();
        line.trim_end().to_owned()
    }
}

impl Display for Plot {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let figure = |row: usize| {
            let at_row = |tick: &&f64| self.y.column(**tick, ROWS) == Some(ROWS - 1 - row);
            self.y.ticks.iter().find(at_row).map_or(String::new(), ToString::to_string)
        };
        writeln!(f, "{:>6}", self.y.name)?;
        for (number, row) in self.rows.iter().enumerate() {
            let row: String = row.iter().collect();
            let (figure, row) = (figure(number), row.trim_end());
            let edge = if figure.is_empty() { '│' } else { '┤' };
            writeln!(f, "{figure:>6} {edge}{row}")?;
        }
        writeln!(f, "       └{}", "─".repeat(COLUMNS))?;
        writeln!(f, "        {}", self.below())?;
        write!(f, "{:>width$}", self.x.name, width = COLUMNS + 8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(range: (f64, f64), logarithmic: bool) -> Axis {
        Axis { name: "name", range, logarithmic, ticks: vec![range.0, range.1] }
    }

    #[test]
    fn the_corners_are_the_ranges_and_what_lies_beyond_is_left_out() {
        let mut plot = Plot::new(axis((1.0, 100.0), true), axis((0.0, 10.0), false));
        plot.point('a', 1.0, 0.0);
        plot.point('b', 100.0, 10.0);
        plot.point('c', 10.0, 5.0);
        plot.point('d', 0.5, 5.0);
        plot.point('d', 10.0, 11.0);
        plot.point('d', 10.0, f64::NAN);
        let text = plot.to_string();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), ROWS + 4);
        assert!(lines[1].starts_with("    10 ┤ ") && lines[1].ends_with('b'), "{text}");
        assert!(lines[ROWS].starts_with("     0 ┤a"), "{text}");
        let middle = lines[1 + ROWS / 2].chars().position(|glyph| glyph == 'c');
        assert!(middle.is_some_and(|at| at.abs_diff(8 + COLUMNS / 2) <= 1), "{text}");
        assert!(!text.contains('d'));
        assert!(lines.iter().all(|line| line.chars().count() <= 72 && *line == line.trim_end()));
    }

    #[test]
    fn a_curve_has_a_point_in_every_column_and_what_comes_later_covers_it() {
        let mut plot = Plot::new(axis((0.0, 1.0), false), axis((0.0, 1.0), false));
        plot.curve('.', |x| x);
        let columns = |plot: &Plot| {
            (0..COLUMNS).filter(|&c| plot.rows.iter().any(|row| row[c] == '.')).count()
        };
        assert_eq!(columns(&plot), COLUMNS);
        plot.point('o', 0.0, 0.0);
        assert_eq!(columns(&plot), COLUMNS - 1);
    }
}

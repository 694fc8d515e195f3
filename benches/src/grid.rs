//! A table of text, for a terminal and for Markdown.

use std::fmt::Write as _;

/// Rows of cells; the first column is of names, the others of figures.
pub struct Grid {
    headings: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Grid {
    /// A table with these columns and no rows.
    pub fn new(headings: impl IntoIterator<Item = impl Into<String>>) -> Grid {
        Grid { headings: headings.into_iter().map(Into::into).collect(), rows: Vec::new() }
    }

    /// One more row.
    ///
    /// # Panics
    /// If it has not one cell a column.
    pub fn row(&mut self, cells: Vec<String>) {
        assert_eq!(cells.len(), self.headings.len(), "one cell a column");
        self.rows.push(cells);
    }

    /// Aligned for a terminal.
    #[must_use]
    pub fn text(&self) -> String {
        let rows = || [&self.headings].into_iter().chain(&self.rows);
        let width = |column: usize| rows().map(|row| row[column].chars().count()).max();
        let widths: Vec<_> = (0..self.headings.len()).map(|c| width(c).unwrap_or(0)).collect();
        let mut text = String::new();
        for row in rows() {
            let mut line = String::new();
            for (c, (cell, width)) in row.iter().zip(&widths).enumerate() {
                // Writing to a String cannot fail.
                let _ = match c {
                    0 => write!(line, "  {cell:<width$}"),
                    _ => write!(line, "  {cell:>width$}"),
                };
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }

    /// As Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        let line = |row: &Vec<String>| {
            let cells = row.iter().map(|cell| cell.replace('|', "\\|"));
            format!("| {} |\n", Vec::from_iter(cells).join(" | "))
        };
        let rule = "|---:".repeat(self.headings.len() - 1);
        let rows: String = self.rows.iter().map(line).collect();
        format!("{}|:---{rule}|\n{rows}", line(&self.headings))
    }
}

//! A table of text, for a terminal and for Markdown.

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

    /// The names of the columns.
    #[must_use]
    pub fn headings(&self) -> &[String] {
        &self.headings
    }

    /// All rows.
    #[must_use]
    pub fn rows(&self) -> &[Vec<String>] {
        &self.rows
    }

    /// Aligned for a terminal.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        let rows = || [&self.headings].into_iter().chain(&self.rows);
        let width = |column: usize| rows().map(|row| row[column].chars().count()).max();
        let widths: Vec<_> = (0..self.headings.len()).map(|c| width(c).unwrap_or(0)).collect();
        rows().map(move |row| {
            let cells = row.iter().zip(&widths).enumerate().map(|(c, (cell, width))| match c {
                0 => format!("  {cell:<width$}"),
                _ => format!("  {cell:>width$}"),
            });
            cells.collect()
        })
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

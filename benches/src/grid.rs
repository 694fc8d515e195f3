//! A table of text, for a terminal and for Markdown.

use stage::printer::Printer;

/// Rows of cells; the first column is of names, the others of figures.
pub struct Grid {
    headings: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// The fewest columns that names get.
const LEAST: usize = 12;

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

    /// Aligned for a terminal of so many columns: where there is little room the gaps are narrow, and
    /// then the names wrap.
    #[must_use]
    pub fn lines(&self, columns: usize) -> Vec<String> {
        let rows = || [&self.headings].into_iter().chain(&self.rows);
        let width = |column: usize| rows().map(|row| row[column].chars().count()).max();
        let widths: Vec<_> = (0..self.headings.len()).map(|c| width(c).unwrap_or(0)).collect();
        let figures = |gap: usize| widths[1..].iter().map(|width| width + gap).sum::<usize>();
        let gap = if 2 + widths[0] + figures(2) <= columns { 2 } else { 1 };
        let room = columns.saturating_sub(gap + figures(gap)).max(LEAST).min(widths[0]);
        let line = |row: &Vec<String>| {
            let mut names = wrapped(&row[0], room);
            let last = names.pop().unwrap_or_default();
            let figures = row.iter().zip(&widths).skip(1);
            let figures: String =
                figures.map(|(cell, width)| format!("{:gap$}{cell:>width$}", "")).collect();
            names
                .into_iter()
                .map(|name| format!("{:gap$}{name}", ""))
                .chain([format!("{:gap$}{last:<room$}{figures}", "")])
                .collect::<Vec<_>>()
        };
        rows().flat_map(line).collect()
    }

    /// Prints it, as wide as there is room.
    pub fn show(&self, printer: &mut Printer) {
        self.lines(printer.width()).iter().for_each(|line| printer.line(line));
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

/// A text in lines of at most so many characters, unless a word is longer; at least one. Each is
/// indented as the text is.
fn wrapped(text: &str, most: usize) -> Vec<String> {
    let margin = &text[..text.len() - text.trim_start().len()];
    let mut lines = vec![margin.to_owned()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("at least one");
        let needed = line.chars().count() + 1 + word.chars().count();
        if line == margin {
            line.push_str(word);
        } else if needed <= most {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(format!("{margin}{word}"));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_wrap_where_there_is_little_room() {
        let mut grid = Grid::new(["what it is called", "figure"]);
        grid.row(vec!["a name of many words".into(), "12.5 ms".into()]);
        assert_eq!(
            grid.lines(80),
            ["  what it is called      figure", "  a name of many words  12.5 ms"]
        );
        assert_eq!(
            grid.lines(24),
            [
                " what it is",
                " called           figure",
                " a name of many",
                " words           12.5 ms"
            ]
        );
    }

    #[test]
    fn names_stay_indented() {
        let mut grid = Grid::new(["", "figure"]);
        grid.row(vec![" 9 tokio".into(), "1".into()]);
        grid.row(vec!["10 smol".into(), "2".into()]);
        assert_eq!(grid.lines(80)[1..], ["   9 tokio       1", "  10 smol        2"]);
        assert_eq!(wrapped("  a b c", 5), ["  a b", "  c"]);
    }
}

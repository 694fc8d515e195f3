//! Tables.

use serde_json::{Value, json};

use crate::printer::{Printer, Style};

/// A table: a heading a column, rows of text.
#[derive(Debug, Clone)]
pub struct Table {
    headings: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these columns and no rows yet.
    #[must_use]
    pub fn new<const COLUMNS: usize>(headings: [&str; COLUMNS]) -> Table {
        const { assert!(COLUMNS > 0, "a table has columns") };
        Table { headings: headings.map(str::to_owned).to_vec(), rows: Vec::new() }
    }

    /// One more row.
    ///
    /// # Panics
    /// If it has not one cell a column.
    pub fn row<const COLUMNS: usize>(&mut self, cells: [impl ToString; COLUMNS]) {
        assert_eq!(COLUMNS, self.headings.len(), "one cell a column");
        self.rows.push(cells.iter().map(ToString::to_string).collect());
    }

    pub(crate) fn json(&self) -> Value {
        json!({ "table": { "columns": self.headings, "rows": self.rows } })
    }

    /// Columns of figures stand to the right. Where there is little room the gaps between the
    /// columns are narrow, and what stands in the last column wraps if it must. Where there is
    /// less, the columns stand below one another.
    pub(crate) fn draw(&self, printer: &mut Printer) {
        let columns = 0..self.headings.len();
        let cells = |column: usize| self.rows.iter().map(move |row| row[column].as_str());
        let mut widths: Vec<_> = columns
            .clone()
            .map(|c| cells(c).chain([self.headings[c].as_str()]).map(width).max().unwrap_or(0))
            .collect();
        let figures: Vec<_> = columns
            .map(|c| cells(c).all(|cell| cell.is_empty() || cell.starts_with(is_figure)))
            .collect();
        let last = widths.len() - 1;
        let others = |gap| widths[..last].iter().map(|width| width + gap).sum::<usize>() + gap;
        let least = if figures[last] { widths[last] } else { widths[last].min(24) };
        let gap = if others(2) + least <= printer.width() { 2 } else { 1 };
        let left = printer.width().saturating_sub(others(gap));
        if left < widths[last].min(12) {
            return self.draw_below_one_another(printer);
        }
        widths[last] = widths[last].min(left);
        let gap = " ".repeat(gap);
        self.line(printer, &self.headings, &widths, &figures, (&gap, Style::Heading));
        for row in &self.rows {
            self.line(printer, row, &widths, &figures, (&gap, Style::Plain));
        }
    }

    fn draw_below_one_another(&self, printer: &mut Printer) {
        let widest = self.headings[1..].iter().map(|heading| width(heading)).max().unwrap_or(0);
        for row in &self.rows {
            printer.paragraph("  ", &row[0]);
            for (heading, cell) in self.headings.iter().zip(row).skip(1) {
                printer.paragraph(&format!("    {heading:widest$}  "), cell);
            }
        }
    }

    fn line(
        &self,
        printer: &mut Printer,
        cells: &[String],
        widths: &[usize],
        figures: &[bool],
        (gap, style): (&str, Style),
    ) {
        let last = cells.len() - 1;
        let mut wrapped = crate::printer::wrap(&cells[last], widths[last]).into_iter();
        let mut first = String::new();
        for (c, cell) in cells.iter().enumerate() {
            let cell = if c == last { wrapped.next().unwrap_or_default() } else { cell.clone() };
            let pad = " ".repeat(widths[c].saturating_sub(width(&cell)));
            let (before, after) = if figures[c] { (pad.as_str(), "") } else { ("", pad.as_str()) };
            first.push_str(&format!("{gap}{before}{cell}{after}"));
        }
        printer.pieces(&[(style, first.trim_end())]);
        let before: usize = widths[..last].iter().map(|width| width + gap.len()).sum();
        let indent = before + gap.len();
        for rest in wrapped {
            printer.pieces(&[(style, &format!("{:indent$}{rest}", ""))]);
        }
    }
}

fn is_figure(first: char) -> bool {
    first.is_ascii_digit() || "–-+<>~≤≥".contains(first)
}

fn width(text: &str) -> usize {
    text.chars().count()
}

//! The changes as a table.

use stage::printer::{Printer, Style};

use super::{Change, Comparison};
use crate::grid::Grid;
use crate::report::numbers::{NOTHING, count};

impl Comparison {
    /// For a terminal: where the table is wider than that, each change in lines of its own.
    pub fn show(&self, printer: &mut Printer) {
        self.notes.iter().for_each(|note| printer.paragraph("- ", note));
        printer.pieces(&[(Style::Heading, &self.summary())]);
        if self.changes.is_empty() {
            return;
        }
        let lines = self.grid().lines(printer.width());
        if lines.iter().all(|line| line.chars().count() <= printer.width()) {
            return lines.iter().for_each(|line| printer.line(line));
        }
        for Change { what, before, after, by, noise } in &self.changes {
            let noise = if noise.is_empty() { "" } else { &format!(" (noise {noise})") };
            printer.paragraph("  ", what);
            printer.paragraph("      ", &format!("{before} → {after} {by}{noise}"));
        }
    }

    /// As Markdown; `names` are those of the two files.
    #[must_use]
    pub fn markdown(&self, [before, after]: &[String; 2]) -> String {
        let notes = self.notes.iter().map(|note| format!("- {note}\n")).collect::<String>();
        let table = match self.changes.is_empty() {
            true => String::new(),
            false => format!("\n{}", self.grid().markdown()),
        };
        format!("# From {before} to {after}\n\n{notes}\n{}\n{table}", self.summary())
    }

    fn summary(&self) -> String {
        let compared = count(self.compared as f64);
        match self.changes.len() {
            0 => format!("Nothing changed beyond the noise; {compared} figures were compared."),
            changed => {
                format!("{changed} changed beyond the noise; {compared} figures were compared.")
            }
        }
    }

    fn grid(&self) -> Grid {
        let mut grid = Grid::new(["", "before", "after", "change", "noise"]);
        let or_nothing = |text: &String| if text.is_empty() { NOTHING } else { text }.to_owned();
        for Change { what, before, after, by, noise } in &self.changes {
            let [by, noise] = [by, noise].map(or_nothing);
            grid.row(vec![what.clone(), before.clone(), after.clone(), by, noise]);
        }
        grid
    }
}

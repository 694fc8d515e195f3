//! What is written down: JSON for programs, Markdown for people, text for the terminal.

mod tables;

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use stage::printer::{Printer, Style};

use crate::Result;
use crate::facts::Facts;
use crate::goals::{self, Outcome};
use crate::grid::Grid;
use crate::matrix::Cell;
use crate::micro::Estimate;
use crate::process::Trouble;

/// The version of the JSON's shape, which `README.md` describes.
pub const SCHEMA: u32 = 1;

/// All that a run has found.
pub struct Report {
    /// Whether small problems were solved.
    pub quick: bool,
    /// Whether it was ended before its time.
    pub interrupted: bool,
    /// The machine.
    pub facts: Facts,
    /// The matrix; empty if it was not run.
    pub cells: Vec<Cell>,
    /// The micro-benchmarks; empty if they were not run.
    pub micro: Vec<Estimate>,
    /// The goals; empty if there were no micro-benchmarks.
    pub goals: Vec<Outcome>,
}

impl Report {
    /// Writes `report.json` and `report.md` into a directory.
    ///
    /// # Errors
    /// If it can't be written to.
    pub fn write(&self, directory: &Path) -> Result {
        let json = serde_json::to_string_pretty(&self.json())? + "\n";
        for (name, content) in [("report.json", json), ("report.md", self.markdown())] {
            let path = directory.join(name);
            fs::write(&path, content).map_err(|why| format!("{}: {why}", path.display()))?;
        }
        Ok(())
    }

    /// Shows what decides, without what explains it.
    pub fn show(&self, printer: &mut Printer) {
        self.facts.lines().iter().for_each(|line| printer.paragraph("", line));
        for (title, grid) in self.summary() {
            printer.line("");
            printer.pieces(&[(Style::Heading, &title)]);
            grid.lines().for_each(|line| printer.line(&line));
        }
        printer.line("");
        self.notes().iter().for_each(|note| printer.paragraph("- ", note));
    }

    fn markdown(&self) -> String {
        let facts = self.facts.lines().map(|line| format!("- {line}\n")).concat();
        let mut text = format!("# Which approach for which problem\n\n{facts}");
        for note in self.notes() {
            text.push_str(&format!("- {note}\n"));
        }
        for (title, grid) in self.summary().into_iter().chain(self.details()) {
            text.push_str(&format!("\n## {title}\n\n{}", grid.markdown()));
        }
        text
    }

    fn summary(&self) -> Vec<(String, Grid)> {
        let mut sections = tables::matrix(&self.cells);
        if !self.goals.is_empty() {
            sections.push(("Goals".into(), goals::grid(&self.goals)));
        }
        sections
    }

    fn details(&self) -> Vec<(String, Grid)> {
        let mut sections = tables::details(&self.cells);
        if !self.micro.is_empty() {
            sections.push(("Micro-benchmarks".into(), tables::micro(&self.micro)));
        }
        sections
    }

    /// What a reader must know before the figures.
    fn notes(&self) -> Vec<String> {
        let said = |(is, note): (bool, &str)| is.then(|| note.to_owned());
        let general = [
            (self.interrupted, "Interrupted: these are the runs until then."),
            (self.quick, "A quick run, of small problems: for a first look, not to be quoted."),
        ];
        let troubles = self.cells.iter().filter_map(|cell| {
            let trouble = cell.trouble.as_ref()?;
            let (row, column) = (cell.contestant.name, cell.problem.name());
            Some(format!("{row} × {column}: {}: {}", trouble.name(), trouble.why()))
        });
        general.into_iter().filter_map(said).chain(troubles).collect()
    }

    fn json(&self) -> Value {
        json!({
            "schema": SCHEMA,
            "quick": self.quick,
            "interrupted": self.interrupted,
            "machine": self.facts.json(),
            "matrix": self.cells.iter().map(cell).collect::<Vec<_>>(),
            "micro": self.micro.iter().map(Estimate::json).collect::<Vec<_>>(),
            "goals": self.goals.iter().map(Outcome::json).collect::<Vec<_>>(),
        })
    }
}

fn cell(cell: &Cell) -> Value {
    let names = cell.samples.first().into_iter().flat_map(|sample| sample.keys());
    let figures = names.filter_map(|name| {
        let figure = cell.figure(name)?;
        let (median, least, most) = (figure.median(), figure.least(), figure.most());
        let figure = json!({ "median": median, "least": least, "most": most, "runs": figure.runs });
        Some((name.clone(), figure))
    });
    json!({
        "problem": cell.problem.name(),
        "approach": cell.contestant.name,
        "chapter": cell.contestant.chapter,
        "status": tables::status(cell),
        "why": cell.trouble.as_ref().map(Trouble::why),
        "figures": figures.collect::<serde_json::Map<_, _>>(),
    })
}

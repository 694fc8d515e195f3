//! How a record is shown: text for the terminal, Markdown for people, and the record itself, as
//! JSON, for programs.

mod beyond;
mod tables;

use std::fs;
use std::path::Path;

use stage::printer::{Printer, Style};

use crate::Result;
use crate::goals;
use crate::grid::Grid;
use crate::record::Record;

/// Writes `report.json` and `report.md` into a directory.
///
/// # Errors
/// If it can't be written to.
pub fn write(record: &Record, directory: &Path) -> Result {
    record.write(&directory.join("report.json"))?;
    let path = directory.join("report.md");
    fs::write(&path, markdown(record)).map_err(|why| format!("{}: {why}", path.display()))?;
    Ok(())
}

/// Shows what decides, without what explains it.
pub fn show(record: &Record, printer: &mut Printer) {
    record.machine.lines().iter().for_each(|line| printer.paragraph("", line));
    for (title, grid) in summary(record) {
        printer.line("");
        printer.pieces(&[(Style::Heading, &title)]);
        grid.lines().for_each(|line| printer.line(&line));
    }
    printer.line("");
    notes(record).iter().for_each(|note| printer.paragraph("- ", note));
}

fn markdown(record: &Record) -> String {
    let facts = record.machine.lines().iter().map(|line| format!("- {line}\n")).collect::<String>();
    let mut text = format!("# Which approach for which problem\n\n{facts}");
    for note in notes(record) {
        text.push_str(&format!("- {note}\n"));
    }
    for (title, grid) in summary(record).into_iter().chain(details(record)) {
        text.push_str(&format!("\n## {title}\n\n{}", grid.markdown()));
    }
    text
}

fn summary(record: &Record) -> Vec<(String, Grid)> {
    let mut sections = tables::matrix(&record.matrix);
    sections.extend(beyond::units(&record.units));
    sections.extend(beyond::curves(&record.curves));
    if !record.goals.is_empty() {
        sections.push(("Goals".into(), goals::grid(&record.goals)));
    }
    sections
}

fn details(record: &Record) -> Vec<(String, Grid)> {
    let mut sections = tables::details(&record.matrix);
    if !record.micro.is_empty() {
        sections.push(("Micro-benchmarks".into(), tables::micro(&record.micro)));
    }
    sections
}

/// What a reader must know before the figures.
fn notes(record: &Record) -> Vec<String> {
    let said = |(is, note): (bool, &str)| is.then(|| note.to_owned());
    let general = [
        (record.interrupted, "Interrupted: these are the runs until then."),
        (record.quick, "A quick run, of small problems: for a first look, not to be quoted."),
    ];
    let disturbed = record.machine.disturbed();
    let troubles = record.matrix.iter().filter_map(|entry| {
        let why = entry.why.as_ref()?;
        Some(format!("{} × {}: {}: {why}", entry.approach, entry.problem, entry.status))
    });
    let general = general.into_iter().filter_map(said).chain(disturbed);
    let missing = beyond::missing(&record.units);
    let curves = record.curves.iter().filter_map(|curve| {
        let why = curve.why.as_ref()?;
        Some(format!("{} × {}, curve: {}: {why}", curve.approach, curve.problem, curve.status))
    });
    let complaints = record.complaints.iter().cloned();
    general.chain(complaints).chain(troubles).chain(curves).chain(missing).collect()
}

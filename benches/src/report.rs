//! How a record is shown: text for the terminal, a page and Markdown for people, and the record
//! itself, as JSON, for programs. In reading order:
//!
//! | module | what |
//! |---|---|
//! | [`standing`], [`verdict`] | who is best at what, and why, from the figures |
//! | `tables`, `numbers` | the figures as text |
//! | `distinct` | each name, each count once |
//! | [`html`] | the page |
//! | [`again`] | `report FILE.json`: the same from a record of long ago |

pub mod again;
mod beyond;
pub(crate) mod distinct;
pub mod html;
pub(crate) mod numbers;
pub mod standing;
mod tables;
pub mod verdict;

use std::fs;
use std::path::Path;

use stage::printer::{Printer, Style};

use crate::Result;
use crate::goals;
use crate::grid::Grid;
use crate::record::Record;

/// Writes `report.json`, `report.html` and `report.md` into a directory.
///
/// # Errors
/// If it can't be written to.
pub fn write(record: &Record, directory: &Path) -> Result {
    record.write(&directory.join("report.json"))?;
    pages(record, directory)
}

/// Writes `report.html` and `report.md`.
fn pages(record: &Record, directory: &Path) -> Result {
    for (name, text) in [("report.html", html::page(record)), ("report.md", markdown(record))] {
        let path = directory.join(name);
        fs::write(&path, text).map_err(|why| format!("{}: {why}", path.display()))?;
    }
    Ok(())
}

/// Shows what decides, without what explains it.
pub fn show(record: &Record, printer: &mut Printer) {
    record.machine.lines().iter().for_each(|line| printer.paragraph("", line));
    for (title, grid) in summary(record) {
        printer.line("");
        printer.pieces(&[(Style::Heading, &title)]);
        grid.show(printer);
    }
    printer.line("");
    notes(record).iter().for_each(|note| printer.paragraph("- ", note));
}

/// The report as Markdown.
#[must_use]
pub fn markdown(record: &Record) -> String {
    let facts = record.machine.lines().iter().map(|line| format!("- {line}\n")).collect::<String>();
    let mut text = format!("# Which approach for which problem\n\n{facts}");
    for note in notes(record) {
        text.push_str(&format!("- {note}\n"));
    }
    text.push_str(&verdicts(record));
    for (title, grid) in summary(record).into_iter().chain(tables::details(record)) {
        text.push_str(&format!("\n## {title}\n\n{}", grid.markdown()));
    }
    text
}

fn summary(record: &Record) -> Vec<(String, Grid)> {
    let mut sections = tables::matrix(&record.matrix);
    sections.extend(beyond::units(&record.units));
    sections.extend(beyond::curves(&record.curves));
    let measured = goals::measured(&record.goals);
    if !measured.is_empty() {
        sections.push(("Goals".into(), goals::grid(&measured)));
    }
    sections
}

/// What is best and why, as a list.
fn verdicts(record: &Record) -> String {
    let languages = standing::languages(record);
    let columns = standing::columns(record);
    let item = |column: &standing::Column<'_>| {
        let said = verdict::sentences(record, column, &languages).join(" ");
        let of = column.size(record).map(|size| format!(" ({size})")).unwrap_or_default();
        format!("- **{}**{of}: {said}\n", column.problem)
    };
    match columns.is_empty() {
        true => String::new(),
        false => format!(
            "\n## What is best, and why\n\n{}",
            columns.iter().map(item).collect::<String>()
        ),
    }
}

/// What a reader must know before the figures.
fn notes(record: &Record) -> Vec<String> {
    general(record).chain(troubles(record)).collect()
}

fn general(record: &Record) -> impl Iterator<Item = String> {
    let said = |(is, note): (bool, &str)| is.then(|| note.to_owned());
    let general = [
        (record.interrupted, "Interrupted: these are the runs until then."),
        (record.quick, "A quick run, of small problems: for a first look, not to be quoted."),
    ];
    let disturbed = record.machine.disturbed();
    let (all, measured) = (record.goals.len(), goals::measured(&record.goals).len());
    let unmeasured = (measured < all).then(|| {
        format!("{measured} of {all} goals were measured: the others' benchmarks were not run.")
    });
    let general = general.into_iter().filter_map(said).chain(disturbed).chain(unmeasured);
    general.chain(record.notes.clone()).chain(record.complaints.clone())
}

/// Why there are figures missing.
fn troubles(record: &Record) -> impl Iterator<Item = String> {
    let cells = record.matrix.iter().filter_map(|entry| {
        let why = entry.why.as_ref()?;
        Some(format!("{} × {}: {}: {why}", entry.approach, entry.problem, entry.status))
    });
    let curves = record.curves.iter().filter_map(|curve| {
        let why = curve.why.as_ref()?;
        Some(format!("{} × {}, curve: {}: {why}", curve.approach, curve.problem, curve.status))
    });
    cells.chain(curves).chain(beyond::missing(&record.units))
}

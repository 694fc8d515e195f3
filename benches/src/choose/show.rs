//! A ranking as its reader sees it: a table, a reason for each, and what to take; or as JSON.

use serde_json::{Value, json};
use stage::printer::Printer;

use super::calibration::Calibration;
use super::explain::Step;
use super::job::Job;
use super::model::Prediction;
use super::outcome::Outcome;
use super::ranking::{TIE, best};
use super::verdict::verdict;
use super::verify::Measured;
use super::why::Reason;
use crate::grid::Grid;
use crate::report::numbers::{NOTHING, ms};

/// What is known of a job.
pub struct Answer<'a> {
    /// The job.
    pub job: &'a Job,
    /// What each approach would take, the best first.
    pub predictions: &'a [Prediction],
    /// What each took, in the same order, if they were run.
    pub measured: Option<&'a [Measured]>,
    /// Where the predictions come from.
    pub calibration: &'a Calibration,
    /// The questions that lead to the choice, if they were asked for.
    pub steps: &'a [Step],
}

impl Answer<'_> {
    /// For people. What decides comes last: there the reader's eye is when the table has left the
    /// screen.
    pub fn show(&self, printer: &mut Printer) {
        self.table().show(printer);
        self.ties(printer);
        remarks(self.calibration, printer);
        printer.line("");
        self.reasons(printer);
        printer.line("");
        printer.paragraph("", &verdict(self.job, self.predictions));
        let outcome = self.measured.map(|all| Outcome::of(*self.job, self.predictions, all));
        if let Some(words) = outcome.and_then(|outcome| outcome.words()) {
            printer.paragraph("", &words);
        }
        doubt_again(self.calibration, printer);
    }

    fn table(&self) -> Grid {
        let mut columns = vec!["", "all by", "99 % by", "memory"];
        if self.measured.is_some() {
            columns.extend(["measured", "off by", "memory"]);
        }
        let mut grid = Grid::new(columns);
        for (number, one) in self.predictions.iter().enumerate() {
            let mut row = vec![
                format!("{:>2} {}", number + 1, one.contestant.name),
                ms(one.wall_ms),
                ms(one.p99_ms),
                format!("{:.1} MiB", one.memory_mib),
            ];
            if one.excluded.is_some() {
                row[1..].fill(NOTHING.into());
            }
            match self.measured.map(|measured| &measured[number]) {
                Some(Ok(run)) => {
                    let (wall, memory) = (run["wall_ms"], run["peak_memory_mib"]);
                    row.push(ms(wall));
                    row.push(format!("{:+.0} %", (one.wall_ms / wall - 1.0) * 100.0));
                    row.push(format!("{memory:.1} MiB"));
                }
                Some(Err(_)) => row.extend([NOTHING; 3].map(String::from)),
                None => {}
            }
            grid.row(row);
        }
        grid
    }

    /// Why a longer time may stand above a shorter one.
    fn ties(&self, printer: &mut Printer) {
        let will_do = self.predictions.iter().filter(|one| one.excluded.is_none());
        if !will_do.is_sorted_by(|one, next| one.wall_ms <= next.wall_ms) {
            let part = (TIE - 1.0) * 100.0;
            let text =
                format!("Times within {part:.0} % of the best are equal, and less memory decides.");
            printer.paragraph("  ", &text);
        }
    }

    /// Each reason once, behind the names of all that it holds for.
    fn reasons(&self, printer: &mut Printer) {
        let mut reasons: Vec<(String, Vec<String>)> = Vec::new();
        for (number, one) in self.predictions.iter().enumerate() {
            let Reason { what, figure } = Reason::of(self.job, one);
            let what = format!("{what}{}", self.not_run(number));
            let name = one.contestant.name;
            let name = figure.map_or(name.to_owned(), |figure| format!("{name} ({figure})"));
            match reasons.iter_mut().find(|(other, _)| *other == what) {
                Some((_, names)) => names.push(name),
                None => reasons.push((what, vec![name])),
            }
        }
        for (what, names) in &reasons {
            printer.paragraph("- ", &format!("{}: {what}", names.join(", ")));
        }
    }

    /// Why there is nothing measured of one that would do.
    fn not_run(&self, number: usize) -> String {
        let not_run = self.measured.and_then(|measured| measured[number].as_ref().err());
        let not_run = not_run.filter(|_| self.predictions[number].excluded.is_none());
        not_run.map_or(String::new(), |why| format!(" ({why})"))
    }

    /// For programs.
    #[must_use]
    pub fn told(&self) -> Value {
        let Answer { job, predictions, measured, calibration, steps } = self;
        let one = |(number, one): (usize, &Prediction)| {
            let measured = measured.map(|measured| match &measured[number] {
                Ok(run) => json!(run),
                Err(why) => json!({ "none": why }),
            });
            json!({
                "approach": one.contestant.name, "wall_ms": one.wall_ms, "p99_ms": one.p99_ms,
                "memory_mib": one.memory_mib, "excluded": one.excluded,
                "why": Reason::of(job, one).to_string(), "measured": measured,
            })
        };
        let question = |(question, answer, follows): &Step| json!({ "question": question, "answer": answer, "follows": follows });
        json!({
            "schema": 1, "job": job, "verdict": verdict(job, predictions),
            "calibration": calibration, "doubt": calibration.doubt(),
            "times_as_fast_as_sequential": best(predictions).map(|(_, faster)| faster),
            "questions": Vec::from_iter(steps.iter().map(question)),
            "approaches": predictions.iter().enumerate().map(one).collect::<Vec<_>>(),
        })
    }
}

/// What must be said beside figures that come from this: that they are doubtful, and of whom there
/// are none.
pub fn remarks(calibration: &Calibration, printer: &mut Printer) {
    if let Some(doubt) = calibration.doubt() {
        printer.paragraph("", &doubt);
    }
    for (name, why) in &calibration.left_out {
        let text = format!(
            "Without {name}, which could not be measured here ({why}). To try again: --recalibrate."
        );
        printer.paragraph("", &text);
    }
}

/// The doubt once more, as the last line of all.
pub fn doubt_again(calibration: &Calibration, printer: &mut Printer) {
    if let Some(doubt) = calibration.doubt_in_short() {
        printer.paragraph("", &doubt);
    }
}

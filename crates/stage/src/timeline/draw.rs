//! The lanes in text: a row a lane, a column a slice of time.

use std::time::Duration;

use super::marks::marks;
use super::slices::Slices;
use super::{Mark, Timeline};
use crate::human;
use crate::printer::{Printer, Style};

/// How many lanes are drawn; what more there are is said in a line.
pub(super) const MOST: usize = 32;

/// The fewest columns in which lanes are drawn, however long their names are.
const LEAST: usize = 16;

impl Timeline {
    /// A column shows the state that took most of its slice of time, or a striking one that fell
    /// into it: see [`Weight`](super::Weight). Where a state has an item, the item's number stands
    /// at its start if there is room. `own` is how the chapter's own states look.
    pub(crate) fn draw(&self, own: &[Mark<'static>], printer: &mut Printer) {
        if self.spans().next().is_none() {
            return printer.line("  (nothing was recorded)");
        }
        let marks = marks(self.spans().copied(), own);
        let names = self.lanes.iter().map(|lane| lane.name.chars().count()).max().unwrap_or(0);
        let names = names.min(printer.width() - LEAST - 4);
        let columns = printer.width() - names - 4;
        let (start, end) = (self.start(), self.end());
        let slices = Slices::new(start, end, columns);
        for lane in self.lanes.iter().take(MOST) {
            let name = format!("  {:names$} ", shortened(&lane.name, names));
            let runs = runs(&slices.cells(&lane.spans, &marks), &marks);
            let mut pieces = vec![(Style::Plain, name.as_str())];
            pieces.extend(runs.iter().map(|(style, text)| (*style, text.as_str())));
            printer.pieces(&pieces);
        }
        if self.lanes.len() > MOST {
            printer.line(&format!("  … and {} lanes more", self.lanes.len() - MOST));
        }
        let scale = format!("{:>columns$}", human(end - start));
        printer.pieces(&[(Style::Faint, &format!("  {:names$} 0{}", "", &scale[1..]))]);
        legend(&marks, printer);
    }

    fn start(&self) -> Duration {
        self.spans().map(|span| span.from).min().unwrap_or_default()
    }
}

/// Each state's glyph and name, on as many lines as that takes.
fn legend(marks: &[(Mark<'_>, Style)], printer: &mut Printer) {
    let mut line: Vec<(Style, String)> = Vec::new();
    let mut width = 0;
    for (Mark { state, glyph, .. }, style) in marks {
        let text = format!("  {glyph} {state}");
        if width + text.chars().count() > printer.width() {
            print(&line, printer);
            (line, width) = (Vec::new(), 0);
        }
        width += text.chars().count();
        line.push((*style, text));
    }
    print(&line, printer);
}

fn print(line: &[(Style, String)], printer: &mut Printer) {
    let pieces: Vec<_> = line.iter().map(|(style, text)| (*style, text.as_str())).collect();
    printer.pieces(&pieces);
}

pub(super) fn shortened(name: &str, most: usize) -> String {
    if name.chars().count() <= most {
        return name.to_owned();
    }
    // Names differ at their ends: `worker 1`, `worker 2`.
    let all: Vec<_> = name.chars().collect();
    let (first, last) = (&all[..most / 2], &all[all.len() - (most - most / 2 - 1)..]);
    first.iter().chain(&['…']).chain(last).collect()
}

/// The cells as pieces of one style each.
fn runs(cells: &[(&str, Option<char>)], marks: &[(Mark<'_>, Style)]) -> Vec<(Style, String)> {
    let mut runs: Vec<(Style, String)> = Vec::new();
    for (state, digit) in cells {
        let known = marks.iter().find(|(mark, _)| mark.state == *state);
        let (glyph, style) =
            known.map_or((' ', Style::Plain), |(mark, style)| (mark.glyph, *style));
        let shown = digit.unwrap_or(glyph);
        match runs.last_mut().filter(|(last, _)| *last == style) {
            Some((_, text)) => text.push(shown),
            None => runs.push((style, shown.to_string())),
        }
    }
    runs
}

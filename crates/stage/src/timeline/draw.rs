//! The lanes in text: a row a lane, a column a slice of time.

use std::time::Duration;

use super::{Finished, IDLE, Span, Timeline};
use crate::human;
use crate::printer::{Printer, Style};

/// The states that every chapter has, each with the glyph that it has everywhere.
const KNOWN: [(&str, char); 4] =
    [("computing", '█'), ("waiting", '░'), ("holding", '▓'), ("blocked", '▒')];

/// For the other states, in the order in which they appear.
const MORE: [char; 6] = ['■', '=', '~', '+', 'o', 'x'];

/// How many lanes are drawn; what more there are is said in a line.
const MOST: usize = 32;

impl Timeline {
    /// A column shows the state that took most of its slice of time. Where a state has an item,
    /// the item's number stands at its start if there is room.
    pub(crate) fn draw(&self, printer: &mut Printer) {
        let states = self.states();
        let names = self.lanes.iter().map(|lane| lane.name.chars().count()).max().unwrap_or(0);
        let columns = printer.width().saturating_sub(names + 4).max(10);
        let (start, end) = (self.start(), self.end());
        let slice = ((end - start) / columns as u32).max(Duration::from_nanos(1));
        for lane in self.lanes.iter().take(MOST) {
            let name = format!("  {:names$} ", lane.name);
            let cells = cells(lane, start, slice, columns);
            let runs = runs(&cells, &states);
            let mut pieces = vec![(Style::Plain, name.as_str())];
            pieces.extend(runs.iter().map(|(style, text)| (*style, text.as_str())));
            printer.pieces(&pieces);
        }
        if self.lanes.len() > MOST {
            printer.line(&format!("  … and {} lanes more", self.lanes.len() - MOST));
        }
        let scale = format!("{:>columns$}", human(end - start));
        printer.pieces(&[(Style::Faint, &format!("  {:names$} 0{}", "", &scale[1..]))]);
        let legend: Vec<_> = states
            .iter()
            .map(|(state, glyph, style)| (*style, format!("{glyph} {state}  ")))
            .collect();
        let mut pieces = vec![(Style::Plain, "  ")];
        pieces.extend(legend.iter().map(|(style, text)| (*style, text.as_str())));
        printer.pieces(&pieces);
    }

    fn start(&self) -> Duration {
        self.spans().map(|span| span.from).min().unwrap_or_default()
    }

    /// Each state that occurs, with its glyph and style.
    fn states(&self) -> Vec<(&'static str, char, Style)> {
        let mut states: Vec<(&'static str, char, Style)> = Vec::new();
        let mut more = MORE.iter().cycle();
        for span in self.spans() {
            if states.iter().all(|(state, ..)| *state != span.state) {
                let known = KNOWN.iter().find(|(state, _)| *state == span.state);
                let glyph = known.map_or_else(|| *more.next().unwrap_or(&'?'), |(_, glyph)| *glyph);
                let place = KNOWN.iter().position(|(state, _)| *state == span.state);
                let style = Style::Kind(place.unwrap_or(KNOWN.len() + states.len()));
                states.push((span.state, glyph, style));
            }
        }
        states
    }
}

/// For each column the state that took most of it, and a character to show instead of its glyph.
fn cells(
    lane: &Finished,
    start: Duration,
    slice: Duration,
    columns: usize,
) -> Vec<(&'static str, Option<char>)> {
    let mut cells = vec![(IDLE, None); columns];
    let mut most = vec![slice / 4; columns];
    let column = |at: Duration| ((at - start).as_nanos() / slice.as_nanos()) as usize;
    for span in &lane.spans {
        for c in column(span.from)..=column(span.to).min(columns - 1) {
            let (left, right) = (start + slice * c as u32, start + slice * (c as u32 + 1));
            let shared = span.to.min(right).saturating_sub(span.from.max(left));
            if shared > most[c] {
                (cells[c], most[c]) = ((span.state, None), shared);
            }
        }
        label(&mut cells, span, column(span.from), column(span.to).min(columns));
    }
    cells
}

fn label(cells: &mut [(&'static str, Option<char>)], span: &Span, from: usize, to: usize) {
    let Some(item) = span.item else { return };
    let digits = item.to_string();
    if to.saturating_sub(from) > digits.len() + 1 {
        for (cell, digit) in cells[from + 1..].iter_mut().zip(digits.chars()) {
            cell.1 = Some(digit);
        }
    }
}

/// The cells as pieces of one style each.
fn runs(
    cells: &[(&'static str, Option<char>)],
    states: &[(&'static str, char, Style)],
) -> Vec<(Style, String)> {
    let mut runs: Vec<(Style, String)> = Vec::new();
    for (state, digit) in cells {
        let known = states.iter().find(|(candidate, ..)| candidate == state);
        let (glyph, style) =
            known.map_or((' ', Style::Plain), |(_, glyph, style)| (*glyph, *style));
        let shown = digit.unwrap_or(glyph);
        match runs.last_mut().filter(|(last, _)| *last == style) {
            Some((_, text)) => text.push(shown),
            None => runs.push((style, shown.to_string())),
        }
    }
    runs
}

//! Bars: how much of one thing beside another.

use serde_json::{Value, json};

use crate::printer::{Printer, Style};
use crate::three_digits;

/// The fewest columns in which bars can be told apart.
const LEAST: usize = 8;

/// Labelled bars, all in one unit, all from zero.
#[derive(Debug, Clone)]
pub struct Bars {
    title: String,
    unit: &'static str,
    rows: Vec<(String, f64)>,
}

impl Bars {
    /// No bars yet; `unit` stands behind each figure.
    pub fn new(title: impl Into<String>, unit: &'static str) -> Bars {
        Bars { title: title.into(), unit, rows: Vec::new() }
    }

    /// One more bar.
    pub fn bar(&mut self, label: impl Into<String>, value: f64) {
        self.rows.push((label.into(), value));
    }

    pub(crate) fn json(&self) -> Value {
        let bars: Vec<_> = self.rows.iter().map(|(label, value)| json!([label, value])).collect();
        json!({ "bars": { "title": self.title, "unit": self.unit, "values": bars } })
    }

    /// Labels stand before their bars, or above them where that would leave the bars no room.
    pub(crate) fn draw(&self, printer: &mut Printer) {
        let figure = |value: f64| format!("{} {}", three_digits(value), self.unit);
        let figures: Vec<_> = self.rows.iter().map(|(_, value)| figure(*value)).collect();
        let longest = |texts: &mut dyn Iterator<Item = &String>| {
            texts.map(|text| text.chars().count()).max().unwrap_or(0)
        };
        let figure_width = longest(&mut figures.iter());
        let room = |labels| printer.width().saturating_sub(labels + figure_width + 6);
        let label_width = longest(&mut self.rows.iter().map(|(label, _)| label));
        let above = room(label_width) < LEAST;
        let label_width = if above { 0 } else { label_width };
        let room = room(label_width).max(1);
        let most = self.rows.iter().map(|(_, value)| *value).fold(f64::MIN_POSITIVE, f64::max);
        printer.paragraph("", &self.title);
        for ((label, value), figure) in self.rows.iter().zip(&figures) {
            if above {
                printer.paragraph("  ", label);
            }
            let label = if above { "" } else { label };
            let label = format!("  {label:label_width$}  ");
            let figure = format!(" {figure}");
            let bar = bar(value / most * room as f64);
            printer.pieces(&[
                (Style::Plain, &label),
                (Style::Kind(0), &bar),
                (Style::Plain, &figure),
            ]);
        }
    }
}

/// A bar of so many columns, to the eighth.
fn bar(columns: f64) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = (columns.max(0.0) * 8.0).round() as usize;
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
}

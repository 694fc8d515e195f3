//! Bars: how much of one thing beside another.

use serde_json::{Value, json};

use crate::printer::{Printer, Style};

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

    pub(crate) fn draw(&self, printer: &mut Printer) {
        let figures: Vec<_> = self
            .rows
            .iter()
            .map(|(_, value)| format!("{} {}", figure(*value), self.unit))
            .collect();
        let longest = |texts: &mut dyn Iterator<Item = &String>| {
            texts.map(|text| text.chars().count()).max().unwrap_or(0)
        };
        let label_width = longest(&mut self.rows.iter().map(|(label, _)| label));
        let figure_width = longest(&mut figures.iter());
        let room = printer.width().saturating_sub(label_width + figure_width + 6).max(4);
        let most = self.rows.iter().map(|(_, value)| *value).fold(f64::MIN_POSITIVE, f64::max);
        printer.paragraph("", &self.title);
        for ((label, value), figure) in self.rows.iter().zip(&figures) {
            let pad = " ".repeat(label_width - label.chars().count());
            let label = format!("  {label}{pad}  ");
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

/// A number to three digits.
fn figure(value: f64) -> String {
    let decimals = match value.abs() {
        v if v >= 100.0 => 0,
        v if v >= 10.0 => 1,
        _ => 2,
    };
    format!("{value:.decimals$}")
}

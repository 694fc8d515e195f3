//! What one more thread, process or task costs.

use maud::{Markup, html};

use super::dots::Dots;
use super::figure::Figure;
use crate::record::{Record, Unit};
use crate::report::distinct::ascending;
use crate::report::numbers::{bytes, count, ns, three};

/// What is drawn of a unit.
struct Cost {
    figure: &'static str,
    title: &'static str,
    unit: fn(f64) -> String,
    base: f64,
}

const MEMORY: Cost =
    Cost { figure: "memory_bytes", title: "Memory of one that waits", unit: bytes, base: 4.0 };
const TIMES: [Cost; 2] = [
    Cost { figure: "spawn_ns", title: "To start one, and see it end", unit: ns, base: 10.0 },
    Cost { figure: "switch_ns", title: "To switch to another", unit: ns, base: 10.0 },
];

/// The memory of a waiting task.
pub fn memory(record: &Record) -> Option<Markup> {
    MEMORY.draw(record)
}

/// Spawn and switch.
pub fn times(record: &Record) -> Option<Markup> {
    let charts: Vec<_> = TIMES.iter().filter_map(|cost| cost.draw(record)).collect();
    (!charts.is_empty()).then(|| html! { div class="charts" { @for chart in charts { (chart) } } })
}

impl Cost {
    fn draw(&self, record: &Record) -> Option<Markup> {
        let mut rows = self.rows(&record.units);
        let counts = ascending(rows.iter().flat_map(|(_, dots)| dots.iter().map(|d| d.0)));
        let last = |row: &(&str, Vec<(u64, f64)>)| row.1.last().map_or(0.0, |(_, value)| *value);
        rows.sort_by(|one, other| last(one).total_cmp(&last(other)));
        let see = self.see(&rows);
        let place = |at: &u64| counts.iter().position(|count| count == at).unwrap_or(0);
        let rows = rows.into_iter().map(|(name, dots)| {
            (name, dots.into_iter().map(|(at, value)| (place(&at), value)).collect())
        });
        let series = counts.iter().map(|at| format!("of {}", count(*at as f64))).collect();
        let dots = Dots {
            title: self.title,
            rows: rows.collect(),
            series,
            unit: self.unit,
            base: self.base,
        }
        .draw()?;
        let quick = if record.quick { " --quick" } else { "" };
        let command = format!("cargo run --release -p benches -- units{quick}");
        Some(Figure { title: self.title, see: &see, command: &command }.show(&dots))
    }

    /// By approach, with the counts in order.
    fn rows<'a>(&self, units: &'a [Unit]) -> Vec<(&'a str, Vec<(u64, f64)>)> {
        let mut rows: Vec<(&str, Vec<(u64, f64)>)> = Vec::new();
        for unit in units.iter().filter(|unit| unit.status == "done") {
            let Some(figure) = unit.figures.get(self.figure) else { continue };
            match rows.iter_mut().find(|(name, _)| *name == unit.approach) {
                Some((_, dots)) => dots.push((unit.count, figure.median)),
                None => rows.push((&unit.approach, vec![(unit.count, figure.median)])),
            }
        }
        rows.iter_mut().for_each(|(_, dots)| dots.sort_by_key(|(at, _)| *at));
        rows
    }

    /// The rows are in order: of each, the figure of its greatest count.
    fn see(&self, rows: &[(&str, Vec<(u64, f64)>)]) -> String {
        let last = |row: &(&str, Vec<(u64, f64)>)| Some((row.0.to_owned(), row.1.last()?.1));
        match (rows.first().and_then(last), rows.last().and_then(last)) {
            (Some((least, little)), Some((most, much))) if rows.len() > 1 => format!(
                "{most}: {} each; {least}: {}. The first is {} times the second. The figure beside a \
                 row is of the most that there were; the axis is logarithmic.",
                (self.unit)(much),
                (self.unit)(little),
                three(much / little)
            ),
            _ => "The axis is logarithmic.".into(),
        }
    }
}

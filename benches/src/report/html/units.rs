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
    /// What to know before the figures are compared.
    but: &'static str,
    /// What it means that a figure is zero.
    zero: &'static str,
}

const COSTS: [Cost; 3] = [
    Cost {
        figure: "memory_bytes",
        title: "Memory of one that waits",
        unit: bytes,
        base: 4.0,
        but: "Of a pool of threads (pool, rayon) it is a job in the queue.",
        zero: " 0 B, left of the axis: no page of 4 KiB was needed that was not there.",
    },
    Cost {
        figure: "spawn_ns",
        title: "To start one, and see it end",
        unit: ns,
        base: 10.0,
        but: "Of a pool it is a job: its threads are there.",
        zero: "",
    },
    Cost {
        figure: "switch_ns",
        title: "To switch to another",
        unit: ns,
        base: 10.0,
        but: "All on one core. A job of a pool never switches, so it has no figure.",
        zero: "",
    },
];

/// Memory while it waits, spawn and switch.
pub fn section(record: &Record) -> Option<Markup> {
    let charts: Vec<_> = COSTS.iter().filter_map(|cost| cost.draw(record)).collect();
    (!charts.is_empty()).then(|| {
        html! {
            p class="see" {
                "A mark is what each costs where there are so many. Beside a row stands the figure of \
                 the most that there were; the axes are logarithmic."
            }
            div class="charts" { @for chart in charts { (chart) } }
        }
    })
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
        let last = |row: &(&str, Vec<(u64, f64)>)| {
            let (of, value) = *row.1.last()?;
            let said = format!("{} {} each, of {}", row.0, (self.unit)(value), count(of as f64));
            Some((said, value))
        };
        let compared = match (rows.first().and_then(last), rows.last().and_then(last)) {
            (Some((least, little)), Some((most, much))) if rows.len() > 1 => {
                let times = match little > 0.0 {
                    true => format!(": {} times as much", three(much / little)),
                    false => String::new(),
                };
                format!("Least: {least}. Most: {most}{times}. ")
            }
            _ => String::new(),
        };
        let zero = rows.iter().flat_map(|(_, dots)| dots).any(|(_, value)| *value <= 0.0);
        format!("{compared}{}{}", self.but, if zero { self.zero } else { "" })
    }
}

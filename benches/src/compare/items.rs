//! What of a record is compared: each figure with its noise.

use crate::goals::Outcome;
use crate::micro::Estimate;
use crate::noise;
use crate::record::{Entry, Figure, Record, Unit};
use crate::report::numbers::{bytes, count, ms, ns, three, times};

/// One figure of one run, or one status.
pub struct Item {
    /// The cell, unit or goal: `pool × primes`.
    pub of: String,
    /// That, and which of its figures.
    pub what: String,
    /// How it went.
    pub status: String,
    /// Whether it stands for the status of all its figures.
    pub tells_status: bool,
    /// The median, or its ratio to the baseline's, if it can be relied on.
    pub value: Option<f64>,
    /// Of all that went into the value.
    pub noise: f64,
    /// Whether a greater value is a better one.
    pub more_is_better: bool,
    /// The value with its unit.
    pub show: fn(f64) -> String,
}

/// A figure of the matrix.
struct Compared {
    figure: &'static str,
    name: &'static str,
    show: fn(f64) -> String,
    more_is_better: bool,
    /// Whether it depends on how fast the machine is, and how large the problems are.
    is_time: bool,
}

const COMPARED: [Compared; 7] = [
    Compared::time("wall_ms", "time"),
    Compared {
        more_is_better: true,
        show: per_second,
        ..Compared::time("requests_per_second", "requests")
    },
    Compared::time("alone_p95_ms", "p95 alone"),
    Compared::time("alone_p99_ms", "p99 alone"),
    Compared::time("beside_p95_ms", "p95 beside"),
    Compared::time("beside_p99_ms", "p99 beside"),
    Compared { show: mib, is_time: false, ..Compared::time("peak_memory_mib", "memory") },
];

impl Compared {
    const fn time(figure: &'static str, name: &'static str) -> Compared {
        Compared { figure, name, show: ms, more_is_better: false, is_time: true }
    }
}

fn per_second(rate: f64) -> String {
    format!("{}/s", count(rate))
}

fn mib(mib: f64) -> String {
    bytes(mib * 1024.0 * 1024.0)
}

/// All that is compared of a record, with times as ratios or as they are; of some problems only how
/// they went.
pub fn of(record: &Record, as_ratios: bool, without_figures: &[&str]) -> Vec<Item> {
    let entries = record.matrix.iter().filter(|entry| !noise::is_again(entry));
    let cells = entries.map(|entry| {
        let figures = match without_figures.contains(&entry.problem.as_str()) {
            true => Vec::new(),
            false => figures(record, entry, as_ratios),
        };
        [status(entry)].into_iter().chain(figures)
    });
    let mut items: Vec<_> = cells.flatten().collect();
    if !as_ratios {
        items.extend(record.units.iter().flat_map(unit));
        items.extend(record.micro.iter().map(|estimate| micro(&record.micro, estimate)));
    }
    let goals = record.goals.iter().filter(|goal| !(as_ratios && goal.what.ends_with(", ns")));
    items.extend(goals.map(goal));
    items
}

/// By what was measured: a verdict may turn within the noise.
fn goal(outcome: &Outcome) -> Item {
    let status = if outcome.measured.is_some() { "measured" } else { &outcome.verdict };
    let of = format!("goal: {}", outcome.what);
    Item {
        what: of.clone(),
        tells_status: true,
        value: outcome.measured,
        noise: outcome.noise.unwrap_or(0.0),
        show: three,
        ..plain(of, "", status)
    }
}

fn plain(of: String, name: &str, status: &str) -> Item {
    Item {
        what: format!("{of}: {name}"),
        of,
        status: status.into(),
        tells_status: false,
        value: None,
        noise: 0.0,
        more_is_better: false,
        show: ms,
    }
}

fn name(entry: &Entry) -> String {
    format!("{} × {}", entry.approach, entry.problem)
}

fn status(entry: &Entry) -> Item {
    Item { tells_status: true, ..plain(name(entry), "status", &entry.status) }
}

fn figures(record: &Record, entry: &Entry, as_ratios: bool) -> Vec<Item> {
    let figures = COMPARED.iter().filter(|compared| entry.figures.contains_key(compared.figure));
    let item = |compared: &Compared| {
        let plain = plain(name(entry), compared.name, &entry.status);
        let more_is_better = compared.more_is_better;
        let twice = noise::same_twice(record, entry, compared.figure).unwrap_or(0.0);
        let spread = |entry: &Entry| entry.figures.get(compared.figure).map_or(0.0, noise::spread);
        let own = Item {
            value: entry.median(compared.figure),
            noise: spread(entry).max(twice),
            more_is_better,
            show: compared.show,
            ..plain
        };
        if !(as_ratios && compared.is_time) {
            return own;
        }
        let baseline = record.entry(&entry.problem, &entry.baseline);
        let is_it = entry.approach == entry.baseline;
        let base = baseline.filter(|_| !is_it).and_then(|one| one.median(compared.figure));
        let value = own.value.zip(base).map(|(own, base)| own / base);
        Item { value, noise: own.noise.max(baseline.map_or(0.0, spread)), show: times, ..own }
    };
    figures.map(item).collect()
}

fn unit(unit: &Unit) -> Vec<Item> {
    let of = format!("{} of {}", count(unit.count as f64), unit.approach);
    let status = Item { tells_status: true, ..plain(of.clone(), "status", &unit.status) };
    let item = |(name, figure): (&String, &Figure)| Item {
        value: (unit.status == "done").then_some(figure.median),
        noise: noise::spread(figure),
        show: if name.ends_with("_bytes") { bytes } else { ns },
        ..plain(of.clone(), name.split('_').next().unwrap_or(name), &unit.status)
    };
    [status].into_iter().chain(unit.figures.iter().map(item)).collect()
}

/// Criterion's bounds are its spread; A/A is what its group has entered twice.
fn micro(all: &[Estimate], estimate: &Estimate) -> Item {
    let group = |id: &str| id.split('/').next().map(str::to_owned);
    let median = |id: &str| all.iter().find(|other| other.id == id).map(|other| other.median_ns);
    let twice = all.iter().filter(|other| group(&other.id) == group(&estimate.id));
    let twice = twice.filter_map(|again| {
        let once = median(again.id.strip_suffix(" again")?)?;
        Some(noise::between(once, again.median_ns))
    });
    let spread = noise::between(estimate.low_ns, estimate.high_ns);
    Item {
        value: Some(estimate.median_ns),
        noise: twice.fold(spread, f64::max),
        show: ns,
        ..plain(estimate.id.clone(), "time", "done")
    }
}

//! Who is best at what, who is as good, and who is worse than doing it one by one.

use crate::noise;
use crate::problem::Problem;
use crate::process::Trouble;
use crate::record::{Entry, Figure, Record};
use crate::report::distinct::distinct;

/// What of a problem decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// How long it takes.
    Time,
    /// For a server: how many cheap requests it answers in a second.
    Rate,
    /// For a server: within what time the cheap requests are answered beside an expensive one: 99 %
    /// of them, or 95 % where there were too few to tell.
    Beside(Tail),
}

/// How many of the requests count: all but the slowest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "they are called what they are")]
pub enum Tail {
    P95,
    P99,
}

/// A problem, one thing that decides, and how all did in it.
pub struct Column<'a> {
    /// The problem.
    pub problem: &'a str,
    /// What is compared.
    pub measure: Measure,
    /// In the order of the record.
    pub cells: Vec<Cell<'a>>,
}

/// How one approach did.
pub struct Cell<'a> {
    /// All that is known of it.
    pub entry: &'a Entry,
    /// The median of what is compared, if it can be relied on.
    pub value: Option<f64>,
    /// How many times better than the sequential run of the same language, if that is known.
    pub speed_up: Option<f64>,
    /// Beside the others of its language.
    pub standing: Standing,
    /// By how much it must differ from another to be told apart: see [`noise`].
    pub noise: f64,
}

/// Where a cell stands among those of its language.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Standing {
    /// The best median; nobody's where that is not told apart from the sequential run's.
    Best,
    /// Not told apart from the best.
    Tie,
    /// Neither this nor that.
    Between,
    /// Worse than the sequential run, beyond the noise.
    Worse,
    /// The sequential run's second: by which part it differs from the first, if that is known.
    Again(Option<f64>),
    /// There is no figure to rely on.
    None,
}

impl Cell<'_> {
    /// Whether it was measured, and came to what cannot be.
    #[must_use]
    pub fn is_impossible(&self) -> bool {
        self.entry.status == Trouble::Impossible(String::new()).name()
    }
}

impl Tail {
    /// `p99`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Tail::P95 => "p95",
            Tail::P99 => "p99",
        }
    }
}

impl Measure {
    /// The figure's name in a record.
    #[must_use]
    pub fn figure(self) -> &'static str {
        match self {
            Measure::Time => "wall_ms",
            Measure::Rate => "requests_per_second",
            Measure::Beside(Tail::P95) => "beside_p95_ms",
            Measure::Beside(Tail::P99) => "beside_p99_ms",
        }
    }

    /// How many times better the first is than the second.
    fn better(self, one: f64, other: f64) -> f64 {
        if self == Measure::Rate { one / other } else { other / one }
    }
}

/// All columns, in the order of the record.
#[must_use]
pub fn columns(record: &Record) -> Vec<Column<'_>> {
    let problems = distinct(record.matrix.iter().map(|entry| entry.problem.as_str()));
    let of = |problem| {
        let measures = match problem == Problem::Serve.name() {
            true => vec![Measure::Rate, Measure::Beside(tail(record))],
            false => vec![Measure::Time],
        };
        measures.into_iter().map(move |measure| column(record, problem, measure))
    };
    problems.into_iter().flat_map(of).collect()
}

fn tail(record: &Record) -> Tail {
    let has = |tail| {
        let figure = Measure::Beside(tail).figure();
        record.matrix.iter().any(|entry| entry.figures.contains_key(figure))
    };
    if has(Tail::P95) && !has(Tail::P99) { Tail::P95 } else { Tail::P99 }
}

fn column<'a>(record: &'a Record, problem: &'a str, measure: Measure) -> Column<'a> {
    let entries = || record.matrix.iter().filter(|entry| entry.problem == problem);
    let cell = |entry: &'a Entry| {
        let value = entry.median(measure.figure());
        let baseline = record.entry(problem, &entry.baseline);
        let base = baseline.and_then(|baseline| baseline.median(measure.figure()));
        let speed_up = value.zip(base).map(|(value, base)| measure.better(value, base));
        let noise = noise::greatest(noise_of(record, entry, measure));
        Cell { entry, value, speed_up, standing: Standing::None, noise }
    };
    let mut column = Column { problem, measure, cells: entries().map(cell).collect() };
    let standings: Vec<_> = column.cells.iter().map(|cell| column.standing(cell)).collect();
    for (cell, standing) in column.cells.iter_mut().zip(standings) {
        cell.standing = standing;
    }
    column
}

fn noise_of(record: &Record, entry: &Entry, measure: Measure) -> [f64; 2] {
    let spread = |figure: &Figure| noise::spread(figure);
    let figure = entry.figures.get(measure.figure());
    let twice = noise::same_twice(record, entry, measure.figure());
    [figure.map_or(0.0, spread), twice.unwrap_or(0.0)]
}

impl<'a> Column<'a> {
    /// The cells of a language, without the sequential run's second.
    pub fn of(&self, language: &str) -> impl Iterator<Item = &Cell<'a>> {
        self.cells
            .iter()
            .filter(move |cell| cell.entry.language == language && !noise::is_again(cell.entry))
    }

    /// The best of a language.
    #[must_use]
    pub fn best(&self, language: &str) -> Option<&Cell<'a>> {
        let measured = self.of(language).filter_map(|cell| Some((cell, cell.value?)));
        let better = |one: &(_, f64), other: &(_, f64)| match self.measure {
            Measure::Rate => other.1.total_cmp(&one.1),
            _ => one.1.total_cmp(&other.1),
        };
        measured.min_by(better).map(|(cell, _)| cell)
    }

    /// How much of the problem was solved, in the first of its columns.
    #[must_use]
    pub fn size(&self, record: &'a Record) -> Option<&'a str> {
        let first = !matches!(self.measure, Measure::Beside(_));
        first.then(|| record.sizes.get(self.problem).map(String::as_str)).flatten()
    }

    /// The sequential run of the same language.
    #[must_use]
    pub fn baseline(&self, of: &Cell<'_>) -> Option<&Cell<'a>> {
        self.cells.iter().find(|cell| cell.entry.approach == of.entry.baseline)
    }

    /// Whether the best of a language is no better than its sequential run: the two can't be told
    /// apart, or it is that itself and others are as good.
    fn none_helps(&self, best: &Cell<'_>) -> bool {
        let is_best = |cell: &Cell<'_>| cell.entry.approach == best.entry.approach;
        match self.baseline(best) {
            Some(baseline) if is_best(baseline) => {
                self.of(&best.entry.language).any(|cell| !is_best(cell) && is_tie(cell, best))
            }
            Some(baseline) => is_tie(baseline, best),
            None => false,
        }
    }

    fn standing(&self, cell: &Cell<'_>) -> Standing {
        if cell.value.is_none() {
            return Standing::None;
        }
        if noise::is_again(cell.entry) {
            return Standing::Again(cell.speed_up.map(|times| noise::between(times, 1.0)));
        }
        let Some(best) = self.best(&cell.entry.language) else { return Standing::None };
        let baseline = self.baseline(cell);
        let noise = |other: Option<&Cell<'_>>| cell.noise.max(other.map_or(0.0, |one| one.noise));
        if best.entry.approach == cell.entry.approach && !self.none_helps(best) {
            Standing::Best
        } else if is_tie(cell, best) {
            Standing::Tie
        } else if cell.speed_up.is_some_and(|times| 1.0 / times - 1.0 > noise(baseline)) {
            Standing::Worse
        } else {
            Standing::Between
        }
    }
}

/// Whether both were measured, and can't be told apart.
fn is_tie(one: &Cell<'_>, other: &Cell<'_>) -> bool {
    let values = one.value.zip(other.value);
    values.is_some_and(|(a, b)| noise::between(a, b) <= one.noise.max(other.noise))
}

/// The languages, in the order of the record.
#[must_use]
pub fn languages(record: &Record) -> Vec<&str> {
    distinct(record.matrix.iter().map(|entry| entry.language.as_str()))
}

//! The designs, raced on one core and on all.

use std::cell::Cell;

use stage::contest::Times;
use stage::{Contest, Recorder, Result, Timeline};
use workloads::orders::Totals;
use workloads::{Approach, Sequential, Service};

use super::burrow::{self, Design};
use crate::cores;

/// After the gopher who does it all alone.
const DESIGNS: [Design; 4] = [
    Design { fetchers: 1, readers: 1 },
    Design { fetchers: 2, readers: 2 },
    Design { fetchers: 4, readers: 1 },
    Design { fetchers: 8, readers: 2 },
];

/// What came of a design.
pub struct Row {
    /// Who there is.
    pub name: String,
    /// How many may ask at once.
    pub fetchers: usize,
    /// How long it took on one core.
    pub one: Times,
    /// On how many more, and how long it took there; nothing where there is one core.
    pub many: Option<(usize, Times)>,
    /// The most requests that the service held at once, on one core.
    pub in_flight: u64,
    /// How many runs there were.
    pub runs: u32,
    /// How many of them added up right.
    pub right: u32,
}

/// What four fetchers, a reader and an adder do on one core.
///
/// # Errors
/// If something went wrong on the way.
pub fn shown(pages: u32) -> Result<Timeline> {
    let (service, recorder) = (Service::start()?, Recorder::new());
    let design = Design { fetchers: 4, readers: 1 };
    cores::on(&one_core(), || burrow::run(design, &service, pages, &recorder))?;
    Ok(recorder.timeline())
}

/// One core, or none where a program can't choose: there the system puts them where it likes.
fn one_core() -> Vec<usize> {
    cores::allowed().into_iter().take(1).collect()
}

/// One gopher who does it all, or many.
fn add_up(design: Option<Design>, service: &Service, pages: u32) -> workloads::Result<Totals> {
    match design {
        None => Sequential.orders(service, 0..pages),
        Some(design) => burrow::run(design, service, pages, &Recorder::new()),
    }
}

/// Runs all in turns.
///
/// # Errors
/// If something went wrong on the way; a wrong sum is counted.
pub fn race(pages: u32, rounds: usize) -> Result<Vec<Row>> {
    // Started before anybody is put on a core: the service is another machine.
    let service = &Service::start()?;
    let (one, all) = (one_core(), cores::allowed());
    let places = if all.len() > 1 { vec![one, all] } else { vec![one] };
    let known = &Totals::known(0..pages);
    let designs: Vec<_> = std::iter::once(None).chain(DESIGNS.map(Some)).collect();
    let tallies: Vec<_> = designs.iter().map(|_| Tally::default()).collect();
    let mut contest = Contest::new();
    for (design, tally) in designs.iter().zip(&tallies) {
        for (place, cores) in places.iter().enumerate() {
            contest.enter("", move || {
                service.clear()?;
                let totals = cores::on(cores, || add_up(*design, service, pages))?;
                let held = if place == 0 { service.log()?.most_at_once } else { 0 };
                tally.note(totals == *known, held);
                Ok(())
            });
        }
    }
    let mut times = contest.run(rounds)?.into_iter();
    let row = |(design, tally): (&Option<Design>, &Tally)| {
        let one = times.next()?;
        let many = places.get(1).and_then(|cores| Some((cores.len(), times.next()?)));
        let fetchers = design.map_or(1, |design| design.fetchers);
        let name = design.map_or("one gopher does it all".to_owned(), named);
        let (runs, right, in_flight) = (tally.runs.get(), tally.right.get(), tally.held.get());
        Some(Row { name, fetchers, one, many, in_flight, runs, right })
    };
    Ok(designs.iter().zip(&tallies).filter_map(row).collect())
}

fn named(Design { fetchers, readers }: Design) -> String {
    let some = |number, what| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
    format!("{}, {}", some(fetchers, "fetcher"), some(readers, "reader"))
}

/// What is counted of a design.
#[derive(Default)]
struct Tally {
    runs: Cell<u32>,
    right: Cell<u32>,
    held: Cell<u64>,
}

impl Tally {
    fn note(&self, right: bool, held: u64) {
        self.runs.set(self.runs.get() + 1);
        self.right.set(self.right.get() + u32::from(right));
        self.held.set(self.held.get().max(held));
    }
}

//! What a thread costs, from handing work to one that is there to making one.

use std::hint::black_box;
use std::thread;

use stage::{Contest, Result, Stage, Table, human};

use super::switch::{self, Place};
use crate::Pool;
use crate::solve::cores;

/// How often a round does the thing.
const TIMES: u32 = 200;
/// The same for what takes nanoseconds.
const OFTEN: u32 = 20_000;

/// The ways to have another thread do something.
#[derive(Default)]
struct Ways<'a> {
    contest: Contest<'a>,
    /// How often a round does it, and what there is to do.
    notes: Vec<(u32, &'static str)>,
}

impl<'a> Ways<'a> {
    /// One more, done so many times a round.
    fn enter(
        &mut self,
        name: &'static str,
        what: &'static str,
        times: u32,
        round: impl FnMut() -> Result + 'a,
    ) {
        self.contest.enter(name, round);
        self.notes.push((times, what));
    }
}

pub(super) fn play(stage: &mut Stage<'_>) -> Result {
    let pool = &Pool::new(cores())?;
    let mut ways = Ways::default();
    ways.enter("Pool::share", "done alone, before anybody came", TIMES, || {
        let empty = || pool.share(pool.threads(), |claims| claims.for_each(|i| _ = black_box(i)));
        (0..TIMES).for_each(|_| _ = empty());
        Ok(())
    });
    ways.enter("thread::spawn, join", "a stack, clone(2), a switch, an end", TIMES, || {
        let once = |_| {
            let thread = thread::Builder::new().spawn(|| ())?;
            thread.join().map_err(|_| "an empty thread panicked".into())
        };
        (0..TIMES).try_for_each(once)
    });
    ways.enter("Pool::spawn, join", "a worker wakes, and wakes the caller", TIMES, || {
        let once = |_| pool.spawn(|| ()).join().map_err(|_| "an empty job panicked".into());
        (0..TIMES).try_for_each(once)
    });
    ways.enter("rayon from outside", "the same", TIMES, || {
        (0..TIMES).for_each(|_| rayon::scope(|_| ()));
        Ok(())
    });
    ways.enter("rayon::join inside", "offered to thieves, and taken back", OFTEN, || {
        rayon::scope(|_| (0..OFTEN).for_each(|_| _ = rayon::join(|| (), || ())));
        Ok(())
    });
    for Place { name, why, cores } in switch::places() {
        ways.enter(name, why, TIMES, move || switch::round_trips(TIMES, cores));
    }
    let times = ways.contest.run(stage.pick(15, 7))?;

    stage.say("What it costs to have another thread do something, when that is nothing:");
    let mut table = Table::new(["", "once", "what there is to do"]);
    for ((often, what), way) in ways.notes.iter().zip(&times) {
        table.row([&way.name, &human(way.median() / *often), *what]);
    }
    stage.table(&table);
    let [share, thread, ..] = &times[..] else { return Ok(()) };
    stage.check(
        "a piece of work too small to share costs a tenth of starting a thread, at most",
        format!("{:.0} times less", share.speed_up_over(thread)),
        share.speed_up_over(thread) >= 10.0,
        "A worker came every time: then the caller had to wait for it to leave.",
    );
    Ok(())
}

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

/// One way to have another thread do something: how often a round does it, and what there is
/// to do.
struct Way {
    times: u32,
    why: &'static str,
}

pub(super) fn play(stage: &mut Stage<'_>) -> Result {
    let pool = &Pool::new(cores())?;
    let places = switch::places();
    let mut ways = vec![
        Way { times: TIMES, why: "done alone, before anybody came" },
        Way { times: TIMES, why: "a worker wakes, and wakes the caller" },
        Way { times: OFTEN, why: "offered to thieves, and taken back" },
        Way { times: TIMES, why: "the same as Pool::spawn" },
        Way { times: TIMES, why: "a stack, clone(2), a switch, an end" },
    ];
    let mut contest = Contest::new();
    contest.enter("Pool::share", || {
        let empty = || pool.share(pool.threads(), |claims| claims.for_each(|i| _ = black_box(i)));
        (0..TIMES).for_each(|_| _ = empty());
        Ok(())
    });
    contest.enter("Pool::spawn, join", || {
        let once = |_| pool.spawn(|| ()).join().map_err(|_| "an empty job panicked".into());
        (0..TIMES).try_for_each(once)
    });
    contest.enter("rayon::join inside", || {
        rayon::scope(|_| (0..OFTEN).for_each(|_| _ = rayon::join(|| (), || ())));
        Ok(())
    });
    contest.enter("rayon from outside", || {
        (0..TIMES).for_each(|_| rayon::scope(|_| ()));
        Ok(())
    });
    contest.enter("thread::spawn, join", || {
        let once = |_| {
            let thread = thread::Builder::new().spawn(|| ())?;
            thread.join().map_err(|_| "an empty thread panicked".into())
        };
        (0..TIMES).try_for_each(once)
    });
    for Place { name, why, cores } in places {
        contest.enter(name, move || switch::round_trips(TIMES, cores));
        ways.push(Way { times: TIMES, why });
    }
    let times = contest.run(stage.pick(15, 7))?;

    stage.say("What it costs to have another thread do something, when that is nothing:");
    let mut table = Table::new(["", "once", "what there is to do"]);
    for (Way { times, why }, measured) in ways.iter().zip(&times) {
        table.row([&measured.name, &human(measured.median() / *times), *why]);
    }
    stage.table(&table);
    let [share, _, _, _, thread, ..] = &times[..] else { return Ok(()) };
    stage.check(
        "a piece of work too small to share costs a tenth of starting a thread, at most",
        format!("{:.0} times less", share.speed_up_over(thread)),
        share.speed_up_over(thread) >= 10.0,
        "A worker came every time: then the caller had to wait for it to leave.",
    );
    Ok(())
}

//! A whole program whose threads count the references to one list: no order is given.

use std::time::Duration;

use stage::{Result, Stage, Table};

use crate::host::{Simulated, listed};
use crate::strategy::none::Unprotected;
use crate::vm::{Limits, Setup};

const STRATEGIES: [Simulated; 4] =
    [Simulated::Legacy, Simulated::Interval, Simulated::FineGrained, Simulated::FreeThreaded];

/// A program whose objects are wrong may wait for one that is no more.
const PATIENCE: Duration = Duration::from_secs(3);

/// What a run came to: what ended it before its time, and how many objects it left behind.
type Ended = std::result::Result<usize, String>;

pub fn play(stage: &mut Stage<'_>) -> Result {
    let (runs, n) = (stage.pick(4, 2), stage.pick(300_000, 200_000));
    stage.say(format!(
        "Without a barrier it is luck. Two threads do `a = shared; b = a; a = None; b = None` {n} \
         times (programs/objects.py), in {runs} runs:"
    ));
    let mut table = Table::new(["strategy", "ran to the end", "left objects", "else"]);
    let luck: Vec<_> = (0..runs).map(|_| unprotected(n)).collect();
    row(&mut table, Simulated::Unprotected, &luck);
    let mut sound = 0;
    for strategy in STRATEGIES {
        let ended: Vec<_> = (0..runs).map(|_| under(strategy, n)).collect();
        row(&mut table, strategy, &ended);
        sound += ended.iter().filter(|ended| **ended == Ok(0)).count();
    }
    stage.table(&table);
    stage.say(
        "What the first row says is luck, so it is no verdict: a sound run would be luck too.",
    );
    let all = runs * STRATEGIES.len();
    stage.check(
        "with a lock or with other counts every run ends well and leaves nothing behind",
        format!("{sound} of {all} runs"),
        sound == all,
        "one of the counts or locks would be broken: please report this",
    );
    Ok(())
}

fn row(table: &mut Table, strategy: Simulated, ended: &[Ended]) {
    let well = ended.iter().filter(|ended| ended.is_ok()).count();
    let leaves = ended.iter().filter(|ended| matches!(ended, Ok(left) if *left > 0)).count();
    let first = ended.iter().find_map(|ended| ended.as_ref().err());
    let fault = first.map_or("", |first| first.rsplit(": ").next().unwrap_or(first));
    table.row([strategy.name(), &well.to_string(), &leaves.to_string(), fault]);
}

fn unprotected(n: u64) -> Ended {
    let limits = Limits { patience: PATIENCE, ..Limits::default() };
    let setup = Setup::new(Unprotected, &listed("objects")?).arguments(arguments!(2, n));
    let outcome = setup.limits(limits).run().map_err(|failure| failure.to_string())?;
    outcome.failures.first().map_or(Ok(outcome.left), |failure| Err(failure.to_string()))
}

fn under(strategy: Simulated, n: u64) -> Ended {
    let outcome = strategy.start("objects", &arguments!(2, n), None)?.end()?;
    outcome.failures.first().map_or(Ok(outcome.left), |failure| Err(failure.to_string()))
}

//! The same pages, by more and more workers.

use std::cell::{Cell, RefCell};

use stage::contest::Times;
use stage::{Bars, Contest, Result, Scene, Stage, Table, human};
use workloads::Service;
use workloads::orders::{THINK_MS, Totals};

use super::site::{Site, all_done, sales};
use crate::job::Entry;

/// Speed-up.
pub const SCENE: Scene = Scene {
    name: "speedup",
    title: "workers join",
    claim: "Whoever starts another worker need tell nobody: it asks the broker like the others. For jobs \
            that wait, more workers are faster, until the broker itself is what all wait for: a file lets \
            one of them write at a time.",
    play,
    try_this: "in crates/scale-out-demo/src/scenes/speedup.rs, add 16 and 32 to CREWS: what was won is \
               lost again, to the start of so many and to the turns at the file. With --redis that comes \
               later, and far more pages are under way at once.",
    read: "crates/scale-out-demo/src/crew.rs, start(), and crates/scale-out-demo/src/broker.rs, \
           open()",
};

const CREWS: &[usize] = &[1, 2, 4, 8];

fn play(stage: &mut Stage<'_>) -> Result {
    let pages = stage.pick(32, 16);
    let service = Service::start()?;
    let site = RefCell::new(Site::of(stage)?);
    let (next, at_once) = (Cell::new(0), RefCell::new(vec![0; CREWS.len()]));
    let mut contest = Contest::new();
    for (place, &workers) in CREWS.iter().enumerate() {
        let (service, site, next, at_once) = (&service, &site, &next, &at_once);
        let name = if workers == 1 { "1 worker" } else { &format!("{workers} workers") };
        contest.enter(name, move || {
            // Pages that nobody has booked before.
            let from = next.replace(next.get() + pages);
            let mut site = site.borrow_mut();
            let crew = site.crew(workers)?;
            service.clear()?;
            let ids = site.queue.push(sales(service, from..from + pages, Entry::Keyed))?;
            let ends = site.queue.wait(&ids)?;
            drop(crew);
            let most = &mut at_once.borrow_mut()[place];
            *most = service.log()?.most_at_once.max(*most);
            Ok(all_done(&ends)?)
        });
    }
    let times = contest.run(stage.pick(3, 1))?;
    let right = site.into_inner().queue.balance()?.keyed == Totals::known(0..next.get());
    show(stage, pages, &times, &at_once.into_inner(), right);
    Ok(())
}

fn show(stage: &mut Stage<'_>, pages: u32, times: &[Times], at_once: &[u64], right: bool) {
    let mut bars = Bars::new(
        format!("{pages} pages that take {THINK_MS} ms each, with the start of the workers:"),
        "ms",
    );
    let mut table = Table::new(["", "time", "speed-up", "fastest to slowest", "pages at once"]);
    for (crew, most) in times.iter().zip(at_once) {
        bars.bar(&crew.name, crew.median().as_secs_f64() * 1e3);
        let speed_up = format!("{:.2}", crew.speed_up_over(&times[0]));
        let most = most.to_string();
        table.row([&crew.name, &human(crew.median()), &speed_up, &crew.spread(), &most]);
    }
    stage.bars(&bars);
    stage.table(&table);
    stage.check(
        "the more workers, the more pages are under way at once; and the totals are right",
        format!("{} at once", at_once.iter().map(u64::to_string).collect::<Vec<_>>().join(", ")),
        right
            && at_once.is_sorted_by(|fewer, more| fewer < more)
            && at_once.iter().zip(CREWS).all(|(most, workers)| *most <= *workers as u64),
        "most of the workers got no core before the others had done it all",
    );
    let four = times[2].speed_up_over(&times[0]);
    stage.check(
        "four workers are at least one and a half times as fast as one",
        format!("{four:.2} times"),
        four >= 1.5,
        "another program has this machine's cores: a trip through the queue computes a little, and \
         starting a worker a little more",
    );
}

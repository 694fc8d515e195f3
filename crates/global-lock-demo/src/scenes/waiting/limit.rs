//! Where waiting at once ends: when there is something to do with each reply.

use std::thread;
use std::time::{Duration, Instant};

use stage::contest::Times;
use stage::{Contest, Result, Stage, Table, human};
use workloads::orders::{self, Totals};
use workloads::{Approach, Error, Service};

use crate::distribution::Distribution;
use crate::solve::{GLOBAL_LOCK, NO_LOCK};

/// Pages of orders: waiting, and then parsing under the lock.
pub fn show(stage: &mut Stage<'_>, service: &Service) -> Result {
    let think = Duration::from_millis(orders::THINK_MS);
    let parsing = parsing(stage.pick(50, 10))?;
    let limit = think.as_secs_f64() / parsing.as_secs_f64();
    stage.say(format!(
        "Where it ends: pages of orders. The service thinks about a page for {}; to parse one takes \
         {}, and the lock. So with more than some {limit:.0} threads there is always one that wants \
         it:",
        human(think),
        human(parsing),
    ));
    let mut table = Table::new(["pages", "under the lock", "a page", "without the lock"]);
    let mut last = Vec::new();
    for pages in stage.pick([1, 10, 100, 400], [1, 10, 50, 100]) {
        let times = orders(pages, service)?;
        let [under, without] = times.each_ref().map(|times| human(times.median()));
        let a_page = human(times[0].median() / pages);
        table.row([pages.to_string(), under, a_page, without]);
        last = vec![(pages, times)];
    }
    stage.table(&table);
    let Some((pages, [under, _])) = last.pop() else { return Ok(()) };
    let a_page = under.median() / pages;
    stage.check(
        "then one page after another is parsed",
        format!("of {pages}, one takes {}; its parsing {}", human(a_page), human(parsing)),
        (0.8..4.0).contains(&(a_page.as_secs_f64() / parsing.as_secs_f64())),
        "Other programs have the cores, so that parsing takes longer at one time than at another.",
    );
    Ok(())
}

/// How long it takes to parse a page with nobody else in the way, but in a thread of its own, which
/// has not used any memory yet: the median.
fn parsing(pages: u32) -> Result<Duration> {
    let parse = |page| {
        let reply = orders::page(page);
        let start = Instant::now();
        Totals::default().add(page, &reply)?;
        Ok(start.elapsed())
    };
    let in_a_thread = |page| thread::spawn(move || parse(page)).join().map_err(Error::panicked)?;
    let times = (0..pages).map(in_a_thread).collect::<workloads::Result<Vec<_>>>()?;
    Ok(Distribution::of(times)?.percentile(50.0))
}

/// How long so many pages take, under the lock and without it.
fn orders(pages: u32, service: &Service) -> Result<[Times; 2]> {
    let known = Totals::known(0..pages);
    let solve = |approach: &dyn Approach| match approach.orders(service, 0..pages)? == known {
        true => Ok(()),
        false => Err("a wrong answer: its time does not count".into()),
    };
    let mut contest = Contest::new();
    contest.enter("under the lock", || solve(&GLOBAL_LOCK));
    contest.enter("without", || solve(&NO_LOCK));
    let times = contest.run(if pages > 50 { 1 } else { 3 })?;
    Ok([times[0].clone(), times[1].clone()])
}

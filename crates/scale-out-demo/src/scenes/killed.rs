//! A worker killed between its work and its word.

use std::fs;
use std::time::Duration;

use stage::{Mark, Result, Scene, Stage, Table, Weight, human};
use workloads::Service;
use workloads::orders::Totals;

use super::lanes::{Piece, lanes, pieces};
use super::site::{Site, done};
use crate::crew::Crew;
use crate::job::{Entry, Job, Sale};
use crate::ledger::Balance;
use crate::queue::End;
use crate::worker::now;

/// What a worker had when it was killed.
pub const LOST: Mark = Mark { state: "killed", glyph: '×', weight: Weight::Striking };

/// Nothing lost, and nothing counted twice.
pub const SCENE: Scene = Scene {
    name: "killed",
    title: "a worker killed, and a job done twice",
    claim: "A worker that is killed says nothing any more, and after some missed heartbeats its job is \
            given to another: nothing is lost. But the job may have been done before the kill, and then \
            it is done twice. If it adds to a sum, the sum is wrong. If it writes under a key, doing it \
            twice is doing it once.",
    play,
    try_this: "in crates/scale-out-demo/src/broker.rs, let MISSED be 10: the jobs are done again after \
               five seconds instead of two. A short silence brings a job back sooner, and takes more \
               workers for dead that were only slow.",
    read: "crates/scale-out-demo/src/ledger.rs, enter(), and crates/scale-out-demo/src/worker.rs, \
           attempt_at()",
};

/// The pages that are written under their number, and those that are added.
const PAGES: u32 = 8;
const KEYED: std::ops::Range<u32> = 0..PAGES;
const ADDED: std::ops::Range<u32> = 100..100 + PAGES;

/// Of each, the one whose worker is killed.
const HELD: [u32; 2] = [1, 101];

fn play(stage: &mut Stage<'_>) -> Result {
    let service = Service::start()?;
    let mut site = Site::of(stage)?;
    let mut crew = site.crew(3)?;
    let ids = site.queue.push(jobs(&site, &service)?)?;
    let killed = [kill_a_holder(&mut crew)?, kill_a_holder(&mut crew)?];
    let ends = site.queue.wait(&ids)?;
    let balance = site.queue.balance()?;
    drop(crew);

    let again = shown(stage, &ends, &killed);
    let twice = |page| balance.runs.iter().filter(|run| **run == page).count();
    stage.check(
        "nothing is lost: the jobs of the killed were done by another worker",
        format!(
            "{} of {} done; begun again {} after the kill",
            done(&ends),
            2 * PAGES,
            human(again)
        ),
        done(&ends) == ids.len() && HELD.iter().all(|page| twice(*page) >= 2),
        "the engine has lost a job, or the worker was killed before its entry",
    );
    totals(stage, &balance);
    Ok(())
}

fn jobs(site: &Site, service: &Service) -> Result<Vec<Job>> {
    let mut jobs = Vec::new();
    for (pages, entry) in [(KEYED, Entry::Keyed), (ADDED, Entry::Added)] {
        for page in pages {
            let cue = site.scratch.path().join(format!("cue {page}"));
            let held = HELD.contains(&page);
            if held {
                fs::write(&cue, "")?;
            }
            let cue = held.then_some(cue);
            jobs.push(Job::Sale(Sale { service: service.address(), page, entry, cue }));
        }
    }
    Ok(jobs)
}

/// Waits until a worker has done a job and not said so, and kills it there.
fn kill_a_holder(crew: &mut Crew) -> Result<Piece> {
    let (worker, item, from) = crew.holder()?;
    let to = now();
    crew.kill(worker);
    Ok(Piece { worker, item, state: LOST.state, from, to })
}

/// Draws it. How long it was, at most, from the kill to the second beginning.
fn shown(stage: &mut Stage<'_>, ends: &[End], killed: &[Piece; 2]) -> Duration {
    let (keyed, added) = ends.split_at(PAGES as usize);
    let mut all = pieces(KEYED.start, keyed);
    all.extend(pieces(ADDED.start, added));
    let again = killed.iter().filter_map(|lost| {
        let second = all.iter().find(|piece| piece.item == lost.item)?;
        Some(Duration::from_nanos(second.from.saturating_sub(lost.to)))
    });
    let again = again.max().unwrap_or_default();
    all.extend(killed);
    stage.timeline(
        format!(
            "Two of three workers are killed (SIGKILL) when they have done pages {} and {} and have not \
             said so. The last one does the rest, and then, when they have been silent for long enough, \
             theirs again:",
            HELD[0], HELD[1]
        ),
        lanes(&all),
    );
    again
}

fn totals(stage: &mut Stage<'_>, balance: &Balance) {
    let cents = |totals: &Totals| totals.products.values().map(|(_, cents)| cents).sum::<u64>();
    let mut table = Table::new(["entered", "pages", "runs", "money taken", "should be"]);
    for (name, pages, found) in
        [("under its key", KEYED, &balance.keyed), ("added to a sum", ADDED, &balance.added)]
    {
        let runs = balance.runs.iter().filter(|run| pages.contains(*run)).count();
        let known = cents(&Totals::known(pages.clone()));
        let (found, known) = (cents(found) as f64 / 100.0, known as f64 / 100.0);
        let pages = pages.len().to_string();
        table.row([
            name,
            &pages,
            &runs.to_string(),
            &format!("{found:.2}"),
            &format!("{known:.2}"),
        ]);
    }
    stage.table(&table);
    stage.check(
        "under its key, a page that was done twice counts once",
        format!("the totals of {PAGES} pages are {}", right(balance.keyed == Totals::known(KEYED))),
        balance.keyed == Totals::known(KEYED),
        "that would be an error in the ledger",
    );
    let runs = balance.runs.iter().filter(|run| ADDED.contains(*run));
    let of_all_runs: Totals = runs.map(|run| Totals::known(*run..run + 1)).collect();
    let wrong = balance.added != Totals::known(ADDED);
    stage.check(
        "added to a sum, it counts twice",
        format!(
            "the totals of {PAGES} pages are {}; {} those of all the runs",
            right(!wrong),
            if balance.added == of_all_runs { "they are" } else { "they are not" }
        ),
        wrong && balance.added == of_all_runs,
        "no page was done twice, or the ledger has lost one",
    );
}

fn right(held: bool) -> &'static str {
    if held { "right" } else { "wrong" }
}

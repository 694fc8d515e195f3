//! The same ranges, handed to threads in four ways. High numbers cost more than low ones, so
//! the ranges are of unequal cost: that is what tells the ways apart.

use stage::{Result, Stage, Timeline};
use workloads::primes;

use super::ways;
use crate::Pool;
use crate::solve::cores;

/// Into how many ranges the numbers are split.
pub(super) const RANGES: u64 = 16;

/// The numbers up to here, a million, and how many of them are prime.
pub(super) const BELOW: u64 = 1_000_000;
pub(super) const KNOWN: u64 = primes::PI_OF_POWERS_OF_TEN[6];

pub(super) fn play(stage: &mut Stage<'_>) -> Result {
    let threads = cores().min(8);
    let ranges = primes::split(BELOW, RANGES)?;
    let pool = Pool::new(threads)?;

    let (each, each_lanes) = ways::thread_each(&ranges);
    let (dealt, dealt_lanes) = ways::dealt(&ranges, threads);
    let (shared, shared_lanes) = ways::shared(&ranges, &pool);
    let (stolen, stolen_lanes) = ways::stolen(&ranges);
    let late = [&dealt_lanes, &shared_lanes, &stolen_lanes].map(begun_late);
    stage.timeline(
        format!("Primes in {RANGES} ranges, a thread for each: the kernel finds them cores."),
        each_lanes,
    );
    stage.timeline(
        format!("Dealt out beforehand to {threads} threads, in equal parts:"),
        dealt_lanes,
    );
    stage.timeline("Our pool: who is free claims the next chunk.", shared_lanes);
    stage.timeline("rayon: each thread halves its part, and idle ones steal halves.", stolen_lanes);
    stage.check(
        format!("every way finds the {KNOWN} primes below a million"),
        format!("{:?}", [each, dealt, shared, stolen]),
        [each, dealt, shared, stolen] == [KNOWN; 4],
        "a range was lost or counted twice: please report this",
    );
    stage.check(
        "dealt out, a thread still began ranges while another was idle; claimed, hardly ever",
        format!("{} dealt out, {} in the pool, {} with rayon", late[0], late[1], late[2]),
        late[0] > late[1] + 1,
        "This needs two cores of the same speed: with one, or a busy one, a thread that was dealt \
         the smaller half may be the later one.",
    );
    Ok(())
}

/// How many items were begun after some thread had come to its end: it could have done them.
fn begun_late(timeline: &Timeline) -> usize {
    let end = |lane: &stage::timeline::Finished| lane.spans.last().map(|span| span.to);
    let first_end = timeline.lanes.iter().filter_map(end).min().unwrap_or_default();
    let spans = timeline.lanes.iter().flat_map(|lane| &lane.spans);
    spans.filter(|span| span.from > first_end).count()
}

//! Lanes of workers, drawn from the records that they leave with their jobs: nobody watched them all.

use std::collections::BTreeMap;
use std::time::Duration;

use stage::timeline::{Finished, Span};
use stage::{Mark, Timeline, Weight};

use crate::queue::End;

/// A worker has a job.
pub const WORKING: Mark = Mark { state: "working", glyph: '█', weight: Weight::Solid };

/// When a job was worked at, and by whom.
#[derive(Debug, Clone, Copy)]
pub struct Piece {
    /// By whom.
    pub worker: u32,
    /// Which job, or page, it was.
    pub item: u32,
    /// What became of it: [`WORKING`]'s state, or another.
    pub state: &'static str,
    /// From when, in nanoseconds since 1970.
    pub from: u64,
    /// To when.
    pub to: u64,
}

/// The records of the jobs that are done, numbered from `first` on.
#[must_use]
pub fn pieces(first: u32, ends: &[End]) -> Vec<Piece> {
    let done = (first..).zip(ends).filter_map(|(item, end)| Some((item, end.as_ref().ok()?)));
    done.map(|(item, done)| Piece {
        worker: done.worker,
        item,
        state: WORKING.state,
        from: done.from,
        to: done.to,
    })
    .collect()
}

/// A lane for each worker, from the first of all the beginnings on.
#[must_use]
pub fn lanes(pieces: &[Piece]) -> Timeline {
    let start = pieces.iter().map(|piece| piece.from).min().unwrap_or_default();
    let since = |at: u64| Duration::from_nanos(at.saturating_sub(start));
    let mut lanes: BTreeMap<u32, Vec<Span>> = BTreeMap::new();
    for piece in pieces {
        lanes.entry(piece.worker).or_default().push(Span {
            state: piece.state,
            item: Some(piece.item),
            from: since(piece.from),
            to: since(piece.to),
        });
    }
    let lane = |(worker, mut spans): (u32, Vec<Span>)| {
        spans.sort_by_key(|span| span.from);
        Finished { name: format!("worker {worker}"), spans }
    };
    Timeline { lanes: lanes.into_iter().map(lane).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_worker_has_a_lane_of_what_it_did_in_order() {
        let piece = |worker, item, from, to| Piece { worker, item, state: "working", from, to };
        let timeline = lanes(&[piece(2, 1, 50, 60), piece(10, 2, 40, 70), piece(2, 3, 20, 30)]);
        let names: Vec<_> = timeline.lanes.iter().map(|lane| &lane.name[..]).collect();
        assert_eq!(names, ["worker 2", "worker 10"]);
        let items: Vec<_> = timeline.lanes[0].spans.iter().map(|span| span.item).collect();
        assert_eq!(items, [Some(3), Some(1)]);
        assert_eq!(timeline.end(), Duration::from_nanos(50));
        assert_eq!(timeline.at_once("working"), 2);
    }
}

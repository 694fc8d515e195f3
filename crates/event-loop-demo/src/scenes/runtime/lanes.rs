//! What of the hundred lanes is drawn, and what is counted in all of them.

use std::cmp::Reverse;
use std::ops::Range;
use std::time::Duration;

use stage::Timeline;
use stage::timeline::{Finished, Span};

use super::hundred::Run;
use super::{REPLY, TASK};

/// Some lanes of each kind, those whose polls are seen best then, and the loop's.
pub(super) fn excerpt(run: &Run, time: &Range<Duration>, kinds: [(&str, usize); 3]) -> Timeline {
    let cut = |lanes| Timeline { lanes }.excerpt(time.start, time.end).lanes;
    let tasks = cut(run.tasks.lanes.clone());
    let mut lanes = Vec::new();
    for (kind, some) in kinds {
        let mut those: Vec<_> =
            tasks.iter().enumerate().filter(|(_, lane)| lane.name.starts_with(kind)).collect();
        those.sort_by_key(|(_, lane)| Reverse(longest(lane)));
        those.truncate(some);
        those.sort_by_key(|(place, _)| *place);
        lanes.extend(those.into_iter().map(|(_, lane)| lane.clone()));
    }
    lanes.extend(cut(vec![run.the_loop.clone()]));
    Timeline { lanes }
}

/// The longest poll of a lane.
fn longest(lane: &Finished) -> Duration {
    let polls = lane.spans.iter().filter(|span| span.state == "computing");
    polls.map(|span| span.to - span.from).max().unwrap_or_default()
}

/// The longest poll of all then.
pub(super) fn longest_poll(tasks: &Timeline, time: &Range<Duration>) -> Duration {
    let then = tasks.excerpt(time.start, time.end);
    then.lanes.iter().map(longest).max().unwrap_or_default()
}

/// When the last of those that compute had its reply: from then on all of them want a turn.
pub(super) fn all_compute(tasks: &Timeline) -> Duration {
    let computing = tasks.lanes.iter().filter(|lane| lane.name.starts_with("computes"));
    let reply = |lane: &Finished| lane.spans.iter().rfind(|span| span.state == REPLY).copied();
    computing.filter_map(reply).map(|span| span.to).max().unwrap_or_default()
}

/// The tasks, with only one word for whatever a task waits for. `block_on`'s own future, which only
/// waits for the others, is left out.
pub(super) fn waiting(tasks: &Timeline) -> Timeline {
    let word = |span: &Span| match span.state {
        "computing" => *span,
        _ => Span { state: "waiting", ..*span },
    };
    let lane = |lane: &Finished| Finished {
        name: lane.name.clone(),
        spans: lane.spans.iter().filter(|span| span.state != TASK).map(word).collect(),
    };
    Timeline { lanes: tasks.lanes.iter().map(lane).collect() }
}

#[cfg(test)]
mod tests {
    use workloads::Service;

    use super::*;
    use crate::scenes::runtime::hundred::{self, TASKS};

    #[test]
    fn all_wait_at_once_and_no_two_are_polled_at_once() {
        let service = Service::start().unwrap();
        let run = hundred::run(service.address()).unwrap();
        assert_eq!(waiting(&run.tasks).at_once("waiting"), TASKS);
        assert_eq!(run.tasks.at_once("computing"), 1);
    }
}

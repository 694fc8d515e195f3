//! Dijkstra's dining philosophers: one schedule that always deadlocks, and one that never does.

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use stage::{Lane, Recorder, Timeline};

use crate::watched::{Deadlock, Watch, Watched};

/// How many sit at the table.
pub(super) const SEATS: usize = 3;

/// How long one holds a first fork before reaching for the second, and then eats: long enough to
/// be seen in a picture.
pub(super) const BITE: Duration = Duration::from_millis(4);

/// No time at all: for a dinner that is only counted.
pub(super) const AT_ONCE: Duration = Duration::ZERO;

/// In what order a philosopher takes the two forks. Philosopher p sits between fork p to the left
/// and fork p + 1 to the right; the last one has fork 1 to the right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// The left one first. All meet when each has one, so that nobody gets a second.
    LeftFirst,
    /// The one with the lower number first. All meet before they take any: they could not meet
    /// later, because two of them begin with the same fork.
    LowerFirst,
}

/// How a dinner ended.
pub(super) struct Dinner {
    /// Whoever was refused a fork, and why.
    pub(super) refused: Vec<Deadlock>,
    /// Who had what when.
    pub(super) timeline: Timeline,
}

/// All philosophers eat once each, unless they are refused a fork.
pub(super) fn dine(order: Order, bite: Duration) -> Dinner {
    let watch = Watch::default();
    let forks: [_; SEATS] = std::array::from_fn(|i| watch.mutex(format!("fork {}", i + 1), ()));
    let (recorder, meet) = (Recorder::new(), Barrier::new(SEATS));
    let refused = thread::scope(|scope| {
        let (forks, recorder, meet) = (&forks, &recorder, &meet);
        let seats = (0..SEATS).map(|seat| {
            let name = format!("philosopher {}", seat + 1);
            let lane = recorder.lane(name.as_str());
            let eat = move || eat(reach(order, seat, forks), order, meet, bite, lane);
            thread::Builder::new().name(name).spawn_scoped(scope, eat).expect("a few threads")
        });
        let seats: Vec<_> = seats.collect();
        let ends = seats.into_iter().map(|seat| seat.join().expect("eating does not panic"));
        ends.filter_map(Result::err).collect()
    });
    Dinner { refused, timeline: recorder.timeline() }
}

/// The forks of a seat (counted from zero), in the order in which they are taken.
fn reach(order: Order, seat: usize, forks: &[Watched<()>; SEATS]) -> [&Watched<()>; 2] {
    let (left, right) = (seat, (seat + 1) % SEATS);
    match order {
        Order::LeftFirst => [&forks[left], &forks[right]],
        Order::LowerFirst => [&forks[left.min(right)], &forks[left.max(right)]],
    }
}

fn eat(
    [first, second]: [&Watched<()>; 2],
    order: Order,
    meet: &Barrier,
    bite: Duration,
    mut lane: Lane,
) -> Result<(), Deadlock> {
    if order == Order::LowerFirst {
        meet.wait();
    }
    lane.now("blocked");
    let _first = first.lock()?;
    lane.now("holding");
    thread::sleep(bite);
    if order == Order::LeftFirst {
        meet.wait();
    }
    lane.now("blocked");
    // Refused, this function returns, and thereby puts the first fork down: a deadlock is undone
    // by one who gives up what the others wait for.
    let _second = second.lock()?;
    lane.now("eating");
    thread::sleep(bite);
    lane.idle();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_reaches_left_first_is_refused_every_time_and_told_the_whole_circle() {
        for _ in 0..100 {
            let dinner = dine(Order::LeftFirst, AT_ONCE);
            let [deadlock] = &dinner.refused[..] else { panic!("{:?}", dinner.refused) };
            let mut circle = deadlock.0.clone();
            circle.sort_unstable();
            let waits = |p| (format!("philosopher {p}"), format!("fork {}", p % SEATS + 1));
            assert_eq!(circle, Vec::from_iter((1..=SEATS).map(waits)));
            assert_eq!(eaters(&dinner.timeline), SEATS - 1);
        }
    }

    #[test]
    fn who_reaches_for_the_lower_number_first_is_never_refused() {
        for _ in 0..100 {
            let dinner = dine(Order::LowerFirst, AT_ONCE);
            assert_eq!(dinner.refused, []);
            assert_eq!(eaters(&dinner.timeline), SEATS);
        }
    }

    fn eaters(timeline: &Timeline) -> usize {
        let lanes = timeline.lanes.iter();
        lanes.filter(|lane| lane.spans.iter().any(|span| span.state == "eating")).count()
    }
}

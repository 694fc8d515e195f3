//! What the scene timeline promises: a lock has one holder at a time, and the pictures and the
//! figures are of who that is.

use std::time::Duration;

use global_lock_demo::host::Simulated;
use global_lock_demo::lock::interval;
use global_lock_demo::scenes::timeline::{Hogs, Turn, Turns, hogs};
use global_lock_demo::thread::{ASKED, HOLDS, IN_VAIN, OUTSIDE, WAITS};
use stage::Timeline;
use stage::timeline::{Finished, Span};

fn micros(us: u64) -> Duration {
    Duration::from_micros(us)
}

fn lane(name: &str, spans: &[(&'static str, u64, u64)]) -> Finished {
    let span = |&(state, from, to)| Span { state, item: None, from: micros(from), to: micros(to) };
    Finished { name: name.into(), spans: spans.iter().map(span).collect() }
}

/// Hogs that had at least so many turns: for longer, where the machine is busy.
fn with_turns(lock: Simulated, number: usize, least: usize) -> Hogs {
    for seconds in [0.05, 0.2, 0.8, 3.2, 12.8] {
        let hogs = hogs(lock, number, seconds).unwrap();
        if hogs.turns.all.len() >= least {
            return hogs;
        }
    }
    panic!("{number} hogs had no turns under {lock:?}");
}

fn holds(timeline: &Timeline) -> Vec<Span> {
    let spans = timeline.lanes.iter().flat_map(|lane| lane.spans.clone());
    let mut holds: Vec<_> = spans.filter(|span| span.state == HOLDS).collect();
    holds.sort_by_key(|span| span.from);
    holds
}

#[test]
fn turns_are_read_off_the_lanes() {
    let timeline = Timeline {
        lanes: vec![
            lane("a", &[(HOLDS, 0, 10), (WAITS, 10, 12), (WAITS, 12, 22), (HOLDS, 22, 30)]),
            lane(
                "b",
                &[
                    (WAITS, 0, 4),
                    (IN_VAIN, 4, 8),
                    (ASKED, 8, 11),
                    (HOLDS, 11, 15),
                    (WAITS, 15, 16),
                    (HOLDS, 16, 20),
                    (WAITS, 20, 25),
                    (ASKED, 25, 31),
                    (HOLDS, 31, 40),
                ],
            ),
            lane("c", &[(WAITS, 5, 13), (IN_VAIN, 13, 18), (IN_VAIN, 18, 41), (HOLDS, 41, 42)]),
        ],
    };
    let turn = |lane, from, to, takes, asked: Option<u64>, back: Option<u64>| Turn {
        lane,
        from: micros(from),
        to: micros(to),
        takes,
        asked: asked.map(micros),
        back: back.map(micros),
    };
    let turns = Turns::of(&timeline);
    let expected = [
        turn(1, 11, 20, 2, Some(8), Some(1)),
        turn(0, 22, 30, 1, None, None),
        turn(1, 31, 40, 1, Some(25), None),
    ];
    // The first is a's from 0 to 10, the last is c's. When a began, b was waiting already.
    assert_eq!(turns.all, expected);
    assert_eq!((turns.takes(), turns.in_vain), (4, 2));
    assert_eq!((turns.again(), turns.took()), (0.25, micros(29)));
    assert_eq!(turns.lengths().unwrap().max(), micros(9));
    assert_eq!(Turns::of(&Timeline::default()), Turns::default());
}

#[test]
fn whichever_the_lock_one_hog_at_a_time_holds_it_and_turns_alternate() {
    use Simulated::{Fair, Interval, Legacy, Unforced};
    for (lock, number) in
        [(Legacy, 2), (Legacy, 3), (Interval, 2), (Interval, 4), (Unforced, 2), (Fair, 2)]
    {
        let Hogs { timeline, turns } = hogs(lock, number, 0.05).unwrap();
        let names: Vec<_> = timeline.lanes.iter().map(|lane| lane.name.as_str()).collect();
        assert_eq!(names, ["hog 1", "hog 2", "hog 3", "hog 4"][..number]);
        let holds = holds(&timeline);
        assert!(holds.windows(2).all(|pair| pair[0].to <= pair[1].from), "{lock:?}");
        for pair in turns.all.windows(2) {
            assert_ne!(pair[0].lane, pair[1].lane);
            assert!(pair[0].to <= pair[1].from);
            let back = pair[0].back.unwrap_or_default();
            assert!(pair[0].from + back <= pair[1].from, "it is of this turn");
        }
        for turn in &turns.all {
            let within = |span: &&Span| turn.from <= span.from && span.to <= turn.to;
            assert_eq!(holds.iter().filter(within).count(), turn.takes, "{lock:?}");
        }
    }
}

#[test]
fn under_the_interval_lock_each_of_two_hogs_gets_it_by_asking_and_gives_it_up_once_a_turn() {
    let turns = with_turns(Simulated::Interval, 2, 4).turns;
    assert_eq!(turns.again(), 0.0);
    for (before, turn) in turns.all.iter().zip(&turns.all[1..]) {
        let asked = turn.asked.expect("nobody gives the lock up unasked");
        assert!((before.from..=before.to).contains(&asked));
    }
}

#[test]
fn a_hog_that_is_alone_keeps_the_lock() {
    for lock in [Simulated::Interval, Simulated::Unforced] {
        let longest = |seconds| {
            let hogs = hogs(lock, 1, seconds).unwrap();
            assert!(hogs.turns.all.is_empty(), "there is nobody to take turns with");
            let last = hogs.timeline.lanes[0].spans.last().map(|span| span.state);
            assert_eq!(last, Some(OUTSIDE), "it has given the lock up at its end");
            holds(&hogs.timeline).iter().map(|span| span.to - span.from).max().unwrap()
        };
        // Where the machine is busy, it may take the program's first thread long to start the hog
        // and then to wait for it; meanwhile the two can want the lock at the same time.
        let at_a_stretch = [0.1, 0.4, 1.6, 6.4].map(|seconds| move || longest(seconds));
        assert!(at_a_stretch.iter().any(|longest| longest() > 10 * interval::DEFAULT));
    }
}

#[test]
fn an_excerpt_is_as_long_as_it_says_and_shows_each_turn_as_one() {
    for (lock, width) in [(Simulated::Legacy, micros(2_000)), (Simulated::Interval, micros(20_000))]
    {
        let hogs = with_turns(lock, 2, 3);
        let excerpt = hogs.excerpt(width);
        let middle = hogs.turns.all[hogs.turns.all.len() / 2];
        let (from, to) = (middle.from - width / 2, middle.from + width / 2);
        let spans = || excerpt.lanes.iter().flat_map(|lane| &lane.spans);
        assert!(spans().all(|span| from <= span.from && span.from < span.to && span.to <= to));
        for lane in &excerpt.lanes {
            assert!(lane.spans.windows(2).all(|pair| pair[0].to <= pair[1].from), "{lock:?}");
        }
        let holds = holds(&excerpt);
        assert!(holds.windows(2).all(|pair| pair[0].to <= pair[1].from), "{lock:?}");
        let begins = holds.iter().find(|span| span.from == middle.from).expect("a turn begins");
        assert_eq!(begins.to, middle.to.min(to));
        let own = &excerpt.lanes[middle.lane].spans;
        let of_it =
            own.iter().filter(|span| span.from >= middle.from && span.to <= middle.to.min(to));
        assert_eq!(of_it.count(), 1);
    }
}

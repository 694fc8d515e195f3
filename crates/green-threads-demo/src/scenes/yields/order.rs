//! The order: three green threads that give way after each turn, and one that comes later.

use std::cell::RefCell;
use std::hint::black_box;
use std::rc::Rc;

use stage::{Recorder, Result, Stage, Timeline};
use workloads::primes;

use super::super::listing::listing;
use crate::green;

/// How many turns each has.
const TURNS: usize = 4;

/// What was noted.
struct Noted {
    /// Whose turn it was, turn by turn.
    order: String,
    timeline: Timeline,
}

pub(super) fn play(stage: &mut Stage<'_>) -> Result {
    let noted = run(stage.pick(40_000, 10_000), false)?;
    stage.say(format!(
        "Three green threads, spawned in the order a, b, c, with {TURNS} turns each. This is all that \
         each does (the note is for us):"
    ));
    stage.listing(listing(include_str!("order.rs")));
    stage.timeline("When they computed, turn by turn:", noted.timeline);
    let expected = "abc".repeat(TURNS);
    stage.check(
        "each has one turn, and then all others have theirs",
        &noted.order,
        noted.order == expected,
        "A yield has become no yield: two turns of one follow each other.",
    );
    let noted = run(0, true)?.order;
    stage.say(
        "The same once more, but a in its first turn spawns d. Who is spawned stands last in the line, \
         like who yields; and a stands behind it:",
    );
    stage.listing(noted.replace('d', " d"));
    let expected = format!("abc{}d", "dabc".repeat(TURNS - 1));
    stage.check(
        "nobody comes in between, and the order is the same in every run",
        &noted,
        noted == expected,
        "A yield has become no yield, or whoever is spawned doesn't come last any more.",
    );
    Ok(())
}

fn run(below: u64, more: bool) -> Result<Noted> {
    let (recorder, notes) = (Recorder::new(), Rc::new(RefCell::new(String::new())));
    let start = {
        let (recorder, notes) = (recorder.clone(), Rc::clone(&notes));
        move |name: char| turns(name, below, recorder.clone(), Rc::clone(&notes))
    };
    green::run(move || {
        let start = Rc::new(start);
        let started = ['a', 'b', 'c'].map(|name| {
            let start = Rc::clone(&start);
            green::spawn(move || {
                let later = Rc::clone(&start);
                let more = (more && name == 'a').then(|| green::spawn(move || later('d')));
                start(name);
                more.map(green::JoinHandle::join)
            })
        });
        for thread in started {
            match thread.join() {
                Ok(None | Some(Ok(()))) => {}
                _ => return Err("a green thread that takes turns has panicked"),
            }
        }
        Ok(())
    })??;
    Ok(Noted { order: notes.take(), timeline: recorder.timeline() })
}

// [listing
fn turns(name: char, below: u64, recorder: Recorder, notes: Notes) {
    let mut lane = recorder.lane(name);
    for turn in 1..=TURNS {
        notes.borrow_mut().push(name);
        lane.now_with("computing", turn);
        black_box(primes::count(0..black_box(below)));
        lane.now("waiting");
        green::yield_now();
    }
}
// listing]

type Notes = Rc<RefCell<String>>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_a_round_robin() {
        let noted = run(100, false).expect("green threads");
        assert_eq!(noted.order, "abcabcabcabc");
        assert_eq!(noted.timeline.at_once("computing"), 1);
        assert_eq!(run(0, true).expect("green threads").order, "abcdabcdabcdabcd");
    }
}

//! What the scene in-action promises, apart from how long things take.

use global_lock_demo::scenes::in_action::{Contestant, THREADS, cores, race};

#[test]
fn everybody_counts_down_with_every_number_of_threads_and_is_compared_with_itself() {
    let contestants = Contestant::all();
    let rows = race(contestants.clone(), 10_000, 2).unwrap();
    let raced: Vec<_> = rows.iter().map(|row| row.contestant.clone()).collect();
    assert_eq!(raced, contestants);
    for row in &rows {
        assert_eq!(row.times_as_long(0), 1.0, "one thread takes as long as one thread");
        for (place, threads) in THREADS.into_iter().enumerate() {
            let seconds = row.median(|round| round[place].seconds);
            // Interpreters that have to wait for a core can't tell how long all of them took.
            let timed = row.contestant != Contestant::Interpreters || threads <= cores();
            assert_eq!(seconds > 0.0, timed, "{}, {threads}: {seconds}", row.contestant.name());
            assert_eq!(row.times_as_long(place).is_nan(), !timed);
        }
    }
}

#[test]
fn names_in_the_table_are_different_ones() {
    let mut names: Vec<_> = Contestant::all().iter().map(Contestant::name).collect();
    let all = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), all);
}

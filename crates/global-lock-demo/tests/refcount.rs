//! What the scene about the reference count promises: it is lost on cue, or not at all.

use global_lock_demo::count::{Count, Plain};
use global_lock_demo::scenes::refcount::{
    BOTH_READ_FIRST, Change, Deed, End, ORDERS, cued, worlds,
};
use global_lock_demo::vm::fault::Fault;

#[test]
fn on_cue_one_of_two_changes_is_lost() {
    for change in [Change::Retain, Change::Release] {
        let count = Plain::default();
        count.start(1);
        let steps = cued(&count, BOTH_READ_FIRST, change);
        let deeds: Vec<_> = steps.iter().map(|step| (step.thread, step.deed)).collect();
        let (read, wrote) = (Deed::Read(1), Deed::Wrote(1 + change.by()));
        assert_eq!(deeds, [(1, read), (2, read), (1, wrote), (2, wrote)]);
        assert_eq!(count.references(), 1 + change.by());
    }
}

#[test]
fn a_lost_decrement_leaves_an_object_behind_every_time() {
    let [(_, plain), ..] = worlds();
    let used = plain.used();
    for lives in 1..=100 {
        let life = plain.live(BOTH_READ_FIRST, Change::Release);
        let last = life.events.last().unwrap();
        assert_eq!((life.end, last.count, last.references), (End::Never, Some(1), 0));
        assert_eq!(plain.used(), used + lives);
    }
}

#[test]
fn a_lost_increment_frees_an_object_that_is_in_use_every_time() {
    let [(_, plain), ..] = worlds();
    let used = plain.used();
    for _ in 0..100 {
        let life = plain.live(BOTH_READ_FIRST, Change::Retain);
        let last = life.events.last().unwrap();
        assert_eq!(life.end, End::TooEarly(Err(Fault::Freed)));
        assert_eq!((last.count, last.references), (None, 1));
    }
    assert_eq!(plain.used(), used, "whatever was too early, the places are free");
}

#[test]
fn plain_counts_lose_where_the_changes_overlap_and_the_others_nowhere() {
    for (name, world) in worlds() {
        let used = world.used();
        let mut left = 0;
        for order in ORDERS {
            for change in [Change::Retain, Change::Release] {
                let overlap = order[0] != order[1];
                let life = world.live(order, change);
                let lost = life.end != End::InTime;
                assert_eq!(lost, name == "plain" && overlap, "{name}, {order:?}, {change:?}");
                left += usize::from(life.end == End::Never);
            }
        }
        assert_eq!(world.used(), used + left, "{name}");
    }
}

#[test]
fn who_finds_the_lock_taken_waits_and_then_reads_what_was_written() {
    let [_, (_, locked), ..] = worlds();
    let life = locked.live(BOTH_READ_FIRST, Change::Release);
    let said: Vec<_> = life.events.iter().map(|event| (event.who, &*event.what)).collect();
    assert_eq!(
        said[1..],
        [
            ("thread 1", "reads 3"),
            ("thread 2", "waits for the lock"),
            ("thread 1", "writes 2"),
            ("thread 2", "reads 2"),
            ("thread 2", "writes 1"),
            ("variable", "lets go: the last, it is freed"),
        ]
    );
}

//! What the scene on getting out of the lock measures: that it counts right, and that what is given
//! to another interpreter comes back.

use global_lock_demo::scenes::getting_out::{counts, messages, scaling};

#[test]
fn only_interpreters_that_share_nothing_can_share_no_list() {
    let ways = scaling::race(1000, 1).unwrap();
    let shares = ways.each_ref().map(|way| way.shared.is_some());
    assert_eq!(shares, [true, false, true, true]);
    for way in ways {
        let figures = [Some(way.alone), Some(way.private), way.shared];
        assert!(figures.into_iter().flatten().all(|it| it.is_finite() && it > 0.0), "{way:?}");
    }
}

/// It fails if a reference is lost.
#[test]
fn counts_that_two_threads_change_at_once_are_right_in_the_end() {
    let costs = counts::costs(20_000, 3).unwrap();
    assert!(costs.iter().flat_map(|cost| cost.nanos).all(|nanos| nanos > 0.0), "{costs:?}");
}

#[test]
fn lists_of_all_lengths_come_back_as_they_went() {
    let copies = messages::copies(&[1, 1000], 1).unwrap();
    assert_eq!(copies.iter().map(|copy| copy.elements).collect::<Vec<_>>(), [1, 1000]);
}

#[test]
fn a_list_that_is_too_long_is_an_error() {
    let why = messages::copies(&[1 << 21], 1).unwrap_err().to_string();
    assert!(why.contains("MemoryError"), "{why}");
}

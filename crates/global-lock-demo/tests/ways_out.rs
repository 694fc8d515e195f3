//! What the scene about the ways out promises: not how fast, but that the same is done each way.

use global_lock_demo::scenes::ways_out::{costs, race};

#[test]
fn every_operation_is_done_and_leaves_the_count_right() {
    let costs = costs(1_000, 2).unwrap();
    assert_eq!(costs[0].name, "plain count");
    assert!(costs.iter().all(|cost| cost.nanos.is_finite() && cost.nanos >= 0.0));
}

#[test]
fn every_program_ends_well_under_every_strategy_and_the_first_is_the_measure() {
    let rows = race(1).unwrap();
    let names: Vec<_> = rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["none", "none, again", "interval", "fine-grained", "free-threaded"]);
    assert_eq!(rows[0].ratios, [1.0; 3]);
    assert!(rows.iter().flat_map(|row| row.ratios).all(|ratio| ratio > 0.0));
}

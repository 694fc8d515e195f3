//! What counts as a change, and what doesn't.

use benches::compare::{Change, Comparison, compare};
use benches::record::{Entry, Figure, Record};

use crate::rich::{entry, figure, of, record};

/// Sequential takes 100 ms, its second run `again`, and threads as given.
fn times(again: f64, threads: Figure) -> Record {
    let wall = |name, ms| entry("primes", name, &[("wall_ms", ms)]);
    let mut last = wall("threads", 0.0);
    last.figures.insert("wall_ms".into(), threads);
    of(vec![wall("sequential", 100.0), wall("again", again), last])
}

fn changed(comparison: &Comparison) -> Vec<&str> {
    comparison.changes.iter().map(|change| change.what.as_str()).collect()
}

#[test]
fn nothing_has_changed_from_a_run_to_itself() {
    let Comparison { notes, changes, compared } = compare(&record(), &record());
    assert!(changes.is_empty() && compared > 20, "{changes:?}");
    assert_eq!(notes.len(), 2, "both are interrupted: {notes:?}");
}

#[test]
fn a_difference_counts_where_it_exceeds_every_source_of_noise() {
    let change = |again, old, new| compare(&times(again, old), &times(100.0, new)).changes;
    let wide = |median: f64| Figure::of(vec![median * 0.8, median, median * 1.2]).unwrap();
    assert!(change(101.0, figure(50.0), figure(51.4)).is_empty(), "under 3 %");
    let seen = change(101.0, figure(50.0), figure(55.0));
    let expected = Change {
        what: "threads × primes: time".into(),
        before: "50.0 ms".into(),
        after: "55.0 ms".into(),
        by: "+10 % worse".into(),
        noise: "3 %".into(),
    };
    assert_eq!(seen, [expected]);
    assert!(change(112.0, figure(50.0), figure(55.0)).is_empty(), "A/A is 12 %");
    assert!(change(101.0, figure(50.0), wide(60.0)).is_empty(), "runs are 50 % apart");
    assert!(change(101.0, wide(50.0), figure(60.0)).is_empty(), "on either side");
    let one = |median| Figure::of(vec![median]).unwrap();
    assert!(change(101.0, one(50.0), one(70.0)).is_empty(), "one run tells little");
    assert_eq!(change(101.0, one(50.0), one(80.0))[0].noise, "50 %");
}

#[test]
fn more_requests_are_better_and_more_memory_is_worse() {
    let run = |rate, mib| {
        of(vec![entry(
            "serve",
            "threads",
            &[("requests_per_second", rate), ("peak_memory_mib", mib)],
        )])
    };
    let by: Vec<_> = compare(&run(9e3, 2.0), &run(18e3, 8.0)).changes;
    assert_eq!((by[0].by.as_str(), by[0].before.as_str()), ("+100 % better", "9,000/s"));
    assert_eq!((by[1].by.as_str(), by[1].after.as_str()), ("4.0× worse", "8.00 MiB"));
}

#[test]
fn a_cell_that_is_no_longer_done_is_a_change_and_its_times_are_not() {
    let old = times(101.0, figure(50.0));
    let mut new = times(101.0, figure(80.0));
    new.matrix[2] = Entry { status: "late".into(), ..new.matrix[2].clone() };
    let comparison = compare(&old, &new);
    assert_eq!(changed(&comparison), ["threads × primes"]);
    let Change { before, after, .. } = &comparison.changes[0];
    assert_eq!((before.as_str(), after.as_str()), ("done", "late"));
}

#[test]
fn of_two_machines_only_proportions_are_compared() {
    let old = times(101.0, figure(50.0));
    let mut new = times(101.0, figure(50.0));
    new.machine.cpu = "Another".into();
    for entry in &mut new.matrix {
        entry.figures.insert("wall_ms".into(), figure(entry.figures["wall_ms"].median * 3.0));
    }
    let comparison = compare(&old, &new);
    assert!(comparison.notes[0].starts_with("The machines differ (A processor, 2 cores; Another,"));
    assert!(comparison.changes.is_empty(), "three times as slow is as good: {comparison:?}");
    assert_eq!(comparison.compared, 1);
    new.matrix[2].figures.insert("wall_ms".into(), figure(300.0));
    let change = &compare(&old, &new).changes[0];
    assert_eq!((change.before.as_str(), change.after.as_str()), ("0.50×", "1.00×"));
    let unsteady = Figure::of(vec![100.0, 300.0, 310.0]).unwrap();
    new.matrix[0].figures.insert("wall_ms".into(), unsteady);
    assert!(compare(&old, &new).changes.is_empty(), "a proportion is as unsteady as its baseline");
}

#[test]
fn what_depends_on_a_size_is_compared_only_where_the_sizes_are_the_same() {
    let run = |quick, sizes: &[(&str, &str)], by: f64| {
        let cell = |problem, name, wall: f64| {
            entry(problem, name, &[("wall_ms", wall * by), ("peak_memory_mib", 8.0 * by)])
        };
        let cells = [("chain", 100.0), ("files", 40.0)]
            .map(|(problem, wall)| ["sequential", "threads"].map(|name| cell(problem, name, wall)));
        let owned = |(problem, size): &(&str, &str)| ((*problem).into(), (*size).into());
        let sizes = sizes.iter().map(owned).collect();
        Record { quick, sizes, units: record().units, ..of(cells.concat()) }
    };
    let full = run(false, &[("chain", "9 links"), ("files", "5 files")], 1.0);
    let small = compare(&full, &run(true, &[("chain", "2 links"), ("files", "3 files")], 0.2));
    let said = "Not compared: times, rates and memory of chain, files, because one of the two is a \
                quick run, of smaller problems.";
    assert_eq!(small.notes, [said]);
    assert!(small.changes.is_empty(), "{small:?}");
    assert!(small.compared > 0, "a unit is a unit in both");
    let other = compare(&full, &run(false, &[("chain", "9 links"), ("files", "6 files")], 2.0));
    let said = "Not compared: times, rates and memory of files (5 files; 6 files), because they are \
                not of the same size in both.";
    assert_eq!(other.notes, [said]);
    assert_eq!(other.changes.len(), 4, "time and memory of a chain, twice each: {other:?}");
    assert!(changed(&other).iter().all(|what| what.contains("× chain")), "{other:?}");
    // A record from before there were sizes.
    assert!(compare(&full, &run(false, &[], 1.0)).notes.is_empty());
    assert_eq!(compare(&full, &run(true, &[], 0.2)).notes, small.notes);
    let mut late = run(true, &[], 0.2);
    late.matrix[0].status = "late".into();
    assert_eq!(changed(&compare(&full, &late)), ["sequential × chain"]);
}

#[test]
fn rows_that_only_one_has_are_told() {
    let whole = times(101.0, figure(50.0));
    let mut less = whole.clone();
    less.matrix.pop();
    let notes = compare(&whole, &less).notes;
    assert_eq!(notes, ["Only the first has 2 of the rows."]);
}

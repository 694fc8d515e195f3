//! The same programs in the simulation and in every Python that is here: what they print is the
//! same, but for the numbers that are measured.

use std::time::Duration;

use global_lock_demo::echo;
use global_lock_demo::host::{Host, Simulated, arguments, field};
use global_lock_demo::python::{Gil, Python};
use global_lock_demo::scenes::beside::rows::{Sizes, rows};
use global_lock_demo::scenes::beside::trials::Trial;

/// Those that count right.
fn simulated() -> impl Iterator<Item = Host> {
    Simulated::ALL.into_iter().filter(|it| *it != Simulated::Unprotected).map(Host::Simulated)
}

/// Those on the `PATH`, of which there may be none.
fn real() -> Vec<Python> {
    let named = ["python2.7", "python3.13t", "python3.14t"].into_iter().map(Python::at);
    let pythons: Vec<_> = Python::found().into_iter().chain(named.flatten()).collect();
    if pythons.is_empty() {
        eprintln!("not compared with a real interpreter: there is none here");
    }
    pythons
}

fn all() -> impl Iterator<Item = Host> {
    simulated().chain(real().into_iter().map(Host::Real))
}

/// What was printed, with a `#` for each number.
fn kind(printed: &str) -> Vec<String> {
    let word = |word: &str| match word.parse::<f64>() {
        Ok(_) => "#".to_owned(),
        Err(_) => word.to_owned(),
    };
    let line = |line: &str| line.split(' ').map(word).collect::<Vec<_>>().join(" ");
    printed.lines().map(line).collect()
}

#[test]
fn what_is_always_the_same_is_the_same_everywhere() {
    let expected = Host::Simulated(Simulated::Interval).run("words", &[]).unwrap();
    assert!(expected.starts_with("who 2\n") && expected.ends_with("done\n"), "{expected}");
    for host in all() {
        assert_eq!(host.run("words", &[]).as_ref(), Ok(&expected), "{}", host.label());
    }
}

#[test]
fn an_old_python_understands_the_programs_and_a_new_one_loses_nothing_by_that() {
    for mut python in real() {
        let expected = Host::Real(python.clone()).run("words", &[]);
        python.version = (2, 7);
        assert_eq!(Host::Real(python).run("words", &[]), expected);
    }
}

#[test]
fn each_program_prints_lines_of_the_same_kind_everywhere() {
    for host in all() {
        for (program, arguments, line) in [
            ("countdown", &arguments![3, 1000][..], "seconds #"),
            ("oversleep", &arguments![1, 1, 0.001], "#"),
            ("increments", &arguments![2, 100], "lost # #"),
            ("private", &arguments![2, 1000], "seconds #"),
            ("shared", &arguments![2, 1000], "seconds #"),
            ("objects", &arguments![2, 100], "done"),
        ] {
            let printed = host.run(program, arguments).unwrap();
            assert_eq!(kind(&printed), [line], "{program} in {}", host.label());
        }
        // How many slices there were is up to the machine.
        let slices = host.run("slices", &arguments![2, 0.02, 0.001]).unwrap();
        assert!(kind(&slices).iter().all(|line| line == "#"), "{} {slices}", host.label());
    }
}

#[test]
fn a_server_says_where_it_is_and_how_it_went_everywhere() {
    for host in all() {
        let mut server = host.serve("echo", &arguments![1, 0.001]).unwrap();
        let port = field(&server.line().unwrap(), "port").unwrap() as u16;
        let trips = echo::ask(port, Duration::from_millis(5)).unwrap();
        echo::end(port).unwrap();
        assert!(!trips.is_empty());
        assert_eq!(kind(&server.end().unwrap()), ["done", "counted #"], "{}", host.label());
    }
}

/// A table without gaps: but slices, which may not be there, are asked for where there are turns.
#[test]
fn every_row_has_a_figure_of_the_simulation_and_of_its_counterpart() {
    let small = Sizes {
        slices: 0.05,
        sleeps: 2,
        asked: Duration::from_millis(5),
        countdown: 1000,
        additions: 100,
        steps: 1000,
    };
    for gil in [Gil::Legacy, Gil::Interval, Gil::Free] {
        let python = real().into_iter().find(|python| python.gil == gil).map(Host::Real);
        let (trials, rows) = rows(gil, small);
        for host in [Some(Host::Simulated(Simulated::like(gil))), python].into_iter().flatten() {
            let answers: Vec<_> = trials.iter().map(|trial| trial.ask(&host).unwrap()).collect();
            for row in &rows {
                let figure = row.figure.of_round(&answers[row.trial]);
                let may_lack = row.name.starts_with("slices") && answers[row.trial].is_empty();
                let number = figure.is_some_and(f64::is_finite);
                assert!(number || may_lack, "{} in {}: {figure:?}", row.name, host.label());
            }
        }
    }
}

#[test]
fn additions_that_are_lost_are_told_as_a_share_of_all() {
    // One lock, and one thread at a time between two looks at it: x += 1 loses nothing.
    let lost = Trial::lost(1000).ask(&Host::Simulated(Simulated::Interval)).unwrap();
    assert_eq!((lost.len(), lost[0]), (2, 0.0));
    let lost = Trial::lost(20_000).ask(&Host::Simulated(Simulated::FreeThreaded)).unwrap();
    assert!(lost.iter().all(|share| (0.0..=100.0).contains(share)), "{lost:?}");
}

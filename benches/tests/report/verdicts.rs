//! The sentences follow the figures, also where these are not what one expects.

use benches::record::Entry;
use benches::report::standing::{self, Standing};
use benches::report::verdict;

use crate::rich::{entry, of};

/// What is said of the last column of these cells.
fn said(matrix: Vec<Entry>) -> String {
    let record = of(matrix);
    let columns = standing::columns(&record);
    let column = columns.last().expect("a column");
    verdict::sentences(&record, column, &standing::languages(&record)).join(" ")
}

fn timed(problem: &str, rows: &[(&str, f64)]) -> Vec<Entry> {
    rows.iter().map(|(name, wall)| entry(problem, name, &[("wall_ms", *wall)])).collect()
}

#[test]
fn of_a_chain_it_is_said_that_nobody_helps_unless_somebody_does() {
    let chain = |threads| {
        said(timed("chain", &[("sequential", 100.0), ("again", 101.0), ("threads", threads)]))
    };
    let said_of_a_tie = "None helps: nobody did better than sequential (100 ms) beyond the noise. \
                         Each link needs the one before it, so";
    for threads in [99.0, 101.0] {
        assert!(chain(threads).starts_with(said_of_a_tie), "{}", chain(threads));
    }
    assert!(chain(140.0).starts_with("Best: sequential (100 ms), beyond the noise. Each link"));
    let odd = chain(60.0);
    assert!(odd.contains("and yet threads did better than sequential"), "{odd}");
    assert!(
        odd.starts_with(
            "Best: threads (60.0 ms, 1.67 times as fast as sequential), beyond the noise."
        ),
        "{odd}"
    );
    let alone = said(timed("chain", &[("sequential", 100.0), ("again", 101.0)]));
    assert_eq!(alone, "Only sequential was measured (100 ms).");
}

#[test]
fn who_was_faster_than_can_be_is_named_and_then_nobody_is_said_not_to_be() {
    let mut cells = timed("chain", &[("sequential", 100.0), ("pool", 100.0), ("threads", 60.0)]);
    cells[2].status = "impossible".into();
    let said = said(cells);
    assert!(said.contains("Not counted, because it cannot be: what threads took."), "{said}");
    assert!(said.starts_with("None of those that count helps: "), "{said}");
    assert!(!said.contains("Each link"), "{said}");
}

#[test]
fn of_primes_it_is_said_that_cores_decide_only_where_they_do() {
    let primes = |threads, lone| {
        said(timed("primes", &[("sequential", 100.0), ("threads", threads), ("event loop", lone)]))
    };
    let said = primes(51.0, 101.0);
    assert!(
        said.contains("comes to 1.00×, of those that use all 2 to 1.96×: cores decide."),
        "{said}"
    );
    let said = primes(100.0, 101.0);
    assert!(said.contains("cores made no difference beyond the noise"), "{said}");
    assert!(said.starts_with("None helps: nobody did better than sequential (100 ms)"), "{said}");
    let said = primes(51.0, 50.5);
    assert!(said.contains("times as fast as sequential), within the noise of threads."), "{said}");
}

/// Two cores do no more than twice the work, whatever was measured.
#[test]
fn what_cores_cannot_give_is_not_said_to_be_theirs() {
    for (threads, instead) in [
        (49.5, "to 2.02×: more than 2 cores can give, by no more than the noise."),
        (40.0, "to 2.50×: more than 2 cores can give, beyond the noise."),
    ] {
        let said = said(timed("files", &[("sequential", 100.0), ("threads", threads)]));
        assert!(said.contains(instead) && !said.contains("decide"), "{said}");
    }
}

#[test]
fn of_those_with_as_many_in_flight_the_fastest_is_named() {
    let cell = |(name, wall, in_flight)| {
        entry("fetch", name, &[("wall_ms", wall), ("in_flight", in_flight)])
    };
    let rows = [("sequential", 640.0, 1.0), ("event loop", 12.0, 64.0), ("smol", 11.0, 64.0)];
    for rows in [rows, [rows[2], rows[1], rows[0]]] {
        let said = said(rows.map(cell).to_vec());
        assert!(said.contains("with 64, smol takes 11.0 ms"), "{said}");
    }
}

#[test]
fn where_the_sequential_run_is_as_good_nobody_is_the_best() {
    let standings = |threads, lone| {
        let rows = [("sequential", 100.0), ("threads", threads), ("event loop", lone)];
        let record = of(timed("chain", &rows));
        let columns = standing::columns(&record);
        columns[0].cells.iter().map(|cell| cell.standing).collect::<Vec<_>>()
    };
    assert_eq!(standings(99.0, 101.0), [Standing::Tie; 3]);
    assert_eq!(standings(101.0, 140.0), [Standing::Tie, Standing::Tie, Standing::Worse]);
    assert_eq!(standings(130.0, 140.0), [Standing::Best, Standing::Worse, Standing::Worse]);
    assert_eq!(standings(50.0, 50.5), [Standing::Between, Standing::Best, Standing::Tie]);
}

#[test]
fn of_fetch_it_is_said_that_what_is_in_flight_decides_only_where_it_does() {
    let fetch = |lone, loops| {
        let cell = |(name, wall, in_flight)| {
            entry("fetch", name, &[("wall_ms", wall), ("in_flight", in_flight)])
        };
        let rows =
            [("sequential", 640.0, 1.0), ("threads", lone, 32.0), ("event loop", loops, 64.0)];
        said(rows.map(cell).to_vec())
    };
    let said = fetch(22.0, 11.0);
    assert!(
        said.contains(
            "With 1 in flight, sequential takes 640 ms; with 64, event loop takes 11.0 ms: how many"
        ),
        "{said}"
    );
    assert!(fetch(22.0, 900.0).contains("was the faster in only 33 %"), "{}", fetch(22.0, 900.0));
}

#[test]
fn of_a_server_both_sides_of_a_core_are_compared() {
    let serve = |threads, lone| {
        let cell = |(name, ms)| entry("serve", name, &[("beside_p99_ms", ms)]);
        said([("sequential", 80.0), ("threads", threads), ("event loop", lone)].map(cell).to_vec())
    };
    assert!(serve(0.4, 50.0).contains("who computes where it answers lets the others wait"));
    assert!(serve(50.0, 0.4).contains("here one core was no handicap"));
    assert!(serve(10.0, 10.1).contains("not told apart"));
}

#[test]
fn a_tail_is_called_what_it_is() {
    let serve = |tail| {
        let cell = |(name, ms)| entry("serve", name, &[(tail, ms)]);
        said([("sequential", 80.0), ("threads", 0.4)].map(cell).to_vec())
    };
    let least = |percent| format!("Least {percent} beside an expensive request: threads (400 µs)");
    assert!(serve("beside_p99_ms").starts_with(&least("p99")), "{}", serve("beside_p99_ms"));
    assert!(serve("beside_p95_ms").starts_with(&least("p95")), "{}", serve("beside_p95_ms"));
}

#[test]
fn where_nothing_was_measured_that_is_said() {
    let refused = Entry { status: "refused".into(), ..entry("primes", "threads", &[]) };
    assert_eq!(said(vec![refused]), "Nothing was measured.");
    assert_eq!(said(timed("another", &[("threads", 5.0)])), "Only threads was measured (5.00 ms).");
}

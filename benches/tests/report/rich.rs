//! A record with something of everything in it, also what should not be there.

use std::collections::BTreeMap;

use benches::facts::Facts;
use benches::goals::Outcome;
use benches::micro::Estimate;
use benches::record::{Curve, Entry, Figure, Lane, Point, Quantile, Record, Span, Timeline, Unit};

/// What HTML, XML and Markdown must not take for their own.
pub const NASTY: &str = "<script>alert(\"&amp;|1\")</script>";

pub fn figure(median: f64) -> Figure {
    // By powers of two, so that they are read as they were written, to the last bit.
    Figure::of(vec![median * 0.9921875, median, median * 1.0078125]).expect("three runs")
}

/// A cell that is done, in Rust.
pub fn entry(problem: &str, approach: &str, figures: &[(&str, f64)]) -> Entry {
    let figures = figures.iter().map(|(name, value)| ((*name).to_owned(), figure(*value)));
    let one_core = !["threads", "processes"].contains(&approach);
    Entry {
        problem: problem.into(),
        approach: approach.into(),
        chapter: "threading-demo".into(),
        language: "Rust".into(),
        baseline: "sequential".into(),
        one_core,
        status: "done".into(),
        why: None,
        figures: figures.collect(),
        latencies: BTreeMap::new(),
    }
}

/// The same in Python.
fn python(problem: &str, approach: &str, wall_ms: f64) -> Entry {
    Entry {
        language: "CPython 3.11.7".into(),
        baseline: "python sequential".into(),
        ..entry(problem, approach, &[("wall_ms", wall_ms)])
    }
}

/// A record of these cells and nothing else.
pub fn of(matrix: Vec<Entry>) -> Record {
    let unknown = || "1.00 1.00 1.00".to_owned();
    let machine = Facts {
        cpu: "A processor".into(),
        cores: 2,
        cores_online: 2,
        governor: "performance".into(),
        memory_mib: 24_000,
        kernel: "Linux 6.1".into(),
        rustc: "rustc 1.95.0".into(),
        load_before: unknown(),
        load_after: unknown(),
        others_share: Some(0.125),
        others_most: Some(0.5),
        versions: BTreeMap::from([("tokio".into(), "1.54.0".into())]),
    };
    Record {
        command: "cargo run --release -p benches -- all".into(),
        began: 1_767_225_600,
        took: 600.0,
        matrix,
        ..Record::of(machine)
    }
}

pub fn record() -> Record {
    Record {
        quick: true,
        interrupted: true,
        sizes: BTreeMap::from([("chain".into(), "10,000,000 links".into())]),
        units: units(),
        curves: vec![curve("primes", 1.875), curve("fetch", 60.0)],
        timelines: vec![timeline()],
        micro: vec![estimate("group/one", 10.0), estimate(NASTY, 2e6)],
        goals: goals(),
        ..of(matrix())
    }
}

fn matrix() -> Vec<Entry> {
    let times = |problem: &str, [one, again, threads, lone]: [f64; 4]| {
        let cell = |(approach, wall, in_flight)| {
            entry(
                problem,
                approach,
                &[("wall_ms", wall), ("cpu_ms", wall / 2.0), ("in_flight", in_flight)],
            )
        };
        let rows = [
            ("sequential", one, 1.0),
            ("again", again, 1.0),
            ("threads", threads, 64.0),
            ("event loop", lone, 64.0),
        ];
        rows.map(cell)
    };
    let mut matrix = Vec::new();
    matrix.extend(times("chain", [100.0, 101.0, 102.0, 100.5]));
    matrix.extend(times("primes", [100.0, 101.0, 51.0, 120.0]));
    matrix.extend(times("fetch", [640.0, 641.0, 12.0, 11.0]));
    matrix.extend(["sequential", "again", "threads", "event loop"].map(server));
    matrix.push(python("primes", "python sequential", 3_000.0));
    matrix.push(python("primes", "python again", 3_010.0));
    matrix.push(python("primes", "python processes", 1_600.0));
    let refused = Some(NASTY.to_owned());
    matrix.push(Entry { status: "refused".into(), why: refused, ..entry("fetch", NASTY, &[]) });
    matrix
}

fn server(approach: &str) -> Entry {
    let slow = if approach == "event loop" { 50.0 } else { 0.5 };
    let quantile = |(share, ms)| Quantile { share, ms };
    let latencies = |worst: f64| {
        [(0.5, 0.1), (0.9, 0.2), (0.99, worst), (0.999, worst * 2.0), (1.0, worst * 9.0)]
            .map(quantile)
            .to_vec()
    };
    let figures = [("requests_per_second", 9_000.0), ("beside_p99_ms", slow)];
    Entry {
        latencies: [("alone".into(), latencies(0.3)), ("beside".into(), latencies(slow))].into(),
        ..entry("serve", approach, &figures)
    }
}

fn units() -> Vec<Unit> {
    let unit = |approach: &str, count, [spawn, switch, memory]: [f64; 3]| Unit {
        approach: approach.into(),
        chapter: "threading-demo".into(),
        count,
        status: "done".into(),
        why: None,
        figures: [("spawn_ns", spawn), ("switch_ns", switch), ("memory_bytes", memory)]
            .map(|(name, value)| (name.to_owned(), figure(value)))
            .into(),
    };
    vec![
        unit("threads", 1, [30_000.0, 2_000.0, 40_000.0]),
        unit("threads", 10_000, [28_000.0, 2_500.0, 30_000.0]),
        Unit {
            status: "refused".into(),
            why: Some("too many".into()),
            figures: BTreeMap::new(),
            ..unit("threads", 100_000, [1.0; 3])
        },
        unit("event loop", 100_000, [90.0, 7.0, 128.0]),
        // Its job found room in what was there.
        unit("pool", 10_000, [400.0, 9.0, 0.0]),
    ]
}

fn curve(problem: &str, most: f64) -> Curve {
    let point = |workers: u64| Point { workers, speed_up: figure((workers as f64).min(most)) };
    let workers: &[u64] = if most < 4.0 { &[1, 2, 4] } else { &[1, 8, 64] };
    Curve {
        problem: problem.into(),
        approach: "threads".into(),
        status: "done".into(),
        why: None,
        points: workers.iter().copied().map(point).collect(),
    }
}

fn timeline() -> Timeline {
    let span = |state: &str, from_us, to_us| Span { state: state.into(), from_us, to_us };
    Timeline {
        title: format!("Two threads {NASTY}"),
        see: "They take turns.".into(),
        command: "cargo run -p threading-demo -- --svg FILE".into(),
        lanes: vec![
            Lane {
                name: "thread 1".into(),
                spans: vec![span("computing", 0.0, 500.0), span("waiting", 500.0, 1e3)],
            },
            // Time that runs backwards is drawn as none.
            Lane { name: NASTY.into(), spans: vec![span(NASTY, 700.0, 600.0)] },
        ],
    }
}

fn estimate(id: &str, median_ns: f64) -> Estimate {
    Estimate { id: id.into(), median_ns, low_ns: median_ns * 0.99, high_ns: median_ns * 1.01 }
}

fn goals() -> Vec<Outcome> {
    let goal = |what: &str, measured, noise, verdict: &str| Outcome {
        what: what.into(),
        limit: 0.53,
        measured,
        noise,
        verdict: verdict.into(),
    };
    vec![
        goal("primes: pool / sequential", Some(0.52), Some(0.01), "met"),
        goal("1 MiB: ring / memcpy", Some(2.0), None, NASTY),
    ]
}

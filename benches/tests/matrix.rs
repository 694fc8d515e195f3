//! The matrix as its users run it. No test looks at a time.

mod common;

use std::process::{Command, Output};
use std::{fs, io};

use common::{Out, matrix, quick};
use serde_json::Value;

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn finished(mut command: Command) -> Output {
    command.output().expect("a run")
}

#[test]
fn a_run_reports_every_cell_in_text_json_and_markdown() {
    let out = Out::new("every-cell");
    let only = "chain,primes,fetch,serve,sequential,pool,rayon";
    let run = finished(matrix(&out.0, &["--repeat", "2", "--only", only]));
    let shown = text(&run.stdout);
    let longest = shown.lines().filter(|line| !line.contains("report.json"));
    assert!(longest.map(|line| line.chars().count()).max() <= Some(80), "{shown}");
    let json = out.json();
    assert_eq!((json["schema"].as_u64(), json["interrupted"].as_bool()), (Some(2), Some(false)));
    assert!(json["machine"]["cores"].as_u64() >= Some(1));
    let cells = json["matrix"].as_array().expect("cells");
    assert_eq!(cells.len(), 4 * 4, "sequential brings its second run");
    let cell = |problem: &str, approach: &str| {
        let is = |cell: &&Value| cell["problem"] == problem && cell["approach"] == approach;
        cells.iter().find(is).expect("a cell")
    };
    // On a noisy machine a time may be found impossible; that is said, and is a report too.
    let impossible = cells.iter().any(|cell| cell["status"] == "impossible");
    assert_eq!(run.status.code(), Some(i32::from(impossible)), "{}", text(&run.stderr));
    let said = text(&run.stderr);
    assert_eq!(said.lines().count(), usize::from(impossible), "no bar where nobody looks: {said}");
    for cell in cells {
        let refused = cell["problem"] == "serve" && cell["approach"] == "rayon";
        let expected: &[&str] = if refused { &["refused"] } else { &["done", "impossible"] };
        assert!(expected.iter().any(|status| cell["status"] == *status), "{cell}");
    }
    assert!(cell("serve", "rayon")["why"].as_str().is_some_and(|why| why.contains("idle clients")));
    let in_flight = &cell("fetch", "sequential")["figures"]["in_flight"];
    assert_eq!(in_flight["runs"], serde_json::json!([1.0, 1.0]));
    for figure in ["wall_ms", "cpu_ms", "peak_memory_mib", "voluntary_switches"] {
        let figure = &cell("chain", "pool")["figures"][figure];
        let of = |name: &str| figure[name].as_f64().expect("a figure");
        assert!(of("least") <= of("median") && of("median") <= of("most"), "{figure}");
    }
    assert!(cell("serve", "pool")["figures"]["requests_per_second"]["median"].as_f64() > Some(0.0));
    for when in ["alone", "beside"] {
        let latencies =
            cell("serve", "pool")["latencies"][when].as_array().expect("a distribution");
        let of = |name: &str| Vec::from_iter(latencies.iter().filter_map(|one| one[name].as_f64()));
        // Of 250 requests fewer than ten are beyond the p99.
        assert_eq!(of("share"), [0.5, 0.75, 0.9, 0.95, 1.0]);
        assert!(of("ms").is_sorted() && of("ms").len() == 5, "{latencies:?}");
        let figures = cell("serve", "pool")["figures"].as_object().expect("figures");
        let told = figures.keys().filter_map(|name| name.strip_prefix(when));
        assert_eq!(Vec::from_iter(told), ["_p50_ms", "_p95_ms"]);
    }
    let markdown = fs::read_to_string(out.0.join("report.md")).expect("a report");
    assert!(markdown.contains("| approach | chain | primes | fetch |"), "{markdown}");
    assert!(markdown.contains("## What serve cost"), "{markdown}");
    let page = fs::read_to_string(out.0.join("report.html")).expect("a page");
    assert!(page.contains("<table class=\"heat\">") && page.ends_with("</html>"), "{page}");
}

#[test]
fn wrong_use_is_one_line_and_status_2() {
    let out = Out::new("wrong-use");
    for (arguments, said) in [
        (&["--only", "promes"][..], "there is no \"promes\"; the approaches are sequential, thr"),
        (&["--skip", "chain,primes,fetch,orders,files,serve"], "leave nothing to run"),
        (&["--repeat", "0"], "0 is not in 1..=1000"),
        (&["--path", "/dev/null/nowhere"], "no such directory"),
        (&["--fast"], "unexpected argument '--fast'"),
    ] {
        let run = finished(matrix(&out.0, arguments));
        let error = text(&run.stderr);
        assert_eq!((run.status.code(), error.lines().count()), (Some(2), 1), "{error}");
        assert!(error.contains(said), "{error}");
    }
}

#[test]
fn what_is_about_the_matrix_is_refused_where_that_is_not_run() {
    let out = Out::new("not-the-matrix");
    for (arguments, option) in [
        (&["--only", "primes"][..], "--only"),
        (&["--repeat", "3"], "--repeat"),
        (&["--python", "/dev/null/python"], "--python"),
    ] {
        let run = finished(quick("units", &out.0, arguments));
        let error = text(&run.stderr);
        let said = format!("benches: {option} is about the matrix, which isn't run\n");
        assert_eq!((run.status.code(), error), (Some(2), said));
    }
    assert!(!out.0.exists());
}

#[test]
fn what_nobody_reads_is_written_all_the_same() {
    let out = Out::new("unread");
    let (reader, unread) = io::pipe().expect("a pipe");
    drop(reader);
    let mut command = matrix(&out.0, &["--only", "chain,sequential", "--repeat", "1"]);
    command.stdout(unread);
    let run = finished(command);
    assert!(run.status.success(), "{}", text(&run.stderr));
    // The sequential run, and its second.
    assert_eq!(out.json()["matrix"].as_array().map(Vec::len), Some(2));
}

#[test]
fn a_report_that_cannot_be_written_is_shown_all_the_same() {
    let out = Out::new("unwritable");
    let arguments = ["--only", "chain,sequential", "--repeat", "1"];
    fs::create_dir_all(out.0.join("report.html")).expect("a directory in the place of the file");
    let run = finished(matrix(&out.0, &arguments));
    let (shown, error) = (text(&run.stdout), text(&run.stderr));
    assert!(shown.contains("Time in Rust, median") && !shown.contains("More in"), "{shown}");
    assert_eq!((run.status.code(), error.lines().count()), (Some(1), 1), "{error}");
    assert!(error.contains("report.html: "), "{error}");
    // What can be seen to fail is seen before anything runs.
    fs::remove_file(out.0.join("report.json")).expect("the record");
    fs::create_dir(out.0.join("report.json")).expect("a directory in its place");
    let run = finished(matrix(&out.0, &arguments));
    let (shown, error) = (text(&run.stdout), text(&run.stderr));
    assert_eq!((run.status.code(), shown.as_str()), (Some(2), ""), "{error}");
    assert!(error.starts_with("benches: --out ") && error.lines().count() == 1, "{error}");
}

#[test]
fn a_cell_that_is_late_is_killed_and_the_others_go_on() {
    let out = Out::new("late");
    // A sequential fetch waits for 64 times 5 ms; a thread each is done after one.
    let arguments = ["--only", "fetch,sequential,threads", "--repeat", "1", "--deadline-ms", "250"];
    let run = finished(matrix(&out.0, &arguments));
    assert!(run.status.success(), "{}", text(&run.stderr));
    let json = out.json();
    let status = |row: usize| {
        (json["matrix"][row]["approach"].clone(), json["matrix"][row]["status"].clone())
    };
    assert_eq!(status(0), ("sequential".into(), "late".into()));
    assert_eq!(json["matrix"][0]["why"], "no answer within 250 ms");
    assert_eq!(status(1), ("again".into(), "late".into()));
    assert_eq!(status(2).0, "threads");
    assert!(text(&run.stdout).contains("sequential × fetch: late: no answer within 250 ms"));
}

#[test]
fn a_cell_that_fails_says_why() {
    let out = Out::new("fails");
    let mut command = matrix(&out.0, &["--only", "files,pool", "--repeat", "1"]);
    command.env("CARGO_HOME", out.0.join("nowhere"));
    let run = finished(command);
    assert!(run.status.success(), "{}", text(&run.stderr));
    let cell = &out.json()["matrix"][0];
    assert_eq!(cell["status"], "failed", "{cell}");
    assert!(cell["why"].as_str().is_some_and(|why| why.contains("nowhere")), "{cell}");
}

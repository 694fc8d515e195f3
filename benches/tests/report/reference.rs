//! The full runs that `docs/results` keeps, which the book quotes.

use std::fs;
use std::path::{Path, PathBuf};

use benches::record::Record;
use benches::report::{html, markdown};

/// A directory for each machine.
fn machines() -> Vec<PathBuf> {
    let results = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/results");
    let all = fs::read_dir(results).expect("docs/results").flatten();
    all.map(|machine| machine.path()).filter(|machine| machine.is_dir()).collect()
}

/// Whether what is kept is what would be drawn now.
fn is_current(file: &Path, now: &str) {
    let kept = fs::read_to_string(file).expect("a page");
    let again = "cargo run -p benches -- report";
    assert!(
        kept == now,
        "{} is stale: {again} {}",
        file.display(),
        file.with_file_name("report.json").display()
    );
}

#[test]
fn each_is_full_and_whole_and_its_pages_are_those_that_are_drawn_of_it_now() {
    let machines = machines();
    assert!(!machines.is_empty());
    for machine in machines {
        let record = Record::read(&machine.join("report.json")).expect("a record");
        assert!(!record.quick && !record.interrupted, "{}", machine.display());
        assert!(record.complaints.is_empty(), "{:?}", record.complaints);
        is_current(&machine.join("report.md"), &markdown(&record));
        is_current(&machine.join("report.html"), &html::page(&record));
    }
}

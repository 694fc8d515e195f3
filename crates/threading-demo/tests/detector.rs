//! The example with parking_lot's detector finds its deadlock, says whose it is, and ends.

use std::io::Read;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// For a process that takes a fraction of a second where nothing else runs.
const AT_MOST: Duration = Duration::from_secs(60);

#[test]
fn the_deadlocked_threads_are_named_and_the_process_ends() {
    // This test is target/PROFILE/deps/detector-…, and `cargo test` builds the examples too.
    let test = std::env::current_exe().unwrap();
    let example = test.ancestors().nth(2).unwrap().join("examples/deadlock_detector");
    let mut process = Command::new(&example)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|why| panic!("{}: {why}; build the examples first", example.display()));

    let start = Instant::now();
    let status = loop {
        if let Some(status) = process.try_wait().unwrap() {
            break status;
        }
        if start.elapsed() > AT_MOST {
            process.kill().unwrap();
            process.wait().unwrap();
            panic!("it has not ended within {AT_MOST:?}");
        }
        thread::sleep(Duration::from_millis(10));
    };
    let mut said = String::new();
    process.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(status.success(), "{status}: {said}");
    assert!(said.contains("deadlock of 2 threads"), "{said}");
    assert!(said.contains("saver waits") && said.contains("spender waits"), "{said}");
}

//! Under valgrind, where it is installed: nothing is read that was not written, nor where nothing is.
#![cfg(target_os = "linux")]

use std::process::Command;

/// A change of the stack pointer by more than this is one to another stack, and not a large frame:
/// valgrind has to guess, and would take stacks that lie so near to each other for one.
const SWITCH: &str = "--max-stackframe=65536";

fn check(test: &str) {
    if std::env::var_os("TEST_RUNNER").is_some() {
        println!("skipped: it runs under another program already");
        return;
    }
    let Ok(version) = Command::new("valgrind").arg("--version").output() else {
        println!("skipped: valgrind isn't installed");
        return;
    };
    let mut command = Command::new("valgrind");
    command.args(["--quiet", "--error-exitcode=9", "--run-libc-freeres=no", SWITCH]);
    command.arg(std::env::current_exe().unwrap());
    let output = command.args(["--exact", test, "--test-threads=1"]).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    let version = String::from_utf8_lossy(&version.stdout);
    assert!(output.status.success(), "{version}{told}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"));
}

#[test]
fn a_million_switches() {
    check("switching::a_million_switches");
}

#[test]
fn panics_and_cancelled_threads() {
    check("ends::a_panic_reaches_whoever_joins");
    check("ends::a_cancelled_thread_unwinds_from_wherever_it_waits");
    check("ends::a_result_that_nobody_takes_is_dropped_by_its_thread");
}

#[test]
fn sockets() {
    check("sockets::a_hundred_clients_are_served_at_once");
}

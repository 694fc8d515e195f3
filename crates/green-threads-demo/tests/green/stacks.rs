//! What lies on the stacks, seen from outside: backtraces, and memory.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::hint::black_box;

use green_threads_demo::green;
use green_threads_demo::green::stack::{SIZE, Stacks};

use super::common::{alone, run};

#[inline(never)]
fn three_deep(depth: u32) -> Backtrace {
    if depth == 0 {
        Backtrace::force_capture()
    } else {
        black_box(three_deep(black_box(depth - 1)))
    }
}

/// It ends where the stack does: at the function that was put there, or the one that it calls.
#[test]
fn a_backtrace_stops_at_the_stacks_base() {
    let trace = run(|| {
        green::spawn(|| {
            green::yield_now();
            three_deep(2)
        })
        .join()
        .unwrap()
    });
    assert_eq!(trace.status(), BacktraceStatus::Captured);
    let trace = trace.to_string();
    assert!(trace.matches("three_deep").count() >= 2, "{trace}");
    assert!(trace.contains("a_backtrace_stops_at_the_stacks_base"), "{trace}");
    // The numbered lines name the functions; with them comes what the compiler knows of each.
    let numbered =
        |line: &&str| line.split_once(": ").is_some_and(|(n, _)| n.trim().parse::<u32>().is_ok());
    let frames: Vec<_> = trace.lines().filter(numbered).collect();
    let first = frames.iter().position(|frame| frame.contains("begin"));
    // Nothing of the thread on which it runs, nor of what the stack held before.
    let base = &frames[first.expect("it began somewhere")..];
    let known = |frame: &&str| frame.contains("begin") || frame.ends_with("<unknown>");
    assert!(base.len() <= 3 && base.iter().all(known), "{trace}");
}

#[test]
fn a_panic_is_told_with_its_backtrace() {
    let alone = alone("stacks::a_panic_is_told_with_its_backtrace");
    if alone.is_here() {
        let failed = run(|| green::spawn(|| panic!("here it is")).join());
        assert!(failed.is_err());
        return;
    }
    let output = alone.command().env("RUST_BACKTRACE", "full").output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    assert!(told.contains("here it is") && told.contains("begin"), "{told}");
}

#[test]
fn a_stack_is_used_again() {
    let mut stacks = Stacks::default();
    let first = stacks.take().unwrap();
    let second = stacks.take().unwrap();
    assert!(first != second && !first.guards(second.top().addr()));
    assert!(first.guards(first.top().addr().next_multiple_of(4096) - SIZE));
    // SAFETY: nothing is on it.
    unsafe { stacks.give_back(first) };
    assert_eq!(stacks.take().unwrap(), first);
    assert_eq!(stacks.made(), 2);
}

/// Their memory is given back, their guards stay: proc(5).
#[test]
#[cfg(target_os = "linux")]
fn many_that_wait_take_a_page_each_and_few_mappings() {
    const COUNT: usize = 20_000;
    let alone = alone("stacks::many_that_wait_take_a_page_each_and_few_mappings");
    if !alone.is_here() {
        let (output, told) = alone.output();
        assert!(output.status.success(), "{told}");
        return;
    }
    let resident = || {
        let status = std::fs::read_to_string("/proc/self/statm").unwrap();
        let pages: usize = status.split(' ').nth(1).unwrap().parse().unwrap();
        pages * 4
    };
    let mappings = || std::fs::read_to_string("/proc/self/maps").unwrap().lines().count();
    run(|| {
        let (before, mapped) = (resident(), mappings());
        let (sender, receiver) = green::channel::<()>(1);
        for _ in 0..COUNT {
            let receiver = receiver.clone();
            drop(green::spawn(move || receiver.recv()));
        }
        green::yield_now();
        let each = (resident() - before) as f64 / COUNT as f64;
        println!("{each:.2} KiB each, {} mappings more", mappings() - mapped);
        // Below each its guard; without the kernel's cheap ones it is a mapping of its own.
        let cheap = mappings() - mapped < 100;
        assert!(cheap || mappings() - mapped >= COUNT);
        // (Then an emulator's own memory for each counts too.)
        assert!(!cheap || each < 5.0, "{each} KiB each");
        drop(sender);
        while green::alive() > 0 {
            green::yield_now();
        }
        let kept = resident() - before;
        assert!(!cheap || kept < COUNT, "{kept} KiB are kept");
        // What was given back and is used again is guarded still.
        let overflows = green::spawn(|| dive(0)).join();
        assert!(matches!(overflows, Err(green::Failed::Overflowed)));
    });
}

#[cfg(target_os = "linux")]
#[expect(unconditional_recursion, reason = "until there is no stack left")]
fn dive(depth: u64) -> u64 {
    let frame = black_box([depth; 16]);
    black_box(dive(depth + 1)) + frame[3]
}

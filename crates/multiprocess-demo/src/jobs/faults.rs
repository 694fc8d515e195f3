//! Functions that go wrong when they are asked to, and the ones that are there to be compared.

use std::process;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::Function;

/// Returns the bytes as they came.
pub const ECHO: Function<Vec<u8>, Vec<u8>> = Function::new("echo", |bytes| bytes);

/// Computes for so many microseconds, and returns the process that did.
pub const WORK_FOR: Function<u64, u32> = Function::new("work for", |micros| {
    let (start, time) = (Instant::now(), Duration::from_micros(micros));
    while start.elapsed() < time {
        std::hint::spin_loop();
    }
    process::id()
});

/// Kills its own process, by SIGKILL, if the number is odd; or else returns it.
pub const END: Function<u64, u64> = Function::new("end", |number| {
    if number % 2 == 1 {
        let _ = kill(Pid::this(), Signal::SIGKILL);
    }
    number
});

/// Ends its own process by an abort, as a bug in a C library would, if the number is odd; or else
/// returns it.
pub const ABORT: Function<u64, u64> = Function::new("abort", |number| match number % 2 {
    1 => process::abort(),
    _ => number,
});

/// Never returns, if the number is odd; or else returns it.
pub const HANG: Function<u64, u64> = Function::new("hang", |number| {
    if number % 2 == 1 {
        loop {
            thread::sleep(Duration::from_secs(3600));
        }
    }
    number
});

/// Panics, if the number is odd; or else returns it.
pub const PANIC: Function<u64, u64> = Function::new("panic", |number| {
    assert!(number.is_multiple_of(2), "{number} is odd");
    number
});

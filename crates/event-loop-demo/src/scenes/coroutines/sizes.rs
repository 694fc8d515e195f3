//! How large a future is: what it needs after each await, the largest of its states.
//!
//! With one exception, which the compiler has had from the beginning (rust-lang/rust, issue 62958): an
//! argument keeps its place, also when it has been moved to where it is awaited.

use std::future::{Ready, ready};
use std::hint::black_box;

use super::machine::Sum;
use super::written;
use crate::runtime::oneshot::{Promised, oneshot};

/// The size of the buffer, in bytes.
pub(super) const BUFFER: usize = 1_000;

/// The sizes, in bytes, of what is named below.
#[derive(Debug)]
pub(super) struct Sizes {
    pub(super) before: usize,
    pub(super) across: usize,
    pub(super) in_turns: usize,
    /// A large future, and one that takes it as an argument and awaits it.
    pub(super) argument: usize,
    pub(super) awaiting: usize,
    sum: usize,
    machine: usize,
}

// [listing
async fn before(pause: Promised<u64>) -> u8 {
    let last = {
        let buffer = [1_u8; BUFFER];
        black_box(&buffer)[BUFFER - 1]
    };
    pause.await;
    last
}

async fn across(pause: Promised<u64>) -> u8 {
    let buffer = [1_u8; BUFFER];
    pause.await;
    black_box(&buffer)[BUFFER - 1]
}
// listing]

async fn in_turns(first: Promised<u64>, second: Promised<u64>) -> u8 {
    {
        let buffer = [1_u8; BUFFER];
        first.await;
        black_box(&buffer);
    }
    let buffer = [2_u8; BUFFER];
    second.await;
    black_box(&buffer)[BUFFER - 1]
}

async fn awaiting(large: Ready<[u8; BUFFER]>) -> u8 {
    large.await[BUFFER - 1]
}

/// Measures. None of the futures is ever polled.
pub(super) fn all() -> Sizes {
    let promised = || oneshot().1;
    Sizes {
        before: size_of_val(&before(promised())),
        across: size_of_val(&across(promised())),
        in_turns: size_of_val(&in_turns(promised(), promised())),
        argument: size_of::<Ready<[u8; BUFFER]>>(),
        awaiting: size_of_val(&awaiting(ready([0; BUFFER]))),
        sum: size_of_val(&written::sum(promised(), promised())),
        machine: size_of::<Sum>(),
    }
}

impl Sizes {
    pub(super) fn named(&self) -> [(&'static str, usize); 5] {
        [
            ("Sum, by hand", self.machine),
            ("sum(), an async fn", self.sum),
            ("before(): buffer gone by then", self.before),
            ("across(): buffer still needed", self.across),
            ("two such buffers, in turns", self.in_turns),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_future_holds_what_is_needed_after_an_await_and_nothing_else() {
        let sizes = all();
        assert!(sizes.before < 100, "{sizes:?}");
        assert!((BUFFER..BUFFER + 100).contains(&sizes.across), "{sizes:?}");
        assert!(sizes.in_turns < 2 * BUFFER, "{sizes:?}");
    }
}

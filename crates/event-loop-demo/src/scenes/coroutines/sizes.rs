//! How large a future is: what it needs after each await, the largest of its states.

use std::hint::black_box;
use std::mem::{size_of, size_of_val};

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
    pub(super) sum: usize,
    pub(super) machine: usize,
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

/// Measures. None of the futures is ever polled.
pub(super) fn all() -> Sizes {
    let promised = || oneshot().1;
    Sizes {
        before: size_of_val(&before(promised())),
        across: size_of_val(&across(promised())),
        in_turns: size_of_val(&in_turns(promised(), promised())),
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

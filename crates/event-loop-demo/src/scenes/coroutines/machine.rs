//! The state machine that the compiler makes of `written.rs`, by hand.
//!
//! The compiler's differs in this: it changes its state in place, where this one moves what the next
//! state needs out of the last. So the compiler's may hold a reference from one of its variables to
//! another across an await, and then must never be moved: that is what [`Pin`] promises. This one
//! holds none, and could be moved between two polls.

use std::mem;
use std::pin::Pin;
use std::task::Context;
use std::task::Poll::{self, Pending, Ready};

use super::by_hand::note;
use crate::runtime::oneshot::Promised;

// [listing
pub(super) enum Sum {
    Start { first: Promised<u64>, second: Promised<u64> },
    WaitingForFirst { first: Promised<u64>, second: Promised<u64> },
    WaitingForSecond { a: u64, second: Promised<u64> },
    Done,
}

impl Future for Sum {
    type Output = u64;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context) -> Poll<u64> {
        loop {
            // What one state holds is moved into the next.
            match mem::replace(&mut *self, Sum::Done) {
                Sum::Start { first, second } => {
                    note("begins");
                    *self = Sum::WaitingForFirst { first, second };
                }
                Sum::WaitingForFirst { mut first, second } => {
                    // Not yet: it has kept the waker in cx.
                    let Ready(a) = Pin::new(&mut first).poll(cx) else {
                        *self = Sum::WaitingForFirst { first, second };
                        return Pending;
                    };
                    note("has a");
                    let a = a.unwrap_or(0);
                    *self = Sum::WaitingForSecond { a, second };
                }
                Sum::WaitingForSecond { a, mut second } => {
                    let Ready(b) = Pin::new(&mut second).poll(cx) else {
                        *self = Sum::WaitingForSecond { a, second };
                        return Pending;
                    };
                    note("has b");
                    return Ready(a + b.unwrap_or(0));
                }
                Sum::Done => panic!("polled again after it was ready"),
            }
        }
    }
}
// listing]

impl Sum {
    pub(super) fn new(first: Promised<u64>, second: Promised<u64>) -> Sum {
        Sum::Start { first, second }
    }

    /// The state, by its name.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Sum::Start { .. } => "Start",
            Sum::WaitingForFirst { .. } => "WaitingForFirst",
            Sum::WaitingForSecond { .. } => "WaitingForSecond",
            Sum::Done => "Done",
        }
    }
}

//! The job in callbacks, with every error handed on to who asked.

use std::net::SocketAddr;
use std::ops::Range;

use workloads::Result;

use super::question::{HowMany, Page, Question, Receipt};
use super::readiness::Loop;
use super::{Called, Then};

// [listing
fn job(io: &mut Loop, shop: SocketAddr, pages: u64, then: Then) -> Called {
    ask(io, shop, HowMany(pages), move |io, pages| match pages {
        Ok(pages) => next_page(io, shop, 0..pages, 0, then),
        Err(why) => then(io, Err(why)),
    })
}

fn next_page(
    io: &mut Loop,
    shop: SocketAddr,
    mut left: Range<u64>,
    taken: u64,
    then: Then,
) -> Called {
    let Some(page) = left.next() else {
        return ask(io, shop, Receipt(taken), then);
    };
    ask(io, shop, Page(page), move |io, more| match more {
        Ok(more) => next_page(io, shop, left, taken + more, then),
        Err(why) => then(io, Err(why)),
    })
}
// listing]

/// Asks, and returns at once. `then` is called with the answer.
pub(super) fn ask(
    io: &mut Loop,
    shop: SocketAddr,
    question: Question,
    then: impl FnOnce(&mut Loop, Result<u64>) -> Called + 'static,
) -> Called {
    io.get(shop, question.request(), move |io, reply| {
        then(io, reply.and_then(|reply| question.answer(&reply)))
    })
}

pub(super) const TEXT: &str = include_str!("turned.rs");
pub(super) const JOB: super::ends::Job = job;

//! The job in callbacks, with `?` where an error should be handed on. It compiles.

use std::net::SocketAddr;
use std::ops::Range;

use super::question::{HowMany, Page, Receipt};
use super::readiness::Loop;
use super::turned::ask;
use super::{Called, Then};

fn job(io: &mut Loop, shop: SocketAddr, pages: u64, then: Then) -> Called {
    ask(io, shop, HowMany(pages), move |io, pages| next_page(io, shop, 0..pages?, 0, then))
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
    // [listing
    ask(io, shop, Page(page), move |io, more| {
        let taken = taken + more?;
        next_page(io, shop, left, taken, then)
    })
    // listing]
}

pub(super) const TEXT: &str = include_str!("careless.rs");
pub(super) const JOB: super::ends::Job = job;

//! The contract: the one test that every approach passes.
//!
//! Right answers; as many requests really in flight as promised, measured where it cannot be
//! argued with (the service answers only once so many are there); bad input refused; faults
//! named; nothing left behind. No clause depends on how fast anything is: the only clock is a
//! patience of [`PATIENCE`], after which "not yet" counts as "never".

mod leaks;
mod serving;

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::approach::Approach;
use crate::chain;
use crate::error::Error;
use crate::fetch;
use crate::files::{Bounds, list};
use crate::orders::Totals;
use crate::primes::{self, PI_OF_POWERS_OF_TEN};
use crate::sequential::Sequential;
use crate::service::{Fault, Service};

/// How long something may take before it counts as never happening.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Checks that the approach keeps the whole contract.
///
/// Leaks are counted for the whole process, so call this from a test that runs alone in its
/// binary.
///
/// # Panics
/// With the clause that is broken, and how.
pub fn check(approach: &dyn Approach) {
    let name = approach.name();
    let service = Service::start().unwrap_or_else(|why| panic!("{name}: no service: {why}"));
    // Once to warm up: a pool may keep the threads that it starts at its first use.
    fetch_in_order(approach, &service);
    let before = leaks::count();
    chain_and_its_bounds(approach);
    primes_are_the_published_ones(approach);
    fetch_in_order(approach, &service);
    in_flight_as_promised(approach, &service);
    nobody_listens(approach);
    orders_and_their_faults(approach, &service);
    files_and_their_faults(approach);
    serving::check(approach);
    leaks::none_since(&before, name);
}

/// Waits until `condition` holds; `false` if it does not within [`PATIENCE`].
fn eventually(mut condition: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    while !condition() {
        if start.elapsed() > PATIENCE {
            return false;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    true
}

fn chain_and_its_bounds(approach: &dyn Approach) {
    let name = approach.name();
    assert_eq!(approach.chain(10_000).ok(), chain::run(10_000).ok(), "{name}: chain");
    for links in [0, chain::LINKS.end() + 1] {
        let refused = approach.chain(links);
        assert!(matches!(refused, Err(Error::Bound { .. })), "{name}: a chain of {links} links");
    }
}

fn primes_are_the_published_ones(approach: &dyn Approach) {
    let name = approach.name();
    for ranges in [1, 2, 37] {
        // π counts up to and with 10⁵, which is not prime.
        let split = primes::split(100_000, ranges).expect("the bounds are valid");
        let count = approach.primes(&split).unwrap_or_else(|why| panic!("{name}: primes: {why}"));
        assert_eq!(count, PI_OF_POWERS_OF_TEN[5], "{name}: primes in {ranges} ranges");
    }
    assert_eq!(approach.primes(&[]).ok(), Some(0), "{name}: primes in no range");
}

fn fetch_in_order(approach: &dyn Approach, service: &Service) {
    let name = approach.name();
    let mut requests = fetch::requests(24, 0).expect("the bounds are valid");
    // The earlier are answered later, so an approach that returns replies as they come fails.
    for (id, request) in requests.iter_mut().enumerate() {
        request.target = format!("/think?id={id}&ms={}", 24 - id);
    }
    let replies = approach.fetch(service, &requests);
    let replies = replies.unwrap_or_else(|why| panic!("{name}: fetch: {why}"));
    fetch::check(&requests, &replies).unwrap_or_else(|why| panic!("{name}: fetch: {why}"));
    assert!(approach.fetch(service, &[]).is_ok_and(|none| none.is_empty()), "{name}: no fetch");
}

fn in_flight_as_promised(approach: &dyn Approach, service: &Service) {
    let name = approach.name();
    let promised = approach.in_flight(12);
    assert!((1..=12).contains(&promised), "{name}: promises {promised} of 12 in flight");
    // Whole gatherings only, or the last could never be complete.
    let requests = 12_usize.next_multiple_of(promised);
    assert_eq!(approach.in_flight(requests), promised, "{name}: of {requests} in flight");
    let requests = fetch::gathering(requests as u64, promised as u64).expect("valid bounds");
    service.clear().unwrap_or_else(|why| panic!("{name}: {why}"));
    let gathered =
        approach.fetch(service, &requests).and_then(|replies| fetch::check(&requests, &replies));
    let log = service.log().unwrap_or_else(|why| panic!("{name}: {why}"));
    let most = log.most_at_once;
    gathered.unwrap_or_else(|why| panic!("{name}: {promised} in flight, at most {most}: {why}"));
    assert_eq!(most, promised as u64, "{name}: in flight at once");
}

fn nobody_listens(approach: &dyn Approach) {
    let name = approach.name();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let nobody = Service::at(listener.local_addr().expect("its address"));
    drop(listener);
    let requests = fetch::requests(3, 0).expect("the bounds are valid");
    let refused = approach.fetch(&nobody, &requests).map(drop);
    let why = refused.expect_err("an error, where nobody listens").to_string();
    assert!(why.contains(&nobody.address().to_string()), "{name}: who could not be reached: {why}");
    assert!(approach.orders(&nobody, 0..3).is_err(), "{name}: orders from nobody");
}

fn orders_and_their_faults(approach: &dyn Approach, service: &Service) {
    let name = approach.name();
    let totals = approach.orders(service, 5..25);
    let totals = totals.unwrap_or_else(|why| panic!("{name}: orders: {why}"));
    assert_eq!(totals, Totals::known(5..25), "{name}: orders");
    for fault in [Fault::CutShort, Fault::WrongLength, Fault::BadJson] {
        service.spoil(7, fault).unwrap_or_else(|why| panic!("{name}: {why}"));
        let spoilt = approach.orders(service, 5..10).map(drop);
        let why = spoilt.expect_err("an error for a spoilt page").to_string();
        let named = why.contains("page=7") || why.contains("page 7");
        assert!(named, "{name}: {fault:?} on page 7: {why}");
    }
    service.clear().unwrap_or_else(|why| panic!("{name}: {why}"));
    assert!(approach.orders(service, 3..3).is_err(), "{name}: no pages are no order");
}

fn files_and_their_faults(approach: &dyn Approach) {
    let name = approach.name();
    let directory = Scratch::new();
    for file in 0..40 {
        let text = format!("file {file} and its {} words, some more\n", "the ".repeat(file * 50));
        fs::write(directory.0.join(format!("{file:02}.txt")), text).expect("a file to read");
    }
    let listing = list(&directory.0, Bounds::NAMED).expect("a listing");
    fs::remove_file(&listing.paths[17]).expect("a file that vanishes after it was listed");
    let counts = approach.files(&listing.paths);
    let counts = counts.unwrap_or_else(|why| panic!("{name}: files: {why}"));
    let expected = Sequential.files(&listing.paths).expect("the sequential counts");
    assert_eq!(counts, expected, "{name}: files");
    assert_eq!((counts.files, counts.skipped.len()), (39, 1), "{name}: files read and skipped");
    assert_eq!(counts.skipped[0].path, listing.paths[17], "{name}: the file that vanished");
    assert_eq!(approach.files(&[]).ok().map(|none| none.total()), Some(0), "{name}: no files");
}

/// A directory that is gone when this is dropped, also by a panic.
pub(crate) struct Scratch(pub(crate) PathBuf);

impl Scratch {
    pub(crate) fn new() -> Scratch {
        use std::sync::atomic::{AtomicU32, Ordering};
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let unique = format!("{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(format!("concurrency-story-{unique}"));
        fs::create_dir(&path).expect("a scratch directory");
        Scratch(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

//! The contract: the one test that every approach passes.
//!
//! Right answers; as many requests really in flight as promised, measured where it cannot be
//! argued with (the service answers only once so many are there); bad input refused; faults
//! named; nothing left behind. No clause depends on how fast anything is: the only clock is a
//! patience of [`PATIENCE`], after which "not yet" counts as "never".
//!
//! That it can fail, and with which words, `tests/broken.rs` shows.

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
use crate::http::Request;
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
    check_within(approach, PATIENCE);
}

/// The same with another patience, for approaches that are known to break a clause.
///
/// # Panics
/// As [`check`].
pub fn check_within(approach: &dyn Approach, patience: Duration) {
    let contract = Contract { approach, name: approach.name(), patience };
    // Once to warm up: a pool may keep the threads that it starts at its first use. The service
    // is another one, so that the connections which it still has to close are not counted.
    contract.fetch_in_order(&contract.service());
    let before = leaks::settled();
    let service = contract.service();
    contract.chain_and_its_bounds();
    contract.primes_are_the_published_ones();
    contract.fetch_in_order(&service);
    contract.at_least_as_many_in_flight_as_promised(&service);
    contract.no_more_in_flight_than_promised(&service);
    contract.nobody_listens();
    contract.orders_and_their_faults(&service);
    contract.files_and_their_faults();
    contract.serving();
    drop(service);
    contract.nothing_left_since(&before);
}

struct Contract<'a> {
    approach: &'a dyn Approach,
    name: &'static str,
    patience: Duration,
}

impl Contract<'_> {
    /// Waits until `condition` holds; `false` if patience ends before it does.
    fn eventually(&self, mut condition: impl FnMut() -> bool) -> bool {
        let start = Instant::now();
        while !condition() {
            if start.elapsed() > self.patience {
                return false;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        true
    }

    fn service(&self) -> Service {
        Service::start().unwrap_or_else(|why| panic!("{}: no service: {why}", self.name))
    }

    fn chain_and_its_bounds(&self) {
        let Contract { approach, name, .. } = self;
        assert_eq!(approach.chain(10_000).ok(), chain::run(10_000).ok(), "{name}: chain");
        for links in [0, chain::LINKS.end() + 1] {
            let refused = approach.chain(links);
            let refused = matches!(refused, Err(Error::Bound { .. }));
            assert!(refused, "{name}: a chain of {links} links is not refused");
        }
    }

    fn primes_are_the_published_ones(&self) {
        let Contract { approach, name, .. } = self;
        for ranges in [1, 2, 37] {
            // π counts up to and with 10⁵, which is not prime.
            let split = primes::split(100_000, ranges).expect("the bounds are valid");
            let count = approach.primes(&split);
            let count = count.unwrap_or_else(|why| panic!("{name}: primes: {why}"));
            assert_eq!(count, PI_OF_POWERS_OF_TEN[5], "{name}: primes in {ranges} ranges");
        }
        assert_eq!(approach.primes(&[]).ok(), Some(0), "{name}: primes in no range");
    }

    fn fetch_in_order(&self, service: &Service) {
        let Contract { approach, name, .. } = self;
        let mut requests = fetch::requests(8, 0).expect("the bounds are valid");
        // The earlier are answered later, so an approach that returns replies as they come fails.
        for (id, request) in requests.iter_mut().enumerate() {
            request.target = format!("/think?id={id}&ms={}", 10 * (8 - id));
        }
        let replies = approach.fetch(service, &requests);
        let replies = replies.unwrap_or_else(|why| panic!("{name}: fetch: {why}"));
        fetch::check(&requests, &replies).unwrap_or_else(|why| panic!("{name}: fetch: {why}"));
        assert!(approach.fetch(service, &[]).is_ok_and(|none| none.is_empty()), "{name}: no fetch");
    }

    /// The service answers nobody before so many are there. No answer could come if they never
    /// were.
    fn at_least_as_many_in_flight_as_promised(&self, service: &Service) {
        let Contract { approach, name, patience } = self;
        let promised = approach.in_flight(12);
        assert!((1..=12).contains(&promised), "{name}: promises {promised} of 12 in flight");
        // One gathering: of those that never come together, each costs the whole patience.
        assert_eq!(approach.in_flight(promised), promised, "{name}: of {promised} in flight");
        let ms = patience.as_millis().min(u128::from(*fetch::THINK_MS.end()));
        let gather = |id| Request::get(format!("/gather?id={id}&of={promised}&ms={ms}"));
        let requests: Vec<_> = (0..promised).map(gather).collect();
        let most = self.most_in_flight(service, &requests);
        most.unwrap_or_else(|why| panic!("{name}: promises {promised} in flight: {why}"));
    }

    /// This clause can miss an approach that breaks it, but never one that keeps it: two requests
    /// of which the first has its answer before the second comes were not in flight at once.
    fn no_more_in_flight_than_promised(&self, service: &Service) {
        let Contract { approach, name, .. } = self;
        let promised = approach.in_flight(12);
        let requests = fetch::requests(12, 20).expect("the bounds are valid");
        let most = self.most_in_flight(service, &requests);
        let most = most.unwrap_or_else(|why| panic!("{name}: fetch: {why}"));
        assert!(most <= promised as u64, "{name}: promises {promised} in flight, has {most}");
    }

    fn most_in_flight(&self, service: &Service, requests: &[Request]) -> crate::Result<u64> {
        service.clear()?;
        fetch::check(requests, &self.approach.fetch(service, requests)?)?;
        Ok(service.log()?.most_at_once)
    }

    fn nobody_listens(&self) {
        let Contract { approach, name, .. } = self;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let nobody = Service::at(listener.local_addr().expect("its address"));
        drop(listener);
        let requests = fetch::requests(3, 0).expect("the bounds are valid");
        let Err(why) = approach.fetch(&nobody, &requests) else {
            panic!("{name}: fetches from where nobody listens");
        };
        let (why, address) = (why.to_string(), nobody.address().to_string());
        assert!(why.contains(&address), "{name}: does not say whom it could not reach: {why}");
        assert!(approach.orders(&nobody, 0..3).is_err(), "{name}: orders from nobody");
    }

    fn orders_and_their_faults(&self, service: &Service) {
        let Contract { approach, name, .. } = self;
        let totals = approach.orders(service, 5..25);
        let totals = totals.unwrap_or_else(|why| panic!("{name}: orders: {why}"));
        assert_eq!(totals, Totals::known(5..25), "{name}: orders");
        for fault in [Fault::CutShort, Fault::WrongLength, Fault::BadJson] {
            service.spoil(7, fault).unwrap_or_else(|why| panic!("{name}: {why}"));
            let Err(why) = approach.orders(service, 5..10) else {
                panic!("{name}: {fault:?} on page 7 is not noticed");
            };
            let why = why.to_string();
            let named = why.contains("page=7") || why.contains("page 7");
            assert!(named, "{name}: {fault:?} on page 7 is not named: {why}");
        }
        service.clear().unwrap_or_else(|why| panic!("{name}: {why}"));
        assert!(approach.orders(service, 3..3).is_err(), "{name}: no pages are no order");
    }

    fn files_and_their_faults(&self) {
        let Contract { approach, name, .. } = self;
        let directory = Scratch::new();
        for file in 0..40 {
            let text =
                format!("file {file} and its {} words, some more\n", "the ".repeat(file * 50));
            fs::write(directory.0.join(format!("{file:02}.txt")), text).expect("a file to read");
        }
        let mut paths = list(&directory.0, Bounds::NAMED).expect("a listing").paths;
        // Two files vanish after they were listed, and are met in another order than that of
        // their names.
        paths.swap(3, 30);
        for gone in [&paths[3], &paths[30]] {
            fs::remove_file(gone).expect("a file that is there");
        }
        let counts = approach.files(&paths);
        let counts = counts.unwrap_or_else(|why| panic!("{name}: files: {why}"));
        assert_eq!((counts.files, counts.skipped.len()), (38, 2), "{name}: files read and skipped");
        let expected = Sequential.files(&paths).expect("the sequential counts");
        assert_eq!(counts, expected, "{name}: files");
        let none = approach.files(&[]).ok().map(|none| none.total());
        assert_eq!(none, Some(0), "{name}: no files");
    }
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

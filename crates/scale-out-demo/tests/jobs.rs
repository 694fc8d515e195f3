//! What can be done is done; what can not ends, is kept with its reason, and disturbs nobody.

mod common;

use std::time::Duration;

use scale_out_demo::broker::Broker;
use scale_out_demo::crew::{Crew, TRIES};
use scale_out_demo::job::{Entry, Job};
use scale_out_demo::queue::Queue;
use scale_out_demo::scenes::site::{done, sales};
use workloads::Service;
use workloads::service::Fault;

const PATIENCE: Duration = Duration::from_secs(60);

fn poison_among(broker: &Broker) {
    let service = Service::start().expect("a service");
    // This one asks for a page that can't be read, however often.
    service.spoil(7, Fault::BadJson).expect("a service");
    let mut queue = Queue::open(broker).expect("a queue");
    let _crew = Crew::new(&common::program(), broker, 2).expect("workers");
    let jobs = sales(&service, 0..10, Entry::Keyed).chain([Job::Poison]);
    let ids = queue.push(jobs).expect("a push");
    let ends = queue.wait_at_most(&ids, PATIENCE).expect("a broker").expect("an end for each");
    assert_eq!(done(&ends), 9, "{ends:?}");
    let why = ends[7].as_ref().expect_err("page 7 can't be read");
    assert!(why.contains("page 7"), "{why}");
    let dead = queue.dead().expect("a broker");
    assert_eq!(dead.len(), 2, "{dead:?}");
    // A worker that gets no core for a second is taken for dead, and what it was at is tried once more.
    let tries = TRIES as u64..=2 * TRIES as u64;
    for letter in dead {
        assert!(tries.contains(&letter.tries), "{letter:?}");
        let expected = if matches!(letter.job, Job::Poison) { "fails each time" } else { "page 7" };
        assert!(letter.why.contains(expected), "{letter:?}");
    }
    let mut pages = queue.balance().expect("a ledger").runs;
    pages.sort_unstable();
    pages.dedup();
    assert_eq!(pages, [0, 1, 2, 3, 4, 5, 6, 8, 9], "what failed has no entry");
    queue.clear().expect("a broker");
    assert_eq!(queue.waiting().expect("a broker"), 0);
}

#[test]
fn poison_in_a_file() {
    poison_among(&common::in_a_file().broker);
}

#[test]
fn poison_at_a_server() {
    let Some(place) = common::at_a_server() else { return };
    poison_among(&place.broker);
}

/// The engine alone hands out nothing any more where more than eight thousand jobs are due.
#[test]
fn ten_thousand_jobs_at_a_server() {
    let Some(place) = common::at_a_server() else { return };
    let mut queue = Queue::open(&place.broker).expect("a queue");
    let ids = queue.push((0..10_000).map(|_| Job::Wait(0))).expect("a push");
    assert_eq!(queue.waiting().expect("a broker"), ids.len());
    let _crew = Crew::new(&common::program(), &place.broker, 2).expect("workers");
    let first = queue.wait_at_most(&ids[..20], PATIENCE).expect("a broker");
    assert_eq!(first.map(|ends| done(&ends)), Some(20));
}

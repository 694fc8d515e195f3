//! The queue under chaos: workers are killed at random moments (the same in each run), the server is
//! killed and comes back, and every order is counted once.

mod common;

use std::time::{Duration, Instant};

use scale_out_demo::broker::Broker;
use scale_out_demo::crew::Crew;
use scale_out_demo::job::Entry;
use scale_out_demo::queue::Queue;
use scale_out_demo::redis_server::RedisServer;
use scale_out_demo::scenes::site::sales;
use workloads::Service;
use workloads::chain::link;
use workloads::orders::Totals;

const PAGES: u32 = 60;
const KILLS: u32 = 6;

/// How long all of it may take before it counts as lost.
const PATIENCE: Duration = Duration::from_secs(120);

struct Chaos {
    service: Service,
    crew: Crew,
    random: u64,
    started: Instant,
}

impl Chaos {
    fn at(broker: &Broker, seed: u64) -> Chaos {
        let crew = Crew::new(&common::program(), broker, 3).expect("workers");
        Chaos {
            service: Service::start().expect("a service"),
            crew,
            random: seed,
            started: Instant::now(),
        }
    }

    fn random(&mut self, below: u64) -> u64 {
        self.random = link(self.random);
        self.random % below
    }

    /// Kills a worker once so many pages have been asked for, and employs another.
    fn kill_one_after(&mut self, pages: u64) {
        while self.service.log().expect("the log").answered < pages {
            assert!(self.started.elapsed() < PATIENCE, "no page is asked for any more");
            std::thread::sleep(Duration::from_millis(1));
        }
        let workers = self.crew.numbers();
        let victim = self.random(workers.len() as u64);
        self.crew.kill(workers[usize::try_from(victim).unwrap()]);
        self.crew.hire(1).expect("another worker");
    }
}

/// Every page has its entry, and each of them once.
fn all_counted(queue: &mut Queue, ids: &[apalis::prelude::TaskId]) {
    let ends = queue.wait_at_most(ids, PATIENCE).expect("a broker").expect("an end for each job");
    for (page, end) in ends.iter().enumerate() {
        assert!(end.is_ok(), "page {page}: {end:?}");
    }
    let balance = queue.balance().expect("a ledger");
    assert_eq!(balance.keyed, Totals::known(0..PAGES));
    assert!(balance.runs.len() >= PAGES as usize, "{} runs", balance.runs.len());
    assert!(queue.dead().expect("a broker").is_empty(), "a job was given up");
    assert_eq!(queue.waiting().expect("a broker"), 0);
}

fn workers_are_killed(broker: &Broker, seed: u64) {
    let mut queue = Queue::open(broker).expect("a queue");
    let mut chaos = Chaos::at(broker, seed);
    let ids = queue.push(sales(&chaos.service, 0..PAGES, Entry::Keyed)).expect("a push");
    let mut after = 0;
    for _ in 0..KILLS {
        after += chaos.random(u64::from(PAGES / KILLS)) + 1;
        chaos.kill_one_after(after);
    }
    all_counted(&mut queue, &ids);
}

#[test]
fn workers_at_a_file_are_killed() {
    for seed in [1, 2] {
        let place = common::in_a_file();
        workers_are_killed(&place.broker, seed);
    }
}

#[test]
fn workers_at_a_server_are_killed() {
    for seed in [3, 4] {
        let Some(place) = common::at_a_server() else { return };
        workers_are_killed(&place.broker, seed);
    }
}

#[test]
fn the_server_is_killed_too_and_comes_back() {
    let Some(mut place) = common::at_a_server() else { return };
    let address = place.server.as_ref().expect("a server").address();
    let mut queue = Queue::open(&place.broker).expect("a queue");
    let mut chaos = Chaos::at(&place.broker, 5);
    let ids = queue.push(sales(&chaos.service, 0..PAGES, Entry::Keyed)).expect("a push");
    let mut after = 0;
    for _ in 0..3 {
        after += chaos.random(15) + 1;
        chaos.kill_one_after(after);
        drop(place.server.take());
        let server = RedisServer::start(&common::program(), place.scratch.path(), address);
        place.server = Some(server.expect("the server again"));
    }
    drop(queue);
    let mut queue = Queue::open(&place.broker).expect("the queue again");
    all_counted(&mut queue, &ids);
}

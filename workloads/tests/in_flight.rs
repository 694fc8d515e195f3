//! The promise that the other figures stand on: ten thousand requests in flight on one thread.

mod common;

use std::process::Command;

use workloads::http::Request;
use workloads::load::{Load, Pace, Question, Until};
use workloads::{Service, fetch, limits};

const CLIENTS: usize = 10_000;

#[test]
fn ten_thousand_requests_are_in_flight_at_once() {
    // This process has its end of every connection, the service's process the other; and some more.
    let files = limits::allow_many_files();
    if files < CLIENTS as u64 + 500 {
        println!("skipped: only {files} file descriptors");
        return;
    }
    let process = common::Process::start(&mut Command::new(common::SLOW_SERVICE));
    let service = Service::at(process.address);
    let load = |requests| Load {
        address: process.address,
        clients: CLIENTS,
        pace: Pace::Closed,
        until: Until::Requests(requests),
    };

    // Nobody is answered before all are there, however slowly they come.
    let gather = |id| Question {
        request: Request::get(format!("/gather?id={id}&of={CLIENTS}&ms=60000")),
        answer: fetch::answer(id),
    };
    let report = load(CLIENTS as u64).run(gather).unwrap();
    assert_eq!((report.right, report.wrong), (CLIENTS as u64, 0), "{:?}", report.first_wrong);
    assert_eq!(service.log().unwrap().most_at_once, CLIENTS as u64);

    // How late the answers come is a figure of this machine, so it is told and not asserted.
    service.clear().unwrap();
    let think = |id| Question::think(id, 1_000 + id * 7_919 % 1_001);
    let report = load(2 * CLIENTS as u64).run(think).unwrap();
    assert_eq!((report.right, report.wrong), (2 * CLIENTS as u64, 0), "{:?}", report.first_wrong);
    let log = service.log().unwrap();
    assert_eq!(log.answered, 2 * CLIENTS as u64);
    println!("{log:?}");
    let latency = |share| report.latency_at(share);
    println!("asked to think 1 to 2 s: p50 {:?}, p99 {:?}", latency(0.5), latency(0.99));
}

//! The load generator tells the truth: about replies that are wrong, and about a queue.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use workloads::load::{CLIENTS, Load, PER_SECOND, Pace, Question, REQUESTS, Report, Until};
use workloads::{Service, fetch};

const PATIENCE: Duration = Duration::from_secs(30);

/// What the server below does with a request, by the number of requests before it.
type Manners = fn(u64, &mut TcpStream) -> bool;

/// A server with manners of its own, a thread a connection, which ends with its last client: it
/// serves the clients of one load and not one more.
fn server(connections: usize, manners: Manners) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let requests = AtomicU64::new(0);
        thread::scope(|scope| {
            for _ in 0..connections {
                let (stream, _) = listener.accept().unwrap();
                scope.spawn(|| talk(stream, &requests, manners));
            }
        });
    });
    address
}

fn talk(mut stream: TcpStream, requests: &AtomicU64, manners: Manners) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    while let Some(Ok(line)) = lines.next() {
        if line.is_empty() && !manners(requests.fetch_add(1, Ordering::SeqCst), &mut stream) {
            return;
        }
    }
}

fn reply(stream: &mut TcpStream, id: u64) -> bool {
    stream.write_all(&fetch::answer(id).bytes(true)).is_ok()
}

/// Request `i` is a question whose right answer is the same for all.
fn same(_: u64) -> Question {
    Question::think(7, 0)
}

fn load(address: SocketAddr, clients: usize, pace: Pace, until: Until) -> Load {
    Load { address, clients, pace, until }
}

const fn open(per_second: u64) -> Pace {
    Pace::Open { per_second }
}

fn all_right(report: &Report, requests: u64) {
    assert_eq!((report.right, report.wrong), (requests, 0), "{:?}", report.first_wrong);
    assert_eq!((report.latency.len(), report.sent_late.len()), (requests, requests));
}

#[test]
fn every_request_is_asked_once_and_counted_once() {
    let service = Service::start().unwrap();
    for (clients, pace, until, requests) in [
        (1, Pace::Closed, Until::Requests(1), 1),
        (8, Pace::Closed, Until::Requests(500), 500),
        (8, open(2_000), Until::Requests(100), 100),
        // The time says how many are due, not how many can be sent in it.
        (8, open(1_000), Until::Elapsed(Duration::from_millis(200)), 200),
        (1, open(100_000), Until::Elapsed(Duration::from_millis(10)), 1_000),
    ] {
        service.clear().unwrap();
        let load = load(service.address(), clients, pace, until);
        all_right(&load.run(|id| Question::think(id, 0)).unwrap(), requests);
        let log = service.log().unwrap();
        assert_eq!(log.answered, requests, "{load:?}");
        assert!(log.most_at_once <= clients as u64, "{load:?}");
    }
    let load = load(service.address(), 4, Pace::Closed, Until::Elapsed(Duration::from_millis(50)));
    let report = load.run(|id| Question::think(id, 1)).unwrap();
    all_right(&report, service.log().unwrap().answered - 1_000);
}

#[test]
fn a_lie_is_counted_and_the_first_one_told() {
    let address = server(3, |request, stream| match request {
        4 | 6 => reply(stream, 8),
        _ => reply(stream, 7),
    });
    let report = load(address, 1, Pace::Closed, Until::Requests(10)).run(same).unwrap();
    assert_eq!((report.right, report.wrong, report.latency.len()), (8, 2, 8));
    let why = report.first_wrong.unwrap();
    assert_eq!(why, "GET /think?id=7&ms=0: status 200, or a body that is not the answer");
}

#[test]
fn a_server_that_closes_or_resets_costs_one_request_each_time() {
    let closes = |request: u64, stream: &mut TcpStream| request % 3 != 2 && reply(stream, 7);
    let report = load(server(4, closes), 1, Pace::Closed, Until::Requests(10)).run(same).unwrap();
    assert_eq!((report.right, report.wrong), (7, 3));
    assert_eq!(report.first_wrong.unwrap(), "GET /think?id=7&ms=0: closed without a reply");

    // A server that closes while something is unread resets the connection.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let rude = thread::spawn(move || {
        for _ in 0..3 {
            let (stream, _) = listener.accept().unwrap();
            assert_eq!(stream.peek(&mut [0]).unwrap(), 1);
        }
        // The generator opens the next connection before anything is asked on it.
        drop(listener.accept());
    });
    let report = load(address, 1, Pace::Closed, Until::Requests(3)).run(same).unwrap();
    assert_eq!((report.right, report.wrong), (0, 3));
    let why = report.first_wrong.unwrap();
    assert!(why.starts_with("GET /think?id=7&ms=0: Connection reset"), "{why}");
    rude.join().unwrap();
}

#[test]
fn who_cannot_be_connected_to_is_an_error() {
    let nobody = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
    let why = load(nobody, 1, Pace::Closed, Until::Requests(1)).run(same).unwrap_err();
    assert!(why.to_string().starts_with(&format!("connecting to {nobody}: ")), "{why}");
}

/// Coordinated omission. The server stalls once, for 400 ms: in that time an open loop of 500 a
/// second has 200 requests due, the first 100 of which wait more than 200 ms. A closed loop has
/// one request waiting, and knows of no other.
#[test]
fn an_open_loop_sees_the_queue_and_a_closed_one_does_not() {
    const STALL: Duration = Duration::from_millis(400);
    let stalls = |request, stream: &mut TcpStream| {
        if request == 50 {
            thread::sleep(STALL);
        }
        reply(stream, 7)
    };
    let slow = |pace| {
        let load = load(server(1, stalls), 1, pace, Until::Requests(400));
        let report = load.run(same).unwrap();
        all_right(&report, 400);
        let most = report.latency.high();
        let slow = |latencies: &hdrhistogram::Histogram<u64>| {
            latencies.count_between(STALL.as_nanos() as u64 / 2, most)
        };
        (slow(&report.latency), slow(&report.sent_late))
    };
    let (open, sent_late) = slow(open(500));
    let (closed, never_late) = slow(Pace::Closed);
    println!("slower than 200 ms: {open} in the open loop, {closed} in the closed one");
    assert!(open >= 100 && sent_late >= 99, "{open} slow, {sent_late} sent late");
    // A busy machine may add to them, but needs 200 ms for each.
    let few = open / 3;
    assert!(
        (1..few).contains(&closed) && never_late < few,
        "{closed} slow, {never_late} sent late"
    );
}

#[test]
fn bounds_are_refused_by_name_before_anything_is_connected() {
    let nobody = SocketAddr::from((Ipv4Addr::LOCALHOST, 1));
    let closed = Pace::Closed;
    let one = Until::Requests(1);
    for (clients, pace, until, why) in [
        (0, closed, one, format!("clients must be from 1 to {}, not 0", CLIENTS.end())),
        (50_001, closed, one, "clients must be from 1 to 50000, not 50001".into()),
        (1, open(0), one, format!("requests a second must be from 1 to {}", PER_SECOND.end())),
        (1, open(100_001), one, "requests a second must be from 1 to 100000".into()),
        (1, closed, Until::Requests(0), "requests to make must be from 1".into()),
        (1, closed, Until::Requests(REQUESTS.end() + 1), "requests to make must be from 1".into()),
        (1, closed, Until::Elapsed(Duration::MAX), "seconds of load must be from 0".into()),
    ] {
        let refused = load(nobody, clients, pace, until).run(same).unwrap_err().to_string();
        assert!(refused.starts_with(&why), "{refused}");
    }
}

#[test]
fn an_open_loop_leaves_no_thread() {
    let service = Service::start().unwrap();
    let slow = load(service.address(), 1, open(1), Until::Requests(1));
    let start = Instant::now();
    all_right(&slow.run(same).unwrap(), 1);
    println!("one request at one a second: done in {:?}", start.elapsed());
    let pacers = || {
        let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten();
        let names =
            threads.filter_map(|t| std::fs::read_to_string(t.ok()?.path().join("comm")).ok());
        names.filter(|name| name.trim() == "pacer").count()
    };
    // The other tests may have theirs at this moment, but not for ever.
    while pacers() > 0 {
        assert!(start.elapsed() < PATIENCE, "a pacer outlives its load");
        thread::yield_now();
    }
}

/// No claim, a figure: how much later than due a request is sent when a client is free.
#[test]
fn how_late_an_open_loop_sends() {
    let service = Service::start().unwrap();
    for (per_second, requests) in [(10, 10), (100, 50), (1_000, 500), (10_000, 3_000)] {
        let load = load(service.address(), 64, open(per_second), Until::Requests(requests));
        let report = load.run(same).unwrap();
        all_right(&report, requests);
        let late = |share| Duration::from_nanos(report.sent_late.value_at_quantile(share));
        println!(
            "{per_second:>6}/s: sent late p50 {:?}, p99 {:?}; latency p50 {:?}, p99 {:?}",
            late(0.5),
            late(0.99),
            report.latency_at(0.5),
            report.latency_at(0.99),
        );
    }
}

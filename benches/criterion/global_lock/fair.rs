//! A server of UDP beside a hog, in one interpreter: `echo.py`. What a fair lock gives the server,
//! and what it takes from the hog.
//!
//! Three threads want to run here, client, server and hog: with two cores, the hog's share at the
//! full rate says as much about the cores as about the lock.

use std::net::{Ipv4Addr, UdpSocket};
use std::thread;
use std::time::{Duration, Instant};

use criterion::Criterion;
use global_lock_demo::echo;
use global_lock_demo::host::{Runs, Simulated, arguments, field};

/// So long each of a benchmark's samples asks the server.
const WINDOW: Duration = Duration::from_millis(60);

/// For what must not take long.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server, in an interpreter of its own, and its port.
fn server(lock: Simulated, hogs: u32) -> (Box<dyn Runs>, u16) {
    let running =
        lock.start("echo", &arguments![hogs, 0.005], None).expect("it comes with the chapter");
    let line = running.line(PATIENCE).expect("a line with its port");
    (running, field(&line, "port").expect("a port") as u16)
}

/// How long a round trip takes on average, the next following the last at once. (Not in the middle:
/// where most trips wait for the hog and some find it asleep, the middle may be either.)
pub fn round_trip(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("round trip");
    for (name, lock, hogs) in [
        ("fair, beside a hog", Simulated::Fair, 1),
        ("interval, beside a hog", Simulated::Interval, 1),
        ("fair, alone", Simulated::Fair, 0),
        ("interval, alone", Simulated::Interval, 0),
        ("fair, beside a hog again", Simulated::Fair, 1),
    ] {
        let (running, port) = server(lock, hogs);
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|many| {
                let trips = echo::ask(port, WINDOW).expect("answers");
                let all: Duration = trips.iter().sum();
                all.div_f64(trips.len() as f64).mul_f64(many as f64)
            });
        });
        echo::end(port).expect("a server that ends");
        running.end().expect("a program that ends");
    }
    group.finish();
}

/// How long the hog takes for a turn of its loop, under the fair lock: alone, and beside the
/// server.
pub fn hog(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("hog's turn");
    for (name, pause) in [
        ("alone", None),
        ("beside 1,000 requests a second", Some(Duration::from_millis(1))),
        ("beside as many requests as can be", Some(Duration::ZERO)),
        ("alone again", None),
    ] {
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|many| turn(pause).mul_f64(many as f64));
        });
    }
    group.finish();
}

/// How long a turn takes beside requests with this pause between them, if there are any.
fn turn(pause: Option<Duration>) -> Duration {
    let (running, port) = server(Simulated::Fair, 1);
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    socket.connect((Ipv4Addr::LOCALHOST, port)).expect("a server");
    socket.set_read_timeout(Some(PATIENCE)).expect("a time-out");
    let start = Instant::now();
    match pause {
        None => thread::sleep(WINDOW),
        Some(pause) => ask(&socket, pause),
    }
    // The server ends, and then the hog.
    socket.send(&[]).expect("a socket that sends");
    running.line(PATIENCE).expect("a last line of the server");
    let time = start.elapsed();
    let printed = running.end().expect("a program that ends").to_string();
    time.div_f64(field(&printed, "counted").expect("a number"))
}

fn ask(socket: &UdpSocket, pause: Duration) {
    let start = Instant::now();
    while start.elapsed() < WINDOW {
        socket.send(b"question").expect("a socket that sends");
        socket.recv(&mut [0; 16]).expect("an answer");
        if !pause.is_zero() {
            thread::sleep(pause);
        }
    }
}

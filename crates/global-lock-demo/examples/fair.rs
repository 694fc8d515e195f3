//! What a fair lock gives an I/O thread, and what it takes from the others.
//!
//! ```text
//! cargo run --release -p global-lock-demo --example fair
//! ```
//!
//! A UDP server holds the lock except while it receives and sends; its client needs no lock. Beside
//! it a hog computes, and checks about every 20 ns whether somebody wants the lock: look at how
//! long an answer takes, and how much of its speed the hog keeps. Then two hogs compute side by
//! side: look at how much both together get done of what one does alone.

use std::hint::black_box;
use std::net::UdpSocket;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};
use std::{io, thread};

use global_lock_demo::lock::{Fair, GlobalLock, Interval, fair};
use global_lock_demo::thread::ThreadState;
use stage::human;

/// All is measured in turns, since a machine has other things to do too; medians are shown.
const TURNS: usize = 15;
const WINDOW: Duration = Duration::from_millis(100);

/// Between two requests: none, and such that a server has a thousand a second.
const PAUSES: [Duration; 2] = [Duration::ZERO, Duration::from_millis(1)];

fn main() -> io::Result<()> {
    for pause in PAUSES {
        println!("\nrequests with a pause of {} between them", human(pause));
        println!("lock                      p50       p90       p99  answers/s   hog  two hogs");
        measure("interval", pause, Interval::default)?;
        measure("fair, without spinning", pause, || Fair::new(Duration::ZERO))?;
        measure(&format!("fair, {}", human(fair::SPIN)), pause, Fair::default)?;
    }
    Ok(())
}

fn measure<L: GlobalLock>(name: &str, pause: Duration, lock: impl Fn() -> L) -> io::Result<()> {
    let (mut times, mut beside, mut two) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..TURNS {
        let alone = compute(&lock(), 1, || thread::sleep(WINDOW));
        let (lock_of_both, socket) = (lock(), UdpSocket::bind("127.0.0.1:0")?);
        let client = UdpSocket::bind("127.0.0.1:0")?;
        client.connect(socket.local_addr()?)?;
        client.set_read_timeout(Some(Duration::from_secs(10)))?;
        let with_io = thread::scope(|scope| {
            let server = scope.spawn(|| serve(&lock_of_both, &socket));
            let speed = compute(&lock_of_both, 1, || ask(&client, pause, &mut times));
            // An empty datagram ends the server.
            client.send(&[]).and(server.join().expect("a server that ends")).map(|()| speed)
        })?;
        beside.push(with_io / alone);
        two.push(compute(&lock(), 2, || thread::sleep(WINDOW)) / alone);
    }
    times.sort_unstable();
    let time = |share| human(times[times.len() * share / 100]);
    let rate = times.len() as f64 / (WINDOW * TURNS as u32).as_secs_f64();
    let (p50, p90, p99, beside, two) = (time(50), time(90), time(99), median(beside), median(two));
    println!("{name:<22}{p50:>9} {p90:>9} {p99:>9} {rate:>10.0} {beside:>5.2} {two:>9.2}");
    Ok(())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}

/// How many steps a second so many hogs do together, while the caller does something else.
fn compute<L: GlobalLock>(lock: &L, hogs: u32, meanwhile: impl FnOnce()) -> f64 {
    let (stop, steps) = (AtomicBool::new(false), AtomicU64::new(0));
    let hog = |id| {
        let me = &mut ThreadState::new(id);
        lock.take(me);
        while !stop.load(Relaxed) {
            black_box((0..20).map(black_box).sum::<u32>());
            // Under the lock, so that a load and a store make an addition.
            steps.store(steps.load(Relaxed) + 1, Relaxed);
            lock.check(me);
        }
        lock.give(me);
    };
    thread::scope(|scope| {
        let hog = &hog;
        // The server has number 1.
        (2..2 + hogs).for_each(|id| drop(scope.spawn(move || hog(id))));
        let start = Instant::now();
        let before = steps.load(Relaxed);
        meanwhile();
        let done = steps.load(Relaxed) - before;
        let speed = done as f64 / start.elapsed().as_secs_f64();
        stop.store(true, Relaxed);
        speed
    })
}

fn serve<L: GlobalLock>(lock: &L, socket: &UdpSocket) -> io::Result<()> {
    let me = &mut ThreadState::new(1);
    let mut buffer = [0; 64];
    lock.take(me);
    let mut answer = || {
        let (length, client) = lock.outside(me, || socket.recv_from(&mut buffer))?;
        if length > 0 {
            lock.outside(me, || socket.send_to(&buffer[..length], client))?;
        }
        Ok(length > 0)
    };
    let end = loop {
        match answer() {
            Ok(true) => {}
            end => break end.map(|_| ()),
        }
    };
    lock.give(me);
    end
}

/// Asks one question after the other, and writes down how long each answer took.
fn ask(client: &UdpSocket, pause: Duration, times: &mut Vec<Duration>) {
    let start = Instant::now();
    while start.elapsed() < WINDOW {
        let asked = Instant::now();
        client.send(b"question").expect("a socket that sends");
        client.recv(&mut [0; 64]).expect("an answer");
        times.push(asked.elapsed());
        if !pause.is_zero() {
            thread::sleep(pause);
        }
    }
}

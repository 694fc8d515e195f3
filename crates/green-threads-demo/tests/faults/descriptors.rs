//! More clients than there are file descriptors.

use std::io::ErrorKind;
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use super::server::{Server, answer, ask, eventually};

const FIT: usize = 40;
const COME: usize = 80;

/// A server to which as many have come as fit, or more.
struct Crowded {
    server: Server,
    served: Vec<TcpStream>,
    waiting: Vec<(u64, TcpStream)>,
}

/// How many descriptors a server has without a client, by the numbers that a limit counts.
fn own() -> usize {
    let server = Server::start();
    let mut client = server.connect();
    ask(&mut client, 1);
    answer(&mut client, 1);
    // What it has inherited may have any number.
    let few = server.descriptors().into_iter().filter(|number| *number < 100).count() - 1;
    drop(client);
    server.end();
    few
}

impl Crowded {
    fn of(many: usize) -> Crowded {
        let server = Server::with_descriptors(own() + FIT);
        let come = |n| {
            let mut stream = server.connect();
            ask(&mut stream, n);
            (n, stream)
        };
        let waiting = (0..many as u64).map(come).collect();
        let mut crowded = Crowded { server, served: Vec::new(), waiting };
        crowded.until_served(FIT);
        crowded
    }

    /// Looks who has an answer by now.
    fn look(&mut self) {
        for (n, mut stream) in self.waiting.extract_if(.., |(_, stream)| has_answer(stream)) {
            answer(&mut stream, n);
            self.served.push(stream);
        }
    }

    fn until_served(&mut self, many: usize) {
        eventually("an answer for those who fit", || {
            self.look();
            self.served.len() >= many
        });
    }
}

fn has_answer(stream: &TcpStream) -> bool {
    stream.set_nonblocking(true).unwrap();
    let peeked = stream.peek(&mut [0]);
    stream.set_nonblocking(false).unwrap();
    match peeked {
        Ok(bytes) => bytes > 0,
        Err(why) => {
            assert_eq!(why.kind(), ErrorKind::WouldBlock);
            false
        }
    }
}

#[test]
fn out_of_descriptors_it_serves_whom_it_can_and_the_others_later_and_does_not_spin() {
    let mut crowded = Crowded::of(COME);
    assert_eq!(crowded.served.len(), FIT);
    let (start, computed) = (Instant::now(), crowded.server.computed());
    thread::sleep(Duration::from_millis(1_000));
    let (wall, cpu) = (start.elapsed(), crowded.server.computed() - computed);
    let share = 100.0 * cpu.as_secs_f64() / wall.as_secs_f64();
    println!("out of descriptors, it computes for {share:.2} % of the time");
    assert!(share < 5.0, "it spins: {share:.0} % of a core");
    crowded.look();
    assert_eq!(crowded.served.len(), FIT);
    // Those who have been served are still served.
    for (n, stream) in crowded.served.iter_mut().enumerate() {
        ask(stream, n as u64);
        answer(stream, n as u64);
    }
    // Half of them leave: as many of the others come in.
    let start = Instant::now();
    crowded.served.truncate(FIT / 2);
    crowded.until_served(FIT);
    let took = start.elapsed();
    println!("when {} had left, as many others were served in {took:.1?}", FIT / 2);
    // And not because patience with those who stay has ended.
    for (n, stream) in crowded.served[..FIT / 2].iter_mut().enumerate() {
        ask(stream, n as u64);
        answer(stream, n as u64);
    }
    crowded.served.clear();
    crowded.until_served(COME - FIT - FIT / 2);
    assert!(crowded.waiting.is_empty());
    crowded.server.end();
}

/// It sleeps in accept(), since nobody more has come. To wake it takes a descriptor, and none is left.
#[test]
fn out_of_descriptors_it_ends_when_it_is_asked_to() {
    let Crowded { server, served, waiting } = Crowded::of(FIT);
    assert!(waiting.is_empty());
    server.end();
    drop(served);
}

//! More clients than there are file descriptors.

use std::io::ErrorKind;
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use super::server::{Server, answer, ask, eventually};

const FIT: usize = 40;
const COME: usize = 80;

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

/// Moves those that have their answer from the first to the second.
fn move_answered(waiting: &mut Vec<(u64, TcpStream)>, answered: &mut Vec<TcpStream>) {
    for (n, mut stream) in waiting.extract_if(.., |(_, stream)| has_answer(stream)) {
        answer(&mut stream, n);
        answered.push(stream);
    }
}

/// How many a server has without a client: what it was born with, the listener, and the poller's
/// three; and how many of them count for a limit, which is one of their numbers.
fn own() -> (usize, usize) {
    let server = Server::start();
    let mut client = server.connect();
    ask(&mut client, 1);
    answer(&mut client, 1);
    let numbers = server.descriptors();
    let low = numbers.iter().filter(|&&number| number < 100).count();
    (numbers.len() - 1, low - 1)
}

#[test]
fn out_of_descriptors_it_serves_whom_it_can_and_the_others_later_and_does_not_spin() {
    let (own, low) = own();
    let server = Server::with_descriptors(low + FIT);
    let mut waiting: Vec<_> = (0..COME as u64)
        .map(|n| {
            let mut stream = server.connect();
            ask(&mut stream, n);
            (n, stream)
        })
        .collect();
    let mut served = Vec::new();
    eventually("an answer for those who fit", || {
        move_answered(&mut waiting, &mut served);
        served.len() >= FIT
    });
    assert_eq!((served.len(), server.holds().0), (FIT, own + FIT));

    let (start, computed) = (Instant::now(), server.computed());
    thread::sleep(Duration::from_millis(1_000));
    let (wall, cpu) = (start.elapsed(), server.computed() - computed);
    let share = 100.0 * cpu.as_secs_f64() / wall.as_secs_f64();
    println!("out of descriptors, it computes for {share:.1} % of the time");
    assert!(share < 20.0, "it spins: {share:.0} % of a core");
    move_answered(&mut waiting, &mut served);
    assert_eq!(served.len(), FIT);
    // Those who have been served are still served.
    for (n, stream) in served.iter_mut().enumerate() {
        ask(stream, n as u64);
        answer(stream, n as u64);
    }

    // Half of them leave: as many of the others come in.
    let start = Instant::now();
    served.truncate(FIT / 2);
    eventually("an answer for those who waited", || {
        move_answered(&mut waiting, &mut served);
        served.len() >= FIT
    });
    println!("when {} had left, as many others were served in {:.1?}", FIT / 2, start.elapsed());
    // And not because patience with those who stay has ended.
    for (n, stream) in served[..FIT / 2].iter_mut().enumerate() {
        ask(stream, n as u64);
        answer(stream, n as u64);
    }

    drop(served);
    eventually("an answer for the last", || {
        move_answered(&mut waiting, &mut Vec::new());
        waiting.is_empty()
    });
    eventually("the end of all conversations", || server.holds().0 == own);
    server.end();
}

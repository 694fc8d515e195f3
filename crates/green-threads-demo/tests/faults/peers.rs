//! Peers that are slow, silent or rude do their siblings no harm, and leave nothing behind.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use nix::libc::linger;
use nix::sys::socket::{setsockopt, sockopt::Linger};
use workloads::serve::{PATIENCE, cheap};

use super::server::{Server, answer, ask, eventually, times};

/// Closes with a reset instead of an end.
fn reset(stream: TcpStream) {
    setsockopt(&stream, Linger, &linger { l_onoff: 1, l_linger: 0 }).unwrap();
    drop(stream);
}

/// How long the hundredth waited that waited longest, of times in order.
fn p99(sorted: &[Duration]) -> Duration {
    sorted[sorted.len() * 99 / 100]
}

#[test]
fn siblings_of_bad_peers_are_answered_and_nothing_is_left_of_them() {
    let server = Server::start();
    let mut sibling = server.connect();
    let alone = times(&mut sibling, 1_000);
    let before = server.descriptors().len();
    let silent: Vec<_> = (0..50).map(|_| server.connect()).collect();
    let half = (0..50).map(|_| server.connect());
    let half = Vec::from_iter(half.inspect(|mut stream| {
        stream.write_all(b"GET /cheap?n=1 HTT").unwrap();
    }));
    let (over, resets) = (AtomicBool::new(false), AtomicUsize::new(0));
    let among = thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                let [bare, mut asked, mut unread] = [(); 3].map(|()| server.connect());
                reset(bare);
                asked.write_all(b"GET /ch").unwrap();
                reset(asked);
                // It doesn't stay for the answers.
                (0..20).for_each(|n| ask(&mut unread, n));
                reset(unread);
                resets.fetch_add(3, Ordering::Relaxed);
            }
        });
        let mut among = times(&mut sibling, 1_000);
        while resets.load(Ordering::Relaxed) < 100 {
            among.extend(times(&mut sibling, 100));
        }
        over.store(true, Ordering::Relaxed);
        among.sort_unstable();
        among
    });
    println!("p99 alone {:.1?}, among {resets:?} resets {:.1?}", p99(&alone), p99(&among));
    drop((silent, half));
    eventually("the end of all but one", || server.descriptors().len() == before);
    ask(&mut sibling, 5);
    answer(&mut sibling, 5);
    server.end();
}

/// A peer that has vanished without a word looks as one that is silent, and one that sends a byte a
/// second as if it was there. Patience with either ends.
#[test]
fn who_is_silent_or_sends_a_byte_a_second_is_given_up_and_siblings_are_answered() {
    let server = Server::start();
    let mut sibling = server.connect();
    times(&mut sibling, 1);
    let (before, start) = (server.descriptors().len(), Instant::now());
    let mut slow: Vec<_> = (0..20).map(|_| server.connect()).collect();
    let mut silent: Vec<_> = (0..20).map(|_| server.connect()).collect();
    let question = cheap(7).unwrap().bytes();
    let mut among = Vec::new();
    // Once a second, for somewhat longer than patience lasts; the question has more bytes than that.
    for byte in &question[..=PATIENCE.as_secs() as usize] {
        // Whoever has been given up can't send.
        slow.iter_mut().for_each(|stream| drop(stream.write_all(&[*byte])));
        let second = Instant::now();
        while second.elapsed() < Duration::from_secs(1) {
            among.extend(times(&mut sibling, 20));
            thread::sleep(Duration::from_millis(10));
        }
    }
    eventually("the end of all but one", || server.descriptors().len() == before);
    let took = start.elapsed();
    among.sort_unstable();
    println!("given up within {took:.1?}; a sibling's p99 {:.1?}", p99(&among));
    assert!(took >= PATIENCE, "they were given up after {took:?}");
    for stream in slow.iter_mut().chain(&mut silent) {
        match stream.read(&mut [0]) {
            Ok(0) => {}
            Err(why) if why.kind() == ErrorKind::ConnectionReset => {}
            other => panic!("not given up: {other:?}"),
        }
    }
    server.end();
}

/// It asks, and asks, and reads nothing: what the server keeps for it has bounds.
#[test]
fn one_that_never_reads_holds_up_itself_alone() {
    let server = Server::start();
    let mut sibling = server.connect();
    let mut deaf = server.connect();
    deaf.set_nonblocking(true).unwrap();
    let questions = (0..1_000).flat_map(|n| cheap(n).unwrap().bytes()).collect::<Vec<_>>();
    // Until there is room nowhere between the two, for some time.
    let (mut sent, mut full) = (0, 0);
    while full < 20 && sent < 200_000_000 {
        match deaf.write(&questions) {
            Ok(bytes) => (sent, full) = (sent + bytes, 0),
            Err(_) => {
                full += 1;
                times(&mut sibling, 20);
            }
        }
    }
    assert_eq!(full, 20, "the server reads however much is asked: {sent} bytes");
    times(&mut sibling, 200);
    println!("it was full after {sent} bytes");
    reset(deaf);
    times(&mut sibling, 20);
    drop(sibling);
    server.end();
}

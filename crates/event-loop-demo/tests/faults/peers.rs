//! Peers that are slow, silent or rude do their siblings no harm, and leave nothing behind.

use std::io::Write;
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use nix::libc::linger;
use nix::sys::socket::{setsockopt, sockopt::Linger};
use workloads::serve::cheap;

use super::server::{Server, answer, ask, eventually, p99, times};

/// Closes with a reset instead of an end.
fn reset(stream: TcpStream) {
    setsockopt(&stream, Linger, &linger { l_onoff: 1, l_linger: 0 }).unwrap();
    drop(stream);
}

/// One byte after another.
fn drip(stream: &mut TcpStream, over: &AtomicBool) -> bool {
    for byte in cheap(7).unwrap().bytes() {
        if over.load(Ordering::Relaxed) {
            return false;
        }
        stream.write_all(&[byte]).unwrap();
        thread::sleep(Duration::from_millis(5));
    }
    true
}

#[test]
fn siblings_of_bad_peers_are_answered_and_nothing_is_left_of_them() {
    let server = Server::start();
    let mut sibling = server.connect();
    let alone = times(&mut sibling, 1_000);
    let before = server.holds();
    let (over, resets) = (AtomicBool::new(false), AtomicUsize::new(0));
    let mut slow: Vec<_> = (0..20).map(|_| server.connect()).collect();
    let silent: Vec<_> = (0..50).map(|_| server.connect()).collect();
    let half: Vec<_> = (0..50)
        .map(|_| {
            let mut stream = server.connect();
            stream.write_all(b"GET /cheap?n=1 HTT").unwrap();
            stream
        })
        .collect();
    let among = thread::scope(|scope| {
        for stream in &mut slow {
            let over = &over;
            scope.spawn(move || {
                if drip(stream, over) {
                    answer(stream, 7);
                }
            });
        }
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
        among.sort_unstable();
        over.store(true, Ordering::Relaxed);
        among
    });
    println!("p99 alone {:.1?}, among {resets:?} resets {:.1?}", p99(&alone), p99(&among));
    drop((slow, silent, half));
    eventually("the end of all conversations but one", || server.holds() == before);
    ask(&mut sibling, 5);
    answer(&mut sibling, 5);
    server.end();
}

/// It asks, and asks, and reads nothing: until its own patience ends, or the server's.
#[test]
fn one_that_never_reads_holds_up_itself_alone() {
    let server = Server::start();
    let mut sibling = server.connect();
    let mut deaf = server.connect();
    deaf.set_nonblocking(true).unwrap();
    let questions = (0..1_000).flat_map(|n| cheap(n).unwrap().bytes()).collect::<Vec<_>>();
    let mut sent = 0;
    // Until there is room nowhere between the two, for some time.
    let mut full = 0;
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
    let computed = server.computed();
    times(&mut sibling, 200);
    println!("it was full after {sent} bytes; since then {:?}", server.computed() - computed);
    reset(deaf);
    times(&mut sibling, 20);
    drop(sibling);
    server.end();
}

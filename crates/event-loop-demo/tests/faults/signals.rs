//! Signals in a storm: each ends a sleep in the poller for nothing.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use nix::sys::signal::{Signal, kill};
use workloads::blocking::exchange;
use workloads::serve::expensive;

use super::server::{Server, answer, ask, times};

#[test]
fn stopped_and_continued_again_and_again_it_answers_rightly_and_ends_well() {
    let server = Server::start();
    let pid = server.pid();
    let left = AtomicUsize::new(2);
    let storms = thread::scope(|scope| {
        scope.spawn(|| {
            let mut client = server.connect();
            times(&mut client, 300);
            left.fetch_sub(1, Ordering::SeqCst);
        });
        scope.spawn(|| {
            let mut client = server.connect();
            for _ in 0..10 {
                // This one is computed by another thread, which wakes the loop.
                let reply = exchange(&mut client, &expensive(30_000).unwrap()).unwrap();
                assert_eq!(reply.body.trim_ascii(), b"3245");
            }
            left.fetch_sub(1, Ordering::SeqCst);
        });
        let mut storms = 0;
        // If one of them has failed, it is told when the scope ends.
        while (left.load(Ordering::SeqCst) > 0 || storms < 200) && storms < 100_000 {
            kill(pid, Signal::SIGSTOP).unwrap();
            thread::yield_now();
            kill(pid, Signal::SIGCONT).unwrap();
            thread::yield_now();
            storms += 1;
        }
        storms
    });
    println!("stopped and continued {storms} times");
    let mut client = server.connect();
    ask(&mut client, 9);
    answer(&mut client, 9);
    drop(client);
    server.end();
}

#[test]
fn asked_to_end_it_ends_though_clients_are_silent() {
    let server = Server::start();
    let mut clients: Vec<_> = (0..20).map(|_| server.connect()).collect();
    for (n, client) in clients.iter_mut().enumerate() {
        ask(client, n as u64);
        answer(client, n as u64);
    }
    server.end();
    for mut client in clients {
        let read = std::io::Read::read(&mut client, &mut [0]);
        assert!(matches!(read, Ok(0) | Err(_)), "{read:?}");
    }
}

//! The serving clause: every kind of client, and a stop that leaves nothing.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::channel;
use std::thread;

use super::PATIENCE;
use crate::approach::Approach;
use crate::blocking::exchange;
use crate::error::Error;
use crate::http::Reply;
use crate::serve::{cheap, cheap_answer, expensive};
use crate::stop::Stop;

pub(super) fn check(approach: &dyn Approach) {
    let name = approach.name();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let address = listener.local_addr().expect("its address");
    let stop = Stop::new();
    let (ended, end) = channel();
    thread::scope(|scope| {
        let serving = &stop;
        scope.spawn(move || ended.send(approach.serve(listener, serving)));
        let clients = scope.spawn(|| clients(approach, address));
        let clients_done = super::eventually(|| clients.is_finished());
        if !clients_done {
            // The scope would wait for the clients for ever.
            stop.stop();
        }
        // A refusal closes the listener, and so sends the clients home with errors.
        if let Ok(Err(Error::Refused(why))) = end.try_recv() {
            assert!(!why.is_empty(), "{name}: refuses to serve without a reason");
            drop(clients.join());
            return;
        }
        let idle = TcpStream::connect(address).expect("a client that never asks");
        stop.stop();
        clients.join().unwrap_or_else(|_| panic!("{name}: serve: a client was not served"));
        assert!(clients_done, "{name}: serve: clients still wait after {PATIENCE:?}");
        let returned = end.recv_timeout(PATIENCE);
        let returned = returned.unwrap_or_else(|_| panic!("{name}: serve outlives its stop"));
        returned.unwrap_or_else(|why| panic!("{name}: serve: {why}"));
        drop(idle);
    });
    assert!(TcpStream::connect(address).is_err(), "{name}: still listens after its stop");
}

fn clients(approach: &dyn Approach, address: SocketAddr) {
    let name = approach.name();
    let connect = || {
        let client = TcpStream::connect(address).expect("a connection");
        client.set_read_timeout(Some(PATIENCE)).expect("a time-out");
        client
    };
    {
        let mut client = connect();
        for n in [0, 1, 1_000] {
            let reply = exchange(&mut client, &cheap(n).expect("a question")).expect("a reply");
            assert_eq!(reply, cheap_answer(n), "{name}: a connection that is kept");
        }
        let reply = exchange(&mut client, &expensive(1_000).expect("a question"));
        assert_eq!(reply.expect("a reply"), Reply::text(200, "168\n"), "{name}: π(1000)");
    }
    let refused = say(connect(), b"this is no HTTP\r\n\r\n");
    assert!(refused.starts_with("HTTP/1.1 400"), "{name}: no HTTP: {refused}");
    let many = [cheap(1), expensive(10), cheap(2)].map(|ask| ask.expect("a question").bytes());
    let replies = say(connect(), &many.concat());
    let bodies: Vec<_> = replies.lines().filter(|line| line.parse::<u64>().is_ok()).collect();
    assert_eq!(bodies, ["3", "4", "6"], "{name}: pipelined questions");
    // One that goes away in the middle of its question must hurt nobody.
    connect().write_all(b"GET /che").expect("a rude client");
    if approach.in_flight(2) > 1 {
        let _idle = connect();
        let mut other = connect();
        let reply = exchange(&mut other, &cheap(5).expect("a question")).expect("a reply");
        assert_eq!(reply, cheap_answer(5), "{name}: one client beside an idle one");
    }
}

/// Sends these bytes and no more, and returns all that is answered.
fn say(mut client: TcpStream, bytes: &[u8]) -> String {
    client.write_all(bytes).expect("a connection that takes bytes");
    client.shutdown(std::net::Shutdown::Write).expect("a half-closed connection");
    let mut answer = String::new();
    client.read_to_string(&mut answer).expect("an answer, and then the end");
    answer
}

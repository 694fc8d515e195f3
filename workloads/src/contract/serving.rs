//! The serving clause: every kind of client, and a stop that leaves nothing.

use std::fmt::Debug;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, channel};
use std::{process, thread};

use super::Contract;
use crate::blocking::exchange;
use crate::error::Error;
use crate::http::Reply;
use crate::serve::{cheap, cheap_answer, expensive};
use crate::stop::Stop;

/// What a client found: an error is for the panic that follows once serving has ended.
type Found<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

impl Contract<'_> {
    pub(super) fn serving(&self) {
        let Contract { approach, name, .. } = self;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("its address");
        let stop = Stop::new();
        let (ended, end) = channel();
        thread::scope(|scope| {
            let serving = &stop;
            scope.spawn(move || {
                let served = catch_unwind(AssertUnwindSafe(|| approach.serve(listener, serving)));
                ended.send(served.unwrap_or_else(|panic| Err(Error::panicked(panic))))
            });
            let clients = scope.spawn(|| self.clients(address));
            let in_time = self.eventually(|| clients.is_finished());
            let busy = self.ask_for_something_long(address);
            let idle = self.connect(address);
            stop.stop();
            match self.ended(&end) {
                Err(Error::Refused(why)) => {
                    assert!(!why.is_empty(), "{name}: refuses to serve without a reason");
                    return;
                }
                ended => ended.unwrap_or_else(|why| panic!("{name}: serve: {why}")),
            }
            let clients = clients.join().unwrap_or_else(|_| Err("a client panicked".into()));
            clients.unwrap_or_else(|why| panic!("{name}: serve: {why}"));
            assert!(in_time, "{name}: serve: the clients waited for {:?}", self.patience);
            let busy = busy.and_then(finished);
            busy.unwrap_or_else(|why| {
                panic!("{name}: serve: a reply under way at the stop: {why}")
            });
            let listens = TcpStream::connect(address).is_ok();
            assert!(!listens, "{name}: still listens after its stop");
            let idle = idle.and_then(closed);
            idle.unwrap_or_else(|why| panic!("{name}: serve: an idle client at the stop: {why}"));
        });
    }

    /// How serving has ended, after its stop.
    fn ended(&self, end: &Receiver<crate::Result<()>>) -> crate::Result<()> {
        if let Ok(ended) = end.recv_timeout(self.patience) {
            return ended;
        }
        let why = format!("{}: serve outlives its stop", self.name);
        // It runs on a thread that borrows the approach: even a panic would have to wait for it.
        if end.recv_timeout(self.patience).is_err() {
            let _ = writeln!(io::stderr(), "{why}, and never ends");
            process::exit(101);
        }
        panic!("{why}");
    }

    fn connect(&self, address: SocketAddr) -> Found<TcpStream> {
        let client = TcpStream::connect(address)?;
        client.set_read_timeout(Some(self.patience))?;
        Ok(client)
    }

    /// When the cheap answer is there, the expensive question behind it is being computed.
    fn ask_for_something_long(&self, address: SocketAddr) -> Found<TcpStream> {
        let mut client = self.connect(address)?;
        client.write_all(&[cheap(7)?.bytes(), expensive(200_000)?.bytes()].concat())?;
        let mut answer = vec![0; cheap_answer(7).bytes(true).len()];
        client.read_exact(&mut answer)?;
        Ok(client)
    }

    fn clients(&self, address: SocketAddr) -> Found {
        let mut client = self.connect(address)?;
        for n in [0, 1, 1_000] {
            let reply = exchange(&mut client, &cheap(n)?)?;
            same("a connection that is kept", &reply, &cheap_answer(n))?;
        }
        let reply = exchange(&mut client, &expensive(1_000)?)?;
        same("π(1000)", &reply, &Reply::text(200, "168\n"))?;
        drop(client);
        let refused = say(self.connect(address)?, b"this is no HTTP\r\n\r\n")?;
        same("what is no HTTP", &refused.get(..12), &Some("HTTP/1.1 400"))?;
        let many = [cheap(1)?, expensive(10)?, cheap(2)?].map(|ask| ask.bytes());
        let replies = say(self.connect(address)?, &many.concat())?;
        let bodies: Vec<_> = replies.lines().filter(|line| line.parse::<u64>().is_ok()).collect();
        same("pipelined questions", &bodies[..], &["3", "4", "6"][..])?;
        // One that goes away in the middle of its question must hurt nobody.
        self.connect(address)?.write_all(b"GET /che")?;
        if self.approach.in_flight(2) > 1 {
            let _idle = self.connect(address)?;
            let reply = exchange(&mut self.connect(address)?, &cheap(5)?)?;
            same("one client beside an idle one", &reply, &cheap_answer(5))?;
        }
        Ok(())
    }
}

fn same<T: PartialEq + Debug + ?Sized>(what: &str, found: &T, expected: &T) -> Found {
    match found == expected {
        true => Ok(()),
        false => Err(format!("{what}: {found:?}, not {expected:?}").into()),
    }
}

/// Sends these bytes and no more, and returns all that is answered.
fn say(mut client: TcpStream, bytes: &[u8]) -> Found<String> {
    client.write_all(bytes)?;
    client.shutdown(Shutdown::Write)?;
    let mut answer = String::new();
    client.read_to_string(&mut answer)?;
    Ok(answer)
}

/// Checks that the long answer comes, and then the end.
fn finished(mut client: TcpStream) -> Found {
    let mut answer = String::new();
    client.read_to_string(&mut answer)?;
    // π(200,000), from the sequence A000720 of the OEIS.
    same("its last line", &answer.lines().last(), &Some("17984"))
}

/// Checks that the connection ends. Who was never accepted is reset.
fn closed(mut client: TcpStream) -> Found {
    match client.read(&mut [0]) {
        Ok(0) => Ok(()),
        Ok(_) => Err("it was told something".into()),
        Err(why) if why.kind() == io::ErrorKind::ConnectionReset => Ok(()),
        Err(why) if why.kind() == io::ErrorKind::WouldBlock => Err("it is left open".into()),
        Err(why) => Err(why.into()),
    }
}

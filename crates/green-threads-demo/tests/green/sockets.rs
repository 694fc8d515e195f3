//! TCP: what `std::net` promises, and peers that promise nothing.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{self, Shutdown, SocketAddr};
use std::rc::Rc;
use std::thread;
use std::time::{Duration, Instant};

use green_threads_demo::green::net::{TcpListener, TcpStream};
use green_threads_demo::green::{self, Failed};

use super::common::run;

fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").unwrap()
}

/// Sends back what it gets, to each that comes, until it is cancelled.
fn echo(listener: TcpListener) -> green::JoinHandle<()> {
    green::spawn(move || {
        loop {
            let (mut stream, _) = listener.accept().unwrap();
            drop(green::spawn(move || -> io::Result<()> {
                let mut buffer = [0; 4096];
                loop {
                    match stream.read(&mut buffer)? {
                        0 => return Ok(()),
                        read => stream.write_all(&buffer[..read])?,
                    }
                }
            }));
        }
    })
}

/// Asks and is answered, so that whoever serves is alive.
fn ask(address: SocketAddr) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(b"are you there?").unwrap();
    let mut answer = [0; 14];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"are you there?");
}

/// Two ends of a connection: ours, and one of the operating system's that the test plays.
fn pair() -> (TcpStream, net::TcpStream) {
    let listener = net::TcpListener::bind("127.0.0.1:0").unwrap();
    let ours = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (ours, listener.accept().unwrap().0)
}

#[test]
fn a_hundred_clients_are_served_at_once() {
    run(|| {
        let listener = listener();
        let address = listener.local_addr().unwrap();
        let server = echo(listener);
        let clients: Vec<_> = (0..100_u8)
            .map(|number| {
                green::spawn(move || {
                    let mut stream = TcpStream::connect(address).unwrap();
                    let sent = vec![number; 50_000];
                    let mut writes = sent.chunks(1000);
                    let mut got = vec![0; 1000];
                    for _ in 0..50 {
                        stream.write_all(writes.next().unwrap()).unwrap();
                        stream.read_exact(&mut got).unwrap();
                        assert!(got.iter().all(|byte| *byte == number));
                    }
                })
            })
            .collect();
        clients.into_iter().for_each(|client| client.join().unwrap());
        server.cancel();
        assert!(matches!(server.join(), Err(Failed::Cancelled)));
    });
}

/// More than fits in between: whoever writes waits, and whoever reads too, at the same time.
#[test]
fn one_reads_while_another_writes() {
    const LENGTH: usize = 8 << 20;
    run(|| {
        let (ours, mut theirs) = pair();
        let peer = thread::spawn(move || {
            let mut also = theirs.try_clone().unwrap();
            let writes = thread::spawn(move || also.write_all(&vec![3; LENGTH]).unwrap());
            let mut got = vec![0; LENGTH];
            theirs.read_exact(&mut got).unwrap();
            writes.join().unwrap();
            got.iter().all(|byte| *byte == 5)
        });
        let ours = Rc::new(ours);
        let also = Rc::clone(&ours);
        let writes = green::spawn(move || (&*also).write_all(&vec![5; LENGTH]).unwrap());
        let mut got = vec![0; LENGTH];
        (&*ours).read_exact(&mut got).unwrap();
        assert!(got.iter().all(|byte| *byte == 3));
        writes.join().unwrap();
        assert!(peer.join().unwrap());
    });
}

#[test]
fn time_outs() {
    run(|| {
        let (mut ours, mut theirs) = pair();
        let time = Duration::from_millis(5);
        assert!(ours.set_read_timeout(Some(Duration::ZERO)).is_err());
        ours.set_read_timeout(Some(time)).unwrap();
        for _ in 0..3 {
            let began = Instant::now();
            let late = ours.read(&mut [0]).expect_err("nothing was sent");
            assert_eq!(late.kind(), ErrorKind::WouldBlock);
            assert!(began.elapsed() >= time);
        }
        theirs.write_all(b"now").unwrap();
        let mut got = [0; 3];
        ours.set_read_timeout(None).unwrap();
        ours.read_exact(&mut got).unwrap();
        assert_eq!(&got, b"now");
        // Nobody reads: some time it is full.
        ours.set_write_timeout(Some(time)).unwrap();
        let full = loop {
            if let Err(full) = ours.write(&[0; 65_536]) {
                break full;
            }
        };
        assert_eq!(full.kind(), ErrorKind::WouldBlock);
    });
}

#[test]
fn a_connection_that_nobody_takes_is_refused() {
    run(|| {
        // A port that is reserved: any other may be somebody else's at any time.
        let refused = TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], 1))).err().unwrap();
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    });
}

#[test]
fn a_peer_that_closes_half() {
    run(|| {
        let (mut ours, mut theirs) = pair();
        theirs.write_all(b"the last").unwrap();
        theirs.shutdown(Shutdown::Write).unwrap();
        let mut got = Vec::new();
        ours.read_to_end(&mut got).unwrap();
        assert_eq!(got, b"the last");
        assert_eq!(ours.read(&mut [0]).unwrap(), 0);
        // In the other direction it goes on.
        ours.write_all(b"still").unwrap();
        ours.shutdown(Shutdown::Write).unwrap();
        let mut got = Vec::new();
        theirs.read_to_end(&mut got).unwrap();
        assert_eq!(got, b"still");
    });
}

/// Closes with what it has been sent unread: that is a reset, not an end.
#[test]
fn a_peer_that_resets_fails_whoever_talks_to_it_and_nobody_else() {
    run(|| {
        let listener = listener();
        let address = listener.local_addr().unwrap();
        let server = echo(listener);
        for _ in 0..20 {
            let (mut ours, theirs) = pair();
            ours.write_all(b"unread").unwrap();
            let reads = green::spawn(move || ours.read(&mut [0]));
            green::yield_now();
            // It has arrived.
            theirs.peek(&mut [0]).unwrap();
            drop(theirs);
            let reset = reads.join().unwrap().unwrap_err();
            assert_eq!(reset.kind(), ErrorKind::ConnectionReset);
            ask(address);
        }
        server.cancel();
    });
}

#[test]
fn slow_and_silent_peers_hold_up_nobody() {
    run(|| {
        let listener = listener();
        let address = listener.local_addr().unwrap();
        let server = echo(listener);
        // One says nothing, one half, one a byte at a time; and one never reads what it asks for.
        let silent = net::TcpStream::connect(address).unwrap();
        let mut drips = net::TcpStream::connect(address).unwrap();
        let deaf = net::TcpStream::connect(address).unwrap();
        deaf.set_nonblocking(true).unwrap();
        for byte in 0..20 {
            drips.write_all(&[byte]).unwrap();
            while (&deaf).write(&[0; 65_536]).is_ok() {
                green::yield_now();
            }
            ask(address);
        }
        let mut answer = [0; 20];
        drips.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        for byte in &mut answer {
            // It is answered on this very thread: never wait for it here.
            green::yield_now();
            drips.set_nonblocking(true).unwrap();
            while drips.read_exact(std::slice::from_mut(byte)).is_err() {
                green::sleep(Duration::from_millis(1));
            }
        }
        assert!(answer.into_iter().eq(0..20));
        drop((silent, deaf));
        ask(address);
        server.cancel();
    });
}

#[test]
fn who_is_cancelled_at_a_socket_leaves_it_to_others() {
    run(|| {
        let (ours, mut theirs) = pair();
        let ours = Rc::new(ours);
        let [first, second] = [(); 2].map(|()| {
            let ours = Rc::clone(&ours);
            move || {
                let mut byte = [0];
                (&*ours).read_exact(&mut byte).unwrap();
                byte
            }
        });
        let first = green::spawn(first);
        green::yield_now();
        first.cancel();
        assert!(matches!(first.join(), Err(Failed::Cancelled)));
        let second = green::spawn(second);
        green::yield_now();
        theirs.write_all(b"!").unwrap();
        assert_eq!(second.join().unwrap(), *b"!");
    });
}

/// The numbers of sockets are used again: no news of an old one reaches a new one.
#[test]
fn sockets_come_and_go() {
    run(|| {
        let listener = listener();
        let address = listener.local_addr().unwrap();
        let server = echo(listener);
        for _ in 0..500 {
            ask(address);
        }
        server.cancel();
    });
}

/// A destructor that runs because of a panic can't wait, and a socket can say so.
#[test]
fn who_unwinds_is_told_that_it_cannot_wait() {
    struct Asks(TcpStream, Rc<std::cell::Cell<Option<ErrorKind>>>);
    impl Drop for Asks {
        fn drop(&mut self) {
            self.1.set(self.0.read(&mut [0]).err().map(|why| why.kind()));
        }
    }
    run(|| {
        let (ours, _theirs) = pair();
        let told = Rc::default();
        let asks = Asks(ours, Rc::clone(&told));
        let panics = green::spawn(move || {
            let _asks = asks;
            panic!("with something to drop");
        });
        assert!(panics.join().is_err());
        assert_eq!(told.get(), Some(ErrorKind::Other));
        green::spawn(|| ()).join().unwrap();
    });
}

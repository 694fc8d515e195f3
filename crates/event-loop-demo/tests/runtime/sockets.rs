//! Sockets: bytes, ends and errors.

use std::io::{ErrorKind, Read, Write};
use std::net::{self, Shutdown, SocketAddr};
use std::thread;

use event_loop_demo::runtime::net::{TcpListener, TcpStream};
use event_loop_demo::runtime::{Runtime, join, select, spawn, yield_now};

use super::common::{pair, play};

#[test]
fn a_megabyte_each_way_at_once_arrives_whole() {
    play(async |_: &Runtime| {
        async fn copy(stream: &TcpStream, seed: usize) {
            let bytes: Vec<u8> = (0..1_000_000).map(|n| (n * seed % 251) as u8).collect();
            let read = async {
                let mut all = Vec::new();
                let mut buffer = [0; 7_000];
                loop {
                    match stream.read(&mut buffer).await.unwrap() {
                        0 => return all,
                        read => all.extend_from_slice(&buffer[..read]),
                    }
                }
            };
            let write = async {
                stream.write_all(&bytes).await.unwrap();
                stream.shutdown(Shutdown::Write).unwrap();
            };
            let (all, ()) = join(read, write).await;
            let other: Vec<u8> = (0..1_000_000).map(|n| (n * (10 - seed) % 251) as u8).collect();
            assert!(all == other);
        }
        let (near, far) = pair().await;
        join(copy(&near, 3), copy(&far, 7)).await;
    });
}

/// The last bytes and the end come together, or one after the other, and are read in pieces of any
/// size: nobody waits for ever.
#[test]
fn the_end_is_found_however_the_last_bytes_are_read() {
    play(async |_: &Runtime| {
        for size in 1..20 {
            for yields in 0..4 {
                let (near, far) = pair().await;
                let reader = spawn(async move {
                    let (mut buffer, mut all) = (vec![0; size], 0);
                    loop {
                        match far.read(&mut buffer).await.unwrap() {
                            0 => return all,
                            read => all += read,
                        }
                        for _ in 0..yields {
                            yield_now().await;
                        }
                    }
                });
                near.write_all(b"ten bytes!").await.unwrap();
                for _ in 0..yields * 50 {
                    yield_now().await;
                }
                drop(near);
                assert_eq!(reader.await.unwrap(), 10);
            }
        }
    });
}

#[test]
fn a_refused_connection_says_so() {
    play(async |_: &Runtime| {
        // A port that is reserved: any other may be somebody else's at any time.
        let nobodys = SocketAddr::from(([127, 0, 0, 1], 1));
        let refused = TcpStream::connect(nobodys).await.map(drop).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    });
}

#[test]
fn a_reset_is_an_error_and_a_write_to_nobody_too() {
    play(async |_: &Runtime| {
        let (near, far) = pair().await;
        let reads = spawn(async move { near.read(&mut [0; 8]).await });
        yield_now().await;
        // Closed with something unread, it resets.
        let (other, unread) = pair().await;
        other.write_all(b"unread").await.unwrap();
        // It has arrived: of all that, this is the first byte.
        assert_eq!(unread.read(&mut [0]).await.unwrap(), 1);
        drop(unread);
        let mut buffer = [0; 8];
        assert_eq!(other.read(&mut buffer).await.unwrap_err().kind(), ErrorKind::ConnectionReset);
        assert!(other.write_all(&[0; 1_000]).await.is_err());
        drop(far);
        assert_eq!(reads.await.unwrap().unwrap(), 0);
    });
}

#[test]
fn a_listener_serves_all_that_came_at_once() {
    play(async |_: &Runtime| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let clients = thread::spawn(move || {
            let mut clients: Vec<_> =
                (0..100).map(|_| net::TcpStream::connect(address).unwrap()).collect();
            for (n, client) in clients.iter_mut().enumerate() {
                client.write_all(&[n as u8]).unwrap();
            }
            for (n, client) in clients.iter_mut().enumerate() {
                let mut answer = [0];
                client.read_exact(&mut answer).unwrap();
                assert_eq!(answer, [n as u8]);
            }
        });
        for _ in 0..100 {
            let (stream, _) = listener.accept().await.unwrap();
            spawn(async move {
                let mut byte = [0];
                assert_eq!(stream.read(&mut byte).await.unwrap(), 1);
                stream.write_all(&byte).await.unwrap();
            });
        }
        select(listener.accept(), async {
            while !clients.is_finished() {
                yield_now().await;
            }
        })
        .await;
        clients.join().unwrap();
    });
}

/// Its events come late, when its place is another's.
#[test]
fn a_socket_that_was_closed_tells_its_successor_nothing() {
    play(async |runtime: &Runtime| {
        for _ in 0..200 {
            let (near, far) = pair().await;
            far.write_all(b"for the first").await.unwrap();
            drop(near);
            let (second, _peer) = pair().await;
            let before = runtime.counts().polls;
            let mut buffer = [0; 8];
            let raced = select(second.read(&mut buffer), async {
                for _ in 0..3 {
                    yield_now().await;
                }
            })
            .await;
            assert!(matches!(raced, event_loop_demo::runtime::Either::Right(())));
            assert!(runtime.counts().polls - before <= 6);
        }
    });
}

//! One who asks a server of UDP that sends back what it gets, and measures how long that takes.
//!
//! There is always one datagram under way: the next is sent when the reply has come. So the times
//! are latencies, and their number a second is the rate.

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, UdpSocket};
use std::time::{Duration, Instant};

/// A datagram may be lost, also on its way through one machine; but a server that waits for its
/// lock can be slow, and what is then sent twice is answered twice.
const AGAIN: Duration = Duration::from_secs(2);

/// Who has not answered for so long will not.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long each attempt to end a server waits for it to go.
const GOING: Duration = Duration::from_millis(20);

/// Asks the server at this port of 127.0.0.1 for so long, and returns the round trips, each from
/// its first sending to the right reply.
///
/// # Errors
/// One line: nobody answers, or not with what was sent.
pub fn ask(port: u16, time: Duration) -> Result<Vec<Duration>, String> {
    ask_again(port, time, AGAIN)
}

fn ask_again(port: u16, time: Duration, again: Duration) -> Result<Vec<Duration>, String> {
    let socket = connected(port, again)?;
    let mut trips = Vec::with_capacity(1 << 16);
    let start = Instant::now();
    let mut now = start;
    while now - start < time {
        round_trip(&socket, trips.len() as u64, now).map_err(|why| told(port, &why))?;
        let then = Instant::now();
        trips.push(then - now);
        now = then;
    }
    Ok(trips)
}

/// Sends a question until its reply has come.
fn round_trip(socket: &UdpSocket, number: u64, start: Instant) -> io::Result<()> {
    let question = question(number);
    let mut reply = [0; 2 * LENGTH];
    socket.send(&question)?;
    while start.elapsed() < PATIENCE {
        match socket.recv(&mut reply) {
            Ok(length) if reply[..length] == question => return Ok(()),
            Ok(length) if is_earlier(&reply[..length], number) => {}
            Ok(length) => {
                let what = format!("it answers {:?} to {question:?}", &reply[..length]);
                return Err(io::Error::new(ErrorKind::InvalidData, what));
            }
            Err(why) if is_timeout(&why) => {
                socket.send(&question)?;
            }
            Err(why) => return Err(why),
        }
    }
    Err(ErrorKind::TimedOut.into())
}

const LENGTH: usize = 32;

/// What is sent: its number, and something that follows from the number.
fn question(number: u64) -> [u8; LENGTH] {
    let mut question = [0; LENGTH];
    for (i, bytes) in (0..).zip(question.chunks_exact_mut(8)) {
        bytes.copy_from_slice(&(number ^ (i * 0x0101_0101_0101_0101)).to_le_bytes());
    }
    question
}

/// Whether it is the second reply to what was sent twice before.
fn is_earlier(reply: &[u8], number: u64) -> bool {
    let earlier = reply.first_chunk().map(|bytes| u64::from_le_bytes(*bytes));
    earlier.is_some_and(|earlier| earlier < number && reply == question(earlier))
}

/// Ends the server at this port of 127.0.0.1: sends it an empty datagram, and again, until nobody
/// is there.
///
/// # Errors
/// One line: it does not go.
pub fn end(port: u16) -> Result<(), String> {
    let socket = connected(port, GOING)?;
    let start = Instant::now();
    let mut reply = [0; LENGTH];
    while start.elapsed() < PATIENCE {
        // That a port is closed comes back as an error of what is done next.
        match socket.send(&[]).and_then(|_| socket.recv(&mut reply)) {
            Err(why) if why.kind() == ErrorKind::ConnectionRefused => return Ok(()),
            Err(why) if !is_timeout(&why) => return Err(told(port, &why)),
            _ => {}
        }
    }
    Err(told(port, &ErrorKind::TimedOut.into()))
}

/// A socket that sends to this port and hears from nobody else, and waits for so long.
fn connected(port: u16, wait: Duration) -> Result<UdpSocket, String> {
    let connected = || {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        socket.connect((Ipv4Addr::LOCALHOST, port))?;
        socket.set_read_timeout(Some(wait))?;
        Ok(socket)
    };
    connected().map_err(|why| told(port, &why))
}

fn is_timeout(why: &io::Error) -> bool {
    matches!(why.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}

fn told(port: u16, why: &io::Error) -> String {
    format!("the server at port {port}: {why}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread::{self, JoinHandle};

    /// A server that does `reply` to each datagram until an empty one comes, and returns how many
    /// there were.
    fn server(
        mut reply: impl FnMut(usize, &mut [u8], &dyn Fn(&[u8])) + Send + 'static,
    ) -> (u16, JoinHandle<usize>) {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        let port = socket.local_addr().unwrap().port();
        let serve = move || {
            let mut data = [0; 64];
            for number in 0.. {
                let (length, client) = socket.recv_from(&mut data).unwrap();
                if length == 0 {
                    return number;
                }
                let send = |data: &[u8]| assert!(socket.send_to(data, client).is_ok());
                reply(number, &mut data[..length], &send);
            }
            unreachable!("a number without end")
        };
        (port, thread::spawn(serve))
    }

    const SHORT: Duration = Duration::from_millis(50);

    #[test]
    fn each_reply_is_a_round_trip_and_the_server_ends_when_it_is_told_to() {
        let (port, server) = server(|_, data, send| send(data));
        let trips = ask_again(port, SHORT, PATIENCE).unwrap();
        assert_eq!(end(port), Ok(()));
        assert_eq!(server.join().unwrap(), trips.len());
        assert!(trips.iter().sum::<Duration>() >= SHORT);
    }

    #[test]
    fn what_is_lost_is_sent_again_and_what_comes_twice_counts_once() {
        let (port, server) = server(|number, data, send| match number % 3 {
            0 => {}
            1 => send(data),
            _ => [data.to_vec(), data.to_vec()].iter().for_each(|data| send(data)),
        });
        let again = Duration::from_millis(5);
        let trips = ask_again(port, SHORT, again).unwrap();
        assert!(trips[0] >= again, "{trips:?}");
        end(port).unwrap();
        assert!(server.join().unwrap() > trips.len());
    }

    #[test]
    fn a_reply_that_is_not_what_was_sent_is_an_error() {
        let (port, server) = server(|number, data, send| {
            data[31] ^= u8::from(number == 3);
            send(data);
        });
        // Not asked again: the fourth question is the fourth datagram.
        let why = ask_again(port, PATIENCE, PATIENCE).unwrap_err();
        assert!(why.starts_with(&format!("the server at port {port}: it answers [3, ")), "{why}");
        end(port).unwrap();
        server.join().unwrap();
    }

    #[test]
    fn where_nobody_listens_nobody_is_asked() {
        // Taken, so that nobody else gets it, by one who hears nobody but another port.
        let deaf = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        deaf.connect((Ipv4Addr::LOCALHOST, 1)).unwrap();
        let port = deaf.local_addr().unwrap().port();
        let why = ask(port, PATIENCE).unwrap_err();
        assert!(
            why.starts_with(&format!("the server at port {port}: Connection refused")),
            "{why}"
        );
        assert_eq!(end(port), Ok(()));
    }
}

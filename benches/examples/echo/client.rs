//! The client: so many connections, and on each one message on its way (a closed loop).

use std::io::{self, ErrorKind, Read, Write};
use std::net::{self, SocketAddr};
use std::time::{Duration, Instant};

use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};

/// How long a message is, in bytes.
pub const MESSAGE: usize = 64;

/// Connections, each with the message that it sends: no other's.
pub struct Client {
    poll: Poll,
    events: Events,
    connections: Vec<(TcpStream, [u8; MESSAGE])>,
}

impl Client {
    /// Connects so many times.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn connect(address: SocketAddr, connections: usize) -> io::Result<Client> {
        let poll = Poll::new()?;
        let connect = |number: usize| {
            let stream = net::TcpStream::connect(address)?;
            stream.set_nodelay(true)?;
            stream.set_nonblocking(true)?;
            let mut stream = TcpStream::from_std(stream);
            poll.registry().register(&mut stream, Token(number), Interest::READABLE)?;
            Ok((stream, [number as u8; MESSAGE]))
        };
        let connections = (0..connections).map(connect).collect::<io::Result<_>>()?;
        Ok(Client { poll, events: Events::with_capacity(1024), connections })
    }

    /// How long so many messages take, there and back.
    ///
    /// # Errors
    /// Whatever the system says, or if what comes back isn't what was sent.
    pub fn run(&mut self, messages: u64) -> io::Result<Duration> {
        let Client { poll, events, connections } = self;
        let start = Instant::now();
        let (mut sent, mut back) = (0, 0);
        for (stream, message) in connections.iter_mut().take(messages as usize) {
            stream.write_all(message)?;
            sent += 1;
        }
        while back < messages {
            match poll.poll(events, None) {
                Err(why) if why.kind() != ErrorKind::Interrupted => return Err(why),
                _ => {}
            }
            for event in &*events {
                let (stream, message) = &mut connections[event.token().0];
                if !came_back(stream, message)? {
                    continue;
                }
                back += 1;
                if sent < messages {
                    stream.write_all(message)?;
                    sent += 1;
                }
            }
        }
        Ok(start.elapsed())
    }
}

/// So small a message comes in one piece. There is no second one behind it, so this needn't look
/// for it.
fn came_back(stream: &mut TcpStream, message: &[u8; MESSAGE]) -> io::Result<bool> {
    let mut buffer = [0; 2 * MESSAGE];
    match stream.read(&mut buffer) {
        Ok(MESSAGE) if buffer[..MESSAGE] == *message => Ok(true),
        Ok(0) => Err(ErrorKind::UnexpectedEof.into()),
        Ok(_) => Err(ErrorKind::InvalidData.into()),
        Err(why) if why.kind() == ErrorKind::WouldBlock => Ok(false),
        Err(why) => Err(why),
    }
}

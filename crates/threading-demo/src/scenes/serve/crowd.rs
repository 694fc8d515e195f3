//! As many slow clients as a pool has threads, and then one that is not slow.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use stage::{Lane, Recorder, Result, Timeline};
use workloads::blocking::exchange;
use workloads::http::Incoming;
use workloads::serve::{cheap, cheap_answer};

/// How many slow clients come.
pub const SLOW: usize = 4;

/// How long the last client waits before it looks whether an answer has come. Before each look a
/// slow client sends a byte.
const LOOK: Duration = Duration::from_millis(100);

/// How often it looks before a slow client leaves.
const LOOKS: usize = 3;

/// After how long an answer will never come.
const PATIENCE: Duration = Duration::from_secs(9);

/// What became of the client that came last.
pub struct Outcome {
    /// How long it waited while all slow clients were there.
    pub waited: Duration,
    /// Whether it was answered then.
    pub answered: bool,
    /// How long after one of them had left it was answered, if it was not before.
    pub after_leaving: Option<Duration>,
    pub timeline: Timeline,
}

/// Sends the slow clients, and then the other.
pub fn send(address: SocketAddr) -> Result<Outcome> {
    let recorder = Recorder::new();
    let mut slow = Vec::new();
    for number in 1..=SLOW {
        slow.push(Slow::arrive(address, recorder.lane(format!("client {number}")))?);
    }
    let mut last = Client::ask(address, recorder.lane(format!("client {}", SLOW + 1)))?;
    let start = Instant::now();
    let mut answered = false;
    for byte in cheap(1)?.bytes().into_iter().take(LOOKS) {
        slow[SLOW - 1].stream.write_all(&[byte])?;
        answered = last.answered_within(LOOK)?;
        if answered {
            break;
        }
    }
    let waited = start.elapsed();
    let mut after_leaving = None;
    if !answered {
        drop(slow.remove(0));
        let left = Instant::now();
        if !last.answered_within(PATIENCE)? {
            return Err("no answer, though a slow client has left".into());
        }
        after_leaving = Some(left.elapsed());
    }
    drop((slow, last));
    Ok(Outcome { waited, answered, after_leaving, timeline: recorder.timeline() })
}

/// A client that was answered once, so that the server has surely given it what it has to give,
/// and stays.
struct Slow {
    stream: TcpStream,
    _lane: Lane,
}

impl Slow {
    fn arrive(address: SocketAddr, mut lane: Lane) -> Result<Slow> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        exchange(&mut stream, &cheap(1)?)?;
        lane.now("holding");
        Ok(Slow { stream, _lane: lane })
    }
}

/// A client that asks one cheap question.
struct Client {
    stream: TcpStream,
    incoming: Incoming,
    lane: Lane,
}

impl Client {
    fn ask(address: SocketAddr, mut lane: Lane) -> Result<Client> {
        let mut stream = TcpStream::connect(address)?;
        stream.write_all(&cheap(1)?.bytes())?;
        lane.now("waiting");
        Ok(Client { stream, incoming: Incoming::default(), lane })
    }

    fn answered_within(&mut self, limit: Duration) -> Result<bool> {
        self.stream.set_read_timeout(Some(limit))?;
        let mut buffer = [0; 1024];
        loop {
            let read = match self.stream.read(&mut buffer) {
                Err(why) if matches!(why.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                    return Ok(false);
                }
                Err(why) if why.kind() == ErrorKind::Interrupted => continue,
                read => read?,
            };
            if let Some(reply) = self.incoming.received(&cheap(1)?, &buffer[..read])? {
                self.lane.idle();
                return if reply == cheap_answer(1) {
                    Ok(true)
                } else {
                    Err("a wrong reply".into())
                };
            }
        }
    }
}

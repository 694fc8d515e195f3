//! The process that serves nobody, and sees to it that others do.

use std::io::{self, Read};
use std::net::{Shutdown, TcpListener};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use workloads::{Error, Result};

use super::{Event, SERVER, Servers};
use crate::child::{Child, Death};
use crate::start::Start;

/// A server that dies before it is so old may have died of what its successor will die of too.
const YOUNG: Duration = Duration::from_secs(1);

/// How long to wait before another is started, from the second trouble in a row on: doubled each time.
const PAUSES: [Duration; 2] = [Duration::from_millis(10), Duration::from_secs(1)];

/// How many servers in a row may end before they were there, at least.
const STILLBORN: usize = 3;

/// The servers, and when there may be more of them.
pub struct Supervisor<'a> {
    listener: &'a TcpListener,
    notice: &'a mut dyn FnMut(Event),
    starter: Box<dyn Start>,
    servers: Vec<Server>,
    number: usize,
    /// None is started before this.
    not_before: Instant,
    /// How long to wait after the next trouble. None after the first: that one is made good at once.
    pause: Duration,
    /// Whether one was ever started: then there may be one again.
    ever: bool,
    /// How many have ended in a row before they were there, and how the last one did.
    stillborn: (usize, Option<Death>),
}

struct Server {
    child: Child,
    /// What it says here is that it is there; what it is told is to end, by the end of input.
    control: UnixStream,
    there: bool,
    since: Instant,
}

impl<'a> Supervisor<'a> {
    pub fn new(
        listener: &'a TcpListener,
        servers: &Servers,
        notice: &'a mut dyn FnMut(Event),
    ) -> Result<Supervisor<'a>> {
        let starter = match &servers.program {
            Some(program) => servers.method.starter_of(program.clone()),
            None => servers.method.starter(),
        };
        Ok(Supervisor {
            listener,
            notice,
            starter: starter.map_err(Error::io("starting servers"))?,
            servers: Vec::new(),
            number: servers.number.max(1),
            not_before: Instant::now(),
            pause: Duration::ZERO,
            ever: false,
            stillborn: (0, None),
        })
    }

    /// Starts as many servers as are missing, if there may be more now.
    ///
    /// # Errors
    /// If it can't be hoped that there ever will be one.
    pub fn fill_up(&mut self) -> io::Result<()> {
        self.give_up_if_hopeless()?;
        while self.servers.len() < self.number && self.not_before <= Instant::now() {
            match self.start() {
                Ok(server) => {
                    (self.notice)(Event::Started(server.child.id()));
                    self.ever = true;
                    self.servers.push(server);
                }
                Err(why) if self.servers.is_empty() && !self.ever => return Err(why),
                Err(why) => {
                    (self.notice)(Event::Shortage(why.to_string()));
                    self.slow_down();
                }
            }
        }
        Ok(())
    }

    fn start(&mut self) -> io::Result<Server> {
        let (control, theirs) = UnixStream::pair()?;
        control.set_nonblocking(true)?;
        let given = [self.listener.as_fd(), theirs.as_fd()];
        let child = self.starter.start(&SERVER, &given)?;
        Ok(Server { child, control, there: false, since: Instant::now() })
    }

    fn slow_down(&mut self) {
        self.not_before = Instant::now() + self.pause;
        self.pause = (self.pause * 2).clamp(PAUSES[0], PAUSES[1]);
    }

    fn give_up_if_hopeless(&mut self) -> io::Result<()> {
        let (stillborn, Some(death)) = self.stillborn else { return Ok(()) };
        if stillborn < self.number.max(STILLBORN) || self.servers.iter_mut().any(Server::is_there) {
            return Ok(());
        }
        Err(io::Error::other(format!("they end as soon as they are started, the last one {death}")))
    }

    /// Sleeps until a server has died (and notes how), the bell rings, or one may be started again.
    pub fn sleep(&mut self, bell: &OwnedFd) -> io::Result<()> {
        // No event is asked for of a pulse: that the other end was closed is told unasked.
        let mut watched = vec![PollFd::new(bell.as_fd(), PollFlags::POLLIN)];
        let pulses = self.servers.iter().map(|server| server.child.pulse());
        watched.extend(pulses.map(|pulse| PollFd::new(pulse, PollFlags::empty())));
        match poll(&mut watched, self.timeout()) {
            Ok(_) => {}
            Err(Errno::EINTR) => return Ok(()),
            Err(why) => return Err(why.into()),
        }
        let beats = watched.iter().skip(1).map(|pulse| pulse.any() == Some(false));
        let beats: Vec<_> = beats.collect();
        let servers = std::mem::take(&mut self.servers).into_iter().zip(beats);
        let (alive, dead): (Vec<_>, Vec<_>) = servers.partition(|(_, beats)| *beats);
        self.servers = alive.into_iter().map(|(server, _)| server).collect();
        dead.into_iter().for_each(|(server, _)| self.bury(server));
        Ok(())
    }

    fn bury(&mut self, mut server: Server) {
        let death = server.child.wait();
        (self.notice)(Event::Ended(server.child.id(), death));
        self.stillborn = match server.is_there() {
            true => (0, None),
            false => (self.stillborn.0 + 1, Some(death)),
        };
        match server.since.elapsed() < YOUNG {
            true => self.slow_down(),
            false => self.pause = Duration::ZERO,
        }
    }

    fn timeout(&self) -> PollTimeout {
        if self.servers.len() == self.number {
            return PollTimeout::NONE;
        }
        // Rounded up: a poll that ends a moment too early is asked again at once.
        let left = self.not_before.saturating_duration_since(Instant::now());
        PollTimeout::try_from(left + Duration::from_millis(1)).unwrap_or(PollTimeout::MAX)
    }

    /// Tells the servers to end, waits until they have, and kills those that have not when patience
    /// ends.
    pub fn dismiss(self, patience: Duration) {
        for server in &self.servers {
            let _ = server.control.shutdown(Shutdown::Write);
        }
        let until = Instant::now() + patience;
        for Server { mut child, .. } in self.servers {
            let left = until.saturating_duration_since(Instant::now());
            let death = match child.wait_at_most(left) {
                Ok(Some(death)) => death,
                _ => child.kill(),
            };
            (self.notice)(Event::Ended(child.id(), death));
        }
    }
}

impl Server {
    /// Whether it has said that it is there.
    fn is_there(&mut self) -> bool {
        self.there |= matches!(self.control.read(&mut [0]), Ok(1));
        self.there
    }
}

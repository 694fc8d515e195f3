//! Nine green threads: three ask the slow service, three sleep, three compute.

use std::collections::HashSet;
use std::hint::black_box;
use std::io::{Read, Write};
use std::net::SocketAddr;
use std::rc::Rc;
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use stage::{Result, thread_time};
use workloads::http::{Incoming, Request};
use workloads::{Error, primes};

use super::diary::{Diary, Hand, Written};
use super::observer::{self, Sample};
use super::{REPLY, THREAD, TIMER, TURN};
use crate::green::net::TcpStream;
use crate::green::{self, JoinHandle};

/// How many there are of each kind, and of all.
const EACH: usize = 3;
pub(super) const ALL: usize = 3 * EACH;

/// What a run came to.
pub(super) struct Run {
    pub(super) written: Written,
    pub(super) samples: Vec<Sample>,
    /// On which threads of the operating system they ran.
    pub(super) ran_on: HashSet<ThreadId>,
    /// How many of those the process had, before and most; where that can be seen.
    pub(super) threads: Option<(usize, usize)>,
    /// The processor time of the thread of the operating system, and the time on the wall.
    pub(super) cpu: Duration,
    pub(super) wall: Duration,
}

/// Where one can't ask (it has got no file descriptor, say), the others are not answered: then they end.
const PATIENCE: Duration = Duration::from_secs(10);

/// What each tells in the end: on which thread it ran, and how many there were.
type Told = workloads::Result<(ThreadId, Option<usize>)>;

pub(super) fn run(service: SocketAddr) -> Result<Run> {
    let start = Instant::now();
    let diary = Diary::new(start);
    let observed = observer::observe(start, || {
        let before = observer::threads();
        let (cpu, start) = (thread_time(), Instant::now());
        let told = green::run(|| all(service, &diary))?;
        Result::Ok((told?, before, thread_time().saturating_sub(cpu), start.elapsed()))
    });
    let (result, samples) = observed?;
    let (told, before, cpu, wall) = result?;
    let most = told.iter().filter_map(|(_, threads)| *threads).max();
    let ran_on = told.into_iter().map(|(thread, _)| thread).collect();
    Ok(Run { written: diary.written(), samples, ran_on, threads: before.zip(most), cpu, wall })
}

/// Starts them all, and waits for them.
fn all(
    service: SocketAddr,
    diary: &Rc<Diary>,
) -> workloads::Result<Vec<(ThreadId, Option<usize>)>> {
    let mut hand = diary.begin("main");
    type Kind = fn(&mut Hand, SocketAddr, usize) -> workloads::Result<()>;
    let kinds: [(&str, Kind); 3] = [("asks", asks), ("sleeps", sleeps), ("computes", computes)];
    let mut threads: Vec<JoinHandle<Told>> = Vec::new();
    for (number, (name, kind)) in kinds.into_iter().enumerate() {
        for i in 0..EACH {
            let diary = Rc::clone(diary);
            threads.push(green::spawn(move || {
                let mut hand = diary.begin(format!("{name} {}", i + 1));
                together(&mut hand, service, number * EACH + i)?;
                let seen = (thread::current().id(), observer::threads());
                kind(&mut hand, service, i).map(|()| seen)
            }));
        }
    }
    let join = |thread: JoinHandle<Told>| hand.waits(THREAD, || thread.join());
    // All are waited for before the first error is looked at.
    let ended: Vec<_> = threads.into_iter().map(join).collect();
    let told = |ended: std::result::Result<Told, green::Failed>| {
        ended.map_err(|_| Error::Panicked("one of the nine has no result".to_owned())).flatten()
    };
    ended.into_iter().map(told).collect()
}

/// The service answers when all have asked: so there is a moment at which all of them wait.
fn together(hand: &mut Hand, service: SocketAddr, id: usize) -> workloads::Result<()> {
    ask(hand, service, format!("/gather?id={id}&of={ALL}"))
}

/// Every call that may wait is noted alone: in between it is this thread that runs.
fn ask(hand: &mut Hand, service: SocketAddr, question: String) -> workloads::Result<()> {
    let request = Request::get(question);
    let asking = || Error::io(format!("GET {}", request.target));
    let stream = hand.waits(REPLY, || TcpStream::connect(service));
    let mut stream = stream.map_err(asking())?;
    stream.set_read_timeout(Some(PATIENCE)).map_err(asking())?;
    stream.write_all(&request.bytes()).map_err(asking())?;
    let (mut incoming, mut buffer) = (Incoming::default(), [0; 4 * 1024]);
    loop {
        let read = hand.waits(REPLY, || stream.read(&mut buffer)).map_err(asking())?;
        if let Some(reply) = incoming.received(&request, &buffer[..read])? {
            return reply.ok(&request).map(drop);
        }
    }
}

fn asks(hand: &mut Hand, service: SocketAddr, i: usize) -> workloads::Result<()> {
    ask(hand, service, format!("/think?id={i}&ms={}", 12 + 7 * i))
}

fn sleeps(hand: &mut Hand, _service: SocketAddr, i: usize) -> workloads::Result<()> {
    for _ in 0..3 {
        hand.waits(TIMER, || green::sleep(Duration::from_millis(5 + 3 * i as u64)));
    }
    Ok(())
}

fn computes(hand: &mut Hand, service: SocketAddr, i: usize) -> workloads::Result<()> {
    for _ in 0..3 {
        black_box(primes::count(0..black_box(20_000)));
        hand.waits(TURN, green::yield_now);
    }
    ask(hand, service, format!("/think?id={i}&ms=10"))
}

#[cfg(test)]
mod tests {
    use workloads::Service;

    use super::*;

    #[test]
    fn nine_wait_at_once_on_one_thread_and_one_computes() {
        let service = Service::start().expect("a service");
        let run = run(service.address()).expect("green threads");
        assert_eq!(run.ran_on.into_iter().collect::<Vec<_>>(), [thread::current().id()]);
        assert_eq!(run.written.lanes.lanes.len(), ALL + 1);
        assert_eq!(run.written.lanes.at_once("computing"), 1);
        assert_eq!(run.written.homes.len(), ALL + 1);
        assert_eq!(service.log().expect("a log").most_at_once, ALL as u64);
        assert!(run.written.gaps.iter().all(|gap| gap.from <= gap.to));
    }
}

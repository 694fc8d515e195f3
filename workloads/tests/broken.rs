//! The contract can fail: approaches that break one clause each, and are told which. One test,
//! because leaks are counted for the whole process.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;
use std::{env, fs, io, panic, thread};

use workloads::blocking::{self, Conversations};
use workloads::chain::{self, Digest};
use workloads::files::WordCounts;
use workloads::http::{Incoming, Reply, Request};
use workloads::orders::{self, Totals};
use workloads::serve::{Connection, Step};
use workloads::{Approach, Error, Result, Sequential, Service, Stop, contract};

/// Long enough for what does happen on a busy machine, short enough to wait for what never does.
const PATIENCE: Duration = Duration::from_secs(12);

/// Those that the contract waits for to the end of its patience: each has a process of its own, and
/// all of them are waited for at once.
const WAITED_FOR: [Flaw; 5] = [
    Flaw::PromisesTwoDoesOne,
    Flaw::LeaksAThread,
    Flaw::LeaksAFile,
    Flaw::IgnoresTheStop,
    Flaw::NeverEnds,
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flaw {
    None,
    WrongChain,
    EndlessChain,
    MissesAPrime,
    RepliesAsTheyCome,
    PromisesTwoDoesOne,
    PromisesOneDoesTwo,
    SilentWhereNobodyListens,
    LosesAPage,
    SwallowsFaults,
    NamesNoPage,
    StopsAtAFileThatIsGone,
    ForgetsWhatItSkipped,
    LeaksAThread,
    LeaksAFile,
    ServesOnlyTheFirst,
    DropsTheReplyUnderWay,
    IgnoresTheStop,
    NeverEnds,
    StaysListening,
    RefusesWithoutReason,
}

/// What a panic must say for each of them.
const SAYS: [(Flaw, &str); 20] = [
    (Flaw::WrongChain, "broken: chain"),
    (Flaw::EndlessChain, "broken: a chain of 100000000001 links is not refused"),
    (Flaw::MissesAPrime, "broken: primes in 1 ranges"),
    (Flaw::RepliesAsTheyCome, ": the answer to another request"),
    (
        Flaw::PromisesTwoDoesOne,
        "broken: promises 2 in flight: GET /gather?id=0&of=2&ms=12000: status 503",
    ),
    (Flaw::PromisesOneDoesTwo, "broken: promises 1 in flight, has 2"),
    (Flaw::SilentWhereNobodyListens, "broken: fetches from where nobody listens"),
    (Flaw::LosesAPage, "broken: orders"),
    (Flaw::SwallowsFaults, "broken: CutShort on page 7 is not noticed"),
    (Flaw::NamesNoPage, "broken: CutShort on page 7 is not named: it failed"),
    (Flaw::StopsAtAFileThatIsGone, "broken: files: reading"),
    (Flaw::ForgetsWhatItSkipped, "broken: files read and skipped"),
    (Flaw::LeaksAThread, "broken: left behind: Held { threads: Some("),
    (Flaw::LeaksAFile, "broken: left behind: Held { threads: "),
    (Flaw::ServesOnlyTheFirst, "broken: serve: "),
    (Flaw::DropsTheReplyUnderWay, "broken: serve: a reply under way at the stop: "),
    (Flaw::IgnoresTheStop, "broken: serve outlives its stop\n"),
    (Flaw::NeverEnds, "broken: serve outlives its stop, and never ends\n"),
    (Flaw::StaysListening, "broken: still listens after its stop"),
    (Flaw::RefusesWithoutReason, "broken: refuses to serve without a reason"),
];

/// Sequential, but for its flaw.
struct Broken {
    flaw: Flaw,
    /// What it should have let go, and does when it is dropped.
    leaked: Mutex<Vec<Box<dyn Send>>>,
}

/// A thread that lives until this is dropped.
struct Immortal(Option<(Sender<()>, thread::JoinHandle<()>)>);

impl Immortal {
    fn new() -> Immortal {
        let (alive, life) = channel::<()>();
        Immortal(Some((alive, thread::spawn(move || life.recv().unwrap_or(())))))
    }
}

impl Drop for Immortal {
    fn drop(&mut self) {
        let Some((alive, thread)) = self.0.take() else { return };
        drop(alive);
        thread.join().unwrap();
    }
}

impl Broken {
    fn leak(&self, what: impl Send + 'static) {
        self.leaked.lock().unwrap().push(Box::new(what));
    }

    /// Serves one client at a time, and cares for the stop only while it computes.
    fn serve_rudely(listener: &TcpListener, stop: &Stop) -> Result<()> {
        blocking::accept(listener, stop, |client| {
            let _ = client.set_nonblocking(true);
            drop(Broken::talk_rudely(client, stop));
        })
    }

    fn talk_rudely(mut client: TcpStream, stop: &Stop) -> io::Result<()> {
        let mut connection = Connection::new(std::time::Instant::now());
        let mut buffer = [0; 4096];
        loop {
            match connection.step(std::time::Instant::now()) {
                Step::Write(bytes) => client.write_all(&bytes)?,
                Step::Compute(job) => {
                    let reply = job.run();
                    // The long one (it finds π(200,000) primes) is the one under way at the stop.
                    if reply.body == b"17984\n" {
                        while !stop.is_stopped() {
                            thread::yield_now();
                        }
                        return Ok(());
                    }
                    connection.computed(&reply);
                }
                Step::Read { .. } => match client.read(&mut buffer) {
                    Ok(read) => connection.received(&buffer[..read]),
                    Err(_) if stop.is_stopped() => return Ok(()),
                    Err(why) if why.kind() == io::ErrorKind::WouldBlock => thread::yield_now(),
                    Err(why) => return Err(why),
                },
                Step::Close => return Ok(()),
            }
        }
    }
}

impl Approach for Broken {
    fn name(&self) -> &'static str {
        "broken"
    }

    fn in_flight(&self, requests: usize) -> usize {
        requests.min(if self.flaw == Flaw::PromisesTwoDoesOne { 2 } else { 1 })
    }

    fn chain(&self, links: u64) -> Result<Digest> {
        match self.flaw {
            Flaw::WrongChain => chain::run(links + 1),
            Flaw::EndlessChain if links > *chain::LINKS.end() => Ok(Digest(0)),
            _ => chain::run(links),
        }
    }

    fn primes(&self, ranges: &[Range<u64>]) -> Result<u64> {
        let count = Sequential.primes(ranges)?;
        Ok(if self.flaw == Flaw::MissesAPrime { count.saturating_sub(1) } else { count })
    }

    fn fetch(&self, service: &Service, requests: &[Request]) -> Result<Vec<Reply>> {
        let get = |request| blocking::get(service.address(), request);
        match self.flaw {
            Flaw::RepliesAsTheyCome => thread::scope(|scope| {
                let (done, replies) = channel();
                for request in requests {
                    let done = done.clone();
                    scope.spawn(move || done.send(get(request)));
                }
                drop(done);
                replies.iter().collect()
            }),
            Flaw::PromisesOneDoesTwo => {
                let both = requests.chunks(2).flat_map(|pair| {
                    // Both are asked, one right behind the other, before an answer is waited for.
                    let clients = pair.iter().map(|_| TcpStream::connect(service.address()));
                    let mut clients: Vec<_> = clients.map(io::Result::unwrap).collect();
                    for (client, request) in clients.iter_mut().zip(pair) {
                        client.write_all(&request.bytes()).unwrap();
                    }
                    clients.into_iter().zip(pair).map(|(client, request)| answer(client, request))
                });
                both.collect()
            }
            Flaw::SilentWhereNobodyListens => Ok(requests.iter().flat_map(get).collect()),
            Flaw::LeaksAThread => {
                self.leak(Immortal::new());
                Sequential.fetch(service, requests)
            }
            Flaw::LeaksAFile => {
                self.leak(fs::File::open("/dev/null"));
                Sequential.fetch(service, requests)
            }
            _ => Sequential.fetch(service, requests),
        }
    }

    fn orders(&self, service: &Service, pages: Range<u32>) -> Result<Totals> {
        orders::check(&pages)?;
        match self.flaw {
            Flaw::LosesAPage => Sequential.orders(service, pages.start..pages.end - 1),
            Flaw::SwallowsFaults => {
                let one = |page| match Sequential.orders(service, page..page + 1) {
                    Err(Error::Reply { .. }) => Ok(Totals::default()),
                    totals => totals,
                };
                pages.map(one).collect()
            }
            Flaw::NamesNoPage => {
                Sequential.orders(service, pages).map_err(|_| Error::Refused("it failed"))
            }
            _ => Sequential.orders(service, pages),
        }
    }

    fn files(&self, paths: &[PathBuf]) -> Result<WordCounts> {
        match self.flaw {
            Flaw::StopsAtAFileThatIsGone => {
                let mut counts = WordCounts::default();
                for path in paths {
                    counts.count(&fs::read(path).map_err(Error::io("reading"))?);
                }
                Ok(counts)
            }
            Flaw::ForgetsWhatItSkipped => {
                let mut counts = Sequential.files(paths)?;
                counts.skipped.clear();
                Ok(counts)
            }
            _ => Sequential.files(paths),
        }
    }

    fn serve(&self, listener: TcpListener, stop: &Stop) -> Result<()> {
        match self.flaw {
            Flaw::ServesOnlyTheFirst => {
                let (client, _) = listener.accept().map_err(Error::io("accepting"))?;
                Conversations::until(stop).hold(client, stop);
                Ok(())
            }
            Flaw::DropsTheReplyUnderWay => Broken::serve_rudely(&listener, stop),
            Flaw::IgnoresTheStop | Flaw::NeverEnds => {
                let (stopped, stops) = channel();
                stop.wake_by(move || stopped.send(()).unwrap());
                let own = Stop::new();
                thread::scope(|scope| {
                    let serving = scope.spawn(|| Sequential.serve(listener, &own));
                    stops.recv().unwrap();
                    let late = PATIENCE * if self.flaw == Flaw::NeverEnds { 1_000 } else { 3 } / 2;
                    thread::sleep(late);
                    own.stop();
                    serving.join().unwrap()
                })
            }
            Flaw::StaysListening => {
                self.leak(listener.try_clone());
                Sequential.serve(listener, stop)
            }
            Flaw::RefusesWithoutReason => Err(Error::Refused("")),
            _ => Sequential.serve(listener, stop),
        }
    }
}

/// What comes in answer to a request that has been sent.
fn answer(mut client: TcpStream, request: &Request) -> Result<Reply> {
    let (mut incoming, mut buffer) = (Incoming::default(), [0; 1024]);
    loop {
        let read = client.read(&mut buffer).map_err(Error::io("reading"))?;
        if let Some(reply) = incoming.received(request, &buffer[..read])? {
            return Ok(reply);
        }
    }
}

fn check(flaw: Flaw) {
    let patience = if WAITED_FOR.contains(&flaw) { PATIENCE } else { contract::PATIENCE };
    contract::check_within(&Broken { flaw, leaked: Mutex::default() }, patience);
}

/// What the contract says to a flaw that is checked in this process.
fn said_here(flaw: Flaw) -> String {
    let panicked = catch_unwind(AssertUnwindSafe(|| check(flaw)));
    panicked.err().map_or_else(String::new, |panic| Error::panicked(panic).to_string())
}

/// Starts this test again, for one flaw.
fn begin_elsewhere(flaw: Flaw) -> (Flaw, Child) {
    let mut again = Command::new(env::current_exe().unwrap());
    again.arg("--nocapture").env("FLAW", format!("{flaw:?}")).env("RUST_BACKTRACE", "0");
    (flaw, again.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap())
}

/// What the contract said there. Of serving that never ends there is nothing to unwind to, and it ends
/// the process.
fn said_there((flaw, process): (Flaw, Child)) -> (Flaw, String) {
    let output = process.wait_with_output().unwrap();
    (flaw, String::from_utf8(output.stderr).unwrap())
}

#[test]
fn each_broken_approach_is_told_which_clause_it_breaks() {
    if let Some(named) = env::var_os("FLAW") {
        let flaw = WAITED_FOR.into_iter().find(|flaw| named == *format!("{flaw:?}"));
        return check(flaw.unwrap());
    }
    let elsewhere = WAITED_FOR.map(begin_elsewhere);
    // The panics are what is wanted, so they need no backtraces.
    let loud = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let here = SAYS.iter().map(|(flaw, _)| *flaw).filter(|flaw| !WAITED_FOR.contains(flaw));
    let mut said: Vec<_> = here.map(|flaw| (flaw, said_here(flaw))).collect();
    panic::set_hook(loud);
    check(Flaw::None);
    said.extend(elsewhere.map(said_there));
    for (flaw, says) in SAYS {
        // Only Linux tells how many threads there are.
        if flaw == Flaw::LeaksAThread && !cfg!(target_os = "linux") {
            continue;
        }
        let (_, said) = said.iter().find(|(other, _)| *other == flaw).unwrap();
        println!("{flaw:?}: {said}");
        assert!(said.contains(says), "{flaw:?} should say {says:?}");
    }
}

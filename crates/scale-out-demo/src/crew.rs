//! Worker processes, started, listened to, and ended from here.

use std::io::{BufRead, BufReader, Write};
use std::process::Child;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use crate::broker::Broker;
use crate::roles::Program;
use crate::trouble::{Result, Trouble};
use crate::worker::{Orders, Said};

/// How long a worker may take to reach the broker.
const START: Duration = Duration::from_secs(30);

/// After how many tries a job is given up.
pub const TRIES: usize = 3;

/// Some workers of one queue. Dropped, all of them are killed and reaped.
#[derive(Debug)]
pub struct Crew {
    program: Program,
    broker: Broker,
    at_once: usize,
    workers: Vec<Worker>,
    next: u32,
    tell: Sender<(u32, Said)>,
    told: Receiver<(u32, Said)>,
}

#[derive(Debug)]
struct Worker {
    number: u32,
    process: Child,
}

impl Crew {
    /// So many workers, each of which does one job at a time.
    ///
    /// # Errors
    /// If one can't be started, or doesn't reach the broker.
    pub fn new(program: &Program, broker: &Broker, workers: usize) -> Result<Crew> {
        Crew::with(program, broker, workers, 1)
    }

    /// So many workers, each of which does so many jobs at once.
    ///
    /// # Errors
    /// If one can't be started, or doesn't reach the broker.
    pub fn with(
        program: &Program,
        broker: &Broker,
        workers: usize,
        at_once: usize,
    ) -> Result<Crew> {
        let (tell, told) = channel();
        let mut crew = Crew {
            program: program.clone(),
            broker: broker.clone(),
            at_once,
            workers: Vec::new(),
            next: 1,
            tell,
            told,
        };
        crew.hire(workers)?;
        Ok(crew)
    }

    /// So many more.
    ///
    /// # Errors
    /// If one can't be started, or doesn't reach the broker.
    pub fn hire(&mut self, more: usize) -> Result {
        let new = (0..more).map(|_| self.start(|command| command)).collect::<Result<_>>()?;
        self.await_ready(new)
    }

    /// Starts another one, in a way of its own; its [`Said::Ready`] is not waited for.
    ///
    /// # Errors
    /// If it can't be started.
    pub(crate) fn start(
        &mut self,
        way: impl FnOnce(std::process::Command) -> std::process::Command,
    ) -> Result<u32> {
        let number = self.next;
        let orders =
            Orders { broker: self.broker.clone(), number, at_once: self.at_once, tries: TRIES };
        let orders = serde_json::to_string(&orders).map_err(Trouble::in_("a worker's orders"))?;
        let mut process = way(self.program.worker())
            .spawn()
            .map_err(Trouble::in_(format!("starting worker {number}")))?;
        if let Some(input) = &mut process.stdin {
            // Who has ended already does not hear it, and is missed as one that never was ready.
            let _ = writeln!(input, "{orders}");
        }
        if let Some(output) = process.stdout.take() {
            let tell = self.tell.clone();
            std::thread::spawn(move || {
                for line in BufReader::new(output).lines().map_while(std::result::Result::ok) {
                    let Ok(said) = serde_json::from_str(&line) else { continue };
                    let _ = tell.send((number, said));
                }
            });
        }
        self.next += 1;
        self.workers.push(Worker { number, process });
        Ok(number)
    }

    /// Waits until these have reached the broker.
    ///
    /// # Errors
    /// If one says that it does not, or nothing for long.
    pub(crate) fn await_ready(&self, mut new: Vec<u32>) -> Result {
        while !new.is_empty() {
            match self.hear(START)? {
                Some((number, Said::Ready)) => new.retain(|awaited| *awaited != number),
                Some((number, Said::Trouble(why))) if new.contains(&number) => {
                    return Err(Trouble::new(format!("worker {number}: {why}")));
                }
                Some(_) => {}
                None => {
                    return Err(Trouble::new("a worker was started and never reached the broker"));
                }
            }
        }
        Ok(())
    }

    /// What a worker says next, if that is soon.
    ///
    /// # Errors
    /// Never as long as there is a crew.
    pub fn hear(&self, patience: Duration) -> Result<Option<(u32, Said)>> {
        match self.told.recv_timeout(patience) {
            Ok(said) => Ok(Some(said)),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(Trouble::new("there is no crew")),
        }
    }

    /// Waits for a worker to say that it holds a job: which worker, which page, since when.
    ///
    /// # Errors
    /// If none does for long.
    pub fn holder(&self) -> Result<(u32, u32, u64)> {
        let start = Instant::now();
        while let Some((number, said)) = self.hear(START.saturating_sub(start.elapsed()))? {
            if let Said::Holds(page, from) = said {
                return Ok((number, page, from));
            }
        }
        Err(Trouble::new("no worker took the job that was to be held"))
    }

    /// The numbers of those who are employed.
    #[must_use]
    pub fn numbers(&self) -> Vec<u32> {
        self.workers.iter().map(|worker| worker.number).collect()
    }

    /// How many of them have not ended.
    pub fn alive(&mut self) -> usize {
        let alive = |worker: &mut Worker| matches!(worker.process.try_wait(), Ok(None));
        self.workers.iter_mut().map(alive).filter(|alive| *alive).count()
    }

    /// Its process id.
    #[must_use]
    pub fn process(&self, number: u32) -> Option<u32> {
        let worker = self.workers.iter().find(|worker| worker.number == number);
        worker.map(|worker| worker.process.id())
    }

    /// SIGKILL: the worker doesn't even notice. It is reaped; nobody takes its place.
    pub fn kill(&mut self, number: u32) {
        if let Some(place) = self.workers.iter().position(|worker| worker.number == number) {
            let mut worker = self.workers.remove(place);
            worker.end();
        }
    }
}

impl Worker {
    fn end(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        self.workers.iter_mut().for_each(Worker::end);
    }
}

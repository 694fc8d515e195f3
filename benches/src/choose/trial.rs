//! A trial: one approach does a job for real, once, in a process of its own.
//!
//! The job is `orders` on other terms (see [`workloads::orders::Terms`]): ask the service for a
//! page, wait for it, and compute what its seal wants. So the code that runs is each chapter's
//! own, as it stands in its `solve` file. The clock runs from before the approach is made ready
//! (threads, worker processes, a runtime) until it has the answer, which is checked.

use std::net::SocketAddr;
use std::process::{Command, ExitCode, id};
use std::time::Duration;

use workloads::orders::Terms;
use workloads::{Service, limits};

use crate::contestant::Contestant;
use crate::interrupt::Interrupt;
use crate::process::{self, Trouble};
use crate::usage::Meter;
use crate::{Result, Sample};

/// What the child is told; the parent says it, so nothing of it is for the reader.
#[derive(Debug, Clone, clap::Args)]
#[expect(missing_docs, reason = "what they mean is with the `trial` module")]
pub struct Task {
    #[arg(long)]
    pub parent: u32,
    #[arg(long)]
    pub approach: String,
    #[arg(long)]
    pub pages: u32,
    #[arg(long)]
    pub service: SocketAddr,
}

/// The child: does the job, and tells its figures as one line of JSON.
#[must_use]
pub fn run(task: &Task) -> ExitCode {
    process::say(process::be_child_of(task.parent).and_then(|()| solve(task)))
}

fn solve(task: &Task) -> Result<Sample> {
    limits::allow_many_files();
    let contestant = Contestant::named(&task.approach).ok_or("no such approach")?;
    let service = Service::at(task.service);
    let meter = Meter::start()?;
    let approach = contestant.build()?;
    let totals = approach.orders(&service, 0..task.pages)?;
    let mut sample = meter.read()?;
    let promised = approach.in_flight(task.pages as usize);
    sample.insert("promised_in_flight".into(), promised as f64);
    match totals == Terms::known(0..task.pages) {
        true => Ok(sample),
        false => Err("the answer is wrong".into()),
    }
}

/// The parent. It runs the slow service, so that the service's processor time counts for no approach.
pub struct Trials<'a> {
    service: Service,
    interrupt: &'a Interrupt,
    deadline: Duration,
    /// The terms, and how many pages the service has made on them.
    ready: Option<(Terms, u64)>,
}

/// Who has the service make its pages, before any approach is timed.
const WARMER: &str = "tokio on threads";

impl<'a> Trials<'a> {
    /// Trials of which each may take so long.
    ///
    /// # Errors
    /// If the service can't be started.
    pub fn new(interrupt: &'a Interrupt, deadline: Duration) -> Result<Trials<'a>> {
        Ok(Trials { service: Service::start()?, interrupt, deadline, ready: None })
    }

    /// Sets the terms of the trials to come, of up to so many pages, and has the service make those:
    /// whoever came first would else be timed with it. Call this on the main thread.
    ///
    /// # Errors
    /// Terms out of bounds.
    pub fn on(&mut self, terms: Terms, pages: u64) -> Result {
        match self.ready {
            Some((ready, made)) if ready == terms && made >= pages => return Ok(()),
            Some((ready, _)) if ready == terms => {}
            _ => self.service.set_terms(terms)?,
        }
        self.ready = Some((terms, pages));
        // If it fails, so will its trial, and that tells why.
        Contestant::named(WARMER).map(|warmer| self.run(warmer, pages).ok());
        Ok(())
    }

    /// Starts the service anew: the old one may still hold requests of who was killed.
    ///
    /// # Errors
    /// If it can't be started.
    pub fn anew(&mut self) -> Result {
        *self = Trials::new(self.interrupt, self.deadline)?;
        Ok(())
    }

    /// Runs one. Call this on the main thread (see [`Child::start`](process::Child::start)).
    ///
    /// # Errors
    /// Why there are no figures.
    pub fn run(&mut self, contestant: &Contestant, pages: u64) -> Result<Sample, Trouble> {
        let command = self.command(contestant, pages);
        let mut command = command.map_err(|why| Trouble::Failed(why.to_string()))?;
        process::ask(&mut command, self.deadline, self.interrupt)
    }

    fn command(&self, contestant: &Contestant, pages: u64) -> Result<Command> {
        let mut command = process::ourselves()?;
        command.args(["choose", "trial", "--parent", &id().to_string()]);
        command.args(["--approach", contestant.name, "--pages", &pages.to_string()]);
        command.arg("--service").arg(self.service.address().to_string());
        Ok(command)
    }
}

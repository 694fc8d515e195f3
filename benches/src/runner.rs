//! Runs one cell: a fresh process, watched, with the service that it asks, or with clients.

use std::process::{Command, Stdio, id};

use serde_json::Value;
use threading_demo::solve::Threads;
use workloads::{Approach, Service};

use crate::contestant::{Contestant, Solver};
use crate::interrupt::Interrupt;
use crate::matrix::Plan;
use crate::problem::{Problem, Size};
use crate::process::{self, Child, Trouble};
use crate::{Result, Sample, serving};

/// Who starts cells, and has the service that they ask.
pub(crate) struct Runner<'a> {
    plan: &'a Plan,
    interrupt: &'a Interrupt,
    /// In this process, so that its processor time is nobody's.
    service: Option<Service>,
}

impl<'a> Runner<'a> {
    /// For the cells of this plan.
    pub(crate) fn new(plan: &'a Plan, interrupt: &'a Interrupt) -> Runner<'a> {
        Runner { plan, interrupt, service: None }
    }

    /// Runs a cell once, with so many workers if that is said.
    pub(crate) fn run(
        &mut self,
        problem: Problem,
        contestant: &Contestant,
        workers: Option<usize>,
    ) -> Result<Sample, Trouble> {
        let failed = |why: &dyn ToString| Trouble::Failed(why.to_string());
        let mut command = self.command(problem, contestant).map_err(|why| failed(&why))?;
        if let Some(workers) = workers {
            command.args(["--workers", &workers.to_string()]);
        }
        if problem.asks() {
            let address = self.service().map_err(|why| failed(&why))?.address();
            command.arg("--service").arg(address.to_string());
        }
        let child = Child::start(&mut command, Some(self.plan.deadline), self.interrupt);
        let mut child = child.map_err(|why| failed(&why))?;
        let told = self.listen(&mut child, contestant);
        // How it ended tells more than that it fell silent.
        let outcome = child.end().and(told);
        match (&mut self.service, outcome) {
            (Some(service), Ok(mut sample)) if problem.asks() => {
                let log = service.log().map_err(|why| failed(&why))?;
                sample.insert("in_flight".into(), log.most_at_once as f64);
                Ok(sample)
            }
            (_, Ok(sample)) => Ok(sample),
            (service, Err(trouble)) => {
                // It may still hold the requests of who was killed: the next gets a fresh one.
                *service = None;
                Err(trouble)
            }
        }
    }

    fn command(&self, problem: Problem, contestant: &Contestant) -> Result<Command> {
        let mut command = process::ourselves()?;
        command.arg("cell").args(["--parent", &id().to_string()]);
        match contestant.solver {
            Solver::Rust(_) => command.args(["--approach", contestant.name]),
            Solver::Python(interpreter, program) => {
                command.args(["--approach", program, "--python"]).arg(interpreter)
            }
        };
        command.args(["--problem", problem.name()]);
        command.args(self.plan.quick.then_some("--quick"));
        if let Some(path) = &self.plan.path {
            command.arg("--path").arg(path);
        }
        command.stderr(Stdio::piped());
        Ok(command)
    }

    /// The slow service, warm and with an empty log.
    fn service(&mut self) -> Result<&Service> {
        if self.service.is_none() {
            let service = Service::start()?;
            // It makes each page once, when it is asked for it first; that is not to be measured.
            Threads.orders(&service, 0..Size::of(self.plan.quick).pages)?;
            self.service = Some(service);
        }
        let service = self.service.as_ref().ok_or("no service")?;
        service.clear()?;
        Ok(service)
    }

    /// Takes the child's figures, and is its client before that if it serves.
    fn listen(&self, child: &mut Child, contestant: &Contestant) -> Result<Sample, Trouble> {
        let mut measured = Sample::new();
        loop {
            let line = child.line().ok_or_else(|| Trouble::Failed("it said nothing".into()))?;
            let told: Value = serde_json::from_str(&line).unwrap_or_default();
            let Some(address) = told["address"].as_str().and_then(|given| given.parse().ok())
            else {
                measured.extend(process::heard(&told)?);
                return Ok(measured);
            };
            let clients = told["clients"].as_u64().unwrap_or(1) as usize;
            let latency_for = self.plan.latency_for;
            let size = Size { latency_for, ..contestant.size(self.plan.quick) };
            measured = serving::measure(address, clients, size)
                .map_err(|why| Trouble::Failed(why.to_string()))?;
            child.hang_up();
        }
    }
}

//! The job, done for several askers at once, and what each was told in the end.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;

use workloads::{Error, Service};

use super::readiness::Loop;
use super::{Called, Then, awaited};
use crate::runtime::{Failed, Runtime, spawn};

/// A job in callbacks.
pub(super) type Job = fn(&mut Loop, SocketAddr, u64, Then) -> Called;

/// A receipt, or what went wrong.
pub(super) type Told = std::result::Result<u64, String>;

/// Somebody who asks for a job to be done, and what it was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asker {
    pub(super) name: &'static str,
    pages: u64,
    pub(super) told: Vec<Told>,
}

/// Who was told what in the end.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct End {
    pub(super) askers: Vec<Asker>,
    /// Errors that reached the loop, and nobody else.
    pub(super) nobodys: Vec<String>,
}

impl Asker {
    pub(super) fn new(name: &'static str, pages: u64) -> Asker {
        Asker { name, pages, told: Vec::new() }
    }
}

/// What an asker was told.
pub(super) fn said(told: &Option<Told>) -> String {
    match told {
        None => "nothing, ever".to_owned(),
        Some(Ok(receipt)) => format!("receipt {receipt}"),
        Some(Err(why)) => format!("error: {why}"),
    }
}

/// All jobs at once, each with a callback for its end.
pub(super) fn by_callbacks(
    job: Job,
    service: &Service,
    askers: Vec<Asker>,
) -> workloads::Result<End> {
    let mut io = Loop::new()?;
    let askers: Vec<_> = askers.into_iter().map(|asker| Rc::new(RefCell::new(asker))).collect();
    for asker in &askers {
        let (pages, asker) = (asker.borrow().pages, Rc::clone(asker));
        let then: Then = Box::new(move |_io, receipt| {
            asker.borrow_mut().told.push(receipt.map_err(|why| why.to_string()));
            Ok(())
        });
        // This `?` is the asker's only chance, and it comes before anything could go wrong.
        job(&mut io, service.address(), pages, then)?;
    }
    io.run()?;
    let askers = askers.iter().map(|asker| asker.borrow().clone()).collect();
    Ok(End { askers, nobodys: io.nobodys.iter().map(Error::to_string).collect() })
}

/// All jobs at once, each awaited by who asked for it.
pub(super) fn by_await(service: &Service, askers: Vec<Asker>) -> workloads::Result<End> {
    let shop = service.address();
    let runtime = Runtime::new().map_err(Error::io("starting a runtime"))?;
    Ok(runtime.block_on(async {
        let ask = |mut asker: Asker| async move {
            let receipt = awaited::job(shop, asker.pages).await;
            asker.told.push(receipt.map_err(|why| why.to_string()));
            asker
        };
        let tasks: Vec<_> = askers.into_iter().map(|asker| spawn(ask(asker))).collect();
        let mut end = End { askers: Vec::new(), nobodys: Vec::new() };
        for task in tasks {
            match task.await {
                Ok(asker) => end.askers.push(asker),
                Err(Failed::Panicked(panic)) => {
                    end.nobodys.push(Error::panicked(panic).to_string());
                }
                Err(Failed::Cancelled) => end.nobodys.push("cancelled".to_owned()),
            }
        }
        end
    }))
}

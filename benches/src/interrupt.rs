//! Ctrl-C: the run ends early, and its report is written all the same.
//!
//! The signals are blocked in every thread, and one thread does nothing but wait for them: a
//! signal then comes as the return of a call, between two statements, and not as a handler that
//! may do next to nothing.

use std::convert::Infallible;
use std::thread;

use crossbeam_channel::{Receiver, TryRecvError, bounded};
use nix::sys::signal::{SigSet, Signal};

use crate::Result;

/// Whether somebody has asked to end. All clones see it, and can wait for it.
#[derive(Debug, Clone)]
pub struct Interrupt(Receiver<Infallible>);

/// The exit status of a program that SIGINT has ended, by the shells' custom.
pub const STATUS: u8 = 128 + Signal::SIGINT as u8;

fn signals() -> SigSet {
    SigSet::from_iter([Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP])
}

impl Interrupt {
    /// Waits for signals from now on. The threads that are started from now on have them blocked,
    /// so call this before any other is.
    ///
    /// # Errors
    /// What the system has against it.
    pub fn listen() -> Result<Interrupt> {
        Interrupt::listen_and_then(|| {
            let _ = signals().wait();
            // Twice is an order.
            std::process::exit(STATUS.into());
        })
    }

    /// The same for who is told of a parent's death, and has to end others before itself. That may
    /// be told more than once, and asks for no more haste then: one whose parent's thread has died
    /// belongs to the next thread of the same process, which dies as well.
    ///
    /// # Errors
    /// As [`Interrupt::listen`].
    pub fn listen_once() -> Result<Interrupt> {
        Interrupt::listen_and_then(|| ())
    }

    fn listen_and_then(then: impl FnOnce() + Send + 'static) -> Result<Interrupt> {
        let signals = signals();
        signals.thread_block()?;
        let (sender, receiver) = bounded(0);
        thread::Builder::new().name("signals".into()).spawn(move || {
            let _ = signals.wait();
            // A channel without a sender is one that all its receivers see.
            drop(sender);
            then();
        })?;
        Ok(Interrupt(receiver))
    }

    /// For who is done before anybody has lost patience.
    #[must_use]
    pub fn never() -> Interrupt {
        Interrupt(crossbeam_channel::never())
    }

    /// Whether it has come.
    #[must_use]
    pub fn has_come(&self) -> bool {
        self.0.try_recv() == Err(TryRecvError::Disconnected)
    }

    /// To wait for it beside other things: receiving fails once it has come.
    #[must_use]
    pub fn receiver(&self) -> &Receiver<Infallible> {
        &self.0
    }
}

/// Lets the signals through again: what is blocked stays so in a child, and across exec().
///
/// # Errors
/// What the system has against it.
pub fn unblock() -> Result {
    Ok(signals().thread_unblock()?)
}

//! A program while it runs, and what is left of it then.

use std::fmt;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use stage::{Recorder, Timeline};

use crate::strategy::Strategy;

use super::fault::Failure;
use super::interpreter::Interpreter;
use super::message::Message;

/// A program that runs. If it is dropped, it is stopped.
pub struct Running<S: Strategy> {
    pub(super) interpreter: Arc<Interpreter<S>>,
    pub(super) printed: mpsc::Receiver<String>,
    pub(super) main: Option<JoinHandle<std::result::Result<Option<Message>, Failure>>>,
}

impl<S: Strategy> Running<S> {
    /// The next line that it prints, if that comes in time.
    #[must_use]
    pub fn line(&self, patience: Duration) -> Option<String> {
        self.printed.recv_timeout(patience).ok()
    }

    /// Whether it has ended.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.main.as_ref().is_none_or(std::thread::JoinHandle::is_finished)
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// As [`Setup::run`](super::Setup::run).
    pub fn end(mut self) -> std::result::Result<Outcome, Failure> {
        let result = match self.main.take().map(JoinHandle::join) {
            Some(Ok(result)) => result,
            Some(Err(panic)) => std::panic::resume_unwind(panic),
            None => Ok(None),
        };
        let failures = self.interpreter.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let recorder = self.interpreter.recorder.as_ref();
        result.map(|answer| Outcome {
            answer,
            lines: self.printed.try_iter().collect(),
            failures: failures.clone(),
            left: self.interpreter.heap.used(),
            timeline: recorder.map(Recorder::timeline).unwrap_or_default(),
        })
    }
}

impl<S: Strategy> Drop for Running<S> {
    fn drop(&mut self) {
        if let Some(main) = self.main.take() {
            self.interpreter.stop.store(true, Relaxed);
            let _ = main.join();
        }
    }
}

/// A run that has ended.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// The lines that were printed, and not read while it ran.
    pub lines: Vec<String>,
    /// What threads ended with before their time.
    pub failures: Vec<Failure>,
    /// How many objects were left when all was over: none, if every reference was counted.
    pub left: usize,
    /// Who held the lock and who waited, if that was recorded.
    pub timeline: Timeline,
    /// The value that was asked for, if it can be copied.
    pub answer: Option<Message>,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

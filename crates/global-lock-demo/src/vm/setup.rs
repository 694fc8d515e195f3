//! A program before it runs: under which strategy, with what, for how long at most.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use stage::Recorder;

use crate::strategy::Strategy;

use super::code::Program;
use super::fault::Failure;
use super::interpreter::Interpreter;
use super::message::Message;
use super::running::{Outcome, Running};
use super::value::Value;

/// How long a run may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// So long on the clock. Whoever sleeps or waits then stops, too.
    pub patience: Duration,
    /// About so many checks of all threads together: a program without an end gets no further.
    /// There is a check in every loop, and straight code has an end. (Native code that goes through
    /// a list counts each element as one.)
    pub checks: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { patience: Duration::from_secs(120), checks: u64::MAX }
    }
}

/// A program that is to be run.
#[derive(Debug)]
pub struct Setup<S> {
    pub(super) strategy: S,
    pub(super) program: Program,
    pub(super) arguments: Vec<String>,
    pub(super) limits: Limits,
    pub(super) recorder: Option<Recorder>,
    given: Vec<(String, Message)>,
    asked: Option<String>,
}

impl<S: Strategy> Setup<S> {
    /// This program, under this strategy, without arguments.
    #[must_use]
    pub fn new(strategy: S, program: &Program) -> Setup<S> {
        let program = program.clone();
        Setup {
            strategy,
            program,
            arguments: Vec::new(),
            limits: Limits::default(),
            recorder: None,
            given: Vec::new(),
            asked: None,
        }
    }

    /// With these arguments: `sys.argv[1:]`.
    #[must_use]
    pub fn arguments(mut self, arguments: impl IntoIterator<Item = impl ToString>) -> Setup<S> {
        self.arguments = arguments.into_iter().map(|argument| argument.to_string()).collect();
        self
    }

    /// Within these limits.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Setup<S> {
        self.limits = limits;
        self
    }

    /// Records who held the lock, a lane a thread.
    #[must_use]
    pub fn recorded(mut self, recorder: &Recorder) -> Setup<S> {
        self.recorder = Some(recorder.clone());
        self
    }

    /// With this value in a global, before it begins: a copy made for it.
    #[must_use]
    pub fn given(mut self, global: &str, value: Message) -> Setup<S> {
        self.given.push((global.to_owned(), value));
        self
    }

    /// At the end, the value of this global is copied into the [`Outcome`].
    #[must_use]
    pub fn asked(mut self, global: &str) -> Setup<S> {
        self.asked = Some(global.to_owned());
        self
    }

    /// Runs it to its end.
    ///
    /// # Errors
    /// What the program's first thread ended with, if that was before its time. What others ended
    /// with is in the [`Outcome`].
    pub fn run(self) -> std::result::Result<Outcome, Failure> {
        self.start().end()
    }

    /// Starts it.
    #[must_use]
    pub fn start(mut self) -> Running<S> {
        let (lines, printed) = mpsc::channel();
        let (given, asked) = (std::mem::take(&mut self.given), self.asked.take());
        let interpreter = Arc::new(Interpreter::new(self, lines));
        let shared = interpreter.clone();
        let main = thread::spawn(move || {
            let result = shared.put(given).and_then(|()| shared.thread(1, Value::function(0), &[]));
            if result.is_err() {
                shared.stop.store(true, Relaxed);
            }
            shared.join_all();
            let answer = shared.clear(asked.as_deref());
            result.map(|()| answer)
        });
        Running { interpreter, printed, main: Some(main) }
    }
}

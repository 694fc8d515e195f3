//! From an interpreter's first thread to its last.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, PoisonError};
use std::thread::{self, JoinHandle};

use crate::strategy::Strategy;
use crate::thread::ThreadState;
use crate::vm::code::Program;
use crate::vm::eval;
use crate::vm::fault::{Failure, Fault, Result, raise};
use crate::vm::machine::Machine;
use crate::vm::message::Message;
use crate::vm::threads::Task;
use crate::vm::value::Value;

use super::Interpreter;

/// How many threads may be alive at once, besides the first.
const THREADS: usize = 1000;

impl<S: Strategy> Interpreter<S> {
    /// The number of a thread that begins.
    fn next_thread(&self) -> u32 {
        self.threads.fetch_add(1, Relaxed) + 1
    }

    /// Runs a function on this thread of the machine's, as thread `id` of the program.
    pub(in crate::vm) fn thread(
        self: &Arc<Self>,
        id: u32,
        function: Value,
        arguments: &[Value],
    ) -> std::result::Result<(), Failure> {
        let me = match &self.recorder {
            Some(recorder) => ThreadState::recorded(id, recorder, &format!("thread {id}")),
            None => ThreadState::new(id),
        };
        let mut machine = Machine::new(self, me);
        self.strategy.attach(&mut machine.me);
        let run = || {
            let value = eval::run(&mut machine, function, arguments)?;
            machine.release(value).map_err(|fault| self.program.failure("<end>", fault))
        };
        // Also a thread that panics gives the lock up: the others would wait for it for ever.
        let result = catch_unwind(AssertUnwindSafe(run));
        self.leave(&mut machine);
        result.unwrap_or_else(|panic| resume_unwind(panic))
    }

    /// Does something with the interpreter's objects on a thread that runs no bytecode.
    fn attended<R>(self: &Arc<Self>, act: impl FnOnce(&mut Machine<'_, S>) -> R) -> R {
        let mut machine = Machine::new(self, ThreadState::new(self.next_thread()));
        self.strategy.attach(&mut machine.me);
        let result = act(&mut machine);
        self.leave(&mut machine);
        result
    }

    /// Puts values into globals, before the program begins.
    pub(in crate::vm) fn put(
        self: &Arc<Self>,
        given: Vec<(String, Message)>,
    ) -> std::result::Result<(), Failure> {
        if given.is_empty() {
            return Ok(());
        }
        let put = |machine: &mut Machine<'_, S>| {
            for (name, message) in given {
                if let Some(cell) = self.global(&name) {
                    let value = message.into_value(machine)?;
                    machine.release(Value::from_bits(cell.swap(value.bits(), Relaxed)))?;
                }
            }
            Ok(())
        };
        self.attended(put).map_err(|fault| self.program.failure("<start>", fault))
    }

    /// Lets go of what the globals hold, after a copy of one of them.
    pub(in crate::vm) fn clear(self: &Arc<Self>, asked: Option<&str>) -> Option<Message> {
        self.attended(|machine| {
            let cell = asked.and_then(|name| self.global(name));
            let value = cell.map(|cell| Value::from_bits(cell.load(Relaxed)));
            let answer = value.and_then(|value| Message::of(machine, value).ok());
            for cell in &self.globals {
                let _ = machine.release(Value::from_bits(cell.swap(Value::NULL.bits(), Relaxed)));
            }
            answer
        })
    }

    fn global(&self, name: &str) -> Option<&AtomicU64> {
        let place = self.program.names.iter().position(|known| known == name)?;
        self.globals.get(place)
    }

    /// A thread's last.
    fn leave(&self, machine: &mut Machine<'_, S>) {
        let _ = machine.check();
        loop {
            let left = self.strategy.detach(&mut machine.me);
            if left.is_empty() {
                return machine.end();
            }
            let _ = machine.merge(left);
        }
    }

    /// Starts a thread that takes over the references to its function and arguments.
    ///
    /// # Errors
    /// `RuntimeError`, if no thread is to be had; `Stopped`. Then the caller keeps them.
    pub(crate) fn start(
        self: &Arc<Self>,
        function: Value,
        arguments: Vec<Value>,
        task: &Arc<Task>,
    ) -> Result<()> {
        // It is over also if it can't begin: else who joins it would wait for ever.
        let ending = task.ends_with_this();
        if self.stopped() {
            return Err(Fault::Stopped);
        }
        let mut handles = self.handles.lock().unwrap_or_else(PoisonError::into_inner);
        // Those that are over need not be waited for at the end.
        let (over, alive) =
            std::mem::take(&mut *handles).into_iter().partition(JoinHandle::is_finished);
        *handles = alive;
        self.join(over);
        if handles.len() >= THREADS {
            return raise("RuntimeError", format!("can't start new thread: {THREADS} are alive"));
        }
        let (shared, id) = (self.clone(), self.next_thread());
        let run = move || {
            let _over = ending;
            if let Err(failure) = shared.thread(id, function, &arguments) {
                shared.failures.lock().unwrap_or_else(PoisonError::into_inner).push(failure);
            }
        };
        match thread::Builder::new().name(format!("thread {id}")).spawn(run) {
            Ok(handle) => {
                handles.push(handle);
                Ok(())
            }
            Err(why) => raise("RuntimeError", format!("can't start new thread: {why}")),
        }
    }

    /// Waits for all threads, also for those that are started meanwhile.
    pub(in crate::vm) fn join_all(&self) {
        loop {
            let started = || self.handles.lock().unwrap_or_else(PoisonError::into_inner);
            let handles = std::mem::take(&mut *started());
            if handles.is_empty() {
                return;
            }
            self.join(handles);
        }
    }

    /// Waits for these threads. If one has panicked, so does this.
    fn join(&self, handles: Vec<JoinHandle<()>>) {
        for handle in handles {
            if let Err(panic) = handle.join() {
                resume_unwind(panic);
            }
        }
    }
}

impl Program {
    fn failure(&self, function: &str, fault: Fault) -> Failure {
        Failure { file: self.file.clone(), line: 0, function: function.into(), fault }
    }
}

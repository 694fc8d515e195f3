//! An interpreter: what its threads share.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use stage::{Recorder, Timeline};

use crate::object_lock::ObjectLock;
use crate::strategy::Strategy;
use crate::thread::ThreadState;

use super::code::{Constant, Program};
use super::eval;
use super::fault::{Failure, Fault, Result, raise};
use super::heap::Heap;
use super::machine::Machine;
use super::message::Message;
use super::natives::Native;
use super::threads::Task;
use super::value::Value;

/// How long a run may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// So long on the clock. Whoever sleeps or waits then stops, too.
    pub patience: Duration,
    /// So many checks of all threads together: a program without an end gets no further. (There is a
    /// check in every loop, and straight code has an end.)
    pub checks: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { patience: Duration::from_secs(120), checks: u64::MAX }
    }
}

/// What the threads of a program share.
pub struct Interpreter<S: Strategy> {
    /// Who keeps them in order.
    pub strategy: S,
    /// The program; its constants are followed by its arguments.
    pub program: Program,
    /// Its constants as values.
    pub(crate) constants: Vec<Value>,
    /// `sys.argv`.
    pub(crate) arguments: Vec<Value>,
    pub(crate) localhost: Value,
    pub(crate) heap: Heap<S::Count>,
    /// A cell for each of the program's names.
    pub(crate) globals: Vec<AtomicU64>,
    /// Globals lie in a dict, which is an object.
    pub(crate) globals_lock: ObjectLock,
    /// For each of the program's names, the built-in that it is unless there is a global.
    pub(crate) builtins: Vec<Value>,
    /// For each of the program's names, the method that it is.
    pub(crate) methods: Vec<Option<Native>>,
    pub(crate) start: Instant,
    pub(crate) limits: Limits,
    spent: AtomicU64,
    stop: AtomicBool,
    threads: AtomicU32,
    handles: Mutex<Vec<JoinHandle<()>>>,
    failures: Mutex<Vec<Failure>>,
    lines: mpsc::Sender<String>,
    recorder: Option<Recorder>,
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

/// A program that is to be run.
#[derive(Debug)]
pub struct Setup<S> {
    strategy: S,
    program: Program,
    arguments: Vec<String>,
    limits: Limits,
    recorder: Option<Recorder>,
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

/// A program that runs. If it is dropped, it is stopped.
pub struct Running<S: Strategy> {
    interpreter: Arc<Interpreter<S>>,
    printed: mpsc::Receiver<String>,
    main: Option<JoinHandle<std::result::Result<Option<Message>, Failure>>>,
}

impl<S: Strategy> Running<S> {
    /// The next line that it prints, if that comes in time.
    #[must_use]
    pub fn line(&self, patience: Duration) -> Option<String> {
        self.printed.recv_timeout(patience).ok()
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// As [`Setup::run`].
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
            left: super::heap::OBJECTS as usize - self.interpreter.heap.free(),
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

impl<S: Strategy> Interpreter<S> {
    fn new(setup: Setup<S>, lines: mpsc::Sender<String>) -> Interpreter<S> {
        let Setup { strategy, mut program, arguments, limits, recorder, .. } = setup;
        let mut text = |text: String| {
            let constant = Constant::Text(text);
            let there = program.constants.iter().position(|there| *there == constant);
            Value::constant(there.unwrap_or_else(|| {
                program.constants.push(constant);
                program.constants.len() - 1
            }) as u32)
        };
        let localhost = text("127.0.0.1".into());
        let name = program.file.clone();
        let arguments = std::iter::once(name).chain(arguments).map(&mut text).collect();
        let value = |(place, constant): (usize, &Constant)| match constant {
            Constant::None => Value::NONE,
            Constant::Bool(truth) => Value::bool(*truth),
            Constant::Int(int) => Value::int(*int).unwrap_or(Value::constant(place as u32)),
            _ => Value::constant(place as u32),
        };
        let constants = program.constants.iter().enumerate().map(value).collect();
        let built_in = |name: &String| Native::built_in(name).map_or(Value::NULL, Value::native);
        Interpreter {
            strategy,
            constants,
            arguments,
            localhost,
            heap: Heap::default(),
            globals: program.names.iter().map(|_| AtomicU64::new(Value::NULL.bits())).collect(),
            globals_lock: ObjectLock::default(),
            builtins: program.names.iter().map(built_in).collect(),
            methods: program.names.iter().map(|name| Native::method(name)).collect(),
            start: Instant::now(),
            limits,
            spent: AtomicU64::new(0),
            stop: AtomicBool::new(false),
            threads: AtomicU32::new(1),
            handles: Mutex::default(),
            failures: Mutex::default(),
            lines,
            recorder,
            program,
        }
    }

    /// The number of a thread that begins.
    fn next_thread(&self) -> u32 {
        self.threads.fetch_add(1, Relaxed) + 1
    }

    /// Runs a function on this thread of the machine's, as thread `id` of the program.
    fn thread(
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
        let result = eval::run(&mut machine, function, arguments).and_then(|value| {
            let failed = |fault| self.program.failure("<end>", fault);
            machine.release(value).map_err(failed)
        });
        self.leave(&mut machine);
        result
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
    fn put(self: &Arc<Self>, given: Vec<(String, Message)>) -> std::result::Result<(), Failure> {
        let put = |machine: &mut Machine<'_, S>| {
            for (name, message) in given {
                if let Some(cell) = self.global(&name) {
                    cell.store(message.into_value(machine)?.bits(), Relaxed);
                }
            }
            Ok(())
        };
        self.attended(put).map_err(|fault| self.program.failure("<start>", fault))
    }

    /// Lets go of what the globals hold, after a copy of one of them.
    fn clear(self: &Arc<Self>, asked: Option<&str>) -> Option<Message> {
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

    /// Starts a thread that takes over the references to its arguments.
    ///
    /// # Errors
    /// `RuntimeError`, if no thread is to be had.
    pub(crate) fn start(
        self: &Arc<Self>,
        function: Value,
        arguments: Vec<Value>,
        task: Arc<Task>,
    ) -> Result<()> {
        let (shared, id) = (self.clone(), self.next_thread());
        let run = move || {
            let _over = task.ends_with_this();
            if let Err(failure) = shared.thread(id, function, &arguments) {
                shared.failures.lock().unwrap_or_else(PoisonError::into_inner).push(failure);
            }
        };
        match thread::Builder::new().name(format!("thread {id}")).spawn(run) {
            Ok(handle) => {
                self.handles.lock().unwrap_or_else(PoisonError::into_inner).push(handle);
                Ok(())
            }
            Err(why) => raise("RuntimeError", format!("can't start new thread: {why}")),
        }
    }

    /// Waits for all threads, also for those that are started meanwhile.
    fn join_all(&self) {
        loop {
            let next = self.handles.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let Some(handle) = next else { return };
            if let Err(panic) = handle.join() {
                std::panic::resume_unwind(panic);
            }
        }
    }

    /// Whether the run is to stop.
    pub(crate) fn stopped(&self) -> bool {
        self.stop.load(Relaxed) || self.start.elapsed() > self.limits.patience
    }

    /// Notes that so many checks were made.
    ///
    /// # Errors
    /// `Stopped`, if that was too much.
    pub(crate) fn spend(&self, checks: u64) -> Result<()> {
        let spent = self.spent.fetch_add(checks, Relaxed) + checks;
        if spent > self.limits.checks || self.stopped() {
            self.stop.store(true, Relaxed);
            return Err(Fault::Stopped);
        }
        Ok(())
    }

    /// Prints a line.
    pub(crate) fn print(&self, line: String) {
        // Nobody may be there any more to read it.
        let _ = self.lines.send(line);
    }
}

impl Program {
    fn failure(&self, function: &str, fault: Fault) -> Failure {
        Failure { file: self.file.clone(), line: 0, function: function.into(), fault }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

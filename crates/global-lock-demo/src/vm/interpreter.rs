//! An interpreter: what its threads share.

mod life;

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, mpsc};
use std::thread::JoinHandle;
use std::time::Instant;

use stage::Recorder;

use crate::object_lock::ObjectLock;
use crate::strategy::Strategy;

use super::code::{Constant, Program};
use super::fault::{Failure, Fault, Result};
use super::heap::Heap;
use super::natives::Native;
use super::setup::{Limits, Setup};
use super::value::Value;

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
    pub(super) stop: AtomicBool,
    threads: AtomicU32,
    handles: Mutex<Vec<JoinHandle<()>>>,
    pub(super) failures: Mutex<Vec<Failure>>,
    lines: mpsc::Sender<String>,
    pub(super) recorder: Option<Recorder>,
}

impl<S: Strategy> Interpreter<S> {
    /// An interpreter in which nothing runs yet, whose program prints to `lines`.
    pub(super) fn new(setup: Setup<S>, lines: mpsc::Sender<String>) -> Interpreter<S> {
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

    /// Whether the run is to stop.
    pub(crate) fn stopped(&self) -> bool {
        self.stop.load(Relaxed) || self.start.elapsed() > self.limits.patience
    }

    /// Notes that so many steps were made.
    ///
    /// # Errors
    /// `Stopped`, if that was too much.
    pub(crate) fn spend(&self, steps: u64) -> Result<()> {
        let spent = self.spent.fetch_add(steps, Relaxed) + steps;
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

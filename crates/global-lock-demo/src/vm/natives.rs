//! The functions that are not bytecode: built-ins, members of modules, methods.
//!
//! A native function runs with the interpreter's lock held, as C code does in CPython: no check is
//! made before it returns. Those that block or compute for long run their long part
//! [`outside`](Machine::outside), which is how CPython's release the lock, but `sum`, however long
//! it takes, keeps it.

mod print;
mod sockets;
mod tasks;

use std::thread;
use std::time::{Duration, Instant};

use crate::strategy::Strategy;

use super::code::{Comparison, Constant};
use super::fault::{Fault, Result, raise};
use super::heap::{Inside, Kind};
use super::machine::Machine;
use super::operators::{arithmetic, compare};
use super::threads::LOOK;
use super::value::{Value, View};
use super::{code::Binary, iterate, sequence};

/// A function that is not bytecode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Native {
    /// `abs(number)`
    Abs,
    /// `bytes(length)`
    Bytes,
    /// `float(number or text)`
    Float,
    /// `int(number or text)`
    Int,
    /// `len(container)`
    Len,
    /// `list()`, `list(iterable)`
    List,
    /// `max(iterable)`, `max(a, b)`
    Max,
    /// `min(iterable)`, `min(a, b)`
    Min,
    /// `print(…)`
    Print,
    /// `range(end)`, `range(first, end)`, `range(first, end, step)`
    Range,
    /// `sum(iterable)`: it keeps the lock.
    Sum,
    /// `time.perf_counter()`
    PerfCounter,
    /// `time.sleep(seconds)`: without the lock.
    Sleep,
    /// `sys.setswitchinterval(seconds)`
    SetSwitchInterval,
    /// `zlib.crc32(data, value)`: of more than 5 KiB, without the lock.
    Crc32,
    /// `threading.Thread(None, function, None, arguments)`
    Thread,
    /// `threading.Lock()`
    Lock,
    /// `socket.socket(AF_INET, SOCK_DGRAM)`
    Socket,
    /// `list.append(value)`
    Append,
    /// `thread.start()`
    Start,
    /// `thread.join()`: without the lock.
    Join,
    /// `lock.acquire()`: without the interpreter's lock, if it has to wait.
    Acquire,
    /// `lock.release()`
    Release,
    /// `socket.bind((host, port))`
    Bind,
    /// `socket.getsockname()`
    GetSockName,
    /// `socket.recvfrom(most)`: without the lock.
    RecvFrom,
    /// `socket.sendto(data, address)`: without the lock.
    SendTo,
    /// `socket.close()`
    Close,
}

/// Each with where it is found (a module, `` for built-ins, `.` for methods) and its name there.
const TABLE: [(Native, &str, &str); 28] = [
    (Native::Abs, "", "abs"),
    (Native::Bytes, "", "bytes"),
    (Native::Float, "", "float"),
    (Native::Int, "", "int"),
    (Native::Len, "", "len"),
    (Native::List, "", "list"),
    (Native::Max, "", "max"),
    (Native::Min, "", "min"),
    (Native::Print, "", "print"),
    (Native::Range, "", "range"),
    (Native::Sum, "", "sum"),
    (Native::PerfCounter, "time", "perf_counter"),
    (Native::Sleep, "time", "sleep"),
    (Native::SetSwitchInterval, "sys", "setswitchinterval"),
    (Native::Crc32, "zlib", "crc32"),
    (Native::Thread, "threading", "Thread"),
    (Native::Lock, "threading", "Lock"),
    (Native::Socket, "socket", "socket"),
    (Native::Append, ".", "append"),
    (Native::Start, ".", "start"),
    (Native::Join, ".", "join"),
    (Native::Acquire, ".", "acquire"),
    (Native::Release, ".", "release"),
    (Native::Bind, ".", "bind"),
    (Native::GetSockName, ".", "getsockname"),
    (Native::RecvFrom, ".", "recvfrom"),
    (Native::SendTo, ".", "sendto"),
    (Native::Close, ".", "close"),
];

impl Native {
    /// All of them, each at the place that is its number.
    pub const ALL: [Native; 28] = {
        let mut all = [Native::Abs; 28];
        let mut i = 0;
        while i < all.len() {
            all[i] = TABLE[i].0;
            i += 1;
        }
        all
    };

    /// Whether it is called on an object.
    #[must_use]
    pub const fn is_method(self) -> bool {
        self as u8 >= Native::Append as u8
    }

    fn name(self) -> &'static str {
        TABLE[self as usize].2
    }

    fn find(place: &str, name: &str) -> Option<Native> {
        TABLE.iter().find(|row| row.1 == place && row.2 == name).map(|row| row.0)
    }

    /// The built-in of this name.
    #[must_use]
    pub fn built_in(name: &str) -> Option<Native> {
        Native::find("", name)
    }

    /// The method of this name; only one kind of object has it.
    #[must_use]
    pub fn method(name: &str) -> Option<Native> {
        Native::find(".", name)
    }
}

/// `import NAME`.
///
/// # Errors
/// `ModuleNotFoundError`.
pub fn import(name: &str, place: u32) -> Result<Value> {
    match TABLE.iter().any(|row| row.1 == name) {
        true => Ok(Value::module(place)),
        false => raise("ModuleNotFoundError", format!("no module named {name} here")),
    }
}

/// `from MODULE import NAME`, a reference that the caller has.
///
/// # Errors
/// `ImportError`.
pub fn member<S: Strategy>(
    machine: &mut Machine<'_, S>,
    module: Value,
    name: u32,
) -> Result<Value> {
    let names = &machine.interpreter.program.names;
    let name = names[name as usize].as_str();
    let View::Module(module) = module.view() else {
        return raise("ImportError", "a member is imported from a module");
    };
    let module = names[module as usize].as_str();
    match (module, name, Native::find(module, name)) {
        (_, _, Some(native)) => Ok(Value::native(native)),
        ("sys", "argv", _) => machine.holding(Kind::List, &machine.interpreter.arguments),
        // What they are does not matter: there is one kind of socket.
        ("socket", "AF_INET" | "SOCK_DGRAM", _) => Ok(Value::int(2).unwrap_or(Value::NULL)),
        _ => raise("ImportError", format!("cannot import {name} from {module} here")),
    }
}

/// Calls a native function. The caller keeps its references to the arguments, and has one to the
/// result.
///
/// # Errors
/// What it raises.
pub fn call<S: Strategy>(
    machine: &mut Machine<'_, S>,
    native: Native,
    arguments: &[Value],
) -> Result<Value> {
    match (native, arguments) {
        (Native::Print, values) => print::print(machine, values),
        (Native::Len, &[container]) => match machine.length(container)? {
            Some(length) => int(length as i64),
            None => raise("TypeError", "this has no len()"),
        },
        (Native::Abs, &[number]) => {
            let zero = int(0)?;
            if compare(machine, Comparison::Less, number, zero)? {
                return arithmetic(machine, Binary::Subtract, zero, number);
            }
            arithmetic(machine, Binary::Add, zero, number)
        }
        (Native::Int, &[value]) => to_int(machine, value),
        (Native::Float, &[value]) => {
            let number = to_float(machine, value)?;
            machine.float(number)
        }
        (Native::List, values @ ([] | [_])) => {
            let list = machine.holding(Kind::List, &[])?;
            for &value in values {
                sequence::extend(machine, list, value)?;
            }
            Ok(list)
        }
        (Native::Range, bounds @ ([_] | [_, _] | [_, _, _])) => range(machine, bounds),
        (Native::Sum, &[iterable]) => sum(machine, iterable),
        (Native::Max, values) => best(machine, Comparison::Greater, values),
        (Native::Min, values) => best(machine, Comparison::Less, values),
        (Native::PerfCounter, []) => {
            let now = machine.interpreter.start.elapsed().as_secs_f64();
            machine.float(now)
        }
        (Native::Sleep, &[seconds]) => {
            let seconds = to_float(machine, seconds)?;
            sleep(machine, seconds)
        }
        (Native::SetSwitchInterval, &[seconds]) => {
            let seconds = to_float(machine, seconds)?;
            match Duration::try_from_secs_f64(seconds) {
                Ok(interval) if !interval.is_zero() => {
                    machine.interpreter.strategy.set_interval(interval);
                    Ok(Value::NONE)
                }
                _ => raise("ValueError", "switch interval must be strictly positive"),
            }
        }
        (Native::Bytes, &[length]) => {
            match length.as_int().and_then(|length| usize::try_from(length).ok()) {
                Some(length) if length <= MOST_BYTES => {
                    machine.with_inside(Kind::Bytes, Inside::Bytes(vec![0; length].into()))
                }
                _ => raise("ValueError", "bytes(n) is made of 0 to 2**28 zeros here"),
            }
        }
        (Native::Crc32, &[data]) => crc32(machine, data, 0),
        (Native::Crc32, &[data, value]) => crc32(machine, data, value.as_int().unwrap_or(0)),
        (Native::Append, &[list, value]) => {
            sequence::append(machine, list, value).map(|()| Value::NONE)
        }
        (Native::Thread, arguments) => tasks::thread(machine, arguments),
        (Native::Start, &[thread]) => tasks::start(machine, thread),
        (Native::Join, &[thread]) => tasks::join(machine, thread),
        (Native::Lock, []) => tasks::lock(machine),
        (Native::Acquire, &[lock]) => tasks::acquire(machine, lock),
        (Native::Release, &[lock]) => tasks::release(machine, lock),
        (Native::Socket, &[_, _]) => sockets::socket(machine),
        (Native::Bind, &[socket, address]) => sockets::bind(machine, socket, address),
        (Native::GetSockName, &[socket]) => sockets::name(machine, socket),
        (Native::RecvFrom, &[socket, most]) => sockets::receive(machine, socket, most),
        (Native::SendTo, &[socket, data, to]) => sockets::send(machine, socket, data, to),
        (Native::Close, &[socket]) => sockets::close(machine, socket),
        _ => {
            let (name, many) = (native.name(), arguments.len());
            raise("TypeError", format!("{name}() does not take these {many} arguments here"))
        }
    }
}

/// How long bytes may be.
const MOST_BYTES: usize = 1 << 28;

fn int(int: i64) -> Result<Value> {
    Value::int(int).map_or_else(|| raise("OverflowError", "integers have 63 bits here"), Ok)
}

fn to_int<S: Strategy>(machine: &Machine<'_, S>, value: Value) -> Result<Value> {
    if let View::Int(_) = value.view() {
        return Ok(value);
    }
    if let View::Bool(truth) = value.view() {
        return int(i64::from(truth));
    }
    if let Some(number) = machine.as_float(value)? {
        // Exact as far as 63 bits go, and beyond them refused.
        return if number.abs() < 4e18 { int(number as i64) } else { int(i64::MAX) };
    }
    match machine.constant(value) {
        Some(Constant::Text(text)) => match text.trim().replace('_', "").parse() {
            Ok(number) => int(number),
            Err(_) => raise("ValueError", format!("invalid literal for int(): {text:?}")),
        },
        _ => raise("TypeError", "int() takes a number or a text"),
    }
}

fn to_float<S: Strategy>(machine: &Machine<'_, S>, value: Value) -> Result<f64> {
    if let Some(number) = machine.as_float(value)? {
        return Ok(number);
    }
    match (value.view(), machine.constant(value)) {
        (View::Int(int), _) => Ok(int as f64),
        (View::Bool(truth), _) => Ok(f64::from(u8::from(truth))),
        (_, Some(Constant::Text(text))) => match text.trim().parse() {
            Ok(number) => Ok(number),
            Err(_) => raise("ValueError", format!("could not convert to float: {text:?}")),
        },
        _ => raise("TypeError", "a number is wanted"),
    }
}

fn range<S: Strategy>(machine: &mut Machine<'_, S>, bounds: &[Value]) -> Result<Value> {
    if bounds.iter().any(|bound| bound.as_int().is_none()) {
        return raise("TypeError", "range() takes integers");
    }
    let (zero, one) = (int(0)?, int(1)?);
    let bounds = match *bounds {
        [end] => [zero, end, one],
        [first, end] => [first, end, one],
        [_, _, step] if step == zero => return raise("ValueError", "a step must not be zero"),
        [first, end, step] => [first, end, step],
        _ => return raise("TypeError", "range() takes one to three integers"),
    };
    machine.holding(Kind::Range, &bounds)
}

/// Native code that runs for long and never looks whether anybody wants the lock.
fn sum<S: Strategy>(machine: &mut Machine<'_, S>, iterable: Value) -> Result<Value> {
    let iterator = iterate::over(machine, iterable)?;
    let total = fold(machine, iterator);
    machine.release(iterator)?;
    total
}

fn fold<S: Strategy>(machine: &mut Machine<'_, S>, iterator: Value) -> Result<Value> {
    let mut total = int(0)?;
    let mut steps = 0_u64;
    while let Some(value) = iterate::next(machine, iterator)? {
        let sum = arithmetic(machine, Binary::Add, total, value);
        machine.release(value)?;
        machine.release(total)?;
        total = sum?;
        steps += 1;
        if steps.is_multiple_of(1 << 16) {
            machine.interpreter.spend(1 << 16)?;
        }
    }
    Ok(total)
}

fn best<S: Strategy>(
    machine: &mut Machine<'_, S>,
    better: Comparison,
    values: &[Value],
) -> Result<Value> {
    let list = machine.holding(Kind::List, &[])?;
    for &value in values {
        match values.len() {
            1 => sequence::extend(machine, list, value)?,
            _ => sequence::append(machine, list, value)?,
        }
    }
    let mut best: Option<Value> = None;
    let mut place = 0;
    while let Some(value) = iterate::element(machine, list, place)? {
        let loser = match best {
            Some(best) if !compare(machine, better, value, best)? => Some(value),
            before => {
                best = Some(value);
                before
            }
        };
        loser.map_or(Ok(()), |loser| machine.release(loser))?;
        place += 1;
    }
    machine.release(list)?;
    best.map_or_else(|| raise("ValueError", "there is nothing to choose from"), Ok)
}

/// Sleeps without the lock. A long sleep looks now and then whether the run is to stop.
fn sleep<S: Strategy>(machine: &mut Machine<'_, S>, seconds: f64) -> Result<Value> {
    let Ok(time) = Duration::try_from_secs_f64(seconds) else {
        return raise("ValueError", "sleep length must be non-negative");
    };
    let interpreter = machine.interpreter;
    let until = Instant::now() + time.min(interpreter.limits.patience);
    machine.outside(|| {
        while !interpreter.stopped() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(Value::NONE);
            }
            thread::sleep(if left > 2 * LOOK { LOOK } else { left });
        }
        Err(Fault::Stopped)
    })
}

/// A checksum. CPython's releases the lock where there are more than 5 KiB to read.
fn crc32<S: Strategy>(machine: &mut Machine<'_, S>, data: Value, value: i64) -> Result<Value> {
    let Some(bytes) = machine.bytes(data)? else {
        return raise("TypeError", "crc32() takes bytes");
    };
    let compute = || {
        let mut hasher = crc32fast::Hasher::new_with_initial(value as u32);
        hasher.update(&bytes);
        int(i64::from(hasher.finalize()))
    };
    if bytes.len() > 5 * 1024 { machine.outside(compute) } else { compute() }
}

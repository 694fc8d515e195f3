//! `threading`: threads, and locks of the program's own.

use std::sync::Arc;

use crate::strategy::Strategy;
use crate::vm::fault::{Fault, Result, raise};
use crate::vm::heap::{Inside, Kind};
use crate::vm::iterate::element;
use crate::vm::machine::Machine;
use crate::vm::sequence;
use crate::vm::threads::{Latch, Task};
use crate::vm::value::Value;

/// `Thread(None, function, None, arguments)`: no group, and no name.
pub fn thread<S: Strategy>(machine: &mut Machine<'_, S>, given: &[Value]) -> Result<Value> {
    let (function, arguments) = match *given {
        [_, function] => (function, None),
        [_, function, _, arguments] => (function, Some(arguments)),
        _ => return raise("TypeError", "write Thread(None, function, None, (argument, …)) here"),
    };
    let mut parts = vec![function];
    if let Some(arguments) = arguments {
        if sequence::kind(machine, arguments)?.is_none() {
            return raise("TypeError", "a thread's arguments are a tuple");
        }
        machine.retain(arguments)?;
        parts.push(arguments);
    }
    machine.retain(function)?;
    let made = machine.holding(Kind::Thread, &parts)?;
    if let Some(object) = machine.object(made)? {
        object.inside(|inside| *inside = Inside::Thread(Arc::new(Task::default())));
    }
    Ok(made)
}

/// `thread.start()`.
pub fn start<S: Strategy>(machine: &mut Machine<'_, S>, thread: Value) -> Result<Value> {
    let task = task(machine, thread)?;
    if !task.start() {
        return raise("RuntimeError", "threads can only be started once");
    }
    let mut parts = Vec::new();
    let started = collect(machine, thread, &mut parts)
        .and_then(|()| machine.shared.start(parts[0], parts[1..].to_vec(), &task));
    if let Err(fault) = started {
        parts.into_iter().try_for_each(|part| machine.release(part))?;
        return Err(fault);
    }
    Ok(Value::NONE)
}

/// A thread's function and then its arguments, all of them counted.
fn collect<S: Strategy>(
    machine: &mut Machine<'_, S>,
    thread: Value,
    parts: &mut Vec<Value>,
) -> Result<()> {
    parts.push(element(machine, thread, 0)?.unwrap_or_default());
    let Some(arguments) = element(machine, thread, 1)? else { return Ok(()) };
    while let Some(argument) = element(machine, arguments, parts.len() - 1)? {
        parts.push(argument);
    }
    machine.release(arguments)
}

/// `thread.join()`.
pub fn join<S: Strategy>(machine: &mut Machine<'_, S>, thread: Value) -> Result<Value> {
    let task = task(machine, thread)?;
    if !task.started() {
        return raise("RuntimeError", "cannot join a thread before it is started");
    }
    let interpreter = machine.interpreter;
    match machine.outside(|| task.join(|| interpreter.stopped())) {
        true => Ok(Value::NONE),
        false => Err(Fault::Stopped),
    }
}

fn task<S: Strategy>(machine: &Machine<'_, S>, thread: Value) -> Result<Arc<Task>> {
    let object = machine.of_kind(thread, Kind::Thread)?;
    let task = object.and_then(|object| {
        object.inside(|inside| match inside {
            Inside::Thread(task) => Some(task.clone()),
            _ => None,
        })
    });
    task.map_or_else(|| raise("AttributeError", "only threads are started and joined"), Ok)
}

/// `Lock()`.
pub fn lock<S: Strategy>(machine: &mut Machine<'_, S>) -> Result<Value> {
    machine.with_inside(Kind::Lock, Inside::Lock(Arc::new(Latch::default())))
}

/// `lock.acquire()`: who has to wait for the program's lock lets go of the interpreter's first.
/// Else nobody could ever release the one.
pub fn acquire<S: Strategy>(machine: &mut Machine<'_, S>, lock: Value) -> Result<Value> {
    let latch = latch(machine, lock)?;
    if latch.try_acquire() {
        return Ok(Value::bool(true));
    }
    let interpreter = machine.interpreter;
    match machine.outside(|| latch.acquire(|| interpreter.stopped())) {
        true => Ok(Value::bool(true)),
        false => Err(Fault::Stopped),
    }
}

/// `lock.release()`.
pub fn release<S: Strategy>(machine: &mut Machine<'_, S>, lock: Value) -> Result<Value> {
    match latch(machine, lock)?.release() {
        true => Ok(Value::NONE),
        false => raise("RuntimeError", "release unlocked lock"),
    }
}

fn latch<S: Strategy>(machine: &Machine<'_, S>, lock: Value) -> Result<Arc<Latch>> {
    let object = machine.of_kind(lock, Kind::Lock)?;
    let latch = object.and_then(|object| {
        object.inside(|inside| match inside {
            Inside::Lock(latch) => Some(latch.clone()),
            _ => None,
        })
    });
    latch.map_or_else(|| raise("AttributeError", "only locks are acquired and released"), Ok)
}

//! The functions that are not bytecode: built-ins, members of modules, methods.
//!
//! A native function runs with the interpreter's lock held, as C code does in CPython: no check is
//! made before it returns. Those that block or compute for long run their long part
//! [`outside`](Machine::outside), which is how CPython's release the lock, but `sum`, however long
//! it takes, keeps it.

mod data;
mod fold;
mod import;
mod numbers;
mod print;
mod sockets;
mod table;
mod tasks;
mod time;

use crate::strategy::Strategy;

use super::code::Comparison;
use super::fault::{Result, raise};
use super::machine::Machine;
use super::sequence;
use super::value::Value;

pub use import::{import, member};
pub use table::Native;

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
        (Native::Abs, &[number]) => numbers::abs(machine, number),
        (Native::Int, &[value]) => numbers::to_int(machine, value),
        (Native::Float, &[value]) => {
            let number = numbers::to_float(machine, value)?;
            machine.float(number)
        }
        (Native::List, from @ ([] | [_])) => sequence::list(machine, from),
        (Native::Range, bounds @ ([_] | [_, _] | [_, _, _])) => numbers::range(machine, bounds),
        (Native::Sum, &[iterable]) => fold::sum(machine, iterable),
        (Native::Max, values) => fold::best(machine, Comparison::Greater, values),
        (Native::Min, values) => fold::best(machine, Comparison::Less, values),
        (Native::PerfCounter, []) => time::perf_counter(machine),
        (Native::Sleep, &[seconds]) => time::sleep(machine, seconds),
        (Native::SetSwitchInterval, &[seconds]) => time::set_interval(machine, seconds),
        (Native::Bytes, &[length]) => data::zeros(machine, length),
        (Native::Crc32, &[data]) => data::crc32(machine, data, 0),
        (Native::Crc32, &[data, value]) => data::crc32(machine, data, value.as_int().unwrap_or(0)),
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

/// An integer as a value.
fn int(int: i64) -> Result<Value> {
    Value::int(int).map_or_else(|| raise("OverflowError", "integers have 63 bits here"), Ok)
}

//! `sum`, `max`, `min`: native code that goes through all there is.

use crate::strategy::Strategy;
use crate::vm::code::{Binary, Comparison};
use crate::vm::compare::compare;
use crate::vm::fault::{Result, raise};
use crate::vm::heap::Kind;
use crate::vm::machine::Machine;
use crate::vm::operators::arithmetic;
use crate::vm::value::Value;
use crate::vm::{iterate, sequence};

use super::int;

/// Native code that runs for long and never looks whether anybody wants the lock.
pub fn sum<S: Strategy>(machine: &mut Machine<'_, S>, iterable: Value) -> Result<Value> {
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

pub fn best<S: Strategy>(
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

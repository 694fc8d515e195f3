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
    while let Some(value) = iterate::next(machine, iterator)? {
        let sum = arithmetic(machine, Binary::Add, total, value);
        machine.release(value)?;
        machine.release(total)?;
        total = sum?;
        if let Err(stopped) = machine.step() {
            machine.release(total)?;
            return Err(stopped);
        }
    }
    Ok(total)
}

/// The greatest or the least, whichever is better.
pub fn best<S: Strategy>(
    machine: &mut Machine<'_, S>,
    better: Comparison,
    values: &[Value],
) -> Result<Value> {
    let list = machine.holding(Kind::List, &[])?;
    let found = collect(machine, values, list).and_then(|()| best_of(machine, better, list));
    machine.release(list)?;
    found
}

/// Puts the values into the list; or what the value yields, if it is only one.
fn collect<S: Strategy>(machine: &mut Machine<'_, S>, values: &[Value], list: Value) -> Result<()> {
    match *values {
        [iterable] => sequence::extend(machine, list, iterable),
        _ => values.iter().try_for_each(|&value| sequence::append(machine, list, value)),
    }
}

fn best_of<S: Strategy>(
    machine: &mut Machine<'_, S>,
    better: Comparison,
    list: Value,
) -> Result<Value> {
    // The list keeps them all until this is over, so only the result has to be counted.
    let Some(mut best) = peek(machine, list, 0)? else {
        return raise("ValueError", "there is nothing to choose from");
    };
    let mut place = 1;
    while let Some(value) = peek(machine, list, place)? {
        if compare(machine, better, value, best)? {
            best = value;
        }
        place += 1;
    }
    machine.retain(best)?;
    Ok(best)
}

/// An element of a list that nobody else has.
fn peek<S: Strategy>(machine: &Machine<'_, S>, list: Value, place: usize) -> Result<Option<Value>> {
    Ok(machine.object(list)?.and_then(|list| list.cells.get(place)))
}

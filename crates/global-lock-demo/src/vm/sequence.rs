//! Lists, tuples and dicts: made, extended, taken apart.

use crate::strategy::Strategy;

use super::code::Constant;
use super::fault::{Result, raise};
use super::heap::{Dict, Inside, Kind};
use super::iterate::{self, element};
use super::machine::Machine;
use super::subscript::store_subscript;
use super::value::Value;

/// Whether it is a list or a tuple, and which; constant tuples too.
///
/// # Errors
/// `Freed`.
pub fn kind<S: Strategy>(machine: &Machine<'_, S>, value: Value) -> Result<Option<Kind>> {
    if let Some(Constant::Tuple(_)) = machine.constant(value) {
        return Ok(Some(Kind::Tuple));
    }
    let kind = machine.object(value)?.map(super::heap::Object::kind);
    Ok(kind.filter(|kind| matches!(kind, Kind::List | Kind::Tuple)))
}

/// The place that an index means, from the end if it is negative.
///
/// # Errors
/// `TypeError`, `IndexError`.
pub fn place<S: Strategy>(machine: &Machine<'_, S>, sequence: Value, key: Value) -> Result<usize> {
    let Some(index) = key.as_int() else {
        return raise("TypeError", "an index must be an integer");
    };
    let length = match kind(machine, sequence)? {
        Some(_) => machine.length(sequence)?.unwrap_or(0),
        None => return raise("TypeError", "this has no elements"),
    };
    let place = if index < 0 { index + length as i64 } else { index };
    usize::try_from(place).or_else(|_| raise("IndexError", "index out of range"))
}

/// A dict of these keys and values, in turn; the caller keeps its references.
///
/// # Errors
/// `MemoryError`, `TypeError`.
pub fn dict<S: Strategy>(machine: &mut Machine<'_, S>, pairs: &[Value]) -> Result<Value> {
    let made = machine.with_inside(Kind::Dict, Inside::Dict(Dict::default()))?;
    let mut pairs = pairs.chunks_exact(2);
    match pairs.try_for_each(|pair| store_subscript(machine, made, pair[0], pair[1])) {
        Ok(()) => Ok(made),
        Err(fault) => {
            machine.release(made)?;
            Err(fault)
        }
    }
}

/// Appends a value, to which the list gets a reference of its own.
///
/// # Errors
/// `TypeError`, `MemoryError`.
pub fn append<S: Strategy>(machine: &mut Machine<'_, S>, list: Value, value: Value) -> Result<()> {
    let Some(object) = machine.of_kind(list, Kind::List)? else {
        return raise("TypeError", "only a list can be appended to");
    };
    machine.retain(value)?;
    if machine.interpreter.strategy.locked(&object.lock, || object.cells.push(value)) {
        return Ok(());
    }
    machine.release(value)?;
    raise("MemoryError", "a list has an end, too")
}

/// A list of all that some iterables yield.
///
/// # Errors
/// As [`extend`].
pub fn list<S: Strategy>(machine: &mut Machine<'_, S>, from: &[Value]) -> Result<Value> {
    let made = machine.holding(Kind::List, &[])?;
    match from.iter().try_for_each(|&from| extend(machine, made, from)) {
        Ok(()) => Ok(made),
        Err(fault) => {
            machine.release(made)?;
            Err(fault)
        }
    }
}

/// Appends all that an iterable yields.
///
/// # Errors
/// As [`append`] and [`iterate::over`].
pub fn extend<S: Strategy>(machine: &mut Machine<'_, S>, list: Value, from: Value) -> Result<()> {
    if kind(machine, from)?.is_some() {
        let mut place = 0;
        while let Some(value) = element(machine, from, place)? {
            let appended = append(machine, list, value).and_then(|()| machine.step());
            machine.release(value)?;
            appended?;
            place += 1;
        }
        return Ok(());
    }
    let iterator = iterate::over(machine, from)?;
    let mut drain = || -> Result<()> {
        while let Some(value) = iterate::next(machine, iterator)? {
            let appended = append(machine, list, value).and_then(|()| machine.step());
            machine.release(value)?;
            appended?;
        }
        Ok(())
    };
    let drained = drain();
    machine.release(iterator)?;
    drained
}

/// Whether it is a list or tuple of exactly so many elements.
///
/// # Errors
/// `ValueError`, if it is not.
pub fn unpackable<S: Strategy>(
    machine: &Machine<'_, S>,
    sequence: Value,
    many: usize,
) -> Result<()> {
    match kind(machine, sequence)?.is_some() && machine.length(sequence)? == Some(many) {
        true => Ok(()),
        false => raise("ValueError", format!("{many} values are wanted, from a list or tuple")),
    }
}

/// `sequence * times`.
///
/// # Errors
/// `TypeError`, `MemoryError`.
pub fn repeat<S: Strategy>(
    machine: &mut Machine<'_, S>,
    sequence: Value,
    times: i64,
) -> Result<Value> {
    let Some(kind) = kind(machine, sequence)? else {
        return raise("TypeError", "only lists and tuples can be repeated");
    };
    let length = machine.length(sequence)?.unwrap_or(0);
    let times = if length == 0 { 0 } else { usize::try_from(times).unwrap_or(0) };
    if length.saturating_mul(times) > super::cells::MOST {
        return raise("MemoryError", "a list has an end, too");
    }
    let made = machine.holding(kind, &[])?;
    match (0..times).try_for_each(|_| copy(machine, made, sequence, length)) {
        Ok(()) => Ok(made),
        Err(fault) => {
            machine.release(made)?;
            Err(fault)
        }
    }
}

/// Appends the first elements of a list or tuple to one that nobody else has.
fn copy<S: Strategy>(
    machine: &mut Machine<'_, S>,
    made: Value,
    from: Value,
    length: usize,
) -> Result<()> {
    let Some(object) = machine.object(made)? else { return Ok(()) };
    for place in 0..length {
        machine.step()?;
        let value = element(machine, from, place)?.unwrap_or_default();
        if !object.cells.push(value) {
            machine.release(value)?;
            return raise("MemoryError", "a list has an end, too");
        }
    }
    Ok(())
}

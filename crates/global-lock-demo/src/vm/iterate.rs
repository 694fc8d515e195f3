//! Iterators: over ranges, lists, tuples and the keys of a dict.

use std::sync::atomic::Ordering::Relaxed;

use crate::strategy::Strategy;

use super::code::Constant;
use super::fault::{Result, raise};
use super::heap::{Inside, Kind};
use super::machine::Machine;
use super::value::Value;

const ZERO: Value = match Value::int(0) {
    Some(zero) => zero,
    None => Value::NULL,
};

/// An iterator over `value`, which the caller keeps.
///
/// # Errors
/// `TypeError`, if nothing can be iterated there.
pub fn over<S: Strategy>(machine: &mut Machine<'_, S>, value: Value) -> Result<Value> {
    if let Some(Constant::Tuple(_)) = machine.constant(value) {
        return machine.holding(Kind::SequenceIterator, &[ZERO, value]);
    }
    let Some(object) = machine.object(value)? else {
        return raise("TypeError", "this is not iterable");
    };
    match object.kind() {
        Kind::Range => {
            let bounds: Vec<_> = object.cells.values().collect();
            machine.holding(Kind::RangeIterator, &bounds)
        }
        Kind::List | Kind::Tuple => {
            machine.retain(value)?;
            machine.holding(Kind::SequenceIterator, &[ZERO, value])
        }
        Kind::Dict => {
            let keys: Vec<_> = object.inside(|inside| match inside {
                Inside::Dict(dict) => dict.entries.iter().map(|&(key, _)| key).collect(),
                _ => Vec::new(),
            });
            for &key in &keys {
                machine.retain(key)?;
            }
            let keys = machine.holding(Kind::Tuple, &keys)?;
            machine.holding(Kind::SequenceIterator, &[ZERO, keys])
        }
        Kind::RangeIterator | Kind::SequenceIterator => {
            machine.retain(value)?;
            Ok(value)
        }
        _ => raise("TypeError", "this is not iterable"),
    }
}

/// What the iterator yields next, if anything.
///
/// # Errors
/// `TypeError`, if it is none; `Freed`.
#[inline]
pub fn next<S: Strategy>(machine: &mut Machine<'_, S>, iterator: Value) -> Result<Option<Value>> {
    let Some(object) = machine.object(iterator)? else {
        return raise("TypeError", "this is not an iterator");
    };
    let Some(cell) = object.cells.at(0) else {
        return raise("TypeError", "this is not an iterator");
    };
    let place = Value::from_bits(cell.load(Relaxed));
    match (object.kind(), place.as_int()) {
        (Kind::RangeIterator, Some(now)) => {
            let bound = |place| object.cells.get(place).and_then(Value::as_int).unwrap_or(0);
            let (end, step) = (bound(1), bound(2));
            if if step > 0 { now >= end } else { now <= end } {
                return Ok(None);
            }
            // Where the next number would not fit, the range is at its end.
            let next = now.checked_add(step).and_then(Value::int).or(object.cells.get(1));
            let next = next.unwrap_or(ZERO);
            cell.store(next.bits(), Relaxed);
            Ok(Some(place))
        }
        (Kind::SequenceIterator, Some(now)) => {
            let Some(sequence) = object.cells.get(1) else { return Ok(None) };
            let after = Value::int(now + 1).unwrap_or(ZERO);
            cell.store(after.bits(), Relaxed);
            element(machine, sequence, now as usize)
        }
        _ => raise("TypeError", "this is not an iterator"),
    }
}

/// The element at this place of a list or tuple, counted for the caller.
///
/// # Errors
/// `Freed`.
#[inline]
pub fn element<S: Strategy>(
    machine: &mut Machine<'_, S>,
    sequence: Value,
    place: usize,
) -> Result<Option<Value>> {
    let Some(object) = machine.object(sequence)? else {
        let Some(Constant::Tuple(elements)) = machine.constant(sequence) else { return Ok(None) };
        let constants = &machine.interpreter.constants;
        return Ok(elements.get(place).map(|&element| constants[element as usize]));
    };
    object.cells.at(place).map(|cell| machine.load(&object.lock, cell)).transpose()
}

/// How many numbers a range's first, end and step make.
pub fn steps(bounds: impl Iterator<Item = Value>) -> usize {
    let mut bounds = bounds.filter_map(Value::as_int);
    let (Some(first), Some(end), Some(step)) = (bounds.next(), bounds.next(), bounds.next()) else {
        return 0;
    };
    let (far, step) = if step > 0 {
        (i128::from(end) - i128::from(first), i128::from(step))
    } else {
        (i128::from(first) - i128::from(end), -i128::from(step))
    };
    if far <= 0 || step == 0 { 0 } else { usize::try_from((far + step - 1) / step).unwrap_or(0) }
}

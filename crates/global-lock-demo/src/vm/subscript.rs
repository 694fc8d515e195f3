//! What `in` and `[]` mean.

use crate::strategy::Strategy;

use super::code::Constant;
use super::compare::equal;
use super::fault::{Result, raise};
use super::heap::{Inside, Kind};
use super::iterate::element;
use super::machine::Machine;
use super::sequence;
use super::value::{Value, View};

/// `item in container`.
///
/// # Errors
/// `TypeError`, if it contains nothing.
pub fn contains<S: Strategy>(
    machine: &mut Machine<'_, S>,
    item: Value,
    container: Value,
) -> Result<bool> {
    if let Some(dict) = machine.of_kind(container, Kind::Dict)? {
        let key = machine.key(item)?;
        return Ok(dict.inside(|inside| match inside {
            Inside::Dict(dict) => dict.get(key).is_some(),
            _ => false,
        }));
    }
    if sequence::kind(machine, container)?.is_none() {
        return raise("TypeError", "this contains nothing");
    }
    let mut place = 0;
    while let Some(value) = element(machine, container, place)? {
        let same = machine.step().and_then(|()| equal(machine, value, item, 0));
        machine.release(value)?;
        if same? {
            return Ok(true);
        }
        place += 1;
    }
    Ok(false)
}

/// `container[key]`, a reference that the caller has.
///
/// # Errors
/// `IndexError`, `KeyError`, `TypeError`.
pub fn subscript<S: Strategy>(
    machine: &mut Machine<'_, S>,
    container: Value,
    key: Value,
) -> Result<Value> {
    if let Some(dict) = machine.of_kind(container, Kind::Dict)? {
        let key = machine.key(key)?;
        // Counted while nobody can replace it.
        let found = dict.inside(|inside| {
            let Inside::Dict(dict) = inside else { return Ok(None) };
            let Some(value) = dict.get(key) else { return Ok(None) };
            machine.retain(value)?;
            Ok(Some(value))
        })?;
        return found.map_or_else(|| raise("KeyError", "there is no such key"), Ok);
    }
    let place = sequence::place(machine, container, key)?;
    match element(machine, container, place)? {
        Some(value) => Ok(value),
        None => raise("IndexError", "index out of range"),
    }
}

/// `container[key] = value`; the caller keeps its references.
///
/// # Errors
/// `IndexError`, `TypeError`, `MemoryError`.
pub fn store_subscript<S: Strategy>(
    machine: &mut Machine<'_, S>,
    container: Value,
    key: Value,
    value: Value,
) -> Result<()> {
    if let Some(object) = machine.of_kind(container, Kind::Dict)? {
        let key = machine.key(key)?;
        machine.retain(value)?;
        let strategy = &machine.interpreter.strategy;
        let there = strategy.locked(&object.lock, || {
            object.inside(|inside| match inside {
                Inside::Dict(dict) => dict.insert(key, value),
                _ => Some(value),
            })
        });
        return there.map_or(Ok(()), |there| machine.release(there));
    }
    let Some(list) = machine.of_kind(container, Kind::List)? else {
        return raise("TypeError", "nothing can be stored there");
    };
    let place = sequence::place(machine, container, key)?;
    let Some(cell) = list.cells.at(place) else {
        return raise("IndexError", "index out of range");
    };
    machine.retain(value)?;
    let there = machine.store(&list.lock, cell, value);
    machine.release(there)
}

impl<S: Strategy> Machine<'_, S> {
    /// What may be a key: whatever is the same whenever it is equal.
    ///
    /// # Errors
    /// `TypeError`.
    pub fn key(&self, value: Value) -> Result<Value> {
        match (value.view(), self.constant(value)) {
            (View::Object(_), _) | (_, Some(Constant::Float(_) | Constant::Tuple(_))) => {
                raise("TypeError", "only integers, texts and the like can be keys here")
            }
            (View::Bool(truth), _) => Ok(Value::int(i64::from(truth)).unwrap_or(Value::NULL)),
            _ => Ok(value),
        }
    }
}

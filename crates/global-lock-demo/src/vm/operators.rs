//! What `+`, `<`, `in` and `[]` mean.

use std::cmp::Ordering;

use crate::strategy::Strategy;

use super::code::{Binary, Comparison, Constant};
use super::fault::{Result, raise};
use super::heap::{Inside, Kind};
use super::iterate::element;
use super::machine::Machine;
use super::sequence;
use super::value::{Value, View};

/// A number.
#[derive(Clone, Copy)]
enum Number {
    Int(i64),
    Float(f64),
}

impl Number {
    fn float(self) -> f64 {
        match self {
            Number::Int(int) => int as f64,
            Number::Float(float) => float,
        }
    }
}

fn number<S: Strategy>(machine: &Machine<'_, S>, value: Value) -> Result<Option<Number>> {
    Ok(match value.view() {
        View::Int(int) => Some(Number::Int(int)),
        View::Bool(truth) => Some(Number::Int(i64::from(truth))),
        _ => machine.as_float(value)?.map(Number::Float),
    })
}

/// The frequent case: a sum or a difference of integers.
#[inline(always)]
pub const fn of_ints(operation: Binary, left: Value, right: Value) -> Option<Value> {
    match operation {
        Binary::Add => left.plus(right),
        Binary::Subtract => left.minus(right),
        _ => None,
    }
}

/// `left OPERATION right`, a reference that the caller has; it keeps the operands.
///
/// # Errors
/// `TypeError`, `ZeroDivisionError`, `OverflowError`, `MemoryError`.
#[inline(never)]
pub fn arithmetic<S: Strategy>(
    machine: &mut Machine<'_, S>,
    operation: Binary,
    left: Value,
    right: Value,
) -> Result<Value> {
    match (number(machine, left)?, number(machine, right)?) {
        (Some(Number::Int(a)), Some(Number::Int(b))) if operation != Binary::Divide => {
            ints(operation, a, b)
        }
        (Some(a), Some(b)) => {
            let result = floats(operation, a.float(), b.float())?;
            machine.float(result)
        }
        (None, Some(Number::Int(times))) if operation == Binary::Multiply => {
            sequence::repeat(machine, left, times)
        }
        _ => raise("TypeError", format!("these can't be operands of {operation}")),
    }
}

fn ints(operation: Binary, a: i64, b: i64) -> Result<Value> {
    let result = match operation {
        Binary::Add => a.checked_add(b),
        Binary::Subtract => a.checked_sub(b),
        Binary::Multiply => a.checked_mul(b),
        Binary::FloorDivide | Binary::Remainder | Binary::Divide if b == 0 => {
            return raise("ZeroDivisionError", "division by zero");
        }
        // Python rounds down, and the remainder has the divisor's sign.
        Binary::FloorDivide => {
            a.checked_div(b).map(|q| if a % b != 0 && (a < 0) != (b < 0) { q - 1 } else { q })
        }
        Binary::Remainder => {
            a.checked_rem(b).map(|r| if r != 0 && (r < 0) != (b < 0) { r + b } else { r })
        }
        Binary::And => Some(a & b),
        Binary::Or => Some(a | b),
        Binary::Xor => Some(a ^ b),
        Binary::ShiftLeft => match u32::try_from(b) {
            Ok(by) if by < 62 => a.checked_mul(1 << by),
            _ => None,
        },
        Binary::ShiftRight => match u32::try_from(b) {
            Ok(by) => Some(a >> by.min(63)),
            Err(_) => return raise("ValueError", "negative shift count"),
        },
        Binary::Divide => None,
    };
    match result.and_then(Value::int) {
        Some(value) => Ok(value),
        None => raise("OverflowError", "integers have 63 bits here"),
    }
}

fn floats(operation: Binary, a: f64, b: f64) -> Result<f64> {
    Ok(match operation {
        Binary::Add => a + b,
        Binary::Subtract => a - b,
        Binary::Multiply => a * b,
        Binary::Divide | Binary::FloorDivide | Binary::Remainder if b == 0.0 => {
            return raise("ZeroDivisionError", "division by zero");
        }
        Binary::Divide => a / b,
        Binary::FloorDivide => (a / b).floor(),
        Binary::Remainder => a - b * (a / b).floor(),
        _ => return raise("TypeError", format!("floats can't be operands of {operation}")),
    })
}

/// Whether `left COMPARISON right`.
///
/// # Errors
/// `TypeError`, where there is no order.
#[inline(never)]
pub fn compare<S: Strategy>(
    machine: &mut Machine<'_, S>,
    comparison: Comparison,
    left: Value,
    right: Value,
) -> Result<bool> {
    if let (Some(a), Some(b)) = (number(machine, left)?, number(machine, right)?) {
        let order = match (a, b) {
            (Number::Int(a), Number::Int(b)) => Some(a.cmp(&b)),
            (a, b) => a.float().partial_cmp(&b.float()),
        };
        return Ok(holds(comparison, order));
    }
    if let (Some(Constant::Text(a)), Some(Constant::Text(b))) =
        (machine.constant(left), machine.constant(right))
    {
        return Ok(holds(comparison, Some(a.cmp(b))));
    }
    match comparison {
        Comparison::Equal => equal(machine, left, right, 0),
        Comparison::NotEqual => Ok(!equal(machine, left, right, 0)?),
        _ => raise("TypeError", format!("there is no {comparison} between these")),
    }
}

/// Whether this order is what the comparison asks for; there may be none.
#[inline(always)]
pub const fn holds(comparison: Comparison, order: Option<Ordering>) -> bool {
    match (comparison, order) {
        (Comparison::NotEqual, None) => true,
        (_, None) => false,
        (Comparison::Less, Some(order)) => order.is_lt(),
        (Comparison::LessOrEqual, Some(order)) => order.is_le(),
        (Comparison::Equal, Some(order)) => order.is_eq(),
        (Comparison::NotEqual, Some(order)) => order.is_ne(),
        (Comparison::Greater, Some(order)) => order.is_gt(),
        (Comparison::GreaterOrEqual, Some(order)) => order.is_ge(),
    }
}

/// `==`, for what has no order. Each constant is there once, so equal ones are the same.
fn equal<S: Strategy>(
    machine: &mut Machine<'_, S>,
    left: Value,
    right: Value,
    depth: u32,
) -> Result<bool> {
    if let (Some(a), Some(b)) = (number(machine, left)?, number(machine, right)?) {
        return Ok(a.float() == b.float());
    }
    if left == right {
        return Ok(true);
    }
    if depth == 100 {
        return raise("RecursionError", "too deep to compare");
    }
    if let (Some(a), Some(b)) = (machine.bytes(left)?, machine.bytes(right)?) {
        return Ok(a == b);
    }
    let kind = sequence::kind(machine, left)?;
    if kind.is_none() || kind != sequence::kind(machine, right)? {
        return Ok(false);
    }
    let length = machine.length(left)?;
    if length != machine.length(right)? {
        return Ok(false);
    }
    for place in 0..length.unwrap_or(0) {
        let (Some(a), Some(b)) = (element(machine, left, place)?, element(machine, right, place)?)
        else {
            return Ok(false);
        };
        let same = equal(machine, a, b, depth + 1);
        machine.release(a)?;
        machine.release(b)?;
        if !same? {
            return Ok(false);
        }
    }
    Ok(true)
}

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
        let same = equal(machine, value, item, 0);
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
    fn key(&self, value: Value) -> Result<Value> {
        match (value.view(), self.constant(value)) {
            (View::Object(_), _) | (_, Some(Constant::Float(_) | Constant::Tuple(_))) => {
                raise("TypeError", "only integers, texts and the like can be keys here")
            }
            (View::Bool(truth), _) => Ok(Value::int(i64::from(truth)).unwrap_or(Value::NULL)),
            _ => Ok(value),
        }
    }

    /// The bytes, if it is some.
    ///
    /// # Errors
    /// `Freed`.
    pub fn bytes(&self, value: Value) -> Result<Option<std::sync::Arc<[u8]>>> {
        if let Some(Constant::Bytes(bytes)) = self.constant(value) {
            return Ok(Some(bytes.as_slice().into()));
        }
        let object = self.of_kind(value, Kind::Bytes)?;
        Ok(object.and_then(|object| {
            object.inside(|inside| match inside {
                Inside::Bytes(bytes) => Some(bytes.clone()),
                _ => None,
            })
        }))
    }
}

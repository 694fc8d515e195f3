//! What `<` and `==` mean.

use std::cmp::Ordering;

use crate::strategy::Strategy;

use super::code::{Comparison, Constant};
use super::fault::{Result, raise};
use super::iterate::element;
use super::machine::Machine;
use super::operators::{Number, number};
use super::sequence;
use super::value::Value;

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
        // There is none where one of them is not a number.
        let unordered = comparison == Comparison::NotEqual;
        return Ok(order.map_or(unordered, |order| holds(comparison, order)));
    }
    if let (Some(Constant::Text(a)), Some(Constant::Text(b))) =
        (machine.constant(left), machine.constant(right))
    {
        return Ok(holds(comparison, a.cmp(b)));
    }
    match comparison {
        Comparison::Equal => equal(machine, left, right, 0),
        Comparison::NotEqual => Ok(!equal(machine, left, right, 0)?),
        _ => raise("TypeError", format!("there is no {comparison} between these")),
    }
}

/// Whether this order is what the comparison asks for.
#[inline(always)]
pub const fn holds(comparison: Comparison, order: Ordering) -> bool {
    comparison as u8 >> (order as i8 + 1) & 1 == 1
}

/// `==`, for what has no order. Each constant is there once, so equal ones are the same.
///
/// # Errors
/// `RecursionError`, where lists lie too deep in each other; `Freed`.
pub fn equal<S: Strategy>(
    machine: &mut Machine<'_, S>,
    left: Value,
    right: Value,
    depth: u32,
) -> Result<bool> {
    match (number(machine, left)?, number(machine, right)?) {
        (Some(Number::Int(a)), Some(Number::Int(b))) => return Ok(a == b),
        (Some(a), Some(b)) => return Ok(a.float() == b.float()),
        _ if left == right => return Ok(true),
        _ => {}
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
        machine.step()?;
        let a = element(machine, left, place)?.unwrap_or_default();
        let b = element(machine, right, place)?.unwrap_or_default();
        let same = equal(machine, a, b, depth + 1);
        machine.release(a)?;
        machine.release(b)?;
        if !same? {
            return Ok(false);
        }
    }
    Ok(true)
}

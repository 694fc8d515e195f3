//! `abs`, `int`, `float`, `range`.

use crate::strategy::Strategy;
use crate::vm::code::{Binary, Comparison, Constant};
use crate::vm::compare::compare;
use crate::vm::fault::{Result, raise};
use crate::vm::heap::Kind;
use crate::vm::machine::Machine;
use crate::vm::operators::arithmetic;
use crate::vm::value::{Value, View};

use super::int;

pub fn abs<S: Strategy>(machine: &mut Machine<'_, S>, number: Value) -> Result<Value> {
    let zero = int(0)?;
    if compare(machine, Comparison::Less, number, zero)? {
        return arithmetic(machine, Binary::Subtract, zero, number);
    }
    arithmetic(machine, Binary::Add, zero, number)
}

pub fn to_int<S: Strategy>(machine: &Machine<'_, S>, value: Value) -> Result<Value> {
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

pub fn to_float<S: Strategy>(machine: &Machine<'_, S>, value: Value) -> Result<f64> {
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

pub fn range<S: Strategy>(machine: &mut Machine<'_, S>, bounds: &[Value]) -> Result<Value> {
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

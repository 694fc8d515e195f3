//! What `+` and the like mean.

use crate::strategy::Strategy;

use super::code::Binary;
use super::fault::{Result, raise};
use super::machine::Machine;
use super::sequence;
use super::value::{Value, View};

/// A number.
#[derive(Debug, Clone, Copy)]
pub enum Number {
    /// `True` is 1.
    Int(i64),
    /// One with a fraction.
    Float(f64),
}

impl Number {
    /// As a float, to the precision that those have.
    #[must_use]
    pub fn float(self) -> f64 {
        match self {
            Number::Int(int) => int as f64,
            Number::Float(float) => float,
        }
    }
}

/// The number, if it is one.
///
/// # Errors
/// `Freed`.
pub fn number<S: Strategy>(machine: &Machine<'_, S>, value: Value) -> Result<Option<Number>> {
    Ok(match value.view() {
        View::Int(int) => Some(Number::Int(int)),
        View::Bool(truth) => Some(Number::Int(i64::from(truth))),
        _ => machine.as_float(value)?.map(Number::Float),
    })
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

/// `-value`.
///
/// # Errors
/// As [`arithmetic`].
pub fn negative<S: Strategy>(machine: &mut Machine<'_, S>, value: Value) -> Result<Value> {
    match number(machine, value)? {
        Some(Number::Int(int)) => ints(Binary::Subtract, 0, int),
        Some(Number::Float(float)) => machine.float(-float),
        None => raise("TypeError", "this can't be the operand of -"),
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
        Binary::ShiftLeft | Binary::ShiftRight if b < 0 => {
            return raise("ValueError", "negative shift count");
        }
        Binary::ShiftLeft if a == 0 => Some(0),
        Binary::ShiftLeft if b < 62 => a.checked_mul(1 << b),
        Binary::ShiftLeft => None,
        Binary::ShiftRight => Some(a >> b.min(63)),
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
        Binary::FloorDivide => divide_down(a, b).0,
        Binary::Remainder => divide_down(a, b).1,
        _ => return raise("TypeError", format!("floats can't be operands of {operation}")),
    })
}

/// The quotient, rounded down, and the remainder, which has the divisor's sign. The quotient comes
/// from the remainder, since that is exact: `1.0 // 0.1` is 9, though `1.0 / 0.1` is rounded to 10.
fn divide_down(a: f64, b: f64) -> (f64, f64) {
    let rest = a % b;
    let quotient = (a - rest) / b;
    let (quotient, rest) = match rest {
        0.0 => (quotient, 0.0_f64.copysign(b)),
        _ if (rest < 0.0) != (b < 0.0) => (quotient - 1.0, rest + b),
        _ => (quotient, rest),
    };
    (if quotient == 0.0 { 0.0_f64.copysign(a / b) } else { quotient.round() }, rest)
}

#[cfg(test)]
mod tests {
    #[test]
    fn floats_are_divided_as_in_python() {
        let infinite = f64::INFINITY;
        for (a, b, quotient, rest) in [
            (7.5, 2.0, 3.0, 1.5),
            (-7.5, 2.0, -4.0, 0.5),
            (7.5, -2.0, -4.0, -0.5),
            (1.0, 0.1, 9.0, 0.099_999_999_999_999_95),
            (-1.0, infinite, -1.0, infinite),
            (6.0, -3.0, -2.0, -0.0),
        ] {
            let (q, r) = super::divide_down(a, b);
            assert_eq!((q, r, r.is_sign_negative()), (quotient, rest, rest.is_sign_negative()));
        }
    }
}

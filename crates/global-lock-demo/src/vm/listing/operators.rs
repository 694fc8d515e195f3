//! Operators: `+`, `<`, `not`, `in`.

use super::lines::{Line, excerpt};
use crate::vm::code::{Binary, Comparison, Instruction};

/// Reads an instruction, if it is an operator.
pub(super) fn operator(line: &Line<'_>) -> Option<Result<Instruction, String>> {
    Some(match line.opcode {
        "UNARY_NOT" => Ok(Instruction::UnaryNot),
        "UNARY_NEGATIVE" => Ok(Instruction::UnaryNegative),
        "IS_OP" => inverted(line).map(|invert| Instruction::IsOp { invert }),
        "CONTAINS_OP" => inverted(line).map(|invert| Instruction::ContainsOp { invert }),
        "BINARY_OP" => line.text().and_then(|text| {
            one_of(text.strip_suffix('=').unwrap_or(text), &BINARY).map(Instruction::BinaryOp)
        }),
        "COMPARE_OP" => {
            line.text().and_then(|text| one_of(text, &COMPARISONS).map(Instruction::CompareOp))
        }
        _ => return None,
    })
}

const BINARY: [Binary; 11] = [
    Binary::Add,
    Binary::Subtract,
    Binary::Multiply,
    Binary::Divide,
    Binary::FloorDivide,
    Binary::Remainder,
    Binary::And,
    Binary::Or,
    Binary::Xor,
    Binary::ShiftLeft,
    Binary::ShiftRight,
];

const COMPARISONS: [Comparison; 6] = [
    Comparison::Less,
    Comparison::LessOrEqual,
    Comparison::Equal,
    Comparison::NotEqual,
    Comparison::Greater,
    Comparison::GreaterOrEqual,
];

fn one_of<T: Copy + ToString>(text: &str, operators: &[T]) -> Result<T, String> {
    operators.iter().copied().find(|operator| operator.to_string() == text).ok_or_else(|| {
        let names: Vec<_> = operators.iter().map(ToString::to_string).collect();
        format!("there is no operator {} here; there are {}", excerpt(text), names.join(" "))
    })
}

fn inverted(line: &Line<'_>) -> Result<bool, String> {
    match line.number()? {
        0 => Ok(false),
        1 => Ok(true),
        number => Err(format!("{} of {number}; it should be 0, or 1 for `not`", line.opcode)),
    }
}

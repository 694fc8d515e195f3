//! From an instruction's name and argument to what it does.

use super::lines::{Line, MAKE_ANOTHER, excerpt};
use super::literals::constant;
use super::operators::operator;
use super::tables::{Locals, Tables};
use super::unknown::unknown;
use crate::vm::code::Instruction;

/// Reads an instruction. Where it jumps is still an offset.
pub(super) fn read(
    line: &Line<'_>,
    locals: &mut Locals,
    tables: &mut Tables<'_>,
) -> Result<Instruction, String> {
    Ok(match line.opcode {
        "RESUME" => Instruction::Resume,
        // PRECALL prepares CALL; EXTENDED_ARG is part of the next line's number; CACHE is room for
        // what CPython learns while it runs.
        "NOP" | "PRECALL" | "EXTENDED_ARG" | "CACHE" => Instruction::Nop,
        "POP_TOP" => Instruction::PopTop,
        "PUSH_NULL" => Instruction::PushNull,
        "COPY" => Instruction::Copy(at_least(1, line)?),
        "SWAP" => Instruction::Swap(at_least(1, line)?),
        "LOAD_CONST" => Instruction::LoadConst(constant(line.text()?, tables)?),
        "LOAD_FAST" => Instruction::LoadFast(locals.place(line.number()?, name(line)?)?),
        "STORE_FAST" => Instruction::StoreFast(locals.place(line.number()?, name(line)?)?),
        "LOAD_NAME" => Instruction::LoadGlobal { name: tables.name(name(line)?), null: false },
        "LOAD_GLOBAL" => match line.text()?.strip_prefix("NULL + ") {
            Some(name) => Instruction::LoadGlobal { name: tables.name(plain(name)?), null: true },
            None => Instruction::LoadGlobal { name: tables.name(name(line)?), null: false },
        },
        "STORE_NAME" | "STORE_GLOBAL" => Instruction::StoreGlobal(tables.name(name(line)?)),
        "LOAD_ATTR" => Instruction::LoadAttr(tables.name(name(line)?)),
        "LOAD_METHOD" => Instruction::LoadMethod(tables.name(name(line)?)),
        "IMPORT_NAME" => Instruction::ImportName(tables.name(name(line)?)),
        "IMPORT_FROM" => Instruction::ImportFrom(tables.name(name(line)?)),
        "CALL" => Instruction::Call(line.number()?),
        "RETURN_VALUE" => Instruction::ReturnValue,
        "MAKE_FUNCTION" => match line.number()? {
            0 => Instruction::MakeFunction,
            _ => return Err("functions here are plain; no defaults, notes or closures".to_owned()),
        },
        "BINARY_SUBSCR" => Instruction::BinarySubscr,
        "STORE_SUBSCR" => Instruction::StoreSubscr,
        "BUILD_LIST" => Instruction::BuildList(line.number()?),
        "BUILD_TUPLE" => Instruction::BuildTuple(line.number()?),
        "BUILD_MAP" => Instruction::BuildMap(line.number()?),
        "LIST_APPEND" => Instruction::ListAppend(at_least(1, line)?),
        "LIST_EXTEND" => Instruction::ListExtend(at_least(1, line)?),
        "UNPACK_SEQUENCE" => Instruction::UnpackSequence(line.number()?),
        _ => return operator(line).unwrap_or_else(|| jump(line)),
    })
}

/// GET_ITER and the jumps.
fn jump(line: &Line<'_>) -> Result<Instruction, String> {
    let pop = |when, back| Ok(Instruction::PopJumpIf { when, back, to: target(line)? });
    let or_pop = |when| Ok(Instruction::JumpIfOrPop { when, to: target(line)? });
    match line.opcode {
        "GET_ITER" => Ok(Instruction::GetIter),
        "FOR_ITER" => target(line).map(Instruction::ForIter),
        "JUMP_FORWARD" => target(line).map(Instruction::JumpForward),
        "JUMP_BACKWARD" => target(line).map(Instruction::JumpBackward),
        "POP_JUMP_FORWARD_IF_TRUE" => pop(true, false),
        "POP_JUMP_FORWARD_IF_FALSE" => pop(false, false),
        "POP_JUMP_BACKWARD_IF_TRUE" => pop(true, true),
        "POP_JUMP_BACKWARD_IF_FALSE" => pop(false, true),
        "JUMP_IF_TRUE_OR_POP" => or_pop(true),
        "JUMP_IF_FALSE_OR_POP" => or_pop(false),
        opcode => Err(unknown(opcode)),
    }
}

/// The offset in `to 36`.
fn target(line: &Line<'_>) -> Result<u32, String> {
    let text = line.text()?;
    text.strip_prefix("to ").and_then(|offset| offset.parse().ok()).ok_or_else(|| {
        format!("{} is not where a jump goes; it should be (to OFFSET)", excerpt(text))
    })
}

fn name<'a>(line: &Line<'a>) -> Result<&'a str, String> {
    plain(line.text()?)
}

/// A name without more: other versions of Python print marks beside it.
fn plain(name: &str) -> Result<&str, String> {
    let is_plain = |name: &str| name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.');
    (!name.is_empty() && is_plain(name))
        .then_some(name)
        .ok_or_else(|| format!("{} is not a name; {MAKE_ANOTHER}", excerpt(name)))
}

fn at_least(least: u16, line: &Line<'_>) -> Result<u16, String> {
    let number = line.number()?;
    if number < least {
        return Err(format!("{} of {number}; at least {least}", line.opcode));
    }
    Ok(number)
}

//! The instructions that the loop does not execute itself.

use crate::strategy::Strategy;
use crate::vm::code::{Instruction, Program};
use crate::vm::compare::compare;
use crate::vm::fault::{Fault, Result};
use crate::vm::heap::Kind;
use crate::vm::machine::Machine;
use crate::vm::operators::{arithmetic, negative};
use crate::vm::stack::Window;
use crate::vm::subscript::{contains, store_subscript, subscript};
use crate::vm::value::Value;
use crate::vm::{iterate, natives, sequence};

/// Executes an instruction; returns where it jumps, if it does. What it works with stays on the
/// stack until all has gone well: what is there when it fails is released with the stack.
#[inline(never)]
pub fn execute<S: Strategy>(
    machine: &mut Machine<'_, S>,
    program: &Program,
    window: &mut Window<'_>,
    instruction: Instruction,
) -> Result<Option<u32>> {
    match instruction {
        Instruction::Nop => {}
        Instruction::Resume => machine.check()?,
        Instruction::PushNull => window.push(Value::NULL),
        Instruction::Copy(depth) => {
            let value = window.peek(depth as usize);
            machine.retain(value)?;
            window.push(value);
        }
        Instruction::Swap(depth) => window.swap(depth as usize),
        Instruction::StoreGlobal(name) => {
            let there = machine.store_global(name, window.pop());
            machine.release(there)?;
        }
        Instruction::LoadAttr(name) => return Err(no("attribute", program, name)),
        Instruction::LoadMethod(name) => {
            let Some(method) = machine.interpreter.methods[name as usize] else {
                return Err(no("method", program, name));
            };
            let object = window.pop();
            window.push(Value::native(method));
            window.push(object);
        }
        Instruction::BinaryOp(operation) => {
            let result = arithmetic(machine, operation, window.peek(2), window.peek(1))?;
            replace(machine, window, 2, result)?;
        }
        Instruction::CompareOp(comparison) => {
            let truth = compare(machine, comparison, window.peek(2), window.peek(1))?;
            replace(machine, window, 2, Value::bool(truth))?;
        }
        Instruction::IsOp { invert } => {
            let same = window.peek(1) == window.peek(2);
            replace(machine, window, 2, Value::bool(same != invert))?;
        }
        Instruction::ContainsOp { invert } => {
            let found = contains(machine, window.peek(2), window.peek(1))?;
            replace(machine, window, 2, Value::bool(found != invert))?;
        }
        Instruction::UnaryNot => {
            let truth = machine.truth(window.peek(1))?;
            replace(machine, window, 1, Value::bool(!truth))?;
        }
        Instruction::UnaryNegative => {
            let result = negative(machine, window.peek(1))?;
            replace(machine, window, 1, result)?;
        }
        Instruction::BinarySubscr => {
            let value = subscript(machine, window.peek(2), window.peek(1))?;
            replace(machine, window, 2, value)?;
        }
        Instruction::StoreSubscr => {
            store_subscript(machine, window.peek(2), window.peek(1), window.peek(3))?;
            drop_each(machine, window, 3)?;
        }
        Instruction::BuildList(many) => hold(machine, window, Kind::List, many as usize)?,
        Instruction::BuildTuple(many) => hold(machine, window, Kind::Tuple, many as usize)?,
        Instruction::BuildMap(pairs) => {
            let many = 2 * pairs as usize;
            let made = sequence::dict(machine, window.topmost(many))?;
            replace(machine, window, many, made)?;
        }
        Instruction::ListAppend(depth) => {
            sequence::append(machine, window.peek(depth as usize + 1), window.peek(1))?;
            drop_each(machine, window, 1)?;
        }
        Instruction::ListExtend(depth) => {
            sequence::extend(machine, window.peek(depth as usize + 1), window.peek(1))?;
            drop_each(machine, window, 1)?;
        }
        Instruction::UnpackSequence(many) => unpack(machine, window, many as usize)?,
        Instruction::GetIter => {
            let iterator = iterate::over(machine, window.peek(1))?;
            replace(machine, window, 1, iterator)?;
        }
        Instruction::ForIter(to) => match iterate::next(machine, window.peek(1))? {
            Some(value) => window.push(value),
            None => {
                drop_each(machine, window, 1)?;
                return Ok(Some(to));
            }
        },
        Instruction::PopJumpIf { when, back, to } => {
            let truth = machine.truth(window.peek(1))?;
            drop_each(machine, window, 1)?;
            if truth == when {
                if back {
                    machine.check()?;
                }
                return Ok(Some(to));
            }
        }
        Instruction::JumpIfOrPop { when, to } => {
            if machine.truth(window.peek(1))? == when {
                return Ok(Some(to));
            }
            drop_each(machine, window, 1)?;
        }
        Instruction::MakeFunction => {
            let function = machine.function(window.peek(1))?;
            replace(machine, window, 1, function)?;
        }
        Instruction::ImportName(name) => {
            let module = natives::import(&program.names[name as usize], name)?;
            replace(machine, window, 2, module)?;
        }
        Instruction::ImportFrom(name) => {
            let member = natives::member(machine, window.peek(1), name)?;
            window.push(member);
        }
        Instruction::LoadFast(_)
        | Instruction::LoadConst(_)
        | Instruction::StoreFast(_)
        | Instruction::LoadGlobal { .. }
        | Instruction::PopTop
        | Instruction::JumpForward(_)
        | Instruction::JumpBackward(_)
        | Instruction::Call(_)
        | Instruction::ReturnValue => unreachable!("the loop executes these itself"),
    }
    Ok(None)
}

/// Releases the topmost `many`.
fn drop_each<S: Strategy>(
    machine: &mut Machine<'_, S>,
    window: &mut Window<'_>,
    many: usize,
) -> Result<()> {
    (0..many).try_for_each(|_| machine.release(window.pop()))
}

/// Replaces the topmost `many` by a value.
fn replace<S: Strategy>(
    machine: &mut Machine<'_, S>,
    window: &mut Window<'_>,
    many: usize,
    value: Value,
) -> Result<()> {
    drop_each(machine, window, many)?;
    window.push(value);
    Ok(())
}

/// Replaces the topmost `many` by an object that holds them.
fn hold<S: Strategy>(
    machine: &mut Machine<'_, S>,
    window: &mut Window<'_>,
    kind: Kind,
    many: usize,
) -> Result<()> {
    let made = machine.holding(kind, window.topmost(many));
    // The references have gone over to the object, or they are released.
    window.drop_many(many);
    window.push(made?);
    Ok(())
}

/// Replaces a list or tuple on top by its elements, the first on top.
fn unpack<S: Strategy>(
    machine: &mut Machine<'_, S>,
    window: &mut Window<'_>,
    many: usize,
) -> Result<()> {
    let sequence = window.peek(1);
    sequence::unpackable(machine, sequence, many)?;
    window.drop_many(1);
    for place in (0..many).rev() {
        let element = iterate::element(machine, sequence, place)?;
        window.push(element.unwrap_or(Value::NONE));
    }
    machine.release(sequence)
}

fn no(what: &str, program: &Program, name: u32) -> Fault {
    let name = &program.names[name as usize];
    Fault::Raised("AttributeError", format!("no object here has the {what} {name}"))
}

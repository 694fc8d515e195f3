//! The loop that executes instructions.
//!
//! It executes those itself that make up most of what a program does, and of them the frequent
//! case: integers. All else is [elsewhere](super::rest), so that the compiler has few enough
//! things to think of here to keep them in registers.

use crate::strategy::Strategy;
use crate::vm::code::{Binary, Code, Instruction, Program};
use crate::vm::compare::holds;
use crate::vm::fault::{Fault, Result};
use crate::vm::machine::Machine;
use crate::vm::stack::{Frame, Stack};
use crate::vm::value::Value;

use super::rest;

/// Where a stretch of instructions within one frame ends.
pub enum End {
    /// It calls, with so many arguments on the stack.
    Call(usize),
    /// It returns what is on top of the stack.
    Return,
}

/// Executes the frame's instructions up to a call or a return.
pub fn stretch<S: Strategy>(
    machine: &mut Machine<'_, S>,
    program: &Program,
    stack: &mut Stack,
    frame: &mut Frame,
) -> Result<End> {
    let code = &program.codes[frame.code as usize];
    let instructions = code.instructions.as_slice();
    let constants = machine.interpreter.constants.as_slice();
    // These two stay in registers, and are put back where the stretch ends.
    let mut next = frame.next;
    let mut window = stack.window(frame.base);
    let end = loop {
        macro_rules! attempt {
            ($result:expr) => {
                match $result {
                    Ok(value) => value,
                    Err(fault) => break Err(fault),
                }
            };
        }
        let instruction = &instructions[next];
        next += 1;
        if S::TICKS && instruction.ticks() {
            machine.tick();
        }
        match *instruction {
            Instruction::LoadFast(local) => {
                let value = *window.local(local);
                if value.is_null() {
                    break Err(unbound(code, local));
                }
                attempt!(machine.retain(value));
                window.push(value);
            }
            Instruction::LoadConst(place) => window.push(constants[place as usize]),
            Instruction::StoreFast(local) => {
                let value = window.pop();
                let there = std::mem::replace(window.local(local), value);
                attempt!(machine.release(there));
            }
            Instruction::LoadGlobal { name, null } => {
                if null {
                    window.push(Value::NULL);
                }
                window.push(attempt!(machine.load_global(name)));
            }
            Instruction::PopTop => attempt!(machine.release(window.pop())),
            Instruction::BinaryOp(Binary::Add)
                if let Some(sum) = window.peek(2).plus(window.peek(1)) =>
            {
                window.drop_many(2);
                window.push(sum);
            }
            Instruction::BinaryOp(Binary::Subtract)
                if let Some(difference) = window.peek(2).minus(window.peek(1)) =>
            {
                window.drop_many(2);
                window.push(difference);
            }
            Instruction::CompareOp(comparison)
                if let Some(order) = window.peek(2).order(window.peek(1)) =>
            {
                window.drop_many(2);
                window.push(Value::bool(holds(comparison, order)));
            }
            Instruction::PopJumpIf { when, back, to }
                if let Some(truth) = window.peek(1).as_bool() =>
            {
                window.drop_many(1);
                if truth == when {
                    next = to as usize;
                    if back {
                        attempt!(machine.check());
                    }
                }
            }
            Instruction::JumpForward(to) => next = to as usize,
            Instruction::JumpBackward(to) => {
                next = to as usize;
                attempt!(machine.check());
            }
            Instruction::Call(arguments) => break Ok(End::Call(arguments as usize)),
            Instruction::ReturnValue => break Ok(End::Return),
            _ => {
                // It gets a window of its own: this one's place in memory must stay unknown.
                let mut lent = window.lend();
                let jump = rest::execute(machine, program, &mut lent, *instruction);
                let top = lent.height();
                window.set_height(top);
                if let Some(to) = attempt!(jump) {
                    next = to as usize;
                }
            }
        }
    };
    frame.next = next;
    let top = frame.base + window.height();
    stack.set_top(top);
    end
}

#[cold]
fn unbound(code: &Code, local: u16) -> Fault {
    let name = &code.locals[local as usize];
    Fault::Raised("UnboundLocalError", format!("{name} has no value yet"))
}

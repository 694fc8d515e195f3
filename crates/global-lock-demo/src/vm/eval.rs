//! Functions call functions, and return.
//!
//! | file | |
//! |---|---|
//! | `stretch` | the loop that executes instructions, up to a call or a return |
//! | `rest` | those that the loop does not execute itself |

mod rest;
mod stretch;

use crate::strategy::Strategy;

use super::code::Program;
use super::fault::{Failure, Fault, Result, raise};
use super::machine::Machine;
use super::natives;
use super::stack::{Frame, Stack};
use super::value::{Value, View};
use stretch::{End, stretch};

/// How many calls may be inside each other.
const DEPTH: usize = 1000;

/// Runs a function of the program to its end, on this thread, with these arguments, to which it
/// takes over the references.
///
/// # Errors
/// What ended it before, and where.
pub fn run<S: Strategy>(
    machine: &mut Machine<'_, S>,
    function: Value,
    arguments: &[Value],
) -> std::result::Result<Value, Failure> {
    let program = &machine.interpreter.program;
    let values = [Value::NULL, function].iter().chain(arguments).copied().collect();
    let (mut stack, mut frames) = (Stack::of(values), Vec::new());
    execute(machine, program, &mut stack, &mut frames, arguments.len()).map_err(|fault| {
        // What the frames held is let go, as far as that is possible: the fault is what counts.
        while stack.height() > 0 {
            let _ = machine.release(stack.pop());
        }
        failure(program, frames.last(), fault)
    })
}

fn failure(program: &Program, frame: Option<&Frame>, fault: Fault) -> Failure {
    let code = frame.map(|frame| &program.codes[frame.code as usize]);
    // The frame is already at the next instruction.
    let line = |frame: &Frame| code?.lines.get(frame.next.saturating_sub(1)).copied();
    Failure {
        file: program.file.clone(),
        line: frame.and_then(line).unwrap_or_default(),
        function: code.map_or_else(String::new, |code| code.name.clone()),
        fault,
    }
}

/// Calls what lies on the stack below so many arguments, and goes on until that returns.
fn execute<S: Strategy>(
    machine: &mut Machine<'_, S>,
    program: &Program,
    stack: &mut Stack,
    frames: &mut Vec<Frame>,
    arguments: usize,
) -> Result<Value> {
    call(machine, program, stack, frames, arguments)?;
    loop {
        let Some(frame) = frames.last_mut() else { return Ok(stack.pop()) };
        match stretch(machine, program, stack, frame)? {
            End::Call(arguments) => call(machine, program, stack, frames, arguments)?,
            End::Return => {
                let (result, Frame { base, result: place, .. }) = (stack.pop(), *frame);
                while stack.height() > base {
                    machine.release(stack.pop())?;
                }
                stack.set_top(place);
                stack.push(result);
                frames.pop();
                machine.check()?;
            }
        }
    }
}

/// A call: of a function, which makes a frame whose first locals are the arguments; or of a native,
/// which is over when this returns.
fn call<S: Strategy>(
    machine: &mut Machine<'_, S>,
    program: &Program,
    stack: &mut Stack,
    frames: &mut Vec<Frame>,
    mut arguments: usize,
) -> Result<()> {
    // Below the arguments lies either a mark and then what is called, or a method and then its
    // object, which is the first argument.
    let mut called = stack.peek(arguments + 1);
    let place = stack.height() - arguments - 2;
    if !stack.peek(arguments + 2).is_null() {
        called = stack.peek(arguments + 2);
        arguments += 1;
    }
    match called.view() {
        View::Function(function) => {
            // Where counts are wrong, a number may be taken for a function that is not there.
            let code = program.codes.get(function as usize).ok_or(Fault::Freed)?;
            if arguments > code.locals.len() {
                return raise(
                    "TypeError",
                    format!("{}() got {arguments} arguments, more than it has locals", code.name),
                );
            }
            if frames.len() == DEPTH {
                return raise("RecursionError", "calls are a thousand deep");
            }
            let base = stack.enter(arguments, code.locals.len(), code.depth);
            frames.push(Frame { code: function, next: 0, base, result: place });
            Ok(())
        }
        View::Native(native) => {
            let result = natives::call(machine, native, stack.topmost(arguments))?;
            let below = stack.height() - arguments;
            while stack.height() > below {
                machine.release(stack.pop())?;
            }
            stack.set_top(place);
            stack.push(result);
            machine.check()
        }
        _ => raise("TypeError", "what is called is not a function"),
    }
}

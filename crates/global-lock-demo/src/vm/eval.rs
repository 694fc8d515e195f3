//! The loop that executes instructions.

use crate::strategy::Strategy;

use super::code::{Instruction, Program};
use super::fault::{Failure, Fault, Result, raise};
use super::heap::Kind;
use super::machine::Machine;
use super::operators::{arithmetic, compare, contains, holds, of_ints, store_subscript, subscript};
use super::stack::{Frame, Stack, Window};
use super::value::{Value, View};
use super::{iterate, natives, sequence};

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
        while stack.len() > 0 {
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

/// Where a stretch of instructions within one frame ends.
enum End {
    /// It calls, with so many arguments on the stack.
    Call(usize),
    /// It returns what is on top of the stack.
    Return,
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
                while stack.len() > base {
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
    let place = stack.len() - arguments - 2;
    if !stack.peek(arguments + 2).is_null() {
        called = stack.peek(arguments + 2);
        arguments += 1;
    }
    match called.view() {
        View::Function(function) => {
            let code = &program.codes[function as usize];
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
            let below = stack.len() - arguments;
            while stack.len() > below {
                machine.release(stack.pop())?;
            }
            stack.set_top(place);
            stack.push(result);
            machine.check()
        }
        _ => raise("TypeError", "what is called is not a function"),
    }
}

/// Executes the frame's instructions up to a call or a return.
fn stretch<S: Strategy>(
    machine: &mut Machine<'_, S>,
    program: &Program,
    stack: &mut Stack,
    frame: &mut Frame,
) -> Result<End> {
    let code = &program.codes[frame.code as usize];
    let instructions = code.instructions.as_slice();
    let constants = machine.interpreter.constants.as_slice();
    let base = frame.base;
    // These stay in registers, and are put back where the stretch ends.
    let mut next = frame.next;
    let mut window = stack.window(base);
    macro_rules! end {
        ($end:expr) => {{
            frame.next = next;
            let top = base + window.len();
            stack.set_top(top);
            return $end;
        }};
    }
    macro_rules! attempt {
        ($result:expr) => {
            match $result {
                Ok(value) => value,
                Err(fault) => end!(Err(fault)),
            }
        };
    }
    macro_rules! jump {
        ($to:expr) => {
            next = $to as usize
        };
    }
    loop {
        let instruction = instructions[next];
        next += 1;
        if S::TICKS && ticks(instruction) {
            machine.tick();
        }
        match instruction {
            Instruction::Nop => {}
            Instruction::Resume => attempt!(machine.check()),
            Instruction::PopTop => attempt!(machine.release(window.pop())),
            Instruction::PushNull => window.push(Value::NULL),
            Instruction::Copy(depth) => {
                let value = window.peek(depth as usize);
                attempt!(machine.retain(value));
                window.push(value);
            }
            Instruction::Swap(depth) => window.swap(depth as usize),
            Instruction::LoadConst(place) => window.push(constants[place as usize]),
            Instruction::LoadFast(local) => {
                let value = *window.local(local);
                if value.is_null() {
                    let name = &code.locals[local as usize];
                    attempt!(raise("UnboundLocalError", format!("{name} has no value yet")));
                }
                attempt!(machine.retain(value));
                window.push(value);
            }
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
            Instruction::StoreGlobal(name) => {
                let there = machine.store_global(name, window.pop());
                attempt!(machine.release(there));
            }
            Instruction::LoadAttr(name) => {
                let name = &program.names[name as usize];
                attempt!(raise("AttributeError", format!("nothing here has an attribute {name}")));
            }
            Instruction::LoadMethod(name) => {
                let object = window.pop();
                match machine.interpreter.methods[name as usize] {
                    Some(method) => window.push(Value::native(method)),
                    None => {
                        window.push(object);
                        let name = &program.names[name as usize];
                        attempt!(raise("AttributeError", format!("no object has a method {name}")));
                    }
                }
                window.push(object);
            }
            Instruction::Call(arguments) => {
                end!(Ok(End::Call(arguments as usize)));
            }
            Instruction::ReturnValue => {
                end!(Ok(End::Return));
            }
            Instruction::BinaryOp(operation) => {
                let (left, right) = (window.peek(2), window.peek(1));
                window.drop_many(2);
                if let Some(result) = of_ints(operation, left, right) {
                    window.push(result);
                } else {
                    let result = attempt!(arithmetic(machine, operation, left, right));
                    window.push(result);
                    attempt!(machine.release(left));
                    attempt!(machine.release(right));
                }
            }
            Instruction::CompareOp(comparison) => {
                let (left, right) = (window.peek(2), window.peek(1));
                window.drop_many(2);
                if let Some(order) = left.order(right) {
                    window.push(Value::bool(holds(comparison, Some(order))));
                } else {
                    let truth = attempt!(compare(machine, comparison, left, right));
                    window.push(Value::bool(truth));
                    attempt!(machine.release(left));
                    attempt!(machine.release(right));
                }
            }
            Instruction::IsOp { invert } => {
                let same = window.peek(1) == window.peek(2);
                attempt!(replace(machine, &mut window, 2, Value::bool(same != invert)));
            }
            Instruction::ContainsOp { invert } => {
                let (item, container) = (window.peek(2), window.peek(1));
                let found = attempt!(contains(machine, item, container));
                attempt!(replace(machine, &mut window, 2, Value::bool(found != invert)));
            }
            Instruction::UnaryNot => {
                let truth = attempt!(machine.truth(window.peek(1)));
                attempt!(replace(machine, &mut window, 1, Value::bool(!truth)));
            }
            Instruction::UnaryNegative => {
                let zero = Value::int(0).expect("it fits");
                let value = window.peek(1);
                let subtract = super::code::Binary::Subtract;
                let negative = attempt!(arithmetic(machine, subtract, zero, value));
                attempt!(replace(machine, &mut window, 1, negative));
            }
            Instruction::BinarySubscr => {
                let (container, key) = (window.peek(2), window.peek(1));
                let value = attempt!(subscript(machine, container, key));
                attempt!(replace(machine, &mut window, 2, value));
            }
            Instruction::StoreSubscr => {
                let (value, container, key) = (window.peek(3), window.peek(2), window.peek(1));
                attempt!(store_subscript(machine, container, key, value));
                for _ in 0..3 {
                    attempt!(machine.release(window.pop()));
                }
            }
            Instruction::BuildList(many) => {
                let made = machine.holding(Kind::List, window.topmost(many as usize));
                window.drop_many(many as usize);
                window.push(attempt!(made));
            }
            Instruction::BuildTuple(many) => {
                let made = machine.holding(Kind::Tuple, window.topmost(many as usize));
                window.drop_many(many as usize);
                window.push(attempt!(made));
            }
            Instruction::BuildMap(pairs) => {
                let made = attempt!(sequence::dict(machine, window.topmost(2 * pairs as usize)));
                for _ in 0..2 * pairs {
                    attempt!(machine.release(window.pop()));
                }
                window.push(made);
            }
            Instruction::ListAppend(depth) => {
                let list = window.peek(depth as usize + 1);
                let value = window.peek(1);
                attempt!(sequence::append(machine, list, value));
                attempt!(machine.release(window.pop()));
            }
            Instruction::ListExtend(depth) => {
                let list = window.peek(depth as usize + 1);
                attempt!(sequence::extend(machine, list, window.peek(1)));
                attempt!(machine.release(window.pop()));
            }
            Instruction::UnpackSequence(many) => {
                let sequence = window.peek(1);
                attempt!(sequence::unpackable(machine, sequence, many as usize));
                window.drop_many(1);
                for place in (0..many as usize).rev() {
                    let element = attempt!(iterate::element(machine, sequence, place));
                    window.push(element.unwrap_or(Value::NONE));
                }
                attempt!(machine.release(sequence));
            }
            Instruction::GetIter => {
                let iterator = attempt!(iterate::over(machine, window.peek(1)));
                attempt!(replace(machine, &mut window, 1, iterator));
            }
            Instruction::ForIter(to) => match attempt!(iterate::next(machine, window.peek(1))) {
                Some(value) => window.push(value),
                None => {
                    attempt!(machine.release(window.pop()));
                    jump!(to);
                }
            },
            Instruction::JumpForward(to) => jump!(to),
            Instruction::JumpBackward(to) => {
                jump!(to);
                attempt!(machine.check());
            }
            Instruction::PopJumpIf { when, back, to } => {
                let value = window.pop();
                let truth = if value == Value::bool(true) {
                    true
                } else if value == Value::bool(false) {
                    false
                } else {
                    let truth = attempt!(machine.truth(value));
                    attempt!(machine.release(value));
                    truth
                };
                if truth == when {
                    jump!(to);
                    if back {
                        attempt!(machine.check());
                    }
                }
            }
            Instruction::JumpIfOrPop { when, to } => {
                if attempt!(machine.truth(window.peek(1))) == when {
                    jump!(to);
                } else {
                    attempt!(machine.release(window.pop()));
                }
            }
            Instruction::MakeFunction => {
                let code = window.pop();
                window.push(attempt!(machine.function(code)));
            }
            Instruction::ImportName(name) => {
                let module = attempt!(natives::import(&program.names[name as usize], name));
                attempt!(replace(machine, &mut window, 2, module));
            }
            Instruction::ImportFrom(name) => {
                let module = window.peek(1);
                let member = attempt!(natives::member(machine, module, name));
                window.push(member);
            }
        }
    }
}

/// Replaces the topmost `many` by a value.
#[inline(always)]
fn replace<S: Strategy>(
    machine: &mut Machine<'_, S>,
    window: &mut Window<'_>,
    many: usize,
    value: Value,
) -> Result<()> {
    for _ in 0..many {
        machine.release(window.pop())?;
    }
    window.push(value);
    Ok(())
}

/// In which instructions there is a check, where a lock may be lost. In a CALL it comes when what was
/// called has returned; if that is a function, it has begun with another, its RESUME.
#[must_use]
pub const fn checks(instruction: Instruction) -> bool {
    matches!(
        instruction,
        Instruction::Resume
            | Instruction::Call(_)
            | Instruction::JumpBackward(_)
            | Instruction::PopJumpIf { back: true, .. }
    )
}

/// Which instructions the legacy lock counts, before they are executed. CPython 2.7 passes by its ticker for those that go on
/// to the next without looking whether somebody wants something (`fast_next_opcode`).
#[must_use]
pub const fn ticks(instruction: Instruction) -> bool {
    !matches!(
        instruction,
        Instruction::LoadFast(_)
            | Instruction::LoadConst(_)
            | Instruction::StoreFast(_)
            | Instruction::PopTop
            | Instruction::JumpForward(_)
            | Instruction::PopJumpIf { back: false, .. }
            | Instruction::Nop
            | Instruction::Resume
            | Instruction::PushNull
    )
}

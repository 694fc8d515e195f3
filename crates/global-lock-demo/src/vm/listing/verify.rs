//! What the interpreter relies on: the stack holds what an instruction takes, and no way through
//! a function ends but in a return.
//!
//! The check follows every way. Before an instruction the stack must be as deep on each of them, so
//! each instruction need be looked at once, and the greatest depth is what the function needs.

use super::MOST;
use crate::vm::code::Instruction;

/// How deep the stack becomes. What is wrong is wrong with the instruction of this place.
pub(super) fn depth(instructions: &[Instruction]) -> Result<usize, (usize, String)> {
    let last = instructions.len().saturating_sub(1);
    if !matches!(instructions.last(), Some(Instruction::ReturnValue | Instruction::JumpBackward(_)))
    {
        return Err((last, "the function ends here; it should return".to_owned()));
    }
    let mut depths = vec![None; instructions.len()];
    let mut deepest = 0;
    let mut ways = vec![(0, 0)];
    while let Some((place, depth)) = ways.pop() {
        match depths[place] {
            None => depths[place] = Some(depth),
            Some(before) if before == depth => continue,
            Some(before) => {
                let why = format!(
                    "the stack is {before} deep here on one way, {depth} on another; \
                     it should be as deep on all"
                );
                return Err((place, why));
            }
        }
        let instruction = instructions[place];
        let after = |effect: Effect| effect.after(depth).map_err(|why| (place, why));
        if let Some((to, effect)) = jump(instruction) {
            ways.push((to as usize, after(effect)?));
        }
        if let Some(effect) = step(instruction) {
            let depth = after(effect)?;
            deepest = deepest.max(depth);
            ways.push((place + 1, depth));
        }
    }
    for (place, depth) in depths.into_iter().enumerate() {
        if let (Instruction::ReturnValue, Some(depth @ (0 | 2..))) = (instructions[place], depth) {
            let why = format!("returns with {depth} values on the stack; with one it should");
            return Err((place, why));
        }
    }
    Ok(deepest)
}

/// What an instruction takes off the stack and puts there. What it only looks at it takes and puts.
#[derive(Clone, Copy)]
struct Effect {
    takes: usize,
    puts: usize,
}

impl Effect {
    fn after(self, depth: usize) -> Result<usize, String> {
        let Effect { takes, puts } = self;
        let Some(rest) = depth.checked_sub(takes) else {
            return Err(format!("stack underflow: this takes {takes} values; there are {depth}"));
        };
        if rest + puts > MOST {
            return Err(format!("the stack becomes {} deep; at most {MOST}", rest + puts));
        }
        Ok(rest + puts)
    }
}

/// What it does to the stack where it goes on to the next, if it ever does.
fn step(instruction: Instruction) -> Option<Effect> {
    let (takes, puts) = match instruction {
        Instruction::ReturnValue | Instruction::JumpForward(_) | Instruction::JumpBackward(_) => {
            return None;
        }
        Instruction::Resume | Instruction::Nop => (0, 0),
        Instruction::PushNull
        | Instruction::LoadConst(_)
        | Instruction::LoadFast(_)
        | Instruction::LoadGlobal { null: false, .. } => (0, 1),
        Instruction::LoadGlobal { null: true, .. } => (0, 2),
        Instruction::PopTop
        | Instruction::StoreFast(_)
        | Instruction::StoreGlobal(_)
        | Instruction::PopJumpIf { .. }
        | Instruction::JumpIfOrPop { .. } => (1, 0),
        Instruction::LoadAttr(_)
        | Instruction::UnaryNot
        | Instruction::UnaryNegative
        | Instruction::GetIter
        | Instruction::MakeFunction => (1, 1),
        Instruction::LoadMethod(_) | Instruction::ImportFrom(_) | Instruction::ForIter(_) => (1, 2),
        Instruction::BinaryOp(_)
        | Instruction::CompareOp(_)
        | Instruction::IsOp { .. }
        | Instruction::ContainsOp { .. }
        | Instruction::BinarySubscr
        | Instruction::ImportName(_) => (2, 1),
        Instruction::StoreSubscr => (3, 0),
        Instruction::Copy(deep) => (deep.into(), usize::from(deep) + 1),
        Instruction::Swap(deep) => (deep.into(), deep.into()),
        // Below the arguments, what is called and the mark, or the method and its object.
        Instruction::Call(arguments) => (usize::from(arguments) + 2, 1),
        Instruction::BuildList(parts) | Instruction::BuildTuple(parts) => (parts.into(), 1),
        Instruction::BuildMap(pairs) => (2 * usize::from(pairs), 1),
        Instruction::ListAppend(deep) | Instruction::ListExtend(deep) => {
            (usize::from(deep) + 1, deep.into())
        }
        Instruction::UnpackSequence(parts) => (1, parts.into()),
    };
    Some(Effect { takes, puts })
}

/// Where it jumps, if it can, and what it then does to the stack.
fn jump(instruction: Instruction) -> Option<(u32, Effect)> {
    let (to, takes, puts) = match instruction {
        Instruction::JumpForward(to) | Instruction::JumpBackward(to) => (to, 0, 0),
        Instruction::ForIter(to) | Instruction::PopJumpIf { to, .. } => (to, 1, 0),
        Instruction::JumpIfOrPop { to, .. } => (to, 1, 1),
        _ => return None,
    };
    Some((to, Effect { takes, puts }))
}

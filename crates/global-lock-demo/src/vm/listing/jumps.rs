//! Jumps name bytes; the interpreter wants places among the instructions.

use std::collections::HashMap;

use crate::vm::code::Instruction;

/// Gives each jump, which so far goes to an offset, its place. `offsets` says where the
/// instructions are.
pub(super) fn resolve(
    instructions: &mut [Instruction],
    offsets: &[u32],
) -> Result<(), (usize, String)> {
    for (index, pair) in offsets.windows(2).enumerate() {
        if pair[0] >= pair[1] {
            let why = format!("offset {} after {}; offsets go up", pair[1], pair[0]);
            return Err((index + 1, why));
        }
    }
    let places: HashMap<u32, u32> = offsets.iter().copied().zip(0..).collect();
    for (index, instruction) in instructions.iter_mut().enumerate() {
        let Some((to, back)) = target(instruction) else { continue };
        let Some(place) = places.get(to) else {
            let why = format!("no instruction of this function is at {to}; a jump goes to one");
            return Err((index, why));
        };
        // Only jumps back are checks: a loop that went round by others would never be asked.
        if (*place <= index as u32) != back {
            let way = if back { "back" } else { "ahead" };
            return Err((index, format!("{to} is not where this jump can go; it jumps {way}")));
        }
        *to = *place;
    }
    Ok(())
}

/// Where an instruction jumps, if it does, and whether back.
fn target(instruction: &mut Instruction) -> Option<(&mut u32, bool)> {
    match instruction {
        Instruction::ForIter(to)
        | Instruction::JumpForward(to)
        | Instruction::JumpIfOrPop { to, .. } => Some((to, false)),
        Instruction::JumpBackward(to) => Some((to, true)),
        Instruction::PopJumpIf { to, back, .. } => Some((to, *back)),
        _ => None,
    }
}

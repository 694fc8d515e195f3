//! The interpreter: what programs do, under every strategy, and that nothing is left of them.

#[path = "vm/assemble.rs"]
mod assemble;
#[path = "vm/evaluate.rs"]
mod evaluate;
#[path = "vm/faults.rs"]
mod faults;
#[path = "vm/garbage.rs"]
mod garbage;
#[path = "vm/instructions.rs"]
mod instructions;
#[path = "vm/limits.rs"]
mod limits;
#[path = "vm/messages.rs"]
mod messages;
#[path = "vm/programs.rs"]
mod programs;
#[path = "vm/threads.rs"]
mod threads;

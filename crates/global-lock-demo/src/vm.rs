//! A pocket interpreter for what `python3.11 -m dis` prints.
//!
//! | file | |
//! |---|---|
//! | [`code`] | a program: functions, instructions, constants |
//! | [`listing`] | reads it from a listing |
//! | [`programs`] | the programs that come with the chapter |
//! | [`value`] | what a variable holds, in 64 bits |
//! | [`heap`] | the objects, and [`cells`] for what is in them |
//! | [`machine`] | a thread's hands on the heap: makes, counts, frees |
//! | [`eval`] | the loop that executes instructions, on a [`stack`] |
//! | [`operators`], [`sequence`], [`iterate`] | what instructions do with objects |
//! | [`natives`] | the functions that are not bytecode |
//! | [`interpreter`] | what the threads of a program share |
//! | [`message`] | what one interpreter gives to another |
//! | [`threads`] | what they wait for |
//! | [`fault`] | what ends a thread before its time |

pub mod cells;
pub mod code;
pub mod eval;
pub mod fault;
pub mod heap;
pub mod interpreter;
pub mod iterate;
pub mod listing;
pub mod machine;
pub mod message;
pub mod natives;
pub mod operators;
pub mod programs;
pub mod sequence;
pub mod stack;
pub mod threads;
pub mod value;

pub use code::Program;
pub use interpreter::{Interpreter, Limits, Outcome, Running, Setup};
pub use message::Message;

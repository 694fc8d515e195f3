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
//! | [`operators`], [`compare`], [`subscript`], [`sequence`], [`iterate`] | what instructions do with objects |
//! | [`natives`] | the functions that are not bytecode |
//! | [`setup`], [`running`] | a program before it runs, and while it does |
//! | [`interpreter`] | what its threads share |
//! | [`message`] | what one interpreter gives to another |
//! | [`threads`] | what they wait for |
//! | [`fault`] | what ends a thread before its time |

pub mod cells;
pub mod code;
pub mod compare;
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
pub mod running;
pub mod sequence;
pub mod setup;
pub mod stack;
pub mod subscript;
pub mod threads;
pub mod value;

pub use code::Program;
pub use interpreter::Interpreter;
pub use message::Message;
pub use running::{Outcome, Running};
pub use setup::{Limits, Setup};

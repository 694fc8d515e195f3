//! A pocket interpreter for what `python3.11 -m dis` prints.
//!
//! | file | |
//! |---|---|
//! | [`code`] | a program: functions, instructions, constants |
//! | [`listing`] | reads it from a listing |
//! | [`programs`] | the programs that come with the chapter |
//! | [`value`] | what a variable holds, in 64 bits |
//! | [`heap`] | the objects, and what happens when one is freed |
//! | [`eval`] | the loop that executes instructions |
//! | [`natives`] | the functions that are not bytecode |
//! | [`interpreter`] | threads, globals, output |

pub mod code;
pub mod listing;
pub mod programs;
pub mod value;

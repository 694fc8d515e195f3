//! What ends a thread's run before its time.

use std::fmt;

/// Why a thread could not go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// An exception, as CPython would raise it: nobody catches any here.
    Raised(&'static str, String),
    /// It used an object that had been freed. In CPython that is a crash, or another object that is
    /// now where this one was.
    Freed,
    /// The run took longer than it may, or another part of it has failed.
    Stopped,
}

/// A fault, and where in the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The program's file.
    pub file: String,
    /// The line.
    pub line: u32,
    /// The function.
    pub function: String,
    /// Why.
    pub fault: Fault,
}

/// A result of the interpreter's.
pub type Result<T> = std::result::Result<T, Fault>;

/// An exception.
pub(crate) fn raise<T>(kind: &'static str, message: impl Into<String>) -> Result<T> {
    Err(Fault::Raised(kind, message.into()))
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Raised(kind, message) => write!(f, "{kind}: {message}"),
            Fault::Freed => f.write_str("used an object that has been freed"),
            Fault::Stopped => f.write_str("stopped: the run took longer than it may"),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Failure { file, line, function, fault } = self;
        write!(f, "{file}, line {line}, in {function}: {fault}")
    }
}

impl std::error::Error for Fault {}
impl std::error::Error for Failure {}

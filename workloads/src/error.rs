//! What can go wrong while solving a problem, said in one line.

use std::{fmt, io};

/// The result of solving a problem.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a problem has no answer. Each variant displays as one line that a reader can act on.
#[derive(Debug)]
pub enum Error {
    /// A size or count lies outside its bounds (both inclusive).
    Bound {
        /// What was out of bounds, with its unit: `think time in ms`.
        what: &'static str,
        /// The value that was given.
        given: u64,
        /// The least value that is allowed.
        least: u64,
        /// The greatest value that is allowed.
        most: u64,
    },
    /// The operating system refused something.
    Io {
        /// What was being done: `connecting to 127.0.0.1:8080`.
        doing: String,
        /// What it answered.
        source: io::Error,
    },
    /// A reply that is not what was asked for: cut short, of a wrong length, or of wrong content.
    Reply {
        /// What was asked: `orders page 3`.
        asked: String,
        /// What was wrong with the reply.
        why: String,
    },
    /// The approach cannot do this; the reason is for the reader.
    Refused(&'static str),
    /// A task panicked; this is what it said.
    Panicked(String),
    /// It went wrong in another process, or on another machine; this is what was told there. An
    /// error doesn't travel, its text does.
    Remote(String),
}

impl Error {
    /// An operating-system error with what was being done when it came.
    pub fn io(doing: impl Into<String>) -> impl FnOnce(io::Error) -> Error {
        let doing = doing.into();
        move |source| Error::Io { doing, source }
    }

    /// A task's panic, as [`std::thread::JoinHandle::join`] hands it over.
    pub fn panicked(payload: Box<dyn std::any::Any + Send>) -> Error {
        let said = match payload.downcast::<String>() {
            Ok(said) => *said,
            Err(payload) => match payload.downcast::<&'static str>() {
                Ok(said) => (*said).to_owned(),
                Err(_) => "a value that is not text".to_owned(),
            },
        };
        Error::Panicked(said)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Bound { what, given, least, most } => {
                write!(f, "{what} must be from {least} to {most}, not {given}")
            }
            Error::Io { doing, source } => write!(f, "{doing}: {source}"),
            Error::Reply { asked, why } => write!(f, "{asked}: {why}"),
            Error::Refused(why) => f.write_str(why),
            Error::Panicked(said) => write!(f, "a task panicked: {said}"),
            Error::Remote(told) => f.write_str(told),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// Checks that `given` lies within `bounds`.
///
/// # Errors
/// [`Error::Bound`], which names the bounds.
pub fn within(
    what: &'static str,
    given: u64,
    bounds: std::ops::RangeInclusive<u64>,
) -> Result<u64> {
    if bounds.contains(&given) {
        Ok(given)
    } else {
        Err(Error::Bound { what, given, least: *bounds.start(), most: *bounds.end() })
    }
}

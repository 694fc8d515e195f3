//! What goes wrong between here and the broker, said in one line.

use std::fmt;

/// What went wrong, with what was being done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble(String);

/// A result, or what went wrong.
pub type Result<T = ()> = std::result::Result<T, Trouble>;

impl Trouble {
    /// `doing: why`, as a function for `map_err`.
    pub fn in_<E: fmt::Display>(doing: impl fmt::Display) -> impl FnOnce(E) -> Trouble {
        move |why| {
            let why = why.to_string();
            // What the database says begins behind that.
            let why = why.rsplit("error returned from database: ").next().unwrap_or_default();
            let line: Vec<_> = why.split_whitespace().collect();
            Trouble(format!("{doing}: {}", line.join(" ")))
        }
    }

    /// Just this.
    pub fn new(what: impl Into<String>) -> Trouble {
        Trouble(what.into())
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Trouble {}

impl From<Trouble> for workloads::Error {
    fn from(trouble: Trouble) -> workloads::Error {
        workloads::Error::Remote(trouble.0)
    }
}

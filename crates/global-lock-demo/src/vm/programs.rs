//! The programs that both interpreters run, in the binary: a chapter runs anywhere.
//!
//! Each opens with what it is, its arguments, and what it prints. `programs/listings.sh` makes the
//! listings.

/// A program and its listing.
#[derive(Debug, Clone, Copy)]
pub struct Bundled {
    /// Its name: the file's, without its ending.
    pub name: &'static str,
    /// Its source, for a real Python.
    pub python: &'static str,
    /// Its listing, for [`listing::parse`](super::listing::parse).
    pub listing: &'static str,
}

macro_rules! bundled {
    ($($name:literal)*) => {
        /// All of them.
        pub const PROGRAMS: &[Bundled] = &[$(Bundled {
            name: $name,
            python: include_str!(concat!("../../programs/", $name, ".py")),
            listing: include_str!(concat!("../../programs/", $name, ".dis")),
        }),*];
    };
}

bundled! {
    "alone" "countdown" "slices" "oversleep" "echo" "increments" "locked" "native" "private" "shared"
    "objects" "words"
}

/// The listing of the program of this name.
#[must_use]
pub fn bundled(name: &str) -> Option<&'static str> {
    PROGRAMS.iter().find(|program| program.name == name).map(|program| program.listing)
}

//! Functions that another process can be asked to run.
//!
//! A closure cannot be sent: it is code at an address and whatever it captured. What can be sent is a
//! name that both sides know and a value that both can read: the name of a [`Function`], and its
//! argument, encoded by postcard. Python's `multiprocessing` does the same with pickle, which is why a
//! lambda can't be given to its pool either.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use postcard::ser_flavors::Flavor;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A function with a name.
#[derive(Debug)]
pub struct Function<A, R> {
    name: &'static str,
    run: fn(A) -> R,
}

impl<A, R> Function<A, R> {
    /// The function, known by this name: one that no other of the program has.
    pub const fn new(name: &'static str, run: fn(A) -> R) -> Function<A, R> {
        Function { name, run }
    }

    /// Its name.
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

/// A function, whatever it takes and returns: bytes in, bytes out.
pub trait Callable: Sync {
    /// Its name.
    fn name(&self) -> &'static str;

    /// Decodes one argument from the front of the bytes, calls the function with it, and appends its
    /// encoded [`Answer`]. Returns the bytes behind the argument.
    ///
    /// # Errors
    /// If the bytes hold no such argument.
    fn call<'a>(&self, bytes: &'a [u8], answer: &mut Vec<u8>) -> postcard::Result<&'a [u8]>;
}

/// What came of a call: what the function returned, or what it said when it panicked; or else why it
/// could not be called, or can't say what it returned.
pub type Answer<R> = Result<Result<R, Panic>, Refusal>;

/// What a panic said.
pub type Panic = String;

/// Why there is no answer of the function's own.
pub type Refusal = String;

impl<A: DeserializeOwned, R: Serialize> Callable for Function<A, R> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn call<'a>(&self, bytes: &'a [u8], answer: &mut Vec<u8>) -> postcard::Result<&'a [u8]> {
        let (argument, rest) = postcard::take_from_bytes(bytes)?;
        let run = self.run;
        // What a panic leaves half done is in here, or in a process that nobody else looks into.
        let returned = catch_unwind(AssertUnwindSafe(|| run(argument))).map_err(said);
        let returned: Answer<R> = Ok(returned);
        let start = answer.len();
        if let Err(why) = encode(&returned, answer) {
            answer.truncate(start);
            refuse(&format!("what it returned can't be encoded: {why}"), answer);
        }
        Ok(rest)
    }
}

/// Appends the answer of a function that has none to give.
pub(crate) fn refuse(why: &str, answer: &mut Vec<u8>) {
    // A text can always be encoded, and memory for it is had or the process ends.
    let _ = encode(&Err::<(), Refusal>(why.to_owned()), answer);
}

fn said(panic: Box<dyn Any + Send>) -> String {
    match workloads::Error::panicked(panic) {
        workloads::Error::Panicked(said) => said,
        other => other.to_string(),
    }
}

/// Appends the encoded value; if that fails, some part of it.
///
/// # Errors
/// If the value is of a kind that can't be encoded.
pub(crate) fn encode<T: Serialize>(value: &T, to: &mut Vec<u8>) -> postcard::Result<()> {
    postcard::serialize_with_flavor(value, Onto(to))
}

/// Where postcard writes: behind what is there already.
struct Onto<'a>(&'a mut Vec<u8>);

impl Flavor for Onto<'_> {
    type Output = ();

    #[inline]
    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.0.push(byte);
        Ok(())
    }

    #[inline]
    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    fn finalize(self) -> postcard::Result<()> {
        Ok(())
    }
}

//! What to solve, never how.
//!
//! One set of problems, for every approach to concurrency that this book shows. The code that
//! *is* a problem (which numbers are prime, what a reply means, how orders add up) is written
//! here once, with no socket and no thread in it, so that what differs between two approaches is
//! only how they wait and how they share the work.
//!
//! | problem | kind |
//! |---|---|
//! | [`chain`] | cannot be sped up |
//! | [`primes`] | computing, in uneven chunks |
//! | [`fetch`] | waiting |
//! | [`orders`] | waiting and computing in turn |
//! | [`files`] | real input: the reader's own files |
//! | [`serve`] | the server's side |
//!
//! Then what they share: [`http`], the [`service`] to wait for, the [`load`] to serve, and
//! [`blocking`], the oldest way to wait. [`Approach`] is what a solution implements,
//! [`Sequential`] the one without any concurrency, and [`contract`] the test that all pass.

#![forbid(unsafe_code)]
#![cfg_attr(not(unix), allow(unused))]

#[cfg(not(unix))]
compile_error!("this book runs on Linux and macOS: it shows what their kernels do");

pub mod chain;
pub mod fetch;
pub mod files;
pub mod orders;
pub mod primes;
pub mod serve;

pub mod approach;
pub mod blocking;
pub mod contract;
pub mod error;
pub mod http;
pub mod limits;
pub mod load;
pub mod sequential;
pub mod service;
pub mod stop;

pub use approach::Approach;
pub use error::{Error, Result};
pub use sequential::Sequential;
pub use service::Service;
pub use stop::Stop;

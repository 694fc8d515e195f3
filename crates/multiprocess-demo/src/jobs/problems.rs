//! The problems of [`workloads`], as functions that a worker can be asked to run.
//!
//! What goes there and back is plain data: numbers, text, bytes, and tuples of them. An error is
//! told as text; its cause may be worth something in that process only.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::ops::Range;
use std::path::PathBuf;

use workloads::files::{Skipped, WordCounts};
use workloads::http::{Reply, Request};
use workloads::orders::{self, Totals};
use workloads::{Error, blocking, chain, primes};

use crate::Function;
use crate::bytes::Bytes;

/// What came of it, or what was told of what went wrong.
pub type Told<T> = Result<T, String>;

fn told<T>(result: workloads::Result<T>) -> Told<T> {
    result.map_err(|why| why.to_string())
}

/// What went wrong there, said here.
pub fn remote<T>(told: Told<T>) -> workloads::Result<T> {
    told.map_err(Error::Remote)
}

/// The end of a chain of so many links.
pub const CHAIN: Function<u64, Told<u64>> =
    Function::new("chain", |links| told(chain::run(links)).map(|end| end.0));

/// How many primes there are in the range.
pub const PRIMES: Function<Range<u64>, u64> = Function::new("primes", primes::count);

/// A request: whom to ask, for what, and whether the connection stays open.
pub type Asked = (SocketAddr, String, bool);

/// A reply: its status and body.
pub type Answered = (u16, Bytes);

/// The reply to one request.
pub const FETCH: Function<Asked, Told<Answered>> =
    Function::new("fetch", |(address, target, keep_alive)| {
        let reply = told(blocking::get(address, &Request { target, keep_alive }))?;
        Ok((reply.status, Bytes(reply.body)))
    });

/// The reply of these parts.
#[must_use]
pub fn reply((status, Bytes(body)): Answered) -> Reply {
    Reply { status, body }
}

/// What was sold: of each product, the pieces and the money.
pub type Sold = BTreeMap<String, (u64, u64)>;

/// What was sold on one page of orders. It is read and added up there: twelve products come back,
/// where five hundred orders came in.
pub const ORDERS: Function<(SocketAddr, u32), Told<Sold>> =
    Function::new("orders", |(address, page)| {
        told((|| {
            let mut totals = Totals::default();
            totals.add(page, &blocking::get(address, &orders::request(page))?)?;
            Ok(totals.products)
        })())
    });

/// Words with how often each occurs, how many files they are from, and which could not be read,
/// with the reasons.
pub type Counted = (HashMap<String, u64>, u64, Vec<(Bytes, String)>);

/// The words in all these files together. Combined before they are sent: counted file by file, each
/// common word would travel once for every file.
pub const WORDS: Function<Vec<Bytes>, Counted> = Function::new("words", |paths| {
    let mut counts = WordCounts::default();
    for path in paths {
        blocking::count_file(&mut counts, &PathBuf::from(path));
    }
    let skipped = std::mem::take(&mut counts.skipped).into_iter();
    let skipped = skipped.map(|Skipped { path, why }| (path.as_path().into(), why));
    let files = counts.files;
    (counts.into_words(), files, skipped.collect())
});

/// The counts of these parts.
#[must_use]
pub fn words((words, files, skipped): Counted) -> WordCounts {
    let skipped = skipped.into_iter().map(|(path, why)| Skipped { path: path.into(), why });
    WordCounts::of(words, files, skipped.collect())
}

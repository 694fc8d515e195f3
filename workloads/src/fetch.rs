//! **fetch**: waiting, and nothing else.
//!
//! Ask a service that thinks for a while before it answers, many times over. There is nothing to
//! compute, so how long it takes depends only on how many requests wait at the same time.

use std::ops::RangeInclusive;

use crate::error::{Result, within};
use crate::http::{Reply, Request, wrong};

/// How many requests one fetch may make.
pub const REQUESTS: RangeInclusive<u64> = 1..=100_000;

/// For how many milliseconds the service may be asked to think.
pub const THINK_MS: RangeInclusive<u64> = 0..=60_000;

/// `count` requests, numbered from 0, that the service thinks about for `think_ms` milliseconds
/// each.
///
/// # Errors
/// [`Error::Bound`](crate::Error::Bound) outside [`REQUESTS`] or [`THINK_MS`].
pub fn requests(count: u64, think_ms: u64) -> Result<Vec<Request>> {
    within("requests to make", count, REQUESTS)?;
    within("think time in ms", think_ms, THINK_MS)?;
    Ok((0..count).map(|id| Request::get(format!("/think?id={id}&ms={think_ms}"))).collect())
}

/// `count` requests that the service holds until `together` of them are there at once: it
/// answers then and not before, so that getting answers at all proves that many in flight.
///
/// # Errors
/// [`Error::Bound`](crate::Error::Bound) outside [`REQUESTS`].
pub fn gathering(count: u64, together: u64) -> Result<Vec<Request>> {
    within("requests to make", count, REQUESTS)?;
    within("requests to gather", together, 1..=count)?;
    Ok((0..count).map(|id| Request::get(format!("/gather?id={id}&of={together}"))).collect())
}

/// The reply that is right for the request numbered `id`.
#[must_use]
pub fn answer(id: u64) -> Reply {
    Reply::text(200, format!("{{\"id\":{id}}}\n"))
}

/// Checks that every request got its own reply, in order.
///
/// # Errors
/// [`Error::Reply`](crate::Error::Reply) for the first that did not.
pub fn check(requests: &[Request], replies: &[Reply]) -> Result<()> {
    within("replies", replies.len() as u64, requests.len() as u64..=requests.len() as u64)?;
    for (id, (request, reply)) in requests.iter().zip(replies).enumerate() {
        reply.ok(request)?;
        if *reply != answer(id as u64) {
            return Err(wrong(request, "the answer to another request"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_swapped_pair_of_replies_is_found() {
        let requests = requests(2, 0).unwrap();
        assert!(check(&requests, &[answer(0), answer(1)]).is_ok());
        let why = check(&requests, &[answer(1), answer(0)]).unwrap_err().to_string();
        assert_eq!(why, "GET /think?id=0&ms=0: the answer to another request");
        assert!(check(&requests, &[answer(0)]).is_err());
    }

    #[test]
    fn bounds_are_named() {
        let why = requests(1, 60_001).unwrap_err().to_string();
        assert_eq!(why, "think time in ms must be from 0 to 60000, not 60001");
        assert!(requests(0, 0).is_err() && gathering(4, 5).is_err());
    }
}

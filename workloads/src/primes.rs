//! **primes**: computing, in chunks of uneven cost.
//!
//! Count the primes in ranges by trial division. A large number costs more divisions than a
//! small one, so equal ranges are unequal work: who deals them out once, in halves, loses.

use std::ops::{Range, RangeInclusive};

use crate::error::{Result, within};

/// The greatest number that may be tested: trial division takes its square root in steps.
pub const MOST: u64 = 1_000_000_000_000;

/// Into how many ranges the numbers may be split.
pub const RANGES: RangeInclusive<u64> = 1..=10_000_000;

/// π(10ᵏ), how many primes there are up to 10ᵏ, for k from 0 (OEIS A006880).
pub const PI_OF_POWERS_OF_TEN: [u64; 10] =
    [0, 4, 25, 168, 1_229, 9_592, 78_498, 664_579, 5_761_455, 50_847_534];

/// The numbers from 0 up to and without `below`, split into `ranges` of (nearly) equal length,
/// in order.
///
/// # Errors
/// [`Error::Bound`](crate::Error::Bound) unless `below` is from 1 to [`MOST`] and `ranges`
/// within [`RANGES`].
pub fn split(below: u64, ranges: u64) -> Result<Vec<Range<u64>>> {
    within("the number below which primes are counted", below, 1..=MOST)?;
    within("ranges to split the numbers into", ranges, RANGES)?;
    // In 128 bits, because the product of two bounds that are each allowed exceeds 64.
    let edge = |i: u64| (u128::from(below) * u128::from(i) / u128::from(ranges)) as u64;
    Ok((0..ranges).map(|i| edge(i)..edge(i + 1)).collect())
}

/// How many primes lie in `range`, none of whose numbers should exceed [`MOST`].
#[must_use]
pub fn count(range: Range<u64>) -> u64 {
    range.filter(|&n| is_prime(n)).count() as u64
}

/// Whether `n`, [`MOST`] at most, is prime: by trial division with 2, 3 and what lies beside the
/// multiples of 6.
#[must_use]
pub fn is_prime(n: u64) -> bool {
    if n < 4 {
        return n > 1;
    }
    if n.is_multiple_of(2) || n.is_multiple_of(3) {
        return false;
    }
    (5..)
        .step_by(6)
        .take_while(|d| d * d <= n)
        .all(|d| !n.is_multiple_of(d) && !n.is_multiple_of(d + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counts_are_the_published_ones() {
        for (power, known) in (0..7).zip(PI_OF_POWERS_OF_TEN) {
            assert_eq!(count(0..10_u64.pow(power) + 1), known, "π(10^{power})");
        }
    }

    #[test]
    fn a_split_covers_every_number_once() {
        for (below, ranges) in [(1, 1), (10, 3), (3, 10), (1_000_003, 64)] {
            let split = split(below, ranges).unwrap();
            assert_eq!(split.len() as u64, ranges);
            assert_eq!(
                split.iter().flat_map(Clone::clone).collect::<Vec<_>>(),
                Vec::from_iter(0..below)
            );
        }
        let widest = split(MOST, *RANGES.end()).unwrap();
        assert_eq!(widest.last().unwrap().end, MOST);
    }

    #[test]
    fn bounds_are_named() {
        assert_eq!(
            split(5, 0).unwrap_err().to_string(),
            "ranges to split the numbers into must be from 1 to 10000000, not 0"
        );
        assert!(split(0, 1).is_err() && split(MOST + 1, 1).is_err());
    }
}

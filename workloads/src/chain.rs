//! **chain**: the problem that cannot be sped up.
//!
//! Hash a number, hash the hash, and so on. Each link needs the one before it, so however many
//! cores there are, one of them does all the work and the rest can only watch.

use crate::error::{Result, within};

/// The state at the end of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digest(pub u64);

/// How many links a chain may have.
pub const LINKS: std::ops::RangeInclusive<u64> = 1..=100_000_000_000;

/// Where every chain starts: the golden ratio's fraction, 2⁶⁴/φ, as good as any odd number.
const START: u64 = 0x9e37_79b9_7f4a_7c15;

/// The end of a chain of `links` links; a link takes some nanoseconds.
///
/// # Errors
/// [`Error::Bound`](crate::Error::Bound) unless `links` is within [`LINKS`].
pub fn run(links: u64) -> Result<Digest> {
    Ok(go_on(start(links)?, links))
}

/// Where a chain of so many links starts.
///
/// # Errors
/// [`Error::Bound`](crate::Error::Bound) unless `links` is within [`LINKS`].
pub fn start(links: u64) -> Result<Digest> {
    within("links of a chain", links, LINKS)?;
    Ok(Digest(START))
}

/// So many links more, for who has something else to do in between.
#[must_use]
pub fn go_on(from: Digest, links: u64) -> Digest {
    Digest((0..links).fold(from.0, |state, _| link(state)))
}

/// One link: the finishing steps of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014), a
/// bijection whose steps each need the step before, so that one link cannot be overlapped with
/// the next inside the processor either.
#[must_use]
pub fn link(state: u64) -> u64 {
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_is_its_links_one_after_another() {
        assert_eq!(run(3).unwrap(), Digest(link(link(link(START)))));
        assert!(run(0).is_err() && run(LINKS.end() + 1).is_err());
        assert_eq!(go_on(go_on(start(10).unwrap(), 7), 3), run(10).unwrap());
        assert!(start(0).is_err() && start(LINKS.end() + 1).is_err());
    }

    #[test]
    fn the_first_link_is_the_published_first_output_of_splitmix64_seeded_with_zero() {
        assert_eq!(run(1).unwrap(), Digest(0xe220_a839_7b1d_cdaf));
    }
}

//! Pages on other terms: how long the service thinks about one, and how long its reader has to
//! compute, so that one job stands for many.
//!
//! The service is told the terms once, and keeps them until its log is cleared. Who fetches and
//! adds up pages needn't know: the request is the same, and what is to be computed stands on the
//! page, as a seal that [`Totals::add`](super::Totals::add) checks.

use std::ops::RangeInclusive;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use super::{Totals, page_of};
use crate::chain;
use crate::error::Result;
use crate::http::Reply;

/// How many orders stand on a sealed page: so few that its seal is what it costs to read.
pub const ORDERS: u64 = 1;

/// How many links a seal may have, in each of its two parts: some seconds' work.
pub const LINKS: RangeInclusive<u64> = 0..=10_000_000_000;

/// On what terms the service hands out its pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// For how many milliseconds it thinks, whatever the request says.
    pub think_ms: u64,
    /// How many links of a [`chain`] the reader computes on its own.
    pub links: u64,
    /// How many more it computes while it holds the one lock that all readers of its process share.
    pub locked: u64,
}

/// What all readers of a process share; it counts the seals that were checked under its lock.
static SHARED: Mutex<u64> = Mutex::new(0);

/// What stands on a page: how far to compute, and what must come out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seal {
    links: u64,
    locked: u64,
    digest: u64,
}

impl Terms {
    /// How the service is told.
    pub(crate) fn target(self) -> String {
        let Terms { think_ms, links, locked } = self;
        format!("/terms?ms={think_ms}&links={links}&locked={locked}")
    }

    /// The seal that is on every page; to make it takes as long as to check it, so it is made once.
    ///
    /// # Errors
    /// [`Error::Bound`](crate::Error::Bound) if there is not one link in it, or too many.
    pub(crate) fn seal(self) -> Result<Seal> {
        let Terms { links, locked, .. } = self;
        Ok(Seal { links, locked, digest: chain::run(links + locked)?.0 })
    }

    /// What the totals over sealed pages must be, from the generator.
    #[must_use]
    pub fn known(pages: std::ops::Range<u32>) -> Totals {
        Totals::known_of(pages, ORDERS)
    }
}

impl Seal {
    pub(crate) fn page(self, page: u32) -> Reply {
        let Seal { links, locked, digest } = self;
        let seal =
            format!("\"seal\":{{\"links\":{links},\"locked\":{locked},\"digest\":{digest}}},");
        page_of(page, &seal, ORDERS)
    }

    /// The seal of a page, if it has one.
    pub(super) fn of(page: &Value) -> Option<Seal> {
        let number = |name: &str| page["seal"][name].as_u64();
        Some(Seal { links: number("links")?, locked: number("locked")?, digest: number("digest")? })
    }

    /// Computes what it says, and whether it comes out.
    pub(super) fn holds(self) -> Result<bool> {
        let start = chain::start(self.links.saturating_add(self.locked))?;
        let mut end = chain::go_on(start, self.links);
        if self.locked > 0 {
            let mut checked = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
            end = chain::go_on(end, self.locked);
            *checked += 1;
        }
        Ok(end.0 == self.digest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Approach, Sequential, Service};

    const TERMS: Terms = Terms { think_ms: 1, links: 100, locked: 10 };

    #[test]
    fn a_seal_is_checked_by_computing_it() {
        let page = TERMS.seal().unwrap().page(7);
        let mut totals = Totals::default();
        totals.add(7, &page).unwrap();
        assert_eq!(totals, Terms::known(7..8));
        let body = String::from_utf8(page.body).unwrap();
        for (from, to) in [("\"links\":100", "\"links\":99"), ("\"locked\":10", "\"locked\":11")] {
            let broken = Reply::text(200, body.replacen(from, to, 1));
            let why = Totals::default().add(7, &broken).unwrap_err().to_string();
            assert_eq!(why, "orders page 7: its seal is broken");
        }
        assert!(Terms { links: 0, locked: 0, ..TERMS }.seal().is_err());
    }

    #[test]
    fn a_service_keeps_its_terms_until_it_is_cleared() {
        let service = Service::start().unwrap();
        service.set_terms(TERMS).unwrap();
        assert_eq!(Sequential.orders(&service, 3..6).unwrap(), Terms::known(3..6));
        service.clear().unwrap();
        assert_eq!(Sequential.orders(&service, 3..6).unwrap(), Totals::known(3..6));
        let why = service.set_terms(Terms { links: 0, locked: 0, ..TERMS }).unwrap_err();
        assert!(why.to_string().contains("links of a chain must be from 1"), "{why}");
    }
}

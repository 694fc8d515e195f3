//! What a job asks: how much was sold, page by page, and a receipt for the sum.

use workloads::http::{Reply, Request};
use workloads::orders::{self, Totals};
use workloads::{Error, Result};

/// For how many milliseconds the service thinks where orders don't say it.
const THINK_MS: u64 = 10;

/// A question whose answer is a number.
#[derive(Debug, Clone, Copy)]
pub(super) enum Question {
    /// How many pages there are. (The service says what it was told: this many.)
    HowMany(u64),
    /// For how much was sold on this page, in cents.
    Page(u64),
    /// A receipt for so much.
    Receipt(u64),
}

pub(super) use Question::{HowMany, Page, Receipt};

impl Question {
    pub(super) fn request(self) -> Request {
        match self {
            HowMany(number) | Receipt(number) => {
                Request::get(format!("/think?id={number}&ms={THINK_MS}"))
            }
            Page(page) => orders::request(page as u32),
        }
    }

    /// The number that the reply says.
    pub(super) fn answer(self, reply: &Reply) -> Result<u64> {
        if let Page(page) = self {
            let mut totals = Totals::default();
            totals.add(page as u32, reply)?;
            return Ok(taken(&totals));
        }
        let request = self.request();
        let body = std::str::from_utf8(reply.ok(&request)?).unwrap_or_default();
        let number = body.trim_end().strip_prefix("{\"id\":").and_then(|b| b.strip_suffix('}'));
        number.and_then(|number| number.parse().ok()).ok_or_else(|| Error::Reply {
            asked: format!("GET {}", request.target),
            why: format!("no number: {body}"),
        })
    }
}

/// All the money.
fn taken(totals: &Totals) -> u64 {
    totals.products.values().map(|(_, taken)| taken).sum()
}

/// The receipt that is right for so many pages.
pub(super) fn known(pages: u64) -> u64 {
    taken(&Totals::known(0..pages as u32))
}

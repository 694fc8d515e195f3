//! **orders**: the mixed job, an ETL in small.
//!
//! Fetch pages of orders as JSON from a service that takes its time, parse them, and add up what
//! was sold of each product: waiting and computing in turn, as most real jobs are. How much of each
//! can be said: see [`Terms`].

mod terms;

mod one_by_one;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::{Range, RangeInclusive};

use serde_json::Value;

pub(crate) use self::terms::Seal;
pub use self::terms::{LINKS, ORDERS as ORDERS_PER_SEALED_PAGE, Terms};
use crate::chain::link;
use crate::error::{Error, Result, within};
use crate::http::{Reply, Request};

pub use one_by_one::{OneByOne, checked};

/// For how many milliseconds the service thinks before it hands out a page.
pub const THINK_MS: u64 = 10;

/// How many orders stand on a page.
pub const ORDERS_PER_PAGE: u64 = 500;

/// Which page numbers there are.
pub const PAGES: RangeInclusive<u64> = 0..=99_999;

const PRODUCTS: [&str; 12] = [
    "anchor", "bell", "candle", "drum", "easel", "flute", "globe", "hammer", "inkwell", "jug",
    "kettle", "lantern",
];

/// The request for a page.
#[must_use]
pub fn request(page: u32) -> Request {
    Request::get(format!("/orders?page={page}&ms={THINK_MS}"))
}

/// Checks that a range of pages is not empty and lies within [`PAGES`].
///
/// # Errors
/// [`Error::Bound`], which names the bounds.
pub fn check(pages: &Range<u32>) -> Result<()> {
    within(
        "pages of orders",
        u64::from(pages.end.saturating_sub(pages.start)),
        1..=PAGES.end() + 1,
    )?;
    within("the last page of orders", u64::from(pages.end - 1), PAGES)?;
    Ok(())
}

/// The orders of a page: (product, quantity, price in cents). The same page has always the same
/// orders; this is the generator that knows the right answer.
fn generate(page: u32, orders: u64) -> impl Iterator<Item = (&'static str, u64, u64)> {
    (0..orders).map(move |i| {
        let random = link(u64::from(page) * ORDERS_PER_PAGE + i + 1);
        let product = PRODUCTS[(random % PRODUCTS.len() as u64) as usize];
        (product, 1 + (random >> 16) % 9, 99 + (random >> 32) % 9_900)
    })
}

/// A page as the service sends it.
#[must_use]
pub fn page(page: u32) -> Reply {
    page_of(page, "", ORDERS_PER_PAGE)
}

/// A page of so many orders, with `more` in front of them.
fn page_of(page: u32, more: &str, orders: u64) -> Reply {
    let mut json = format!("{{\"page\":{page},{more}\"orders\":[");
    for (i, (product, quantity, cents)) in generate(page, orders).enumerate() {
        let comma = if i == 0 { "" } else { "," };
        let id = u64::from(page) * ORDERS_PER_PAGE + i as u64;
        // Writing to a String cannot fail.
        let _ = write!(
            json,
            "{comma}\n{{\"id\":{id},\"product\":\"{product}\",\"quantity\":{quantity},\"cents\":{cents}}}"
        );
    }
    json.push_str("]}\n");
    Reply::text(200, json)
}

/// What was sold of each product.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// Product → (pieces sold, money taken in cents).
    pub products: BTreeMap<String, (u64, u64)>,
}

impl Totals {
    /// What the totals over `pages` must be, from the generator.
    #[must_use]
    pub fn known(pages: Range<u32>) -> Totals {
        Totals::known_of(pages, ORDERS_PER_PAGE)
    }

    fn known_of(pages: Range<u32>, orders: u64) -> Totals {
        let mut totals = Totals::default();
        for (product, quantity, cents) in pages.flat_map(|page| generate(page, orders)) {
            totals.sold(product, quantity, cents);
        }
        totals
    }

    /// Parses the reply to [`request`]`(page)` and adds its orders; all of them or none.
    ///
    /// # Errors
    /// [`Error::Reply`], naming the page, for another status than 200, bad JSON, another page's
    /// orders, too few of them, a broken seal, or an order without product, quantity or price.
    pub fn add(&mut self, page: u32, reply: &Reply) -> Result<()> {
        let wrong = |why: String| Error::Reply { asked: format!("orders page {page}"), why };
        let body = reply.ok(&request(page))?;
        let json: Value =
            serde_json::from_slice(body).map_err(|why| wrong(format!("bad JSON: {why}")))?;
        if json["page"] != page {
            return Err(wrong(format!("the reply is page {}", json["page"])));
        }
        let orders = json["orders"].as_array().map_or(&[][..], Vec::as_slice);
        let seal = Seal::of(&json);
        let due = seal.map_or(ORDERS_PER_PAGE, |_| ORDERS_PER_SEALED_PAGE);
        if orders.len() as u64 != due {
            return Err(wrong(format!("{} orders, not {due}", orders.len())));
        }
        if !seal.map_or(Ok(true), Seal::holds)? {
            return Err(wrong("its seal is broken".into()));
        }
        let read = |order: &Value| {
            let (product, quantity) = (order["product"].as_str()?, order["quantity"].as_u64()?);
            // Absurd figures must not overflow the totals: that is no order.
            let taken = quantity.checked_mul(order["cents"].as_u64()?)?;
            let sane = quantity.max(taken) <= u64::from(u32::MAX);
            sane.then(|| (product.to_owned(), quantity, taken))
        };
        let read: Option<Vec<_>> = orders.iter().map(read).collect();
        let read =
            read.ok_or_else(|| wrong("an order lacks a sane product, quantity or price".into()))?;
        for (product, quantity, taken) in read {
            let total = self.products.entry(product).or_default();
            *total = (total.0 + quantity, total.1 + taken);
        }
        Ok(())
    }

    /// Adds what someone else has added up.
    pub fn merge(&mut self, other: Totals) {
        for (product, (quantity, taken)) in other.products {
            let total = self.products.entry(product).or_default();
            *total = (total.0 + quantity, total.1 + taken);
        }
    }

    fn sold(&mut self, product: &str, quantity: u64, cents: u64) {
        let total = self.products.entry(product.to_owned()).or_default();
        *total = (total.0 + quantity, total.1 + quantity * cents);
    }
}

impl FromIterator<Totals> for Totals {
    fn from_iter<I: IntoIterator<Item = Totals>>(parts: I) -> Totals {
        let mut sum = Totals::default();
        parts.into_iter().for_each(|part| sum.merge(part));
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_add_up_to_what_the_generator_knows() {
        let mut totals = Totals::default();
        for number in 3..6 {
            totals.add(number, &page(number)).unwrap();
        }
        assert_eq!(totals, Totals::known(3..6));
        let parts = (3..6).map(|number| Totals::known(number..number + 1));
        assert_eq!(parts.collect::<Totals>(), totals);
    }

    #[test]
    fn what_is_wrong_with_a_page_is_said_with_its_number_and_nothing_is_added() {
        let mut cut = page(7);
        cut.body.truncate(1_000);
        let spoilt = |from: &str, to: &str| {
            Reply::text(200, String::from_utf8(page(7).body).unwrap().replacen(from, to, 1))
        };
        // Nothing is taken for it, so only the quantity shows that it is no order.
        let mut absurd = spoilt("\"cents\":", "\"cents\":0,\"x\":");
        let quantity = format!("\"quantity\":{},\"x\":", u64::MAX);
        absurd.body = String::from_utf8(absurd.body)
            .unwrap()
            .replacen("\"quantity\":", &quantity, 1)
            .into_bytes();
        for (reply, why) in [
            (cut, "orders page 7: bad JSON: "),
            (page(8), "orders page 7: the reply is page 8"),
            (Reply::text(200, "{\"page\":7}"), "orders page 7: 0 orders, not 500"),
            (Reply::text(503, "busy"), "GET /orders?page=7&ms=10: status 503: busy"),
            (spoilt("\"cents\":", "\"cents\":-"), "orders page 7: an order lacks a sane"),
            (spoilt("\"cents\":", "\"cents\":99999999999999"), "orders page 7: an order lacks"),
            (absurd, "orders page 7: an order lacks"),
        ] {
            let mut totals = Totals::default();
            let said = totals.add(7, &reply).unwrap_err().to_string();
            assert!(said.starts_with(why), "{said}");
            assert_eq!(totals, Totals::default());
        }
    }

    #[test]
    fn the_last_page_is_the_last() {
        assert!(check(&(0..100_000)).is_ok());
        #[expect(clippy::reversed_empty_ranges, reason = "that it is refused is the point")]
        let refused = [0..0, 5..4, 99_999..100_001];
        assert!(refused.iter().all(|pages| check(pages).is_err()));
    }
}

//! What the slow service answers, and when: no socket, no clock.

use std::collections::HashMap;
use std::time::Duration;

use crate::fetch::{self, THINK_MS};
use crate::http::{Reply, Request};
use crate::orders::{self, Seal, Terms};

/// How long a gathering waits for the last to come, unless its requests say otherwise.
const GATHERING: Duration = Duration::from_secs(20);

/// How many pages are kept, at some 30 KiB each.
const MOST_PAGES: usize = 2_000;

/// A way to spoil a page of orders, for those who want to see that it is noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The connection closes in the middle of the body.
    CutShort = 1,
    /// The body is longer than its `Content-Length` says.
    WrongLength = 2,
    /// The body is not JSON.
    BadJson = 3,
}

/// What becomes of a request.
pub(super) enum Answer {
    /// Answer now: this was not a question but a conversation about the service itself.
    Now(Reply),
    /// Answer with these bytes after thinking.
    After(Duration, Bytes),
    /// Answer once so many requests that gather are held, or send home after so long.
    Gather { of: u64, patience: Duration, reply: Bytes },
    /// Tell the log.
    Log,
    /// Clear the log.
    Clear,
}

/// A reply as it will go out, and whether the connection must close behind it.
pub(super) struct Bytes {
    pub(super) bytes: Vec<u8>,
    pub(super) keep_alive: bool,
}

/// The pages that the service has made already, and those that it must spoil.
#[derive(Default)]
pub(super) struct Routes {
    /// Making a page takes longer than sending it, and the service must not be what is measured.
    pages: HashMap<u32, Reply>,
    faults: HashMap<u32, Fault>,
    /// Other terms than the usual, with the seal that is on each page.
    terms: Option<(Duration, Seal)>,
}

const HELP: &str = "\
/think?id=N&ms=T          answers after T ms
/gather?id=N&of=M&ms=T    answers when M such requests are held, or gives up after T ms
/orders?page=N&ms=T       a page of orders as JSON, after T ms
/terms?ms=T&links=N&locked=N  all pages of orders from now on: after T ms, with a seal
/log                      what the service saw
/clear                    clears the log, forgets the faults and the terms
/spoil?page=N&fault=1..3  cut short, wrong length, bad JSON
";

impl Routes {
    pub(super) fn answer(&mut self, request: &Request) -> Answer {
        self.route(request).unwrap_or_else(Answer::Now)
    }

    fn route(&mut self, request: &Request) -> Result<Answer, Reply> {
        let bytes = |reply: &Reply| Bytes {
            bytes: reply.bytes(request.keep_alive),
            keep_alive: request.keep_alive,
        };
        let number = |name, least, most| match request.number(name)? {
            Some(given) if (least..=most).contains(&given) => Ok(given),
            _ => Err(Reply::text(400, format!("{name} must be from {least} to {most}\n"))),
        };
        let think = || number("ms", *THINK_MS.start(), *THINK_MS.end()).map(Duration::from_millis);
        Ok(match request.path() {
            "/think" => Answer::After(think()?, bytes(&fetch::answer(number("id", 0, u64::MAX)?))),
            "/gather" => Answer::Gather {
                of: number("of", 1, *fetch::REQUESTS.end())?,
                patience: match request.number("ms")? {
                    Some(_) => think()?,
                    None => GATHERING,
                },
                reply: bytes(&fetch::answer(number("id", 0, u64::MAX)?)),
            },
            "/orders" => {
                let page = number("page", 0, *orders::PAGES.end())? as u32;
                if self.pages.len() >= MOST_PAGES && !self.pages.contains_key(&page) {
                    self.pages.clear();
                }
                let terms = self.terms;
                let make = || terms.map_or_else(|| orders::page(page), |(_, seal)| seal.page(page));
                let reply = self.pages.entry(page).or_insert_with(make);
                let bytes = match self.faults.get(&page) {
                    Some(fault) => spoil(*fault, reply),
                    None => bytes(reply),
                };
                Answer::After(terms.map_or_else(think, |(think, _)| Ok(think))?, bytes)
            }
            "/terms" => {
                let links = |name| number(name, *orders::LINKS.start(), *orders::LINKS.end());
                let think = think()?;
                let (links, locked) = (links("links")?, links("locked")?);
                let seal = Terms { think_ms: 0, links, locked }.seal();
                let seal = seal.map_err(|why| Reply::text(400, format!("{why}\n")))?;
                self.pages.clear();
                self.terms = Some((think, seal));
                Answer::Now(Reply::text(200, "on these terms\n"))
            }
            "/spoil" => {
                let fault = match number("fault", 1, 3)? {
                    1 => Fault::CutShort,
                    2 => Fault::WrongLength,
                    _ => Fault::BadJson,
                };
                self.faults.insert(number("page", 0, *orders::PAGES.end())? as u32, fault);
                Answer::Now(Reply::text(200, "it will be spoilt\n"))
            }
            "/log" => Answer::Log,
            "/clear" => {
                self.faults.clear();
                if self.terms.take().is_some() {
                    self.pages.clear();
                }
                Answer::Clear
            }
            "/" => Answer::Now(Reply::text(200, HELP)),
            _ => Answer::Now(Reply::text(404, HELP)),
        })
    }
}

fn spoil(fault: Fault, reply: &Reply) -> Bytes {
    let mut bytes = reply.bytes(false);
    match fault {
        Fault::CutShort => bytes.truncate(bytes.len() - reply.body.len() / 2),
        Fault::WrongLength => bytes.extend_from_slice(b"more than was said"),
        Fault::BadJson => {
            let bracket = bytes.len() - reply.body.len();
            bytes[bracket] = b'(';
        }
    }
    Bytes { bytes, keep_alive: false }
}

//! As much of HTTP/1.1 (RFC 9112) as the problems need, with no socket in it: bytes in, requests
//! and replies out. Whoever holds the socket decides how to wait.

use crate::error::{Error, Result};

/// The longest request head, in bytes, that is read before the sender is refused.
pub const LONGEST_HEAD: usize = 8 * 1024;

/// The longest reply body, in bytes, that is accepted.
pub const LONGEST_BODY: usize = 16 * 1024 * 1024;

/// A GET request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Request {
    /// What is asked for: a path with its query, as in `/think?id=7&ms=20`.
    pub target: String,
    /// Whether the connection stays open for another request after the reply.
    pub keep_alive: bool,
}

impl Request {
    /// A request for `target` that keeps the connection open.
    pub fn get(target: impl Into<String>) -> Request {
        Request { target: target.into(), keep_alive: true }
    }

    /// The request as it goes over the wire.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let close = if self.keep_alive { "" } else { "Connection: close\r\n" };
        format!("GET {} HTTP/1.1\r\nHost: localhost\r\n{close}\r\n", self.target).into_bytes()
    }

    /// The first request in `bytes` and how many of them it takes; nothing as long as its head
    /// is incomplete.
    ///
    /// # Errors
    /// The reply to refuse with, when no valid request can come of these bytes: 400, 405 or 431.
    pub fn parse(bytes: &[u8]) -> std::result::Result<Option<(Request, usize)>, Reply> {
        // One byte too few is a wait, one too many is an attack: the buffer stays bounded.
        let window = &bytes[..bytes.len().min(LONGEST_HEAD)];
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut parsed = httparse::Request::new(&mut headers);
        let length = match parsed.parse(window) {
            Ok(httparse::Status::Complete(length)) => length,
            Ok(httparse::Status::Partial) if window.len() < LONGEST_HEAD => return Ok(None),
            Ok(httparse::Status::Partial) => {
                return Err(Reply::text(431, "a request head may have 8192 bytes at most\n"));
            }
            Err(why) => return Err(Reply::text(400, format!("not an HTTP request: {why}\n"))),
        };
        if parsed.method != Some("GET") {
            return Err(Reply::text(405, "only GET is answered here\n"));
        }
        // All lines of that name: of two lengths, reading the one and not the other would take
        // what a body holds for the next request.
        if values(parsed.headers, "Transfer-Encoding").next().is_some()
            || values(parsed.headers, "Content-Length").any(|length| length != b"0")
        {
            return Err(Reply::text(400, "a request here has no body\n"));
        }
        let connection = |token: &str| {
            values(parsed.headers, "Connection")
                .flat_map(|list| list.split(|byte| *byte == b','))
                .any(|item| item.trim_ascii().eq_ignore_ascii_case(token.as_bytes()))
        };
        // HTTP/1.1 stays open unless told to close; HTTP/1.0 the other way about.
        let stays = parsed.version == Some(1) || connection("keep-alive");
        let keep_alive = stays && !connection("close");
        let target = parsed.path.unwrap_or_default().to_owned();
        Ok(Some((Request { target, keep_alive }, length)))
    }

    /// The path of the target, without its query.
    #[must_use]
    pub fn path(&self) -> &str {
        self.target.split_once('?').map_or(&self.target, |(path, _)| path)
    }

    /// The number that the query gives as `name=…`; nothing if it gives none.
    ///
    /// # Errors
    /// A 400 reply that says what is wrong with the number.
    pub fn number(&self, name: &str) -> std::result::Result<Option<u64>, Reply> {
        let query = self.target.split_once('?').map_or("", |(_, query)| query);
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let Some((_, value)) = pairs.find(|(key, _)| *key == name) else { return Ok(None) };
        let wrong = || Reply::text(400, format!("{name} must be a whole number, not {value:?}\n"));
        digits(value.as_bytes()).map(Some).ok_or_else(wrong)
    }
}

/// A reply: status and body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The status code: 200 is well.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// A reply whose body is text.
    pub fn text(status: u16, body: impl Into<String>) -> Reply {
        Reply { status, body: body.into().into_bytes() }
    }

    /// The reply as it goes over the wire; `keep_alive` tells the peer whether another request
    /// may follow.
    #[must_use]
    pub fn bytes(&self, keep_alive: bool) -> Vec<u8> {
        let reason = match self.status {
            200 => "OK",
            400 => "Bad Request",
            404 => "Not Found",
            405 => "Method Not Allowed",
            431 => "Request Header Fields Too Large",
            503 => "Service Unavailable",
            _ => "",
        };
        let (status, length) = (self.status, self.body.len());
        // Said in either case: a client of HTTP/1.0 that asked to stay must be told that it may.
        let connection = if keep_alive { "keep-alive" } else { "close" };
        let mut bytes = format!(
            "HTTP/1.1 {status} {reason}\r\nContent-Length: {length}\r\nConnection: {connection}\r\n\r\n"
        )
        .into_bytes();
        bytes.extend_from_slice(&self.body);
        bytes
    }

    /// The body, if all is well with the reply.
    ///
    /// # Errors
    /// [`Error::Reply`] with what the service said, unless the status is 200.
    pub fn ok(&self, asked: &Request) -> Result<&[u8]> {
        if self.status == 200 {
            return Ok(&self.body);
        }
        let said = String::from_utf8_lossy(&self.body);
        Err(wrong(asked, format!("status {}: {}", self.status, said.trim_end())))
    }
}

/// One reply on its way in: give it what the socket gives until it is whole.
#[derive(Debug, Default)]
pub struct Incoming {
    bytes: Vec<u8>,
    /// What the head said, once it is whole.
    head: Option<Head>,
}

#[derive(Debug, Clone, Copy)]
struct Head {
    status: u16,
    /// Of the head itself, in bytes.
    length: usize,
    /// Of the body that follows.
    body: usize,
}

impl Incoming {
    /// Takes the next bytes of the reply to `asked`; none at all means that the peer has closed.
    /// Returns the reply when it is whole.
    ///
    /// # Errors
    /// [`Error::Reply`], naming what was asked, for a reply that is cut short, longer than
    /// [`LONGEST_BODY`], or not HTTP; and for one that is longer than it says, if what is too
    /// much came together with its last bytes. (Later, nobody is here to see it.)
    pub fn received(&mut self, asked: &Request, bytes: &[u8]) -> Result<Option<Reply>> {
        self.bytes.extend_from_slice(bytes);
        if self.head.is_none() {
            self.head = self.head(asked)?;
        }
        let closed = bytes.is_empty();
        let Some(Head { status, length, body }) = self.head else {
            return match (closed, self.bytes.is_empty()) {
                (true, true) => Err(wrong(asked, "closed without a reply")),
                (true, false) => Err(wrong(asked, "cut short inside its head")),
                (false, _) => Ok(None),
            };
        };
        match self.bytes.len() - length {
            here if here < body && closed => {
                Err(wrong(asked, format!("cut short: {here} of {body} bytes")))
            }
            here if here < body => Ok(None),
            here if here > body => {
                Err(wrong(asked, format!("{} bytes more than its length says", here - body)))
            }
            _ => {
                self.head = None;
                let body = self.bytes.split_off(length);
                self.bytes.clear();
                Ok(Some(Reply { status, body }))
            }
        }
    }

    fn head(&self, asked: &Request) -> Result<Option<Head>> {
        // A head too long is too long also when it comes in one piece.
        let window = &self.bytes[..self.bytes.len().min(LONGEST_HEAD)];
        let mut headers = [httparse::EMPTY_HEADER; 32];
        let mut parsed = httparse::Response::new(&mut headers);
        let length = match parsed.parse(window) {
            Ok(httparse::Status::Complete(length)) => length,
            Ok(httparse::Status::Partial) if window.len() < LONGEST_HEAD => return Ok(None),
            Ok(httparse::Status::Partial) => return Err(wrong(asked, "its head does not end")),
            Err(why) => return Err(wrong(asked, format!("not an HTTP reply: {why}"))),
        };
        let mut lengths = values(parsed.headers, "Content-Length").map(digits);
        let body =
            lengths.next().flatten().filter(|first| lengths.all(|next| next == Some(*first)));
        let body = body.ok_or_else(|| wrong(asked, "no usable Content-Length"))?;
        if body > LONGEST_BODY {
            return Err(wrong(asked, format!("{body} bytes, more than {LONGEST_BODY} allowed")));
        }
        Ok(Some(Head { status: parsed.code.unwrap_or(0), length, body }))
    }
}

/// The values of all headers of this name.
fn values<'a>(
    headers: &'a [httparse::Header<'a>],
    name: &'a str,
) -> impl Iterator<Item = &'a [u8]> {
    headers.iter().filter(move |header| header.name.eq_ignore_ascii_case(name)).map(|h| h.value)
}

/// A number written in digits and nothing else; `parse` alone would take `+7` as well.
fn digits<N: std::str::FromStr>(text: &[u8]) -> Option<N> {
    let text = std::str::from_utf8(text).ok()?;
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// The error for a reply to `asked` that is not as it should be.
pub(crate) fn wrong(asked: &Request, why: impl Into<String>) -> Error {
    Error::Reply { asked: format!("GET {}", asked.target), why: why.into() }
}

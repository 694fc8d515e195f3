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
        let header = |name: &str| {
            parsed.headers.iter().find(|h| h.name.eq_ignore_ascii_case(name)).map(|h| h.value)
        };
        if header("Transfer-Encoding").is_some()
            || header("Content-Length").is_some_and(|length| length != b"0")
        {
            return Err(Reply::text(400, "a request here has no body\n"));
        }
        // HTTP/1.1 stays open unless told to close; HTTP/1.0 the other way about.
        let keep_alive = match header("Connection") {
            Some(value) if parsed.version == Some(1) => !value.eq_ignore_ascii_case(b"close"),
            Some(value) => value.eq_ignore_ascii_case(b"keep-alive"),
            None => parsed.version == Some(1),
        };
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
        value.parse().map(Some).map_err(|_| {
            Reply::text(400, format!("{name} must be a whole number, not {value:?}\n"))
        })
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
            408 => "Request Timeout",
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
    /// Where the reply ends, once its head has been read.
    end: Option<Head>,
}

#[derive(Debug, Clone, Copy)]
struct Head {
    status: u16,
    length: usize,
    body: usize,
}

impl Incoming {
    /// Takes the next bytes of the reply to `asked`; none at all means that the peer has closed.
    /// Returns the reply when it is whole.
    ///
    /// # Errors
    /// [`Error::Reply`], naming what was asked, for a reply that is cut short, longer than it
    /// says, longer than [`LONGEST_BODY`], or not HTTP.
    pub fn received(&mut self, asked: &Request, bytes: &[u8]) -> Result<Option<Reply>> {
        match self.take(asked, bytes)? {
            Some(_) if !self.bytes.is_empty() => {
                Err(wrong(asked, format!("{} bytes more than its length says", self.bytes.len())))
            }
            whole_or_not => Ok(whole_or_not),
        }
    }

    /// The same for pipelined replies: what follows the first stays here for the next call.
    ///
    /// # Errors
    /// As [`Incoming::received`], but for bytes beyond the first reply.
    pub fn take(&mut self, asked: &Request, bytes: &[u8]) -> Result<Option<Reply>> {
        self.bytes.extend_from_slice(bytes);
        if self.end.is_none() {
            self.end = self.head(asked)?;
        }
        let Some(Head { status, length, body }) = self.end else {
            return match (bytes.is_empty(), self.bytes.is_empty()) {
                (true, true) => Err(wrong(asked, "closed without a reply")),
                (true, false) => Err(wrong(asked, "cut short inside its head")),
                _ => Ok(None),
            };
        };
        let here = self.bytes.len() - length;
        if here < body {
            return match bytes.is_empty() {
                true => Err(wrong(asked, format!("cut short: {here} of {body} bytes"))),
                false => Ok(None),
            };
        }
        let rest = self.bytes.split_off(length + body);
        let body = std::mem::replace(&mut self.bytes, rest).split_off(length);
        self.end = None;
        Ok(Some(Reply { status, body }))
    }

    fn head(&self, asked: &Request) -> Result<Option<Head>> {
        let mut headers = [httparse::EMPTY_HEADER; 32];
        let mut parsed = httparse::Response::new(&mut headers);
        let length = match parsed.parse(&self.bytes) {
            Ok(httparse::Status::Complete(length)) => length,
            Ok(httparse::Status::Partial) if self.bytes.len() < LONGEST_HEAD => return Ok(None),
            Ok(httparse::Status::Partial) => return Err(wrong(asked, "its head does not end")),
            Err(why) => return Err(wrong(asked, format!("not an HTTP reply: {why}"))),
        };
        let body = parsed
            .headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case("Content-Length"))
            .and_then(|header| std::str::from_utf8(header.value).ok()?.trim().parse().ok())
            .ok_or_else(|| wrong(asked, "no usable Content-Length"))?;
        if body > LONGEST_BODY {
            return Err(wrong(asked, format!("{body} bytes, more than {LONGEST_BODY} allowed")));
        }
        Ok(Some(Head { status: parsed.code.unwrap_or(0), length, body }))
    }
}

/// The error for a reply to `asked` that is not as it should be.
pub(crate) fn wrong(asked: &Request, why: impl Into<String>) -> Error {
    Error::Reply { asked: format!("GET {}", asked.target), why: why.into() }
}

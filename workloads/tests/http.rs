//! HTTP without a socket: however bytes are cut into reads, the same comes of them, and nothing
//! that a peer may send makes the parser panic or its buffers grow without bound.

use proptest::prelude::*;
use workloads::http::{Incoming, LONGEST_BODY, LONGEST_HEAD, Reply, Request};

/// What comes of a reply that arrives in these pieces, after which the peer closes.
fn receive<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Result<Reply, String> {
    let asked = Request::get("/x");
    let mut incoming = Incoming::default();
    for piece in pieces.into_iter().filter(|piece| !piece.is_empty()).chain([&[][..]]) {
        if let Some(reply) = incoming.received(&asked, piece).map_err(|why| why.to_string())? {
            return Ok(reply);
        }
    }
    unreachable!("a reply that is not whole when the peer closes is an error")
}

/// What comes of a request whose bytes arrive one piece after another.
fn parse(bytes: &[u8], cuts: &[usize]) -> Result<Option<(Request, usize)>, Reply> {
    for end in cuts.iter().map(|cut| cut % (bytes.len() + 1)).filter(|end| *end > 0) {
        match Request::parse(&bytes[..end]) {
            Ok(None) => {}
            known => return known,
        }
    }
    Request::parse(bytes)
}

fn split<'a>(bytes: &'a [u8], cuts: &[usize]) -> Vec<&'a [u8]> {
    let mut cuts: Vec<_> = cuts.iter().map(|cut| cut % (bytes.len() + 1)).collect();
    cuts.extend([0, bytes.len()]);
    cuts.sort_unstable();
    cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect()
}

fn sorted(mut cuts: Vec<usize>, length: usize) -> Vec<usize> {
    cuts.iter_mut().for_each(|cut| *cut %= length + 1);
    cuts.sort_unstable();
    cuts
}

fn cuts() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(any::<usize>(), 0..8)
}

/// Bytes that look like HTTP more often than chance would have it.
fn nearly_http() -> impl Strategy<Value = Vec<u8>> {
    let fragment = prop_oneof![
        Just(b"HTTP/1.1 200 OK\r\n".to_vec()),
        Just(b"GET /x?n=1 HTTP/1.1\r\n".to_vec()),
        Just(b"HTTP/1.0 ".to_vec()),
        Just(b"Content-Length: ".to_vec()),
        Just(b"Transfer-Encoding: chunked\r\n".to_vec()),
        Just(b"Connection: close\r\n".to_vec()),
        Just(b"\r\n\r\n".to_vec()),
        Just(b"\n".to_vec()),
        (0..30_u32).prop_map(|n| format!("{n}\r\n").into_bytes()),
        prop::collection::vec(any::<u8>(), 0..6),
    ];
    prop::collection::vec(fragment, 0..12).prop_map(|fragments| fragments.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_reply_is_the_same_however_it_is_cut(
        status in 100..1000_u16,
        body in prop::collection::vec(any::<u8>(), 0..3000),
        keep_alive: bool,
        cuts in cuts(),
    ) {
        let reply = Reply { status, body };
        let bytes = reply.bytes(keep_alive);
        prop_assert_eq!(receive(split(&bytes, &cuts)), Ok(reply.clone()));
        prop_assert_eq!(receive(bytes.chunks(1)), Ok(reply));
    }

    #[test]
    fn a_request_is_the_same_however_it_is_cut(
        target in "/[a-z0-9?=&/_.-]{0,200}",
        keep_alive: bool,
        cuts in cuts(),
        next in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let request = Request { target, keep_alive };
        let length = request.bytes().len();
        let bytes = [request.bytes(), next].concat();
        let cuts = sorted(cuts, bytes.len());
        prop_assert_eq!(parse(&bytes, &cuts), Ok(Some((request, length))));
    }

    #[test]
    fn what_is_wrong_is_the_same_however_it_is_cut(bytes in nearly_http(), cuts in cuts()) {
        let whole = receive([bytes.as_slice()]);
        let pieces = receive(split(&bytes, &cuts));
        let too_long = |what: &Result<_, String>| {
            what.as_ref().is_err_and(|why| why.contains("more than its length says"))
        };
        // Bytes behind the end are seen only if they come together with it.
        prop_assert!(whole == pieces || too_long(&whole), "{:?}, in pieces {:?}", whole, pieces);
        prop_assert_eq!(Request::parse(&bytes), parse(&bytes, &sorted(cuts, bytes.len())));
    }

    #[test]
    fn noise_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), cuts in cuts()) {
        let _ = receive(split(&bytes, &cuts));
        let _ = Request::parse(&bytes);
    }

    #[test]
    fn a_reply_cut_short_says_how_short(length in 1..500_usize, keep in any::<usize>()) {
        let bytes = Reply::text(200, "x".repeat(length)).bytes(true);
        let head = bytes.len() - length;
        let keep = keep % bytes.len();
        let why = receive([&bytes[..keep]]).unwrap_err();
        let expected = match keep {
            0 => "GET /x: closed without a reply".to_owned(),
            _ if keep < head => "GET /x: cut short inside its head".to_owned(),
            _ => format!("GET /x: cut short: {} of {length} bytes", keep - head),
        };
        prop_assert_eq!(why, expected);
    }

    #[test]
    fn a_number_is_digits_that_fit(n: u64, other in "[a-z]{1,5}") {
        let request = Request::get(format!("/x?{other}9=1&id={n}"));
        prop_assert_eq!(request.number("id"), Ok(Some(n)));
        prop_assert_eq!(request.number("ident"), Ok(None));
    }
}

#[test]
fn what_is_no_number_is_refused_by_its_name() {
    for value in ["", "+7", "-1", "0x10", "1e3", "7 ", "７", "18446744073709551616"] {
        let refusal = Request::get(format!("/x?id={value}")).number("id").unwrap_err();
        let said = String::from_utf8(refusal.body).unwrap();
        assert_eq!((refusal.status, said.starts_with("id must be a")), (400, true), "{said}");
    }
    assert_eq!(Request::get("/x").number("id"), Ok(None));
    assert_eq!(Request::get("/x?id").number("id"), Ok(None));
}

#[test]
fn a_length_that_cannot_be_used_is_refused_before_there_is_a_buffer_for_it() {
    let most = LONGEST_BODY + 1;
    for (head, why) in [
        ("Content-Length: 99999999999999999999999", "no usable Content-Length"),
        ("Content-Length: 18446744073709551615", "18446744073709551615 bytes, more than"),
        (&format!("Content-Length: {most}"), "16777217 bytes, more than 16777216 allowed"),
        ("Content-Length: -1", "no usable Content-Length"),
        ("Content-Length: +5", "no usable Content-Length"),
        ("Content-Length: 5\r\nContent-Length: 6", "no usable Content-Length"),
        ("Transfer-Encoding: chunked", "no usable Content-Length"),
        ("X-Other: 1", "no usable Content-Length"),
    ] {
        let bytes = format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\nhello");
        let said = receive([bytes.as_bytes()]).unwrap_err();
        assert!(said.starts_with(&format!("GET /x: {why}")), "{head}: {said}");
    }
}

#[test]
fn a_reply_longer_than_it_says_is_noticed() {
    let mut bytes = Reply::text(200, "hello").bytes(true);
    bytes.extend(b"!!");
    let why = receive([bytes.as_slice()]).unwrap_err();
    assert_eq!(why, "GET /x: 2 bytes more than its length says");
}

/// Of a head there are at most 8 KiB, in a reply as in a request, in one piece or in many.
#[test]
fn a_head_too_long_is_refused_however_it_is_cut() {
    let padded = |first: &str, length: usize| {
        let head = format!("{first}\r\nContent-Length: 0\r\nX-Long: ");
        format!("{head}{}\r\n\r\n", "x".repeat(length - head.len() - 4)).into_bytes()
    };
    for (length, fits) in [(LONGEST_HEAD, true), (LONGEST_HEAD + 1, false)] {
        let reply = padded("HTTP/1.1 200 OK", length);
        let request = padded("GET / HTTP/1.1", length);
        assert_eq!((reply.len(), request.len()), (length, length));
        for piece in [length, 1000, 7] {
            assert_eq!(receive(reply.chunks(piece)).is_ok(), fits, "{length} by {piece}");
            let cuts: Vec<_> = (1..=length / piece).map(|i| i * piece).collect();
            let parsed = parse(&request, &cuts);
            assert_eq!(parsed.is_ok(), fits, "{length} by {piece}");
            assert_eq!(parsed.err().map_or(431, |refusal| refusal.status), 431);
        }
    }
}

#[test]
fn what_a_server_here_cannot_do_it_refuses() {
    for (sent, status) in [
        ("POST / HTTP/1.1\r\n\r\n", 405),
        ("HEAD / HTTP/1.1\r\n\r\n", 405),
        ("GET / HTTP/1.1\r\nContent-Length: 0\r\nContent-Length: 30\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        ("GET / HTTP/2.0\r\n\r\n", 400),
        ("GET /\r\n\r\n", 400),
    ] {
        assert_eq!(Request::parse(sent.as_bytes()).unwrap_err().status, status, "{sent}");
    }
}

#[test]
fn who_stays_and_who_closes() {
    for (version, connection, keep_alive) in [
        ("1.1", "", true),
        ("1.1", "Connection: close\r\n", false),
        ("1.1", "connection: TE, Close\r\n", false),
        ("1.1", "Connection: keep-alive\r\nConnection: close\r\n", false),
        ("1.0", "", false),
        ("1.0", "Connection: Keep-Alive\r\n", true),
        ("1.0", "Connection: close\r\n", false),
    ] {
        let sent = format!("GET / HTTP/{version}\r\n{connection}\r\n");
        let (request, length) = Request::parse(sent.as_bytes()).unwrap().unwrap();
        assert_eq!((request.keep_alive, length), (keep_alive, sent.len()), "{sent}");
    }
}

//! A conversation without its socket: what it writes depends on what the client said, not on how
//! the network cut it, and no client can make it buffer without bound.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use workloads::serve::{Connection, PATIENCE, Step, cheap, expensive};

/// All that is written until the connection wants to read or closes; `true` if it closes.
fn drive(connection: &mut Connection, now: Instant, written: &mut Vec<u8>) -> bool {
    loop {
        match connection.step(now) {
            Step::Write(bytes) => written.extend(bytes),
            Step::Compute(job) => connection.computed(&job.run()),
            Step::Read { .. } => return false,
            Step::Close => return true,
        }
    }
}

/// What is written for these pieces, and after how many bytes of them the connection closed.
fn converse<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> (Vec<u8>, bool) {
    let now = Instant::now();
    let (mut connection, mut written) = (Connection::new(now), Vec::new());
    for piece in pieces.into_iter().filter(|piece| !piece.is_empty()) {
        connection.received(piece);
        if drive(&mut connection, now, &mut written) {
            return (written, true);
        }
    }
    (written, false)
}

/// Something that a client may say: mostly questions, now and then nonsense.
fn said() -> impl Strategy<Value = Vec<u8>> {
    let question = prop_oneof![
        6 => any::<u64>().prop_map(|n| format!("GET /cheap?n={n} HTTP/1.1\r\n\r\n").into_bytes()),
        3 => (0..5000_u64).prop_map(|below| expensive(below).unwrap().bytes()),
        1 => Just(b"GET /expensive?below=x HTTP/1.1\r\n\r\n".to_vec()),
        1 => Just(b"GET / HTTP/1.0\r\n\r\n".to_vec()),
        1 => Just(b"PUT / HTTP/1.1\r\n\r\n".to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..40),
    ];
    prop::collection::vec(question, 0..12).prop_map(|questions| questions.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_same_is_written_however_the_questions_are_cut(
        said in said(),
        cuts in prop::collection::vec(any::<usize>(), 0..8),
    ) {
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut % (said.len() + 1)).collect();
        cuts.extend([0, said.len()]);
        cuts.sort_unstable();
        let whole = converse([said.as_slice()]);
        prop_assert_eq!(converse(cuts.windows(2).map(|pair| &said[pair[0]..pair[1]])), whole.clone());
        prop_assert_eq!(converse(said.chunks(1)), whole);
    }

    /// Whoever reads all there is before the first step, end of input and all, loses nothing.
    #[test]
    fn what_came_before_the_end_is_answered_also_when_it_came_with_it(said in said()) {
        let now = Instant::now();
        let (mut connection, mut written) = (Connection::new(now), Vec::new());
        connection.received(&said);
        connection.received(b"");
        prop_assert!(drive(&mut connection, now, &mut written));
        prop_assert_eq!(written, converse([said.as_slice()]).0);
    }

    #[test]
    fn noise_never_panics(pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..50), 0..8)) {
        converse(pieces.iter().map(Vec::as_slice));
    }
}

/// The shortest request that gets the longest reply is what a flood would be made of.
#[test]
fn a_flood_of_requests_is_answered_read_by_read() {
    let flood = b"GET / HTTP/1.1\r\n\r\n".repeat(50_000);
    let now = Instant::now();
    let mut connection = Connection::new(now);
    let mut requests = 0;
    for read in flood.chunks(4096) {
        connection.received(read);
        let Step::Write(bytes) = connection.step(now) else { panic!("nothing to write") };
        assert!(bytes.len() < 16 * read.len(), "{} bytes for {}", bytes.len(), read.len());
        requests += String::from_utf8(bytes).unwrap().matches("HTTP/1.1 404").count();
        assert!(matches!(connection.step(now), Step::Read { .. }));
    }
    assert_eq!(requests, 50_000);
}

#[test]
fn a_cheap_answer_does_not_wait_for_the_expensive_one_behind_it() {
    let now = Instant::now();
    let mut connection = Connection::new(now);
    let ask = [cheap(1), expensive(10), cheap(2)].map(|ask| ask.unwrap().bytes()).concat();
    connection.received(&ask);
    let Step::Write(first) = connection.step(now) else { panic!("an answer is there") };
    assert!(first.ends_with(b"\r\n\r\n3\n"));
    let Step::Compute(job) = connection.step(now) else { panic!("there is a job") };
    // A driver that steps again before it has the result is told the same again.
    assert!(matches!(connection.step(now), Step::Compute(again) if again == job));
    connection.computed(&job.run());
    let Step::Write(rest) = connection.step(now) else { panic!("two answers are there") };
    assert!(String::from_utf8(rest).unwrap().ends_with("\r\n\r\n6\n"));
}

#[test]
fn a_client_whose_answer_took_longer_than_patience_may_ask_again() {
    let start = Instant::now();
    let mut connection = Connection::new(start);
    connection.received(&expensive(10).unwrap().bytes());
    let Step::Compute(job) = connection.step(start) else { panic!("there is a job") };
    let late = start + PATIENCE + Duration::from_secs(5);
    connection.computed(&job.run());
    assert!(matches!(connection.step(late), Step::Write(_)));
    assert!(matches!(connection.step(late), Step::Read { until } if until == late + PATIENCE));
    assert!(matches!(connection.step(late + PATIENCE), Step::Close));
}

//! Whatever comes in: frames, an error, or "not yet"; never a panic, and never more memory than that.

use multiprocess_demo::frame::{Frames, Garbled, LONGEST, TooLong, put};
use proptest::collection::vec;
use proptest::prelude::*;

fn framed(payloads: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for payload in payloads {
        let fill = |out: &mut Vec<u8>| {
            out.extend_from_slice(payload);
            Ok::<(), TooLong>(())
        };
        put(&mut bytes, fill).unwrap();
    }
    bytes
}

/// Puts it in in pieces of these lengths, over and over, and takes out what can be taken.
fn through(bytes: &[u8], cuts: &[usize]) -> (Vec<Vec<u8>>, Result<usize, Garbled>) {
    let (mut frames, mut taken, mut rest) = (Frames::default(), Vec::new(), bytes);
    for &cut in cuts.iter().cycle() {
        let (piece, more) = rest.split_at(cut.min(rest.len()));
        frames.inbox().extend_from_slice(piece);
        // A vector doubles, and begins with some bytes.
        let capacity = frames.inbox().capacity();
        assert!(capacity <= 2 * bytes.len() + 64, "{capacity} for {}", bytes.len());
        loop {
            match frames.take() {
                Ok(Some(payload)) => taken.push(payload.to_vec()),
                Ok(None) => break,
                Err(garbled) => {
                    assert_eq!(frames.take(), Err(garbled), "it stays so");
                    return (taken, Err(garbled));
                }
            }
        }
        if more.is_empty() {
            break;
        }
        rest = more;
    }
    let left = frames.left();
    (taken, Ok(left))
}

fn payloads() -> impl Strategy<Value = Vec<Vec<u8>>> {
    vec(prop_oneof![vec(any::<u8>(), 0..20), vec(any::<u8>(), 0..3_000)], 0..12)
}

fn cuts() -> impl Strategy<Value = Vec<usize>> {
    vec(prop_oneof![1_usize..12, 1_usize..4_000], 1..20)
}

proptest! {
    #[test]
    fn what_goes_in_comes_out_however_it_is_cut(payloads in payloads(), cuts in cuts()) {
        prop_assert_eq!(through(&framed(&payloads), &cuts), (payloads, Ok(0)));
    }

    #[test]
    fn what_is_cut_off_is_not_there_yet(
        payloads in payloads(), cuts in cuts(), at in any::<prop::sample::Index>()
    ) {
        let bytes = framed(&payloads);
        let cut = &bytes[..at.index(bytes.len() + 1)];
        let (taken, left) = through(cut, &cuts);
        prop_assert_eq!(&taken[..], &payloads[..taken.len()]);
        prop_assert_eq!(left, Ok(cut.len() - framed(&taken).len()));
    }

    #[test]
    fn garbage_is_an_error(bytes in vec(any::<u8>(), 0..5_000), cuts in cuts()) {
        let (taken, left) = through(&bytes, &cuts);
        // Not by luck one time in four billion.
        prop_assert!(taken.is_empty());
        prop_assert_eq!(left.is_err(), bytes.len() >= 8);
    }

    #[test]
    fn garbage_behind_frames_is_an_error(
        payloads in payloads(), garbage in vec(any::<u8>(), 8..50), cuts in cuts()
    ) {
        let bytes = [framed(&payloads), garbage].concat();
        prop_assert_eq!(through(&bytes, &cuts), (payloads, Err(Garbled)));
    }

    #[test]
    fn a_header_with_a_wrong_byte_is_an_error(
        before in payloads(), payload in vec(any::<u8>(), 0..2_000), at in 0_usize..8, flip in 1_u8..,
        cuts in cuts()
    ) {
        let start = framed(&before).len();
        let mut bytes = framed(&[before.clone(), vec![payload]].concat());
        bytes[start + at] ^= flip;
        prop_assert_eq!(through(&bytes, &cuts), (before, Err(Garbled)));
    }

    #[test]
    fn a_length_that_is_a_lie_gets_no_memory(
        length in any::<u32>(), bytes in vec(any::<u8>(), 0..2_000), cuts in cuts()
    ) {
        // As `put` would write it.
        let check = length ^ u32::from_le_bytes(*b"marf");
        let bytes = [&length.to_le_bytes()[..], &check.to_le_bytes(), &bytes].concat();
        let (taken, left) = through(&bytes, &cuts);
        match length as usize {
            length if length > LONGEST => prop_assert_eq!((taken.len(), left), (0, Err(Garbled))),
            length if length > bytes.len() - 8 => prop_assert_eq!(left, Ok(bytes.len())),
            _ => prop_assert!(!taken.is_empty()),
        }
    }

    #[test]
    fn what_fails_to_fill_a_frame_leaves_nothing(payloads in payloads(), part in vec(any::<u8>(), 0..99)) {
        let mut bytes = framed(&payloads);
        let before = bytes.clone();
        let fill = |out: &mut Vec<u8>| {
            out.extend_from_slice(&part);
            Err(TooLong(part.len()))
        };
        prop_assert_eq!(put(&mut bytes, fill), Err(TooLong(part.len())));
        prop_assert_eq!(bytes, before);
    }
}

#[test]
fn one_byte_more_than_the_longest_is_too_long() {
    let mut bytes = Vec::new();
    let fill = |out: &mut Vec<u8>| {
        out.resize(out.len() + LONGEST + 1, 0);
        Ok(())
    };
    assert_eq!(put(&mut bytes, fill), Err(TooLong(LONGEST + 1)));
    assert!(bytes.is_empty());
}

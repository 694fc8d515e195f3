//! What the ring promises, with both of its ends in this process. (Two processes have it in
//! `tests/tax.rs`; every interleaving, in `tests/loom_ring.rs`.)

use std::io::ErrorKind;
use std::os::fd::OwnedFd;
use std::thread;

use multiprocess_demo::link::{Link, Wants};
use multiprocess_demo::ring::Ring;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use proptest::prelude::*;

const NEWS: Wants = Wants { room: false };
const ROOM: Wants = Wants { room: true };

fn ends(capacity: usize) -> (Ring, Ring) {
    let (near, far) = Ring::pair(capacity).unwrap();
    (near, Ring::far(far).unwrap())
}

fn send(end: &mut Ring, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        let count = end.write(bytes).unwrap();
        bytes = &bytes[count..];
        if !bytes.is_empty() {
            end.wait(ROOM).unwrap();
        }
    }
}

fn receive(end: &mut Ring, count: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while bytes.len() < count {
        if end.read(&mut bytes).unwrap() == 0 {
            end.wait(NEWS).unwrap();
        }
    }
    bytes
}

/// Bytes of which no two pieces are alike.
fn noise(length: usize) -> Vec<u8> {
    (0..length as u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

proptest! {
    #[test]
    fn any_splits_of_writes_and_reads_give_the_same_bytes(
        capacity in 0_u32..8,
        pieces in prop::collection::vec(0_usize..300, 1..40),
        reads in prop::collection::vec(any::<bool>(), 40),
    ) {
        let (mut near, mut far) = ends(1 << capacity);
        let sent = noise(pieces.iter().sum());
        let (mut rest, mut got) = (&sent[..], Vec::new());
        for (piece, read) in pieces.into_iter().zip(reads) {
            let written = near.write(&rest[..piece.min(rest.len())]).unwrap();
            rest = &rest[written..];
            if read {
                let before = got.len();
                let count = far.read(&mut got).unwrap();
                prop_assert_eq!(got.len() - before, count);
            }
            prop_assert!(sent.len() - rest.len() - got.len() <= 1 << capacity);
        }
        far.read(&mut got).unwrap();
        prop_assert_eq!(&got[..], &sent[..sent.len() - rest.len()]);
    }

    /// Whatever the far process writes on its board: an error, or bytes; never a panic, never more
    /// than a ring full.
    #[cfg(target_os = "linux")]
    #[test]
    fn positions_that_cannot_be_are_errors(claims in prop::collection::vec(any::<u64>(), 1..8)) {
        use std::os::unix::fs::FileExt;

        let (mut near, far) = Ring::pair(64).unwrap();
        let memory = std::fs::File::from(far[0].try_clone().unwrap());
        for claim in claims {
            // The far end's board is the second, and each of its words has 128 bytes to itself.
            for word in 0..2 {
                memory.write_at(&claim.to_ne_bytes(), 512 + 128 * word).unwrap();
            }
            let mut got = Vec::new();
            let is_mad = |result: &std::io::Result<usize>| match result {
                Ok(_) => false,
                Err(why) => why.kind() == ErrorKind::InvalidData,
            };
            let read = near.read(&mut got);
            prop_assert!(read.is_ok() || is_mad(&read));
            prop_assert!(got.len() <= 64);
            let write = near.write(&[1; 100]);
            prop_assert!(write.as_ref().is_ok_and(|&count| count <= 64) || is_mad(&write));
            // None of them is there to be taken, let alone by millions.
            prop_assert!(claim <= 64 || is_mad(&read));
            if read.is_err() {
                // Who would sleep finds something to do: to read, and to learn of it.
                prop_assert!(!near.doze(NEWS));
                prop_assert!(near.wait(NEWS).is_ok());
            }
        }
    }
}

#[test]
fn long_messages_flow_through_a_small_ring_both_ways_at_once() {
    let (mut near, mut far) = ends(4096);
    let bytes = noise(3 << 20);
    let there = bytes.clone();
    let other = thread::spawn(move || {
        let got = receive(&mut far, there.len());
        send(&mut far, &got);
        got == there
    });
    send(&mut near, &bytes);
    assert!(receive(&mut near, bytes.len()) == bytes);
    assert!(other.join().unwrap());
}

#[test]
fn one_poll_waits_for_many_links() {
    let (mut nears, fars): (Vec<_>, Vec<_>) = (0..4).map(|_| ends(64)).unzip();
    let senders: Vec<_> = fars
        .into_iter()
        .enumerate()
        .map(|(i, mut far)| {
            thread::spawn(move || {
                // 100 bytes through 64: this end sleeps for room, too.
                send(&mut far, &[i as u8; 100]);
                // It lives until the other has it all.
                receive(&mut far, 1)
            })
        })
        .collect();
    let mut got = vec![Vec::new(); 4];
    while got.iter().any(|bytes| bytes.len() < 100) {
        let asleep: Vec<_> = nears.iter_mut().map(|near| near.doze(NEWS)).collect();
        let events: Vec<_> = {
            let bells = nears.iter().map(|near| PollFd::new(near.bell(), near.bell_events(NEWS)));
            let mut bells: Vec<_> = bells.collect();
            if asleep.iter().all(|&asleep| asleep) {
                let rang = poll(&mut bells, PollTimeout::from(30_000_u16)).unwrap();
                assert!(rang > 0, "nobody rang within 30 s");
            }
            bells.iter().map(|bell| bell.revents().unwrap_or(PollFlags::empty())).collect()
        };
        for ((near, events), got) in nears.iter_mut().zip(events).zip(&mut got) {
            near.woken(events).unwrap();
            near.read(got).unwrap();
        }
    }
    for (i, (near, got)) in nears.iter_mut().zip(&got).enumerate() {
        assert_eq!(*got, [i as u8; 100]);
        send(near, &[1]);
    }
    for sender in senders {
        assert_eq!(sender.join().unwrap(), [1]);
    }
}

#[test]
fn what_was_sent_before_the_end_is_read_and_then_comes_the_end() {
    let (mut near, mut far) = ends(64);
    send(&mut far, b"last words");
    drop(far);
    let mut got = Vec::new();
    // There is nothing to sleep for, and then there is the end: neither sleeps.
    near.wait(NEWS).unwrap();
    assert_eq!(near.read(&mut got).unwrap(), 10);
    near.wait(NEWS).unwrap();
    assert_eq!(near.read(&mut got).unwrap_err().kind(), ErrorKind::UnexpectedEof);
    assert_eq!(got, b"last words");
    assert_eq!(near.write(b"?").unwrap_err().kind(), ErrorKind::BrokenPipe);
    assert!(!near.doze(ROOM) && !near.worth_spinning());
}

#[test]
fn the_end_of_the_other_wakes_who_sleeps_for_room() {
    let (mut near, far) = ends(64);
    assert_eq!(near.write(&[1; 100]).unwrap(), 64);
    let other = thread::spawn(move || drop(far));
    near.wait(ROOM).unwrap();
    assert_eq!(near.write(&[1; 36]).unwrap_err().kind(), ErrorKind::BrokenPipe);
    other.join().unwrap();
}

#[test]
fn nobody_rings_for_who_is_awake() {
    let (mut near, mut far) = ends(1 << 16);
    for _ in 0..100 {
        near.write(&[1; 64]).unwrap();
        far.read(&mut Vec::new()).unwrap();
    }
    assert_eq!((near.traffic().rung, far.traffic().rung), (0, 0));
    // Who sleeps is rung for once, and not for what it doesn't want.
    assert!(far.doze(NEWS));
    near.read(&mut Vec::new()).unwrap();
    near.write(&[1]).unwrap();
    near.write(&[1]).unwrap();
    assert_eq!(near.traffic().rung, 1);
}

#[test]
fn a_bell_that_nobody_hears_blocks_nobody() {
    let (mut near, mut far) = ends(64);
    let mut got = Vec::new();
    // More than a pipe holds.
    for _ in 0..100_000 {
        assert!(far.doze(NEWS));
        near.write(&[1]).unwrap();
        // Something else has woken it.
        far.woken(PollFlags::empty()).unwrap();
        far.read(&mut got).unwrap();
    }
    assert_eq!(near.traffic().rung, 100_000);
    // And old rings end no later sleep too early.
    let other = thread::spawn(move || send(&mut near, &[2]));
    assert_eq!(receive(&mut far, 1), [2]);
    other.join().unwrap();
}

#[test]
fn descriptors_that_are_no_ring_are_refused() {
    let (_near, mut descriptors) = Ring::pair(64).unwrap();
    descriptors.swap(0, 1);
    assert_eq!(Ring::far(descriptors).unwrap_err().kind(), ErrorKind::InvalidInput);
    assert_eq!(Ring::far(Vec::<OwnedFd>::new()).unwrap_err().kind(), ErrorKind::InvalidInput);
}

/// Whoever spins on the core that the other one needs makes it later.
#[cfg(target_os = "linux")]
#[test]
fn it_is_worth_spinning_for_who_is_awake_on_another_core_only() {
    use multiprocess_demo::scenes::tax::cores::{stay_on, two_cores};

    let [here, elsewhere] = two_cores();
    let (mut near, mut far) = ends(64);
    thread::spawn(move || {
        stay_on(here.as_slice());
        assert!(!near.worth_spinning(), "nobody knows yet where the other one is");
        far.write(&[1]).unwrap();
        assert!(!near.worth_spinning(), "it is on the same core");
        stay_on(elsewhere.as_slice());
        far.write(&[1]).unwrap();
        stay_on(here.as_slice());
        assert_eq!(near.worth_spinning(), here != elsewhere);
        near.read(&mut Vec::new()).unwrap();
        stay_on(elsewhere.as_slice());
        assert!(far.doze(NEWS));
        stay_on(here.as_slice());
        assert!(!near.worth_spinning(), "it sleeps");
        near.write(&[1]).unwrap();
        // It is about to wake up.
        assert_eq!(near.worth_spinning(), here != elsewhere);
    })
    .join()
    .unwrap();
}

//! What the scene `tax` stands on: wires between two processes, whichever they are, however long
//! the message, and whenever one of the two is killed.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use multiprocess_demo::ring::CAPACITY;
use multiprocess_demo::scenes::tax::cargo::{Cargo, Load};
use multiprocess_demo::scenes::tax::errand::{self, Order};
use multiprocess_demo::scenes::tax::wire::Kind;
use multiprocess_demo::start::{Method, Start};

fn starter() -> Box<dyn Start> {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_multiprocess-demo"));
    Method::Zygote.starter_of(program).unwrap()
}

#[test]
fn every_wire_carries_messages_of_any_length() {
    let mut starter = starter();
    for kind in Kind::ALL {
        let (mut wire, _child) = kind.connect(&mut *starter).unwrap();
        for length in [1, 64, CAPACITY - 1, CAPACITY, CAPACITY + 1, 3 * CAPACITY + 7] {
            for back in [1, 64, CAPACITY + 1] {
                errand::carry(&mut *wire, 3, &vec![1; length], back, None).unwrap();
            }
        }
    }
}

#[test]
fn values_arrive_as_the_values_that_they_were() {
    let mut starter = starter();
    for kind in Kind::ALL {
        let (mut wire, _child) = kind.connect(&mut *starter).unwrap();
        for cargo in Cargo::ALL {
            let load = Load::of(cargo, 100_000);
            let packed = load.pack().unwrap();
            assert!((90_000..110_000).contains(&packed.len()), "{cargo:?}: {}", packed.len());
            assert_eq!(cargo.unpack(&packed), Some(load.count()));
            let order = Order { trips: 2, size: packed.len(), answer: 1, cargo, core: None };
            errand::run(&mut *wire, order, load.count(), || Ok(&packed)).unwrap();
        }
    }
}

#[test]
fn what_is_no_such_cargo_is_an_error_and_not_a_panic() {
    assert_eq!(Cargo::Numbers.unpack(&[200, 1, 1]), None);
    assert_eq!(Cargo::Records.unpack(&[255; 64]), None);
    let mut starter = starter();
    let (mut wire, mut child) = Kind::Ring.connect(&mut *starter).unwrap();
    let order = Order { trips: 1, size: 3, answer: 1, cargo: Cargo::Numbers, core: None };
    let refused = errand::run(&mut *wire, order, 200, || Ok([200, 1, 1])).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::UnexpectedEof);
    let end = child.wait_at_most(Duration::from_secs(30)).unwrap();
    assert!(end.is_some(), "it goes on without orders that it understands");
}

/// At whatever instant it is killed: with a full ring, in the middle of a copy, asleep.
#[test]
fn a_far_process_that_is_killed_is_an_error_and_never_a_hang() {
    let mut starter = starter();
    for micros in (0..60).map(|i| i * 37) {
        for kind in Kind::ALL {
            let (mut wire, mut child) = kind.connect(&mut *starter).unwrap();
            let killer = thread::spawn(move || {
                thread::sleep(Duration::from_micros(micros));
                child.kill();
                child
            });
            let message = vec![1; 2 * CAPACITY];
            let why = errand::carry(&mut *wire, usize::MAX, &message, 64, None).unwrap_err();
            let gone =
                [ErrorKind::BrokenPipe, ErrorKind::UnexpectedEof, ErrorKind::ConnectionReset];
            assert!(gone.contains(&why.kind()), "{kind}: {why}");
            drop(killer.join().unwrap());
        }
    }
}

//! The ring's positions and flags under loom, which runs a model once for every order in which its
//! threads can come to their atomics, and for every value that a load may see. It finds what a
//! test that runs a million times may never meet. Bytes that both ends touch at once, and a thread
//! that is never woken ("deadlock"), are failures.
//!
//! ```text
//! RUSTFLAGS="--cfg loom" \
//!     cargo test -p multiprocess-demo --release --test 'loom*' --target-dir target/loom
//! ```
//!
//! A model looks at all orders with so many *preemptions* (a thread stopped although it could go
//! on): nearly all known bugs need two or fewer (Musuvathi and Qadeer, "Iterative context bounding",
//! PLDI 2007).

#![cfg(loom)]

#[path = "loom_ring/end.rs"]
mod end;

use end::{Death, memory};
use loom::thread;
use multiprocess_demo::ring::positions::{NEWS, ROOM};

fn check(preemptions: usize, model: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(model);
}

#[test]
fn all_bytes_arrive_once_and_in_order_though_the_ring_is_smaller() {
    for capacity in [1, 2] {
        check(3, move || {
            let (mut near, mut far) = memory(capacity);
            let writer = thread::spawn(move || near.send(&[1, 2, 3]));
            assert_eq!(far.receive(3), [1, 2, 3]);
            writer.join().unwrap();
        });
    }
}

#[test]
fn who_waits_for_an_answer_gets_it_whatever_it_slept_for_before() {
    check(3, || {
        let (mut near, mut far) = memory(1);
        let echo = thread::spawn(move || {
            let question = far.receive(2);
            far.send(&question[1..]);
        });
        // The first byte fills the ring: the second one waits for room, and then for the answer.
        near.send(&[1, 2]);
        assert_eq!(near.receive(1), [2]);
        echo.join().unwrap();
    });
}

#[test]
fn both_may_send_at_once() {
    check(2, || {
        let (mut near, mut far) = memory(2);
        let other = thread::spawn(move || {
            far.send(&[1]);
            assert_eq!(far.receive(1), [2]);
        });
        near.send(&[2]);
        assert_eq!(near.receive(1), [1]);
        other.join().unwrap();
    });
}

/// As who has many links: it lies down, and another link's bell wakes it.
#[test]
fn a_sleep_that_something_else_ended_loses_no_later_one() {
    check(3, || {
        let (mut near, mut far) = memory(2);
        let writer = thread::spawn(move || {
            far.send(&[1]);
            far.send(&[2]);
        });
        for _ in 0..2 {
            near.lie_down(NEWS | ROOM);
            near.get_up();
        }
        assert_eq!(near.receive(2), [1, 2]);
        writer.join().unwrap();
    });
}

#[test]
fn a_writer_that_is_killed_anywhere_leaves_what_it_had_published() {
    for death in Death::ALL {
        for before in 0..=1 {
            check(3, move || {
                let (mut near, mut far) = memory(2);
                let writer = thread::spawn(move || {
                    near.send(&[1, 2][..before]);
                    near.send_and_die(&[1, 2][before..], death);
                });
                let published = before + if death.has_published() { 2 - before } else { 0 };
                assert_eq!(far.receive_all(), [1, 2][..published]);
                writer.join().unwrap();
            });
        }
    }
}

//! The inbox and its bell: no wake from another thread is lost, however the sleeper and those who wake
//! come to each other.

use event_loop_demo::runtime::inbox::{Inbox, Ring};
use event_loop_demo::runtime::slab::Key;
use loom::sync::Arc;
use loom::thread;

use super::{Bell, preempted};

#[derive(Clone)]
struct Door(Arc<Bell>);

impl Ring for Door {
    fn ring(&self) {
        self.0.ring();
    }
}

fn key(index: u32) -> Key {
    Key { index, generation: 0 }
}

/// A runtime's thread, and so many others of which each wakes these tasks.
fn loop_and_threads(threads: &[&[u32]], busy: bool) {
    let bell = Arc::new(Bell::default());
    let inbox = Arc::new(Inbox::new(Door(Arc::clone(&bell))));
    let wakers: Vec<_> = threads
        .iter()
        .map(|tasks| {
            let (inbox, tasks) = (Arc::clone(&inbox), tasks.to_vec());
            thread::spawn(move || tasks.into_iter().for_each(|task| inbox.put(key(task))))
        })
        .collect();
    let mut left: Vec<u32> = threads.concat();
    let mut look = |inbox: &Inbox<Door>| {
        for Key { index, .. } in inbox.take() {
            // As often as it was woken, at most.
            let place = left.iter().position(|&task| task == index).expect("woken once too often");
            left.swap_remove(place);
        }
        !left.is_empty()
    };
    // One that is busy looks without sleeping first.
    let mut asleep = !busy || !bell.heard() || look(&inbox);
    while asleep {
        // As the runtime: first it hears the bell, then it looks.
        bell.sleep();
        asleep = look(&inbox);
    }
    wakers.into_iter().for_each(|thread| thread.join().unwrap());
}

#[test]
fn one_thread_wakes_again_and_again() {
    for busy in [false, true] {
        loom::model(move || loop_and_threads(&[&[1, 2, 3]], busy));
    }
}

#[test]
fn two_threads_wake() {
    for busy in [false, true] {
        loom::model(move || loop_and_threads(&[&[1], &[2]], busy));
        preempted(3, move || loop_and_threads(&[&[1, 2], &[3, 1]], busy));
    }
}

#[test]
fn three_threads_wake() {
    preempted(2, || loop_and_threads(&[&[1], &[2], &[3]], true));
}

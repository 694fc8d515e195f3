//! What comes from another thread of the operating system: a bell, and a stop.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use green_threads_demo::green::{self, Ringer, bell};
use green_threads_demo::stop::Stop;

#[test]
fn another_thread_wakes_who_waits_and_meanwhile_the_others_run() {
    let (tell, told) = channel();
    let ringing = green::run(|| {
        let (ringer, mut bell) = bell().expect("two descriptors");
        // It rings when it has heard of the green thread beside the one that waits.
        let rings = thread::spawn(move || {
            let heard = told.recv_timeout(Duration::from_secs(30));
            ringer.ring();
            heard.map(|()| ringer)
        });
        let beside = green::spawn(move || tell.send(()).expect("somebody who listens"));
        assert!(bell.wait());
        beside.join().expect("no panic");
        let ringer = rings.join().expect("no panic").expect("the one beside had its turn");
        drop(ringer);
        bell.wait()
    });
    assert!(!ringing.expect("a scheduler"), "nobody is left who could ring");
}

#[test]
fn a_bell_that_rang_before_is_heard_once_however_often_it_rang() {
    green::run(|| {
        let (ringer, mut bell) = bell().expect("two descriptors");
        (0..10).for_each(|_| ringer.ring());
        assert!(bell.wait());
        let heard = Rc::new(Cell::new(false));
        let hears = Rc::clone(&heard);
        let waiting = green::spawn(move || {
            hears.set(bell.wait());
        });
        (0..3).for_each(|_| green::yield_now());
        assert!(!heard.get() && !waiting.is_finished());
        ringer.ring();
        waiting.join().expect("no panic");
        assert!(heard.get());
    })
    .expect("a scheduler");
}

/// As many as fit in, and more; then there is nothing left to hear.
#[test]
fn thousands_of_rings_are_one() {
    green::run(|| {
        let (ringer, mut bell) = bell().expect("two descriptors");
        (0..10_000).for_each(|_| ringer.ring());
        assert!(bell.wait());
        let waiting = green::spawn(move || bell.wait());
        (0..3).for_each(|_| green::yield_now());
        assert!(!waiting.is_finished());
        drop(ringer);
        assert!(!waiting.join().expect("no panic"));
    })
    .expect("a scheduler");
}

/// Whoever rings and whoever hears come to each other in every way there is time for.
#[test]
fn no_ring_is_lost() {
    const ROUNDS: u32 = 20_000;
    let (ask, asked) = channel();
    let heard = green::run(move || {
        let (ringer, mut bell) = bell().expect("two descriptors");
        let rings = thread::spawn(move || {
            // Each is rung when the last was heard; a lost one would be waited for.
            (0..ROUNDS).for_each(|_| {
                ringer.ring();
                asked.recv_timeout(Duration::from_secs(30)).expect("that it was heard");
            });
        });
        let heard = (0..ROUNDS).filter(|_| bell.wait() && ask.send(()).is_ok()).count();
        rings.join().expect("no ring was lost");
        heard
    });
    assert_eq!(heard.expect("a scheduler"), ROUNDS as usize);
}

#[test]
fn who_rings_never_waits_though_nobody_listens() {
    fn may_be_sent<T: Send + Sync>(_: &T) {}
    green::run(|| {
        let (ringer, bell) = bell().expect("two descriptors");
        may_be_sent::<Ringer>(&ringer);
        // More than the sockets' buffers hold.
        (0..1_000_000).for_each(|_| ringer.ring());
        drop(bell);
        ringer.ring();
    })
    .expect("a scheduler");
}

#[test]
fn at_a_stop_green_threads_do_what_there_is_to_do_once() {
    let asked = workloads::Stop::new();
    let done = green::run(|| {
        let stop = Stop::new(&asked).expect("a bell");
        let (done, woken) = green::channel(10);
        for number in 0..3 {
            let done = done.clone();
            // What it holds is not `Send`.
            stop.wake_by(move || done.send(number).expect("somebody who waits"));
        }
        assert!(!stop.is_stopped());
        let stops = thread::spawn(move || asked.stop());
        let mut all: Vec<_> = (0..3).filter_map(|_| woken.recv()).collect();
        // Who comes later does it at once.
        stop.wake_by(move || done.send(3).expect("somebody who waits"));
        assert!(stop.is_stopped());
        all.extend(woken.recv());
        // All that could send are gone: nobody does it again.
        drop(stop);
        all.extend(woken.recv());
        stops.join().expect("no panic");
        all
    });
    assert_eq!(done.expect("a scheduler"), [0, 1, 2, 3]);
}

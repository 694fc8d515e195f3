//! The threads of `offload`: each call runs once, whether they are busy or idle when it comes; and when
//! they are to end, all end, and a call that has not begun is dropped.

use event_loop_demo::runtime::offload::Threads;
use loom::sync::Arc;
use loom::sync::atomic::{AtomicUsize, Ordering};

use super::{Bell, preempted};

/// What became of a call.
#[derive(Default)]
struct Fate {
    ran: AtomicUsize,
    dropped: AtomicUsize,
    done: Bell,
}

struct Held(Arc<Fate>);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.dropped.fetch_add(1, Ordering::SeqCst);
    }
}

/// A call, and what becomes of it.
fn call() -> (Box<dyn FnOnce() + Send>, Arc<Fate>) {
    let fate = Arc::new(Fate::default());
    let held = Held(Arc::clone(&fate));
    let call = move || {
        held.0.ran.fetch_add(1, Ordering::SeqCst);
        held.0.done.ring();
    };
    (Box::new(call), fate)
}

impl Fate {
    fn is_over(&self, most: usize) {
        let [ran, dropped] = [&self.ran, &self.dropped].map(|count| count.load(Ordering::SeqCst));
        assert!(ran <= most && dropped == 1, "ran {ran} times, dropped {dropped} times");
    }
}

#[test]
fn each_call_runs_once() {
    for (most, calls) in [(1, 2), (2, 2), (1, 3)] {
        preempted(2, move || {
            let threads = Threads::at_most(most);
            let fates: Vec<_> = (0..calls)
                .map(|_| {
                    let (call, fate) = call();
                    threads.run(call);
                    fate
                })
                .collect();
            for fate in &fates {
                fate.done.sleep();
            }
            drop(threads);
            for fate in fates {
                assert_eq!(fate.ran.load(Ordering::SeqCst), 1);
                fate.is_over(1);
            }
        });
    }
}

/// The second comes when the thread has just done the first, or is about to lie down, or sleeps.
#[test]
fn a_thread_that_is_idle_hears_of_the_next() {
    preempted(3, || {
        let threads = Threads::at_most(1);
        for _ in 0..2 {
            let (call, fate) = call();
            threads.run(call);
            fate.done.sleep();
        }
    });
}

/// The first can end only when the second has: it has a thread of its own.
#[test]
fn no_call_waits_behind_another_while_there_may_be_more_threads() {
    preempted(2, || {
        let threads = Threads::at_most(2);
        let gate = Arc::new(Bell::default());
        let (waits, opened) = (Arc::clone(&gate), Arc::new(Bell::default()));
        let open = Arc::clone(&opened);
        // Two threads are there, and both have been idle, or nearly.
        let (before, fate) = call();
        threads.run(before);
        fate.done.sleep();
        threads.run(Box::new(move || {
            waits.sleep();
            open.ring();
        }));
        threads.run(Box::new(move || gate.ring()));
        opened.sleep();
    });
}

#[test]
fn all_end_whatever_they_are_doing_and_no_call_is_kept() {
    for (most, calls) in [(1, 0), (1, 1), (2, 2), (1, 2)] {
        preempted(3, move || {
            let threads = Threads::at_most(most);
            let fates: Vec<_> = (0..calls)
                .map(|_| {
                    let (call, fate) = call();
                    threads.run(call);
                    fate
                })
                .collect();
            // At once: they have not begun, are at it, or are idle.
            drop(threads);
            fates.iter().for_each(|fate| fate.is_over(1));
        });
    }
}

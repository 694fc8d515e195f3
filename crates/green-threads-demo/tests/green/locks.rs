//! The lock and the channel.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use green_threads_demo::green::{self, Failed, Mutex};

use super::common::run;

#[test]
fn a_lock_keeps_a_change_whole() {
    run(|| {
        let count = Rc::new(Mutex::new(0_u32));
        let threads: Vec<_> = (0..20)
            .map(|_| {
                let count = Rc::clone(&count);
                green::spawn(move || {
                    for _ in 0..50 {
                        let mut count = count.lock();
                        let before = *count;
                        green::yield_now();
                        *count = before + 1;
                    }
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert!(count.try_lock().is_some());
        assert_eq!(Rc::into_inner(count).unwrap().into_inner(), 1000);
    });
}

#[test]
fn a_lock_goes_to_those_that_wait_in_the_order_in_which_they_came() {
    let list: Rc<RefCell<Vec<u32>>> = Rc::default();
    run(|| {
        let lock = Rc::new(Mutex::new(()));
        let held = lock.lock();
        let threads: Vec<_> = (0..5)
            .map(|number| {
                let (lock, list) = (Rc::clone(&lock), Rc::clone(&list));
                green::spawn(move || {
                    let _held = lock.lock();
                    list.borrow_mut().push(number);
                    green::yield_now();
                })
            })
            .collect();
        green::yield_now();
        drop(held);
        // It has been handed on: whoever is quick gets it no sooner.
        assert!(lock.try_lock().is_none());
        drop(lock.lock());
        list.borrow_mut().push(5);
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    });
    assert_eq!(*list.borrow(), [0, 1, 2, 3, 4, 5]);
}

/// It never gives way but while it holds the lock.
#[test]
fn who_locks_again_at_once_starves_nobody() {
    run(|| {
        let lock = Rc::new(Mutex::new(false));
        let greedy = {
            let lock = Rc::clone(&lock);
            green::spawn(move || {
                for turn in 0..1000 {
                    let over = lock.lock();
                    if *over {
                        return turn;
                    }
                    green::yield_now();
                }
                panic!("it starves the other");
            })
        };
        green::yield_now();
        *lock.lock() = true;
        assert!(greedy.join().unwrap() < 3);
    });
}

#[test]
fn who_is_cancelled_passes_the_lock_on() {
    run(|| {
        let lock = Rc::new(Mutex::new(0));
        let held = lock.lock();
        let [first, second, third] = [1, 2, 3].map(|number| {
            let lock = Rc::clone(&lock);
            green::spawn(move || *lock.lock() += number)
        });
        green::yield_now();
        // One that waits still; and one that has been given the lock and doesn't know yet.
        second.cancel();
        drop(held);
        first.cancel();
        assert!(matches!(first.join(), Err(Failed::Cancelled)));
        assert!(matches!(second.join(), Err(Failed::Cancelled)));
        third.join().unwrap();
        assert_eq!(*lock.lock(), 3);
        // And the last to be given it.
        let held = lock.lock();
        let last = {
            let lock = Rc::clone(&lock);
            green::spawn(move || *lock.lock() += 1)
        };
        green::yield_now();
        drop(held);
        last.cancel();
        assert!(matches!(last.join(), Err(Failed::Cancelled)));
        assert_eq!(*lock.try_lock().expect("nobody holds it"), 3);
    });
}

#[test]
fn a_panic_unlocks() {
    run(|| {
        let lock = Rc::new(Mutex::new(0));
        let panics = {
            let lock = Rc::clone(&lock);
            green::spawn(move || {
                let _held = lock.lock();
                green::yield_now();
                panic!("while it holds the lock");
            })
        };
        green::yield_now();
        *lock.lock() = 1;
        assert!(panics.join().is_err());
    });
}

#[test]
fn messages_come_in_order_and_no_faster_than_they_are_taken() {
    run(|| {
        let (sender, receiver) = green::channel(3);
        let sent = Rc::new(RefCell::new(0));
        let count = Rc::clone(&sent);
        let sends = green::spawn(move || {
            for number in 0..100 {
                sender.send(number).unwrap();
                *count.borrow_mut() += 1;
            }
        });
        for number in 0..100 {
            assert_eq!(receiver.recv(), Some(number));
            green::yield_now();
            assert!(*sent.borrow() <= number + 1 + 3 + 1);
        }
        assert_eq!(receiver.recv(), None);
        sends.join().unwrap();
    });
}

#[test]
fn every_message_is_received_once() {
    run(|| {
        let (sender, receiver) = green::channel(2);
        for part in 0..4_u32 {
            let sender = sender.clone();
            drop(green::spawn(move || {
                for number in 0..100 {
                    sender.send(part * 100 + number).unwrap();
                    if number % 7 == 0 {
                        green::sleep(Duration::from_micros(10));
                    }
                }
            }));
        }
        drop(sender);
        let receivers: Vec<_> = (0..3)
            .map(|_| {
                let receiver = receiver.clone();
                green::spawn(move || std::iter::from_fn(|| receiver.recv()).collect::<Vec<_>>())
            })
            .collect();
        drop(receiver);
        let all = receivers.into_iter().flat_map(|thread| thread.join().unwrap());
        let mut all: Vec<u32> = all.collect();
        all.sort_unstable();
        assert!(all.into_iter().eq(0..400));
    });
}

#[test]
fn a_closed_channel_tells_those_that_wait() {
    run(|| {
        let (sender, receiver) = green::channel::<u32>(1);
        let receivers = [(); 2].map(|()| {
            let receiver = receiver.clone();
            green::spawn(move || receiver.recv())
        });
        green::yield_now();
        drop(sender);
        for receiver in receivers {
            assert_eq!(receiver.join().unwrap(), None);
        }
        let (sender, receiver) = green::channel(1);
        sender.send(1).unwrap();
        let senders = [2, 3].map(|number| {
            let sender = sender.clone();
            green::spawn(move || sender.send(number))
        });
        green::yield_now();
        drop(receiver);
        assert_eq!(senders.map(|sender| sender.join().unwrap()), [Err(2), Err(3)]);
        assert_eq!(sender.send(4), Err(4));
    });
}

#[test]
fn who_is_cancelled_loses_no_message() {
    run(|| {
        let (sender, receiver) = green::channel(1);
        let receivers = [(); 2].map(|()| {
            let receiver = receiver.clone();
            green::spawn(move || receiver.recv())
        });
        green::yield_now();
        // The first is let go for this message, and cancelled before it takes it.
        sender.send(7).unwrap();
        let [first, second] = receivers;
        first.cancel();
        assert!(matches!(first.join(), Err(Failed::Cancelled)));
        assert_eq!(second.join().unwrap(), Some(7));
        // And room that a cancelled sender was let go for is another's.
        sender.send(1).unwrap();
        let senders = [2, 3].map(|number| {
            let sender = sender.clone();
            green::spawn(move || sender.send(number))
        });
        green::yield_now();
        assert_eq!(receiver.recv(), Some(1));
        let [first, second] = senders;
        first.cancel();
        assert!(matches!(first.join(), Err(Failed::Cancelled)));
        second.join().unwrap().unwrap();
        assert_eq!(receiver.recv(), Some(3));
    });
}

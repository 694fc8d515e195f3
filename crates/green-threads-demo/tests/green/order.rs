//! Who runs when.

use std::cell::{Cell, RefCell};
use std::io::{Read, Write};
use std::net;
use std::rc::Rc;
use std::time::{Duration, Instant};

use green_threads_demo::green;
use green_threads_demo::green::net::TcpStream;

use super::common::run;

type List<T> = Rc<RefCell<Vec<T>>>;

#[test]
fn who_came_first_runs_first() {
    let list: List<(u32, u32)> = Rc::default();
    run(|| {
        let threads: Vec<_> = (0..3)
            .map(|number| {
                let list = Rc::clone(&list);
                green::spawn(move || {
                    for turn in 0..3 {
                        list.borrow_mut().push((turn, number));
                        green::yield_now();
                    }
                })
            })
            .collect();
        // To spawn is not to run.
        assert!(list.borrow().is_empty());
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    });
    let expected: Vec<_> =
        (0..3).flat_map(|turn| (0..3).map(move |number| (turn, number))).collect();
    assert_eq!(*list.borrow(), expected);
}

#[test]
fn nobody_sleeps_too_short_and_all_wake_in_order() {
    assert!((0..1_000).any(|_| sleep_in_order()), "they never begin together");
}

/// Whether they began together, in less time than lies between two of their wakes: on a busy machine
/// the last may begin so late that it has to wake late.
fn sleep_in_order() -> bool {
    let list: List<u64> = Rc::default();
    let together = run(|| {
        let first = Instant::now();
        let threads: Vec<_> = [7_u64, 1, 5, 0, 3, 9, 2]
            .into_iter()
            .map(|milliseconds| {
                let list = Rc::clone(&list);
                green::spawn(move || {
                    let (began, time) = (Instant::now(), Duration::from_millis(milliseconds * 3));
                    green::sleep(time);
                    assert!(began.elapsed() >= time);
                    list.borrow_mut().push(milliseconds);
                })
            })
            .collect();
        // It has its turn when all of them sleep.
        let last = green::spawn(Instant::now);
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        last.join().unwrap() - first < Duration::from_millis(3)
    });
    assert!(!together || list.borrow().is_sorted(), "{list:?}");
    together
}

#[test]
fn a_thousand_sleepers_sleep_at_once() {
    let [asleep, most] = [(); 2].map(|()| Rc::new(Cell::new(0)));
    run(|| {
        let sleepers = (0..1000).map(|_| {
            let (asleep, most) = (Rc::clone(&asleep), Rc::clone(&most));
            green::spawn(move || {
                asleep.set(asleep.get() + 1);
                most.set(most.get().max(asleep.get()));
                green::sleep(Duration::from_millis(20));
                asleep.set(asleep.get() - 1);
            })
        });
        let sleepers: Vec<_> = sleepers.collect();
        sleepers.into_iter().for_each(|sleeper| sleeper.join().unwrap());
    });
    // Whoever wakes stands behind those that have not begun.
    assert_eq!(most.get(), 1000);
}

#[test]
fn to_sleep_for_ever_or_not_at_all() {
    run(|| {
        green::sleep(Duration::ZERO);
        let for_ever = green::spawn(|| green::sleep(Duration::MAX));
        green::yield_now();
        assert!(!for_ever.is_finished());
    });
}

/// Whoever always gives way always may run. The others must all the same be looked after.
#[test]
fn who_always_yields_starves_nobody() {
    let listener = net::TcpListener::bind("127.0.0.1:0").unwrap();
    let ours = net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (mut theirs, _) = listener.accept().unwrap();
    run(|| {
        let over = Rc::new(Cell::new(false));
        for _ in 0..3 {
            let over = Rc::clone(&over);
            drop(green::spawn(move || {
                while !over.get() {
                    green::yield_now();
                }
            }));
        }
        let mut ours = TcpStream::from_std(ours).unwrap();
        let reads = green::spawn(move || {
            let mut byte = [0];
            ours.read_exact(&mut byte).unwrap();
            byte
        });
        green::sleep(Duration::from_millis(2));
        theirs.write_all(b"!").unwrap();
        assert_eq!(reads.join().unwrap(), *b"!");
        over.set(true);
    });
}

#[test]
fn a_deadlock_is_told_to_the_first() {
    let stuck = std::panic::catch_unwind(|| {
        run(|| {
            let lock = Rc::new(green::Mutex::new(()));
            let held = lock.lock();
            let waits = {
                let lock = Rc::clone(&lock);
                green::spawn(move || drop(lock.lock()))
            };
            waits.join().unwrap();
            drop(held);
        });
    });
    let why = stuck.expect_err("nobody could unlock");
    assert!(why.downcast_ref::<&str>().unwrap().contains("a deadlock"));
}

/// Somebody sleeps, or waits for a socket: so it is none, though all others wait.
#[test]
fn it_is_no_deadlock_while_somebody_can_be_woken() {
    let listener = net::TcpListener::bind("127.0.0.1:0").unwrap();
    let ours = net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (mut theirs, _) = listener.accept().unwrap();
    run(|| {
        let (sender, receiver) = green::channel(1);
        let late = sender.clone();
        drop(green::spawn(move || {
            green::sleep(Duration::from_millis(5));
            late.send(1).unwrap();
        }));
        assert_eq!(receiver.recv(), Some(1));
        let writes = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(5));
            theirs.write_all(b"!").unwrap();
        });
        let mut ours = TcpStream::from_std(ours).unwrap();
        drop(green::spawn(move || {
            ours.read_exact(&mut [0]).unwrap();
            sender.send(2).unwrap();
        }));
        assert_eq!(receiver.recv(), Some(2));
        writes.join().unwrap();
    });
}

#[test]
fn a_hundred_thousand_wait_at_once() {
    const COUNT: usize = 100_000;
    // Where guards need a mapping each, the system allows 65,530 of them.
    let spawned = run(|| {
        let lock = Rc::new(green::Mutex::new(0_usize));
        let held = lock.lock();
        let mut threads = Vec::new();
        for _ in 0..COUNT {
            let lock = Rc::clone(&lock);
            match green::try_spawn(move || *lock.lock() += 1) {
                Ok(thread) => threads.push(thread),
                Err(why) => {
                    println!("no more than {} stacks: {why}", threads.len());
                    break;
                }
            }
        }
        green::yield_now();
        assert_eq!(green::alive(), threads.len());
        drop(held);
        let spawned = threads.len();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!(*lock.lock(), spawned);
        spawned
    });
    assert!(spawned > 29_000, "{spawned}");
}

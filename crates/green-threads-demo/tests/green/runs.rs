//! One run after another, one inside another, and what is left of one.

use std::cell::{Cell, RefCell};
use std::io::{ErrorKind, Read};
use std::net;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use green_threads_demo::green::net::TcpStream;
use green_threads_demo::green::{self, JoinHandle};

use super::common::run;

#[test]
fn a_run_inside_a_run_is_refused() {
    run(|| {
        assert!(catch_unwind(|| green::run(|| ())).is_err());
        let inner = green::spawn(|| catch_unwind(|| green::run(|| ())).is_err());
        assert!(inner.join().unwrap());
    });
}

/// It is called between two turns, when no green thread runs: that is no place for a run either.
#[test]
fn who_is_told_of_a_slow_turn_cannot_run_green_threads() {
    let refused = Rc::new(Cell::new(0));
    let tell = {
        let refused = Rc::clone(&refused);
        move |_| {
            if catch_unwind(|| green::run(|| ())).is_err() {
                refused.set(refused.get() + 1);
            }
        }
    };
    let sum = green::run_watched(Duration::ZERO, tell, || {
        let other = green::spawn(|| {
            green::yield_now();
            1
        });
        green::yield_now();
        other.join().unwrap() + 1
    });
    assert_eq!(sum.unwrap(), 2);
    assert!(refused.get() > 0);
}

#[test]
fn whoever_is_told_of_a_slow_turn_may_panic() {
    let tell = |_| panic!("told, and can't bear it");
    let answer = green::run_watched(Duration::ZERO, tell, || {
        let other = green::spawn(|| {
            green::yield_now();
            20
        });
        green::yield_now();
        other.join().unwrap() + 1
    });
    assert_eq!(answer.unwrap(), 21);
}

#[test]
fn a_run_follows_one_that_panicked() {
    for _ in 0..3 {
        let panicked = catch_unwind(|| {
            run(|| {
                drop(green::spawn(|| green::sleep(Duration::from_secs(100))));
                green::yield_now();
                panic!("in the first green thread");
            })
        });
        assert!(panicked.is_err());
        assert_eq!(run(|| green::spawn(|| 7).join().unwrap()), 7);
        assert_eq!(green::alive(), 0);
    }
}

#[test]
fn a_run_follows_one_that_was_stuck() {
    for _ in 0..3 {
        let stuck = catch_unwind(|| {
            run(|| {
                let (sender, receiver) = green::channel::<()>(1);
                let _held = sender;
                receiver.recv()
            })
        });
        let why = stuck.expect_err("nobody could send");
        assert!(why.downcast_ref::<&str>().unwrap().contains("a deadlock"));
        assert_eq!(run(|| green::spawn(|| 7).join().unwrap()), 7);
    }
}

/// The socket's news come when the one that had waited for them waits no more. It must not be woken
/// then, and least of all in another run: where it stood, others stand.
#[test]
fn nobody_is_woken_after_the_run() {
    let listener = net::TcpListener::bind("127.0.0.1:0").unwrap();
    let ours = net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (theirs, _) = listener.accept().unwrap();
    let kept: Rc<RefCell<Option<TcpStream>>> = Rc::default();
    for round in 0..2 {
        run(|| {
            if round == 0 {
                let mut stream = TcpStream::from_std(ours.try_clone().unwrap()).unwrap();
                stream.set_read_timeout(Some(Duration::from_millis(1))).unwrap();
                let late = stream.read(&mut [0]).expect_err("nothing was sent");
                assert_eq!(late.kind(), ErrorKind::WouldBlock);
                *kept.borrow_mut() = Some(stream);
            }
        });
        // The news.
        std::io::Write::write_all(&mut &theirs, b"!").unwrap();
        run(|| {
            let other = green::spawn(|| {
                for _ in 0..1000 {
                    green::yield_now();
                }
                green::sleep(Duration::from_millis(2));
                7
            });
            green::sleep(Duration::from_millis(1));
            assert_eq!(other.join().unwrap(), 7);
        });
    }
}

#[test]
fn who_timed_out_is_not_woken_later() {
    let listener = net::TcpListener::bind("127.0.0.1:0").unwrap();
    let ours = net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (theirs, _) = listener.accept().unwrap();
    for _ in 0..2 {
        run(|| {
            let mut stream = TcpStream::from_std(ours.try_clone().unwrap()).unwrap();
            stream.set_read_timeout(Some(Duration::from_millis(1))).unwrap();
            assert!(stream.read(&mut [0]).is_err());
            std::io::Write::write_all(&mut &theirs, b"!").unwrap();
            let other = green::spawn(green::yield_now);
            for _ in 0..200 {
                green::yield_now();
            }
            other.join().unwrap();
            stream.set_read_timeout(None).unwrap();
            stream.read_exact(&mut [0]).unwrap();
        });
        // Whoever still stands in the queue would be switched to here.
        run(|| green::sleep(Duration::from_millis(1)));
    }
}

#[test]
fn each_thread_of_the_operating_system_has_its_own() {
    let sums = [3, 4].map(|times| {
        thread::spawn(move || {
            run(|| {
                let all: Vec<_> = (0..100_u64)
                    .map(|number| {
                        green::spawn(move || {
                            (0..times).for_each(|_| green::yield_now());
                            number
                        })
                    })
                    .collect();
                all.into_iter().map(|one| one.join().unwrap()).sum::<u64>()
            })
        })
    });
    for sum in sums {
        assert_eq!(sum.join().unwrap(), 4950);
    }
}

/// It is dropped when the stacks are gone, if they go.
#[test]
fn a_handle_may_outlive_the_scheduler() {
    thread_local! {
        static KEPT: RefCell<Option<JoinHandle<String>>> = const { RefCell::new(None) };
    }
    thread::spawn(|| {
        // What is first used first goes last.
        KEPT.with(|kept| assert!(kept.borrow().is_none()));
        run(|| {
            let handle = green::spawn(|| "a result that nobody takes".to_owned());
            KEPT.with(|kept| *kept.borrow_mut() = Some(handle));
        });
    })
    .join()
    .unwrap();
}

/// The same with the ends of a channel.
#[test]
fn a_sender_may_outlive_the_scheduler() {
    thread_local! {
        static KEPT: RefCell<Option<green::channel::Sender<u32>>> = const { RefCell::new(None) };
    }
    thread::spawn(|| {
        KEPT.with(|kept| assert!(kept.borrow().is_none()));
        run(|| {
            let (sender, receiver) = green::channel(1);
            KEPT.with(|kept| *kept.borrow_mut() = Some(sender));
            drop(receiver);
        });
    })
    .join()
    .unwrap();
}

#[test]
fn a_destructor_cannot_run_green_threads_while_it_unwinds() {
    struct Runs;
    impl Drop for Runs {
        fn drop(&mut self) {
            let refused = green::run(|| drop(green::spawn(|| ())));
            assert!(refused.is_err());
        }
    }
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let _runs = Runs;
        panic!("with something to drop");
    }));
    assert!(panicked.is_err());
}

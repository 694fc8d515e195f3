//! How a green thread ends: it returns, it panics, it is cancelled, it is left.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::rc::Rc;
use std::time::Duration;

use green_threads_demo::green::{self, Failed};

use super::common::{Told, run};

const LONG: Duration = Duration::from_secs(100);

fn message(failed: Result<(), Failed>) -> String {
    match failed {
        Err(Failed::Panicked(panic)) => panic.downcast_ref::<&str>().unwrap_or(&"?").to_string(),
        other => format!("{other:?}"),
    }
}

#[test]
fn a_result_reaches_whoever_joins_before_the_end_or_after() {
    run(|| {
        let early = green::spawn(|| {
            green::yield_now();
            vec![1, 2, 3]
        });
        assert!(!early.is_finished());
        assert_eq!(early.join().unwrap(), [1, 2, 3]);
        let late = green::spawn(|| String::from("late"));
        green::yield_now();
        assert!(late.is_finished());
        assert_eq!(late.join().unwrap(), "late");
    });
}

#[test]
fn a_panic_reaches_whoever_joins() {
    run(|| {
        let at_once = green::spawn(|| panic!("at once"));
        let later = green::spawn(|| {
            green::yield_now();
            green::sleep(Duration::from_millis(1));
            panic!("later");
        });
        let any = green::spawn(|| panic_any(42_u8));
        assert_eq!(message(at_once.join()), "at once");
        assert_eq!(message(later.join()), "later");
        let Err(Failed::Panicked(any)) = any.join() else { panic!("it returned") };
        assert_eq!(any.downcast_ref(), Some(&42_u8));
    });
}

#[test]
fn a_panic_that_nobody_joins_harms_nobody() {
    run(|| {
        let sibling = green::spawn(|| {
            green::yield_now();
            7
        });
        drop(green::spawn(|| panic!("and nobody hears")));
        assert_eq!(sibling.join().unwrap(), 7);
    });
}

/// Panics when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        assert!(std::thread::panicking(), "a destructor panics");
    }
}

#[test]
fn a_panic_in_a_destructor_reaches_whoever_joins() {
    run(|| {
        let at_the_end = green::spawn(|| {
            let _bomb = Bomb;
            green::yield_now();
        });
        assert_eq!(message(at_the_end.join()), "a destructor panics");
        // It has not begun: what it would have used is dropped all the same.
        let bomb = Bomb;
        let not_begun = green::spawn(move || drop(bomb));
        not_begun.cancel();
        assert_eq!(message(not_begun.join()), "a destructor panics");
    });
}

#[test]
fn a_result_that_nobody_takes_is_dropped_by_its_thread() {
    /// Waits until it may go on.
    struct Waits(Rc<Cell<u32>>, Rc<Cell<bool>>);
    impl Drop for Waits {
        fn drop(&mut self) {
            while !self.1.get() {
                green::yield_now();
            }
            green::spawn(|| ()).join().unwrap();
            self.0.set(self.0.get() + 1);
        }
    }
    run(|| {
        let (dropped, open) = (Rc::<Cell<u32>>::default(), Rc::<Cell<bool>>::default());
        for _ in 0..10 {
            let waits = Waits(Rc::clone(&dropped), Rc::clone(&open));
            drop(green::spawn(move || waits));
        }
        let innocent = green::spawn(|| {
            for _ in 0..5 {
                green::yield_now();
            }
            green::alive()
        });
        // Those that drop have not ended: it was not held up by them.
        assert_eq!(innocent.join().unwrap(), 11);
        open.set(true);
        while green::alive() > 0 {
            green::yield_now();
        }
        assert_eq!(dropped.get(), 10);
        // One that panics is dropped too.
        drop(green::spawn(|| Bomb));
        green::yield_now();
        assert_eq!(green::alive(), 0);
    });
}

#[test]
fn a_result_whose_handle_goes_after_the_end_is_dropped_then() {
    run(|| {
        let told: Rc<RefCell<Vec<u32>>> = Rc::default();
        let given = Told(Rc::clone(&told), 1);
        let handle = green::spawn(move || given);
        green::yield_now();
        assert!(handle.is_finished() && told.borrow().is_empty());
        drop(handle);
        assert_eq!(*told.borrow(), [1]);
    });
}

#[test]
fn an_unfinished_thread_unwinds_in_order() {
    let told: Rc<RefCell<Vec<u32>>> = Rc::default();
    run(|| {
        let [captured, outer, inner] = [4, 3, 2].map(|number| Told(Rc::clone(&told), number));
        let innermost = Told(Rc::clone(&told), 1);
        drop(green::spawn(move || {
            let _captured = captured;
            let _outer = outer;
            let within = move || {
                let _inner = inner;
                let _innermost = innermost;
                green::sleep(LONG);
            };
            within();
            unreachable!("nobody waits so long");
        }));
        green::yield_now();
        assert!(told.borrow().is_empty());
    });
    assert_eq!(*told.borrow(), [1, 2, 3, 4]);
}

#[test]
fn a_cancelled_thread_unwinds_from_wherever_it_waits() {
    run(|| {
        let held = Rc::new(());
        let lock = Rc::new(green::Mutex::new(()));
        let (sender, receiver) = green::channel::<()>(1);
        let guard = lock.lock();
        let waits: [Box<dyn FnOnce()>; 5] = [
            Box::new(|| green::sleep(LONG)),
            Box::new(|| {
                loop {
                    green::yield_now();
                }
            }),
            Box::new({
                let lock = Rc::clone(&lock);
                move || drop(lock.lock())
            }),
            Box::new(move || assert!(receiver.recv().is_none())),
            Box::new(|| drop(green::spawn(|| green::sleep(LONG)).join())),
        ];
        for wait in waits {
            let (also, held_too) = (Rc::new(Cell::new(false)), Rc::clone(&held));
            let began = Rc::clone(&also);
            let thread = green::spawn(move || {
                let _held = held_too;
                began.set(true);
                wait();
            });
            green::yield_now();
            assert!(also.get() && Rc::strong_count(&held) == 2);
            thread.cancel();
            assert!(matches!(thread.join(), Err(Failed::Cancelled)));
            assert_eq!(Rc::strong_count(&held), 1);
        }
        drop((guard, sender));
        assert!(lock.try_lock().is_some());
    });
}

#[test]
fn who_is_cancelled_before_it_begins_never_begins() {
    run(|| {
        let began = Rc::new(Cell::new(false));
        let thread = {
            let began = Rc::clone(&began);
            green::spawn(move || began.set(true))
        };
        thread.cancel();
        assert!(matches!(thread.join(), Err(Failed::Cancelled)));
        assert!(!began.get());
        assert_eq!(Rc::strong_count(&began), 1);
    });
}

#[test]
fn who_has_ended_is_not_cancelled() {
    run(|| {
        let thread = green::spawn(|| 7);
        green::yield_now();
        thread.cancel();
        assert_eq!(thread.join().unwrap(), 7);
    });
}

#[test]
fn who_catches_that_it_unwinds_does_not_wait_again() {
    run(|| {
        let waits = Rc::new(Cell::new(0));
        let thread = {
            let waits = Rc::clone(&waits);
            green::spawn(move || {
                for _ in 0..3 {
                    let _ = catch_unwind(|| green::sleep(LONG));
                    waits.set(waits.get() + 1);
                }
                "stubborn"
            })
        };
        green::yield_now();
        thread.cancel();
        assert_eq!(thread.join().unwrap(), "stubborn");
        assert_eq!(waits.get(), 3);
    });
}

#[test]
fn a_thread_may_hold_and_cancel_and_drop_its_own_handle() {
    run(|| {
        let own: Rc<RefCell<Option<green::JoinHandle<()>>>> = Rc::default();
        let inside = Rc::clone(&own);
        *own.borrow_mut() = Some(green::spawn(move || {
            inside.borrow().as_ref().unwrap().cancel();
            // Twice in the run queue would be once too often.
            let _ = catch_unwind(green::yield_now);
            let _ = catch_unwind(green::yield_now);
            drop(inside.borrow_mut().take());
        }));
        while green::alive() > 0 {
            green::yield_now();
        }
        assert!(own.borrow().is_none());
    });
}

#[test]
fn who_joins_itself_is_stuck() {
    let stuck = catch_unwind(|| {
        run(|| {
            let own: Rc<RefCell<Option<green::JoinHandle<()>>>> = Rc::default();
            let inside = Rc::clone(&own);
            *own.borrow_mut() = Some(green::spawn(move || {
                let own = inside.borrow_mut().take().unwrap();
                own.join().unwrap();
            }));
            green::spawn(|| ()).join().unwrap();
            let (_sender, receiver) = green::channel::<()>(1);
            receiver.recv()
        })
    });
    assert!(stuck.is_err());
    assert_eq!(run(green::alive), 0);
}

#[test]
fn who_joined_and_unwound_is_forgotten() {
    run(|| {
        let held = Rc::new(());
        let long = green::spawn(|| green::sleep(LONG));
        let joins = {
            let held = Rc::clone(&held);
            green::spawn(move || {
                let _held = held;
                drop(long.join());
            })
        };
        green::yield_now();
        joins.cancel();
        assert!(matches!(joins.join(), Err(Failed::Cancelled)));
        assert_eq!(Rc::strong_count(&held), 1);
    });
}

#[test]
fn who_is_spawned_while_all_unwind_unwinds_too() {
    struct Spawns(Rc<()>);
    impl Drop for Spawns {
        fn drop(&mut self) {
            let held = Rc::clone(&self.0);
            drop(green::spawn(move || {
                let _held = held;
                green::sleep(LONG);
            }));
        }
    }
    let held = Rc::new(());
    run(|| {
        let spawns = Spawns(Rc::clone(&held));
        drop(green::spawn(move || {
            let _spawns = spawns;
            green::sleep(LONG);
        }));
        green::yield_now();
    });
    assert_eq!(Rc::strong_count(&held), 1);
}

#[test]
fn a_panic_while_another_is_handled_elsewhere() {
    run(|| {
        let caught = catch_unwind(AssertUnwindSafe(|| {
            struct Joins;
            impl Drop for Joins {
                fn drop(&mut self) {
                    // To give way is refused here, silently; and to spawn is no wait.
                    green::yield_now();
                    drop(green::spawn(|| panic!("the other")));
                }
            }
            let _joins = Joins;
            panic!("the one");
        }));
        assert!(caught.is_err());
        green::yield_now();
        assert_eq!(green::alive(), 0);
    });
}

#[repr(align(64))]
struct Aligned([u8; 64]);

#[test]
fn a_function_and_a_result_may_be_large_and_aligned() {
    run(|| {
        for number in 0..40_u8 {
            let large = [number; 20_000];
            let thread = green::spawn(move || {
                let aligned = Aligned([number; 64]);
                assert_eq!((&raw const aligned).addr() % 64, 0);
                green::yield_now();
                (large, aligned)
            });
            let (large, aligned) = thread.join().unwrap();
            assert!(large == [number; 20_000] && aligned.0 == [number; 64]);
        }
    });
}

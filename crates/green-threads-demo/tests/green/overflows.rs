//! A stack that was too small: its thread fails, and nobody else.
#![cfg(target_os = "linux")]

use std::cell::Cell;
use std::fs;
use std::hint::black_box;
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use green_threads_demo::green::stack::SIZE;
use green_threads_demo::green::{self, Failed, Mutex};

use super::common::{Told, alone, run};

/// Calls itself until there is no stack left, and at each depth does this.
#[expect(unconditional_recursion, reason = "until there is no stack left")]
fn dive(depth: u64, each: &dyn Fn(u64)) -> u64 {
    each(depth);
    let frame = black_box([depth; 16]);
    black_box(dive(depth + 1, each)) + frame[3]
}

fn overflows(each: impl Fn(u64) + 'static) {
    let failed = green::spawn(move || dive(0, &each)).join();
    assert!(matches!(failed, Err(Failed::Overflowed)), "{failed:?}");
}

/// How many bytes of address space are mapped, and in how many pieces.
fn mapped() -> (usize, usize) {
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let bytes = maps.lines().map(|line| {
        let (from, to) = line.split_once(' ').unwrap().0.split_once('-').unwrap();
        usize::from_str_radix(to, 16).unwrap() - usize::from_str_radix(from, 16).unwrap()
    });
    (bytes.sum(), maps.lines().count())
}

#[test]
fn a_hundred_overflows_and_the_siblings_live() {
    const NAME: &str = "overflows::a_hundred_overflows_and_the_siblings_live";
    let alone = alone(NAME);
    if !alone.is_here() {
        let (output, told) = alone.output();
        assert!(output.status.success(), "{told}");
        let lines = told.lines().filter(|line| line.ends_with("overflowed its stack of 256 KiB"));
        assert_eq!(lines.filter(|line| line.contains("overflows.rs:")).count(), 101);
        return;
    }
    run(|| {
        let turns: Rc<Cell<u64>> = Rc::default();
        let siblings: Vec<_> = (0..20_u64)
            .map(|number| {
                let turns = Rc::clone(&turns);
                green::spawn(move || {
                    let on_the_stack = black_box([number; 100]);
                    while turns.get() < 100 {
                        green::yield_now();
                    }
                    assert_eq!(on_the_stack, [number; 100]);
                    number
                })
            })
            .collect();
        overflows(|_| ());
        let before = mapped();
        for _ in 0..100 {
            overflows(|_| ());
            turns.set(turns.get() + 1);
        }
        // Their stacks are lost, and no more: the siblings' and others' are used again. Each is two
        // mappings more at most, where the kernel has no cheap guards.
        let after = mapped();
        assert!(
            after.0 <= before.0 + 192 * SIZE && after.1 < before.1 + 2 * 100 + 10,
            "{before:?} {after:?}"
        );
        assert_eq!(siblings.into_iter().map(|one| one.join().unwrap()).sum::<u64>(), 190);
    });
}

/// In the midst of the scheduler nothing may be left half done.
#[test]
fn in_whatever_it_does_it_overflows_cleanly() {
    run(|| {
        let lock = Rc::new(Mutex::new(0_u64));
        let sibling = {
            let lock = Rc::clone(&lock);
            green::spawn(move || {
                for _ in 0..100_000 {
                    *lock.lock() += 1;
                    green::yield_now();
                }
            })
        };
        overflows(|_| green::yield_now());
        overflows(|_| drop(green::spawn(|| ())));
        overflows(|_| green::spawn(|| ()).join().unwrap());
        overflows(|depth| {
            if depth.is_multiple_of(50) || depth > 1000 {
                green::sleep(Duration::from_nanos(1));
            }
        });
        overflows(|_| {
            let (sender, receiver) = green::channel(1);
            sender.send(1).unwrap();
            assert_eq!(receiver.recv(), Some(1));
        });
        let held = Rc::new(Mutex::new(0_u64));
        overflows(move |_| *held.lock() += 1);
        sibling.join().unwrap();
        assert_eq!(*lock.lock(), 100_000);
    });
}

/// It holds its lock just then: whoever allocates next would wait for ever.
#[test]
#[cfg(all(target_env = "gnu", target_arch = "x86_64"))]
fn in_the_midst_of_malloc_it_finishes_that_first() {
    const NAME: &str = "overflows::in_the_midst_of_malloc_it_finishes_that_first";
    let alone = alone(NAME);
    if !alone.is_here() {
        let (output, told) = alone.output();
        assert!(output.status.success(), "{told}");
        return;
    }
    // If it waits for ever, that is a failure too. And with a second thread there are locks.
    thread::spawn(|| {
        thread::sleep(Duration::from_secs(60));
        eprintln!("it waits for ever");
        std::process::exit(1);
    });
    run(|| {
        let sibling = green::spawn(|| {
            for length in 0..2000 {
                black_box(vec![1_u8; length]);
                green::yield_now();
            }
        });
        #[expect(unconditional_recursion, reason = "until there is no stack left")]
        fn nested(depth: u64) -> u64 {
            let boxed = black_box(Box::new([depth; 3]));
            black_box(nested(depth + 1)) + boxed[1]
        }
        for _ in 0..5 {
            assert!(matches!(green::spawn(|| nested(0)).join(), Err(Failed::Overflowed)));
            overflows(|depth| drop(black_box(format!("{depth:?} {:.3}", depth as f64))));
            overflows(|depth| drop(black_box(vec![0_u8; (depth * 1000) as usize])));
        }
        sibling.join().unwrap();
    });
}

/// What it has lent to a thread of the operating system stays what it is, for good.
#[test]
fn what_an_overflowed_thread_has_lent_stays() {
    use std::sync::atomic::{AtomicU32, Ordering};
    static STATE: AtomicU32 = AtomicU32::new(0);
    run(|| {
        let lends = green::spawn(|| {
            let lent = black_box([7_u64; 64]);
            thread::scope(|scope| {
                let lent = &lent;
                scope.spawn(move || {
                    // Until the others have used their stacks.
                    while STATE.load(Ordering::Acquire) == 0 {
                        thread::yield_now();
                    }
                    let same = black_box(lent) == &[7; 64];
                    STATE.store(2 + u32::from(same), Ordering::Release);
                });
                dive(0, &|_| ());
            });
        });
        assert!(matches!(lends.join(), Err(Failed::Overflowed)));
        overflows(|_| ());
        STATE.store(1, Ordering::Release);
        while STATE.load(Ordering::Acquire) == 1 {
            thread::yield_now();
        }
        assert_eq!(STATE.load(Ordering::Acquire), 3, "somebody else's data was read");
    });
}

#[test]
fn what_an_overflowed_thread_held_is_never_dropped_and_others_go_on() {
    run(|| {
        let told = Rc::default();
        let held = Told(Rc::clone(&told), 1);
        overflows(move |_| {
            let _held = &held;
        });
        assert!(told.borrow().is_empty());
    });
    assert_eq!(run(|| green::spawn(|| 7).join().unwrap()), 7);
}

#[test]
fn a_deep_recursion_that_fits_works() {
    fn down(left: usize, lowest: &Cell<usize>) -> usize {
        let frame = black_box([left; 16]);
        lowest.set((&raw const frame).addr());
        if left == 0 { 0 } else { black_box(down(left - 1, lowest)) + frame[3] / left }
    }
    let used = run(|| {
        let thread = green::spawn(|| {
            let (top, lowest) = (black_box(0_usize), Cell::new(0));
            let mut depth = 500;
            // As deep as there is room for, by the measured size of a frame.
            assert_eq!(down(depth, &lowest), depth);
            let frame = ((&raw const top).addr() - lowest.get()).div_ceil(depth);
            depth = (SIZE - 4 * 4096 - 8 * 1024) / frame;
            assert_eq!(down(depth, &lowest), depth);
            (&raw const top).addr() - lowest.get()
        });
        thread.join().unwrap()
    });
    assert!(used > SIZE * 8 / 10, "{used} of {SIZE}");
}

#[test]
fn every_thread_of_the_operating_system_finds_its_own_overflows() {
    let threads = [(); 3].map(|()| {
        thread::spawn(|| {
            for _ in 0..5 {
                run(|| overflows(|_| ()));
            }
        })
    });
    for thread in threads {
        thread.join().unwrap();
    }
}

/// The standard library gives no signal stack to a thread that it has not made.
#[test]
fn a_thread_that_rust_has_not_made_finds_its_overflows() {
    use nix::libc;
    extern "C" fn main(_: *mut libc::c_void) -> *mut libc::c_void {
        run(|| overflows(|_| ()));
        std::ptr::without_provenance_mut(1)
    }
    let mut result = std::ptr::null_mut();
    // SAFETY: a function that fits, and is waited for.
    unsafe {
        let mut thread = std::mem::zeroed();
        let null = std::ptr::null_mut();
        assert_eq!(libc::pthread_create(&raw mut thread, std::ptr::null(), main, null), 0);
        assert_eq!(libc::pthread_join(thread, &raw mut result), 0);
    }
    assert_eq!(result.addr(), 1);
}

#[test]
fn an_overflow_of_the_operating_systems_thread_is_told_as_ever() {
    const NAME: &str = "overflows::an_overflow_of_the_operating_systems_thread_is_told_as_ever";
    let alone = alone(NAME);
    if alone.is_here() {
        run(|| overflows(|_| ()));
        dive(0, &|_| ());
    }
    let (output, told) = alone.output();
    assert!(!output.status.success());
    assert!(told.contains("has overflowed its stack of 256 KiB"), "{told}");
    assert!(told.contains("has overflowed its stack\n"), "{told}");
}

#[test]
fn another_fault_ends_the_program_as_ever() {
    use std::os::unix::process::ExitStatusExt;
    let alone = alone("overflows::another_fault_ends_the_program_as_ever");
    if alone.is_here() {
        // SAFETY: it is not: that is the point.
        run(|| green::spawn(|| unsafe { black_box(8 as *mut u8).write_volatile(1) }).join())
            .unwrap();
    }
    let (output, told) = alone.output();
    assert_eq!(output.status.signal(), Some(nix::libc::SIGSEGV), "{told}");
}

/// That there is a panic, Rust knows of the operating system's thread; and this one never ends.
#[test]
fn an_overflow_while_it_panics_ends_the_program_and_says_why() {
    struct Dives;
    impl Drop for Dives {
        fn drop(&mut self) {
            dive(0, &|_| ());
        }
    }
    let alone = alone("overflows::an_overflow_while_it_panics_ends_the_program_and_says_why");
    if alone.is_here() {
        run(|| {
            let panics = green::spawn(|| {
                let _dives = Dives;
                panic!("with something to drop");
            });
            drop(panics.join());
        });
        return;
    }
    let (output, told) = alone.output();
    assert!(!output.status.success());
    assert!(told.contains("it did so while it panicked"), "{told}");
}

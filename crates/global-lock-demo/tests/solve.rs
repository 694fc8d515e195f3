//! Where the approach is under the lock, and where outside.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::thread;

use global_lock_demo::lock::{GlobalLock, Interval};
use global_lock_demo::solve::{Attached, Threads};
use global_lock_demo::thread::ThreadState;
use workloads::files::WordCounts;
use workloads::{Approach, Service, chain, primes};

/// What all locks of this test saw.
static CHECKS: AtomicU64 = AtomicU64::new(0);
static TAKEN: AtomicU64 = AtomicU64::new(0);
static GIVEN: AtomicU64 = AtomicU64::new(0);

/// How many want a lock, and the most that ever did at once.
static WANT: AtomicU64 = AtomicU64::new(0);
static MOST_WANTED: AtomicU64 = AtomicU64::new(0);

/// A lock that counts, and refuses a second holder.
#[derive(Default)]
struct Counting {
    lock: Interval,
    holders: AtomicU64,
}

impl GlobalLock for Counting {
    const NAME: &'static str = "counting";

    fn take(&self, me: &mut ThreadState) {
        MOST_WANTED.fetch_max(WANT.fetch_add(1, SeqCst) + 1, SeqCst);
        self.lock.take(me);
        WANT.fetch_sub(1, SeqCst);
        assert_eq!(self.holders.fetch_add(1, SeqCst), 0);
        TAKEN.fetch_add(1, SeqCst);
    }

    fn give(&self, me: &mut ThreadState) {
        GIVEN.fetch_add(1, SeqCst);
        assert_eq!(self.holders.fetch_sub(1, SeqCst), 1);
        self.lock.give(me);
    }

    fn check(&self, me: &mut ThreadState) {
        CHECKS.fetch_add(1, SeqCst);
        assert_eq!(self.holders.load(SeqCst), 1, "only the holder checks");
        // Not the lock's own check: that may give way, unseen by this one.
        if self.lock.is_asked() {
            self.give(me);
            self.take(me);
        }
    }
}

const THREADS: Threads<Counting> = Threads::called("counting");

/// How often the lock was taken, and checked, by what this does.
fn counted<R>(work: impl FnOnce() -> R) -> (R, u64, u64) {
    let before = (TAKEN.load(SeqCst), GIVEN.load(SeqCst), CHECKS.load(SeqCst));
    let result = work();
    let taken = TAKEN.load(SeqCst) - before.0;
    assert_eq!(taken, GIVEN.load(SeqCst) - before.1, "whoever took it has given it back");
    (result, taken, CHECKS.load(SeqCst) - before.2)
}

/// One test, because the locks are counted for the whole process.
#[test]
fn who_computes_checks_in_and_who_waits_is_outside() {
    let (end, taken, checks) = counted(|| THREADS.chain(1_000_001).unwrap());
    assert_eq!(end, chain::run(1_000_001).unwrap());
    assert!(taken >= 1 && checks >= 10_000, "{taken} {checks}");

    let ranges = primes::split(100_000, 7).unwrap();
    let (count, taken, checks) = counted(|| THREADS.primes(&ranges).unwrap());
    assert_eq!(count, primes::PI_OF_POWERS_OF_TEN[5]);
    assert!(taken >= 7 && checks >= 1_000, "{taken} {checks}");

    // The thread that starts the others waits for the lock as they do, so short tasks end before all
    // are started.
    let ranges = Vec::from_iter((0..300).map(|i| 10_000_000 + i * 500..10_000_500 + i * 500));
    MOST_WANTED.store(0, SeqCst);
    let count = THREADS.primes(&ranges).unwrap();
    assert_eq!(count, primes::count(10_000_000..10_150_000));
    let most = MOST_WANTED.load(SeqCst);
    assert!((1..=150).contains(&most), "{most} of 300 wanted the lock at once");

    // Once for each thread, and once after each reply.
    let service = Service::start().unwrap();
    let ((), taken, _) = counted(|| drop(THREADS.orders(&service, 0..5).unwrap()));
    assert!(taken >= 10, "{taken}");

    words_are_whole_wherever_a_file_is_cut();
}

fn words_are_whole_wherever_a_file_is_cut() {
    let path = std::env::temp_dir().join(format!("global-lock-demo-solve-{}", std::process::id()));
    // No line ends, words of every length, and one that is longer than any part.
    let words = (0..2_000).map(|word| "abcdefghijklmnopq"[word % 17..].to_owned() + " ");
    let text = words.chain(["long".repeat(5_000)]).collect::<String>();
    fs::write(&path, &text).unwrap();
    let mut expected = WordCounts::default();
    expected.count(text.as_bytes());
    let (counts, taken, checks) = counted(|| THREADS.files(&[PathBuf::from(&path)]).unwrap());
    fs::remove_file(&path).unwrap();
    assert_eq!(counts, expected);
    assert!(taken >= 2 && checks >= 10, "{taken} {checks}");
}

#[test]
fn who_panics_leaves_the_lock_to_the_others() {
    let lock = Interval::default();
    let attached = |number| Attached::new(&lock, ThreadState::new(number));
    let panics = |number, outside: bool| {
        let mut gil = attached(number);
        if outside {
            gil.outside(|| panic!("on purpose"));
        }
        panic!("on purpose");
    };
    thread::scope(|scope| {
        for (number, outside) in [(1, false), (2, true)] {
            assert!(scope.spawn(move || panics(number, outside)).join().is_err());
        }
    });
    attached(3).check();
}

//! What the pool promises.

use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, mpsc};
use std::thread;
use std::time::Duration;

use threading_demo::Pool;

/// Fails instead of hanging: what is still running after a minute is stuck.
fn ends(run: impl FnOnce() + Send + 'static) {
    let (done, ended) = mpsc::channel();
    let run = thread::spawn(move || {
        let outcome = catch_unwind(AssertUnwindSafe(run));
        let _ = done.send(outcome);
    });
    match ended.recv_timeout(Duration::from_secs(60)) {
        Ok(outcome) => {
            run.join().expect("its panic is in the outcome");
            outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        }
        Err(why) => panic!("stuck: {why}"),
    }
}

fn said(panic: Box<dyn std::any::Any + Send>) -> &'static str {
    panic.downcast_ref::<&'static str>().copied().expect("text")
}

#[test]
fn every_item_is_worked_on_exactly_once() {
    for threads in [1, 2, 3, 8] {
        let pool = Pool::new(threads).unwrap();
        for items in [0, 1, 2, 3, 7, 8, 9, 63, 64, 65, 1_000, 10_007] {
            let times: Vec<_> = (0..items).map(|_| AtomicUsize::new(0)).collect();
            let worked = pool.share(items, |claims| {
                claims.inspect(|&item| _ = times[item].fetch_add(1, Ordering::Relaxed)).count()
            });
            assert!(times.iter().all(|times| times.load(Ordering::Relaxed) == 1), "{items}");
            assert_eq!(worked.iter().sum::<usize>(), items);
            assert!((1..=threads).contains(&worked.len()), "{} of {threads}", worked.len());
        }
    }
}

#[test]
fn map_keeps_the_order_and_borrows_from_its_caller() {
    for threads in [1, 2, 5] {
        let pool = Pool::new(threads).unwrap();
        for items in [0, 1, 10, 999] {
            let (words, more) = (Vec::from_iter(0..items), String::from(" more"));
            let longer = pool.map(&words, |word| format!("{word}{more}"));
            assert!(longer.into_iter().eq((0..items).map(|item| format!("{item} more"))));
        }
    }
}

#[test]
fn as_many_take_part_as_it_has_threads() {
    ends(|| {
        let pool = Pool::new(3).unwrap();
        // Nobody passes before three are there: the caller and two helpers.
        let all = Barrier::new(3);
        let parts = pool.share(3, |mut claims| {
            all.wait();
            claims.by_ref().count()
        });
        assert_eq!((parts.len(), parts.iter().sum::<usize>()), (3, 3));
    });
}

#[test]
fn jobs_of_a_pool_of_one_run_in_their_order() {
    let pool = Pool::new(0).unwrap();
    assert_eq!(pool.threads(), 1);
    let (sender, receiver) = mpsc::channel();
    for job in 0..100 {
        let sender = sender.clone();
        pool.spawn(move || sender.send(job));
    }
    drop((pool, sender));
    assert!(receiver.iter().eq(0..100));
}

#[test]
fn dropping_the_pool_finishes_what_was_spawned() {
    ends(|| {
        let done = Arc::new(AtomicUsize::new(0));
        let pool = Pool::new(2).unwrap();
        for _ in 0..1_000 {
            let done = Arc::clone(&done);
            pool.spawn(move || done.fetch_add(1, Ordering::Relaxed));
        }
        drop(pool);
        assert_eq!(done.load(Ordering::Relaxed), 1_000);
    });
}

#[test]
fn a_spawned_jobs_panic_is_joined_and_the_worker_goes_on() {
    ends(|| {
        let pool = Pool::new(1).unwrap();
        let before = pool.spawn(|| thread::current().id());
        let panics = pool.spawn(|| panic_any("as it should"));
        let after = pool.spawn(|| thread::current().id());
        assert_eq!(said(panics.join().unwrap_err()), "as it should");
        assert_eq!(before.join().unwrap(), after.join().unwrap());
    });
}

#[test]
fn a_panic_in_shared_work_reaches_the_caller_when_all_have_left() {
    ends(|| {
        let pool = Pool::new(4).unwrap();
        for panics_at in 0..4 {
            let (all, inside) = (Barrier::new(4), AtomicUsize::new(0));
            let panic = catch_unwind(AssertUnwindSafe(|| {
                pool.share(4, |claims| {
                    inside.fetch_add(1, Ordering::Relaxed);
                    all.wait();
                    for item in claims {
                        if item == panics_at {
                            inside.fetch_sub(1, Ordering::Relaxed);
                            panic_any("as it should");
                        }
                    }
                    inside.fetch_sub(1, Ordering::Relaxed);
                })
            }));
            assert_eq!(said(panic.unwrap_err()), "as it should");
            assert_eq!(inside.load(Ordering::Relaxed), 0);
        }
        assert_eq!(pool.share(100, |claims| claims.count()).iter().sum::<usize>(), 100);
    });
}

/// Its end is a panic, too.
struct Mine(Arc<AtomicUsize>);

impl Drop for Mine {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
        panic_any("dropped");
    }
}

#[test]
fn panics_that_panic_when_dropped_do_no_harm() {
    ends(|| {
        let pool = Pool::new(2).unwrap();
        let (both, dropped) = (Barrier::new(2), Arc::new(AtomicUsize::new(0)));
        let panic = catch_unwind(AssertUnwindSafe(|| {
            pool.share(2, |claims| {
                both.wait();
                let _ = claims.count();
                panic_any(Mine(Arc::clone(&dropped)));
            })
        }));
        // One has arrived; the other is never dropped, since that could only do harm.
        assert!(panic.as_ref().is_err_and(|panic| panic.is::<Mine>()));
        assert_eq!(dropped.load(Ordering::Relaxed), 0);
        catch_unwind(AssertUnwindSafe(|| drop(panic))).unwrap_err();
        assert_eq!(pool.share(9, |claims| claims.count()).iter().sum::<usize>(), 9);
    });
}

#[test]
fn a_result_that_panics_when_dropped_leaves_the_worker_alive() {
    ends(|| {
        let pool = Pool::new(1).unwrap();
        let dropped = Arc::new(AtomicUsize::new(0));
        let result = Mine(Arc::clone(&dropped));
        // The worker is held up until the handle is gone, so that the result is the worker's.
        let (go, wait) = mpsc::channel();
        drop(pool.spawn(move || wait.recv().map(|()| result)));
        go.send(()).unwrap();
        assert_eq!(pool.spawn(|| 7).join().unwrap(), 7);
        assert_eq!(dropped.load(Ordering::Relaxed), 1);
    });
}

#[test]
fn shared_work_may_share_work_itself() {
    ends(|| {
        for threads in [1, 2, 4] {
            let pool = Pool::new(threads).unwrap();
            let sums = pool.share(20, |outer| {
                let inner = |_| pool.share(30, |claims| claims.count()).iter().sum::<usize>();
                outer.map(inner).sum::<usize>()
            });
            assert_eq!(sums.iter().sum::<usize>(), 600);
        }
    });
}

#[test]
fn a_job_may_share_work_and_spawn_others() {
    ends(|| {
        for threads in [1, 3] {
            let pool = Arc::new(Pool::new(threads).unwrap());
            let jobs = (0..20).map(|_| {
                let inner = Arc::clone(&pool);
                pool.spawn(move || {
                    let shared: usize = inner.share(50, |claims| claims.count()).iter().sum();
                    (shared, inner.spawn(|| 1))
                })
            });
            let jobs: Vec<_> = jobs.collect();
            for job in jobs {
                let (shared, spawned) = job.join().unwrap();
                assert_eq!(shared + spawned.join().unwrap(), 51);
            }
        }
    });
}

#[test]
fn several_callers_share_at_once() {
    ends(|| {
        let pool = Pool::new(2).unwrap();
        let all = Barrier::new(8);
        thread::scope(|scope| {
            for items in 0..8 {
                let (pool, all) = (&pool, &all);
                scope.spawn(move || {
                    all.wait();
                    for _ in 0..200 {
                        let counts = pool.share(items, |claims| claims.count());
                        assert_eq!(counts.iter().sum::<usize>(), items);
                    }
                });
            }
        });
    });
}

//! Nobody is polled who was not woken, and nobody looks at the poller without a reason.

use std::cell::Cell;
use std::future::{pending, poll_fn};
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::thread;
use std::time::Duration;

use event_loop_demo::runtime::{
    Counts, Runtime, channel, join, offload, select, sleep, spawn, timeout, yield_now,
};

use super::common::{LONG, WhenDropped, pair, play, polled};

fn no_spin(Counts { spawned, wakes, polls, .. }: Counts) {
    assert!(polls <= wakes + spawned, "{polls} polls of {spawned} futures, woken {wakes} times");
}

#[test]
fn a_poll_has_a_wake_or_a_spawn_whatever_the_tasks_do() {
    play(async |runtime: &Runtime| {
        let before = runtime.tasks();
        let mut tasks = Vec::new();
        for n in 0..50_u64 {
            let (sender, receiver) = channel(1 + n as usize % 3);
            tasks.push(spawn(async move {
                for i in 0..20 {
                    sender.send(i).await.unwrap();
                }
            }));
            tasks.push(spawn(async move {
                while receiver.recv().await.is_some() {
                    yield_now().await;
                }
            }));
            tasks.push(spawn(async move {
                let _ = timeout(Duration::from_micros(n * 50), pending::<()>()).await;
                select(sleep(Duration::from_millis(1)), sleep(LONG)).await;
                assert_eq!(offload(move || n).await.unwrap(), n);
            }));
            let never = spawn(pending::<()>());
            tasks.push(spawn(async move {
                yield_now().await;
                never.cancel();
                assert!(never.await.is_err());
                let (near, far) = pair().await;
                let mut buffer = [0; 8];
                for _ in 0..5 {
                    let (written, read) = join(near.write(b"hi"), far.read(&mut buffer)).await;
                    assert_eq!((written.unwrap(), read.unwrap()), (2, 2));
                }
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
        no_spin(runtime.counts());
        assert_eq!(runtime.tasks(), before);
    });
}

/// The same, counted by the futures themselves.
#[test]
fn who_waits_is_polled_once_for_each_thing_that_it_waits_for() {
    play(async |_: &Runtime| {
        let (waits, polls) = polled(pending::<()>());
        let waits = spawn(waits);
        let (sleeps, twice) = polled(async { sleep(Duration::from_millis(1)).await });
        let sleeps = spawn(sleeps);
        let (sender, receiver) = channel(1);
        let (receives, received) = polled(async move { while receiver.recv().await.is_some() {} });
        let receives = spawn(receives);
        for _ in 0..100 {
            sender.send(()).await.unwrap();
            yield_now().await;
        }
        drop(sender);
        receives.await.unwrap();
        sleeps.await.unwrap();
        assert_eq!(polls.get(), 1);
        // Once if its time has come when it is asked, as it may on a busy machine.
        assert!(twice.get() <= 2, "a sleep was polled {} times", twice.get());
        assert_eq!(received.get(), 101, "once for each message, and for the end");
        waits.cancel();
    });
}

#[test]
fn who_waits_for_a_socket_is_polled_once_for_each_arrival() {
    play(async |_: &Runtime| {
        let (near, far) = pair().await;
        let (reads, polls) = polled(async move {
            let mut buffer = [0; 64];
            while far.read(&mut buffer).await.unwrap() > 0 {
                far.write_all(b"thanks").await.unwrap();
            }
        });
        let reads = spawn(reads);
        let mut buffer = [0; 64];
        for _ in 0..100 {
            near.write_all(b"please").await.unwrap();
            assert_eq!(near.read(&mut buffer).await.unwrap(), 6);
        }
        drop(near);
        reads.await.unwrap();
        assert!(polls.get() <= 102, "{} polls for 100 messages and the end", polls.get());
    });
}

#[test]
fn an_idle_loop_does_not_look_at_the_poller_again_and_again() {
    play(async |runtime: &Runtime| {
        let (near, _far) = pair().await;
        let waits = spawn(async move { near.read(&mut [0; 8]).await.map(drop) });
        type Wait = std::pin::Pin<Box<dyn Future<Output = ()>>>;
        let idle: [(&str, Wait); 3] = [
            // Its time begins when it is waited for.
            ("a timer", Box::pin(async { sleep(Duration::from_millis(50)).await })),
            ("a thread", Box::pin(from_a_thread())),
            (
                "a call",
                Box::pin(async {
                    offload(|| thread::sleep(Duration::from_millis(50))).await.unwrap();
                }),
            ),
        ];
        for (what, wait) in idle {
            let before = runtime.counts();
            wait.await;
            let after = runtime.counts();
            no_spin(after);
            // One that waits, and one or two for what has nothing to do with it.
            let looks = after.looks - before.looks;
            assert!((1..=4).contains(&looks), "{looks} looks while it waited for {what}");
            let polls = after.polls - before.polls;
            assert!(polls <= 2, "{polls} polls while it waited for {what}");
        }
        waits.cancel();
    });
}

/// Woken by a thread, after a while.
async fn from_a_thread() {
    let mut thread = None;
    let wake = |waker: Waker| {
        thread::spawn(move || {
            thread::sleep(Duration::from_millis(50));
            waker.wake();
        })
    };
    poll_fn(|cx| match &thread {
        None => {
            thread = Some(wake(cx.waker().clone()));
            Poll::Pending
        }
        Some(_) => Poll::Ready(()),
    })
    .await;
    thread.map(thread::JoinHandle::join);
}

#[test]
fn tasks_that_always_may_run_pay_for_a_look_once_in_a_while() {
    play(async |runtime: &Runtime| {
        let before = runtime.counts();
        for _ in 0..10_000 {
            yield_now().await;
        }
        let after = runtime.counts();
        let (polls, looks) = (after.polls - before.polls, after.looks - before.looks);
        assert_eq!(polls, 10_000);
        // On a slow machine there are fewer polls in the time of a turn.
        assert!((10..=1_000).contains(&looks), "{looks} looks");
        assert_eq!(after.sleeps, before.sleeps, "it slept though somebody could run");
    });
}

#[test]
fn the_end_of_a_panic_in_block_on_wakes_nobody_later() {
    super::common::within(|| {
        let runtime = Runtime::new().unwrap();
        let dies = std::panic::AssertUnwindSafe(|| {
            runtime.block_on(poll_fn(|cx| -> Poll<()> {
                cx.waker().wake_by_ref();
                panic!("on purpose");
            }));
        });
        std::panic::catch_unwind(dies).unwrap_err();
        let (sleeps, polls) = polled(sleep(Duration::from_millis(50)));
        runtime.block_on(sleeps);
        // Once if its time had come before it was asked, as it may on a busy machine.
        assert!(polls.get() <= 2, "a wake of another's was taken for its own");
    });
}

/// What the future of `block_on` holds is dropped when it has ended, and may wake it.
#[test]
fn a_wake_for_a_block_on_that_has_ended_is_not_the_next_one_s() {
    super::common::within(|| {
        let runtime = Runtime::new().unwrap();
        let me = Rc::new(Cell::new(None::<Waker>));
        let woken = Rc::clone(&me);
        let wakes = WhenDropped(move || woken.take().unwrap().wake());
        runtime.block_on(poll_fn(move |cx| {
            let _holds = &wakes;
            me.set(Some(cx.waker().clone()));
            Poll::Ready(())
        }));
        let (sleeps, polls) = polled(sleep(Duration::from_millis(50)));
        runtime.block_on(sleeps);
        // Once if its time had come before it was asked.
        assert!(polls.get() <= 2, "it was woken {} times", polls.get() - 1);
    });
}

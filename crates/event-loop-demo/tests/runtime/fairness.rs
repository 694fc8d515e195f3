//! Nobody keeps the loop for itself, and the queue is one.

use std::cell::Cell;
use std::future::poll_fn;
use std::io::Write;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;
use std::{net, thread};

use event_loop_demo::runtime::net::{TcpListener, TcpStream};
use event_loop_demo::runtime::{Runtime, channel, oneshot, sleep, spawn, yield_now};

use super::common::{Log, play};

#[test]
fn who_always_yields_starves_neither_sockets_nor_timers_nor_other_threads() {
    play(async |runtime: &Runtime| {
        let yields = [(); 3].map(|()| {
            spawn(async {
                loop {
                    yield_now().await;
                }
            })
        });
        for _ in 0..3 {
            sleep(Duration::from_millis(2)).await;
        }
        let listener = net::TcpListener::bind("127.0.0.1:0").unwrap();
        let near = net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let far = listener.accept().unwrap().0;
        let arrives = far.try_clone().unwrap();
        let [near, far] = [near, far].map(|stream| TcpStream::from_std(stream).unwrap());
        let mut buffer = [0; 8];
        for _ in 0..100 {
            near.write_all(b"hello").await.unwrap();
            // When it arrives is the kernel's affair.
            while arrives.peek(&mut buffer).is_err() {
                thread::yield_now();
            }
            let before = runtime.counts().polls;
            assert_eq!(far.read(&mut buffer).await.unwrap(), 5);
            let polls = runtime.counts().polls - before;
            // What has arrived is found at the next look, or at the one after that.
            assert!(polls <= 3 * 128, "{polls} polls before it was read");
        }
        let (called, woken) = std::sync::mpsc::channel();
        poll_fn(|cx| match woken.try_recv() {
            Ok(()) => Poll::Ready(()),
            Err(_) => {
                let (waker, called) = (cx.waker().clone(), called.clone());
                thread::spawn(move || {
                    let _ = called.send(());
                    waker.wake();
                });
                Poll::Pending
            }
        })
        .await;
        yields.iter().for_each(event_loop_demo::runtime::JoinHandle::cancel);
    });
}

/// It reads byte by byte, so that there always is a next one, and would never wait.
#[test]
fn one_whose_peer_never_pauses_has_its_turn_and_no_more() {
    play(async |_: &Runtime| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let flood = thread::spawn(move || {
            let mut stream = net::TcpStream::connect(address).unwrap();
            while stream.write_all(&[b'x'; 64 * 1024]).is_ok() {}
        });
        let stream = listener.accept().await.unwrap().0;
        let reads = Rc::new(Cell::new(0));
        let counted = Rc::clone(&reads);
        let reader = spawn(async move {
            let mut byte = [0];
            while stream.read(&mut byte).await.unwrap() > 0 {
                counted.set(counted.get() + 1);
            }
        });
        while reads.get() == 0 {
            yield_now().await;
        }
        let mut most = 0;
        let mut turns = 0;
        while reads.get() < 20_000 {
            let before = reads.get();
            yield_now().await;
            most = most.max(reads.get() - before);
            turns += 1;
        }
        assert!(most <= 128, "{most} reads in one poll");
        assert!(turns >= 20_000 / 128 - 2, "its sibling had {turns} turns");
        reader.cancel();
        flood.join().unwrap();
    });
}

#[test]
fn who_is_woken_first_runs_first() {
    play(async |_: &Runtime| {
        let log = Log::default();
        let mut promises = Vec::new();
        let mut tasks = Vec::new();
        for n in 0..100 {
            let (promise, promised) = oneshot();
            let log = log.clone();
            promises.push(Some(promise));
            tasks.push(spawn(async move {
                log.note(n);
                promised.await;
                log.note(n);
                yield_now().await;
                log.note(n);
            }));
        }
        yield_now().await;
        assert_eq!(log.take(), (0..100).collect::<Vec<_>>(), "in the order of the spawns");
        // Another order: 7 and 100 have no common divisor.
        let order: Vec<_> = (0..100).map(|i| i * 7 % 100).collect();
        for &n in &order {
            promises[n].take().unwrap().give(());
        }
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(log.take(), [order.clone(), order].concat(), "in the order of the wakes");
    });
}

/// Between the wake of the first and its poll there is room for anybody.
#[test]
fn who_was_let_go_in_vain_stays_the_first_of_those_that_wait() {
    play(async |_: &Runtime| {
        let (sender, receiver) = channel(1);
        sender.send(0).await.unwrap();
        for message in 1..=3 {
            let sender = sender.clone();
            spawn(async move { sender.send(message).await.unwrap() });
        }
        yield_now().await;
        let mut received = vec![receiver.recv().await.unwrap()];
        sender.try_send(9).unwrap();
        yield_now().await;
        for _ in 0..4 {
            received.push(receiver.recv().await.unwrap());
        }
        assert_eq!(received, [0, 9, 1, 2, 3]);
    });
}

#[test]
fn receivers_that_wait_are_served_in_the_order_in_which_they_came() {
    play(async |_: &Runtime| {
        let (sender, receiver) = channel(10);
        let log = Log::default();
        for n in 0..5 {
            let (receiver, log) = (receiver.clone(), log.clone());
            spawn(async move {
                while let Some(message) = receiver.recv().await {
                    log.note((n, message));
                }
            });
        }
        yield_now().await;
        for message in 0..10 {
            sender.send(message).await.unwrap();
            yield_now().await;
            yield_now().await;
        }
        assert_eq!(log.take(), (0..10).map(|i| (i % 5, i)).collect::<Vec<_>>());
    });
}

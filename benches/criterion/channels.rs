//! Numbers from one thread to another: the time a message.

mod settings;

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use crossbeam_channel as crossbeam;

/// How long so many messages take from the first `send` to the last one received.
fn transfer(
    messages: u64,
    send: impl Fn(u64) + Send,
    received: impl Iterator<Item = u64>,
) -> Duration {
    thread::scope(|scope| {
        let sender = scope.spawn(move || {
            let start = Instant::now();
            (0..messages).for_each(send);
            start
        });
        let sum: u64 = received.take(messages as usize).sum();
        let end = Instant::now();
        assert_eq!(sum, messages * (messages - 1) / 2, "what was sent is what was received");
        end - sender.join().expect("a start")
    })
}

fn crossbeam(
    messages: u64,
    (sender, receiver): (crossbeam::Sender<u64>, crossbeam::Receiver<u64>),
) -> Duration {
    transfer(messages, move |n| sender.send(n).expect("a receiver"), receiver.iter())
}

fn std_sync(messages: u64) -> Duration {
    let (sender, receiver) = mpsc::sync_channel(1024);
    transfer(messages, move |n| sender.send(n).expect("a receiver"), receiver.iter())
}

fn one_to_one(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("channel, one to one");
    let mut measure = |name: &str, run: &dyn Fn(u64) -> Duration| {
        group.bench_function(name, |bencher| bencher.iter_custom(run));
    };
    measure("std sync_channel(1024)", &std_sync);
    measure("crossbeam bounded(1024)", &|messages| crossbeam(messages, crossbeam::bounded(1024)));
    measure("crossbeam bounded(0)", &|messages| crossbeam(messages, crossbeam::bounded(0)));
    measure("crossbeam unbounded", &|messages| crossbeam(messages, crossbeam::unbounded()));
    measure("std sync_channel(1024) again", &std_sync);
    group.finish();
}

criterion_group! { name = all; config = settings::criterion(); targets = one_to_one }
criterion_main!(all);

//! async-std: its tasks run on threads of its own. It has no channel for one value; one for several
//! does.

use async_std::channel::{Receiver, Sender, bounded};
use async_std::task::{block_on, sleep, spawn, yield_now};

use super::countdown::Shared as Countdown;

type Promise = Sender<()>;

fn start(task: impl Future<Output = ()> + Send + 'static) {
    spawn(task);
}

fn promise() -> (Promise, Receiver<()>) {
    bounded(1)
}

fn give(promise: Promise) {
    promise.try_send(()).expect("somebody who waits");
}

async fn given(promised: Receiver<()>) {
    promised.recv().await.expect("a promise that is kept");
}

super::jobs::jobs!();

/// See [`super::Contestant`].
pub fn contestant() -> Box<dyn Fn(Job) -> Vec<Duration>> {
    Box::new(|job| block_on(run(job)))
}

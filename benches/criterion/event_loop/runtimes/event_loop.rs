//! The runtime that chapter 5 builds. Its tasks stay on one thread, so what they share needs no
//! lock and no atomic count.

use event_loop_demo::runtime::oneshot::Promised;
use event_loop_demo::runtime::{Runtime, oneshot, oneshot::Promise as Oneshot};
use event_loop_demo::runtime::{sleep, spawn, yield_now};

use super::countdown::Local as Countdown;

type Promise = Oneshot<()>;

fn start(task: impl Future<Output = ()> + 'static) {
    spawn(task);
}

fn promise() -> (Promise, Promised<()>) {
    oneshot()
}

fn give(promise: Promise) {
    promise.give(());
}

async fn given(promised: Promised<()>) {
    promised.await.expect("a promise that is kept");
}

super::jobs::jobs!();

/// See [`super::Contestant`].
pub fn contestant() -> Box<dyn Fn(Job) -> Vec<Duration>> {
    let runtime = Runtime::new().expect("a runtime");
    Box::new(move |job| runtime.block_on(run(job)))
}

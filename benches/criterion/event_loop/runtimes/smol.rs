//! smol: its executor for one thread. It has no channel for one value; one for several does.

use smol::channel::{Receiver, Sender, bounded};
use smol::future::yield_now;
use smol::{LocalExecutor, Task, Timer, block_on};

use super::countdown::Local as Countdown;

type Promise = Sender<()>;

thread_local! {
    static EXECUTOR: LocalExecutor<'static> = const { LocalExecutor::new() };
}

fn spawn<T: 'static>(task: impl Future<Output = T> + 'static) -> Task<T> {
    EXECUTOR.with(|executor| executor.spawn(task))
}

fn start(task: impl Future<Output = ()> + 'static) {
    spawn(task).detach();
}

async fn sleep(time: Duration) {
    Timer::after(time).await;
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
    Box::new(|job| EXECUTOR.with(|executor| block_on(executor.run(run(job)))))
}

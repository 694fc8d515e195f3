//! tokio, on one thread.

use tokio::runtime::Builder;
use tokio::spawn;
use tokio::sync::oneshot;
use tokio::task::yield_now;
use tokio::time::sleep;

use super::countdown::Shared as Countdown;

type Promise = oneshot::Sender<()>;

fn start(task: impl Future<Output = ()> + Send + 'static) {
    spawn(task);
}

fn promise() -> (Promise, oneshot::Receiver<()>) {
    oneshot::channel()
}

fn give(promise: Promise) {
    promise.send(()).expect("somebody who waits");
}

async fn given(promised: oneshot::Receiver<()>) {
    promised.await.expect("a promise that is kept");
}

super::jobs::jobs!();

/// See [`super::Contestant`].
pub fn contestant() -> Box<dyn Fn(Job) -> Vec<Duration>> {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    Box::new(move |job| runtime.block_on(run(job)))
}

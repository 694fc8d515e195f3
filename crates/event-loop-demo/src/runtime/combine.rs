//! Several futures in one task. They know nothing of this runtime, and work on any.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use pin_project_lite::pin_project;

use super::timers::{Sleep, sleep, sleep_until};

/// Lets all others that may run have their turn.
pub async fn yield_now() {
    let mut yielded = false;
    poll_fn(|cx| {
        if yielded {
            return Poll::Ready(());
        }
        yielded = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

pin_project! {
    /// See [`join`].
    pub struct Join<A: Future, B: Future> {
        #[pin]
        a: A,
        #[pin]
        b: B,
        done: (Option<A::Output>, Option<B::Output>),
    }
}

/// Both at the same time: ready when both are.
pub fn join<A: Future, B: Future>(a: A, b: B) -> Join<A, B> {
    Join { a, b, done: (None, None) }
}

impl<A: Future, B: Future> Future for Join<A, B> {
    type Output = (A::Output, B::Output);

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        // Who is done must not be polled again.
        if this.done.0.is_none()
            && let Poll::Ready(a) = this.a.poll(cx)
        {
            this.done.0 = Some(a);
        }
        if this.done.1.is_none()
            && let Poll::Ready(b) = this.b.poll(cx)
        {
            this.done.1 = Some(b);
        }
        match std::mem::take(this.done) {
            (Some(a), Some(b)) => Poll::Ready((a, b)),
            done => {
                *this.done = done;
                Poll::Pending
            }
        }
    }
}

/// The output of the first that is ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Either<A, B> {
    /// The first was ready first.
    Left(A),
    /// The second was.
    Right(B),
}

pin_project! {
    /// See [`select`].
    pub struct Select<A, B> {
        #[pin]
        a: A,
        #[pin]
        b: B,
    }
}

/// Both at the same time: ready when one is. The other is polled no more, and is dropped where it
/// waits, with whatever holds this. If both are ready, the first counts.
pub fn select<A: Future, B: Future>(a: A, b: B) -> Select<A, B> {
    Select { a, b }
}

impl<A: Future, B: Future> Future for Select<A, B> {
    type Output = Either<A::Output, B::Output>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if let Poll::Ready(a) = this.a.poll(cx) {
            return Poll::Ready(Either::Left(a));
        }
        this.b.poll(cx).map(Either::Right)
    }
}

/// The time was up before the future was ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Elapsed;

pin_project! {
    /// See [`timeout`].
    pub struct Timeout<F> {
        #[pin]
        either: Select<F, Sleep>,
    }
}

/// The future, if it is ready within this time. If it isn't, it is dropped where it waits, with
/// whatever holds this.
pub fn timeout<F: Future>(limit: Duration, future: F) -> Timeout<F> {
    Timeout { either: select(future, sleep(limit)) }
}

/// The same with the moment at which the time is up.
pub fn timeout_at<F: Future>(limit: Instant, future: F) -> Timeout<F> {
    Timeout { either: select(future, sleep_until(limit)) }
}

impl<F: Future> Future for Timeout<F> {
    type Output = Result<F::Output, Elapsed>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.project().either.poll(cx).map(|either| match either {
            Either::Left(output) => Ok(output),
            Either::Right(()) => Err(Elapsed),
        })
    }
}

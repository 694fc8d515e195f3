//! One value from one task to another: what asyncio calls a future and JavaScript a promise.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use super::waker;

/// A place for one value.
#[must_use]
pub fn oneshot<T>() -> (Promise<T>, Promised<T>) {
    let place = Rc::new(RefCell::new(Place { value: None, waiting: None }));
    (Promise(Rc::clone(&place)), Promised(place))
}

struct Place<T> {
    value: Option<T>,
    waiting: Option<Waker>,
}

/// Gives the value. Dropped without, it tells whoever waits that there will be none.
pub struct Promise<T>(Rc<RefCell<Place<T>>>);

/// Waits for the value: a future. Nothing, if it was never given.
pub struct Promised<T>(Rc<RefCell<Place<T>>>);

impl<T> Promise<T> {
    /// Gives the value. It is lost if nobody waits for it any longer.
    pub fn give(self, value: T) {
        self.0.borrow_mut().value = Some(value);
    }
}

impl<T> Drop for Promise<T> {
    fn drop(&mut self) {
        // Whether the value was given or not: there is something to learn.
        let waiting = self.0.borrow_mut().waiting.take();
        waiting.into_iter().for_each(waker::call);
    }
}

impl<T> Future for Promised<T> {
    type Output = Option<T>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let mut place = self.0.borrow_mut();
        let value = place.value.take();
        // The other half of the pair is gone once it has given or never will.
        if value.is_some() || Rc::strong_count(&self.0) == 1 {
            return Poll::Ready(value);
        }
        let before = place.waiting.replace(cx.waker().clone());
        drop(place);
        drop(before);
        Poll::Pending
    }
}

//! A channel between tasks of one thread: no lock in it. Any number of senders and receivers; each
//! message reaches one of them.
//!
//! *Bounded*: a sender waits while there is no room, so that whoever produces can be no faster than
//! whoever consumes (back-pressure). *Unbounded*: nobody waits, and the queue is as long as it
//! gets.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use super::waker;

/// A channel that holds so many messages at most, at least one.
#[must_use]
pub fn channel<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    let state = State {
        messages: VecDeque::new(),
        capacity: capacity.max(1),
        senders: 1,
        receivers: 1,
        sending: Waiters::default(),
        receiving: Waiters::default(),
    };
    let shared = Rc::new(RefCell::new(state));
    (Sender(Rc::clone(&shared)), Receiver(shared))
}

/// A channel that holds however many messages are sent.
#[must_use]
pub fn unbounded<T>() -> (Sender<T>, Receiver<T>) {
    channel(usize::MAX)
}

struct State<T> {
    messages: VecDeque<T>,
    capacity: usize,
    senders: usize,
    receivers: usize,
    sending: Waiters,
    receiving: Waiters,
}

/// Tasks that wait, in the order in which they came. Mostly there is one, which takes no memory of
/// its own.
#[derive(Default)]
struct Waiters {
    first: Option<(u64, Waker)>,
    others: BTreeMap<u64, Waker>,
    came: u64,
}

/// A waker is anybody's, and may do anything when it is woken, or dropped: so both are left to the
/// caller, once nothing is borrowed any more.
impl Waiters {
    /// Waits, or goes on waiting, under the number in `place`. Gives the waker of before.
    fn wait(&mut self, place: &mut Option<u64>, cx: &Context<'_>) -> Option<Waker> {
        let number = *place.get_or_insert_with(|| {
            self.came += 1;
            self.came
        });
        let waker = cx.waker().clone();
        // It was let go, and another got what was there: it stands before those that came later.
        if let Some((first, later)) = self.first.take_if(|(first, _)| number < *first) {
            self.others.insert(first, later);
        }
        match &mut self.first {
            Some((first, _)) if *first != number => self.others.insert(number, waker),
            first => first.replace((number, waker)).map(|(_, before)| before),
        }
    }

    /// Lets the first go: it is to be woken.
    fn next(&mut self) -> Option<Waker> {
        let (_, first) = self.first.take()?;
        self.first = self.others.pop_first();
        Some(first)
    }

    /// Waits no longer, having got what it waited for. It may have got that when another had been
    /// let go: who stayed in the line would be let go in somebody's place. Nothing if it doesn't
    /// stand there.
    fn leave(&mut self, place: &mut Option<u64>) -> Option<Waker> {
        let number = place.take()?;
        match &self.first {
            Some((first, _)) if *first == number => self.next(),
            _ => self.others.remove(&number),
        }
    }

    /// Waits no longer, with nothing got. If it had been let go, another is in its place: or the
    /// message that was meant for it would lie there with everybody asleep. Gives its own waker,
    /// and whom to wake.
    fn give_up(&mut self, mut place: Option<u64>) -> (Option<Waker>, Option<Waker>) {
        let own = self.leave(&mut place);
        let next = if own.is_none() { self.next() } else { None };
        (own, next)
    }

    fn wake_all(mut self) {
        while let Some(waker) = self.next() {
            waker::call(waker);
        }
    }
}

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker::call(waker);
    }
}

/// Sends. The channel ends for the receivers when all senders are gone.
pub struct Sender<T>(Rc<RefCell<State<T>>>);

/// Receives.
pub struct Receiver<T>(Rc<RefCell<State<T>>>);

impl<T> Sender<T> {
    /// Waits until there is room, and sends. Gives the message back if no receiver is left.
    pub fn send(&self, message: T) -> Sending<'_, T> {
        Sending { state: &self.0, message: Some(message), place: None }
    }

    /// Sends if there is room now; else gives the message back.
    ///
    /// # Errors
    /// The message.
    pub fn try_send(&self, message: T) -> Result<(), T> {
        let mut state = self.0.borrow_mut();
        if state.receivers == 0 || state.messages.len() >= state.capacity {
            return Err(message);
        }
        state.messages.push_back(message);
        let next = state.receiving.next();
        drop(state);
        wake(next);
        Ok(())
    }
}

impl<T> Receiver<T> {
    /// Waits for a message. Nothing when all senders are gone and all messages taken.
    pub fn recv(&self) -> Receiving<'_, T> {
        Receiving { state: &self.0, place: None }
    }

    /// How many messages wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.borrow().messages.len()
    }

    /// Whether none does.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// See [`Sender::send`].
pub struct Sending<'a, T> {
    state: &'a RefCell<State<T>>,
    message: Option<T>,
    place: Option<u64>,
}

// The message is moved, never pinned.
impl<T> Unpin for Sending<'_, T> {}

impl<T> Future for Sending<'_, T> {
    type Output = Result<(), T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), T>> {
        let this = &mut *self;
        let mut state = this.state.borrow_mut();
        if state.receivers > 0 && state.messages.len() >= state.capacity {
            let before = state.sending.wait(&mut this.place, cx);
            drop(state);
            drop(before);
            return Poll::Pending;
        }
        let own = state.sending.leave(&mut this.place);
        let (result, next) = match this.message.take() {
            Some(message) if state.receivers == 0 => (Err(message), None),
            Some(message) => {
                state.messages.push_back(message);
                (Ok(()), state.receiving.next())
            }
            None => (Ok(()), None),
        };
        drop(state);
        drop(own);
        wake(next);
        Poll::Ready(result)
    }
}

impl<T> Drop for Sending<'_, T> {
    fn drop(&mut self) {
        if self.place.is_some() {
            let (own, next) = self.state.borrow_mut().sending.give_up(self.place);
            drop(own);
            wake(next);
        }
    }
}

/// See [`Receiver::recv`].
pub struct Receiving<'a, T> {
    state: &'a RefCell<State<T>>,
    place: Option<u64>,
}

impl<T> Future for Receiving<'_, T> {
    type Output = Option<T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let this = &mut *self;
        let mut state = this.state.borrow_mut();
        let message = state.messages.pop_front();
        if message.is_none() && state.senders > 0 {
            let before = state.receiving.wait(&mut this.place, cx);
            drop(state);
            drop(before);
            return Poll::Pending;
        }
        let own = state.receiving.leave(&mut this.place);
        let next = if message.is_some() { state.sending.next() } else { None };
        drop(state);
        drop(own);
        wake(next);
        Poll::Ready(message)
    }
}

impl<T> Drop for Receiving<'_, T> {
    fn drop(&mut self) {
        if self.place.is_some() {
            let (own, next) = self.state.borrow_mut().receiving.give_up(self.place);
            drop(own);
            wake(next);
        }
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Sender<T> {
        self.0.borrow_mut().senders += 1;
        Sender(Rc::clone(&self.0))
    }
}

impl<T> Clone for Receiver<T> {
    fn clone(&self) -> Receiver<T> {
        self.0.borrow_mut().receivers += 1;
        Receiver(Rc::clone(&self.0))
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        let mut state = self.0.borrow_mut();
        state.senders -= 1;
        if state.senders == 0 {
            let waiting = std::mem::take(&mut state.receiving);
            drop(state);
            waiting.wake_all();
        }
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        let mut state = self.0.borrow_mut();
        state.receivers -= 1;
        if state.receivers == 0 {
            let waiting = std::mem::take(&mut state.sending);
            // What is left nobody will take; dropped once the state can be borrowed again.
            let left = std::mem::take(&mut state.messages);
            drop(state);
            waiting.wake_all();
            drop(left);
        }
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sender")
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Receiver")
    }
}

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

impl Waiters {
    /// Waits, or goes on waiting, under the number in `place`.
    fn wait(&mut self, place: &mut Option<u64>, cx: &Context<'_>) {
        let number = *place.get_or_insert_with(|| {
            self.came += 1;
            self.came
        });
        let waker = cx.waker().clone();
        match &mut self.first {
            Some((first, _)) if *first != number => drop(self.others.insert(number, waker)),
            first => *first = Some((number, waker)),
        }
    }

    fn take_first(&mut self) -> Option<Waker> {
        let (_, first) = self.first.take()?;
        self.first = self.others.pop_first();
        Some(first)
    }

    /// Lets the first go.
    fn wake_one(&mut self) {
        if let Some(waker) = self.take_first() {
            waker.wake();
        }
    }

    fn wake_all(&mut self) {
        while let Some(waker) = self.take_first() {
            waker.wake();
        }
    }

    /// Waits no longer. If it had been let go, and has not used that, another is in its place: or
    /// the message that was meant for it would lie there with everybody asleep.
    fn leave(&mut self, place: Option<u64>) {
        let Some(number) = place else { return };
        match &self.first {
            Some((first, _)) if *first == number => drop(self.take_first()),
            _ if self.others.remove(&number).is_some() => {}
            _ => self.wake_one(),
        }
    }
}

/// Sends. The channel ends for the receivers when all senders are gone.
pub struct Sender<T>(Rc<RefCell<State<T>>>);

/// Receives.
pub struct Receiver<T>(Rc<RefCell<State<T>>>);

impl<T> Sender<T> {
    /// Waits until there is room, and sends. Gives the message back if no receiver is left.
    pub fn send(&self, message: T) -> Send<'_, T> {
        Send { state: &self.0, message: Some(message), place: None }
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
        state.receiving.wake_one();
        Ok(())
    }
}

impl<T> Receiver<T> {
    /// Waits for a message. Nothing when all senders are gone and all messages taken.
    pub fn recv(&self) -> Recv<'_, T> {
        Recv { state: &self.0, place: None }
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
pub struct Send<'a, T> {
    state: &'a RefCell<State<T>>,
    message: Option<T>,
    place: Option<u64>,
}

// The message is moved, never pinned.
impl<T> Unpin for Send<'_, T> {}

impl<T> Future for Send<'_, T> {
    type Output = Result<(), T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), T>> {
        let this = &mut *self;
        let mut state = this.state.borrow_mut();
        if state.receivers > 0 && state.messages.len() >= state.capacity {
            state.sending.wait(&mut this.place, cx);
            return Poll::Pending;
        }
        this.place = None;
        let Some(message) = this.message.take() else { return Poll::Ready(Ok(())) };
        if state.receivers == 0 {
            return Poll::Ready(Err(message));
        }
        state.messages.push_back(message);
        state.receiving.wake_one();
        Poll::Ready(Ok(()))
    }
}

impl<T> Drop for Send<'_, T> {
    fn drop(&mut self) {
        self.state.borrow_mut().sending.leave(self.place);
    }
}

/// See [`Receiver::recv`].
pub struct Recv<'a, T> {
    state: &'a RefCell<State<T>>,
    place: Option<u64>,
}

impl<T> Future for Recv<'_, T> {
    type Output = Option<T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let this = &mut *self;
        let mut state = this.state.borrow_mut();
        if let Some(message) = state.messages.pop_front() {
            this.place = None;
            state.sending.wake_one();
            return Poll::Ready(Some(message));
        }
        if state.senders == 0 {
            this.place = None;
            return Poll::Ready(None);
        }
        state.receiving.wait(&mut this.place, cx);
        Poll::Pending
    }
}

impl<T> Drop for Recv<'_, T> {
    fn drop(&mut self) {
        self.state.borrow_mut().receiving.leave(self.place);
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
            state.receiving.wake_all();
        }
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        let mut state = self.0.borrow_mut();
        state.receivers -= 1;
        if state.receivers == 0 {
            state.sending.wake_all();
            // What is left nobody will take; dropped once the state can be borrowed again.
            let left = std::mem::take(&mut state.messages);
            drop(state);
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

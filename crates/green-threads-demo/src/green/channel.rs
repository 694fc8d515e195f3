//! A channel between green threads: bounded, so that whoever sends can be no faster than whoever
//! receives.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use super::here;
use super::waiting::Line;

/// A channel that holds so many messages at most, at least one.
#[must_use]
pub fn channel<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    let state = Rc::new(State {
        messages: RefCell::default(),
        capacity: capacity.max(1),
        senders: Cell::new(1),
        receivers: Cell::new(1),
        sending: Line::default(),
        receiving: Line::default(),
    });
    (Sender(Rc::clone(&state)), Receiver(state))
}

struct State<T> {
    messages: RefCell<VecDeque<T>>,
    capacity: usize,
    senders: Cell<usize>,
    receivers: Cell<usize>,
    sending: Line,
    receiving: Line,
}

/// Sends. The channel ends for the receivers when all senders are gone.
pub struct Sender<T>(Rc<State<T>>);

/// Receives.
pub struct Receiver<T>(Rc<State<T>>);

impl<T> Sender<T> {
    /// Waits until there is room, and sends.
    ///
    /// # Errors
    /// The message, if no receiver is left.
    pub fn send(&self, message: T) -> Result<(), T> {
        here::need_room();
        let state = &*self.0;
        while state.receivers.get() > 0 {
            if state.messages.borrow().len() < state.capacity {
                state.messages.borrow_mut().push_back(message);
                state.receiving.wake_one();
                return Ok(());
            }
            state.sending.wait(|| state.sending.wake_one());
        }
        Err(message)
    }
}

impl<T> Receiver<T> {
    /// Waits for a message. Nothing when all senders are gone and all messages taken.
    pub fn recv(&self) -> Option<T> {
        here::need_room();
        let state = &*self.0;
        loop {
            let message = state.messages.borrow_mut().pop_front();
            if message.is_some() {
                state.sending.wake_one();
                return message;
            }
            if state.senders.get() == 0 {
                return None;
            }
            state.receiving.wait(|| state.receiving.wake_one());
        }
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Sender<T> {
        self.0.senders.set(self.0.senders.get() + 1);
        Sender(Rc::clone(&self.0))
    }
}

impl<T> Clone for Receiver<T> {
    fn clone(&self) -> Receiver<T> {
        self.0.receivers.set(self.0.receivers.get() + 1);
        Receiver(Rc::clone(&self.0))
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        here::need_room();
        self.0.senders.set(self.0.senders.get() - 1);
        if self.0.senders.get() == 0 {
            self.0.receiving.wake_all();
        }
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        here::need_room();
        self.0.receivers.set(self.0.receivers.get() - 1);
        if self.0.receivers.get() == 0 {
            self.0.sending.wake_all();
        }
    }
}

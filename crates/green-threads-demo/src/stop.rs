//! The request to stop, as green threads see it: [`workloads::Stop`] with a bell in it.
//!
//! Whoever asks a server to stop is another thread of the operating system. It may not touch what
//! belongs to green threads, so all that it does is to ring; what there is to do, a green thread does.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;

use crate::green::{self, bell};

/// A request to stop, made once and seen by all who hold a clone.
#[derive(Clone)]
pub struct Stop {
    asked: workloads::Stop,
    waiting: Rc<RefCell<Vec<Waker>>>,
}

type Waker = Box<dyn FnMut()>;

impl Stop {
    /// The same stop, for the green threads of this thread.
    ///
    /// # Errors
    /// If there are no file descriptors for a bell.
    ///
    /// # Panics
    /// Outside of [`green::run`].
    pub fn new(asked: &workloads::Stop) -> io::Result<Stop> {
        let (ringer, mut bell) = bell()?;
        asked.wake_by(move || ringer.ring());
        let waiting = Rc::<RefCell<Vec<Waker>>>::default();
        let wakers = Rc::clone(&waiting);
        green::try_spawn(move || {
            bell.wait();
            let wakers = wakers.take();
            wakers.into_iter().for_each(|mut wake| wake());
        })?;
        Ok(Stop { asked: asked.clone(), waiting })
    }

    /// As [`workloads::Stop::is_stopped`].
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.asked.is_stopped()
    }

    /// As [`workloads::Stop::wake_by`], but a green thread does it: so what it holds need not be
    /// `Send`.
    pub fn wake_by(&self, mut wake: impl FnMut() + 'static) {
        match self.is_stopped() {
            true => wake(),
            // Nobody else runs between the question and the push: the bell is heard after it.
            false => self.waiting.borrow_mut().push(Box::new(wake)),
        }
    }
}

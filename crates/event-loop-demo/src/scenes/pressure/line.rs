//! A producer and a consumer with a channel between them, in a time of their own: the consumer
//! takes one message a turn, and that is the clock.

use std::cell::{Cell, RefCell};
use std::io;
use std::rc::Rc;

use crate::runtime::channel::{Receiver, Sender};
use crate::runtime::{Runtime, channel, join, unbounded, yield_now};

/// How many messages the producer has for the consumer each turn.
pub(super) const EACH_TURN: usize = 3;

/// How many a bounded channel holds.
pub(super) const CAPACITY: usize = 16;

/// The bytes of a message.
pub(super) const BODY: usize = 1024;

/// What becomes of a message when the consumer isn't ready for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Policy {
    /// It waits in the queue, however long that is.
    Queue,
    /// Its producer waits until there is room.
    Wait,
    /// It is refused (load shedding).
    Refuse,
}

struct Message {
    made: u64,
    _body: Vec<u8>,
}

/// What a run came to. Times are in turns.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// How many messages were in the channel when the consumer came, turn by turn.
    pub(super) lengths: Vec<usize>,
    /// How old each message was when it was taken.
    pub(super) ages: Vec<u64>,
    /// How often the producer waited, and how long in all.
    pub(super) waits: usize,
    pub(super) waited: u64,
    pub(super) refused: usize,
}

impl Line {
    /// The longest the queue has been.
    pub(super) fn most(&self) -> usize {
        self.lengths.iter().copied().max().unwrap_or(0)
    }

    /// The age of the message that had waited longest.
    pub(super) fn oldest(&self) -> u64 {
        self.ages.iter().copied().max().unwrap_or(0)
    }

    /// How many were taken, one a turn: so it is also when the last one was.
    pub(super) fn taken(&self) -> usize {
        self.ages.len()
    }
}

/// What both ends see.
#[derive(Default)]
struct Floor {
    turn: Cell<u64>,
    line: RefCell<Line>,
}

impl Floor {
    fn took(&self, message: &Message, length: usize) {
        let mut line = self.line.borrow_mut();
        line.ages.push(self.turn.get() - message.made);
        line.lengths.push(length);
    }

    fn waited(&self, since: u64) {
        let mut line = self.line.borrow_mut();
        line.waits += 1;
        line.waited += self.turn.get() - since;
    }
}

/// Runs until the producer has had so many messages, and the consumer has taken what there is.
pub(super) fn run(policy: Policy, messages: usize) -> io::Result<Line> {
    let (sender, receiver) = match policy {
        Policy::Queue => unbounded(),
        Policy::Wait | Policy::Refuse => channel(CAPACITY),
    };
    let floor = Rc::new(Floor::default());
    let produce = produce(policy, messages, sender, &floor);
    Runtime::new()?.block_on(join(produce, consume(receiver, &floor)));
    Ok(floor.line.take())
}

async fn produce(policy: Policy, messages: usize, sender: Sender<Message>, floor: &Floor) {
    for i in 1..=messages {
        let message = Message { made: floor.turn.get(), _body: vec![0; BODY] };
        match (sender.try_send(message), policy) {
            (Ok(()), _) => {}
            (Err(_), Policy::Refuse) => floor.line.borrow_mut().refused += 1,
            (Err(message), _) => wait(message, &sender, floor).await,
        }
        if i % EACH_TURN == 0 {
            yield_now().await;
        }
    }
}

/// There is no room: until there is, the producer stands still.
async fn wait(message: Message, sender: &Sender<Message>, floor: &Floor) {
    let since = floor.turn.get();
    // The consumer goes when there is nothing left to take: not before the producer.
    let _ = sender.send(message).await;
    floor.waited(since);
}

async fn consume(receiver: Receiver<Message>, floor: &Floor) {
    while let Some(message) = receiver.recv().await {
        // This one was there too.
        floor.took(&message, receiver.len() + 1);
        // Its work takes a turn.
        floor.turn.set(floor.turn.get() + 1);
        yield_now().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_is_kept_and_nothing_is_lost() {
        let messages = 200 * EACH_TURN;
        let [queue, wait, refuse] = [Policy::Queue, Policy::Wait, Policy::Refuse]
            .map(|policy| run(policy, messages).unwrap());
        assert_eq!((queue.taken(), queue.waits, queue.refused), (messages, 0, 0));
        assert_eq!((wait.taken(), wait.refused), (messages, 0));
        assert_eq!((refuse.taken() + refuse.refused, refuse.waits), (messages, 0));
        assert!(queue.most() > 10 * CAPACITY && wait.waits > 0 && refuse.refused > 0);
        assert!(wait.most().max(refuse.most()) <= CAPACITY);
        assert!(wait.oldest().max(refuse.oldest()) <= CAPACITY as u64 + 1);
    }

    #[test]
    fn every_run_is_the_same() {
        for policy in [Policy::Queue, Policy::Wait, Policy::Refuse] {
            assert_eq!(run(policy, 100).unwrap(), run(policy, 100).unwrap());
        }
    }
}

//! The channel: every message reaches one receiver, in order, and nobody sleeps beside a message that
//! it could have.

use std::collections::VecDeque;
use std::sync::Arc;
use std::task::{Poll, Waker};

use event_loop_demo::runtime::channel::{Receiver, Receiving, Sender, Sending};
use event_loop_demo::runtime::{
    Either, Runtime, channel, join, select, spawn, unbounded, yield_now,
};
use proptest::prelude::*;

use super::common::{Alien, Dropped, Log, play, poll_once};

#[test]
fn a_bounded_one_holds_its_sender_back_and_an_unbounded_one_nobody() {
    play(async |_: &Runtime| {
        for capacity in [0, 1, 3] {
            let (sender, receiver) = channel(capacity);
            let log = Log::default();
            let noted = log.clone();
            let task = spawn(async move {
                for n in 0..10 {
                    sender.send(n).await.unwrap();
                    noted.note(n);
                }
            });
            for _ in 0..20 {
                yield_now().await;
            }
            let room = capacity.max(1);
            assert_eq!((log.len(), receiver.len()), (room, room));
            let mut received = Vec::new();
            while let Some(n) = receiver.recv().await {
                received.push(n);
                assert!(receiver.len() <= room);
            }
            assert_eq!(received, (0..10).collect::<Vec<_>>());
            task.await.unwrap();
        }
        let (sender, receiver) = unbounded();
        for n in 0..10_000 {
            sender.send(n).await.unwrap();
        }
        assert_eq!(receiver.len(), 10_000);
        drop(sender);
        for n in 0..10_000 {
            assert_eq!(receiver.recv().await, Some(n));
        }
        assert_eq!(receiver.recv().await, None);
        assert!(receiver.is_empty());
    });
}

#[test]
fn either_side_learns_that_the_other_has_gone() {
    play(async |_: &Runtime| {
        let (sender, receiver) = channel::<i32>(1);
        let receivers = [(); 3].map(|()| {
            let receiver = receiver.clone();
            spawn(async move { receiver.recv().await })
        });
        yield_now().await;
        let other = sender.clone();
        drop(sender);
        yield_now().await;
        assert!(receivers.iter().all(|task| !task.is_finished()));
        drop(other);
        for task in receivers {
            assert_eq!(task.await.unwrap(), None);
        }

        let (sender, receiver) = channel(1);
        let log = Log::default();
        sender.send(Dropped("in it", log.clone())).await.map_err(drop).unwrap();
        let senders = ["a", "b"].map(|name| {
            let (sender, message) = (sender.clone(), Dropped(name, log.clone()));
            spawn(async move { sender.send(message).await.map_err(|back| back.0) })
        });
        yield_now().await;
        drop(receiver);
        assert_eq!(log.take(), ["in it"]);
        for (task, name) in senders.into_iter().zip(["a", "b"]) {
            assert_eq!(task.await.unwrap(), Err(name));
        }
        assert!(sender.try_send(Dropped("late", log.clone())).is_err());
    });
}

#[test]
fn who_is_let_go_and_gives_up_passes_it_on() {
    play(async |_: &Runtime| {
        let (sender, receiver) = channel(1);
        let waits = |receiver: &Receiver<i32>| {
            let receiver = receiver.clone();
            spawn(async move { receiver.recv().await })
        };
        let [first, second] = [waits(&receiver), waits(&receiver)];
        yield_now().await;
        sender.send(1).await.unwrap();
        first.cancel();
        assert_eq!(second.await.unwrap(), Some(1));

        sender.send(2).await.unwrap();
        let sends = |n| {
            let sender = sender.clone();
            spawn(async move { sender.send(n).await })
        };
        let [first, second] = [sends(3), sends(4)];
        yield_now().await;
        assert_eq!(receiver.recv().await, Some(2));
        first.cancel();
        second.await.unwrap().unwrap();
        assert_eq!(receiver.recv().await, Some(4));
    });
}

/// It waits and is polled for another reason, when there is a message that another was let go for.
#[test]
fn who_takes_anothers_message_stands_in_the_line_no_longer() {
    play(async |_: &Runtime| {
        let (sender, receiver) = channel(4);
        let [mut a, mut b] = [receiver.recv(), receiver.recv()];
        let [(of_a, wa), (_, wb)] = [(); 2].map(|()| Alien::new());
        assert!(poll_once(&mut a, &wa).is_pending() && poll_once(&mut b, &wb).is_pending());
        sender.send(1).await.unwrap();
        assert_eq!(poll_once(&mut b, &wb), Poll::Ready(Some(1)), "a was let go, b was faster");
        assert!(poll_once(&mut a, &wa).is_pending());
        sender.send(2).await.unwrap();
        assert_eq!(of_a.woken(), 2, "the wake went to b, who had its message already");
        drop(b);
        assert_eq!(a.await, Some(2));
    });
}

#[test]
fn a_lost_race_loses_no_message() {
    play(async |_: &Runtime| {
        let (sender, receiver) = channel(2);
        let producer = spawn(async move {
            for n in 0..1_000 {
                sender.send(n).await.unwrap();
                if n % 3 == 0 {
                    yield_now().await;
                }
            }
        });
        let mut received = Vec::new();
        loop {
            match select(receiver.recv(), yield_now()).await {
                Either::Left(Some(n)) => received.push(n),
                Either::Left(None) => break,
                Either::Right(()) => {}
            }
        }
        assert_eq!(received, (0..1_000).collect::<Vec<_>>());
        producer.await.unwrap();
    });
}

#[test]
fn several_of_each_in_one_task() {
    play(async |_: &Runtime| {
        let (sender, receiver) = channel(1);
        let other = receiver.clone();
        let both = join(receiver.recv(), other.recv());
        let sends = join(sender.send(1), sender.send(2));
        let ((a, b), (sent, also)) = join(both, sends).await;
        assert_eq!((a, b, sent, also), (Some(1), Some(2), Ok(()), Ok(())));
    });
}

/// What a random program does. Futures have places; a place may hold one that waits.
#[derive(Debug, Clone)]
enum Step {
    Send(usize),
    Recv(usize),
    TrySend,
    /// Polls whoever is there, woken or not.
    Poll(usize),
    Drop(usize),
    /// Polls all that were woken, until there is no more to do.
    Settle,
}

const PLACES: usize = 5;

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => (0..PLACES).prop_map(Step::Send),
        3 => (0..PLACES).prop_map(Step::Recv),
        1 => Just(Step::TrySend),
        2 => (0..2 * PLACES).prop_map(Step::Poll),
        2 => (0..2 * PLACES).prop_map(Step::Drop),
        1 => Just(Step::Settle),
    ];
    prop::collection::vec(step, 0..100)
}

enum Waiting<'a> {
    Sends(u32, Box<Sending<'a, u32>>),
    Receives(Box<Receiving<'a, u32>>),
}

struct Place<'a> {
    waiting: Waiting<'a>,
    alien: Arc<Alien>,
    waker: Waker,
    seen: usize,
}

/// The channel, those that wait at it, and what it should hold.
struct Game<'a> {
    sender: &'a Sender<u32>,
    receiver: &'a Receiver<u32>,
    places: [Option<Place<'a>>; 2 * PLACES],
    model: VecDeque<u32>,
    capacity: usize,
    sent: u32,
}

impl<'a> Game<'a> {
    fn start(&mut self, place: usize, waiting: Waiting<'a>) {
        let (alien, waker) = Alien::new();
        self.places[place] = Some(Place { waiting, alien, waker, seen: 0 });
        self.poll(place);
    }

    fn next(&mut self) -> u32 {
        self.sent += 1;
        self.sent
    }

    fn poll(&mut self, index: usize) {
        let Some(place) = &mut self.places[index] else { return };
        place.seen = place.alien.woken();
        let ready = match &mut place.waiting {
            Waiting::Sends(message, send) => match poll_once(send, &place.waker) {
                Poll::Ready(sent) => {
                    sent.expect("there is a receiver");
                    self.model.push_back(*message);
                    true
                }
                Poll::Pending => {
                    assert!(self.model.len() >= self.capacity, "there is room");
                    false
                }
            },
            Waiting::Receives(recv) => match poll_once(recv, &place.waker) {
                Poll::Ready(message) => {
                    assert_eq!(message, self.model.pop_front(), "in order, each once");
                    true
                }
                Poll::Pending => {
                    assert!(self.model.is_empty(), "there is a message");
                    false
                }
            },
        };
        if ready {
            self.places[index] = None;
        }
        assert!(self.model.len() <= self.capacity && self.model.len() == self.receiver.len());
    }

    fn settle(&mut self) {
        loop {
            let woken = |place: &Place| place.alien.woken() > place.seen;
            let woken = |place: &Option<Place>| place.as_ref().is_some_and(woken);
            let Some(index) = self.places.iter().position(woken) else { break };
            self.poll(index);
        }
        // Nobody sleeps beside what it waits for.
        for place in self.places.iter().flatten() {
            match place.waiting {
                Waiting::Sends(..) => assert!(self.model.len() >= self.capacity, "room, unseen"),
                Waiting::Receives(_) => assert!(self.model.is_empty(), "a message, unseen"),
            }
        }
    }

    fn step(&mut self, step: &Step) {
        match *step {
            Step::Send(place) if self.places[place].is_none() => {
                let message = self.next();
                let send = Box::new(self.sender.send(message));
                self.start(place, Waiting::Sends(message, send));
            }
            Step::Recv(place) if self.places[PLACES + place].is_none() => {
                let recv = Box::new(self.receiver.recv());
                self.start(PLACES + place, Waiting::Receives(recv));
            }
            Step::TrySend => {
                let message = self.next();
                let sent = self.sender.try_send(message).is_ok();
                assert_eq!(sent, self.model.len() < self.capacity);
                if sent {
                    self.model.push_back(message);
                }
            }
            Step::Poll(place) => self.poll(place),
            Step::Drop(place) => drop(self.places[place].take()),
            Step::Settle => self.settle(),
            Step::Send(_) | Step::Recv(_) => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_message_is_lost_doubled_or_overtaken_and_nobody_sleeps_beside_one(
        steps in steps(), capacity in 1..4_usize,
    ) {
        let (sender, receiver) = channel(capacity);
        let mut game = Game {
            sender: &sender,
            receiver: &receiver,
            places: Default::default(),
            model: VecDeque::new(),
            capacity,
            sent: 0,
        };
        for step in &steps {
            game.step(step);
        }
        game.settle();
    }
}

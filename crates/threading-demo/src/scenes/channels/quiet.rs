//! Wait for several channels at once, but not for ever: `select!` with a timeout.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded, never, select};
use stage::{Stage, human};

/// How long nobody may say anything.
const PATIENCE: Duration = Duration::from_millis(20);

/// What one look at the channels came to.
#[derive(Debug, PartialEq, Eq)]
enum Event {
    Message(&'static str, u32),
    Closed(&'static str),
    Quiet(Duration),
}

pub(super) fn play(stage: &mut Stage<'_>) {
    stage.say("select! waits for two sources; each says two things, and then keeps silent:");
    let events = listen();
    let lines: Vec<_> = events.iter().map(Event::describe).collect();
    stage.listing(lines.join("\n"));
    let quiet = events.iter().find_map(|event| match event {
        Event::Quiet(waited) => Some(*waited),
        _ => None,
    });
    stage.check(
        format!("the timeout comes after all messages, and not before {}", human(PATIENCE)),
        quiet.map_or("never".to_owned(), human),
        matches!(events[4..], [Event::Quiet(waited), ..] if waited >= PATIENCE),
        "a message waits in a channel and select! did not see it: please report this",
    );
}

/// Two sources are heard until both have closed.
fn listen() -> Vec<Event> {
    let (left_in, mut left) = bounded(2);
    let (right_in, mut right) = bounded(2);
    let (release, released) = bounded(0);
    let ready = Barrier::new(3);
    let mut events = Vec::new();
    thread::scope(|scope| {
        scope.spawn(|| source(left_in, &ready, &released));
        scope.spawn(|| source(right_in, &ready, &released));
        ready.wait();
        // Dropped when the first silence is over; both sources wait for that.
        let mut release: Option<Sender<()>> = Some(release);
        while events.iter().filter(|event| matches!(event, Event::Closed(_))).count() < 2 {
            let start = Instant::now();
            // Of several that are ready, one is taken at random: no source can starve another.
            events.push(select! {
                recv(left) -> message => Event::heard("left", message.ok(), &mut left),
                recv(right) -> message => Event::heard("right", message.ok(), &mut right),
                default(PATIENCE) => {
                    release = None;
                    Event::Quiet(start.elapsed())
                }
            });
        }
        drop(release);
    });
    events
}

/// Says two things, and then nothing until it is released.
fn source(out: Sender<u32>, ready: &Barrier, released: &Receiver<()>) {
    for message in 1..=2 {
        out.send(message).expect("the listener hears all");
    }
    ready.wait();
    released.recv().expect_err("only ever closed");
}

impl Event {
    fn heard(from: &'static str, message: Option<u32>, channel: &mut Receiver<u32>) -> Event {
        match message {
            Some(message) => Event::Message(from, message),
            None => {
                // A closed channel is always ready: left in the select!, it would be chosen
                // again and again, in a loop that burns a core.
                *channel = never();
                Event::Closed(from)
            }
        }
    }

    fn describe(&self) -> String {
        match self {
            Event::Message(from, message) => format!("{from} says {message}"),
            Event::Closed(who) => format!("{who} has closed"),
            Event::Quiet(waited) => format!("nobody for {}: the timeout", human(*waited)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_then_silence_then_the_end() {
        let events = listen();
        let from = |who| {
            events.iter().filter(move |e| matches!(e, Event::Message(from, _) if *from == who))
        };
        for who in ["left", "right"] {
            assert!(from(who).eq(&[Event::Message(who, 1), Event::Message(who, 2)]));
            assert!(events.contains(&Event::Closed(who)));
        }
        assert!(matches!(events[4], Event::Quiet(waited) if waited >= PATIENCE));
    }
}

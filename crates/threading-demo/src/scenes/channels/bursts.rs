//! A producer that delivers in bursts and a consumer with a steady pace: who waits for whom.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use crossbeam_channel::bounded;
use stage::{Recorder, Stage, Timeline};

const BURSTS: usize = 3;
/// Items a burst, and what lies between two bursts.
const BURST: usize = 6;
const PAUSE: Duration = Duration::from_millis(18);
/// How long the consumer has with an item: a write to something slow, say.
const WRITE: Duration = Duration::from_millis(3);

const BUFFER: usize = 4;

/// What a run came to.
struct Seen {
    timeline: Timeline,
    written: usize,
    /// The most items that were sent and not yet received.
    ahead: usize,
}

pub(super) fn play(stage: &mut Stage<'_>) {
    let hand_to_hand = run(0);
    let buffered = run(BUFFER);
    stage.timeline(
        "A producer gets 6 items at a time. bounded(0), a rendezvous: both hands must be there.",
        hand_to_hand.timeline,
    );
    stage.timeline(
        format!("bounded({BUFFER}): the buffer takes the burst, and the consumer works on."),
        buffered.timeline,
    );
    stage.check(
        "a rendezvous: no send returns before its item is received",
        format!("{} items ahead", hand_to_hand.ahead),
        hand_to_hand.ahead == 0,
        "a send that returns early has a buffer: please report this",
    );
    stage.check(
        format!("with a buffer the producer runs {BUFFER} ahead, and never more: back-pressure"),
        format!("{} items ahead", buffered.ahead),
        buffered.ahead == BUFFER,
        "The producer was so slow in every burst that the buffer never filled: look for other \
         programs that compute.",
    );
    stage.check(
        "the sender is dropped, and the loop over the receiver ends: no count, no flag, no wait",
        format!("{} and {} items of {}", hand_to_hand.written, buffered.written, BURSTS * BURST),
        [hand_to_hand.written, buffered.written] == [BURSTS * BURST; 2],
        "an item was lost in a channel: please report this",
    );
}

fn run(capacity: usize) -> Seen {
    let recorder = Recorder::new();
    let (sender, receiver) = bounded(capacity);
    let sent = &AtomicUsize::new(0);
    let (mut producer, mut consumer) = (recorder.lane("producer"), recorder.lane("consumer"));
    let (written, ahead) = thread::scope(|scope| {
        scope.spawn(move || {
            for item in 1..=BURSTS * BURST {
                producer.now("blocked");
                sender.send(item).expect("the consumer takes all that is sent");
                sent.fetch_add(1, Ordering::Relaxed);
                producer.idle();
                if item % BURST == 0 {
                    thread::sleep(PAUSE);
                }
            }
            // `sender` was moved in here, so it is dropped here: that closes the channel.
        });
        let (mut written, mut ahead) = (0, 0);
        consumer.now("waiting");
        for item in &receiver {
            consumer.now_with("writing", item);
            thread::sleep(WRITE);
            written += 1;
            // Exact, though relaxed: a send that has to wait for the next receive can't have
            // been counted before that receive begins.
            ahead = ahead.max(sent.load(Ordering::Relaxed).saturating_sub(written));
            consumer.now("waiting");
        }
        (written, ahead)
    });
    drop(consumer);
    Seen { timeline: recorder.timeline(), written, ahead }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_gets_further_ahead_than_the_buffer_is_long() {
        for capacity in [0, 1, BUFFER] {
            let seen = run(capacity);
            assert!(seen.ahead <= capacity, "{} ahead with {capacity}", seen.ahead);
            assert_eq!(seen.written, BURSTS * BURST);
        }
    }
}

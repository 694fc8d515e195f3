//! An actor: a thread that owns its state, and is asked. What no two threads can reach needs no
//! lock.

use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};
use stage::Stage;

const CLIENTS: u64 = 4;
const EACH: u64 = 1_000;

/// Asks the counter to add one. The answer goes to whoever asked, on a channel of its own.
struct Increment {
    reply: Sender<u64>,
}

pub(super) fn play(stage: &mut Stage<'_>) {
    let (count, mut replies) = run();
    replies.sort_unstable();
    stage.say(format!(
        "An actor: one thread owns a counter, {CLIENTS} clients send it {EACH} requests each.",
    ));
    stage.check(
        "no increment is lost, and no two clients saw the same number: without a lock",
        format!("counted to {count}, {} replies", replies.len()),
        count == CLIENTS * EACH && replies.into_iter().eq(1..=CLIENTS * EACH),
        "only one thread can touch the counter: please report this",
    );
}

/// Owns the count, and returns it when the last client has gone.
fn actor(inbox: &Receiver<Increment>) -> u64 {
    let mut count = 0;
    for Increment { reply } in inbox {
        count += 1;
        // A client that has stopped listening is not the actor's trouble.
        let _ = reply.send(count);
    }
    count
}

fn client(counter: &Sender<Increment>) -> Vec<u64> {
    let increment = |_| {
        let (reply, answer) = bounded(1);
        counter.send(Increment { reply }).expect("the actor outlives its clients");
        answer.recv().expect("the actor answers")
    };
    (0..EACH).map(increment).collect()
}

/// What the actor counted, and what the clients were told.
fn run() -> (u64, Vec<u64>) {
    let (counter, inbox) = bounded(16);
    thread::scope(|scope| {
        let actor = scope.spawn(move || actor(&inbox));
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| {
                let counter = counter.clone();
                scope.spawn(move || client(&counter))
            })
            .collect();
        // The clients have theirs; the actor ends when all of those are gone.
        drop(counter);
        let replies = clients
            .into_iter()
            .flat_map(|client| client.join().expect("a client does not panic"))
            .collect();
        (actor.join().expect("the actor does not panic"), replies)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_increment_gets_an_answer_of_its_own() {
        let (count, mut replies) = run();
        replies.sort_unstable();
        assert_eq!(count, CLIENTS * EACH);
        assert!(replies.into_iter().eq(1..=count));
    }
}

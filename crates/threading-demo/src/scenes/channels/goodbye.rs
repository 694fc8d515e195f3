//! A consumer that has seen enough, like `head`: how the producer learns of it.

use std::os::unix::process::ExitStatusExt;
use std::thread;

use crossbeam_channel::{SendError, bounded};
use stage::{Result, Stage};

use super::pipeline::is_missing;
use super::unix;

/// The number of SIGPIPE, on Linux and macOS alike (signal(7)).
const SIGPIPE: i32 = 13;

const BUFFER: usize = 4;
const WANTED: usize = 3;

/// What a producer without end came to.
struct Ended {
    taken: Vec<u64>,
    sent: u64,
    /// The item that could not be sent: it comes back.
    returned: u64,
}

pub(super) fn play(stage: &mut Stage<'_>) -> Result {
    let Ended { taken, sent, returned } = run();
    stage.check(
        format!("the consumer takes {WANTED} and leaves: the next send fails, its item comes back"),
        format!("{taken:?} taken, {sent} sent, SendError({returned})"),
        taken == [1, 2, 3]
            && returned == sent + 1
            && (WANTED..=WANTED + BUFFER).contains(&(sent as usize)),
        "a send to nobody succeeded: please report this",
    );
    match unix::pipe("yes | head -n 3") {
        Ok(piped) => {
            let signal = piped.ends[0].signal();
            stage.check(
                "yes | head -n 3: the writer is ended by a signal, SIGPIPE",
                match signal {
                    Some(signal) => format!("signal {signal}"),
                    None => piped.ends[0].to_string(),
                },
                piped.output == "y\ny\ny\n" && signal == Some(SIGPIPE),
                "This `yes` looks at what write() returns and ends by itself.",
            );
            Ok(())
        }
        Err(why) if is_missing(&why) => {
            stage.say(format!("yes | head is left out: {why}."));
            Ok(())
        }
        Err(why) => Err(why.into()),
    }
}

fn run() -> Ended {
    let (sender, receiver) = bounded(BUFFER);
    thread::scope(|scope| {
        let producer = scope.spawn(move || {
            let refused = (1..).find_map(|item| sender.send(item).err().map(|SendError(it)| it));
            refused.expect("the consumer leaves before the numbers end")
        });
        // The iterator borrows the receiver; the block drops both.
        let taken = { receiver }.iter().take(WANTED).collect();
        let returned = producer.join().expect("the producer does not panic");
        Ended { taken, sent: returned - 1, returned }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_sent_comes_back() {
        let Ended { taken, sent, returned } = run();
        assert_eq!((taken, returned), (vec![1, 2, 3], sent + 1));
        assert!((WANTED..=WANTED + BUFFER).contains(&(sent as usize)));
    }
}

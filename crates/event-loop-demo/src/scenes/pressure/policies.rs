//! Three answers to a producer that is too fast.

use stage::{Result, Stage, Table};

use super::line::{BODY, CAPACITY, EACH_TURN, Line, Policy, run};
use super::plot;

/// How wide the pictures are, and how high.
const COLUMNS: usize = 50;
const ROWS: usize = 6;

pub(super) fn play(stage: &mut Stage<'_>) -> Result {
    let messages = stage.pick(200, 100) * EACH_TURN;
    let half = run(Policy::Queue, messages / 2)?;
    let queue = run(Policy::Queue, messages)?;
    let wait = run(Policy::Wait, messages)?;
    let refuse = run(Policy::Refuse, messages)?;
    show(stage, messages, [&queue, &wait, &refuse]);
    verdicts(stage, messages, [&half, &queue, &wait, &refuse]);
    Ok(())
}

const NAMES: [&str; 3] = ["unbounded", "bounded, waits", "bounded, refuses"];

fn show(stage: &mut Stage<'_>, messages: usize, lines: [&Line; 3]) {
    stage.say(format!(
        "A producer has {messages} messages, {EACH_TURN} a turn; the consumer takes one a turn. How \
         many lie in the channel, turn by turn, in the same scale for all: without a bound, with room \
         for {CAPACITY} and send(), with room for {CAPACITY} and try_send().",
    ));
    let most = lines[0].most().max(ROWS * CAPACITY);
    for (name, line) in NAMES.iter().zip(lines) {
        let lengths = plot::thinned(&line.lengths, messages.div_ceil(COLUMNS));
        let axis = "─".repeat(COLUMNS);
        let picture = plot::columns(&lengths, most, ROWS);
        let (left, right) =
            (format!("{name}: {} at most", line.most()), format!("turn {messages}"));
        let room = COLUMNS - right.len();
        stage.listing(format!("{picture}{axis}\n{left:room$}{right}"));
    }
    let mut table =
        Table::new(["", "KiB", "oldest", "waits", "turns waited", "refused", "last at"]);
    for (name, line) in NAMES.iter().zip(lines) {
        table.row([
            (*name).to_owned(),
            (line.most() * BODY / 1024).to_string(),
            line.oldest().to_string(),
            line.waits.to_string(),
            line.waited.to_string(),
            line.refused.to_string(),
            line.taken().to_string(),
        ]);
    }
    stage.table(&table);
    stage.say(
        "KiB: what the messages in the channel took, at most. Oldest: how many turns the message that \
         waited longest was under way. Waits: how often the producer had to wait for room, and for how \
         many turns in all. Refused: how many messages it was told no for. Last at: the turn in which \
         the last one was taken.",
    );
}

fn verdicts(stage: &mut Stage<'_>, messages: usize, [half, queue, wait, refuse]: [&Line; 4]) {
    stage.check(
        "without a bound, a producer that goes on twice as long has a queue twice as long, and \
         messages twice as old",
        format!(
            "messages: {} and {}, turns: {} and {}",
            half.most(),
            queue.most(),
            half.oldest(),
            queue.oldest()
        ),
        twice(half.most(), queue.most()) && twice(half.oldest() as usize, queue.oldest() as usize),
        "the producer is no faster than the consumer any more",
    );
    stage.check(
        "a bound is kept: no more in the channel, and none older than it takes to take so many",
        format!("messages: {}, turns: {}", wait.most(), wait.oldest()),
        wait.most() <= CAPACITY && wait.oldest() <= CAPACITY as u64 + 1 && wait.waits > 0,
        "the producer never had to wait, or the channel holds more than it may",
    );
    stage.check(
        "the long queue has made nothing faster: the last of all is taken in the same turn",
        format!("{} and {}", queue.taken(), wait.taken()),
        queue.taken() == wait.taken(),
        "a message was lost: please report this",
    );
    stage.check(
        "who may not wait can refuse: each message is taken or refused, none is kept waiting for long",
        format!(
            "{} taken, {} refused, the oldest {} turns, and the producer waited {} times",
            refuse.taken(),
            refuse.refused,
            refuse.oldest(),
            refuse.waits
        ),
        refuse.taken() + refuse.refused == messages
            && refuse.refused > 0
            && refuse.waits == 0
            && refuse.oldest() <= CAPACITY as u64 + 1,
        "a message was lost, or all fitted in",
    );
    stage.say(
        "A server that refuses says 503, and means: not now. (asyncio.Queue() is unbounded unless it \
         is given a maxsize; its put_nowait() is try_send().)",
    );
}

/// Whether it is, but for a few turns at the beginning and the end.
fn twice(half: usize, all: usize) -> bool {
    half > CAPACITY && (2 * half).abs_diff(all) <= all / 20
}

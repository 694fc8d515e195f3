//! Back-pressure crosses a network by itself, if nobody on the way takes more than there is room for.

use stage::{Bars, Result, Stage};

use super::line::{CAPACITY, Policy};
use super::socket::{CHUNK, Seen, run};

const MIB: f64 = 1024.0 * 1024.0;

/// A client that has not been held up by then is not held up at all.
const ENOUGH: usize = 256 * 1024 * 1024;

pub(super) fn play(stage: &mut Stage<'_>) -> Result {
    let bounded = run(Policy::Wait, ENOUGH)?;
    // Much more than the kernel takes.
    let unbounded = run(Policy::Queue, 4 * bounded.written)?;
    stage.say(format!(
        "The same over a socket: a client writes, a server reads chunks of up to {} KiB and sends \
         them through a channel, and behind that the consumer stands still. Whoever has no room \
         does not take, and so the one before it has none soon:",
        CHUNK / 1024,
    ));
    stage.listing(format!(
        "client ─write─▶ kernel's buffers ─read─▶ server ─▶ {CAPACITY} ─▶ consumer\n\
         waits  ◀────────  full  ◀─────────────── waits ◀─ full ◀─ stands still",
    ));
    show(stage, &bounded, &unbounded);
    verdicts(stage, &bounded, &unbounded);
    stage.say(
        "TCP does that with its window: each end says how much more it has room for. (In asyncio, \
         StreamWriter.write() never waits: without `await writer.drain()` behind it, it is an unbounded \
         queue.)",
    );
    Ok(())
}

fn show(stage: &mut Stage<'_>, bounded: &Seen, unbounded: &Seen) {
    let mut bars =
        Bars::new("Where what the client has written lies while the consumer stands still:", "MiB");
    for (name, seen) in [("bounded", bounded), ("unbounded", unbounded)] {
        bars.bar(format!("{name}: in the kernel"), (seen.written - seen.read) as f64 / MIB);
        bars.bar(format!("{name}: in the server"), seen.read as f64 / MIB);
    }
    stage.bars(&bars);
}

fn verdicts(stage: &mut Stage<'_>, bounded: &Seen, unbounded: &Seen) {
    let mib = |bytes: usize| format!("{:.1} MiB", bytes as f64 / MIB);
    stage.check(
        format!(
            "with a bound the client waits, and the server holds {} chunks at most",
            CAPACITY + 1
        ),
        format!(
            "it waited with {} written; in the server {}, in the kernel {}",
            mib(bounded.written),
            mib(bounded.read),
            mib(bounded.written - bounded.read)
        ),
        bounded.stuck && bounded.read <= (CAPACITY + 1) * CHUNK,
        "this system's socket buffers grow without an end in sight",
    );
    stage.check(
        "without one it writes all that it has, and the server has it in its memory",
        format!("{} of {} in the server", mib(unbounded.read), mib(unbounded.written)),
        !unbounded.stuck && unbounded.read == unbounded.written,
        "the server had no turn for so long that the kernel's buffers stayed full",
    );
    stage.check(
        "who waited goes on when the consumer does, and every byte arrives in its place",
        format!(
            "{} of {} bytes, and {} of {}",
            bounded.consumed, bounded.sent, unbounded.consumed, unbounded.sent
        ),
        bounded.consumed == bounded.sent && unbounded.consumed == unbounded.sent,
        "a byte was lost: please report this",
    );
}

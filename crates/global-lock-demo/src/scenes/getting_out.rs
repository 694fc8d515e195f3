//! Getting out of the lock: one an interpreter, or none and biased counts.

pub mod counts;
pub mod messages;
pub mod scaling;

use stage::{Result, Scene, Stage, Table, human};

use scaling::Way;

/// What it brings to have no lock for the whole, and what it costs.
pub const SCENE: Scene = Scene {
    name: "getting-out",
    title: "getting out of the lock",
    claim: "There are two ways out. One lock an interpreter (PEP 684): several interpreters in one \
            process, which share no object, so that what one gives to another is copied. Or no \
            lock, and counts that are cheap for the thread that made the object (PEP 703, the \
            free-threaded build). Both make two threads nearly twice as fast where each keeps to \
            itself. No GIL does not mean faster: one thread alone is slower, and threads that use \
            the same object are slower together than one of them.",
    play,
    try_this: "in crates/global-lock-demo/programs/private.py and \
               crates/global-lock-demo/programs/shared.py, look at what the threads share: only \
               whether rows() is called inside the loop or before it. Any Python runs them: \
               python3 crates/global-lock-demo/programs/private.py 2 1000000.",
    read: "crates/global-lock-demo/src/count/biased.rs, retain() and release()",
};

fn play(stage: &mut Stage<'_>) -> Result {
    ways(stage)?;
    let reference = lines(stage)?;
    copies(stage, reference)
}

const NEEDS_CORES: &str = "This needs two cores that nobody else uses, and not two hardware \
                           threads of one: then the threads run at the same time";

fn ways(stage: &mut Stage<'_>) -> Result {
    let ways = scaling::race(stage.pick(300_000, 60_000), stage.pick(3, 2))?;
    stage.say(
        "Walks over lists of lists. One thread: how long it takes, and how many times as long as \
         under the one lock. Two threads that do half of it each: how many times as fast as one. \
         (Two interpreters can't have one list.)",
    );
    let mut table = Table::new(["", "1 thread", "of interval", "2: a list each", "2: one list"]);
    let [lock, apart, fine, free] = &ways;
    for way in &ways {
        table.row([
            way.name,
            &format!("{:.1} ms", 1e3 * way.alone),
            &format!("{:.2}", way.alone / lock.alone),
            &format!("{:.2}", way.private),
            &way.shared.map_or_else(|| "–".to_owned(), |it| format!("{it:.2}")),
        ]);
    }
    stage.table(&table);
    stage.check(
        "the one lock makes two threads no faster",
        format!("{:.2} times as fast", lock.private),
        lock.private <= 1.25,
        "The machine was busier when one thread ran alone",
    );
    let faster = [apart, fine, free].map(|way| format!("{} {:.2}", way.name, way.private));
    stage.check(
        "out of it, with a list each, two are at least 1.8 times as fast as one",
        faster.join(", "),
        [apart, fine, free].iter().all(|way| way.private >= 1.8),
        NEEDS_CORES,
    );
    let shared = |way: &Way| way.shared.unwrap_or(f64::INFINITY);
    stage.check(
        "with one list for both, two are slower than one",
        format!("fine-grained {:.2}, free-threaded {:.2}", shared(fine), shared(free)),
        shared(fine) < 1.0 && shared(free) < 1.0,
        "Threads that run in turns, because the cores are busy, don't hinder one another",
    );
    stage.check(
        "one thread alone is slower without the one lock",
        format!("{:.2} and {:.2} times as long", fine.alone / lock.alone, free.alone / lock.alone),
        fine.alone > lock.alone && free.alone > lock.alone,
        "The difference is small enough to be lost when the machine is busy",
    );
    Ok(())
}

/// Returns what it costs to share an object: nanoseconds for a reference more and one less, atomic.
fn lines(stage: &mut Stage<'_>) -> Result<f64> {
    stage.say(
        "What is shared there is not only a list, but a count: to use an object is to count a \
         reference more, and one less. Each time somebody writes to the count, and the cache line that it lies \
         in has to be taken from the other core. So, nothing but counting (a reference more and \
         one less; the time, divided by what one thread does):",
    );
    let costs = counts::costs(stage.pick(1_000_000, 200_000), stage.pick(5, 2))?;
    let mut table = Table::new(["count", "1 thread", "2: an object each", "2: one object"]);
    for cost in &costs {
        let [alone, own, one] = cost.nanos.map(|nanos| format!("{nanos:.1} ns"));
        table.row([cost.name, &alone, &own, &one]);
    }
    stage.table(&table);
    stage.say(
        "Under the lock two threads take turns, and it is all the same to them. A biased count has \
         a part of its maker's own and a part for all others, but both lie in the object.",
    );
    let [_, atomic, biased, _] = &costs;
    let dearer = |cost: &counts::Cost| cost.nanos[2] / cost.nanos[1];
    stage.check(
        "counting one object takes two threads at least twice as long as one each",
        format!("atomic {:.1} times, biased {:.1} times", dearer(atomic), dearer(biased)),
        dearer(atomic) >= 2.0 && dearer(biased) >= 2.0,
        NEEDS_CORES,
    );
    stage.check(
        "for its maker, a biased count costs less than half of an atomic one",
        format!("{:.1} ns, {:.1} ns", biased.nanos[0], atomic.nanos[0]),
        biased.nanos[0] < 0.5 * atomic.nanos[0],
        "On some processors an atomic addition to a line that nobody else wants costs little",
    );
    Ok(atomic.nanos[0])
}

fn copies(stage: &mut Stage<'_>, reference: f64) -> Result {
    let longest = stage.pick(1_000_000, 600_000);
    let lengths = [longest / 4, longest / 2, longest];
    let copies = messages::copies(&lengths, stage.pick(4, 2))?;
    stage.say(
        "Interpreters that share nothing pay when they talk. A list of integers goes into another \
         interpreter, and comes back:",
    );
    let mut table = Table::new(["elements", "there and back", "an element, one way"]);
    for copy in &copies {
        table.row([
            copy.elements.to_string(),
            human(copy.time),
            format!("{:.1} ns", copy.each_way()),
        ]);
    }
    stage.table(&table);
    let [shortest, _, longest] = &copies[..] else { return Err("no copies".into()) };
    stage.say(format!(
        "Threads of one interpreter give a list of any length to each other by counting one \
         reference more, and less in the end: {reference:.1} ns above, if the count is atomic. \
         To copy the longest one took {}.",
        human(longest.time / 2),
    ));
    stage.check(
        "copying takes longer the more there is to copy",
        format!("4 times as much: {:.1} times as long", longest.over(shortest)),
        longest.over(shortest) >= 2.0,
        "To start the interpreters takes time too, and on a busy machine not always the same",
    );
    Ok(())
}

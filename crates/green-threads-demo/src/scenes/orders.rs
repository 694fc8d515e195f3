//! Waiting and computing in turn; and files, for which nobody can wait.

mod disk;
mod mixed;

use std::path::PathBuf;
use std::time::Duration;

use stage::{Result, Scene, Stage, Table, human};
use workloads::files::{self, Bounds, Listing, telling};
use workloads::{Approach, Service};

use crate::solve::GreenThreads;

/// The mixed job, and the words of a directory.
pub const SCENE: Scene = Scene {
    name: "orders",
    title: "orders and files: what one thread can't overlap",
    claim: "Of a job that waits and computes in turn, green threads overlap the waiting only: the \
            computing is still one after another, and bounds the speed-up. Reading a file is no \
            waiting that the scheduler knows of, so it stops everybody; handed to another thread \
            of the operating system, it stops nobody.",
    play,
    try_this: "in crates/green-threads-demo/src/scenes/orders/disk.rs, handed_over(), write \
               Ok(count(&list)) for the call of elsewhere(): the second row is as the first, and \
               the last verdict falls. And cargo run -p green-threads-demo -- orders --path DIR \
               counts the words of a directory of yours.",
    read: "crates/green-threads-demo/src/scenes/orders/disk.rs, elsewhere(), and \
           crates/green-threads-demo/src/green/bell.rs",
};

/// What is read of a directory that nobody named.
const FULL: Bounds = Bounds { files: 1_000, bytes: 12 << 20 };
const QUICK: Bounds = Bounds { files: 300, bytes: 3 << 20 };

/// Fewer bytes are read so soon that there is nothing to hold up.
const COMPARABLE: u64 = 1_000_000;

fn play(stage: &mut Stage<'_>) -> Result {
    orders(stage)?;
    words(stage)
}

/// The mixed job, and the bound that its computing sets.
fn orders(stage: &mut Stage<'_>) -> Result {
    let pages = stage.pick(50, 15);
    let service = Service::start()?;
    let sequential = mixed::sequential(&service, pages)?;
    stage.say(format!(
        "{pages} pages of orders, fetched, parsed and added up; the service thinks for {} ms before \
         each. One after another that is {}, of which {} ({:.1} %) are computing. What can't overlap \
         is left when all else does (Amdahl), and here that is the computing, and one wait, since a \
         page must come before there is anything to parse.",
        workloads::orders::THINK_MS,
        human(sequential.wall),
        human(sequential.computing),
        sequential.share() * 100.0,
    ));
    let (times, computed) = mixed::with(&GreenThreads, &service, pages, stage.pick(5, 2))?;
    let (measured, bound) =
        (sequential.wall.as_secs_f64() / times.median().as_secs_f64(), sequential.bound(computed));
    let mut table = Table::new(["", "time", "times as fast", "at most", "computed"]);
    let [time, computing] = [sequential.wall, sequential.computing].map(human);
    table.row(["sequential".to_owned(), time, "1.0".into(), "1.0".into(), computing]);
    let [faster, at_most] = [measured, bound].map(|times| format!("{times:.1}"));
    table.row([times.name.clone(), human(times.median()), faster, at_most, human(computed)]);
    stage.table(&table);
    stage.say(
        "\"At most\" counts what was computed in that very run: a page that is parsed right after \
         another, without a wait between, finds the caches warm.",
    );
    stage.check(
        "the waits overlap, and the computing is the bound",
        format!("{measured:.1} times as fast, of at most {bound:.1}"),
        measured > 2.0 && measured < 1.1 * bound,
        "The service computes as well, and had to share the cores with other programs.",
    );
    let share = |part: Duration, of: Duration| 100.0 * part.as_secs_f64() / of.as_secs_f64();
    let (before, now) = (sequential.share() * 100.0, share(computed, times.median()));
    stage.check(
        "what is left of the time is more and more computing",
        format!("{before:.0} % of it one after another, {now:.0} % on green threads"),
        now > 2.0 * before,
        "Other programs had the cores, so that the green threads waited for their turn.",
    );
    Ok(())
}

/// The words of a directory, read by a green thread and by another thread.
fn words(stage: &mut Stage<'_>) -> Result {
    let (root, bounds) = match stage.option("path") {
        Some(path) => (PathBuf::from(path), Bounds::NAMED),
        None => (files::default_directory()?, stage.pick(FULL, QUICK)),
    };
    let listing = files::list(&root, bounds)?;
    stage.say(telling::listed(&root, &listing));
    if listing.paths.is_empty() {
        stage.say("There is nothing to count: name a directory with files, --path DIR.");
        return Ok(());
    }
    // Once before, so that both find the files in the memory's cache.
    let words = GreenThreads.files(&listing.paths)?;
    stage.say(telling::counted(&words));
    if let Some(skipped) = telling::skipped(&listing, &words) {
        stage.say(skipped);
    }
    let direct = disk::direct(&listing.paths)?;
    let handed_over = disk::handed_over(&listing.paths)?;
    stage.say(
        "A file is always \"ready\", and yet read() sleeps until the disk has delivered: a poller \
         can't wait for it. Meanwhile another green thread wakes up every millisecond:",
    );
    let mut table = Table::new(["the files are read", "time", "beats", "longest pause"]);
    let rows = [("by a green thread", &direct), ("by another OS thread", &handed_over)];
    for (how, read) in rows {
        let [time, pause] = [read.took, read.longest].map(human);
        table.row([how.to_owned(), time, read.beats.to_string(), pause]);
    }
    stage.table(&table);
    let same = [&direct, &handed_over].iter().filter(|read| read.words == words).count();
    stage.check(
        "whoever reads them, the words are the same",
        format!("{same} of 2 counted {}", words.total()),
        same == 2,
        "A file was changed or removed meanwhile: another program writes there.",
    );
    judge(stage, &listing, &direct, &handed_over);
    Ok(())
}

fn judge(stage: &mut Stage<'_>, listing: &Listing, direct: &disk::Read, other: &disk::Read) {
    if listing.bytes < COMPARABLE {
        stage.say("That is too little to hold up anybody.");
        return;
    }
    stage.check(
        "a green thread that reads files stops all others",
        format!("for {} of {}", human(direct.longest), human(direct.took)),
        2 * direct.longest > direct.took,
        "Somebody had a turn in between: that should not be.",
    );
    stage.check(
        "handed to another OS thread, the reading stops nobody",
        format!("turns of the other: {}; beside a green reader: {}", other.beats, direct.beats),
        other.beats >= 4,
        "The files were read by a green thread after all; or the thread that read them, or other \
         programs, kept this one off the cores.",
    );
    stage.say(
        "gevent has such threads too, gevent.threadpool, and Go's scheduler starts another thread \
         when one is long in a system call.",
    );
}

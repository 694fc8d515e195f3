//! Waiting and computing in turn; and files, which nobody can wait for.

mod disk;
mod mixed;

use std::path::PathBuf;
use std::time::Duration;

use stage::contest::Times;
use stage::{Result, Scene, Stage, Table, human};
use workloads::files::{self, Bounds, Listing, telling};
use workloads::{Approach, Service};

use super::runtimes::how_to_get;
use crate::solve::{EventLoop, approaches, missing};

/// The mixed job, and the words of a directory.
pub const SCENE: Scene = Scene {
    name: "orders",
    title: "orders and files: what a loop can't overlap",
    claim: "Of a job that waits and computes in turn, a loop overlaps the waiting only: the \
            computing is still one after another, and bounds the speed-up. Reading a file is no \
            waiting that the loop could take part in: epoll refuses files. So the runtimes here read \
            them on threads, and the loop goes on.",
    play,
    try_this: "cargo run -p event-loop-demo -- orders --path DIR, with a directory of your own; and one \
               with a single large file: then one thread reads. And in workloads/src/orders.rs write \
               1 for THINK_MS: the loop is fewer times as fast, and can't be more, since there is less \
               to overlap.",
    read: "crates/event-loop-demo/src/scenes/orders/disk.rs, offloaded(), and \
           crates/event-loop-demo/src/runtime/offload.rs",
};

/// What is read of a directory that nobody named.
const FULL: Bounds = Bounds { files: 1_000, bytes: 12 << 20 };
const QUICK: Bounds = Bounds { files: 300, bytes: 3 << 20 };

/// Fewer bytes are read so soon that there is nothing to hold up.
const COMPARABLE: u64 = 1_000_000;

fn play(stage: &mut Stage<'_>) -> Result {
    orders(stage)?;
    refused(stage)?;
    words(stage)?;
    if let Some(how) = how_to_get(&missing()) {
        stage.say(how);
    }
    Ok(())
}

/// The mixed job, and the bound that its computing sets.
fn orders(stage: &mut Stage<'_>) -> Result {
    let pages = stage.pick(50, 15);
    let service = Service::start()?;
    let sequential = mixed::sequential(&service, pages)?;
    stage.say(format!(
        "{pages} pages of orders, fetched, parsed and added up; the service thinks for {} ms before \
         each. One after another that is {}, of which {} ({:.1} %) are computing. What can't overlap \
         is left when all else does, and bounds how many times as fast it can be (Amdahl's law). On \
         one thread that is the computing, and one wait, since a page must come before there is \
         anything to parse:",
        workloads::orders::THINK_MS,
        human(sequential.wall),
        human(sequential.computing),
        sequential.share() * 100.0,
    ));
    let times = mixed::contest(&approaches()?, &service, pages, stage.pick(3, 1))?;
    let mut table = Table::new(["", "time", "times as fast", "at most", "computed on this thread"]);
    let [time, computing] = [sequential.wall, sequential.computing].map(human);
    table.row(["sequential".to_owned(), time, "1.0".into(), "1.0".into(), computing]);
    let faster = |time: &Times| sequential.wall.as_secs_f64() / time.median().as_secs_f64();
    for (time, here) in &times {
        // Some have threads of their own, and here they only wait for these.
        let all_here = 3 * *here > sequential.computing;
        let bound =
            if all_here { format!("{:.1}", sequential.bound(*here)) } else { "–".to_owned() };
        let faster = format!("{:.1}", faster(time));
        table.row([time.name.clone(), human(time.median()), faster, bound, human(*here)]);
    }
    stage.table(&table);
    stage.say(
        "\"At most\" is the time of the sequential run, over what was computed in this one and one \
         wait; page after page, without a wait between, the same work may take less. Who has \
         threads of its own for the tasks is not bound by one thread, as far as there are free \
         cores.",
    );
    let [(ours, computed), ..] = &times[..] else { return Err("nobody ran".into()) };
    let (measured, bound) = (faster(ours), sequential.bound(*computed));
    stage.check(
        "on a loop the waits overlap: it is more than twice as fast",
        format!("{measured:.1} times"),
        measured > 2.0,
        "The service computes as well, and had to share the cores with other programs.",
    );
    // During the one wait the loop asks for the other pages: that much computing overlaps after all.
    stage.check(
        "and the computing bounds it: it is never faster than the computing and one wait allow, by \
         more than a tenth",
        format!("{measured:.1} times as fast, of at most {bound:.1}"),
        measured < 1.1 * bound,
        "Much was computed during the one wait: there are many pages to ask for, and it is short.",
    );
    let share = |part: Duration, of: Duration| 100.0 * part.as_secs_f64() / of.as_secs_f64();
    let (before, now) = (sequential.share() * 100.0, share(*computed, ours.median()));
    stage.check(
        "what is left of the time is more and more computing",
        format!("{before:.0} % of it one after another, {now:.0} % on the loop"),
        now > 2.0 * before,
        "Other programs had the cores, so that the loop waited for its turn; or there was little to wait \
         for, as its `try` proposes.",
    );
    Ok(())
}

/// What the poller says to a file.
fn refused(stage: &mut Stage<'_>) -> Result {
    let answer = disk::registered()?;
    stage.say(
        "A socket is ready or not. A file on a disk is always \"ready\", and yet read() sleeps until \
         the disk has delivered: readiness says nothing about it.",
    );
    if cfg!(target_os = "linux") {
        stage.check(
            "epoll does not take a file",
            answer.as_ref().map_or_else(ToString::to_string, |()| "it did".into()),
            answer.as_ref().is_err_and(disk::not_permitted),
            "The directory for temporary files is of a kind that can be waited for.",
        );
    } else {
        stage.say("kqueue takes it, and reports what it always is: ready.");
    }
    stage.say(
        "So tokio::fs, async_std::fs and smol::fs are read() on another thread; asyncio has \
         run_in_executor for it. (Linux's io_uring would need no thread. tokio can be built to use it; \
         it is not built so here.)",
    );
    Ok(())
}

/// The words of a directory, read on the loop and beside it.
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
    let words = EventLoop.files(&listing.paths)?;
    stage.say(telling::counted(&words));
    if let Some(skipped) = telling::skipped(&listing, &words) {
        stage.say(skipped);
    }
    let held_up = disk::on_the_loop(&listing.paths)?;
    let offloaded = disk::offloaded(&listing.paths)?;
    stage.say("Meanwhile another task of the same loop wakes up every millisecond:");
    let mut table = Table::new(["the files are read", "time", "beats", "longest pause", "threads"]);
    for (how, read) in [("on the loop", &held_up), ("offloaded", &offloaded)] {
        let [time, pause] = [read.took, read.longest].map(human);
        let threads = read.threads.len().to_string();
        table.row([how.to_owned(), time, read.beats.to_string(), pause, threads]);
    }
    stage.table(&table);
    let same = [&held_up, &offloaded].iter().filter(|read| read.words == words).count();
    stage.check(
        "on the loop or beside it, the words are the same",
        format!("{same} of 2 counted {}", words.total()),
        same == 2,
        "A file was changed or removed meanwhile: another program writes there.",
    );
    judge(stage, &listing, &held_up, &offloaded);
    Ok(())
}

fn times(count: u64) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}

fn judge(stage: &mut Stage<'_>, listing: &Listing, held_up: &disk::Read, offloaded: &disk::Read) {
    if listing.bytes < COMPARABLE {
        stage.say("That is too little to hold up anybody.");
        return;
    }
    stage.check(
        "read on the loop, files hold up all other tasks",
        format!("for {} of {}", human(held_up.longest), human(held_up.took)),
        2 * held_up.longest > held_up.took,
        "The loop had its turn in between: that should not be.",
    );
    stage.check(
        "offloaded, they don't: the other task goes on",
        format!(
            "it woke up {}, on the loop {}; {} read",
            times(offloaded.beats),
            times(held_up.beats),
            match offloaded.threads.len() {
                1 => "1 thread has".to_owned(),
                many => format!("{many} threads have"),
            },
        ),
        offloaded.beats >= 4,
        "The threads that read and count kept the loop's thread off the cores, or other programs \
         did.",
    );
    stage.say(
        "Threads that compute want cores, as the loop does: how late it is then is up to the \
         operating system, and no longer to whoever reads.",
    );
}

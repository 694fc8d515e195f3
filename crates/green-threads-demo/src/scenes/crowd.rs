//! Ten thousand connections at once: what one costs that waits.

pub mod child;
mod clients;
mod ways;

use nix::errno::Errno;
use stage::{Bars, Held, Result, Scene, Stage, Table, human};
use workloads::{Service, limits};

use self::child::Crowd;
use self::ways::Way;

/// Ten thousand clients, and one thread of the operating system that waits for all of them.
pub const SCENE: Scene = Scene {
    name: "crowd",
    title: "ten thousand at once",
    claim: "One thread of the operating system can wait at ten thousand connections, in code that \
            reads as if each had a thread. Each has a stack, but only the pages that it has touched \
            are memory. A thread each takes several times as much. While nobody says anything, \
            nobody uses a core.",
    play,
    try_this: "in crates/green-threads-demo/src/scenes/crowd/ways.rs, let Way::Green use \
               ask::<16384>: a stack keeps what was once touched, and now that is a buffer of \
               16 KiB. The last verdict falls.",
    read: "crates/green-threads-demo/src/scenes/crowd/clients.rs, ask()",
};

/// File descriptors that are wanted for other things than connections.
const OTHERS: u64 = 100;

/// What was seen of a crowd.
struct Seen {
    way: Way,
    held: Held,
    /// By the service's log.
    in_flight: u64,
}

fn play(stage: &mut Stage<'_>) -> Result {
    let (wanted, allowed) = (stage.pick(10_000, 1_000), limits::allow_many_files());
    let many = wanted.min(allowed.saturating_sub(OTHERS));
    if many < wanted {
        stage.say(format!(
            "A connection is a file descriptor at either end, and a process may have {allowed} here: \
             for one more it is told \"{}\". So these are {many} clients, not {wanted}. ulimit -Hn is \
             how far the limit can be raised.",
            Errno::EMFILE.desc()
        ));
    }
    if many < 2 {
        return Err(format!("{allowed} file descriptors are too few: raise ulimit -n").into());
    }
    let few = many.min(stage.pick(500, 200));
    let service = Service::start()?;
    let mut seen = Vec::new();
    for (way, clients) in [(Way::Green, many), (Way::Buffers, few), (Way::Threads, few)] {
        service.clear()?;
        let crowd = Crowd { way, clients, address: service.address() };
        let held = child::hold(crowd, stage.pick(200, 50))?;
        seen.push(Seen { way, held, in_flight: service.log()?.most_at_once });
    }
    table(stage, &seen);
    let [green, buffers, threads] = &seen[..] else { return Ok(()) };
    at_once(stage, green);
    each(stage, [green, buffers, threads]);
    Ok(())
}

fn table(stage: &mut Stage<'_>, seen: &[Seen]) {
    stage.say(
        "Clients, each with one request to the slow service, which answers when it holds all of \
         them and not before. They are one function, ask(), given the one kind of stream or the \
         other. Each crowd is a process of its own, and the service is in this one. What the crowd \
         has while it waits for the last to come:",
    );
    let mut table =
        Table::new(["", "clients", "in flight", "OS threads", "descriptors", "cores busy"]);
    for Seen { way, held, in_flight } in seen {
        let threads = held.threads.map_or("?".to_owned(), |threads| threads.to_string());
        let [clients, in_flight] = [held.clients, *in_flight].map(|count| count.to_string());
        let (descriptors, cores) = (held.descriptors.to_string(), format!("{:.3}", held.cores()));
        table.row([way.name(), &clients, &in_flight, &threads, &descriptors, &cores]);
    }
    stage.table(&table);
}

fn at_once(stage: &mut Stage<'_>, green: &Seen) {
    let Seen { held, in_flight, .. } = green;
    stage.check(
        "all of them were in flight at the same instant, says the service's log",
        format!("{in_flight} of {}", held.clients),
        *in_flight == held.clients,
        "a client was given up before the last had come: please report this",
    );
    if let Some(threads) = held.threads {
        stage.check(
            "one thread of the operating system waits for all of them",
            format!("{threads} in the process"),
            threads == 1,
            "the scheduler has started another: please report this",
        );
    }
    stage.check(
        "while nobody says anything, nothing runs",
        format!("{} of processor time in {}", human(held.cpu), human(held.waited)),
        held.cores() < 0.05,
        "the scheduler is woken without need: please report this",
    );
}

fn each(stage: &mut Stage<'_>, seen: [&Seen; 3]) {
    let [Some(green), Some(buffer), Some(thread)] = seen.map(|seen| seen.held.each()) else {
        stage.say("The memory of each is left out: it is read from Linux's /proc.");
        return;
    };
    let title = "What each takes while it waits: its resident memory, and its stack in the kernel:";
    let mut bars = Bars::new(title, "KiB");
    for (seen, bytes) in seen.iter().zip([green, buffer, thread]) {
        bars.bar(seen.way.name(), bytes / 1024.0);
    }
    stage.bars(&bars);
    let clients = seen[0].held.clients;
    let all = |each: f64| each * clients as f64 / 1024.0 / 1024.0;
    stage.say(format!(
        "For all {clients} that is {:.0} MiB as green threads, and would be {:.0} MiB as threads of \
         the operating system. The sockets, which are the kernel's, come on top of either. A task \
         of an event loop takes less, since it is as large as what lives across its awaits, and not \
         whole pages: cargo run -p event-loop-demo -- crowd.",
        all(green),
        all(thread),
    ));
    stage.check(
        "a green thread that waits takes less than a third of a thread",
        format!("a thread takes {:.1} times as much", thread / green),
        thread > 3.0 * green,
        "A page of this processor is large, or ask() has touched more of its stack than it needs.",
    );
}

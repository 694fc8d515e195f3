//! Ten thousand connections at once: what one costs that waits.

pub mod child;
mod tasks;
mod threads;
mod ways;

use nix::errno::Errno;
use stage::{Bars, Held, Result, Scene, Stage, Table, human};
use workloads::{Service, limits};

use self::child::Crowd;
use self::ways::Way;

/// Ten thousand clients, and one thread that waits for all of them.
pub const SCENE: Scene = Scene {
    name: "crowd",
    title: "ten thousand at once",
    claim: "One thread can wait at ten thousand connections. Each costs a task's memory, about \
            a kilobyte, and a file descriptor, which is what there is least of. A thread \
            each takes tens of times as much. While nobody says anything, nobody uses a core.",
    play,
    try_this: "in crates/event-loop-demo/src/scenes/crowd/ways.rs, let Way::Tasks use ask::<16384>: \
               a task's memory is what lives across its awaits, and now that is a buffer of 16 KiB, \
               of which ten thousand take 160 MiB. The last verdict falls.",
    read: "crates/event-loop-demo/src/scenes/crowd/tasks.rs, ask()",
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
    stage.say(format!(
        "At either end a connection is a file descriptor, and a process may have {allowed} here \
         (ulimit -n is what it starts with, ulimit -Hn how far it may raise that). Whoever asks \
         for one more is told: {}.",
        Errno::EMFILE.desc()
    ));
    let many = wanted.min(allowed.saturating_sub(OTHERS));
    if many < wanted {
        stage.say(format!("So these are {many} clients, not {wanted}."));
    }
    if many < 2 {
        return Err(format!("{allowed} file descriptors are too few: raise ulimit -n").into());
    }
    let few = many.min(stage.pick(500, 200));
    let service = Service::start()?;
    let crowds = [(Way::Tasks, many), (Way::Buffers, few), (Way::Threads, few)];
    let mut seen = Vec::new();
    for (way, clients) in crowds {
        service.clear()?;
        let crowd = Crowd { way, clients, address: service.address() };
        let held = child::hold(crowd, stage.pick(200, 50))?;
        seen.push(Seen { way, held, in_flight: service.log()?.most_at_once });
    }
    table(stage, &seen);
    let [tasks, buffers, threads] = &seen[..] else { return Ok(()) };
    at_once(stage, tasks);
    each(stage, [tasks, buffers, threads]);
    Ok(())
}

fn table(stage: &mut Stage<'_>, seen: &[Seen]) {
    stage.say(
        "Clients, each with one request to the slow service, which answers when it holds all of \
         them and not before. Each crowd is a process of its own, and the service is in this one. \
         (Only the tasks are so many: of the others a few are enough to see what each takes, and \
         so many threads not every system allows.) What the crowd has while it waits for the last to \
         come:",
    );
    let mut table =
        Table::new(["", "clients", "in flight", "threads", "descriptors", "cores busy"]);
    for Seen { way, held, in_flight } in seen {
        let threads = held.threads.map_or("?".to_owned(), |threads| threads.to_string());
        let [clients, in_flight] = [held.clients, *in_flight].map(|count| count.to_string());
        let (descriptors, cores) = (held.descriptors.to_string(), format!("{:.3}", held.cores()));
        table.row([way.name(), &clients, &in_flight, &threads, &descriptors, &cores]);
    }
    stage.table(&table);
}

fn at_once(stage: &mut Stage<'_>, tasks: &Seen) {
    let Seen { held, in_flight, .. } = tasks;
    stage.check(
        "all of them were in flight at the same instant, says the service's log",
        format!("{in_flight} of {}", held.clients),
        *in_flight == held.clients,
        "a client was given up before the last had come: please report this",
    );
    if let Some(threads) = held.threads {
        stage.check(
            "one thread waits for all of them",
            format!("{threads} in the process"),
            threads == 1,
            "the runtime has started another: please report this",
        );
    }
    stage.check(
        "while nobody says anything, nothing runs",
        format!("{} of processor time in {}", human(held.cpu), human(held.waited)),
        held.cores() < 0.05,
        "the loop is woken without need: please report this",
    );
}

fn each(stage: &mut Stage<'_>, [tasks, buffers, threads]: [&Seen; 3]) {
    let memory = [tasks, buffers, threads].map(|seen| seen.held.each());
    let [Some(task), Some(buffer), Some(thread)] = memory else {
        stage.say("The memory of each is left out: it is read from Linux's /proc.");
        return;
    };
    let title = "What each takes while it waits: its resident memory, and its stack in the kernel:";
    let mut bars = Bars::new(title, "KiB");
    for (seen, bytes) in [(tasks, task), (buffers, buffer), (threads, thread)] {
        bars.bar(seen.way.name(), bytes / 1024.0);
    }
    stage.bars(&bars);
    let all = |each: f64| each * tasks.held.clients as f64 / 1024.0 / 1024.0;
    stage.say(format!(
        "For all {} that is {:.1} MiB as tasks, and would be {:.0} MiB as threads. The sockets, \
         which are the kernel's, come on top of either.",
        tasks.held.clients,
        all(task),
        all(thread),
    ));
    stage.check(
        "a task that waits takes less than a tenth of a thread",
        format!("a thread takes {:.0} times as much", thread / task),
        thread > 10.0 * task,
        "the allocator gave the tasks memory in large pieces, of which they use a part; or each holds \
         a larger buffer, as its `try` proposes",
    );
}

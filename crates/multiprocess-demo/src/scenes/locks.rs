//! fork in a process with threads: their locks are copied, and they are not.

mod held;
mod stdio;

use std::sync::mpsc::channel;
use std::thread;

use stage::{Result, Scene, Stage, Table, human};

use self::held::{Fate, Holder, lock_in_child};
use super::born::first_word;
use super::forked::alone;
use crate::child::Death;
use crate::start::{Fork, Method, Start};

/// Why one doesn't fork with threads, and how else one starts a process.
pub const SCENE: Scene = Scene {
    name: "locks",
    title: "fork with threads",
    claim: "fork copies all memory, but of the threads only the one that calls. A lock that \
            another thread holds at that moment is locked in the child too, and the thread that \
            would unlock it is not there: who wants it there waits for ever. So spawn and zygote \
            exist. (Python warns of a fork with threads since 3.12, and no longer forks by \
            default on Linux since 3.14: it has a zygote, called forkserver.)",
    play,
    try_this: "in crates/multiprocess-demo/src/scenes/locks/held.rs, move drop(release) and \
               second.join() up, before the fork: nobody holds the lock then, and the child gets \
               it. A fork with threads is mostly like that, which is why one finds out late.",
    read: "crates/multiprocess-demo/src/scenes/locks/held.rs, lock_in_child()",
};

fn play(stage: &mut Stage<'_>) -> Result {
    if let Err(why) = alone() {
        stage.say(format!("Not shown here: {why}."));
        return Ok(());
    }
    own_lock(stage)?;
    if let Some([thread, main, child]) = stdio::who_gets_it()? {
        let said = |got| if got { "free" } else { "locked" };
        stage.check(
            "C's streams (stdio) have locks too, and glibc's fork renews them: one that a thread \
             has locked is locked for the parent, and free in the child. Nobody does that for \
             yours",
            format!("{} for the parent, {} in the child", said(main), said(child)),
            thread && !main && child,
            "this C library leaves them as they are",
        );
    }
    ways(stage)
}

fn own_lock(stage: &mut Stage<'_>) -> Result {
    let patience = stage.pick(held::DEADLINE, held::DEADLINE / 2);
    let mut table =
        Table::new(["held at the fork by", "threads", "the child's lock()", "the child then"]);
    let [other, free, own] = [Holder::Another, Holder::Nobody, Holder::Forker]
        .map(|holder| lock_in_child(holder, patience));
    let (other, free, own) = (other?, free?, own?);
    stage.timeline(
        "A second thread holds a lock while the main thread forks, and unlocks it right after. The \
         child wants that lock:",
        other.timeline.clone(),
    );
    for (holder, fate) in
        [("a second thread", &other), ("nobody", &free), ("the thread that forks", &own)]
    {
        let [before, after] = fate.threads.map(|count| count.map_or("?".into(), |n| n.to_string()));
        let lock = if fate.got_it { "returned" } else { "never returned" };
        let threads = format!("{before} → {after}");
        table.row([holder, &threads, lock, &fate.death.to_string()]);
    }
    stage.table(&table);
    let Fate { state, parent_got_it, .. } = other;
    stage.check(
        "the child waits for a lock that its parent can take long since, asleep, until the \
         parent's deadline ends it",
        format!(
            "{} after {}, and the parent {} the lock",
            match state {
                _ if other.got_it => "done",
                Some('S') => "asleep",
                _ => "not asleep",
            },
            human(patience),
            if parent_got_it { "has had" } else { "doesn't get" },
        ),
        !other.got_it
            && parent_got_it
            && state.is_none_or(|state| state == 'S')
            && other.death == Death::Killed(9),
        "the machine was so busy that the child had not come to its lock() yet",
    );
    stage.check(
        "with the lock free, or held by the thread that forks (which is there in both), the child \
         gets it",
        format!("{}, {}", free.death, own.death),
        free.got_it && own.got_it,
        "the machine was so busy that the child had not come to its lock() yet",
    );
    Ok(())
}

/// What the ways to start a process make of a second thread.
fn ways(stage: &mut Stage<'_>) -> Result {
    alone()?;
    let (stop, stopped) = channel::<()>();
    let second = thread::spawn(move || stopped.recv().is_err());
    let refused = Fork.start(&super::born::ENTRY, &[]).err().map(|why| why.to_string());
    let methods: &[Method] =
        if cfg!(target_os = "linux") { &[Method::Spawn, Method::Zygote] } else { &[Method::Spawn] };
    let mut started = Vec::new();
    for method in methods {
        let word = method.starter().and_then(|mut starter| first_word(&mut *starter));
        if word.is_ok() {
            started.push(method.to_string());
        }
    }
    drop(stop);
    let _ = second.join();
    stage.check(
        "this chapter's pool refuses to fork with a second thread, and says why",
        refused.as_deref().unwrap_or("it forked"),
        refused.is_some(),
        "it didn't see the thread: please report this",
    );
    stage.check(
        "spawn and zygote don't mind: what they copy, if anything, has one thread",
        format!("started by {}", started.join(" and by ")),
        started.len() == methods.len(),
        "one of them has failed: please report this",
    );
    Ok(())
}

//! The scene's parts, one after the other.

use nix::sys::signal::Signal;
use nix::sys::wait::WaitStatus;
use nix::unistd::getpid;
use stage::{Result, Stage, Table, human};

use super::family::Adopting;
use super::interrupted::{self, Left};
use super::orphan::{self, At};
use super::zombie;
use crate::child::Death;
use crate::scenes::forked::alone;

pub fn play(stage: &mut Stage<'_>) -> Result {
    if let Err(why) = alone() {
        stage.say(format!("Not shown here: {why}."));
        return Ok(());
    }
    zombies(stage)?;
    let _adopting = Adopting::start()?;
    orphans(stage)?;
    signals(stage)
}

fn zombies(stage: &mut Stage<'_>) -> Result {
    let (seen, death) = zombie::life_and_death()?;
    stage.say("A child, as /proc and kill() know it. Z is a zombie: no memory, but a number:");
    let mut table = Table::new(["the child", "state", "memory", "a signal reaches it"]);
    for moment in &seen {
        let state = moment.state.map_or("none".into(), |state| state.to_string());
        let reached = if moment.reached { "yes" } else { "no such process" };
        table.row([moment.when, &state, &format!("{} KiB", moment.memory), reached]);
    }
    stage.table(&table);
    let [_, ended, waited] = &seen;
    stage.check(
        "a child that has ended is a zombie until its parent has waited for it, and then gone",
        format!("{} and then {}; it {death}", shown(ended.state), shown(waited.state)),
        ended.state == Some('Z')
            && waited.state.is_none()
            && death == Death::Exited(zombie::STATUS),
        "somebody else waited for the child, or its number was given to another process at once",
    );
    Ok(())
}

fn shown(state: Option<char>) -> String {
    state.map_or("none".into(), |state| format!("state {state}"))
}

fn orphans(stage: &mut Stage<'_>) -> Result {
    let orphan = orphan::goes_on()?;
    let [before, after] = orphan.parents;
    stage.check(
        "a process whose parent is killed goes on, and has another parent: the nearest of its \
         ancestors that has asked for orphans, as this scene has; else process 1",
        format!(
            "{} was {before}'s child and is {after}'s; this is {}",
            orphan.grandchild,
            getpid()
        ),
        before == orphan.child
            && after == getpid()
            && matches!(orphan.end, Some(WaitStatus::Exited(_, 0))),
        "the kernel gave it to somebody else: please report this",
    );
    for (at, how) in [(At::Computing, "computes"), (At::Stopped, "is stopped (SIGSTOP)")] {
        let (end, took) = orphan::ends(at)?;
        stage.check(
            format!("with a lifeline it ends with its parent, also while it {how}"),
            match end {
                Some(WaitStatus::Signaled(_, signal, _)) => {
                    format!("{signal}, all over after {}", human(took))
                }
                Some(_) => "it ended by itself".into(),
                None => "it went on".into(),
            },
            matches!(end, Some(WaitStatus::Signaled(_, Signal::SIGKILL, _))),
            "the machine was so busy that it took more than 5 s",
        );
    }
    Ok(())
}

fn signals(stage: &mut Stage<'_>) -> Result {
    let signals = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGKILL];
    let all = signals.into_iter().map(interrupted::by).collect::<std::io::Result<Vec<_>>>()?;
    stage.say(
        "Now this chapter's program with a pool whose workers compute. It is sent a signal: \
         SIGINT (that is Ctrl-C), SIGTERM (kill), SIGKILL (which nobody can handle). It handles \
         none of them. Its other processes are the workers and the zygote that made them:",
    );
    let mut table = Table::new(["signal", "the program", "others", "ended too", "left", "after"]);
    for Left { signal, death, others, ended, left, took } in &all {
        let death = death.map_or("goes on".into(), |death| death.to_string());
        let [others, ended, left] = [others, ended, left].map(ToString::to_string);
        table.row([signal.as_str(), &death, &others, &ended, &left, &human(*took)]);
    }
    stage.table(&table);
    let left: usize = all.iter().map(|run| run.left).sum();
    let ended: usize = all.iter().map(|run| run.ended).sum();
    stage.check(
        "whichever signal ends a program with a pool, no process of it is left",
        format!("{ended} ended with it, {left} left"),
        left == 0
            && all.iter().all(|run| run.death == Some(Death::Killed(run.signal as i32)))
            && all.iter().all(|run| run.ended == run.others),
        "the machine was so busy that one took more than 5 s",
    );
    Ok(())
}

//! fork: one call, two returns.

mod buffer;
mod diary;

use std::hint::black_box;
use std::io::{self, PipeReader, PipeWriter};
use std::time::Instant;

use nix::unistd::{Pid, getpid, getppid};
use stage::{Result, Scene, Stage};
use workloads::primes;

use self::diary::{Diary, Pen};
use super::forked::{alone, forked, number, pid, receive, send};
use crate::child::Death;

/// One call, two returns: who is who, and how the parent learns what became of its child.
pub const SCENE: Scene = Scene {
    name: "fork",
    title: "fork returns twice",
    claim: "fork is one call that returns twice: in the process that called, with the number of \
            its child; and in the child, with 0. The child is a copy that goes on from there, and \
            the parent collects its exit status with waitpid. (In Python: pid = os.fork(); the \
            child is where pid == 0, and leaves by os._exit(7); the parent calls os.waitpid(pid, 0).)",
    play,
    try_this: "in crates/multiprocess-demo/src/scenes/fork.rs, write 263 for STATUS: the child \
               says 263, waitpid says 7, and the verdict falls. A status is one byte, and 263 is \
               256 + 7.",
    read: "crates/multiprocess-demo/src/scenes/fork.rs, two_returns()",
};

/// What the child ends with.
const STATUS: i32 = 7;

fn play(stage: &mut Stage<'_>) -> Result {
    if let Err(why) = alone() {
        stage.say(format!("Not shown here: {why}."));
        return Ok(());
    }
    let Story { returned, child: [child, its_parent], death, diary } =
        two_returns(stage.pick(300_000, 100_000))?;
    stage.say("Both write into one pipe, each with its own process id in front:");
    stage.listing(diary.lines());
    let parent = getpid();
    stage.timeline("The same, from left to right:", diary.timeline(parent));
    stage.check(
        "fork returned the child's number to the parent, and the parent is the child's parent",
        format!("{parent} got {returned}; the child is {child}, its parent {its_parent}"),
        returned == child && its_parent == parent,
        "the numbers are the kernel's: please report this",
    );
    stage.check(
        "waitpid tells the parent how its child ended",
        format!("{death}"),
        death == Death::Exited(STATUS),
        "somebody killed the child, or what it said is more than a status can hold",
    );
    let [kept, flushed] = [buffer::times_written(false)?, buffer::times_written(true)?];
    stage.check(
        "what waits in a buffer at the fork is in both copies, and is written by both; flushed \
         before, it is written once",
        format!("{kept} times, and {flushed}"),
        (kept, flushed) == (2, 1),
        "the buffer was flushed by its own size: please report this",
    );
    Ok(())
}

/// What became of one fork.
struct Story {
    /// What fork returned to the parent.
    returned: Pid,
    /// What the child says: its own number and its parent's.
    child: [Pid; 2],
    death: Death,
    diary: Diary,
}

/// Forks once. Both go on from the same line, and have met before either is done.
fn two_returns(work: u64) -> Result<Story> {
    let (from_child, to_parent) = io::pipe()?;
    let (from_parent, to_child) = io::pipe()?;
    let (pen, diary) = diary::open(Instant::now())?;
    pen.note("computing", "I call fork()")?;
    let mut child = forked(|| {
        // Here it has returned for the second time, in a process that wasn't there before.
        let ends = (to_parent, from_parent);
        childhood(&pen, &ends.0, &ends.1, work).map_or(1, |()| STATUS)
    })?;
    pen.note("waiting", &format!("fork() returned {}: my child", child.id()))?;
    let says = receive(&from_child)?.map(pid);
    pen.note("computing", "I have heard from it, and count primes too")?;
    send(&to_child, [1])?;
    black_box(primes::count(0..work / 2));
    pen.note("waiting", "I call waitpid()")?;
    let death = child.wait();
    pen.note("computing", &format!("my child {death}"))?;
    pen.note("", "I go on")?;
    drop(pen);
    Ok(Story { returned: child.id(), child: says, death, diary: diary.read()? })
}

fn childhood(pen: &Pen, to_parent: &PipeWriter, from_parent: &PipeReader, work: u64) -> Result {
    pen.note("waiting", &format!("fork() returned 0: I am a child of {}", getppid()))?;
    send(to_parent, [number(getpid()), number(getppid())])?;
    receive::<1>(from_parent)?;
    pen.note("computing", "I too have gone on from that line, and count primes")?;
    black_box(primes::count(0..work));
    pen.note("", &format!("I end with status {STATUS}"))?;
    Ok(())
}

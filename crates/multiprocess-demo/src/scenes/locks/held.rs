//! A lock that somebody holds at the moment of the fork.

use std::io::{self, PipeReader};
use std::os::fd::AsFd;
use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::unistd::{Pid, getpid};
use stage::{Recorder, Timeline};

use crate::child::Death;
use crate::scenes::forked::{alone, forked_among_threads, receive, send};
use crate::scenes::procfs;

/// How long the parent waits for its child.
pub const DEADLINE: Duration = Duration::from_millis(100);

/// Who holds the lock at the fork. There is a second thread in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// The second thread, which the child has not.
    Another,
    /// Nobody.
    Nobody,
    /// The thread that forks, which is there in both processes; each unlocks its own copy.
    Forker,
}

/// What became of a child that locks.
pub struct Fate {
    /// Before the fork, and in the child.
    pub threads: [Option<usize>; 2],
    /// Whether its lock() returned before the deadline.
    pub got_it: bool,
    /// Whether the parent could lock meanwhile.
    pub parent_got_it: bool,
    /// What the child was doing at the deadline: S if it slept; or nothing if nobody can tell.
    pub state: Option<char>,
    pub death: Death,
    pub timeline: Timeline,
}

/// How long a child may take that nothing keeps from the lock, or from its wait for it.
const PATIENCE: Duration = Duration::from_secs(30);

/// Forks beside a second thread; the child says that it is there, locks, and says so.
pub fn lock_in_child(holder: Holder, deadline: Duration) -> io::Result<Fate> {
    alone()?;
    let lock = Mutex::new(());
    let recorder = Recorder::new();
    let (from_child, to_parent) = io::pipe()?;
    thread::scope(|scope| {
        let (ready, is_ready) = channel();
        let (release, released) = channel::<()>();
        let mut lane = recorder.lane("second thread");
        let lock = &lock;
        let second = scope.spawn(move || {
            let guard = (holder == Holder::Another).then(|| lock.lock());
            lane.now(if guard.is_some() { "holding" } else { "waiting" });
            let _ = ready.send(());
            // Returns when the other end has gone.
            let _ = released.recv();
        });
        let _ = is_ready.recv();
        let mut main = recorder.lane("main thread");
        let guard = (holder == Holder::Forker).then(|| lock.lock());
        let before = procfs::threads(getpid());
        // SAFETY: a futex and a pipe is all that the child uses: no memory is asked for, and no lock
        // that it could wait for, but the one.
        let forked = unsafe {
            forked_among_threads(move || {
                let to_parent = to_parent;
                let _ = send(&to_parent, [0]);
                // In each of the two processes this unlocks the lock of that process.
                drop(guard);
                drop(lock.lock());
                send(&to_parent, [1]).map_or(1, |()| 0)
            })
        };
        let mut child = forked?;
        receive::<1>(&from_child)?;
        let mut childs = recorder.lane("the child");
        childs.now("blocked");
        main.now("waiting");
        if holder == Holder::Another {
            until_asleep(child.id());
            // The thread is at work for a while, so that the picture shows it.
            thread::sleep(deadline / 4);
        }
        drop(release);
        let _ = second.join();
        let parent_got_it = lock.try_lock().is_ok_and(|_guard| {
            main.now("holding");
            thread::sleep(deadline / 8);
            true
        });
        main.now("waiting");
        let after = procfs::threads(child.id());
        // Who is to get it may be kept waiting by a busy machine.
        let patience = if holder == Holder::Another { deadline } else { PATIENCE };
        let got_it = spoken(&from_child, patience)?;
        let state = procfs::state(child.id());
        let death = if got_it { child.wait() } else { child.kill() };
        childs.idle();
        drop((childs, main));
        let threads = [before, after];
        Ok(Fate { threads, got_it, parent_got_it, state, death, timeline: recorder.timeline() })
    })
}

/// Waits until a process sleeps, or has ended, as far as the system tells: the deadline is one for
/// who waits for the lock, and a busy machine may keep the child from getting there.
fn until_asleep(pid: Pid) {
    let start = Instant::now();
    let is_under_way = || procfs::state(pid).is_some_and(|state| !['S', 'Z'].contains(&state));
    while is_under_way() && start.elapsed() < PATIENCE {
        thread::yield_now();
    }
}

/// Whether the child says something before the deadline.
fn spoken(from: &PipeReader, deadline: Duration) -> io::Result<bool> {
    let until = Instant::now() + deadline;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        let left = PollTimeout::try_from(left).unwrap_or(PollTimeout::ZERO);
        match poll(&mut [PollFd::new(from.as_fd(), PollFlags::POLLIN)], left) {
            Err(nix::errno::Errno::EINTR) => {}
            result => return Ok(result? > 0),
        }
    }
}

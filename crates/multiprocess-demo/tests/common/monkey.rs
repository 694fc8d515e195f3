//! Somebody who kills, stops and resumes the children of a process, at random instants.

use std::collections::BTreeMap;
use std::fs::File;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::thread;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::libc;
use nix::sys::signal::Signal;

use super::{children, state};

/// Numbers that look random, the same for the same seed (splitmix64).
pub struct Dice(pub u64);

impl Dice {
    /// Below `end`.
    pub fn roll(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }
}

/// A process that cannot turn into another one, as a number can: a descriptor of it.
struct Process(OwnedFd);

impl Process {
    /// This child of that parent, if it is one and lives.
    fn child(pid: i32, parent: i32) -> Option<Process> {
        // SAFETY: this takes numbers only, and returns a new descriptor, or an error.
        let opened = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) };
        let number = Errno::result(opened).ok()? as i32;
        // SAFETY: the kernel has just opened it for us, and nobody else knows of it.
        let process = Process(unsafe { OwnedFd::from_raw_fd(number) });
        // Asked now that the number is pinned: if it is the child's now, this is the child.
        state(pid).filter(|&(state, of)| of == parent && state != 'Z').map(|_| process)
    }

    fn signal(&self, signal: Signal) {
        // SAFETY: this takes numbers and a null pointer, which stands for no further information.
        unsafe {
            let (fd, none) = (self.0.as_raw_fd(), std::ptr::null::<libc::siginfo_t>());
            libc::syscall(libc::SYS_pidfd_send_signal, fd, signal as i32, none, 0);
        }
    }
}

/// Plays with the children of `parent` (but not with itself) until it is told to stop. All that it
/// has stopped goes on then.
pub fn play(parent: i32, seed: u64, go_on: impl Fn() -> bool) -> usize {
    let mut dice = Dice(seed);
    let mut asleep: BTreeMap<Instant, Process> = BTreeMap::new();
    let mut signals = 0;
    while go_on() {
        thread::sleep(Duration::from_micros(200 + dice.roll(4_000)));
        while let Some(due) = asleep.first_entry().filter(|due| *due.key() <= Instant::now()) {
            due.remove().signal(Signal::SIGCONT);
        }
        let own = std::process::id().cast_signed();
        let mut all = children(parent);
        all.retain(|&(pid, state)| pid != own && state != 'Z');
        if all.is_empty() {
            continue;
        }
        let (pid, _) = all[dice.roll(all.len() as u64) as usize];
        let Some(process) = Process::child(pid, parent) else { continue };
        signals += 1;
        if dice.roll(3) > 0 {
            process.signal(Signal::SIGKILL);
            continue;
        }
        process.signal(Signal::SIGSTOP);
        // For a moment; or for longer than any deadline.
        let nap = match dice.roll(10) {
            0 => Duration::from_millis(700),
            _ => Duration::from_micros(dice.roll(20_000)),
        };
        asleep.insert(Instant::now() + nap, process);
    }
    asleep.values().for_each(|process| process.signal(Signal::SIGCONT));
    signals
}

/// The seed of this run: the one in CHAOS_SEED, or one that nobody has chosen.
pub fn seed() -> u64 {
    let given = std::env::var("CHAOS_SEED").ok().and_then(|seed| seed.parse().ok());
    given.unwrap_or_else(|| {
        let mut bytes = [0; 8];
        std::io::Read::read_exact(&mut File::open("/dev/urandom").unwrap(), &mut bytes).unwrap();
        u64::from_ne_bytes(bytes)
    })
}

/// Says the seed, if there is a panic.
pub struct SaysSeed(pub u64);

impl Drop for SaysSeed {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("the seed was CHAOS_SEED={}", self.0);
        }
    }
}

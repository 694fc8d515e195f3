//! Two threads that take turns: what it costs to hand over, on one core and across two.

use std::sync::{Condvar, Mutex};
use std::thread;

use stage::Result;

/// A place to measure: the cores on which the two threads have to run, if that can be said.
pub(super) struct Place {
    pub(super) name: &'static str,
    pub(super) why: &'static str,
    pub(super) cores: Option<[usize; 2]>,
}

/// Whose turn it is. Nobody spins: who has to wait sleeps until it is signalled.
#[derive(Default)]
struct Turns {
    second: Mutex<bool>,
    changed: Condvar,
}

impl Turns {
    /// Waits for the turn of one side, and gives it to the other.
    fn take(&self, second: bool) {
        let mut turn = self.second.lock().expect("nobody panics in here");
        while *turn != second {
            turn = self.changed.wait(turn).expect("nobody panics in here");
        }
        *turn = !second;
        drop(turn);
        self.changed.notify_one();
    }
}

/// Hands the turn to and fro so many times.
pub(super) fn round_trips(times: u32, cores: Option<[usize; 2]>) -> Result {
    let turns = &Turns::default();
    thread::scope(|scope| {
        let sides = [false, true].map(|second| {
            thread::Builder::new().spawn_scoped(scope, move || {
                // Each pins itself, and ends pinned: the thread that started it never was.
                let pinned = cores.map_or(Ok(()), |cores| pin(cores[usize::from(second)]));
                (0..times).for_each(|_| turns.take(second));
                pinned
            })
        });
        for side in sides {
            side?.join().map_err(|_| "a side panicked")??;
        }
        Ok(())
    })
}

/// Where to measure.
pub(super) fn places() -> Vec<Place> {
    let across = "there and back; the other core must wake";
    match allowed()[..] {
        [] => vec![Place { name: "two take turns", why: across, cores: None }],
        [first, ref others @ ..] => {
            let why = "there and back; the kernel switches twice";
            let same = Place { name: "turns on one core", why, cores: Some([first; 2]) };
            let two = others.first().map(|&second| Place {
                name: "turns on two cores",
                why: across,
                cores: Some([first, second]),
            });
            std::iter::once(same).chain(two).collect()
        }
    }
}

/// The cores that this process may use; none where there is no way to choose one (macOS).
#[cfg(target_os = "linux")]
fn allowed() -> Vec<usize> {
    use nix::sched::{CpuSet, sched_getaffinity};
    let set = sched_getaffinity(nix::unistd::Pid::from_raw(0)).unwrap_or_default();
    (0..CpuSet::count()).filter(|&core| set.is_set(core).unwrap_or(false)).collect()
}

#[cfg(not(target_os = "linux"))]
fn allowed() -> Vec<usize> {
    Vec::new()
}

/// Binds the thread that calls to a core.
#[cfg(target_os = "linux")]
fn pin(core: usize) -> nix::Result<()> {
    use nix::sched::{CpuSet, sched_setaffinity};
    let mut set = CpuSet::new();
    set.set(core)?;
    sched_setaffinity(nix::unistd::Pid::from_raw(0), &set)
}

#[cfg(not(target_os = "linux"))]
fn pin(_: usize) -> nix::Result<()> {
    Ok(())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn whoever_measures_is_not_pinned() {
        let before = allowed();
        for place in places() {
            round_trips(3, place.cores).unwrap();
        }
        assert_eq!(allowed(), before);
    }
}

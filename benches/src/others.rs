//! What others have of the machine while this runs: a figure that was measured beside a busy
//! neighbour is the neighbour's too.

use std::fs;
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;

/// Looks closer together than this say little: the system counts in hundredths of a second.
const LEAST: Duration = Duration::from_secs(2);

/// From this share of the machine on, others are worth a word.
pub const MUCH: f64 = 0.1;

/// Adds up, from look to look, what of the processors' time was not ours.
#[derive(Debug, Clone)]
pub struct Others {
    last: Option<Reading>,
    at: Instant,
    /// In seconds of processor time: theirs, and what there was.
    theirs: f64,
    all: f64,
    most: f64,
}

/// Seconds of processor time since some time in the past.
#[derive(Debug, Clone, Copy)]
struct Reading {
    /// Used, by whomever; what the hypervisor has given to other machines counts as used.
    busy: f64,
    /// Used or not, on all cores.
    all: f64,
    /// Used by this process and by those of its children that have ended.
    ours: f64,
}

impl Others {
    /// From now on.
    #[must_use]
    pub fn watch() -> Others {
        let (last, at) = (Reading::now(), Instant::now());
        Others { last, at, theirs: 0.0, all: 0.0, most: 0.0 }
    }

    /// Call this when no child runs: the time of one that does is not known to be ours yet.
    pub fn look(&mut self) {
        if self.at.elapsed() >= LEAST {
            self.since_the_last_look();
        }
    }

    /// Looks, and tells their share of the machine since the last look, however short that is;
    /// nothing where the system doesn't tell. Call this too when no child runs.
    pub fn since_the_last_look(&mut self) -> Option<f64> {
        let now = Reading::now();
        let share = self.last.zip(now).map(|(last, now)| {
            let all = (now.all - last.all).max(0.0);
            let theirs = ((now.busy - last.busy) - (now.ours - last.ours)).clamp(0.0, all);
            (self.theirs, self.all) = (self.theirs + theirs, self.all + all);
            theirs / all.max(0.01)
        });
        self.most = self.most.max(share.unwrap_or(0.0));
        (self.last, self.at) = (now, Instant::now());
        share
    }

    /// Their share of the machine, over all the time; nothing where the system doesn't tell, or
    /// after too short a time.
    #[must_use]
    pub fn share(&self) -> Option<f64> {
        (self.all > 0.0).then(|| self.theirs / self.all)
    }

    /// The largest share that they had between two looks.
    #[must_use]
    pub fn most(&self) -> Option<f64> {
        (self.all > 0.0).then_some(self.most)
    }
}

impl Reading {
    fn now() -> Option<Reading> {
        let stat = fs::read_to_string("/proc/stat").ok()?;
        let line = stat.lines().next()?.strip_prefix("cpu ")?;
        // user, nice, system, idle, iowait, irq, softirq, steal (proc_stat(5)); guests are in user.
        let ticks: Vec<f64> = line
            .split_whitespace()
            .take(8)
            .map(|ticks| ticks.parse().ok())
            .collect::<Option<_>>()?;
        let all: f64 = ticks.iter().sum();
        let idle = ticks.get(3)? + ticks.get(4)?;
        let second = ticks_a_second()?;
        let seconds = |time: TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
        let ours = [UsageWho::RUSAGE_SELF, UsageWho::RUSAGE_CHILDREN].map(|who| {
            getrusage(who)
                .map_or(0.0, |used| seconds(used.user_time()) + seconds(used.system_time()))
        });
        let ours = ours.iter().sum();
        Some(Reading { busy: (all - idle) / second, all: all / second, ours })
    }
}

fn ticks_a_second() -> Option<f64> {
    let told = nix::unistd::sysconf(nix::unistd::SysconfVar::CLK_TCK).ok()??;
    Some(told as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn what_is_ours_is_not_theirs() {
        let before = Reading::now().unwrap();
        let begun = Instant::now();
        while Reading::now().unwrap().ours < before.ours + 0.1 {
            assert!(begun.elapsed() < Duration::from_secs(60));
        }
        let after = Reading::now().unwrap();
        assert!(after.all > before.all && after.busy - before.busy >= 0.05, "{before:?} {after:?}");
        let mut others = Others { last: Some(before), at: begun - LEAST, ..Others::watch() };
        others.look();
        let share = others.share().unwrap();
        assert!((0.0..=1.0).contains(&share) && others.most().unwrap() >= share - 1e-9);
    }
}

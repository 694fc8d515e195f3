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
        let share = self.last.zip(now).map(|(last, now)| self.add(last, now));
        (self.last, self.at) = (now, Instant::now());
        share
    }

    /// Their share between two readings, which counts from now on.
    fn add(&mut self, last: Reading, now: Reading) -> f64 {
        let all = now.all - last.all;
        let theirs = ((now.busy - last.busy) - (now.ours - last.ours)).clamp(0.0, all);
        (self.theirs, self.all) = (self.theirs + theirs, self.all + all);
        let share = theirs / all.max(0.01);
        self.most = self.most.max(share);
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

    impl Others {
        /// The next look counts.
        pub(crate) fn watch_since_long_ago() -> Others {
            let last = Reading::now().map(|now| Reading { all: now.all - 1.0, ..now });
            Others { last, at: Instant::now() - LEAST, ..Others::watch() }
        }
    }

    #[test]
    fn theirs_is_what_was_used_and_not_by_us() {
        let at = |busy, all, ours| Reading { busy, all, ours };
        let mut others = Others::watch();
        others.add(at(10.0, 100.0, 2.0), at(16.0, 110.0, 7.0));
        assert_eq!((others.share(), others.most()), (Some(0.1), Some(0.1)));
        others.add(at(16.0, 110.0, 7.0), at(21.0, 120.0, 7.0));
        assert_eq!((others.share(), others.most()), (Some(0.3), Some(0.5)));
        // The system counts in hundredths of a second, and the two not at the same time.
        others.add(at(21.0, 120.0, 7.0), at(31.0, 130.0, 17.01));
        assert_eq!((others.share(), others.most()), (Some(0.2), Some(0.5)));
    }

    /// Another test's child, waited for now, is ours from now on, and was used before: so this goes on until
    /// both have grown, and fails if one of them does not.
    #[test]
    #[cfg(target_os = "linux")]
    fn what_this_process_uses_is_used_and_ours() {
        let before = Reading::now().unwrap();
        let begun = Instant::now();
        loop {
            let now = Reading::now().unwrap();
            let (ours, busy) = (now.ours - before.ours, now.busy - before.busy);
            if ours >= 0.1 && busy >= 0.05 && now.all > before.all {
                break;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "{before:?} {now:?}");
        }
    }

    /// A look while a child runs would count its time as that of others.
    #[test]
    #[cfg(target_os = "linux")]
    fn a_child_that_has_ended_was_ours() {
        // In this order: another test's child may end in between.
        let ours = Reading::now().unwrap().ours;
        let before = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap().user_time();
        let count = "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done";
        assert!(std::process::Command::new("sh").args(["-c", count]).status().unwrap().success());
        let used = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap().user_time() - before;
        let used = used.tv_sec() as f64 + used.tv_usec() as f64 / 1e6;
        let now = Reading::now().unwrap().ours;
        assert!(used > 0.0 && now - ours >= used, "{used} s of {}", now - ours);
    }
}

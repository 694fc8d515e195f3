//! What work costs a process and its children: time on the wall, processor time, memory, context
//! switches.

#[cfg(target_os = "linux")]
mod children;

use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};

use crate::{Result, Sample};

/// The meter of one piece of work.
pub struct Meter {
    start: Instant,
    before: Counters,
}

struct Counters {
    cpu_ms: f64,
    voluntary: f64,
    involuntary: f64,
}

impl Meter {
    /// Starts now.
    ///
    /// # Errors
    /// If the system doesn't tell what has been used.
    pub fn start() -> Result<Meter> {
        let before = Counters::read()?;
        Ok(Meter { start: Instant::now(), before })
    }

    /// What the work has cost until now. Memory is the most that the process had at any time,
    /// its start included, and the same for each child that is alive, added up; the rest counts
    /// from the start of the meter.
    ///
    /// # Errors
    /// If the system doesn't tell.
    pub fn read(&self) -> Result<Sample> {
        let wall_ms = self.start.elapsed().as_secs_f64() * 1e3;
        let (before, after) = (&self.before, Counters::read()?);
        Ok(Sample::from([
            ("wall_ms".into(), wall_ms),
            ("cpu_ms".into(), after.cpu_ms - before.cpu_ms),
            ("voluntary_switches".into(), after.voluntary - before.voluntary),
            ("involuntary_switches".into(), after.involuntary - before.involuntary),
            ("peak_memory_mib".into(), peak_memory_mib()?),
        ]))
    }
}

impl Counters {
    fn read() -> Result<Counters> {
        let usages = [UsageWho::RUSAGE_SELF, UsageWho::RUSAGE_CHILDREN].map(getrusage);
        let ms = |time: nix::sys::time::TimeVal| {
            time.tv_sec() as f64 * 1e3 + time.tv_usec() as f64 / 1e3
        };
        let mut counters = Counters { cpu_ms: 0.0, voluntary: 0.0, involuntary: 0.0 };
        for usage in usages {
            let usage = usage?;
            counters.cpu_ms += ms(usage.user_time()) + ms(usage.system_time());
            counters.voluntary += usage.voluntary_context_switches() as f64;
            counters.involuntary += usage.involuntary_context_switches() as f64;
        }
        #[cfg(target_os = "linux")]
        for [cpu_ms, voluntary, involuntary] in children::counters() {
            counters.cpu_ms += cpu_ms;
            counters.voluntary += voluntary;
            counters.involuntary += involuntary;
        }
        Ok(counters)
    }
}

/// Not `ru_maxrss`: on Linux that outlives exec(), so that a child of a large parent starts with
/// what the parent had (getrusage(2) doesn't tell; kernel, `setmax_mm_hiwater_rss` in fs/exec.c).
#[cfg(target_os = "linux")]
fn peak_memory_mib() -> Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let kib = children::number(&status, "VmHWM:").ok_or("no VmHWM in /proc/self/status")?;
    Ok((kib + children::peak_memory_kib()) / 1024.0)
}

/// Here `ru_maxrss` counts bytes (getrusage(2) of macOS).
#[cfg(not(target_os = "linux"))]
fn peak_memory_mib() -> Result<f64> {
    Ok(getrusage(UsageWho::RUSAGE_SELF)?.max_rss() as f64 / f64::from(1 << 20))
}

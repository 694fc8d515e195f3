//! What a process holds while a crowd of its own waits: memory, threads, descriptors; proc(5).

use std::fs;
use std::time::{Duration, Instant};

use crate::cpu_time;

/// What was so at one moment.
pub struct Moment {
    at: Instant,
    cpu: Duration,
    /// In bytes: the pages of this process that are in memory.
    resident: Option<u64>,
    /// In bytes: the kernel's stacks of all threads that the system has.
    stacks: Option<u64>,
    threads: Option<u64>,
    descriptors: u64,
}

/// What a crowd held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// How many waited.
    pub clients: u64,
    /// Those of the process. Nothing where there is no /proc, as for the memory.
    pub threads: Option<u64>,
    /// The files and sockets that it had open.
    pub descriptors: u64,
    /// In bytes, for all of the crowd.
    pub memory: Option<u64>,
    /// The processor time that it used while it waited.
    pub cpu: Duration,
    /// How long that was.
    pub waited: Duration,
}

impl Moment {
    /// As it is now.
    #[must_use]
    pub fn now() -> Moment {
        let entries = |path| fs::read_dir(path).ok().map(|entries| entries.count() as u64);
        Moment {
            // Not from "status": that figure may lag behind by hundreds of KiB.
            resident: figure("/proc/self/smaps_rollup", "Rss:"),
            stacks: figure("/proc/meminfo", "KernelStack:"),
            threads: entries("/proc/self/task"),
            // The one that the count takes is not counted.
            descriptors: entries("/dev/fd").unwrap_or(0).saturating_sub(1),
            cpu: cpu_time(),
            at: Instant::now(),
        }
    }
}

impl Held {
    /// Now, of clients that came after `before` and have been waiting since `waiting`.
    #[must_use]
    pub fn between(clients: u64, before: &Moment, waiting: &Moment) -> Held {
        // Before the figures are read, which takes time as well.
        let (cpu, waited) = (cpu_time() - waiting.cpu, waiting.at.elapsed());
        let now = Moment::now();
        let more = |now: Option<u64>, before: Option<u64>| Some(now?.saturating_sub(before?));
        // What others in the system do is in this figure too: so it is taken only if there are
        // threads to take it for.
        let stacks = match now.threads > before.threads {
            true => more(now.stacks, before.stacks),
            false => Some(0),
        };
        let memory = more(now.resident, before.resident);
        Held {
            clients,
            threads: now.threads,
            descriptors: now.descriptors,
            memory: memory.zip(stacks).map(|(memory, stacks)| memory + stacks),
            cpu,
            waited,
        }
    }

    /// How many cores were busy while the crowd waited.
    #[must_use]
    pub fn cores(&self) -> f64 {
        self.cpu.as_secs_f64() / self.waited.max(Duration::from_millis(1)).as_secs_f64()
    }

    /// The memory of each client, in bytes.
    #[must_use]
    pub fn each(&self) -> Option<f64> {
        Some(self.memory? as f64 / self.clients as f64)
    }

    /// As a line, for another process.
    #[must_use]
    pub fn line(&self) -> String {
        let Held { clients, threads, descriptors, memory, cpu, waited } = self;
        let known = |figure: &Option<u64>| figure.map_or("?".to_owned(), |f| f.to_string());
        let (threads, memory) = (known(threads), known(memory));
        let [cpu, waited] = [cpu, waited].map(Duration::as_nanos);
        format!("{clients} {threads} {descriptors} {memory} {cpu} {waited}")
    }

    /// What such a line says.
    #[must_use]
    pub fn read(line: &str) -> Option<Held> {
        let figures: Vec<Option<u64>> =
            line.split_whitespace().map(|figure| figure.parse().ok()).collect();
        let [clients, threads, descriptors, memory, cpu, waited] = figures[..] else { return None };
        let [cpu, waited] = [cpu?, waited?].map(Duration::from_nanos);
        let (clients, descriptors) = (clients?, descriptors?);
        Some(Held { clients, threads, descriptors, memory, cpu, waited })
    }
}

/// In bytes. A line is `Rss:      1234 kB`.
fn figure(path: &str, name: &str) -> Option<u64> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_survive_the_way_to_another_process() {
        let [cpu, waited] = [7, 8].map(Duration::from_nanos);
        let held = Held { clients: 1, threads: None, descriptors: 2, memory: Some(3), cpu, waited };
        assert_eq!(Held::read(&held.line()), Some(held));
        assert_eq!(Held::read("killed"), None);
    }
}

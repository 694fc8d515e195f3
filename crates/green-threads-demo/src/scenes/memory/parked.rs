//! Many that wait: green threads, and the operating system's.

use std::io;
use std::rc::Rc;
use std::sync::Barrier;
use std::thread;

use stage::{Result, Stage, Table};

use super::held::Held;
use crate::green;

/// How many threads of the operating system.
const THREADS: usize = 500;

/// So many threads that wait, and what they hold more than there was before.
pub(super) struct Parked {
    pub(super) threads: usize,
    pub(super) held: Held,
}

impl Parked {
    fn each(&self, kib: usize) -> f64 {
        kib as f64 / self.threads.max(1) as f64
    }

    fn cells(&self, name: &str) -> [String; 7] {
        let Held { addresses, resident, page_tables, kernel_stacks, mappings } = self.held;
        // The kernel has none for green threads, so what others started meanwhile isn't theirs.
        let kernel = if name == "green" { 0 } else { kernel_stacks };
        let each = |kib| format!("{:.1}", self.each(kib));
        [
            name.to_owned(),
            self.threads.to_string(),
            format!("{:.0}", self.each(addresses)),
            each(resident),
            each(page_tables),
            each(kernel),
            mappings.to_string(),
        ]
    }
}

/// Has so many green threads wait, or as many as there can be.
pub(super) fn green_threads(wanted: usize) -> Result<Parked> {
    // On a fresh thread of the operating system, which has no stacks from an earlier scene.
    let parked = thread::spawn(move || {
        green::run(|| {
            let before = Held::now()?;
            let gate = Rc::new(green::Mutex::new(()));
            let closed = gate.lock();
            let mut threads = Vec::with_capacity(wanted);
            for _ in 0..wanted {
                let gate = Rc::clone(&gate);
                let Ok(thread) = green::try_spawn(move || waits(&gate)) else { break };
                threads.push(thread);
            }
            // Each has its first turn, and then waits.
            green::yield_now();
            let held = Held::now()?.more_than(&before);
            let waiting = threads.iter().filter(|thread| !thread.is_finished()).count();
            drop(closed);
            let ended =
                threads.into_iter().map(green::JoinHandle::join).filter(std::result::Result::is_ok);
            io::Result::Ok(Parked { threads: ended.count().min(waiting), held })
        })
    });
    Ok(parked.join().map_err(|_| "a thread panicked")???)
}

fn waits(gate: &green::Mutex<()>) {
    drop(gate.lock());
}

/// The same with threads of the operating system.
fn threads() -> io::Result<Parked> {
    let (started, gate) = (Barrier::new(THREADS + 1), Barrier::new(THREADS + 1));
    let before = Held::now()?;
    thread::scope(|scope| {
        let (started, gate) = (&started, &gate);
        let wait = move || {
            started.wait();
            gate.wait();
        };
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(wait)).collect();
        // A thread holds its memory once it has run: so all are waited for.
        started.wait();
        let now = Held::now();
        gate.wait();
        // The scope waits for the closures only; join() waits until a thread's memory is back.
        threads.into_iter().for_each(|thread| thread.join().expect("waiting does not panic"));
        Ok(Parked { threads: THREADS, held: now?.more_than(&before) })
    })
}

pub(super) fn play(stage: &mut Stage<'_>) -> Result {
    let wanted = stage.pick(100_000, 10_000);
    let (system, green) = (threads()?, green_threads(wanted)?);
    stage.say(
        "Threads that do nothing but wait. What each takes, in KiB; and by how many mappings the \
         process has more:",
    );
    let headings =
        ["threads", "how many", "addresses", "resident", "page tables", "kernel", "mappings"];
    let mut table = Table::new(headings);
    table.row(system.cells("OS"));
    table.row(green.cells("green"));
    stage.table(&table);
    let resident = green.each(green.held.resident);
    stage.check(
        format!("{wanted} green threads wait at once, with 4.5 KiB of memory each at most"),
        format!("{} with {resident:.2} KiB", green.threads),
        green.threads == wanted && resident <= 4.5,
        "The system has larger pages than 4 KiB, or has run out of something: before Linux 6.13 \
         each guard is a mapping, and 65,530 are allowed (vm.max_map_count). Or each touched more \
         than one page of its stack.",
    );
    stage.check(
        "they are less than 100 mappings",
        format!("{} more than before", green.held.mappings),
        green.held.mappings < 100,
        "Before Linux 6.13 there is no MADV_GUARD_INSTALL, and mprotect() makes a mapping of each \
         guard.",
    );
    let theirs = [system.held.resident, system.held.page_tables, system.held.kernel_stacks];
    let theirs = system.each(theirs.iter().sum());
    let ours = green.each(green.held.resident + green.held.page_tables);
    stage.check(
        "a thread of the operating system takes at least 4 times as much",
        format!("{theirs:.1} to {ours:.1} KiB, {:.1} times", theirs / ours),
        theirs >= 4.0 * ours,
        "The stacks in the kernel are counted for all programs: one has ended some meanwhile. Or \
         the system has larger pages. Or each touched more than one page of its stack.",
    );
    stage.say(
        "Stacks are made in mappings, each twice as large as the one before, so there are addresses to \
         spare. Addresses are not memory, and of those there are 128 TiB; but the kernel must note where \
         memory is, in page tables: half a KiB for each stack, since eight of them share a page of \
         the table. gevent reserves nothing: it copies a greenlet's part of the one stack to the \
         heap when another needs the place.",
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_wait_at_once_and_end() {
        let parked = green_threads(12_000).expect("a poller");
        assert_eq!(parked.threads, 12_000);
        // 256 KiB each; what other tests of this process give back meanwhile is less than half.
        assert!(parked.held.addresses >= 12_000 * 256 / 2, "{:?}", parked.held);
    }
}

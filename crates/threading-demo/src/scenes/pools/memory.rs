//! The memory of a thread: what it reserves, and what it takes.

use std::fs;
use std::io;
use std::thread;

use crossbeam_channel::bounded;
use stage::{Result, Stage, Table};

const THREADS: usize = 500;

/// The size of a stack: what Rust reserves if nothing is said, and what C does on Linux.
const STACKS: [(&str, usize); 2] = [("Rust", 2), ("C", 8)];

/// In KiB: of this process, except the kernel's stacks, which are those of all threads there are.
struct Held {
    address_space: usize,
    resident: usize,
    kernel_stacks: usize,
}

pub(super) fn play(stage: &mut Stage<'_>) -> Result {
    if !cfg!(target_os = "linux") {
        stage.say("The memory of a thread is left out: it is read from Linux's /proc.");
        return Ok(());
    }
    stage.say(format!("{THREADS} threads that do nothing; what each takes, in KiB:"));
    let mut table =
        Table::new(["the default of", "stack size", "address space", "resident", "in the kernel"]);
    let mut each = Vec::new();
    for (whose, mib) in STACKS {
        let held = parked(mib * 1024 * 1024)?;
        let Held { address_space, resident, kernel_stacks } = &held;
        table.row([
            whose.to_owned(),
            format!("{mib} MiB"),
            address_space.to_string(),
            resident.to_string(),
            kernel_stacks.to_string(),
        ]);
        each.push(held);
    }
    stage.table(&table);
    let [rust, c] = &each[..] else { return Ok(()) };
    stage.check(
        "a larger stack takes addresses, not memory: that comes page by page, where it is used",
        format!("{} and {} KiB resident", rust.resident, c.resident),
        c.address_space > 2 * rust.address_space && rust.resident.max(c.resident) < 64,
        "This system gives a stack its memory beforehand: transparent huge pages may be \"always\".",
    );
    Ok(())
}

/// What each of many threads holds while it does nothing.
fn parked(stack: usize) -> io::Result<Held> {
    let (started, starts) = bounded(THREADS);
    let (gate, closed) = bounded::<()>(0);
    let before = held()?;
    thread::scope(|scope| {
        let (started, closed) = (&started, &closed);
        // Moved in here, so that also an early return opens it.
        let gate = gate;
        let start = |_| {
            thread::Builder::new().stack_size(stack).spawn_scoped(scope, move || {
                let _ = started.send(());
                let _ = closed.recv();
            })
        };
        let threads = (0..THREADS).map(start).collect::<io::Result<Vec<_>>>()?;
        // A thread holds its memory once it has run: so all are waited for.
        starts.iter().take(THREADS).for_each(drop);
        let now = held();
        drop(gate);
        // The scope waits for the closures only; join() waits until a thread's memory is back.
        threads.into_iter().for_each(|thread| thread.join().expect("waiting does not panic"));
        now?.less(&before)
    })
}

impl Held {
    fn less(&self, before: &Held) -> io::Result<Held> {
        let each = |now: usize, before: usize| now.saturating_sub(before) / THREADS;
        Ok(Held {
            address_space: each(self.address_space, before.address_space),
            resident: each(self.resident, before.resident),
            kernel_stacks: each(self.kernel_stacks, before.kernel_stacks),
        })
    }
}

/// From proc(5): a line is `VmRSS:      1234 kB`.
fn held() -> io::Result<Held> {
    let process = fs::read_to_string("/proc/self/status")?;
    let system = fs::read_to_string("/proc/meminfo")?;
    let figure = |text: &str, name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|rest| rest.split_whitespace().nth(1)?.parse().ok()).unwrap_or(0)
    };
    Ok(Held {
        address_space: figure(&process, "VmSize"),
        resident: figure(&process, "VmRSS"),
        kernel_stacks: figure(&system, "KernelStack"),
    })
}

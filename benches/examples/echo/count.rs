//! What a program that watches the server counts, per request.
//!
//! The server runs twice, with few requests and with many. What the second run has more is the
//! requests' alone: start and end are in both.
//!
//! Server and client take turns, each until it has nothing to do. Otherwise whoever is sent something
//! may interrupt the other at once, which under a slow program that counts is nearly always so: a
//! server that tries to read before it waits would find the next request there already, and never
//! be seen waiting.

use std::io::{self, ErrorKind};

use benches::grid::Grid;
use multiprocess_demo::scenes::tax::cores::Core;

use super::CONNECTIONS;
use super::client::Client;
use super::process::Serving;
use super::servers::{SERVERS, Server};

/// So many requests in the one run, and so many more in the other. Both are multiples of all
/// numbers of connections.
const FEW: u64 = 2 * 512;
const MORE: u64 = 40 * 512;

/// Who counts what, and how.
pub struct Counter {
    what: &'static str,
    command: &'static [&'static str],
    /// Finds the number in what it says at the end.
    total: fn(&str) -> Option<u64>,
}

/// Instructions in user space, all threads.
pub const INSTRUCTIONS: Counter = Counter {
    what: "instructions a request",
    command: &[
        "valgrind",
        "--tool=cachegrind",
        "--cache-sim=no",
        "--cachegrind-out-file=/dev/null",
    ],
    // ==7== I refs:        1,234,567
    total: |said| {
        let line = said.lines().find(|line| line.contains("refs:"))?;
        line.rsplit(' ').next()?.replace(',', "").parse().ok()
    },
};

/// System calls, all threads.
pub const CALLS: Counter = Counter {
    what: "system calls a request",
    command: &["strace", "-f", "-c"],
    // % time     seconds  usecs/call     calls    errors syscall, and in the last line the sums
    total: |said| {
        let line = said.lines().rfind(|line| line.ends_with(" total"))?;
        line.split_whitespace().nth(3)?.parse().ok()
    },
};

/// A row a server, a column a number of connections.
///
/// # Errors
/// If there is no such program as the counter, or what it says is not understood.
pub fn grid(counter: &Counter, core: Core) -> io::Result<Grid> {
    take_turns()?;
    let columns = CONNECTIONS.map(|connections| format!("{connections} connections"));
    let mut grid = Grid::new([counter.what.to_owned()].into_iter().chain(columns));
    for server in SERVERS {
        let mut row = vec![server.name.to_owned()];
        for connections in CONNECTIONS {
            let few = counter.count(server, connections, FEW, core)?;
            let many = counter.count(server, connections, FEW + MORE, core)?;
            row.push(format!("{:.2}", many.saturating_sub(few) as f64 / MORE as f64));
        }
        grid.row(row);
    }
    Ok(grid)
}

/// From now on this process, and what it starts, interrupts nobody when it is woken: sched(7).
#[cfg(target_os = "linux")]
fn take_turns() -> io::Result<()> {
    use nix::errno::Errno;
    use nix::libc::{SCHED_BATCH, sched_param, sched_setscheduler};
    let priority = sched_param { sched_priority: 0 };
    // SAFETY: 0 is this thread, and the kernel only reads the priority.
    let set = unsafe { sched_setscheduler(0, SCHED_BATCH, &raw const priority) };
    Errno::result(set)?;
    Ok(())
}

/// Elsewhere neither of the two counters runs.
#[cfg(not(target_os = "linux"))]
fn take_turns() -> io::Result<()> {
    Ok(())
}

impl Counter {
    fn count(
        &self,
        server: &Server,
        connections: usize,
        requests: u64,
        core: Core,
    ) -> io::Result<u64> {
        let serving = Serving::start(server, connections, core, self.command);
        let serving = serving.map_err(|why| match why.kind() {
            ErrorKind::NotFound => io::Error::other(format!("there is no {}", self.command[0])),
            _ => why,
        })?;
        Client::connect(serving.address, connections)?.run(requests)?;
        let said = serving.end()?;
        let total = (self.total)(&said);
        total.ok_or_else(|| io::Error::other(format!("{} said {said}", self.command[0])))
    }
}

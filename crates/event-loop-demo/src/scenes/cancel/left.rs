//! What cancelled tasks leave behind: nothing.

use std::io;
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use stage::{Result, Stage, Table};

use super::held::descriptors;
use crate::runtime::net::TcpListener;
use crate::runtime::{JoinHandle, Runtime, sleep_until, spawn, timeout_at, yield_now};

/// How many tasks are cancelled together.
const CROWD: u32 = 50;

/// How far their alarms are apart.
const APART: Duration = Duration::from_micros(200);

pub(super) fn play(stage: &mut Stage<'_>) -> Result {
    let Left { tasks, descriptors, looks } = left(Duration::from_millis(15))?;
    let mut table = Table::new([&*format!("{CROWD} tasks"), "before", "waiting", "cancelled"]);
    let figures = |counts: [usize; 3]| counts.map(|count| count.to_string());
    for (what, counts) in [("tasks", tasks), ("descriptors", descriptors)] {
        let [before, waiting, after] = figures(counts);
        table.row([what, &before, &waiting, &after]);
    }
    stage.say(format!(
        "{CROWD} tasks wait for clients, each at a socket of its own and with a time-out of its \
         own:"
    ));
    stage.table(&table);
    stage.check(
        "nothing of a cancelled task is left: no place among the tasks, no socket, no alarm",
        format!("wake-ups of the loop in the time of all {CROWD} alarms: {looks}"),
        tasks[0] == tasks[2] && descriptors[0] == descriptors[2] && looks <= 3,
        "signals wake the loop too; the one alarm that the kernel knew of, the earliest, does \
         ring",
    );
    Ok(())
}

/// Before the tasks came, while they waited, and after they were cancelled.
struct Left {
    tasks: [usize; 3],
    descriptors: [usize; 3],
    /// How often the loop woke up in the time in which the alarms would have rung.
    looks: u64,
}

/// Waits for a client until then, at a socket of its own.
async fn client(until: Instant) -> io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let accepted = timeout_at(until, listener.accept()).await;
    accepted.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())).map(drop)
}

/// Cancels them before the first of their alarms rings.
fn left(first: Duration) -> Result<Left> {
    let runtime = Runtime::new()?;
    let held = || (runtime.tasks(), descriptors());
    let (counts, looks) = runtime.block_on(async {
        let before = held();
        let soon = Instant::now() + first;
        let tasks: Vec<_> = (1..=CROWD).map(|place| spawn(client(soon + APART * place))).collect();
        yield_now().await;
        let waiting = held();
        tasks.iter().for_each(JoinHandle::cancel);
        let after = held();
        let looks = runtime.counts().looks;
        sleep_until(soon + APART * (CROWD + 1)).await;
        ([before, waiting, after], runtime.counts().looks - looks)
    });
    let (tasks, descriptors) = (counts.map(|(tasks, _)| tasks), counts.map(|(_, files)| files));
    Ok(Left { tasks, descriptors, looks })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cancelled_tasks_are_gone_from_the_table() {
        let Left { tasks, .. } = left(Duration::from_secs(2)).expect("a runtime");
        assert_eq!(tasks, [0, CROWD as usize, 0]);
    }
}

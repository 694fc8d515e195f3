//! A task is cancelled in the middle of nested awaits: what is dropped, in which order, and what
//! is left.

use std::cell::RefCell;
use std::io;
use std::net::Ipv4Addr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use stage::{Result, Stage, Table};

use super::held::descriptors;
use crate::runtime::net::TcpListener;
use crate::runtime::{JoinHandle, Runtime, sleep, sleep_until, spawn, timeout_at, yield_now};

/// How many tasks are cancelled together.
const CROWD: u32 = 50;

/// How far their alarms are apart.
const APART: Duration = Duration::from_micros(200);

/// What has happened, in order.
#[derive(Clone, Default)]
struct Diary(Rc<RefCell<Vec<String>>>);

impl Diary {
    fn note(&self, what: impl Into<String>) {
        self.0.borrow_mut().push(what.into());
    }

    /// A value that is noted when it is dropped.
    fn value(&self, name: &'static str) -> Value {
        Value { name, diary: self.clone() }
    }
}

struct Value {
    name: &'static str,
    diary: Diary,
}

impl Drop for Value {
    fn drop(&mut self) {
        self.diary.note(self.name);
    }
}

pub(super) fn play(stage: &mut Stage<'_>) -> Result {
    stage.say(
        "A task awaits order(), which awaits page(), which awaits read(), which sleeps. Each has \
         two values. Then somebody calls cancel(), and this is noted, in this order:",
    );
    let noted = order_of_drops()?;
    stage.listing(noted.join("\n"));
    stage.check(
        "the innermost call goes first, and of its values the last: as if each returned",
        format!("{} values dropped inside of cancel()", noted.len().saturating_sub(3)),
        noted == EXPECTED,
        "the compiler drops a suspended async fn in another order: please report this",
    );
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
        "of a cancelled task no memory, no socket and no alarm is left",
        format!("in the time of all {CROWD} alarms the loop woke up {looks} times"),
        tasks[0] == tasks[2] && descriptors[0] == descriptors[2] && looks <= 3,
        "signals wake the loop too; the one alarm that the kernel knew of, the earliest, does \
         ring",
    );
    Ok(())
}

/// What [`order_of_drops`] should note.
const EXPECTED: [&str; 9] = [
    "cancel() is called",
    "    read():  its lock",
    "    read():  its buffer",
    "    page():  its connection",
    "    page():  its request",
    "    order(): its total",
    "    order(): its number",
    "cancel() returns",
    "whoever awaits the task gets Err(Cancelled)",
];

async fn order(diary: Diary) {
    let _number = diary.value(EXPECTED[6]);
    let _total = diary.value(EXPECTED[5]);
    page(&diary).await;
}

async fn page(diary: &Diary) {
    let _request = diary.value(EXPECTED[4]);
    let _connection = diary.value(EXPECTED[3]);
    read(diary).await;
}

async fn read(diary: &Diary) {
    let _buffer = diary.value(EXPECTED[2]);
    let _lock = diary.value(EXPECTED[1]);
    sleep(Duration::from_secs(60)).await;
}

fn order_of_drops() -> Result<Vec<String>> {
    let diary = Diary::default();
    Runtime::new()?.block_on(async {
        let task = spawn(order(diary.clone()));
        // It has its turn, and waits.
        yield_now().await;
        diary.note(EXPECTED[0]);
        task.cancel();
        diary.note(EXPECTED[7]);
        if let Err(why) = task.await {
            diary.note(format!("whoever awaits the task gets Err({why:?})"));
        }
    });
    Ok(diary.0.take())
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
    fn the_innermost_is_dropped_first_inside_of_cancel() {
        assert_eq!(order_of_drops().expect("a runtime"), EXPECTED);
    }

    #[test]
    fn cancelled_tasks_are_gone_from_the_table() {
        let Left { tasks, .. } = left(Duration::from_millis(300)).expect("a runtime");
        assert_eq!(tasks, [1, 1 + CROWD as usize, 1]);
    }
}

//! A task is cancelled in the middle of nested awaits: what is dropped, and in which order.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use stage::{Result, Stage};

use crate::runtime::{Runtime, sleep, spawn, yield_now};

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_innermost_is_dropped_first_inside_of_cancel() {
        assert_eq!(order_of_drops().expect("a runtime"), EXPECTED);
    }
}

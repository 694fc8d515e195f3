//! Where a task can end: at its awaits.

use std::cell::RefCell;
use std::rc::Rc;

use stage::{Result, Stage};

use crate::runtime::{JoinHandle, Runtime, spawn, yield_now};

pub(super) fn play(stage: &mut Stage<'_>) -> Result {
    stage.say(
        "A task that is running can be cancelled only by itself: nobody else on this thread runs \
         meanwhile. One that does so, by its own handle, goes on up to its next await:",
    );
    let noted = cancels_itself()?;
    stage.listing(noted.join("\n"));
    stage.check(
        "no statement is skipped before the await, and none is run behind it",
        format!("{} of 3 steps", noted.iter().filter(|step| step.starts_with("step")).count()),
        noted == ["step 1", "  handle.cancel()", "step 2", "  .await: dropped here"],
        "the task was dropped while it was polled, or polled after it: please report this",
    );
    Ok(())
}

/// Notes that the task is dropped.
struct Dropped(Rc<RefCell<Vec<&'static str>>>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.borrow_mut().push("  .await: dropped here");
    }
}

fn cancels_itself() -> Result<Vec<&'static str>> {
    let noted = Rc::new(RefCell::new(Vec::new()));
    let own = Rc::new(RefCell::new(None::<JoinHandle<()>>));
    let (steps, handle) = (Rc::clone(&noted), Rc::clone(&own));
    Runtime::new()?.block_on(async {
        let task = spawn(async move {
            let _dropped = Dropped(Rc::clone(&steps));
            steps.borrow_mut().push("step 1");
            steps.borrow_mut().push("  handle.cancel()");
            if let Some(own) = &*handle.borrow() {
                own.cancel();
            }
            steps.borrow_mut().push("step 2");
            yield_now().await;
            steps.borrow_mut().push("step 3");
        });
        own.replace(Some(task));
        // Its turn; and two more, in which it could go on.
        for _ in 0..3 {
            yield_now().await;
        }
    });
    Ok(noted.take())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_that_cancels_itself_ends_at_its_next_await() {
        let noted = cancels_itself().expect("a runtime");
        assert_eq!(noted, ["step 1", "  handle.cancel()", "step 2", "  .await: dropped here"]);
    }
}

//! What can't be cancelled: a call on another thread that has begun.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use stage::{Result, Stage, Table};

use crate::runtime::{JoinHandle, Runtime, offload, sleep, spawn};

/// How long to wait for a thread to begin.
const PATIENCE: Duration = Duration::from_secs(30);

/// What became of calls whose waiters were cancelled.
struct Calls {
    all: usize,
    begun: usize,
    ended: usize,
    /// Waiters that got a result.
    answered: usize,
}

pub(super) fn play(stage: &mut Stage<'_>) -> Result {
    let Calls { all, begun, ended, answered } = cancelled()?;
    stage.say(format!(
        "{all} blocking calls by offload(), more than it has threads; none can end before all \
         tasks that wait for them have been cancelled:"
    ));
    let mut table = Table::new(["calls", "begun", "ended", "never begun", "results that came"]);
    table.row([all, begun, ended, all - begun, answered]);
    stage.table(&table);
    stage.check(
        "a call that has begun goes on to its end, for nobody; one that has not never begins",
        format!("{ended} of {begun} ended, {} never began", all - begun),
        0 < begun && begun < all && ended == begun && answered == 0,
        "no thread was to be had in 30 s",
    );
    Ok(())
}

fn cancelled() -> Result<Calls> {
    // More than there can be threads for: see LEAST in runtime/offload.rs.
    let all = 16 + 4 * thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let [begun, ended] = [0, 0].map(|zero| Arc::new(AtomicUsize::new(zero)));
    let gate = Arc::new(OnceLock::new());
    let runtime = Runtime::new()?;
    let answered = runtime.block_on(async {
        let call = || {
            let (begun, ended, gate) = (Arc::clone(&begun), Arc::clone(&ended), Arc::clone(&gate));
            offload(move || {
                begun.fetch_add(1, SeqCst);
                gate.wait();
                ended.fetch_add(1, SeqCst);
            })
        };
        let tasks: Vec<_> = (0..all).map(|_| spawn(call())).collect();
        let start = Instant::now();
        while begun.load(SeqCst) == 0 && start.elapsed() < PATIENCE {
            sleep(Duration::from_millis(1)).await;
        }
        tasks.iter().for_each(JoinHandle::cancel);
        let _ = gate.set(());
        let mut answered = 0;
        for task in tasks {
            answered += usize::from(task.await.is_ok());
        }
        answered
    });
    // Its threads end with it: after this nothing begins, and nothing goes on.
    drop(runtime);
    Ok(Calls { all, begun: begun.load(SeqCst), ended: ended.load(SeqCst), answered })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_begun_ends_and_what_has_not_never_begins() {
        let Calls { all, begun, ended, answered } = cancelled().expect("a runtime");
        assert!(0 < begun && begun < all, "{begun} of {all} have begun");
        assert_eq!((ended, answered), (begun, 0));
    }
}

//! A task panics; whoever joins it is told, and the others go on.

use std::panic::resume_unwind;

use stage::{Result, Stage, Table};
use workloads::Error;

use crate::runtime::{Failed, Runtime, spawn, yield_now};

/// The task that panics.
const CULPRIT: usize = 2;

pub(super) fn play(stage: &mut Stage<'_>) -> Result {
    stage.say("A panic also ends a task, and only that: three tasks, and what joining each gives:");
    let results = joined()?;
    let mut table = Table::new(["task", "its handle gives"]);
    for (task, result) in results.iter().enumerate() {
        table.row([(task + 1).to_string(), format!("{result:?}")]);
    }
    stage.table(&table);
    stage.check(
        "the panic reaches whoever joins; the loop and the siblings live",
        format!("{} of 3 ended well", results.iter().filter(|result| result.is_ok()).count()),
        results == expected(),
        "a panic got out of its task: please report this",
    );
    Ok(())
}

fn expected() -> [std::result::Result<String, String>; 3] {
    let page = |number| Ok(format!("page {number}"));
    [page(1), Err("page 2 is not JSON".to_owned()), page(3)]
}

/// What each task gave, or what its panic said.
fn joined() -> Result<Vec<std::result::Result<String, String>>> {
    let results = Runtime::new()?.block_on(async {
        let page = async |number: usize| {
            yield_now().await;
            if number == CULPRIT {
                // As panic!(), without the message on standard error.
                resume_unwind(Box::new(format!("page {number} is not JSON")));
            }
            // Those beside it run once more after it has panicked.
            yield_now().await;
            format!("page {number}")
        };
        let tasks: Vec<_> = (1..=3).map(|number| spawn(page(number))).collect();
        let mut results = Vec::new();
        for task in tasks {
            results.push(task.await.map_err(said));
        }
        results
    });
    Ok(results)
}

fn said(why: Failed) -> String {
    match Error::from(why) {
        Error::Panicked(said) => said,
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn siblings_outlive_a_panic() {
        assert_eq!(joined().expect("a runtime"), expected());
    }
}

//! What came of the jobs.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use apalis::prelude::*;

use super::{ASK, Queue};
use crate::broker::Storage;
use crate::job::Done;
use crate::trouble::{Result, Trouble};

/// About how many jobs to ask at once: an answer takes the longer the more they are.
const ASK_ABOUT: usize = 64;

/// What became of a job for good: it is done, or it was given up, and why.
pub type End = std::result::Result<Done, String>;

impl Queue {
    /// Those of the jobs that have come to their end.
    ///
    /// # Errors
    /// What the broker has wrong.
    pub fn ended(&mut self, ids: &[TaskId]) -> Result<Vec<(TaskId, End)>> {
        let ids = ids.iter().cloned();
        let ended = self.runtime.block_on(async {
            match &mut self.storage {
                Storage::File(file) => check(file, ids).await,
                Storage::Redis(redis) => check(&mut **redis, ids).await,
            }
        });
        let ended = ended.map_err(Trouble::in_(&self.broker))?;
        let final_ =
            |result: &TaskResult<Done>| matches!(result.status, Status::Done | Status::Killed);
        let end = |result: TaskResult<Done>| (result.task_id, result.result.map_err(plain));
        Ok(ended.into_iter().filter(final_).map(end).collect())
    }

    /// What became of the jobs, in their order.
    ///
    /// # Errors
    /// What the broker has wrong.
    pub fn wait(&mut self, ids: &[TaskId]) -> Result<Vec<End>> {
        self.wait_at_most(ids, Duration::MAX)?.ok_or_else(|| Trouble::new("waited in vain"))
    }

    /// The same for as long as patience lasts; nothing if it ends before.
    ///
    /// # Errors
    /// What the broker has wrong.
    pub fn wait_at_most(&mut self, ids: &[TaskId], patience: Duration) -> Result<Option<Vec<End>>> {
        let start = Instant::now();
        let mut ends = HashMap::new();
        loop {
            let missing = ids.iter().filter(|id| !ends.contains_key(*id));
            let missing: Vec<_> = missing.take(ASK_ABOUT).cloned().collect();
            if missing.is_empty() {
                return Ok(ids.iter().map(|id| ends.remove(id)).collect());
            }
            let ended = self.ended(&missing)?;
            if ended.len() < missing.len() {
                if start.elapsed() > patience {
                    return Ok(None);
                }
                std::thread::sleep(ASK);
            }
            ends.extend(ended);
        }
    }
}

async fn check<B>(
    storage: &mut B,
    ids: impl Iterator<Item = TaskId> + Send,
) -> std::result::Result<Vec<TaskResult<Done>>, String>
where
    B: WaitForCompletion<Done>,
    B::Error: std::fmt::Display,
{
    storage.check_status(ids).await.map_err(|why| why.to_string())
}

/// What was wrong, without the engine's own words about it.
pub(crate) fn plain(why: String) -> String {
    why.strip_prefix("AbortError: ").map_or_else(|| why.clone(), str::to_owned)
}

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

/// How long to wait for what is to come of jobs. What has not come to its end by then counts as lost.
pub(crate) const LOST: Duration = Duration::from_secs(30);

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

    /// What became of the jobs, in their order. Of one that comes to no end for half a minute, that is said
    /// in its place.
    ///
    /// # Errors
    /// What the broker has wrong.
    pub fn wait(&mut self, ids: &[TaskId]) -> Result<Vec<End>> {
        let mut ends = self.ends_within(ids, LOST)?;
        let lost = || Err(format!("it came to no end within {} s", LOST.as_secs()));
        Ok(ids.iter().map(|id| ends.remove(id).unwrap_or_else(lost)).collect())
    }

    /// The same for as long as patience lasts; nothing if it ends before.
    ///
    /// # Errors
    /// What the broker has wrong.
    pub fn wait_at_most(&mut self, ids: &[TaskId], patience: Duration) -> Result<Option<Vec<End>>> {
        let mut ends = self.ends_within(ids, patience)?;
        Ok(ids.iter().map(|id| ends.remove(id)).collect())
    }

    /// The ends that the jobs come to while patience lasts.
    fn ends_within(&mut self, ids: &[TaskId], patience: Duration) -> Result<HashMap<TaskId, End>> {
        let start = Instant::now();
        let mut ends = HashMap::new();
        loop {
            let over = start.elapsed() > patience;
            // Behind those that are asked about, others may have come to their ends.
            let most = if over { ids.len() } else { ASK_ABOUT };
            let missing = ids.iter().filter(|id| !ends.contains_key(*id));
            let missing: Vec<_> = missing.take(most).cloned().collect();
            if missing.is_empty() {
                return Ok(ends);
            }
            let mut ended = Vec::new();
            for some in missing.chunks(ASK_ABOUT) {
                ended.extend(self.ended(some)?);
            }
            let all = ended.len() == missing.len();
            ends.extend(ended);
            if over {
                return Ok(ends);
            }
            if !all {
                std::thread::sleep(ASK);
            }
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

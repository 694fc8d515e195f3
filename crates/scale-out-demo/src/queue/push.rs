//! Jobs handed to the broker.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use apalis::prelude::*;
use apalis_redis::RedisStorage;
use futures_util::stream::iter;
use ulid::Ulid;

use super::{ASK, LOST, Queue};
use crate::broker::Storage;
use crate::job::Job;
use crate::trouble::{Result, Trouble};

/// How many jobs are handed over in one piece.
pub const TOGETHER: usize = 1_000;

impl Queue {
    /// Hands the jobs to the broker: all or none of them, if they are not more than [`TOGETHER`]. When
    /// this returns they are there, whatever becomes of this process.
    ///
    /// # Errors
    /// What the broker has wrong.
    pub fn push(&mut self, jobs: impl IntoIterator<Item = Job>) -> Result<Vec<TaskId>> {
        let jobs: Vec<_> = jobs.into_iter().map(|job| (next_id(), job)).collect();
        for together in jobs.chunks(TOGETHER) {
            let task = |(id, job): &(TaskId, Job)| {
                TaskBuilder::new(job.clone()).task_id(id.clone()).build()
            };
            let tasks = iter(together.iter().map(task));
            // A clone: what could not be pushed would stay in this one and go with the next.
            let storage = self.storage.clone();
            let pushing = async {
                match storage {
                    Storage::File(mut file) => file.push_all(tasks).await.map_err(reason),
                    Storage::Redis(mut redis) => {
                        redis.push_all(tasks).await.map_err(reason)?;
                        make_due(&mut redis).await.map_err(|why| why.to_string())
                    }
                }
            };
            self.runtime.block_on(pushing).map_err(Trouble::in_(&self.broker))?;
        }
        Ok(jobs.into_iter().map(|(id, _)| id).collect())
    }

    /// The same for one job and a bounded queue: as long as so many are waiting, this waits. (The engine
    /// knows no bound. With one producer this one is exact; of several, each may be one too many.)
    ///
    /// # Errors
    /// What the broker has wrong, and if nobody takes a job for long.
    // [push_bounded
    pub fn push_bounded(&mut self, job: Job, bound: usize) -> Result<TaskId> {
        let start = Instant::now();
        while self.waiting()? >= bound {
            if start.elapsed() > LOST {
                return Err(Trouble::new("the queue stays full: no worker takes a job"));
            }
            std::thread::sleep(ASK);
        }
        let mut ids = self.push([job])?;
        ids.pop().ok_or_else(|| Trouble::new("one job has one id"))
    }
    // push_bounded]
}

/// Moves what is due to those that can be fetched. The engine does so too, before each fetch, but with all
/// of them in one command: from about eight thousand on Redis refuses that ("too many results to unpack"),
/// and nobody gets a job any more (apalis-redis 1.0.0).
async fn make_due(storage: &mut RedisStorage<Job>) -> redis::RedisResult<()> {
    let due = redis::Script::new(
        "local due = redis.call('zrangebyscore', KEYS[1], 0, ARGV[1], 'limit', 0, ARGV[2])
         for _, job in ipairs(due) do
           redis.call('zrem', KEYS[1], job)
           redis.call('rpush', KEYS[2], job)
         end",
    );
    let config = storage.get_config();
    let (scheduled, active) = (config.scheduled_jobs_set(), config.active_jobs_list());
    let seconds = crate::worker::now() / 1_000_000_000;
    let mut due = due.prepare_invoke();
    due.key(scheduled).key(active).arg(seconds).arg(TOGETHER);
    due.invoke_async(storage.get_connection()).await
}

fn reason<E: std::fmt::Display>(why: TaskSinkError<E>) -> String {
    match why {
        TaskSinkError::PushError(why) => why.to_string(),
        other => other.to_string(),
    }
}

/// Ids that are in the order of their making: the engine hands out jobs of the same second by id.
fn next_id() -> TaskId {
    static LAST: Mutex<Option<Ulid>> = Mutex::new(None);
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    let fresh = Ulid::generate();
    let next = match *last {
        Some(before) if before >= fresh => before.increment().unwrap_or(fresh),
        _ => fresh,
    };
    *last = Some(next);
    TaskId::from_ulid(next)
}

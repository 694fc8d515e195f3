//! The queue as whoever has the jobs sees it: push them, ask what came of them.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use apalis::prelude::*;
use apalis_redis::RedisStorage;
use apalis_sqlite::SqliteStorage;
use futures_util::stream::iter;
use redis::AsyncCommands;
use tokio::runtime::Runtime;
use ulid::Ulid;

use crate::broker::{Broker, PATIENCE, Storage};
use crate::job::{Done, Job};
use crate::ledger::{self, Balance};
use crate::trouble::{Result, Trouble};

/// How often to ask what came of the jobs.
const ASK: Duration = Duration::from_millis(2);

/// About how many jobs to ask at once: an answer takes the longer the more they are.
const ASK_ABOUT: usize = 64;

/// How many jobs are handed over in one piece.
pub const TOGETHER: usize = 1_000;

/// What became of a job for good: it is done, or it was given up, and why.
pub type End = std::result::Result<Done, String>;

/// One end of the queue. It blocks.
pub struct Queue {
    runtime: Runtime,
    broker: Broker,
    pub(crate) storage: Storage,
}

impl Queue {
    /// Opens the broker, and makes its tables if they are not there.
    ///
    /// # Errors
    /// What the broker has wrong.
    pub fn open(broker: &Broker) -> Result<Queue> {
        Queue::open_with(broker, PATIENCE)
    }

    /// The same with another patience than [`PATIENCE`].
    ///
    /// # Errors
    /// What the broker has wrong.
    pub fn open_with(broker: &Broker, patience: Duration) -> Result<Queue> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(Trouble::in_("starting a runtime"))?;
        let storage = runtime.block_on(async {
            let storage = broker.open(patience).await?;
            if let Storage::File(file) = &storage {
                let migrations = SqliteStorage::migrations();
                migrations.run(file.pool()).await.map_err(Trouble::in_(broker))?;
            }
            ledger::set_up(&storage).await?;
            Ok(storage)
        })?;
        Ok(Queue { runtime, broker: broker.clone(), storage })
    }

    /// The broker.
    #[must_use]
    pub fn broker(&self) -> &Broker {
        &self.broker
    }

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

    /// The same for one job and a bounded queue: as long as so many are waiting, this waits. (The engine
    /// knows no bound. With one producer this one is exact; of several, each may be one too many.)
    ///
    /// # Errors
    /// What the broker has wrong.
    // [push_bounded
    pub fn push_bounded(&mut self, job: Job, bound: usize) -> Result<TaskId> {
        while self.waiting()? >= bound {
            std::thread::sleep(ASK);
        }
        let mut ids = self.push([job])?;
        ids.pop().ok_or_else(|| Trouble::new("one job has one id"))
    }
    // push_bounded]

    /// Runs something at the broker that waits.
    pub(crate) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// How many jobs nobody has begun yet.
    ///
    /// # Errors
    /// What the broker has wrong.
    pub fn waiting(&mut self) -> Result<usize> {
        let counting = async {
            match &mut self.storage {
                Storage::File(file) => {
                    let count = "SELECT COUNT(*) FROM Jobs WHERE status = 'Pending'";
                    let count = sqlx::query_scalar::<_, i64>(count).fetch_one(file.pool());
                    count.await.map_err(|why| why.to_string())
                }
                Storage::Redis(redis) => {
                    let (active, scheduled) = {
                        let config = redis.get_config();
                        (config.active_jobs_list(), config.scheduled_jobs_set())
                    };
                    let connection = redis.get_connection();
                    let mut both = redis::pipe();
                    both.llen(active).zcard(scheduled);
                    let both = both.query_async::<(i64, i64)>(connection).await;
                    both.map(|(active, scheduled)| active + scheduled)
                        .map_err(|why| why.to_string())
                }
            }
        };
        let count = self.runtime.block_on(counting).map_err(Trouble::in_(&self.broker))?;
        Ok(usize::try_from(count).unwrap_or(0))
    }

    /// What the [`ledger`] says.
    ///
    /// # Errors
    /// What the broker has wrong.
    pub fn balance(&mut self) -> Result<Balance> {
        self.runtime.block_on(ledger::read(&mut self.storage))
    }

    /// Removes all that this run has left at a server; a file is its directory's affair.
    ///
    /// # Errors
    /// What the broker has wrong.
    pub fn clear(&mut self) -> Result {
        let (Broker::Redis { name, .. }, Storage::Redis(redis)) = (&self.broker, &mut self.storage)
        else {
            return Ok(());
        };
        let workers = redis.get_config().workers_set();
        let connection = redis.get_connection();
        let clearing = async {
            let keys: Vec<String> = connection.keys(format!("{name}*")).await?;
            if !keys.is_empty() {
                let _: () = connection.del(keys).await?;
            }
            // Where the engine lists all its queues.
            connection.zrem::<_, _, ()>("core:apalis:queues:list", workers).await
        };
        let cleared: redis::RedisResult<()> = self.runtime.block_on(clearing);
        cleared.map_err(Trouble::in_(&self.broker))
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        if let Storage::File(file) = &self.storage {
            // Its connection has a thread, which ends when it is told so.
            self.runtime.block_on(file.pool().close());
        }
    }
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

fn reason<E: std::fmt::Display>(why: TaskSinkError<E>) -> String {
    match why {
        TaskSinkError::PushError(why) => why.to_string(),
        other => other.to_string(),
    }
}

/// Ids that are in the order of their making: the engine hands out jobs of the same second by id.
fn next_id() -> TaskId {
    use std::sync::Mutex;
    static LAST: Mutex<Option<Ulid>> = Mutex::new(None);
    let mut last = LAST.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let fresh = Ulid::generate();
    let next = match *last {
        Some(before) if before >= fresh => before.increment().unwrap_or(fresh),
        _ => fresh,
    };
    *last = Some(next);
    TaskId::from_ulid(next)
}

//! The queue as whoever has the jobs sees it: push them, ask what came of them.

mod ends;
mod push;

use std::time::Duration;

use apalis_sqlite::SqliteStorage;
use redis::AsyncCommands;
use tokio::runtime::Runtime;

pub use ends::End;
pub(crate) use ends::{LOST, plain};
pub use push::TOGETHER;

use crate::broker::{Broker, PATIENCE, Storage};
use crate::ledger::{self, Balance};
use crate::trouble::{Result, Trouble};

/// How often to ask what came of the jobs.
const ASK: Duration = Duration::from_millis(2);

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

//! Dead letters: the jobs that were given up, each with the reason. The engine keeps them apart from
//! those that wait (in a file by their status, at a server in a set), so that nobody tries them again
//! unless somebody asks for it.

use apalis_redis::RedisStorage;
use apalis_sqlite::SqlitePool;
use redis::AsyncCommands;
use sqlx::Row;

use crate::broker::Storage;
use crate::job::Job;
use crate::queue::{Queue, plain};
use crate::trouble::{Result, Trouble};

/// A job that was given up.
#[derive(Debug)]
pub struct Dead {
    /// What was to be done.
    pub job: Job,
    /// How often it was tried.
    pub tries: u64,
    /// What the last try failed of.
    pub why: String,
}

impl Queue {
    /// The jobs that were given up.
    ///
    /// # Errors
    /// What the broker has wrong.
    pub fn dead(&mut self) -> Result<Vec<Dead>> {
        let dead = match self.storage.clone() {
            Storage::File(file) => {
                self.block_on(in_file(file.pool())).map_err(|why| why.to_string())
            }
            Storage::Redis(mut redis) => {
                self.block_on(at_server(&mut redis)).map_err(|why| why.to_string())
            }
        };
        let dead = dead.map_err(Trouble::in_(self.broker()))?;
        Ok(dead.into_iter().filter_map(Letter::read).collect())
    }
}

/// As it lies there.
struct Letter {
    job: Vec<u8>,
    tries: u64,
    result: String,
}

impl Letter {
    fn read(self) -> Option<Dead> {
        let job = serde_json::from_slice(&self.job).ok()?;
        let result: std::result::Result<serde_json::Value, String> =
            serde_json::from_str(&self.result).ok()?;
        Some(Dead { job, tries: self.tries, why: plain(result.err()?) })
    }
}

async fn in_file(pool: &SqlitePool) -> std::result::Result<Vec<Letter>, sqlx::Error> {
    let rows = "SELECT job, attempts, last_result FROM Jobs WHERE status = 'Killed' ORDER BY id";
    let rows = sqlx::query(rows).fetch_all(pool).await?;
    let read = |row: &sqlx::sqlite::SqliteRow| {
        let tries: i64 = row.try_get(1)?;
        Ok(Letter { job: row.try_get(0)?, tries: tries.unsigned_abs(), result: row.try_get(2)? })
    };
    rows.iter().map(read).collect()
}

async fn at_server(storage: &mut RedisStorage<Job>) -> redis::RedisResult<Vec<Letter>> {
    let config = storage.get_config();
    let (set, data) = (config.dead_jobs_set(), config.job_data_hash());
    let about = config.job_meta_hash();
    let connection = storage.get_connection();
    let mut ids: Vec<String> = connection.smembers(set).await?;
    ids.sort_unstable();
    let mut rows = Vec::new();
    for id in ids {
        let job = connection.hget(&data, &id).await?;
        let about = format!("{about}:{id}");
        let (tries, result) = connection.hmget(&about, &["attempts", "result"]).await?;
        rows.push(Letter { job, tries, result });
    }
    Ok(rows)
}

//! The broker: who holds the jobs between the one who has them and the one who does them.
//!
//! Either a file, which all processes of one machine can share (SQLite, so nothing needs to be
//! installed), or a server that any machine can reach (Redis). The engine, apalis, has a storage for
//! each with the same interface; what differs is here and in [`ledger`](crate::ledger).

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use apalis_redis::{ConnectionManager, RedisStorage};
use apalis_sqlite::{SqlitePool, SqlitePoolOptions, SqliteStorage};
use redis::aio::ConnectionManagerConfig;
use serde::{Deserialize, Serialize};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};

use crate::job::Job;
use crate::trouble::{Result, Trouble};

/// How often a worker says that it lives. One that is killed says nothing: that is how it is missed.
pub const HEARTBEAT: Duration = Duration::from_millis(500);

/// After how many missed heartbeats a worker is taken for dead, and its jobs are given to others. The
/// engine keeps time in whole seconds, so what is two seconds here is between one and two: with a
/// second less, a worker that lives could be taken for dead at the turn of a second.
const MISSED: usize = 4;

/// How often an idle worker looks for jobs.
pub const LOOK: Duration = Duration::from_millis(10);

/// How long to wait for somebody else's turn at the file, or for the server's answer.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Where the jobs are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Broker {
    /// In this file.
    File(PathBuf),
    /// At this Redis server, under keys that begin with this name.
    Redis {
        /// `redis://HOST:PORT`.
        url: String,
        /// Nobody else's.
        name: String,
    },
}

/// The engine's storage, opened.
#[derive(Clone)]
pub enum Storage {
    /// In a file.
    File(SqliteStorage<Job>),
    /// At a server.
    Redis(Box<RedisStorage<Job>>),
}

impl Broker {
    /// In a file of this directory.
    #[must_use]
    pub fn file_in(directory: &Path) -> Broker {
        Broker::File(directory.join("jobs.sqlite"))
    }

    /// At this server, under a name that no other run has.
    #[must_use]
    pub fn redis(url: impl Into<String>) -> Broker {
        let name = format!("scale-out-demo:{}", ulid::Ulid::generate());
        Broker::Redis { url: url.into(), name }
    }

    /// Opens it; a file that is not there yet is made.
    ///
    /// # Errors
    /// What the broker, or the way there, has wrong.
    pub async fn open(&self, patience: Duration) -> Result<Storage> {
        match self {
            Broker::File(path) => {
                let pool = file(path, patience).await.map_err(Trouble::in_(self))?;
                let config = apalis_sqlite::Config::default()
                    .queue("jobs")
                    .batch_size(1)
                    .heartbeat_interval(HEARTBEAT)
                    .missed_heartbeats(MISSED)
                    .lock_tasks(false);
                Ok(Storage::File(SqliteStorage::new(&pool).with_config(config)))
            }
            Broker::Redis { url, name } => {
                let connection = server(url, patience).await.map_err(Trouble::in_(self))?;
                let config = apalis_redis::Config::default()
                    .queue(name)
                    .batch_size(1)
                    .heartbeat_interval(HEARTBEAT)
                    .missed_heartbeats(MISSED)
                    .lock_tasks(false)
                    .emit_events(false)
                    // Without a time the engine keeps the keys for none (apalis-redis 1.0.0).
                    .idempotency_ttl(Some(Duration::from_secs(24 * 60 * 60)));
                let storage = RedisStorage::new(connection).with_config(config);
                Ok(Storage::Redis(Box::new(storage)))
            }
        }
    }
}

impl fmt::Display for Broker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Broker::File(path) => write!(f, "the queue in {}", path.display()),
            Broker::Redis { url, .. } => write!(f, "the queue at {}", masked(url)),
        }
    }
}

/// An address without the password that may be in it: everybody sees what is printed.
fn masked(url: &str) -> String {
    let parts = || {
        let (scheme, rest) = url.split_once("://")?;
        let (who, place) = rest.rsplit_once('@')?;
        let (user, _) = who.split_once(':')?;
        Some(format!("{scheme}://{user}:\u{2026}@{place}"))
    };
    parts().unwrap_or_else(|| url.to_owned())
}

async fn file(path: &Path, patience: Duration) -> std::result::Result<SqlitePool, sqlx::Error> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        // Readers don't wait for the writer, and there is one writer at a time.
        .journal_mode(SqliteJournalMode::Wal)
        // What is committed survives the end of every process. That of the machine it may not.
        .synchronous(SqliteSynchronous::Normal)
        .busy_timeout(patience);
    // One connection: more of them would only wait for each other.
    SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(patience.max(Duration::from_secs(1)))
        .connect_with(options)
        .await
}

async fn server(url: &str, patience: Duration) -> redis::RedisResult<ConnectionManager> {
    let config = ConnectionManagerConfig::new()
        .set_number_of_retries(1)
        .set_connection_timeout(Some(patience))
        .set_response_timeout(Some(patience));
    redis::Client::open(url)?.get_connection_manager_with_config(config).await
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn a_password_is_not_shown() {
        for (url, shown) in [
            ("redis://127.0.0.1:6379", "redis://127.0.0.1:6379"),
            ("redis://:secret@host:1/0", "redis://:\u{2026}@host:1/0"),
            ("redis://me:se@cret@host", "redis://me:\u{2026}@host"),
        ] {
            assert_eq!(masked(url), shown);
        }
    }
}

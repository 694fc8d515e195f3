//! The ledger: where a job writes down what it did, outside of the queue. It is a table in the same
//! file, or keys at the same server; it could be anybody's database.

use redis::AsyncCommands;
use sqlx::Row;
use workloads::orders::Totals;

use crate::broker::Storage;
use crate::job::{Entry, Sold};
use crate::trouble::{Result, Trouble};

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS pages (page INTEGER PRIMARY KEY, sold TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS sums (product TEXT PRIMARY KEY, pieces INTEGER, cents INTEGER);
    CREATE TABLE IF NOT EXISTS runs (page INTEGER NOT NULL);
";

/// Makes its tables.
///
/// # Errors
/// What the broker has wrong.
pub async fn set_up(storage: &Storage) -> Result {
    if let Storage::File(file) = storage {
        sqlx::raw_sql(TABLES).execute(file.pool()).await.map_err(Trouble::in_("the ledger"))?;
    }
    Ok(())
}

/// Enters what was sold on a page: all of it or nothing.
///
/// # Errors
/// What the broker has wrong.
pub async fn enter(storage: &mut Storage, page: u32, sold: &Sold, entry: Entry) -> Result {
    match storage {
        Storage::File(file) => {
            enter_in_file(file.pool(), page, sold, entry).await.map_err(Trouble::in_("the ledger"))
        }
        Storage::Redis(redis) => {
            let name = redis.get_config().queue.to_string();
            let keys = Keys::of(&name);
            let mut entries = redis::pipe();
            entries.atomic().rpush(&keys.runs, page);
            match entry {
                // The page is the key, and the first to come has it.
                Entry::Keyed => {
                    let sold = serde_json::to_string(sold).map_err(Trouble::in_("the ledger"))?;
                    entries.hset_nx(&keys.pages, page, sold);
                }
                Entry::Added => {
                    for (product, (pieces, cents)) in sold {
                        entries.hincr(&keys.pieces, product, *pieces);
                        entries.hincr(&keys.cents, product, *cents);
                    }
                }
            }
            let connection = redis.get_connection();
            entries.query_async::<()>(connection).await.map_err(Trouble::in_("the ledger"))
        }
    }
}

async fn enter_in_file(
    pool: &apalis_sqlite::SqlitePool,
    page: u32,
    sold: &Sold,
    entry: Entry,
) -> std::result::Result<(), sqlx::Error> {
    let mut transaction = pool.begin().await?;
    sqlx::query("INSERT INTO runs VALUES (?)").bind(page).execute(&mut *transaction).await?;
    match entry {
        // The page is the key, and the first to come has it.
        Entry::Keyed => {
            let sold =
                serde_json::to_string(sold).map_err(|why| sqlx::Error::Encode(why.into()))?;
            sqlx::query("INSERT INTO pages VALUES (?, ?) ON CONFLICT (page) DO NOTHING")
                .bind(page)
                .bind(sold)
                .execute(&mut *transaction)
                .await?;
        }
        Entry::Added => {
            for (product, (pieces, cents)) in sold {
                sqlx::query(
                    "INSERT INTO sums VALUES (?, ?, ?) ON CONFLICT (product) DO UPDATE SET \
                     pieces = pieces + excluded.pieces, cents = cents + excluded.cents",
                )
                .bind(product)
                .bind(pieces.cast_signed())
                .bind(cents.cast_signed())
                .execute(&mut *transaction)
                .await?;
            }
        }
    }
    transaction.commit().await
}

/// What the ledger says.
#[derive(Debug, Default)]
pub struct Balance {
    /// The totals of the pages that have an entry of their own.
    pub keyed: Totals,
    /// The totals of what was added.
    pub added: Totals,
    /// Which pages were entered, one for each time.
    pub runs: Vec<u32>,
}

/// Reads it.
///
/// # Errors
/// What the broker has wrong.
pub async fn read(storage: &mut Storage) -> Result<Balance> {
    match storage {
        Storage::File(file) => read_file(file.pool()).await.map_err(Trouble::in_("the ledger")),
        Storage::Redis(redis) => {
            let name = redis.get_config().queue.to_string();
            read_redis(&Keys::of(&name), redis.get_connection())
                .await
                .map_err(Trouble::in_("the ledger"))
        }
    }
}

async fn read_file(pool: &apalis_sqlite::SqlitePool) -> std::result::Result<Balance, sqlx::Error> {
    let mut balance = Balance::default();
    for row in sqlx::query("SELECT sold FROM pages").fetch_all(pool).await? {
        balance.keyed.merge(parse(row.try_get(0)?));
    }
    for row in sqlx::query("SELECT product, pieces, cents FROM sums").fetch_all(pool).await? {
        let (pieces, cents): (i64, i64) = (row.try_get(1)?, row.try_get(2)?);
        let sums = (pieces.cast_unsigned(), cents.cast_unsigned());
        balance.added.products.insert(row.try_get(0)?, sums);
    }
    for row in sqlx::query("SELECT page FROM runs").fetch_all(pool).await? {
        balance.runs.push(row.try_get(0)?);
    }
    Ok(balance)
}

async fn read_redis(
    keys: &Keys,
    connection: &mut apalis_redis::ConnectionManager,
) -> redis::RedisResult<Balance> {
    let mut balance = Balance::default();
    let pages: Vec<(u32, String)> = connection.hgetall(&keys.pages).await?;
    for (_, sold) in pages {
        balance.keyed.merge(parse(&sold));
    }
    let pieces: Vec<(String, u64)> = connection.hgetall(&keys.pieces).await?;
    for (product, pieces) in pieces {
        let cents = connection.hget(&keys.cents, &product).await?;
        balance.added.products.insert(product, (pieces, cents));
    }
    balance.runs = connection.lrange(&keys.runs, 0, -1).await?;
    Ok(balance)
}

fn parse(sold: &str) -> Totals {
    // We have written it ourselves; what cannot be read is missed in the totals.
    Totals { products: serde_json::from_str(sold).unwrap_or_default() }
}

/// Where it is at a server.
struct Keys {
    pages: String,
    pieces: String,
    cents: String,
    runs: String,
}

impl Keys {
    fn of(name: &str) -> Keys {
        let key = |what| format!("{name}:ledger:{what}");
        Keys { pages: key("pages"), pieces: key("pieces"), cents: key("cents"), runs: key("runs") }
    }
}

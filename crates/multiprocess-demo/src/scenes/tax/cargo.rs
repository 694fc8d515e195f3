//! What is sent: bytes as they are, or values that become bytes and values again.

use serde::{Deserialize, Serialize};

/// What a message holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cargo {
    /// Bytes that mean nothing.
    Bytes,
    /// Numbers, encoded.
    Numbers,
    /// Records, encoded.
    Records,
}

/// A line of an order, as any program has them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    number: u64,
    product: String,
    pieces: u32,
    price: f64,
    express: bool,
}

impl Cargo {
    /// All of it.
    pub const ALL: [Cargo; 3] = [Cargo::Bytes, Cargo::Numbers, Cargo::Records];

    /// What it is, in a table.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Cargo::Bytes => "bytes as they are",
            Cargo::Numbers => "numbers (u64)",
            Cargo::Records => "records (5 fields)",
        }
    }

    /// What it is for the far process, in an order.
    #[must_use]
    pub fn number(self) -> u64 {
        self as u64
    }

    /// The opposite of [`number`](Cargo::number).
    #[must_use]
    pub fn of(number: u64) -> Option<Cargo> {
        Cargo::ALL.into_iter().find(|cargo| cargo.number() == number)
    }

    /// Makes values of the bytes that came; how many. `None` if they are no such cargo.
    #[must_use]
    pub fn unpack(self, bytes: &[u8]) -> Option<usize> {
        match self {
            Cargo::Bytes => Some(bytes.len()),
            Cargo::Numbers => postcard::from_bytes::<Vec<u64>>(bytes).ok().map(|all| all.len()),
            Cargo::Records => postcard::from_bytes::<Vec<Record>>(bytes).ok().map(|all| all.len()),
        }
    }
}

/// Values, before they are bytes.
#[derive(Debug, Clone)]
pub enum Load {
    /// Bytes that mean nothing.
    Bytes(Vec<u8>),
    /// Numbers.
    Numbers(Vec<u64>),
    /// Records.
    Records(Vec<Record>),
}

impl Load {
    /// About so many bytes of this, once it is encoded.
    #[must_use]
    pub fn of(cargo: Cargo, bytes: usize) -> Load {
        match cargo {
            Cargo::Bytes => Load::Bytes(vec![1; bytes]),
            // Numbers up to 2⁴⁴, which take 7 bytes each, more or less.
            Cargo::Numbers => {
                let scattered = |i| (i as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
                Load::Numbers((0..bytes / 7).map(scattered).collect())
            }
            Cargo::Records => Load::Records((0..bytes as u64 / 29).map(record).collect()),
        }
    }

    /// Makes bytes of it; what has nothing to encode is copied.
    ///
    /// # Errors
    /// If a value can't be encoded.
    pub fn pack(&self) -> postcard::Result<Vec<u8>> {
        match self {
            Load::Bytes(bytes) => Ok(bytes.clone()),
            Load::Numbers(numbers) => postcard::to_stdvec(numbers),
            Load::Records(records) => postcard::to_stdvec(records),
        }
    }

    /// How many values it is.
    #[must_use]
    pub fn count(&self) -> usize {
        match self {
            Load::Bytes(bytes) => bytes.len(),
            Load::Numbers(numbers) => numbers.len(),
            Load::Records(records) => records.len(),
        }
    }
}

fn record(number: u64) -> Record {
    Record {
        number: 1_000_000 + number,
        product: format!("product {:05}", number % 99_991),
        pieces: number as u32 % 7,
        price: number as f64 / 8.0,
        express: number.is_multiple_of(3),
    }
}

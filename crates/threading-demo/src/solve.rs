//! This chapter's ways to solve the problems, side by side: read two of these files together,
//! and [`workloads::sequential`] beside them.

mod pool;
mod rayon;
mod threads;

use workloads::{Approach, Result};

pub use self::pool::Pooled;
pub use self::rayon::Rayon;
pub use self::threads::Threads;

/// All of them, in reading order.
///
/// # Errors
/// If there are no threads to be had for the pool.
pub fn approaches() -> Result<Vec<Box<dyn Approach>>> {
    Ok(vec![Box::new(Threads), Box::new(Pooled::new()?), Box::new(Rayon)])
}

/// How many cores this process may use.
#[must_use]
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

//! An `async fn` that waits twice.

use super::by_hand::note;
use crate::runtime::oneshot::Promised;

// [listing
pub(super) async fn sum(first: Promised<u64>, second: Promised<u64>) -> u64 {
    note("begins");
    let a = first.await.unwrap_or(0);
    note("has a");
    let b = second.await.unwrap_or(0);
    note("has b");
    a + b
}
// listing]

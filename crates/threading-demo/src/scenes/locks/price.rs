//! What a hand-over at every unlock costs.

use parking_lot::{FairMutex, Mutex};
use stage::Result;
use workloads::chain::link;

use super::lock::{Lock, UnlockFair};
use super::rounds::{Cost, Rounds};

/// A chain that is followed, and in how many turns so far.
struct Chain {
    state: u64,
    turns: u64,
}

/// Anywhere but at 0, which is a link to itself.
impl Default for Chain {
    fn default() -> Chain {
        Chain { state: 1, turns: 0 }
    }
}

/// Two threads follow one chain together: each locks, goes on by `links` links, unlocks, and wants
/// the lock again at once. In the order: unfair, the same again, `unlock_fair`, `FairMutex`.
///
/// # Errors
/// If a turn was lost.
pub fn price(links: u64, each: u64, rounds: usize) -> Result<Vec<Cost>> {
    let unfair = [Mutex::default(), Mutex::default()];
    let (unlock_fair, fair) = (UnlockFair::new(Chain::default()), FairMutex::default());
    let mut all = Rounds::new(2, each);
    enter(&mut all, "parking_lot Mutex", links, &unfair[0]);
    enter(&mut all, "parking_lot Mutex, again", links, &unfair[1]);
    enter(&mut all, "  with unlock_fair", links, &unlock_fair);
    enter(&mut all, "parking_lot FairMutex", links, &fair);
    all.run(rounds)
}

fn enter<'a>(all: &mut Rounds<'a>, name: &'static str, links: u64, lock: &'a impl Lock<Chain>) {
    let turn = move |_| {
        lock.with(|chain| {
            chain.state = (0..links).fold(chain.state, |state, _| link(state));
            chain.turns += 1;
        });
    };
    all.enter(name, turn, move || lock.with(|chain| chain.turns));
}

//! Who holds what, who waits for what, and where that leads.

use std::{error, fmt};

use crate::sync::thread::Thread;

/// The wait-for graph of the locks under one watch.
#[derive(Default)]
pub(super) struct Graph {
    pub(super) locks: Vec<Entry>,
    /// Each thread that waits, and the lock that it waits for.
    waiting: Vec<(Thread, usize)>,
}

pub(super) struct Entry {
    pub(super) name: String,
    pub(super) holder: Option<Thread>,
}

/// Waiting would have closed a circle: each thread's name with the lock that it waits for, which
/// the next one holds; first the thread that was refused, which holds the last one's lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadlock(pub Vec<(String, String)>);

impl Graph {
    /// Writes down that `me` waits for a lock.
    ///
    /// # Errors
    /// If that would close a circle.
    pub(super) fn wait(&mut self, me: &Thread, wanted: usize) -> Result<(), Deadlock> {
        self.follow(me, wanted)?;
        self.waiting.push((me.clone(), wanted));
        Ok(())
    }

    /// Strikes out what [`Graph::wait`] wrote down.
    pub(super) fn awake(&mut self, me: &Thread) {
        self.waiting.retain(|(thread, _)| thread.id() != me.id());
    }

    /// Follows the arrows: who holds the wanted lock, what does that thread wait for, who holds
    /// that? There is no circle yet, so this comes to an end, or back to `me`.
    fn follow(&self, me: &Thread, mut wanted: usize) -> Result<(), Deadlock> {
        let mut path = Vec::new();
        let mut thread = me;
        loop {
            let Entry { name, holder } = &self.locks[wanted];
            path.push((thread.name().unwrap_or("a nameless thread").to_owned(), name.clone()));
            let Some(holder) = holder else { return Ok(()) };
            if holder.id() == me.id() {
                return Err(Deadlock(path));
            }
            let next = self.waiting.iter().find(|(thread, _)| thread.id() == holder.id());
            let Some((_, lock)) = next else { return Ok(()) };
            (thread, wanted) = (holder, *lock);
        }
    }
}

/// "a holds 1 and waits for 2, which b holds, who waits for 1".
impl fmt::Display for Deadlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let held = self.0.last().map_or("", |(_, lock)| lock);
        for (i, (thread, lock)) in self.0.iter().enumerate() {
            match i {
                0 => write!(f, "{thread} holds {held} and waits for {lock}")?,
                _ => write!(f, ", which {thread} holds, who waits for {lock}")?,
            }
        }
        Ok(())
    }
}

impl error::Error for Deadlock {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_circle_is_named() {
        let circle = [("a", "2"), ("b", "3"), ("c", "1")];
        let deadlock = Deadlock(circle.map(|(who, what)| (who.into(), what.into())).into());
        let said = "a holds 1 and waits for 2, which b holds, who waits for 3, which c holds, who \
                    waits for 1";
        assert_eq!(deadlock.to_string(), said);
    }
}

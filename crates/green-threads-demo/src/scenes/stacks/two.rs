//! Two that switch by hand, each on a stack of its own: no scheduler, no green threads yet. Whoever
//! gives way says to whom.

use std::cell::Cell;
use std::io;
use std::ptr;

use super::deep::{deep, stack_pointer};
use crate::green::stack::{Stack, Stacks};
use crate::green::switch::{Context, KEPT, prepare, switch};

/// The two, and the thread of the operating system from which they were set up.
const A: usize = 0;
const B: usize = 1;
const FIRST: usize = 2;

/// How deep A calls itself in the end.
const DEPTH: usize = 150;

/// What was seen.
pub(super) struct Seen {
    pub(super) players: [Player; 2],
    /// Where a local of the first lies.
    pub(super) first_local: usize,
    /// B, as it stood still while A went deep.
    pub(super) standing: Standing,
    /// Where A's stack pointer was when it was deepest.
    pub(super) deepest: usize,
    /// Sums over all bytes of B's stack, before and after that.
    pub(super) sums: [u64; 2],
}

/// One of the two.
#[derive(Debug, Clone, Copy)]
pub(super) struct Player {
    /// Where its stack begins.
    pub(super) top: usize,
    /// Where a local of its first function lies.
    pub(super) local: usize,
    /// What its locals came to.
    pub(super) tally: Tally,
}

/// One that stands still.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    /// Its stack pointer, as its last switch has kept it, and as it was just before.
    pub(super) kept: usize,
    pub(super) before: usize,
    /// The words that lie there.
    pub(super) words: [u64; KEPT.len()],
}

/// What each keeps in its locals.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Tally {
    pub(super) count: u64,
    pub(super) sum: f64,
}

impl Tally {
    fn add(&mut self, who: usize, round: u64) {
        self.count += round << who;
        self.sum += 1.0 / (round as f64 + who as f64);
    }

    /// What it comes to without any switches.
    pub(super) fn expected(who: usize, rounds: u64) -> Tally {
        let mut tally = Tally::default();
        (1..=rounds).for_each(|round| tally.add(who, round));
        tally
    }
}

/// What the two share.
struct Table {
    rounds: u64,
    contexts: [Cell<Context>; 3],
    /// Each one's stack pointer just before its last switch.
    before: [Cell<usize>; 3],
    tops: [usize; 2],
    players: [Cell<Option<Player>>; 2],
    seen: Cell<Option<(Standing, usize, [u64; 2])>>,
}

/// Where one of them sits.
struct Seat<'a> {
    table: &'a Table,
    who: usize,
}

/// Has both switch to and fro, so many times each, and then A go deep while B stands still.
///
/// # Errors
/// If there is no memory for their stacks.
pub(super) fn play(rounds: u64) -> io::Result<Seen> {
    let mut stacks = Stacks::default();
    let both: [Stack; 2] = [stacks.take()?, stacks.take()?];
    let table = Table {
        rounds,
        contexts: [const { Cell::new(Context::NOWHERE) }; 3],
        before: Default::default(),
        tops: both.map(|stack| stack.top() as usize),
        players: Default::default(),
        seen: Cell::default(),
    };
    let seats = [A, B].map(|who| Seat { table: &table, who });
    for (seat, stack) in seats.iter().zip(both) {
        let argument = ptr::from_ref(seat).cast_mut().cast();
        // SAFETY: the top is aligned to 128 bytes, and below it lies a stack that nobody uses.
        table.contexts[seat.who].set(unsafe { prepare(stack.top(), player, argument) });
    }
    table.switch(FIRST, A);
    // Both stand still now, for ever. What lies on their stacks needs no drop.
    let players =
        table.players.each_ref().map(|player| player.take().expect("each comes to its end"));
    let (standing, deepest, sums) = table.seen.take().expect("A looks before it ends");
    Ok(Seen { players, first_local: ptr::from_ref(&table) as usize, standing, deepest, sums })
}

/// The first function of each. It is never returned from, and nobody comes back when it has ended.
unsafe extern "C" fn player(seat: *mut u8) -> ! {
    // SAFETY: it is what the stack was prepared with, and lies on the first one's stack, which
    // stands still until both are done.
    let &Seat { table, who } = unsafe { &*seat.cast::<Seat<'_>>() };
    let mut tally = Tally::default();
    for round in 1..=table.rounds {
        tally.add(who, round);
        table.switch(who, 1 - who);
    }
    if who == A {
        let before = table.sum_of_b();
        let deepest = deep(DEPTH);
        table.seen.set(Some((table.standing(B), deepest, [before, table.sum_of_b()])));
    }
    let local = ptr::from_ref(&tally) as usize;
    table.players[who].set(Some(Player { top: table.tops[who], local, tally }));
    loop {
        table.switch(who, who + 1);
    }
}

impl Table {
    /// Lets another go on. Returns when somebody lets this one.
    #[inline(never)]
    fn switch(&self, who: usize, to: usize) {
        self.before[who].set(stack_pointer());
        // SAFETY: the other stands where its last switch left it, or at its beginning; and its stack
        // is there until the first one returns.
        unsafe { switch(self.contexts[who].as_ptr(), self.contexts[to].get()) };
    }

    /// One that stands still, as it lies in memory.
    fn standing(&self, who: usize) -> Standing {
        let sp = self.contexts[who].get().stack_pointer();
        // SAFETY: these words are what its switch has put there.
        let words = std::array::from_fn(|i| unsafe { sp.add(i).read_volatile() });
        Standing { kept: sp as usize, before: self.before[who].get(), words }
    }

    /// Over all that lies on B's stack.
    fn sum_of_b(&self) -> u64 {
        let mut at = self.contexts[B].get().stack_pointer();
        let mut sum = 0_u64;
        while (at as usize) < self.tops[B] {
            // SAFETY: mapped, since it is B's stack, and nobody writes there while B stands still.
            // Volatile, because the compiler doesn't know what lies there.
            sum = sum.rotate_left(7) ^ unsafe { at.read_volatile() };
            // SAFETY: not further than the top.
            at = unsafe { at.add(1) };
        }
        sum
    }
}

/// How far behind its beginning the function that switches goes on.
pub(super) fn goes_on(standing: &Standing) -> Option<usize> {
    let place = KEPT.iter().position(|name| *name == "where to go on")?;
    usize::try_from(standing.words[place]).ok()?.checked_sub(Table::switch as *const () as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::green::stack::SIZE;

    #[test]
    fn each_keeps_what_it_had_on_a_stack_of_its_own() {
        for rounds in [0, 1, 1_000] {
            let seen = play(rounds).expect("two stacks");
            for (who, player) in seen.players.iter().enumerate() {
                assert_eq!(player.tally, Tally::expected(who, rounds));
                assert!(player.top - player.local < 1024, "{player:?}");
            }
            assert!(seen.first_local.abs_diff(seen.players[A].top) > SIZE);
            assert_eq!(seen.sums[0], seen.sums[1]);
            assert!(seen.players[A].top - seen.deepest > DEPTH * 512);
        }
    }

    #[test]
    fn one_that_stands_still_does_so_beneath_the_words_that_are_named() {
        let standing = play(3).expect("two stacks").standing;
        assert_eq!(standing.before - standing.kept, 8 * KEPT.len());
        assert!(goes_on(&standing).is_some_and(|bytes| (1..4096).contains(&bytes)));
    }
}

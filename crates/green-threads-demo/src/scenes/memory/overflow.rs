//! Green threads that need larger stacks than they have.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs::File;
use std::hint::black_box;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::rc::Rc;
use std::thread;

use nix::fcntl::OFlag;
use nix::unistd::{dup, dup2_stderr, pipe2};
use stage::{Result, Stage, Table};

use super::held::Held;
use crate::green::stack::SIZE;
use crate::green::{self, Failed};

/// How many overflow, one after the other.
const TIMES: usize = 100;

/// What came of them.
pub(super) struct Seen {
    overflowed: usize,
    siblings: usize,
    /// How many of those that overflowed still count as owners of what they held.
    owners: usize,
    /// The same of one that panicked.
    owners_after_a_panic: usize,
    /// On how many stacks the siblings were, and those that overflowed.
    stacks: [usize; 2],
    /// More than after the first of them.
    more: Held,
    said: String,
}

/// What standard error says is kept, for as long as this lives.
struct Kept {
    before: OwnedFd,
    said: File,
}

impl Kept {
    fn from_now_on() -> io::Result<Kept> {
        let (said, say) = pipe2(OFlag::O_CLOEXEC)?;
        let before = dup(io::stderr())?;
        dup2_stderr(say)?;
        Ok(Kept { before, said: File::from(said) })
    }

    fn said(mut self) -> io::Result<String> {
        // The pipe's other end is closed with this, so what can be read ends. There is room in a
        // pipe for all of it.
        dup2_stderr(&self.before)?;
        let mut said = String::new();
        self.said.read_to_string(&mut said)?;
        Ok(said)
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let _ = dup2_stderr(&self.before);
    }
}

/// Needs more than any stack has.
#[expect(unconditional_recursion, reason = "that is the point")]
fn recurse(depth: u64) -> u64 {
    let frame = black_box([depth; 64]);
    recurse(depth + 1) + frame[0]
}

/// Has so many overflow, and a sibling run beside each.
pub(super) fn overflow(times: usize) -> Result<Seen> {
    let kept = Kept::from_now_on()?;
    // On a fresh thread of the operating system, which has no stacks from an earlier scene.
    let seen = thread::spawn(move || green::run(|| in_turn(times))).join();
    let said = kept.said()?;
    Ok(Seen { said, ..seen.map_err(|_| "a thread panicked")??? })
}

fn in_turn(times: usize) -> io::Result<Seen> {
    let held = Rc::new(());
    let numbers: Rc<[RefCell<BTreeSet<usize>>; 2]> = Rc::default();
    let (mut overflowed, mut siblings, mut first) = (0, 0, None);
    for _ in 0..times {
        let [here, there] = [(); 2].map(|()| Rc::clone(&numbers));
        let sibling = green::spawn(move || {
            // A green thread has the number of its stack.
            here[0].borrow_mut().insert(green::number());
            let mine = black_box([7_u8; 100]);
            green::yield_now();
            mine.iter().all(|byte| *byte == 7)
        });
        let one_more = Rc::clone(&held);
        let deep = green::spawn(move || {
            let _held = one_more;
            there[1].borrow_mut().insert(green::number());
            recurse(0)
        });
        overflowed += usize::from(matches!(deep.join(), Err(Failed::Overflowed)));
        siblings += usize::from(matches!(sibling.join(), Ok(true)));
        if first.is_none() {
            first = Some(Held::now()?);
        }
    }
    let now = Held::now()?;
    let owners = Rc::strong_count(&held) - 1;
    let one_more = Rc::clone(&held);
    let panics = green::spawn(move || {
        let _held = one_more;
        // As panic!(), without the message on standard error.
        std::panic::resume_unwind(Box::new("no"));
    });
    drop::<std::result::Result<(), _>>(panics.join());
    let owners_after_a_panic = Rc::strong_count(&held) - 1 - owners;
    let more = now.more_than(&first.unwrap_or(now));
    let stacks = numbers.each_ref().map(|numbers| numbers.borrow().len());
    let said = String::new();
    Ok(Seen { overflowed, siblings, owners, owners_after_a_panic, stacks, more, said })
}

pub(super) fn play(stage: &mut Stage<'_>) -> Result {
    let seen = overflow(TIMES)?;
    stage.say(format!(
        "An overflow: {TIMES} green threads, one after the other, call themselves without end, each \
         beside a sibling. The first said on standard error:"
    ));
    let first = seen.said.lines().next().unwrap_or("nothing");
    stage.listing(first.replace(" at ", " at\n").replace(" has overflowed", "\nhas overflowed"));
    let mut table = Table::new(["of each kind 100", "what its handle gives", "how many"]);
    table.row(["recursed without end", "Err(Overflowed)", &seen.overflowed.to_string()]);
    table.row(["a sibling of one", "Ok(..)", &seen.siblings.to_string()]);
    stage.table(&table);
    stage.check(
        "each that overflows fails with a message, and its sibling goes on",
        format!(
            "{} failed, {} messages, {} siblings ended well",
            seen.overflowed,
            seen.messages(),
            seen.siblings
        ),
        [seen.overflowed, seen.messages(), seen.siblings] == [TIMES; 3],
        "An overflow was not found, or it did not end there: does each recurse without end?",
    );
    let [siblings, overflowed] = seen.stacks;
    let Held { resident, mappings, .. } = seen.more;
    stage.check(
        "the siblings' stack is used again; one that has overflowed never is, since nobody knows who \
         still has a reference to what lies there",
        format!("{TIMES} siblings on {siblings} stack, {TIMES} overflows on {overflowed}"),
        siblings == 1 && overflowed == TIMES,
        "A number has been given twice, or a sibling's handle was kept: please report this.",
    );
    let each = resident as f64 / (TIMES - 1) as f64;
    stage.check(
        format!("so each overflow costs a stack for good: {} KiB at most", SIZE / 1024),
        format!("{each:.0} KiB each of memory, and {mappings} mappings more"),
        each <= (SIZE / 1024) as f64 && mappings < 10,
        "Something else in this process grew; or each guard is a mapping, as before Linux 6.13.",
    );
    stage.check(
        "what was on such a stack is never dropped, for it was in the midst of anything; after a \
         panic it is",
        format!(
            "{} of {TIMES} Rcs are still owned by the dead, {} after a panic",
            seen.owners, seen.owners_after_a_panic
        ),
        seen.owners == TIMES && seen.owners_after_a_panic == 0,
        "Whoever overflowed held nothing, or dropped it first.",
    );
    stage.say(
        "So an overflow leaks, and a lock that was held stays locked. It is an error of the \
         program, caught so that one request fails and not the server; a thread of the operating \
         system that overflows ends the program.",
    );
    Ok(())
}

impl Seen {
    fn messages(&self) -> usize {
        self.said.lines().filter(|line| line.contains("has overflowed its stack")).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_overflows_fails_alone_and_leaks_what_it_held() {
        let seen = overflow(3).expect("a poller");
        // Whoever tests beside this may write to standard error as well.
        assert_eq!([seen.overflowed, seen.siblings, seen.messages()], [3; 3], "{}", seen.said);
        assert_eq!((seen.owners, seen.owners_after_a_panic), (3, 0));
        assert_eq!(seen.stacks, [1, 3]);
        assert!(seen.said.contains("memory/overflow.rs:"), "{}", seen.said);
    }
}

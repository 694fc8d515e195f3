//! Where a thread-local lies, before a wait and after it.

use std::ptr;
use std::time::Duration;
use std::{io, thread};

use stage::{Result, Stage};

use super::handlers::{USER, USERS};
use crate::green;

/// Where a green thread found the variable: before it waited, and after.
type Found = [usize; 2];

pub(super) fn play(stage: &mut Stage<'_>) -> Result {
    let found = on_green_threads()?;
    let elsewhere = thread::Builder::new().spawn(address)?;
    let elsewhere = elsewhere.join().map_err(|_| io::Error::other("a thread has panicked"))?;
    let here = address();
    stage.say("Where USER lies, for three green threads, and on another of the system's threads:");
    stage.listing(drawn(here, elsewhere));
    let same = found.iter().flatten().filter(|address| **address == here).count();
    stage.check(
        "a reference to it that is held while one waits is right afterwards, since nobody moves",
        format!("{same} of {} looks, before and after: the same place", 2 * found.len()),
        same == 2 * found.len() && elsewhere != here,
        "A green thread has moved: please report this.",
    );
    Ok(())
}

fn drawn(here: usize, elsewhere: usize) -> String {
    let [first, second, third] = USERS;
    let line = |left: String, right: String| format!("│ {left:26} │     │ {right:26} │\n");
    let edge = |[left, right]: [char; 2]| format!("{left}{}{right}", "─".repeat(28));
    let [above, below] = [edge(['┌', '┐']), edge(['└', '┘'])];
    format!("OS thread 1                        OS thread 2\n{above}     {above}\n")
        + &line(format!("{first:6} ─┐"), String::new())
        + &line(format!("{second:6} ─┼─▶ USER"), "           USER".to_owned())
        + &line(format!("{third:6} ─┘   {here:#x}"), format!("           {elsewhere:#x}"))
        + &format!("{below}     {below}")
}

fn on_green_threads() -> io::Result<Vec<Found>> {
    green::run(|| {
        let look = || {
            // A reference into the thread-local, held across a wait.
            USER.with(|user| {
                let before = ptr::from_ref(user) as usize;
                green::sleep(Duration::from_millis(1));
                [before, address()]
            })
        };
        let threads = USERS.map(|_| green::spawn(look));
        threads.into_iter().filter_map(|thread| thread.join().ok()).collect()
    })
}

/// Not inlined: the compiler may take it for granted that a function stays on one thread, and so
/// that the address is what it was.
#[inline(never)]
fn address() -> usize {
    USER.with(|user| ptr::from_ref(user) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_lies_where_it_lay_and_elsewhere_on_another_thread() {
        let here = address();
        assert_eq!(on_green_threads().expect("green threads"), [[here; 2]; 3]);
        assert_ne!(thread::spawn(address).join().expect("an address"), here);
        let widths: Vec<_> = drawn(here, 1).lines().skip(1).map(|l| l.chars().count()).collect();
        assert!(widths.iter().all(|width| *width == widths[0] && *width <= 76), "{widths:?}");
    }
}

//! Two that wait for each other: nobody runs, and nobody can come from outside.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::rc::Rc;

use stage::{Result, Stage};

use crate::green;

/// What the scheduler said, and how many green threads were left afterwards.
pub(super) struct Found {
    said: Option<String>,
    left: usize,
}

/// Each takes one lock, and then wants the other's.
fn embrace() -> std::io::Result<()> {
    green::run(|| {
        let locks = Rc::new([green::Mutex::new(()), green::Mutex::new(())]);
        let take = |first: usize| {
            let locks = Rc::clone(&locks);
            green::spawn(move || {
                let _one = locks[first].lock();
                green::yield_now();
                let _other = locks[1 - first].lock();
            })
        };
        let both = [take(0), take(1)];
        for thread in both {
            // It never ends; and what it would say then is nobody's concern.
            drop(thread.join());
        }
    })
}

pub(super) fn found() -> Found {
    let end = catch_unwind(AssertUnwindSafe(embrace));
    Found { said: end.err().map(|panic| said(&*panic)), left: green::alive() }
}

/// The same, and the panic that is expected prints nothing.
pub(super) fn quietly() -> Found {
    let _quietly = Quietly::from_now_on();
    found()
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied().map(str::to_owned);
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}

pub(super) fn play(stage: &mut Stage<'_>) -> Result {
    stage.say(
        "A deadlock: one holds a lock and wants a second, another holds that and wants the first; \
         green::run() waits for both. With threads of the operating system the program would just \
         stand. Here the scheduler sees that all wait and that no timer and no socket can wake \
         anybody. It panics, and that is caught here:",
    );
    let found = quietly();
    let said = found.said.clone().unwrap_or_default();
    stage.listing(&said);
    stage.check(
        "a deadlock is found, and all that wait unwind",
        format!("{:?}, {} left", said.split(',').next().unwrap_or_default(), found.left),
        said.contains("all green threads are asleep") && found.left == 0,
        "Nobody waited for ever: is there a wait between the two locks?",
    );
    stage.say(
        "Only if all stand, and wait for each other alone: while a heart beats somewhere, or a \
         server waits for clients, two of many may embrace unnoticed. Go says the same in nearly \
         the same words, and gevent raises LoopExit.",
    );
    Ok(())
}

/// Panics print nothing for as long as this lives: this one is expected.
struct Quietly(Option<Hook>);

type Hook = Box<dyn Fn(&PanicHookInfo<'_>) + Sync + Send>;

impl Quietly {
    fn from_now_on() -> Quietly {
        let before = panic::take_hook();
        panic::set_hook(Box::new(|_| {}));
        Quietly(Some(before))
    }
}

impl Drop for Quietly {
    fn drop(&mut self) {
        if let Some(before) = self.0.take() {
            panic::set_hook(before);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_embrace_is_found_and_nobody_is_left() {
        let found = found();
        assert!(found.said.expect("a panic").contains("all green threads are asleep"));
        assert_eq!(found.left, 0);
    }
}

//! What may go to another thread of the operating system: asked of the compiler.

use std::marker::PhantomData;
use std::{net, thread};

use stage::{Stage, Table};

use crate::green;

/// Asks whether `T` is `Send`.
struct Ask<T>(PhantomData<T>);

/// The answer for all types for which there is no better one.
trait Otherwise {
    const IS_SEND: bool = false;
}

impl<T> Otherwise for T {}

impl<T: Send> Ask<T> {
    const IS_SEND: bool = true;
}

const GREEN: [(&str, bool); 4] = [
    ("green::JoinHandle<u64>", Ask::<green::JoinHandle<u64>>::IS_SEND),
    ("green::net::TcpStream", Ask::<green::net::TcpStream>::IS_SEND),
    ("green::Mutex<u64>", Ask::<green::Mutex<u64>>::IS_SEND),
    ("green::channel::Sender<u64>", Ask::<green::channel::Sender<u64>>::IS_SEND),
];

const STD: [(&str, bool); 2] = [
    ("std::thread::JoinHandle<u64>", Ask::<thread::JoinHandle<u64>>::IS_SEND),
    ("std::net::TcpStream", Ask::<net::TcpStream>::IS_SEND),
];

pub(super) fn play(stage: &mut Stage<'_>) {
    stage.say(
        "Were it moved while it waits (as Go's and Java's may be, and those of the crate may), the \
         reference would be one into another thread's storage: two threads change a Cell, or one has \
         ended and its storage is gone. Safe code could do that, and the compiler could not see \
         where. So all through which a green thread can be reached must stay; whether it may go to \
         another thread (is Send), the compiler says:",
    );
    let mut table = Table::new(["", "Send"]);
    for (name, is_send) in GREEN.iter().chain(&STD) {
        table.row([*name, if *is_send { "yes" } else { "no" }]);
    }
    stage.table(&table);
    let count = |types: &[(&str, bool)]| types.iter().filter(|(_, is_send)| *is_send).count();
    stage.check(
        "the types keep green threads where they are: nothing of theirs is Send",
        format!("{} of {}, and {} of std's {}", count(&GREEN), GREEN.len(), count(&STD), STD.len()),
        count(&GREEN) == 0 && count(&STD) == STD.len(),
        "A type of green's can be sent to another thread: please report this.",
    );
    stage.say(
        "(An async task may move, at an await, because the compiler knows what the future holds \
         there: if that isn't Send, neither is the future, and spawn() of a runtime with many threads \
         refuses it. Of a stack nobody knows what it holds.)",
    );
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;

    #[test]
    fn the_compiler_answers_right() {
        const KNOWN: [bool; 3] =
            [Ask::<u64>::IS_SEND, Ask::<Rc<u64>>::IS_SEND, Ask::<*const u64>::IS_SEND];
        assert_eq!(KNOWN, [true, false, false]);
        assert!(GREEN.iter().all(|(_, is_send)| !is_send));
    }
}

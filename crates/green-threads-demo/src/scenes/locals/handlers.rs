//! Who serves a user, and where it has noted whom.

use std::cell::Cell;
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use stage::Result;

use super::green_local::GreenLocal;
use crate::green;

/// Who is served; and who, when nobody is.
pub(super) const USERS: [User; 3] = ["alice", "bob", "carol"];
pub(super) const NOBODY: User = "nobody";

type User = &'static str;

/// Where it is noted who is served.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Way {
    ThreadLocal,
    Restored,
    Passed,
    GreenLocal,
}

/// Whom each found, and who was noted when all were done.
#[derive(Debug, PartialEq)]
pub(super) struct Served {
    pub(super) found: [User; 3],
    pub(super) left: User,
}

thread_local! {
    pub(super) static USER: Cell<User> = const { Cell::new(NOBODY) };
    static OWN_USER: GreenLocal<User> = GreenLocal::default();
}

// [listing
fn thread_local(user: User, wait: impl Fn()) -> User {
    USER.set(user);
    wait();
    USER.get()
}

fn restored(user: User, wait: impl Fn()) -> User {
    let _at_the_end = Restore(USER.replace(user));
    wait();
    USER.get()
}

fn passed(user: User, wait: impl Fn()) -> User {
    wait();
    user
}

fn green_local(user: User, wait: impl Fn()) -> User {
    OWN_USER.with(|own| {
        own.with_value(user, || {
            wait();
            own.get().unwrap_or(NOBODY)
        })
    })
}
// listing]

struct Restore(User);

impl Drop for Restore {
    fn drop(&mut self) {
        USER.set(self.0);
    }
}

impl Way {
    pub(super) const ALL: [Way; 4] =
        [Way::ThreadLocal, Way::Restored, Way::Passed, Way::GreenLocal];

    pub(super) fn name(self) -> &'static str {
        match self {
            Way::ThreadLocal => "thread_local!",
            Way::Restored => "it, restored",
            Way::Passed => "an argument",
            Way::GreenLocal => "a green local",
        }
    }

    fn serve(self, user: User, wait: impl Fn()) -> User {
        match self {
            Way::ThreadLocal => thread_local(user, wait),
            Way::Restored => restored(user, wait),
            Way::Passed => passed(user, wait),
            Way::GreenLocal => green_local(user, wait),
        }
    }
}

impl Served {
    /// How many found their own.
    pub(super) fn own(&self) -> usize {
        self.found.iter().zip(USERS).filter(|(found, user)| *found == user).count()
    }
}

/// Each on a thread of the operating system: all have noted theirs before one looks.
pub(super) fn on_system_threads() -> Result<Served> {
    let all_wait = &Barrier::new(USERS.len());
    let found = thread::scope(|scope| {
        let serve = |user| scope.spawn(move || thread_local(user, || _ = all_wait.wait()));
        USERS.map(serve).map(|thread| thread.join().unwrap_or(NOBODY))
    });
    Ok(Served { found, left: USER.get() })
}

/// Each on a green thread. All stand in the run queue before the first waits, so all have noted theirs
/// before one looks; and they go on in the order in which they came.
pub(super) fn on_green_threads(way: Way) -> Result<Served> {
    USER.set(NOBODY);
    let found = green::run(|| {
        let wait = || green::sleep(Duration::from_millis(2));
        let threads = USERS.map(|user| green::spawn(move || way.serve(user, wait)));
        threads.map(|thread| thread.join().unwrap_or(NOBODY))
    })?;
    Ok(Served { found, left: USER.replace(NOBODY) })
}

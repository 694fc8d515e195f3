//! A pool of processes that loses nothing.
//!
//! ```text
//!            items ──► tasks ──► │ task │ task │ ──► worker 1 ──► answers ─┐
//!   caller                  │                                              ├──► caller
//!                           └──► │ task │ task │ ──► worker 2 ──► answers ─┘
//! ```
//!
//! There is no thread in here. The caller who wants the next result hands out tasks, takes in
//! answers, and sleeps in between, all in [`Pool::imap_unordered`]'s `next`. What follows from it:
//! nothing is handed out that nobody wants (back-pressure), and the process stays single-threaded,
//! so that it may fork.
//!
//! **Nothing lost.** A worker answers its tasks in the order in which it got them. So if it dies, be it
//! in the middle of a message, the first that it has not answered is the one that it was at; that one
//! gets another try, and the others were only waiting. Another worker takes its place. A task that has
//! cost so many workers as it may have tries is given up, and named. A task past its deadline costs its
//! worker too: there is no other way to stop it.
//!
//! **Nothing twice.** Each item is answered exactly once. It may have been *run* more than once: a
//! worker can die after the work and before the answer. That is so for every queue that retries.

mod crew;
mod member;
mod results;
mod sleep;
mod task;
mod turn;
mod window;
mod work;

use std::collections::VecDeque;
use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use nix::unistd::Pid;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use crew::Replacement;
pub use results::Results;
pub use task::{Failure, How};
pub use work::work;

use crate::function::{Callable, Function};
use crate::link::Transport;
use crate::start::{Entry, Method, Start, explain};
use member::Member;
use task::Task;
use window::Window;

/// What the workers of a program can do: the functions, and the entry at which a worker begins, which
/// calls [`work`] with the same functions.
#[derive(Clone, Copy)]
pub struct Repertoire {
    /// Where a worker begins.
    pub entry: Entry,
    /// What it can be asked to run.
    pub functions: &'static [&'static dyn Callable],
}

/// How many workers, and how they come into being and are talked to.
#[derive(Debug, Clone)]
pub struct Options {
    /// How many (at least one).
    pub workers: usize,
    /// How they are started.
    pub method: Method,
    /// How they are talked to.
    pub transport: Transport,
    /// Whose processes are started, unless it is this program.
    pub program: Option<PathBuf>,
}

impl Options {
    /// So many workers over rings, from a zygote where there can be one (on Linux), or else spawned.
    #[must_use]
    pub fn workers(workers: usize) -> Options {
        let method = if cfg!(target_os = "linux") { Method::Zygote } else { Method::Spawn };
        let transport = Transport::Ring;
        Options { workers, method, transport, program: None }
    }
}

/// On what terms items are worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// How many items travel together (at least one). They share a try and a deadline, until they
    /// have cost a worker: then each goes on alone.
    pub chunk: usize,
    /// How long a task (a chunk of items) may take once it is begun.
    pub deadline: Option<Duration>,
    /// How many workers a task may cost before it is given up (at least one).
    pub tries: u32,
}

impl Default for Terms {
    /// One by one, with all the time that it takes, and three tries.
    fn default() -> Terms {
        Terms { chunk: 1, deadline: None, tries: 3 }
    }
}

/// A pool of processes. Dropped, it kills and reaps them all; [`Pool::close`] lets them finish.
pub struct Pool {
    repertoire: Repertoire,
    options: Options,
    starter: Box<dyn Start>,
    members: Vec<Member>,
    /// Tasks that were handed out before, and come before all new ones.
    again: VecDeque<Task>,
    window: Window,
    crew: crew::Crew,
    /// Which call of [`Pool::imap_unordered`] this is: what was left of others is dropped.
    run: u64,
    /// Of which function [`Pool::window`] speaks.
    window_of: Option<u16>,
    /// When all workers were last listened to, the dead among them; not yet in this run, if never.
    listened: Option<Instant>,
}

impl Pool {
    /// A pool of workers, all of them started.
    ///
    /// # Errors
    /// If there are not so many processes or descriptors or so much memory to be had, or they can't
    /// be started this way now. None is left behind then.
    pub fn new(repertoire: Repertoire, options: Options) -> io::Result<Pool> {
        let starter = match &options.program {
            Some(program) => options.method.starter_of(program.clone()),
            None => options.method.starter(),
        };
        let mut pool = Pool {
            repertoire,
            options,
            starter: starter.map_err(explain)?,
            members: Vec::new(),
            again: VecDeque::new(),
            window: Window::default(),
            crew: crew::Crew::default(),
            run: 0,
            window_of: None,
            listened: None,
        };
        let workers = pool.options.workers.max(1);
        for number in 1..=workers {
            let member = pool.recruit().map_err(|why| {
                let said = format!("worker {number} of {workers} can't be started: {why}");
                io::Error::new(why.kind(), said)
            })?;
            pool.members.push(member);
        }
        Ok(pool)
    }

    /// What the function makes of each item, in the order of the items.
    ///
    /// # Errors
    /// The first failure that comes; what is still under way then is dropped.
    pub fn map<A: Serialize, R: DeserializeOwned>(
        &mut self,
        terms: Terms,
        function: &Function<A, R>,
        items: impl IntoIterator<Item = A>,
    ) -> Result<Vec<R>, Failure> {
        let mut all: Vec<Option<R>> = Vec::new();
        for (item, result) in self.imap_unordered(terms, function, items) {
            all.resize_with(all.len().max(item + 1), || None);
            all[item] = Some(result?);
        }
        // Each was answered, or it would have failed.
        Ok(all.into_iter().flatten().collect())
    }

    /// What the function makes of each item, as it comes: the number of the item, and its result.
    /// Items are taken as there are workers to take them. Every item that was taken is answered
    /// exactly once, or has failed, exactly once; if this is dropped before, the rest is.
    ///
    /// # Panics
    /// If the function is not in the repertoire.
    pub fn imap_unordered<A: Serialize, R: DeserializeOwned, I: IntoIterator<Item = A>>(
        &mut self,
        terms: Terms,
        function: &Function<A, R>,
        items: I,
    ) -> Results<'_, I::IntoIter, R> {
        let mut functions = self.repertoire.functions.iter();
        let number = functions.position(|known| known.name() == function.name());
        let number = number.unwrap_or_else(|| panic!("no worker knows {:?}", function.name()));
        Results::new(self, terms, number as u16, items.into_iter())
    }

    /// The workers, by their process ids.
    #[must_use]
    pub fn workers(&self) -> Vec<Pid> {
        self.members.iter().map(Member::id).collect()
    }

    /// The deaths that were made good at once, in that order.
    #[must_use]
    pub fn replacements(&self) -> &[Replacement] {
        &self.crew.replacements
    }

    /// Tells the workers that there is no more, waits until they have ended, and kills those that have
    /// not when patience ends. Returns how many had to be killed.
    pub fn close(mut self, patience: Duration) -> usize {
        let children: Vec<_> = self.members.drain(..).map(Member::dismiss).collect();
        let began = Instant::now();
        let mut killed = 0;
        for mut child in children {
            let left = patience.saturating_sub(began.elapsed());
            if !matches!(child.wait_at_most(left), Ok(Some(_))) {
                child.kill();
                killed += 1;
            }
        }
        killed
    }
}

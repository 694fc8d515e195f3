//! Who gets the lock, when two threads want it all the time?

use std::hint;
use std::thread;
use std::time::{Duration, Instant};

use stage::{Lane, Recorder, Timeline};

use super::asker::Asker;
use super::lock::Lock;
use super::pin::{Core, pin};

/// How long two threads go on at most. With other programs on both cores, each turn may last for
/// as long as the kernel lets those run.
const LIMIT: Duration = Duration::from_secs(1);

/// One time of holding the lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// Who held it: 0 or 1.
    pub thread: usize,
    /// Whether the other thread slept in `lock()` when this turn ended.
    pub other_slept: bool,
}

/// What two threads did with a lock.
#[derive(Debug)]
pub struct Turns {
    /// Who held the lock, in order.
    pub turns: Vec<Turn>,
    /// Who was holding and who blocked, when.
    pub timeline: Timeline,
}

/// What both threads go by.
struct Game {
    turns: usize,
    hold: Duration,
    end: Instant,
    askers: [Asker; 2],
}

/// Two threads, each on its core, take so many turns in all, or fewer in a second. Whoever has unlocked asks for the
/// lock again at once. A turn lasts for at least `hold`, and until the other thread sleeps in
/// `lock()`: so that at every unlock there is somebody to hand over to.
pub fn take_turns<L: Lock<Vec<Turn>>>(turns: usize, hold: Duration, cores: [Core; 2]) -> Turns {
    let lock = L::new(Vec::new());
    let game = Game { turns, hold, end: Instant::now() + LIMIT, askers: Default::default() };
    let recorder = Recorder::new();
    thread::scope(|scope| {
        for (me, core) in cores.into_iter().enumerate() {
            let lane = recorder.lane(format!("thread {}", me + 1));
            let (lock, game) = (&lock, &game);
            scope.spawn(move || {
                pin(core);
                keep_asking(me, lock, game, lane);
            });
        }
    });
    Turns { turns: lock.into_inner(), timeline: recorder.timeline() }
}

fn keep_asking(me: usize, lock: &impl Lock<Vec<Turn>>, game: &Game, mut lane: Lane) {
    let mut enough = false;
    lane.now("blocked");
    while !enough {
        game.askers[me].asks();
        lock.with(|turns| {
            game.askers[me].has_it();
            // Once one thread has left, the other leaves too when it comes here: neither waits
            // below for a thread that has gone.
            enough = turns.len() == game.turns || Instant::now() > game.end;
            if enough {
                return;
            }
            lane.now_with("holding", turns.len() + 1);
            let start = Instant::now();
            while start.elapsed() < game.hold {
                hint::spin_loop();
            }
            let other_slept = game.askers[1 - me].wait_until_asleep();
            turns.push(Turn { thread: me, other_slept });
            lane.now("blocked");
        });
    }
}

impl Turns {
    /// How many of the turns at whose end the other thread slept were followed by a turn of that
    /// thread; and how many such turns there are. The last turn has none to follow.
    #[must_use]
    pub fn handed_over(&self) -> (usize, usize) {
        let slept = || self.turns.windows(2).filter(|pair| pair[0].other_slept);
        (slept().filter(|pair| pair[0].thread != pair[1].thread).count(), slept().count())
    }

    /// The most turns that one thread had before the other had one.
    #[must_use]
    pub fn longest_run(&self) -> usize {
        self.turns.chunk_by(|a, b| a.thread == b.thread).map(<[_]>::len).max().unwrap_or(0)
    }

    /// The longest that a thread was blocked.
    #[must_use]
    pub fn longest_wait(&self) -> Duration {
        let spans = self.timeline.lanes.iter().flat_map(|lane| &lane.spans);
        let waits = spans.filter(|span| span.state == "blocked").map(|span| span.to - span.from);
        waits.max().unwrap_or_default()
    }
}

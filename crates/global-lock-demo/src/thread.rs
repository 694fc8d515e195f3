//! What a thread brings along to the interpreter: CPython's *thread state*.

use stage::{Lane, Mark, Recorder, Weight};

use crate::sync::Arc;
use crate::sync::atomic::AtomicBool;

/// It holds the lock, and so it alone runs bytecode.
pub const HOLDS: &str = "holds the lock";
/// It wants the lock, and sleeps.
pub const WAITS: &str = "waits";
/// It wants the lock, has waited for a whole interval, and has asked the holder to drop it.
pub const ASKED: &str = "has asked";
/// It was woken because the lock was free, and found it taken: it sleeps again.
pub const IN_VAIN: &str = "woken in vain";
/// It is in a call that blocks, or in native code that needs no interpreter: without the lock.
pub const OUTSIDE: &str = "outside";

/// How these look in timelines. Waking in vain takes but microseconds, and must not be lost.
pub const MARKS: [Mark; 5] = [
    Mark { state: HOLDS, glyph: '█', weight: Weight::Solid },
    Mark { state: WAITS, glyph: '░', weight: Weight::Light },
    Mark { state: ASKED, glyph: '▒', weight: Weight::Light },
    Mark { state: IN_VAIN, glyph: '×', weight: Weight::Striking },
    Mark { state: OUTSIDE, glyph: '·', weight: Weight::Light },
];

/// One thread of an interpreter.
#[derive(Debug)]
pub struct ThreadState {
    /// Its number, from 1 up; nobody has 0.
    pub id: u32,
    /// Set by another thread that wants this one to do something at its next check: a bit of
    /// CPython's *eval breaker*.
    pub(crate) breaker: Arc<AtomicBool>,
    lane: Option<Lane>,
}

impl ThreadState {
    /// The thread of this number, from 1 up, of which nothing is recorded.
    #[must_use]
    pub fn new(id: u32) -> ThreadState {
        debug_assert_ne!(id, 0);
        ThreadState { id, breaker: Arc::new(AtomicBool::new(false)), lane: None }
    }

    /// The same, with a lane of this name that tells when it held the lock and when it waited.
    #[must_use]
    pub fn recorded(id: u32, recorder: &Recorder, name: &str) -> ThreadState {
        ThreadState { lane: Some(recorder.lane(name)), ..ThreadState::new(id) }
    }

    /// Records what it does from now on.
    #[inline]
    pub fn now(&mut self, state: &'static str) {
        if let Some(lane) = &mut self.lane {
            lane.now(state);
        }
    }
}

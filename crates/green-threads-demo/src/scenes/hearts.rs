//! Heartbeats: green threads that want to run every few milliseconds, and notice when they can't.

use std::cell::RefCell;
use std::panic::Location;
use std::rc::Rc;
use std::time::{Duration, Instant};

use stage::timeline::{Finished, Span};
use stage::{Mark, Result, Timeline, Weight};

use crate::green::{self, JoinHandle, SlowTurn};

/// How often a heart beats.
pub const PERIOD: Duration = Duration::from_millis(2);

/// How many hearts there are.
pub const HEARTS: usize = 3;

/// How much later than due, in a drawing, is late.
pub const DRAWN: Duration = Duration::from_micros(1500);

/// How long there are only heartbeats, before the culprit begins and after it has ended.
const ALONE: Duration = Duration::from_millis(12);

/// A beat that was due, and did not come.
pub const LATE: Mark = Mark { state: "late", glyph: '×', weight: Weight::Solid };

/// When a beat was due, and when it came.
type Beat = (Instant, Instant);

/// What the culprit did: where, and from when to when each piece of it.
pub struct Work {
    /// The name of its lane.
    pub place: &'static str,
    /// Its pieces.
    pub spans: Vec<(Instant, Instant)>,
}

/// What was seen of a culprit and of the hearts beside it.
pub struct Observed {
    start: Instant,
    /// Those of each heart.
    beats: Vec<Vec<Beat>>,
    work: Work,
    /// What the watch told.
    pub slow: Vec<SlowTurn>,
    /// Where the culprit was spawned.
    pub culprit: &'static Location<'static>,
}

/// Lets hearts beat, and beside them the culprit work in a green thread of its own. A turn over
/// `limit` is slow.
///
/// # Errors
/// Whatever kept the culprit from its work.
pub fn observe(
    limit: Duration,
    culprit: impl FnOnce() -> workloads::Result<Work> + 'static,
) -> Result<Observed> {
    let told = Rc::new(RefCell::new(Vec::new()));
    let tell = Rc::clone(&told);
    let start = Instant::now();
    let (beats, work, location) = green::run_watched(
        limit,
        move |slow| tell.borrow_mut().push(slow),
        || {
            let hearts: Vec<_> = (0..HEARTS).map(|heart| beating(start, heart)).collect();
            green::sleep(ALONE);
            let (thread, location) = spawned(culprit);
            let work = thread.join().map_err(|why| format!("the culprit: {why:?}"))??;
            green::sleep(ALONE);
            hearts.iter().for_each(|(thread, _)| thread.cancel());
            let beats = hearts.iter().map(|(_, beats)| beats.take()).collect();
            Ok::<_, Box<dyn std::error::Error>>((beats, work, location))
        },
    )??;
    let slow = told.take();
    Ok(Observed { start, beats, work, slow, culprit: location })
}

/// Spawns, and says where: at the line that calls this.
#[track_caller]
fn spawned<T: 'static>(
    function: impl FnOnce() -> T + 'static,
) -> (JoinHandle<T>, &'static Location<'static>) {
    (green::spawn(function), Location::caller())
}

/// A heart. Each beat is due a period after the one before *was due*: one that is late makes no
/// later one less late.
fn beating(start: Instant, heart: usize) -> (JoinHandle<()>, Rc<RefCell<Vec<Beat>>>) {
    let beats = Rc::new(RefCell::new(Vec::new()));
    let noted = Rc::clone(&beats);
    // Not all at once: so one of them is always due soon.
    let first = start + PERIOD * (heart as u32 + 1) / HEARTS as u32;
    let thread = green::spawn(move || {
        let mut due = first;
        loop {
            let early = due.saturating_duration_since(Instant::now());
            // One that is late makes up for all that it has missed in one turn.
            if !early.is_zero() {
                green::sleep(early);
            }
            noted.borrow_mut().push((due, Instant::now()));
            due += PERIOD;
        }
    });
    (thread, beats)
}

impl Observed {
    /// How late at most this share of the beats was, of those due while the culprit worked.
    #[must_use]
    pub fn late_at(&self, share: f64) -> Duration {
        let beats = self.due_meanwhile();
        let mut late: Vec<_> = beats.map(|(due, came)| came.duration_since(*due)).collect();
        late.sort_unstable();
        let place = (late.len() as f64 * share).ceil() as usize;
        late.get(place.saturating_sub(1)).copied().unwrap_or_default()
    }

    /// How many beats were due while the culprit worked, and how many of these came before it ended.
    #[must_use]
    pub fn meanwhile(&self) -> (usize, usize) {
        let (_, end) = self.working();
        let came = self.due_meanwhile().filter(|(_, came)| *came < end).count();
        (self.due_meanwhile().count(), came)
    }

    /// Whether each heart had at least one beat in the time in which the culprit worked.
    #[must_use]
    pub fn every_heart_beats_meanwhile(&self) -> bool {
        let (start, end) = self.working();
        let within = |(due, came): &Beat| start < *due && *came < end;
        self.beats.iter().all(|beats| beats.iter().any(within))
    }

    fn due_meanwhile(&self) -> impl Iterator<Item = &Beat> {
        let (start, end) = self.working();
        self.beats.iter().flatten().filter(move |(due, _)| start < *due && *due < end)
    }

    /// From when to when the culprit worked.
    fn working(&self) -> (Instant, Instant) {
        let spans = &self.work.spans;
        let ends = spans.first().zip(spans.last());
        ends.map_or((self.start, self.start), |((from, _), (_, to))| (*from, *to))
    }

    /// How long the culprit worked at most without a pause.
    #[must_use]
    pub fn longest_stretch(&self) -> Duration {
        let stretches = self.work.spans.iter().map(|(from, to)| *to - *from);
        stretches.max().unwrap_or_default()
    }

    /// Whether the watch named the culprit, once, and nobody else.
    #[must_use]
    pub fn is_culprit_named(&self) -> bool {
        matches!(&self.slow[..], [SlowTurn { spawned, .. }] if *spawned == self.culprit)
    }

    /// The hearts, and what the culprit did in which state. A beat is drawn as late if it came
    /// [so much](DRAWN) later than due.
    #[must_use]
    pub fn timeline(&self, state: &'static str) -> Timeline {
        let heart = |(heart, beats): (usize, &Vec<Beat>)| Finished {
            name: format!("heart {}", heart + 1),
            spans: self.heart(beats),
        };
        let mut lanes: Vec<_> = self.beats.iter().enumerate().map(heart).collect();
        let Work { place, spans } = &self.work;
        let spans = spans.iter().map(|(from, to)| self.span(state, *from, *to)).collect();
        lanes.push(Finished { name: (*place).to_owned(), spans });
        Timeline { lanes }
    }

    /// It waits until a beat is due; then it is late until the beat comes.
    fn heart(&self, beats: &[Beat]) -> Vec<Span> {
        let mut spans = Vec::new();
        let mut since = self.start;
        for &(due, came) in beats {
            let waits_until = if came - due < DRAWN { came } else { due.max(since) };
            spans.push(self.span("waiting", since, waits_until));
            spans.push(self.span(LATE.state, waits_until, came));
            since = came;
        }
        spans.retain(|span| span.from < span.to);
        spans
    }

    fn span(&self, state: &'static str, from: Instant, to: Instant) -> Span {
        Span { state, item: None, from: from - self.start, to: to - self.start }
    }
}

/// How late at most this share of the beats was: the median of the rounds.
#[must_use]
pub fn late_at(rounds: &[Observed], share: f64) -> Duration {
    let mut late: Vec<_> = rounds.iter().map(|round| round.late_at(share)).collect();
    late.sort_unstable();
    late.get(late.len() / 2).copied().unwrap_or_default()
}

/// How many beats were due meanwhile, and how many came, in all rounds.
#[must_use]
pub fn meanwhile(rounds: &[Observed]) -> (usize, usize) {
    let counts = rounds.iter().map(Observed::meanwhile);
    counts.fold((0, 0), |sum, (due, came)| (sum.0 + due, sum.1 + came))
}

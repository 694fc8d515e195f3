//! Heartbeats: tasks that want to run every few milliseconds, and notice when they can't.

use std::cell::RefCell;
use std::panic::Location;
use std::rc::Rc;
use std::time::{Duration, Instant};

use stage::timeline::{Finished, Span};
use stage::{Mark, Result, Timeline, Weight};

use super::culprits::{Culprit, Work};
use super::errand::Errand;
use crate::runtime::watch::SlowPoll;
use crate::runtime::{JoinHandle, Runtime, sleep, sleep_until, spawn};

/// How often a heart beats.
pub const PERIOD: Duration = Duration::from_millis(2);

/// How many hearts there are.
pub const HEARTS: usize = 3;

/// How long there are only heartbeats, before the culprit begins and after it has ended.
const ALONE: Duration = Duration::from_millis(12);

/// A beat that was due, and did not come.
pub const LATE: Mark = Mark { state: "late", glyph: '×', weight: Weight::Striking };

/// When a beat was due, and when it came.
type Beat = (Instant, Instant);

/// What was seen of a culprit and of the hearts beside it.
pub struct Observed {
    start: Instant,
    /// Those of each heart.
    beats: Vec<Vec<Beat>>,
    work: Work,
    /// What the watch told.
    pub slow: Vec<SlowPoll>,
    /// Where the culprit was spawned.
    pub culprit: &'static Location<'static>,
}

/// Lets hearts beat, and the culprit do its errand beside them.
pub(super) fn observe(errand: &Errand, culprit: Culprit) -> Result<Observed> {
    let told = Rc::new(RefCell::new(Vec::new()));
    let tell = Rc::clone(&told);
    let runtime = Runtime::watched(errand.limit(), move |slow| tell.borrow_mut().push(slow))?;
    let start = Instant::now();
    let (beats, work, location) = runtime.block_on(async {
        let hearts: Vec<_> = (0..HEARTS).map(|heart| beating(start, heart)).collect();
        sleep(ALONE).await;
        let (task, location) = spawned(culprit.run(errand.clone()));
        let work = task.await.map_err(|why| format!("the culprit: {why:?}"))??;
        sleep(ALONE).await;
        for (task, _) in &hearts {
            task.cancel();
        }
        let beats = hearts.iter().map(|(_, beats)| beats.take()).collect();
        Ok::<_, Box<dyn std::error::Error>>((beats, work, location))
    })?;
    let slow = told.take();
    Ok(Observed { start, beats, work, slow, culprit: location })
}

/// Spawns, and says where: at the line that calls this.
#[track_caller]
fn spawned<F: Future + 'static>(future: F) -> (JoinHandle<F::Output>, &'static Location<'static>) {
    (spawn(future), Location::caller())
}

/// A heart. Each beat is due a period after the one before *was due*: one that is late makes no
/// later one less late.
fn beating(start: Instant, heart: usize) -> (JoinHandle<()>, Rc<RefCell<Vec<Beat>>>) {
    let beats = Rc::new(RefCell::new(Vec::new()));
    let noted = Rc::clone(&beats);
    // Not all at once: so one of them is always due soon.
    let first = start + PERIOD * (heart as u32 + 1) / HEARTS as u32;
    let task = spawn(async move {
        let mut due = first;
        loop {
            sleep_until(due).await;
            noted.borrow_mut().push((due, Instant::now()));
            due += PERIOD;
        }
    });
    (task, beats)
}

impl Observed {
    /// How late the latest beat was, of those that were due while the culprit worked.
    pub fn most_late(&self) -> Duration {
        self.late_at(1.0)
    }

    /// How late at most this share of those beats was.
    pub fn late_at(&self, share: f64) -> Duration {
        let beats = self.due_meanwhile();
        let mut late: Vec<_> = beats.map(|(due, came)| came.duration_since(*due)).collect();
        late.sort_unstable();
        let place = (late.len() as f64 * share).ceil() as usize;
        late.get(place.saturating_sub(1)).copied().unwrap_or_default()
    }

    /// How many beats were due while the culprit worked, and how many of these came before it ended.
    pub fn meanwhile(&self) -> (usize, usize) {
        let (_, end) = self.working();
        let came = self.due_meanwhile().filter(|(_, came)| *came < end).count();
        (self.due_meanwhile().count(), came)
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
    pub fn longest_stretch(&self) -> Duration {
        let stretches = self.work.spans.iter().map(|(from, to)| *to - *from);
        stretches.max().unwrap_or_default()
    }

    /// Whether the watch named the culprit, once, and nobody else.
    pub fn is_culprit_named(&self) -> bool {
        matches!(&self.slow[..], [SlowPoll { spawned: Some(at), .. }] if *at == self.culprit)
    }

    /// The hearts, and the culprit's work. A beat is drawn as late if it came so much later than
    /// due.
    pub(super) fn timeline(&self, late: Duration) -> Timeline {
        let mut lanes: Vec<_> = self
            .beats
            .iter()
            .enumerate()
            .map(|(heart, beats)| Finished {
                name: format!("heart {}", heart + 1),
                spans: self.heart(beats, late),
            })
            .collect();
        let Work { place, spans } = &self.work;
        let spans = spans.iter().map(|(from, to)| self.span("computing", *from, *to)).collect();
        lanes.push(Finished { name: (*place).to_owned(), spans });
        Timeline { lanes }
    }

    /// It waits until a beat is due; then it is late until the beat comes.
    fn heart(&self, beats: &[Beat], late: Duration) -> Vec<Span> {
        let mut spans = Vec::new();
        let mut since = self.start;
        for &(due, came) in beats {
            let waits_until = if came - due < late { came } else { due.max(since) };
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

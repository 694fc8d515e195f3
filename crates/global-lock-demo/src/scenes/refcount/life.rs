//! An object of the interpreter's heap, from its making to its end, while two threads count.

use std::fmt;

use crate::count::{Atomic, Biased, Count, Plain, Released};
use crate::vm::fault::Fault;
use crate::vm::heap::{Heap, Kind, Object};

use super::cued::{Change, Deed, Order, cued};
use super::stepwise::{Locked, Stepwise};

/// A heap, whose objects are counted in one way or another.
pub trait World {
    /// A life. A variable refers to an object, and two threads have a reference each for a while:
    /// they make them at once, or they let them go at once, with their steps in this order. At the
    /// end the variable is used, and then forgotten.
    fn live(&self, order: Order, change: Change) -> Life;

    /// How many places for objects are in use.
    fn used(&self) -> usize;
}

/// The ways of counting, by name: the plain one first.
#[must_use]
pub fn worlds() -> [(&'static str, Box<dyn World>); 4] {
    [
        ("plain", Box::<Heap<Plain>>::default()),
        ("plain, under a lock", Box::<Heap<Locked>>::default()),
        ("atomic", Box::<Heap<Atomic>>::default()),
        ("biased", Box::<Heap<Biased>>::default()),
    ]
}

/// What happened to an object.
#[derive(Debug)]
pub struct Life {
    /// One after the other.
    pub events: Vec<Event>,
    /// The last of it.
    pub end: End,
}

/// Something that happened.
#[derive(Debug, PartialEq, Eq)]
pub struct Event {
    /// Who did it.
    pub who: &'static str,
    /// What.
    pub what: String,
    /// What the object's count says then; nothing, if it has been freed.
    pub count: Option<i64>,
    /// How many references to it there really are.
    pub references: i64,
}

/// How a life ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// It was freed when its last reference was gone.
    InTime,
    /// It was freed while the variable referred to it; using that ended so.
    TooEarly(Result<(), Fault>),
    /// Its last reference is gone, and it is still there.
    Never,
}

impl<C: Count + Stepwise> World for Heap<C> {
    fn live(&self, order: Order, change: Change) -> Life {
        let mut places = Vec::new();
        self.take(1, &mut places);
        let place = places.pop().expect("a heap has room for many lives");
        let (object, variable) = self.make(place, Kind::List);
        object.count.start(1);
        let (events, count, really) = (Vec::new(), Some(1), 1);
        let mut story = Story { heap: self, place, object, events, count, really };
        match change {
            Change::Retain => story.event("variable", "refers to it"),
            Change::Release => {
                [1, 2].iter().for_each(|&me| object.count.retain(me));
                (story.count, story.really) = (Some(3), 3);
                story.event("all", "refer to it");
            }
        }
        for step in cued(&object.count, order, change) {
            if let Deed::Wrote(count) | Deed::Changed(count) = step.deed {
                (story.count, story.really) = (Some(count), story.really + change.by());
            }
            story.event(["thread 1", "thread 2"][usize::from(step.thread) - 1], step.deed);
        }
        if change == Change::Retain {
            story.let_go("thread 1", 1);
            story.let_go("thread 2", 2);
        }
        if story.count.is_none() {
            let used = story.use_after(|| {
                let reference = variable.as_object().expect("objects are referred to");
                self.get(reference).map(drop)
            });
            return Life { events: story.events, end: End::TooEarly(used) };
        }
        story.let_go("variable", 1);
        let end = if story.count.is_none() { End::InTime } else { End::Never };
        Life { events: story.events, end }
    }

    fn used(&self) -> usize {
        Heap::used(self)
    }
}

/// A life as far as it has come.
struct Story<'h, C> {
    heap: &'h Heap<C>,
    place: u32,
    object: &'h Object<C>,
    events: Vec<Event>,
    count: Option<i64>,
    really: i64,
}

impl<C: Count> Story<'_, C> {
    fn event(&mut self, who: &'static str, what: impl fmt::Display) {
        let (what, references) = (what.to_string(), self.really);
        self.events.push(Event { who, what, count: self.count, references });
    }

    fn let_go(&mut self, who: &'static str, me: u32) {
        let count = &self.object.count;
        self.really -= 1;
        if count.release(me) == Released::Last {
            self.heap.end(self.place);
            self.heap.give(0, &mut vec![self.place]);
            self.count = None;
            self.event(who, "lets go: the last, it is freed");
        } else {
            self.count = Some(count.references());
            self.event(who, "lets go");
        }
    }

    /// Another object comes, and lies where this one was: the heap gives out first what it got back
    /// last. Then who still refers to the old one uses that.
    fn use_after(&mut self, using: impl FnOnce() -> Result<(), Fault>) -> Result<(), Fault> {
        let mut places = Vec::new();
        self.heap.take(1, &mut places);
        assert_eq!(places, [self.place], "it was free");
        self.heap.make(self.place, Kind::Float);
        self.event("thread 2", "makes a number: it gets that place");
        let used = using();
        match &used {
            Ok(()) => self.event("variable", "is used: it is that number"),
            Err(fault) => self.event("variable", fault),
        }
        self.heap.end(self.place);
        self.heap.give(0, &mut places);
        used
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            End::InTime => "freed in time",
            End::TooEarly(_) => "freed too early",
            End::Never => "never freed",
        })
    }
}

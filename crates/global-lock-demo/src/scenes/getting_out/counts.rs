//! Nothing but counting references: by one thread, and by two of them to two objects and to one.

use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::{Duration, Instant};

use stage::Result;

use crate::count::{Atomic, Biased, Count, Plain, Released};
use crate::lock::{GlobalLock, Interval};
use crate::thread::ThreadState;

/// What a reference more and one less cost.
#[derive(Debug, Clone)]
pub struct Cost {
    /// Of which count.
    pub name: &'static str,
    /// The time from the first thread's start to the last one's end, divided by what one of them
    /// does, in nanoseconds: one thread; two with an object each; two with one.
    pub nanos: [f64; 3],
}

/// Like an object of the heap, it has cache lines of its own.
#[derive(Default)]
#[repr(align(128))]
struct Object<C>(C);

/// Nobody counts, but this one has made the objects.
const MAKER: u32 = 3;

/// One round: how long a thread takes, or two with an object each or with the same one.
type Round = fn(Shape, u32) -> Option<Duration>;

#[derive(Debug, Clone, Copy)]
enum Shape {
    Alone,
    OwnEach,
    OneForBoth,
}

/// All counts in turns, `each` operations of a thread and round, and the medians.
///
/// # Errors
/// If a count was wrong in the end.
pub fn costs(each: u32, rounds: usize) -> Result<[Cost; 4]> {
    const KINDS: [(&str, Round); 4] = [
        ("plain, under a lock", |shape, each| {
            round::<Plain>(shape, each, Some(&Interval::default()), None)
        }),
        ("atomic", |shape, each| round::<Atomic>(shape, each, None, None)),
        ("biased", |shape, each| round::<Biased>(shape, each, None, None)),
        ("biased, another's", |shape, each| round::<Biased>(shape, each, None, Some(MAKER))),
    ];
    let shapes = [Shape::Alone, Shape::OwnEach, Shape::OneForBoth];
    let mut times: [[Vec<Duration>; 3]; 4] = Default::default();
    for _ in 0..rounds {
        for ((name, round), times) in KINDS.iter().zip(&mut times) {
            for (shape, times) in shapes.into_iter().zip(times) {
                let took = round(shape, each);
                times.push(took.ok_or_else(|| format!("{name}: a reference was miscounted"))?);
            }
        }
    }
    let nanos = |mut times: Vec<Duration>| {
        times.sort_unstable();
        times[times.len() / 2].as_nanos() as f64 / f64::from(each)
    };
    let mut costs = KINDS.iter().zip(times);
    Ok(std::array::from_fn(|_| {
        let ((name, _), times) = costs.next().expect("as many as there are kinds");
        Cost { name, nanos: times.map(nanos) }
    }))
}

/// Each object is made by the thread that uses it, or first uses it, unless by `maker`.
fn round<C: Count>(
    shape: Shape,
    each: u32,
    lock: Option<&Interval>,
    maker: Option<u32>,
) -> Option<Duration> {
    let objects: [Object<C>; 2] = Default::default();
    for (object, thread) in objects.iter().zip(1..) {
        object.0.start(maker.unwrap_or(thread));
    }
    let [first, second] = &objects;
    let used: &[_] = match shape {
        Shape::Alone => &[first],
        Shape::OwnEach => &[first, second],
        Shape::OneForBoth => &[first, first],
    };
    let arrived = AtomicUsize::new(0);
    let times: Vec<_> = thread::scope(|scope| {
        let arrived = &arrived;
        let mut threads = Vec::new();
        for (object, thread) in used.iter().zip(1..) {
            threads.push(scope.spawn(move || {
                let mut me = ThreadState::new(thread);
                // Spinning, not asleep: who has just been woken may share a core for some time.
                arrived.fetch_add(1, SeqCst);
                while arrived.load(SeqCst) < used.len() {
                    std::hint::spin_loop();
                }
                let start = Instant::now();
                let right = count(&object.0, each, lock, &mut me);
                right.then(|| (start, Instant::now()))
            }));
        }
        threads.into_iter().map(|thread| thread.join().ok().flatten()).collect()
    });
    let times: Vec<_> = times.into_iter().collect::<Option<_>>()?;
    let right = objects.iter().all(|object| object.0.references() == 1);
    let (start, end) = (times.iter().map(|it| it.0).min()?, times.iter().map(|it| it.1).max()?);
    right.then(|| end - start)
}

/// Counts up and down, and looks for who wants the lock, as the eval loop does.
fn count<C: Count>(object: &C, each: u32, lock: Option<&Interval>, me: &mut ThreadState) -> bool {
    let mut right = true;
    lock.into_iter().for_each(|lock| lock.take(me));
    for _ in 0..each {
        if let Some(lock) = lock {
            lock.check(me);
        }
        let object = black_box(object);
        object.retain(me.id);
        right &= object.release(me.id) == Released::Kept;
    }
    lock.into_iter().for_each(|lock| lock.give(me));
    right
}

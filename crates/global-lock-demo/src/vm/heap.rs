//! The objects of an interpreter.

use std::collections::HashMap;
use std::net::UdpSocket;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

use crate::object_lock::ObjectLock;

use super::cells::Cells;
use super::fault::{Fault, Result};
use super::threads::{Latch, Task};
use super::value::{GENERATIONS, Reference, Value};

/// How many objects there may be at once.
pub const OBJECTS: u32 = 1 << 16;

/// Room for objects, used again and again. It is never given back while the interpreter lives, so
/// that a reference to an object that has been freed finds memory that is an object: here a wrong
/// count is a [`Fault`], where in C it would be undefined behaviour.
#[derive(Debug)]
pub struct Heap<C> {
    objects: Box<[Object<C>]>,
    free: Mutex<Vec<u32>>,
}

/// An object, or the room for one. Two never lie in the same cache lines.
#[derive(Debug, Default)]
#[repr(align(128))]
pub struct Object<C> {
    /// How many references there are to it.
    pub count: C,
    generation: AtomicU32,
    kind: AtomicU8,
    /// Locked by who changes it, where the strategy wants that.
    pub lock: ObjectLock,
    /// Its contents, as far as they are values.
    pub cells: Cells,
    /// Its contents, as far as they are not. The mutex is there for Rust's sake: CPython has none.
    inside: Mutex<Inside>,
}

/// What kind of object it is: this says what is in its cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// A number with a fraction: its bits.
    Float,
    /// The elements.
    List,
    /// The elements.
    Tuple,
    /// None; [`Inside::Dict`].
    Dict,
    /// The first, and the end.
    Range,
    /// The next, and the end.
    RangeIterator,
    /// The place of the next, and the list or tuple.
    SequenceIterator,
    /// None; [`Inside::Bytes`].
    Bytes,
    /// The function and a tuple of its arguments; [`Inside::Thread`].
    Thread,
    /// None; [`Inside::Lock`].
    Lock,
    /// None; [`Inside::Socket`].
    Socket,
}

const KINDS: [Kind; 11] = [
    Kind::Float,
    Kind::List,
    Kind::Tuple,
    Kind::Dict,
    Kind::Range,
    Kind::RangeIterator,
    Kind::SequenceIterator,
    Kind::Bytes,
    Kind::Thread,
    Kind::Lock,
    Kind::Socket,
];

/// The part of an object that is not made of values.
#[derive(Debug, Default)]
pub enum Inside {
    /// Nothing.
    #[default]
    Nothing,
    /// A dict.
    Dict(Dict),
    /// Bytes.
    Bytes(Arc<[u8]>),
    /// A thread.
    Thread(Arc<Task>),
    /// A lock of the program's own.
    Lock(Arc<Latch>),
    /// A datagram socket.
    Socket(Arc<UdpSocket>),
}

/// A dict: entries in the order in which they were put in.
#[derive(Debug, Default)]
pub struct Dict {
    places: HashMap<Value, usize>,
    /// Keys and values.
    pub entries: Vec<(Value, Value)>,
}

impl Dict {
    /// The value for a key.
    #[must_use]
    pub fn get(&self, key: Value) -> Option<Value> {
        self.places.get(&key).map(|&place| self.entries[place].1)
    }

    /// Puts a value in, and returns the one that was there.
    pub fn insert(&mut self, key: Value, value: Value) -> Option<Value> {
        let place = *self.places.entry(key).or_insert(self.entries.len());
        match self.entries.get_mut(place) {
            Some((_, there)) => Some(std::mem::replace(there, value)),
            None => {
                self.entries.push((key, value));
                None
            }
        }
    }
}

impl<C> Object<C> {
    /// What kind of object it is.
    #[inline]
    pub fn kind(&self) -> Kind {
        KINDS[self.kind.load(Relaxed) as usize]
    }

    /// Looks at, or changes, the part that is not made of values.
    pub fn inside<R>(&self, use_it: impl FnOnce(&mut Inside) -> R) -> R {
        use_it(&mut self.inside.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<C: Default> Default for Heap<C> {
    fn default() -> Heap<C> {
        Heap {
            objects: (0..OBJECTS).map(|_| Object::default()).collect(),
            // The lowest places are used first.
            free: Mutex::new((0..OBJECTS).rev().collect()),
        }
    }
}

impl<C> Heap<C> {
    /// The object.
    ///
    /// # Errors
    /// [`Fault::Freed`].
    #[inline]
    pub fn get(&self, reference: Reference) -> Result<&Object<C>> {
        let object = self.objects.get(reference.place as usize).ok_or(Fault::Freed)?;
        if object.generation.load(Relaxed) != reference.generation {
            return Err(Fault::Freed);
        }
        Ok(object)
    }

    /// Makes an object of this kind at a place that [`take`](Heap::take) gave.
    #[inline]
    pub fn make(&self, place: u32, kind: Kind) -> (&Object<C>, Value) {
        let object = &self.objects[place as usize];
        object.kind.store(kind as u8, Relaxed);
        (object, Value::object(self.present(place)))
    }

    /// The reference to whatever is at this place now.
    #[must_use]
    pub fn present(&self, place: u32) -> Reference {
        Reference { place, generation: self.objects[place as usize].generation.load(Relaxed) }
    }

    /// Ends the object at this place: whoever still has a reference to it finds that out.
    pub fn end(&self, place: u32) {
        let object = &self.objects[place as usize];
        let generation = object.generation.load(Relaxed);
        object.generation.store((generation + 1) % GENERATIONS, Relaxed);
        object.cells.clear();
        if !matches!(object.kind(), Kind::Float | Kind::List | Kind::Tuple) {
            object.inside(std::mem::take);
        }
    }

    /// Takes some free places: at most `most`, perhaps none.
    pub fn take(&self, most: usize, into: &mut Vec<u32>) {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let left = free.len().saturating_sub(most);
        into.extend(free.drain(left..));
    }

    /// Gives free places back, all beyond the first `keep`.
    pub fn give(&self, keep: usize, from: &mut Vec<u32>) {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        free.extend(from.drain(keep.min(from.len())..));
    }

    /// How many places are in use. (One that was freed twice, by counts that are wrong, is free
    /// twice.)
    #[must_use]
    pub fn used(&self) -> usize {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner).len();
        (OBJECTS as usize).saturating_sub(free)
    }
}

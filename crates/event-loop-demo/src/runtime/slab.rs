//! Things by number. A number that is given again goes with another generation, so that an old
//! key finds nothing instead of somebody else.

/// Where a thing is. Both parts have 24 bits, so that a task's key fits into a waker beside the
/// number of its runtime.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    /// The place in the slab.
    pub index: u32,
    /// Which of those that were there one after another.
    pub generation: u32,
}

/// So many bits of a key's parts are used.
pub const BITS: u32 = 24;
const MASK: u32 = (1 << BITS) - 1;

impl Key {
    /// The key of nothing in any slab, whatever its generation: a slab stops one short of this index.
    pub(super) const fn nowhere(generation: u32) -> Key {
        Key { index: MASK, generation: generation & MASK }
    }
}

/// The end of the list of free places.
const NONE: u32 = u32::MAX;

struct Place<T> {
    generation: u32,
    /// While there is nothing here: the next free place.
    next: u32,
    thing: Option<T>,
}

/// A table of things by key. Adding, finding and removing take the same time however many there
/// are, and a place is used again before there is a new one.
pub struct Slab<T> {
    places: Vec<Place<T>>,
    free: u32,
    len: usize,
}

impl<T> Default for Slab<T> {
    fn default() -> Slab<T> {
        Slab { places: Vec::new(), free: NONE, len: 0 }
    }
}

impl<T> Slab<T> {
    /// The key of what is added next.
    ///
    /// # Panics
    /// If there are 2²⁴ − 1 things already.
    #[inline]
    #[must_use]
    pub fn next_key(&self) -> Key {
        match self.places.get(self.free as usize) {
            Some(place) => Key { index: self.free, generation: place.generation },
            None => {
                assert!(self.places.len() < MASK as usize, "no more than 2^24 tasks or sockets");
                Key { index: self.places.len() as u32, generation: 0 }
            }
        }
    }

    /// Adds a thing.
    ///
    /// # Panics
    /// As [`Slab::next_key`].
    #[inline]
    pub fn insert(&mut self, thing: T) -> Key {
        let key = self.next_key();
        self.len += 1;
        match self.places.get_mut(key.index as usize) {
            Some(place) => {
                self.free = place.next;
                place.thing = Some(thing);
            }
            None => self.places.push(Place { generation: 0, next: NONE, thing: Some(thing) }),
        }
        key
    }

    /// The thing with this key, unless it was removed.
    #[inline]
    pub fn get(&self, key: Key) -> Option<&T> {
        let place = self.places.get(key.index as usize)?;
        place.thing.as_ref().filter(|_| place.generation == key.generation)
    }

    /// Removes the thing with this key.
    #[inline]
    pub fn remove(&mut self, key: Key) -> Option<T> {
        let place = self.places.get_mut(key.index as usize)?;
        let thing = place.thing.take_if(|_| place.generation == key.generation)?;
        place.generation = (place.generation + 1) & MASK;
        place.next = self.free;
        self.free = key.index;
        self.len -= 1;
        Some(thing)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// All that are there.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.places.iter().filter_map(|place| place.thing.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_used_again_under_another_key() {
        let mut slab = Slab::default();
        let [a, _] = ["a", "b"].map(|thing| slab.insert(thing));
        assert_eq!(slab.remove(a), Some("a"));
        assert_eq!((slab.remove(a), slab.get(a)), (None, None));
        let c = slab.insert("c");
        assert_eq!((c.index, slab.len()), (a.index, 2));
        assert_eq!((slab.get(a), slab.get(c)), (None, Some(&"c")));
        assert_eq!(slab.iter().collect::<Vec<_>>(), [&"c", &"b"]);
    }
}

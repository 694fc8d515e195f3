//! References are counted, and what nobody refers to is freed.

use crate::count::{Count, Released};
use crate::strategy::Strategy;
use crate::vm::fault::Result;
use crate::vm::heap::{Inside, Kind};
use crate::vm::value::{Reference, Value};

use super::{BATCH, Machine};

impl<S: Strategy> Machine<'_, S> {
    /// Counts one reference more.
    ///
    /// # Errors
    /// `Freed`.
    #[inline]
    pub fn retain(&self, value: Value) -> Result<()> {
        if let Some(reference) = value.as_object() {
            self.heap().get(reference)?.count.retain(self.me.id);
        }
        Ok(())
    }

    /// Counts one reference less, and frees the object if it was the last.
    ///
    /// # Errors
    /// `Freed`.
    #[inline]
    pub fn release(&mut self, value: Value) -> Result<()> {
        match value.as_object() {
            Some(reference) => self.release_object(reference),
            None => Ok(()),
        }
    }

    #[inline]
    fn release_object(&mut self, reference: Reference) -> Result<()> {
        let object = self.heap().get(reference)?;
        match object.count.release(self.me.id) {
            Released::Kept => Ok(()),
            // Most of what comes and goes is a number, and refers to nothing.
            Released::Last if object.kind() == Kind::Float => {
                self.free(reference);
                Ok(())
            }
            released => self.settle(reference, released),
        }
    }

    /// Gives the place of an object back, to which nobody refers, and which refers to nothing any
    /// more.
    fn free(&mut self, reference: Reference) {
        self.heap().end(reference.place);
        self.spare.push(reference.place);
        if self.spare.len() > 2 * BATCH {
            self.interpreter.heap.give(BATCH, &mut self.spare);
        }
    }

    /// Does what a released reference asks for. What the object refers to is released in its turn,
    /// with a list instead of recursion: a long chain of objects must not overflow the stack.
    #[cold]
    pub(super) fn settle(&mut self, reference: Reference, released: Released) -> Result<()> {
        let mut work = vec![(reference, released)];
        while let Some((reference, released)) = work.pop() {
            match released {
                Released::Kept => {}
                Released::Queued { owner } => {
                    let object = Value::object(reference);
                    if !self.interpreter.strategy.hand_over(owner, object) {
                        let released = self.heap().get(reference)?.count.merge(self.me.id);
                        work.push((reference, released));
                    }
                }
                Released::Last => {
                    for value in self.contents(reference)? {
                        if let Some(inner) = value.as_object() {
                            let released = self.heap().get(inner)?.count.release(self.me.id);
                            work.push((inner, released));
                        }
                    }
                    self.free(reference);
                }
            }
        }
        Ok(())
    }

    /// What the object refers to.
    fn contents(&self, reference: Reference) -> Result<Vec<Value>> {
        let object = self.heap().get(reference)?;
        Ok(match object.kind() {
            Kind::List | Kind::Tuple | Kind::SequenceIterator | Kind::Thread => {
                object.cells.values().collect()
            }
            Kind::Dict => object.inside(|inside| match inside {
                Inside::Dict(dict) => {
                    dict.entries.iter().flat_map(|&(key, value)| [key, value]).collect()
                }
                _ => Vec::new(),
            }),
            _ => Vec::new(),
        })
    }

    /// Merges the counts of objects that other threads have handed to this one.
    ///
    /// # Errors
    /// `Freed`.
    pub fn merge(&mut self, objects: Vec<Value>) -> Result<()> {
        for reference in objects.into_iter().filter_map(Value::as_object) {
            let released = self.heap().get(reference)?.count.merge(self.me.id);
            self.settle(reference, released)?;
        }
        Ok(())
    }
}

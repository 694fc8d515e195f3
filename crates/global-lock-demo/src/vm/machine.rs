//! One thread's hands on the heap: it makes objects, counts references, and frees.

mod cells;
mod counting;
mod views;

use std::sync::Arc;

use crate::count::Count;
use crate::strategy::Strategy;
use crate::thread::ThreadState;

use super::code::Constant;
use super::fault::{Result, raise};
use super::heap::{Heap, Inside, Kind, Object};
use super::interpreter::Interpreter;
use super::value::Value;

/// So many free places a thread takes from the heap at once, and keeps at most twice as many.
const BATCH: usize = 64;

/// Every so many steps a thread looks whether the run is to stop, or more often if there may not be
/// so many.
const LOOK: u32 = 1 << 14;

/// One thread of an interpreter.
pub struct Machine<'i, S: Strategy> {
    /// The interpreter that it is a thread of.
    pub interpreter: &'i Interpreter<S>,
    /// The same, to be shared with threads that this one starts.
    pub(super) shared: &'i Arc<Interpreter<S>>,
    /// What its lock knows it by.
    pub me: ThreadState,
    /// Free places of its own, so that making and freeing objects is mostly a thread's own affair.
    spare: Vec<u32>,
    /// Every so many steps it looks whether the run is to stop.
    stride: u32,
    /// So many are left until then.
    left: u32,
}

impl<'i, S: Strategy> Machine<'i, S> {
    /// A thread that does not run yet.
    pub fn new(shared: &'i Arc<Interpreter<S>>, me: ThreadState) -> Machine<'i, S> {
        let stride = (shared.limits.checks / 16).clamp(1, u64::from(LOOK)) as u32;
        Machine { interpreter: shared, shared, me, spare: Vec::new(), stride, left: stride }
    }

    fn heap(&self) -> &'i Heap<S::Count> {
        &self.interpreter.heap
    }

    /// The object, if the value is a reference to one.
    ///
    /// # Errors
    /// `Freed`.
    #[inline]
    pub fn object(&self, value: Value) -> Result<Option<&'i Object<S::Count>>> {
        value.as_object().map(|reference| self.heap().get(reference)).transpose()
    }

    /// The object, if it is one of this kind.
    ///
    /// # Errors
    /// `Freed`.
    pub fn of_kind(&self, value: Value, kind: Kind) -> Result<Option<&'i Object<S::Count>>> {
        Ok(self.object(value)?.filter(|object| object.kind() == kind))
    }

    /// Makes an object, to which the caller has the one reference.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn make(&mut self, kind: Kind) -> Result<(&'i Object<S::Count>, Value)> {
        if self.spare.is_empty() {
            self.interpreter.heap.take(BATCH, &mut self.spare);
        }
        let Some(place) = self.spare.pop() else {
            return raise("MemoryError", "the heap is full");
        };
        let (object, value) = self.interpreter.heap.make(place, kind);
        object.count.start(self.me.id);
        Ok((object, value))
    }

    /// Makes a number with a fraction.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn float(&mut self, number: f64) -> Result<Value> {
        let (object, value) = self.make(Kind::Float)?;
        let _ = object.cells.push(Value::from_bits(number.to_bits()));
        Ok(value)
    }

    /// Makes an object that holds these values, and takes over the references to them.
    ///
    /// # Errors
    /// `MemoryError`; then the references are released.
    pub fn holding(&mut self, kind: Kind, values: &[Value]) -> Result<Value> {
        let made = self.make(kind);
        if let Ok((object, made)) = made {
            if values.iter().all(|&value| object.cells.push(value)) {
                return Ok(made);
            }
            // It is freed without what it holds, which is released below.
            object.cells.clear();
            self.release(made)?;
        }
        for &value in values {
            self.release(value)?;
        }
        raise("MemoryError", "the heap is full")
    }

    /// Makes an object with this inside.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn with_inside(&mut self, kind: Kind, made: Inside) -> Result<Value> {
        let (object, value) = self.make(kind)?;
        object.inside(|inside| *inside = made);
        Ok(value)
    }

    /// Where a thread may be made to wait, and where it is stopped: the eval breaker.
    ///
    /// # Errors
    /// `Stopped`.
    #[inline]
    pub fn check(&mut self) -> Result<()> {
        let strategy = &self.interpreter.strategy;
        strategy.check(&mut self.me);
        if let Some(objects) = strategy.handed(&self.me) {
            self.merge(objects)?;
        }
        self.step()
    }

    /// Counts a step of what may go on for long: each check is one, and so is each element that
    /// native code comes to. Now and then this looks whether the run is to stop.
    ///
    /// # Errors
    /// `Stopped`.
    #[inline]
    pub fn step(&mut self) -> Result<()> {
        self.left -= 1;
        if self.left == 0 { self.spend() } else { Ok(()) }
    }

    #[cold]
    fn spend(&mut self) -> Result<()> {
        let steps = self.stride - self.left;
        self.left = self.stride;
        self.interpreter.spend(u64::from(steps))
    }

    /// A tick, for a strategy that counts them.
    #[inline]
    pub fn tick(&mut self) {
        self.interpreter.strategy.tick(&mut self.me);
    }

    /// Runs a native call that needs nothing of the interpreter, as the strategy allows.
    pub fn outside<R>(&mut self, call: impl FnOnce() -> R) -> R {
        self.interpreter.strategy.outside(&mut self.me, call)
    }

    /// The function that a code constant stands for.
    ///
    /// # Errors
    /// `SystemError`, if it is none.
    pub fn function(&self, code: Value) -> Result<Value> {
        match self.constant(code) {
            Some(Constant::Code(place)) => Ok(Value::function(*place)),
            _ => raise("SystemError", "a function is made of code only"),
        }
    }

    /// A thread's last: what it has of the heap goes back, and the steps that it made are counted.
    pub fn end(&mut self) {
        // Whoever goes on finds out.
        let _ = self.spend();
        self.interpreter.heap.give(0, &mut self.spare);
    }
}

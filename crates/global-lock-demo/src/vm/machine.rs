//! One thread's hands on the heap: it makes objects, counts references, and frees.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Acquire, Ordering::Release};

use crate::count::{Count, Released};
use crate::object_lock::ObjectLock;
use crate::strategy::{Reads, Strategy};
use crate::thread::ThreadState;

use super::code::Constant;
use super::fault::{Result, raise};
use super::heap::{Heap, Inside, Kind, Object};
use super::interpreter::Interpreter;
use super::value::{Reference, Value, View};

/// So many free places a thread takes from the heap at once, and keeps at most twice as many.
const BATCH: usize = 64;

/// Every so many checks a thread looks whether the run is to stop.
const LOOK: u32 = 1 << 14;

/// One thread of an interpreter.
pub struct Machine<'i, S: Strategy> {
    /// The interpreter that it is a thread of.
    pub interpreter: &'i Arc<Interpreter<S>>,
    /// What its lock knows it by.
    pub me: ThreadState,
    /// Free places of its own, so that making and freeing objects is mostly a thread's own affair.
    spare: Vec<u32>,
    /// So many checks until it looks whether the run is to stop.
    left: u32,
}

impl<'i, S: Strategy> Machine<'i, S> {
    /// A thread that does not run yet.
    pub fn new(interpreter: &'i Arc<Interpreter<S>>, me: ThreadState) -> Machine<'i, S> {
        Machine { interpreter, me, spare: Vec::new(), left: LOOK }
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
        match self.heap().get(reference)?.count.release(self.me.id) {
            Released::Kept => Ok(()),
            released => self.settle(reference, released),
        }
    }

    /// Does what a released reference asks for. What the object refers to is released in its turn,
    /// with a list instead of recursion: a long chain of objects must not overflow the stack.
    #[cold]
    fn settle(&mut self, reference: Reference, released: Released) -> Result<()> {
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
                    self.heap().end(reference.place);
                    self.spare.push(reference.place);
                    if self.spare.len() > 2 * BATCH {
                        self.interpreter.heap.give(BATCH, &mut self.spare);
                    }
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
        match self.make(kind) {
            Ok((object, made)) if values.iter().all(|&value| object.cells.push(value)) => Ok(made),
            _ => {
                for &value in values {
                    self.release(value)?;
                }
                raise("MemoryError", "the heap is full")
            }
        }
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

    /// Reads a cell that other threads may write meanwhile, and counts the reference: as the
    /// strategy wants it. `lock` is that of the object that the cell lies in.
    ///
    /// # Errors
    /// `Freed`.
    #[inline]
    pub fn load(&mut self, lock: &ObjectLock, cell: &AtomicU64) -> Result<Value> {
        let read = || Value::from_bits(cell.load(Acquire));
        let value = read();
        if value.as_object().is_none() {
            return Ok(value);
        }
        match S::READS {
            Reads::Plain => {
                self.retain(value)?;
                Ok(value)
            }
            Reads::Locked => self.interpreter.strategy.locked(lock, || {
                let value = read();
                self.retain(value)?;
                Ok(value)
            }),
            Reads::Optimistic => self.load_optimistically(lock, read),
        }
    }

    /// Counts a reference that may be gone already: only if the cell still holds it afterwards, it was
    /// there all the time, and it was this object that was counted.
    fn load_optimistically(
        &mut self,
        lock: &ObjectLock,
        read: impl Fn() -> Value,
    ) -> Result<Value> {
        let value = read();
        let Some(reference) = value.as_object() else { return Ok(value) };
        if let Ok(object) = self.heap().get(reference)
            && object.count.try_retain(self.me.id)
        {
            if read() == value {
                return Ok(value);
            }
            // It may be another object by now that was counted: take back exactly that.
            let released = object.count.release(self.me.id);
            let there = self.heap().present(reference.place);
            self.settle(there, released)?;
        }
        self.interpreter.strategy.locked(lock, || {
            let value = read();
            self.retain(value)?;
            Ok(value)
        })
    }

    /// Writes a cell, and returns what was there: the references go over.
    #[inline]
    pub fn store(&self, lock: &ObjectLock, cell: &AtomicU64, value: Value) -> Value {
        let exchange = || {
            let there = Value::from_bits(cell.load(Acquire));
            cell.store(value.bits(), Release);
            there
        };
        self.interpreter.strategy.locked(lock, exchange)
    }

    /// A constant of the program.
    #[must_use]
    pub fn constant(&self, value: Value) -> Option<&'i Constant> {
        match value.view() {
            View::Constant(place) => self.interpreter.program.constants.get(place as usize),
            _ => None,
        }
    }

    /// The number with a fraction, if it is one.
    ///
    /// # Errors
    /// `Freed`.
    pub fn as_float(&self, value: Value) -> Result<Option<f64>> {
        if let Some(Constant::Float(number)) = self.constant(value) {
            return Ok(Some(*number));
        }
        let float = self.of_kind(value, Kind::Float)?;
        Ok(float.and_then(|float| float.cells.get(0)).map(|bits| f64::from_bits(bits.bits())))
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
        self.left -= 1;
        if self.left == 0 {
            self.left = LOOK;
            self.interpreter.spend(u64::from(LOOK))?;
        }
        Ok(())
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

    /// Pushes a global's value, or else the built-in of this name.
    ///
    /// # Errors
    /// `NameError`; `Freed`.
    #[inline]
    pub fn load_global(&mut self, name: u32) -> Result<Value> {
        let interpreter = self.interpreter;
        let value = self.load(&interpreter.globals_lock, &interpreter.globals[name as usize])?;
        if !value.is_null() {
            return Ok(value);
        }
        match interpreter.builtins[name as usize] {
            value if !value.is_null() => Ok(value),
            _ => {
                let name = &interpreter.program.names[name as usize];
                raise("NameError", format!("name {name} is not defined"))
            }
        }
    }

    /// Writes a global, and returns what it was.
    #[inline]
    pub fn store_global(&self, name: u32, value: Value) -> Value {
        let interpreter = self.interpreter;
        self.store(&interpreter.globals_lock, &interpreter.globals[name as usize], value)
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

    /// Whether it counts as true.
    ///
    /// # Errors
    /// `Freed`.
    pub fn truth(&self, value: Value) -> Result<bool> {
        Ok(match value.view() {
            View::Null | View::None => false,
            View::Bool(truth) => truth,
            View::Int(int) => int != 0,
            _ => match (self.as_float(value)?, self.length(value)?) {
                (Some(number), _) => number != 0.0,
                (_, Some(length)) => length != 0,
                _ => true,
            },
        })
    }

    /// `len`, of what has one.
    ///
    /// # Errors
    /// `Freed`.
    pub fn length(&self, value: Value) -> Result<Option<usize>> {
        match self.constant(value) {
            Some(Constant::Text(text)) => return Ok(Some(text.chars().count())),
            Some(Constant::Bytes(bytes)) => return Ok(Some(bytes.len())),
            Some(Constant::Tuple(elements)) => return Ok(Some(elements.len())),
            _ => {}
        }
        let Some(object) = self.object(value)? else { return Ok(None) };
        Ok(match object.kind() {
            Kind::List | Kind::Tuple => Some(object.cells.len()),
            Kind::Dict | Kind::Bytes => object.inside(|inside| match inside {
                Inside::Dict(dict) => Some(dict.entries.len()),
                Inside::Bytes(bytes) => Some(bytes.len()),
                _ => None,
            }),
            Kind::Range => Some(super::iterate::steps(object.cells.values())),
            _ => None,
        })
    }

    /// Runs this thread's last: what it has of the heap goes back.
    pub fn end(&mut self) {
        self.interpreter.heap.give(0, &mut self.spare);
    }
}

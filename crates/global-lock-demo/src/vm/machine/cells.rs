//! Cells that several threads read and write: what each strategy does about that.

use std::sync::atomic::{AtomicU64, Ordering::Acquire, Ordering::Release};

use crate::count::Count;
use crate::object_lock::ObjectLock;
use crate::strategy::{Reads, Strategy};
use crate::vm::fault::{Result, raise};
use crate::vm::value::Value;

use super::Machine;

impl<S: Strategy> Machine<'_, S> {
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

    /// Counts a reference that may be gone already: only if the cell still holds it afterwards, it
    /// was there all the time, and it was this object that was counted.
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
            if let Some(reference) = value.as_object() {
                // So that the next reader needs no lock.
                self.heap().get(reference)?.count.retain_locked(self.me.id);
            }
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
}

//! A value without its interpreter: what one interpreter can give to another, as a copy.

use crate::strategy::Strategy;

use super::code::Constant;
use super::fault::{Result, raise};
use super::heap::{Inside, Kind};
use super::iterate::element;
use super::machine::Machine;
use super::sequence;
use super::value::{Value, View};

/// A copy of a value and of all that it refers to.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// `None`.
    None,
    /// `True` or `False`.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A list.
    List(Vec<Message>),
    /// A tuple.
    Tuple(Vec<Message>),
}

/// How deep lists may lie in each other.
const DEPTH: u32 = 100;

impl Message {
    /// Copies a value out of its interpreter.
    ///
    /// # Errors
    /// `TypeError`, for what means nothing elsewhere: a function, a thread, a lock.
    pub fn of<S: Strategy>(machine: &mut Machine<'_, S>, value: Value) -> Result<Message> {
        Message::at(machine, value, 0)
    }

    fn at<S: Strategy>(machine: &mut Machine<'_, S>, value: Value, depth: u32) -> Result<Message> {
        if depth == DEPTH {
            return raise("RecursionError", "too deep to copy");
        }
        if let Some(number) = machine.as_float(value)? {
            return Ok(Message::Float(number));
        }
        if let Some(bytes) = machine.bytes(value)? {
            return Ok(Message::Bytes(bytes.to_vec()));
        }
        if let Some(kind) = sequence::kind(machine, value)? {
            let mut copies = Vec::new();
            while let Some(inner) = element(machine, value, copies.len())? {
                let copy = machine.step().and_then(|()| Message::at(machine, inner, depth + 1));
                machine.release(inner)?;
                copies.push(copy?);
            }
            return Ok(match kind {
                Kind::List => Message::List(copies),
                _ => Message::Tuple(copies),
            });
        }
        match (value.view(), machine.constant(value)) {
            (View::None, _) | (_, Some(Constant::None)) => Ok(Message::None),
            (View::Bool(truth), _) => Ok(Message::Bool(truth)),
            (View::Int(int), _) => Ok(Message::Int(int)),
            _ => raise("TypeError", "this can't be given to another interpreter"),
        }
    }

    /// Makes the value in an interpreter; the caller has the one reference to it.
    ///
    /// # Errors
    /// `MemoryError`, `OverflowError`.
    pub fn into_value<S: Strategy>(self, machine: &mut Machine<'_, S>) -> Result<Value> {
        let (kind, copies) = match self {
            Message::None => return Ok(Value::NONE),
            Message::Bool(truth) => return Ok(Value::bool(truth)),
            Message::Int(int) => {
                let value = Value::int(int);
                return value.map_or_else(|| raise("OverflowError", "too great"), Ok);
            }
            Message::Float(number) => return machine.float(number),
            Message::Bytes(bytes) => {
                return machine.with_inside(Kind::Bytes, Inside::Bytes(bytes.into()));
            }
            Message::List(copies) => (Kind::List, copies),
            Message::Tuple(copies) => (Kind::Tuple, copies),
        };
        let mut values = Vec::with_capacity(copies.len());
        for copy in copies {
            match copy.into_value(machine) {
                Ok(value) => values.push(value),
                Err(fault) => {
                    values.into_iter().try_for_each(|value| machine.release(value))?;
                    return Err(fault);
                }
            }
        }
        machine.holding(kind, &values)
    }
}

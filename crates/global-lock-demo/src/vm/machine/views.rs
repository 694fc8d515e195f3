//! What a value is, when asked as a number, as bytes, as something with a length or a truth.

use std::sync::Arc;

use crate::strategy::Strategy;
use crate::vm::code::Constant;
use crate::vm::fault::Result;
use crate::vm::heap::{Inside, Kind};
use crate::vm::iterate;
use crate::vm::value::{Value, View};

use super::Machine;

impl<'i, S: Strategy> Machine<'i, S> {
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

    /// The bytes, if it is some.
    ///
    /// # Errors
    /// `Freed`.
    pub fn bytes(&self, value: Value) -> Result<Option<Arc<[u8]>>> {
        if let Some(Constant::Bytes(bytes)) = self.constant(value) {
            return Ok(Some(bytes.as_slice().into()));
        }
        let object = self.of_kind(value, Kind::Bytes)?;
        Ok(object.and_then(|object| {
            object.inside(|inside| match inside {
                Inside::Bytes(bytes) => Some(bytes.clone()),
                _ => None,
            })
        }))
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
            Kind::List | Kind::Tuple => Some(object.cells.length()),
            Kind::Dict | Kind::Bytes => object.inside(|inside| match inside {
                Inside::Dict(dict) => Some(dict.entries.len()),
                Inside::Bytes(bytes) => Some(bytes.len()),
                _ => None,
            }),
            Kind::Range => Some(iterate::steps(object.cells.values())),
            _ => None,
        })
    }
}

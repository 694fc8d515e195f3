//! What a variable holds, in 64 bits.

use super::natives::Native;

/// An integer, a reference to an object of the heap, or one of the things that live for ever: None,
/// True, False, constants, functions.
///
/// ```text
///  63                      33                     2 1 0
/// ┌──────────────────────────────────────────────────┬─┐
/// │                  an integer of 63 bits           │1│
/// ├──────────────────────────┬─────────────────────┬─┴─┤
/// │   generation (30 bits)   │   place (32 bits)   │1 0│  a reference
/// ├──────────────────────────┴───────────────┬─────┴───┤
/// │       which of them                      │ kind 0 0│  immortal
/// └──────────────────────────────────────────┴─────────┘
/// ```
///
/// Only references are counted. CPython counts integers too, but its small ones are immortal
/// (PEP 683), and here all are: the cost of counting is shown with objects, where it is the same.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Value(u64);

/// What a [`Value`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// The mark below what is called, or a variable that was never set.
    Null,
    /// `None`.
    None,
    /// `True` or `False`.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A constant of the program, by its place there.
    Constant(u32),
    /// A function, by the place of its code.
    Function(u32),
    /// A function that is not bytecode.
    Native(Native),
    /// A module, by the place of its name.
    Module(u32),
    /// An object on the heap.
    Object(Reference),
}

/// Where on the heap an object is; and how many were freed there before it, so that a reference to
/// one that was freed is recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference {
    /// Its place.
    pub place: u32,
    /// How many objects were freed at this place before it, modulo 2³⁰.
    pub generation: u32,
}

/// Generations are counted modulo this.
pub const GENERATIONS: u32 = 1 << 30;

const NULL: u64 = 0;
const NONE: u64 = 1;
const BOOL: u64 = 2;
const CONSTANT: u64 = 3;
const FUNCTION: u64 = 4;
const NATIVE: u64 = 5;
const MODULE: u64 = 6;

const fn immortal(kind: u64, which: u64) -> Value {
    Value(which << 8 | kind << 2)
}

impl Value {
    /// The mark, or nothing.
    pub const NULL: Value = immortal(NULL, 0);
    /// `None`.
    pub const NONE: Value = immortal(NONE, 0);

    /// `True` or `False`.
    #[must_use]
    pub const fn bool(truth: bool) -> Value {
        immortal(BOOL, truth as u64)
    }

    /// An integer, if 63 bits hold it.
    #[inline]
    #[must_use]
    pub const fn int(int: i64) -> Option<Value> {
        let value = Value((int << 1) as u64 | 1);
        if (value.0 as i64) >> 1 == int { Some(value) } else { None }
    }

    /// A constant of the program.
    #[must_use]
    pub const fn constant(place: u32) -> Value {
        immortal(CONSTANT, place as u64)
    }

    /// A function of the program.
    #[must_use]
    pub const fn function(code: u32) -> Value {
        immortal(FUNCTION, code as u64)
    }

    /// A function that is not bytecode.
    #[must_use]
    pub const fn native(native: Native) -> Value {
        immortal(NATIVE, native as u64)
    }

    /// A module.
    #[must_use]
    pub const fn module(name: u32) -> Value {
        immortal(MODULE, name as u64)
    }

    /// A reference.
    #[must_use]
    pub const fn object(reference: Reference) -> Value {
        Value((reference.generation as u64) << 34 | (reference.place as u64) << 2 | 0b10)
    }

    /// The integer, if it is one.
    #[inline]
    #[must_use]
    pub const fn as_int(self) -> Option<i64> {
        if self.0 & 1 == 1 { Some(self.0 as i64 >> 1) } else { None }
    }

    /// Whether both are integers.
    #[inline(always)]
    const fn are_ints(self, other: Value) -> bool {
        self.0 & other.0 & 1 == 1
    }

    /// The sum of two integers, if they are that and 63 bits hold it. (With a mark of 1 below it,
    /// an integer overflows 64 bits just when it would have overflowed 63.)
    #[inline(always)]
    #[must_use]
    pub const fn plus(self, other: Value) -> Option<Value> {
        match (self.0 as i64).checked_add((other.0 & !1) as i64) {
            Some(sum) if self.are_ints(other) => Some(Value(sum as u64)),
            _ => None,
        }
    }

    /// The difference of two integers, likewise.
    #[inline(always)]
    #[must_use]
    pub const fn minus(self, other: Value) -> Option<Value> {
        match (self.0 as i64).checked_sub((other.0 & !1) as i64) {
            Some(difference) if self.are_ints(other) => Some(Value(difference as u64)),
            _ => None,
        }
    }

    /// The order of two integers, if they are that.
    #[inline(always)]
    #[must_use]
    pub fn order(self, other: Value) -> Option<std::cmp::Ordering> {
        self.are_ints(other).then(|| (self.0 as i64).cmp(&(other.0 as i64)))
    }

    /// The truth, if it is `True` or `False`.
    #[inline(always)]
    #[must_use]
    pub const fn as_bool(self) -> Option<bool> {
        if self.0 & !(1 << 8) == Value::bool(false).0 { Some(self.0 >> 8 == 1) } else { None }
    }

    /// The reference, if it is one.
    #[inline]
    #[must_use]
    pub const fn as_object(self) -> Option<Reference> {
        if self.0 & 0b11 == 0b10 {
            let place = (self.0 >> 2) as u32;
            Some(Reference { place, generation: (self.0 >> 34) as u32 })
        } else {
            None
        }
    }

    /// Whether it is [`Value::NULL`].
    #[inline]
    #[must_use]
    pub const fn is_null(self) -> bool {
        self.0 == Value::NULL.0
    }

    /// As a word, for a cell that several threads use.
    #[inline]
    #[must_use]
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// What [`bits`](Value::bits) gave.
    #[inline]
    #[must_use]
    pub const fn from_bits(bits: u64) -> Value {
        Value(bits)
    }

    /// What it is.
    #[must_use]
    pub fn view(self) -> View {
        if let Some(int) = self.as_int() {
            return View::Int(int);
        }
        if let Some(reference) = self.as_object() {
            return View::Object(reference);
        }
        let which = (self.0 >> 8) as u32;
        match self.0 >> 2 & 0x3f {
            NONE => View::None,
            BOOL => View::Bool(which == 1),
            CONSTANT => View::Constant(which),
            FUNCTION => View::Function(which),
            NATIVE => Native::ALL.get(which as usize).map_or(View::Null, |&n| View::Native(n)),
            MODULE => View::Module(which),
            _ => View::Null,
        }
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.view().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_value_comes_back_as_it_went_in() {
        for int in [0, 1, -1, (1 << 62) - 1, -(1 << 62)] {
            assert_eq!(Value::int(int).unwrap().view(), View::Int(int));
        }
        assert!(Value::int(1 << 62).is_none() && Value::int(i64::MIN).is_none());
        let (most, one) = (Value::int((1 << 62) - 1).unwrap(), Value::int(1).unwrap());
        assert_eq!(most.plus(one), None);
        assert_eq!(most.minus(one).unwrap().plus(one), Some(most));
        assert_eq!(Value::int(-1 << 62).unwrap().minus(one), None);
        assert_eq!(one.plus(Value::NONE).or(Value::NONE.minus(one)), None);
        assert_eq!(one.order(most), Some(std::cmp::Ordering::Less));
        for reference in [
            Reference { place: 0, generation: 0 },
            Reference { place: u32::MAX, generation: GENERATIONS - 1 },
        ] {
            assert_eq!(Value::object(reference).view(), View::Object(reference));
        }
        assert_eq!(Value::default().view(), View::Null);
        assert_eq!(Value::NONE.view(), View::None);
        assert_eq!(Value::bool(true).view(), View::Bool(true));
        assert_eq!(Value::bool(true).as_bool(), Some(true));
        assert_eq!(Value::bool(false).as_bool(), Some(false));
        assert_eq!(one.as_bool().or(Value::NONE.as_bool()).or(Value::constant(1).as_bool()), None);
        assert_eq!(Value::constant(7).view(), View::Constant(7));
        assert_eq!(Value::function(u32::MAX).view(), View::Function(u32::MAX));
        assert_eq!(Value::module(3).view(), View::Module(3));
        for native in Native::ALL {
            assert_eq!(Value::native(native).view(), View::Native(native));
        }
    }
}

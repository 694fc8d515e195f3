//! What a variable holds, in 64 bits.

/// An integer (of 63 bits), a reference to an object of the heap, or one of the things that live
/// for ever: None, True, False, constants, functions. Only references are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Value(u64);

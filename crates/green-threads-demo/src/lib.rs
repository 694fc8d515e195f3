//! Chapter 6.

pub mod green;

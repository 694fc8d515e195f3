#![doc = include_str!("../README.md")]
#![deny(unsafe_code)]

pub mod child;
pub mod lifeline;
pub mod link;

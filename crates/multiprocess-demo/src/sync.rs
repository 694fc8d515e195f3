//! The primitives that the ring stands on: the standard library's, or loom's when a model is being
//! checked (`--cfg loom`), which runs every interleaving there can be.

#[cfg(loom)]
pub(crate) use loom::sync::atomic;
#[cfg(not(loom))]
pub(crate) use std::sync::atomic;

//! The scenes, in the order in which they are played, and what they share.

pub mod lanes;
pub mod site;

pub mod queue;

pub mod killed;

pub mod speedup;

pub mod price;

pub mod pressure;

pub mod machines;

pub mod gone;

//! The scenes, in the order in which they are played; then what is played only by name.

pub mod refcount;

pub mod ways_out;

pub mod in_action;

pub mod timeline;

pub mod waiting;

pub mod convoy;

pub mod your_lock;

pub mod native;

pub mod getting_out;

pub mod beside;

pub mod problems;

pub mod fidelity;

pub mod run;

#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod broker;
pub mod crew;
pub mod dead;
pub mod exercises;
pub mod guard;
pub mod job;
pub mod ledger;
pub mod queue;
pub mod redis_server;
pub mod roles;
pub mod scenes;
pub mod solve;
pub mod text;
pub mod trouble;
pub mod work;
pub mod worker;

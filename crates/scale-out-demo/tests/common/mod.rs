//! What the tests of this chapter share.

#![allow(dead_code, reason = "each test is a program of its own, and needs some of it")]

use scale_out_demo::broker::Broker;
use scale_out_demo::guard::Scratch;
use scale_out_demo::redis_server::{self, RedisServer};
use scale_out_demo::roles::Program;

/// The chapter's program: it is what becomes a worker.
pub fn program() -> Program {
    Program::at(env!("CARGO_BIN_EXE_scale-out-demo"))
}

/// A broker for a test, and what it lives in.
pub struct Place {
    pub broker: Broker,
    pub server: Option<RedisServer>,
    pub scratch: Scratch,
}

pub fn in_a_file() -> Place {
    let scratch = Scratch::new(&program()).expect("a directory");
    Place { broker: Broker::file_in(scratch.path()), server: None, scratch }
}

/// Nothing where there is no server to be had.
pub fn at_a_server() -> Option<Place> {
    if !redis_server::installed() {
        println!("skipped: redis-server is not installed");
        return None;
    }
    let scratch = Scratch::new(&program()).expect("a directory");
    let address = redis_server::free_address().expect("a port");
    let server = RedisServer::start(&program(), scratch.path(), address).expect("a server");
    Some(Place { broker: Broker::redis(server.url()), server: Some(server), scratch })
}

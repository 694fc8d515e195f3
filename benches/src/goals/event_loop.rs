//! The goals of the event loop. What a request costs in instructions and system calls, and a task in
//! bytes, criterion doesn't measure: `cargo run -p benches --example echo`, and `memory`.

use super::Goal;

const fn beside(what: &'static str, of: &'static str, to: &'static str, limit: f64) -> Goal {
    Goal { what, of, to: Some(to), limit, twice: of, cores: 1 }
}

/// The limits, as times: a server that is to answer at least 0.98 times as many requests
/// a second as another takes at most 1.02 times as long for each.
pub const GOALS: [Goal; 16] = [
    beside("yield_many: event loop / tokio", "yield_many/event loop", "yield_many/tokio", 0.25),
    beside("spawn_many: event loop / tokio", "spawn_many/event loop", "spawn_many/tokio", 0.25),
    beside(
        "chained_spawn: event loop / tokio",
        "chained_spawn/event loop",
        "chained_spawn/tokio",
        0.25,
    ),
    beside("ping_pong: event loop / tokio", "ping_pong/event loop", "ping_pong/tokio", 0.25),
    beside(
        "yield among 1,000 tasks: event loop / tokio",
        "yield among 1,000 tasks/event loop",
        "yield among 1,000 tasks/tokio",
        0.25,
    ),
    beside(
        "spawn and await: event loop / tokio",
        "spawn and await/event loop",
        "spawn and await/tokio",
        0.25,
    ),
    beside(
        "100,000 equal sleeps, CPU: event loop / tokio",
        "100,000 sleeps, equally long/event loop",
        "100,000 sleeps, equally long/tokio",
        0.5,
    ),
    beside(
        "100,000 unequal sleeps, CPU: event loop / tokio",
        "100,000 sleeps, over half a second/event loop",
        "100,000 sleeps, over half a second/tokio",
        0.5,
    ),
    Goal {
        what: "lateness of a sleep of 1 ms, ns",
        of: "lateness of a sleep of 1 ms/event loop",
        to: None,
        limit: 50_000.0,
        twice: "lateness of a sleep of 1 ms/event loop",
        cores: 1,
    },
    beside(
        "echo, 1 connection: event loop / tokio",
        "echo, connections: 1/event loop",
        "echo, connections: 1/tokio",
        1.0,
    ),
    beside(
        "echo, 1 connection: event loop / epoll",
        "echo, connections: 1/event loop",
        "echo, connections: 1/epoll",
        1.02,
    ),
    beside(
        "echo, 64 connections: event loop / tokio",
        "echo, connections: 64/event loop",
        "echo, connections: 64/tokio",
        1.0,
    ),
    beside(
        "echo, 64 connections: event loop / epoll",
        "echo, connections: 64/event loop",
        "echo, connections: 64/epoll",
        1.02,
    ),
    beside(
        "echo, 512 connections: event loop / tokio",
        "echo, connections: 512/event loop",
        "echo, connections: 512/tokio",
        1.0,
    ),
    beside(
        "echo, 512 connections: event loop / epoll",
        "echo, connections: 512/event loop",
        "echo, connections: 512/epoll",
        1.02,
    ),
    Goal {
        what: "fetch, 10,000 in flight: event loop / no runtime",
        of: "fetch, 10,000 in flight/event loop",
        to: Some("fetch, 10,000 in flight/no runtime"),
        limit: 1.05,
        twice: "fetch, 10,000 in flight/event loop",
        cores: 2,
    },
];

//! The goals of the green threads. What a request costs in instructions, and what a stack takes of
//! memory, criterion doesn't measure: `cargo run --release -p benches --example echo`, and `stacks`.

use super::Goal;

const fn beside(what: &'static str, of: &'static str, to: &'static str, limit: f64) -> Goal {
    Goal { what, of, to: Some(to), limit, twice: of, cores: 1 }
}

/// As times: a server that is to answer at least 0.99 times as many requests a second as another
/// takes at most 1.01 times as long for each.
pub const GOALS: [Goal; 6] = [
    beside(
        "switch, there and back: green threads / corosensei",
        "switch, there and back/green threads",
        "switch, there and back/corosensei",
        1.0,
    ),
    beside(
        "yield among 1,000 green threads: ours / may",
        "yield among 1,000 green threads/green threads",
        "yield among 1,000 green threads/may",
        0.45,
    ),
    Goal {
        what: "spawn and join of a green thread, ns",
        of: "spawn and join/green threads",
        to: None,
        limit: 60.0,
        twice: "spawn and join/green threads",
        cores: 1,
    },
    echo(
        "echo, 1 connection: green threads / epoll",
        "echo, connections: 1/green threads",
        "echo, connections: 1/epoll",
        "echo, connections: 1/event loop",
    ),
    echo(
        "echo, 64 connections: green threads / epoll",
        "echo, connections: 64/green threads",
        "echo, connections: 64/epoll",
        "echo, connections: 64/event loop",
    ),
    echo(
        "echo, 512 connections: green threads / epoll",
        "echo, connections: 512/green threads",
        "echo, connections: 512/epoll",
        "echo, connections: 512/event loop",
    ),
];

const fn echo(what: &'static str, of: &'static str, to: &'static str, twice: &'static str) -> Goal {
    Goal { what, of, to: Some(to), limit: 1.01, twice, cores: 1 }
}

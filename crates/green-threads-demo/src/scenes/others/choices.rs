//! Who chose what.
//!
//! Where the facts are from:
//!
//! - gevent: greenlet's documentation ("Greenlets and the C stack") and gevent's ("event loops:
//!   libev, libuv", "monkey patching").
//! - Go: the release notes of 1.3 (stacks that move), 1.5 (GOMAXPROCS is the number of cores) and
//!   1.14 (preemption by signals); `runtime/stack.go` (2 KiB at first).
//! - Java: JEP 444 (virtual threads: stack chunks on the heap, one carrier a core, no time sharing)
//!   and JEP 491 (from JDK 24 on `synchronized` no longer pins; native frames still do).
//! - Erlang: "The Erlang Runtime System", on scheduling, and `erl_nif(3)` on long NIFs.
//! - Lua: the reference manual, section 2.6, and "Programming in Lua" on coroutines.
//! - may: its README, `docs/tune_stack_size.md`, and "may caveat" on thread-locals.
//! - corosensei: its documentation (`DefaultStack`, `Coroutine`).

/// A way to have many threads on few.
pub(super) struct Choice {
    pub(super) who: &'static str,
    pub(super) stack: &'static str,
    pub(super) switches: &'static str,
    pub(super) on: &'static str,
    pub(super) blocks: &'static str,
}

pub(super) const ALL: [Choice; 8] = [
    Choice {
        who: "this chapter",
        stack: "its own, 256 KiB",
        switches: "where it waits",
        on: "1",
        blocks: "std's: all",
    },
    Choice {
        who: "gevent",
        stack: "shared, copied out",
        switches: "where it waits",
        on: "1",
        blocks: "C, unpatched: all",
    },
    Choice {
        who: "Go",
        stack: "grows, is moved",
        switches: "also by signal",
        on: "one a core",
        blocks: "C: an OS thread",
    },
    Choice {
        who: "Java, virtual",
        stack: "chunks on the heap",
        switches: "where it waits",
        on: "one a core",
        blocks: "C: an OS thread",
    },
    Choice {
        who: "Erlang",
        stack: "grows, is moved",
        switches: "after N calls",
        on: "one a core",
        blocks: "C: an OS thread",
    },
    Choice {
        who: "Lua",
        stack: "grows, on the heap",
        switches: "when told to",
        on: "1",
        blocks: "any wait: all",
    },
    Choice {
        who: "may",
        stack: "its own, 32 KiB",
        switches: "where it waits",
        on: "one a core",
        blocks: "std's: an OS thread",
    },
    Choice {
        who: "corosensei",
        stack: "its own, 1 MiB",
        switches: "when told to",
        on: "yours",
        blocks: "any wait: a thread",
    },
];

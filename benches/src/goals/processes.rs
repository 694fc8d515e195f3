//! The goals of the pool of processes, of the replacement of its workers, and of the ring.

use super::Goal;

/// As rates: at least 25 and 100 times Python's two pools, 1.5 times ipc-channel. The zygote is to
/// take a millisecond whatever the parent's size, and the ring to be quick both where the two ends
/// share a core and where they don't.
pub const GOALS: [Goal; 10] = [
    Goal {
        what: "a tiny job: pool of processes / Python's Pool.map(chunksize=1)",
        of: "dispatch of a tiny job/pool",
        to: Some("dispatch of a tiny job/Python's Pool.map"),
        limit: 0.04,
        twice: "dispatch of a tiny job/pool",
        cores: 2,
    },
    Goal {
        what: "a tiny job: pool of processes / ProcessPoolExecutor.map",
        of: "dispatch of a tiny job/pool",
        to: Some("dispatch of a tiny job/Python's ProcessPoolExecutor.map"),
        limit: 0.01,
        twice: "dispatch of a tiny job/pool",
        cores: 2,
    },
    Goal {
        what: "a tiny job: pool of processes / ipc-channel",
        of: "dispatch of a tiny job/pool",
        to: Some("dispatch of a tiny job/ipc-channel"),
        limit: 0.67,
        twice: "dispatch of a tiny job/pool",
        cores: 2,
    },
    Goal {
        what: "a worker replaced by the zygote, ns",
        of: "replacing a dead worker/zygote",
        to: None,
        limit: 1e6,
        twice: "replacing a dead worker/zygote",
        cores: 1,
    },
    Goal {
        what: "a worker replaced by the zygote of a parent with 256 MiB, ns",
        of: "replacing a dead worker/zygote, 256 MiB",
        to: None,
        limit: 1e6,
        twice: "replacing a dead worker/zygote",
        cores: 1,
    },
    Goal {
        what: "primes: pool of processes / sequential",
        of: "primes, by processes/pool",
        to: Some("primes, by processes/sequential"),
        limit: 0.54,
        twice: "primes, by processes/sequential",
        cores: 2,
    },
    Goal {
        what: "round trip of 64 B on one core: ring / pipe",
        of: "round trip, 64 B, same core/ring",
        to: Some("round trip, 64 B, same core/pipe"),
        limit: 1.1,
        twice: "round trip, 64 B, same core/pipe",
        cores: 1,
    },
    Goal {
        what: "round trip of 64 B across cores: ring / pipe",
        of: "round trip, 64 B, across cores/ring",
        to: Some("round trip, 64 B, across cores/pipe"),
        limit: 0.05,
        twice: "round trip, 64 B, across cores/pipe",
        cores: 2,
    },
    Goal {
        what: "64 KiB: ring / memcpy",
        of: "64 KiB/ring",
        to: Some("64 KiB/memcpy"),
        limit: 2.5,
        twice: "64 KiB/ring",
        cores: 2,
    },
    Goal {
        what: "1 MiB: ring / memcpy",
        of: "1 MiB/ring",
        to: Some("1 MiB/memcpy"),
        limit: 1.4,
        twice: "1 MiB/ring",
        cores: 2,
    },
];

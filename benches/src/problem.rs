//! The problems, and how much of each is solved.

use std::time::Duration;

/// One column of the matrix: a problem of [`workloads`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is a module of `workloads`, and documented there")]
pub enum Problem {
    Chain,
    Primes,
    Fetch,
    Orders,
    Files,
    Serve,
}

impl Problem {
    /// All of them, in reading order.
    pub const ALL: [Problem; 6] = [
        Problem::Chain,
        Problem::Primes,
        Problem::Fetch,
        Problem::Orders,
        Problem::Files,
        Problem::Serve,
    ];

    /// Its name in tables and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Problem::Chain => "chain",
            Problem::Primes => "primes",
            Problem::Fetch => "fetch",
            Problem::Orders => "orders",
            Problem::Files => "files",
            Problem::Serve => "serve",
        }
    }

    /// Whether it asks the slow service.
    #[must_use]
    pub fn asks(self) -> bool {
        matches!(self, Problem::Fetch | Problem::Orders)
    }
}

/// How much of each problem is solved in one run.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Links of the chain.
    pub links: u64,
    /// Primes are counted up to 10 to this power, because those counts are published.
    pub primes_power: usize,
    /// Into how many ranges the numbers are split.
    pub ranges: u64,
    /// Requests to fetch, and for how many milliseconds the service thinks about each.
    pub requests: u64,
    /// See `requests`.
    pub think_ms: u64,
    /// Pages of orders.
    pub pages: u32,
    /// Files to count words in, at most.
    pub files: usize,
    /// The expensive request to a server counts primes up to 10 to this power: some 50 ms of
    /// computing.
    pub expensive_power: usize,
    /// For how long the server is asked for as much as it gives.
    pub rate_for: Duration,
    /// For how long its latency is measured: alone, and again beside an expensive request.
    pub latency_for: Duration,
}

impl Size {
    /// For figures to be quoted.
    pub const FULL: Size = Size {
        links: 50_000_000,
        primes_power: 7,
        ranges: 64,
        requests: 200,
        think_ms: 10,
        pages: 100,
        files: 2_000,
        expensive_power: 6,
        rate_for: Duration::from_millis(500),
        latency_for: Duration::from_millis(1_000),
    };

    /// For a first look.
    pub const QUICK: Size = Size {
        links: 10_000_000,
        primes_power: 6,
        ranges: 64,
        requests: 64,
        think_ms: 5,
        pages: 16,
        files: 400,
        expensive_power: 6,
        rate_for: Duration::from_millis(100),
        latency_for: Duration::from_millis(250),
    };

    /// One of the two.
    #[must_use]
    pub fn of(quick: bool) -> Size {
        if quick { Size::QUICK } else { Size::FULL }
    }

    /// The same for programs in Python, which takes some 50 times as long to compute: so it computes
    /// less. What there is to wait for, and to read, is the same.
    #[must_use]
    pub fn in_python(self) -> Size {
        Size {
            links: self.links / 50,
            primes_power: self.primes_power - 1,
            expensive_power: self.expensive_power - 1,
            ..self
        }
    }
}

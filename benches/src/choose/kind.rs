//! The small jobs by which a machine is measured: each tells something of an approach.

use workloads::orders::Terms;

use crate::contestant::Contestant;

/// What is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// One task, which has nothing to do: what there is before any work.
    One,
    /// One that waits: how much longer than it asked for.
    Late,
    /// Many, which have nothing to do: what a task costs.
    Flood,
    /// Many that wait at once: what one costs that waits, and which part of it comes first.
    Crowd,
    /// Turn after turn of short waits, where not all tasks are begun at once: what it costs to have
    /// a thread fall asleep and be woken.
    Turns,
    /// Tasks that compute.
    Compute,
    /// Many that compute a little: what one costs beside its computing.
    Crumbs,
    /// Tasks that compute under the lock.
    Locked,
}

/// How many tasks there are in the trials, and for how many milliseconds each waits or computes.
pub(super) const FLOOD: u64 = 500;
pub(super) const CROWD: u64 = 1_000;
pub(super) const CROWD_MS: u64 = 100;
pub(super) const LATE_MS: u64 = 10;
/// For each that can be begun at once.
pub(super) const TURNS: u64 = 8;
pub(super) const TURNS_MS: u64 = 2;
/// For each core: so many that it hardly matters if one core has the last of them for itself.
pub(super) const COMPUTE: u64 = 12;
pub(super) const COMPUTE_MS: f64 = 4.0;
pub(super) const CRUMBS: u64 = 200;
pub(super) const CRUMBS_MS: f64 = 0.4;
pub(super) const LOCKED: u64 = 100;
pub(super) const LOCKED_MS: f64 = 0.2;

impl Kind {
    /// All, in the order in which they are tried.
    pub const ALL: [Kind; 8] = [
        Kind::One,
        Kind::Late,
        Kind::Flood,
        Kind::Crowd,
        Kind::Turns,
        Kind::Compute,
        Kind::Crumbs,
        Kind::Locked,
    ];

    /// How often it is tried in a round. A flood is over in a moment, and takes one time or another
    /// from run to run: of more runs, the middle one is more often the usual. Why it varies I don't
    /// know; where the kernel happens to put the threads would do it.
    #[must_use]
    pub fn times(self) -> usize {
        if self == Kind::Flood { 2 } else { 1 }
    }

    /// On which terms this is tried with an approach that begins at most `slots` tasks at once, and
    /// with how many tasks; nothing where it would tell nothing.
    #[must_use]
    pub fn trial(
        self,
        one: &Contestant,
        slots: u64,
        cores: u64,
        links_per_ms: f64,
    ) -> Option<(Terms, u64)> {
        let idle = Terms { think_ms: 0, links: 1, locked: 0 };
        let links = |ms: f64| (ms * links_per_ms) as u64;
        match self {
            Kind::One => Some((idle, 1)),
            Kind::Late => Some((Terms { think_ms: LATE_MS, ..idle }, 1)),
            Kind::Flood => Some((idle, FLOOD)),
            Kind::Crowd => crowds(slots).then_some((Terms { think_ms: CROWD_MS, ..idle }, CROWD)),
            Kind::Turns => {
                let terms = Terms { think_ms: TURNS_MS, ..idle };
                (!crowds(slots)).then_some((terms, TURNS * slots))
            }
            Kind::Compute => Some((Terms { links: links(COMPUTE_MS), ..idle }, COMPUTE * cores)),
            Kind::Crumbs => Some((Terms { links: links(CRUMBS_MS), ..idle }, CRUMBS)),
            Kind::Locked => {
                let terms = Terms { locked: links(LOCKED_MS), ..idle };
                (one.name == "threads").then_some((terms, LOCKED))
            }
        }
    }
}

/// Whether an approach that can begin so many tasks at once is taken to begin all, however many
/// there are.
#[must_use]
pub fn crowds(slots: u64) -> bool {
    slots >= FLOOD
}

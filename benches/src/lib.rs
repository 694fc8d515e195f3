//! Compares all approaches, by measuring them here and now.
//!
//! The micro-benchmarks are criterion's, in `criterion/*.rs`. The rest is the matrix: every
//! approach on every problem, each time in a process of its own. In reading order:
//!
//! | module | what |
//! |---|---|
//! | [`options`] | the command line of a run, and what is wrong with it |
//! | [`problem`], [`contestant`] | the two sides of the matrix, and what of it was asked for |
//! | [`sizes`] | how much of each problem is solved, in words |
//! | [`cell`](mod@cell) | the child: one approach solves one problem, and its answer is checked |
//! | [`usage`] | what that cost the process |
//! | [`process`] | the parent's hold on a child: deadline, interrupt, no orphans |
//! | [`python`] | the interpreters, and the cell of a program in Python |
//! | [`serving`] | the parent as the clients of a child that serves |
//! | [`runner`] | one cell, as the parent sees it |
//! | `rounds` | as many as there is time for, most of what takes little |
//! | [`matrix`] | round by round, cell by cell |
//! | [`part`] | the parts of a run, in order |
//! | [`sanity`] | results that cannot be |
//! | [`units`], [`curves`], [`timelines`] | the cost of one more unit; speed over workers; who did what when |
//! | [`micro`], [`goals`] | criterion's figures, and the goals they are held against |
//! | [`facts`], [`others`], [`typed`], [`record`] | what is written down |
//! | [`noise`] | what is a difference, and what isn't |
//! | [`grid`], [`report`] | how it is shown |
//! | [`compare`](mod@compare) | what changed from one run to another |
//! | [`choose`](mod@choose) | which tool for my job: predicted, ranked, and checked |
//! | [`interrupt`], [`progress`] | Ctrl-C, and how long is left |

#![forbid(unsafe_code)]

pub mod cell;
pub mod choose;
pub mod compare;
pub mod contestant;
pub mod curves;
pub mod facts;
pub mod goals;
pub mod grid;
pub mod interrupt;
pub mod matrix;
pub mod micro;
pub mod noise;
pub mod options;
pub mod others;
pub mod part;
pub mod problem;
pub mod process;
pub mod progress;
pub mod python;
pub mod record;
pub mod report;
mod rounds;
pub mod runner;
pub mod sanity;
pub mod serving;
pub mod sizes;
pub mod timelines;
pub mod typed;
pub mod units;
pub mod usage;

/// The result of something that is said in one line when it fails.
pub type Result<T = (), E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;

/// The figures of one run by name; a name ends in its unit: `wall_ms`.
pub type Sample = std::collections::BTreeMap<String, f64>;

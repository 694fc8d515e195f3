//! Backstage: what every chapter needs to put its scenes before an audience.
//!
//! A [`Scene`] is a claim, a run, a picture and a verdict. A [`Chapter`] is a list of scenes and
//! the program that plays them. In reading order:
//!
//! | module | what |
//! |---|---|
//! | [`scene`] | what a scene is, and the [`Stage`] that it plays on |
//! | [`chapter`] | the program: `--list --quick --pace --json --trace`, one scene or all |
//! | [`options`] | its command line |
//! | [`table`], [`bars`] | figures in text |
//! | [`timeline`] | who did what when: the recorder, and the lanes that it draws |
//! | [`trace`] | the same for Perfetto |
//! | [`contest`] | several ways to do a thing, timed in turns |
//! | [`printer`] | the terminal, or what stands in its place |

#![forbid(unsafe_code)]

pub mod bars;
pub mod chapter;
pub mod contest;
pub mod options;
pub mod printer;
pub mod scene;
pub mod table;
pub mod timeline;
pub mod trace;

pub use bars::Bars;
pub use chapter::Chapter;
pub use contest::{Contest, cpu_time};
pub use options::ChapterOption;
pub use scene::{Result, Scene, Stage};
pub use table::Table;
pub use timeline::{Lane, Recorder, Timeline};

/// A duration in a unit that suits it, to three digits: `812 ns`, `45.1 µs`, `3.20 ms`, `1.50 s`.
#[must_use]
pub fn human(duration: std::time::Duration) -> String {
    let nanos = duration.as_secs_f64() * 1e9;
    let (value, unit) = match nanos {
        n if n < 1e3 => (n, "ns"),
        n if n < 1e6 => (n / 1e3, "µs"),
        n if n < 1e9 => (n / 1e6, "ms"),
        n => (n / 1e9, "s"),
    };
    let decimals = match value {
        v if v < 10.0 => 2,
        v if v < 100.0 => 1,
        _ => 0,
    };
    format!("{value:.decimals$} {unit}")
}

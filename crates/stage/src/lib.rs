//! Backstage: what every chapter needs to put its scenes before an audience.
//!
//! A [`Scene`] is a claim, a run, a picture and a verdict. A [`Chapter`] is a list of scenes and
//! the program that plays them. In reading order:
//!
//! | module | what |
//! |---|---|
//! | [`scene`] | what a scene is, and the [`Stage`] that it plays on |
//! | [`chapter`] | the program: `--list --quick --pace --json --trace --svg`, one scene or all |
//! | [`exercise`](mod@exercise) | what the reader foresees, held against a measurement |
//! | [`options`] | its command line |
//! | [`table`], [`bars`] | figures in text |
//! | [`excerpt`](mod@excerpt) | source text to be shown |
//! | [`timeline`] | who did what when: the recorder, and the lanes that it draws |
//! | [`trace`], [`timeline::svg`] | the same for Perfetto, and for a report or book |
//! | [`contest`] | several ways to do a thing, timed in turns |
//! | [`held`], [`own_process`] | what a process holds while many wait in it, and nothing else |
//! | [`printer`] | the terminal, or what stands in its place |

#![forbid(unsafe_code)]

pub mod bars;
pub mod chapter;
pub mod contest;
pub mod excerpt;
pub mod exercise;
pub mod held;
pub mod options;
pub mod own_process;
pub mod printer;
pub mod scene;
pub mod table;
pub mod timeline;
pub mod trace;

#[cfg(test)]
mod drawings;

pub use bars::Bars;
pub use chapter::Chapter;
pub use contest::{Contest, cpu_time, thread_time};
pub use excerpt::excerpt;
pub use exercise::{Exercise, least_of_three};
pub use held::{Held, Moment};
pub use options::ChapterOption;
pub use scene::{Result, Scene, Stage};
pub use table::Table;
pub use timeline::{Lane, Mark, Recorder, Timeline, Weight};

/// A duration in a unit that suits it, to three digits: `812 ns`, `45.1 µs`, `3.20 ms`, `1.50 s`.
#[must_use]
pub fn human(duration: std::time::Duration) -> String {
    let nanos = duration.as_nanos() as f64;
    // Each unit ends where its last figure would be rounded up to the next one's first.
    let (value, unit) = match nanos {
        n if n < 1e3 => return format!("{n} ns"),
        n if n < 999.5e3 => (n / 1e3, "µs"),
        n if n < 999.5e6 => (n / 1e6, "ms"),
        n => (n / 1e9, "s"),
    };
    format!("{} {unit}", three_digits(value))
}

/// A number to three digits, or to the unit: `0.12`, `1.50`, `45.1`, `1200`.
pub(crate) fn three_digits(value: f64) -> String {
    let decimals = match value.abs() {
        v if v < 9.995 => 2,
        v if v < 99.95 => 1,
        _ => 0,
    };
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn durations_have_three_digits_and_the_unit_that_suits_them() {
        for (nanos, text) in [
            (0, "0 ns"),
            (999, "999 ns"),
            (1_000, "1.00 µs"),
            (9_994, "9.99 µs"),
            (9_995, "10.0 µs"),
            (99_950, "100 µs"),
            (999_499, "999 µs"),
            (999_500, "1.00 ms"),
            (45_120_000, "45.1 ms"),
            (999_999_999, "1.00 s"),
            (3_600_000_000_000, "3600 s"),
        ] {
            assert_eq!(human(Duration::from_nanos(nanos)), text);
        }
    }
}

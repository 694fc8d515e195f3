//! What is asked of an interpreter: of a simulated and of a real one in the same words, by the same
//! programs.

use std::time::Duration;

use crate::echo;
use crate::host::{self, Host, field};

/// What was measured, or why nothing was.
type Measured = Result<Vec<f64>, String>;

/// A question that can be asked again and again.
pub struct Trial {
    ask: Box<dyn Fn(&Host) -> Measured>,
}

impl Trial {
    fn new(ask: impl Fn(&Host) -> Measured + 'static) -> Trial {
        Trial { ask: Box::new(ask) }
    }

    /// Asks once.
    ///
    /// # Errors
    /// One line: what the program ended with before its time.
    pub fn ask(&self, host: &Host) -> Measured {
        (self.ask)(host)
    }

    /// How long each of so many hogs runs until another has its turn: milliseconds.
    #[must_use]
    pub fn slices(hogs: u32, seconds: f64, interval: f64) -> Trial {
        Trial::new(move |host| numbers(&host.run("slices", &arguments![hogs, seconds, interval])?))
    }

    /// By how much so many sleeps of 1 ms were longer, beside this many hogs: milliseconds.
    #[must_use]
    pub fn overshoots(hogs: u32, sleeps: u32, interval: f64) -> Trial {
        let arguments = arguments![hogs, sleeps, interval];
        Trial::new(move |host| numbers(&host.run("oversleep", &arguments)?))
    }

    /// How long the round trips to a server take that has a hog beside it: milliseconds.
    #[must_use]
    pub fn round_trips(time: Duration, interval: f64) -> Trial {
        Trial::new(move |host| {
            let mut server = host.serve("echo", &arguments![1, interval])?;
            let port = field(&server.line()?, "port")? as u16;
            let trips = echo::ask(port, time)?;
            echo::end(port)?;
            server.end()?;
            Ok(trips.into_iter().map(|trip| 1e3 * trip.as_secs_f64()).collect())
        })
    }

    /// How many times as long a job takes that is split over two threads.
    #[must_use]
    pub fn slow_down(total: u64) -> Trial {
        Trial::new(move |host| {
            let [one, two] = seconds(host, "countdown", total)?;
            Ok(vec![two / one])
        })
    }

    /// How many times as fast two threads do a job that one thread does alone.
    #[must_use]
    pub fn speed_up(name: &'static str, total: u64) -> Trial {
        Trial::new(move |host| {
            let [one, two] = seconds(host, name, total)?;
            Ok(vec![one / two])
        })
    }

    /// The same with two interpreters that have a thread each: simulated, whoever is asked.
    #[must_use]
    pub fn isolated_speed_up(total: u64) -> Trial {
        Trial::new(move |_| {
            let one = host::isolated("private", 1, total)?;
            Ok(vec![one / host::isolated("private", 2, total)?])
        })
    }

    /// Which share of their additions four threads lose that add so often each: of `x += 1`, and
    /// of `x = x + one()`. In per cent.
    #[must_use]
    pub fn lost(each: u64) -> Trial {
        Trial::new(move |host| {
            let printed = host.run("increments", &arguments![4, each])?;
            let lost = printed.strip_prefix("lost").unwrap_or(&printed).split_whitespace();
            let lost = lost.map(number).collect::<Result<Vec<_>, _>>()?;
            Ok(lost.into_iter().map(|lost| 100.0 * lost / (4 * each) as f64).collect())
        })
    }
}

fn seconds(host: &Host, name: &str, total: u64) -> Result<[f64; 2], String> {
    let seconds = |threads: u32| field(&host.run(name, &arguments![threads, total])?, "seconds");
    Ok([seconds(1)?, seconds(2)?])
}

fn numbers(lines: &str) -> Measured {
    lines.lines().map(number).collect()
}

fn number(text: &str) -> Result<f64, String> {
    text.parse().map_err(|_| format!("{text:?} is no number"))
}

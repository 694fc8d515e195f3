//! Why a child has no figures to tell.

use std::time::Duration;

use nix::sys::signal::Signal;

/// Why there are no figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// The approach doesn't do this, for a reason.
    Refused(String),
    /// It said what was wrong.
    Failed(String),
    /// It had not ended at its deadline, and was killed if it had not by then.
    Late(Duration),
    /// Somebody else has killed it, with this signal.
    Killed(i32),
    /// What it measured cannot be.
    Impossible(String),
    /// The reader has lost patience.
    Interrupted,
}

impl Trouble {
    /// What it is called in tables and in JSON.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Trouble::Refused(_) => "refused",
            Trouble::Failed(_) => "failed",
            Trouble::Late(_) => "late",
            Trouble::Killed(_) => "killed",
            Trouble::Impossible(_) => "impossible",
            Trouble::Interrupted => "interrupted",
        }
    }

    /// Why, for the reader.
    #[must_use]
    pub fn why(&self) -> String {
        match self {
            Trouble::Refused(why) | Trouble::Failed(why) | Trouble::Impossible(why) => why.clone(),
            Trouble::Late(limit) => format!("no answer within {}", stage::human(*limit)),
            Trouble::Killed(signal) => match Signal::try_from(*signal) {
                Ok(signal) => format!("by {signal}"),
                Err(_) => format!("by signal {signal}"),
            },
            Trouble::Interrupted => "Ctrl-C".into(),
        }
    }
}

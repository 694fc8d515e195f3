//! What happened to a future, step by step.

use std::task::Poll;

/// One thing that happened, and how things stand after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) what: String,
    /// In which state the future was when it happened, if that can be seen.
    pub(super) state: &'static str,
    /// What it noted on its way.
    pub(super) noted: Vec<&'static str>,
    /// If it was a poll: what that returned.
    pub(super) result: Option<Poll<u64>>,
    /// How often the waker has been woken so far.
    pub(super) wakes: usize,
}

impl Step {
    pub(super) fn returned(&self) -> String {
        match self.result {
            None => String::new(),
            Some(Poll::Pending) => "Pending".to_owned(),
            Some(Poll::Ready(sum)) => format!("Ready({sum})"),
        }
    }
}

/// All that happened to a future, from the call that made it to its end.
#[derive(Debug)]
pub(super) struct Trial(pub(super) Vec<Step>);

impl Trial {
    pub(super) fn polls(&self) -> usize {
        self.0.iter().filter(|step| step.result.is_some()).count()
    }

    pub(super) fn wakes(&self) -> usize {
        self.0.last().map_or(0, |step| step.wakes)
    }

    /// What the last poll returned.
    pub(super) fn ended(&self) -> String {
        let last = self.0.iter().rfind(|step| step.result.is_some());
        last.map_or_else(String::new, Step::returned)
    }

    /// How many notes were taken before the first poll.
    pub(super) fn noted_unpolled(&self) -> usize {
        let before = self.0.iter().take_while(|step| step.result.is_none());
        before.map(|step| step.noted.len()).sum()
    }

    /// What each poll did: its notes.
    pub(super) fn each_poll(&self) -> String {
        let polls = self.0.iter().filter(|step| step.result.is_some());
        let polls: Vec<_> = polls.map(|step| step.noted.join(", ")).collect();
        polls.join(" | ")
    }

    /// The same but for the names of the states, which only one of the two can tell.
    pub(super) fn is_like(&self, other: &Trial) -> bool {
        let seen = |trial: &Trial| -> Vec<_> {
            trial.0.iter().map(|step| Step { state: "", ..step.clone() }).collect()
        };
        seen(self) == seen(other)
    }
}

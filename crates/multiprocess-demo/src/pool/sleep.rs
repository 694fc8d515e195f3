//! The pool asleep: until a worker has something to say, or has room for more, or is late.

use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::Pool;
use super::crew::LATER;
use super::member::Member;

/// How long to look for an answer before going to sleep, if workers are running on other cores: about
/// what it takes to be woken.
const SPIN: Duration = Duration::from_micros(30);

impl Pool {
    /// Sleeps until a worker has something to say, has room for more, or is late.
    pub(super) fn sleep(&mut self) {
        if !self.heard_while_spinning() {
            self.listen(self.timeout());
        }
    }

    /// Waits for that, but no longer than this.
    pub(super) fn listen(&mut self, timeout: PollTimeout) {
        let quiet = self.members.iter_mut().map(|member| member.link.doze(member.wants()));
        // Every one of them, not only up to the first that has something to say.
        let quiet = quiet.fold(true, |all, this| all & this);
        let timeout = if quiet { timeout } else { PollTimeout::ZERO };
        let mut bells: Vec<_> = self
            .members
            .iter()
            .map(|member| PollFd::new(member.link.bell(), member.link.bell_events(member.wants())))
            .collect();
        if let Err(why) = poll(&mut bells, timeout) {
            // What is left is a lack of memory, of which Rust programs end.
            assert_eq!(why, Errno::EINTR, "sleeping in poll");
        }
        let rang: Vec<_> = bells.iter().map(PollFd::revents).collect();
        for (member, events) in self.members.iter_mut().zip(rang) {
            let events = events.unwrap_or(PollFlags::empty());
            // What is wrong with a link is found where it is read.
            let _ = member.woken(events);
        }
        self.listened = Some(Instant::now());
    }

    /// Looks for news for a moment, if everybody who works does so on another core.
    fn heard_while_spinning(&self) -> bool {
        let mut busy = self.members.iter().filter(|member| !member.tasks.is_empty()).peekable();
        if busy.peek().is_none() || !busy.all(|member| member.link.worth_spinning()) {
            return false;
        }
        let start = Instant::now();
        while start.elapsed() < SPIN {
            if self.members.iter().any(|member| member.link.has_news()) {
                return true;
            }
            std::hint::spin_loop();
        }
        false
    }

    /// Until the next deadline, or until workers may be asked for again.
    fn timeout(&self) -> PollTimeout {
        let now = Instant::now();
        let deadlines = self.members.iter().filter_map(Member::deadline);
        let shortage = self.crew.shortage.as_ref().map(|(_, at)| *at + LATER);
        match deadlines.chain(shortage).min() {
            // Rounded up: a poll that ends a moment too early is asked again at once.
            Some(at) => {
                PollTimeout::try_from(at.saturating_duration_since(now) + Duration::from_millis(1))
                    .unwrap_or(PollTimeout::MAX)
            }
            None => PollTimeout::NONE,
        }
    }
}

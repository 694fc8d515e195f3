//! The sleeper in one interpreter, who computes in another.

use std::time::Duration;

use crate::distribution::Distribution;
use crate::host::listed;
use crate::strategy::per_interpreter::{Isolated, run};
use crate::vm::Setup;

use super::late::{Beside, Late};

/// How late a sleeper is beside another interpreter that computes. They share the process, and no
/// lock.
pub(super) fn late(beside: Beside, count: usize) -> Result<Late, String> {
    let interval = Duration::from_millis(5);
    // It has a sleeper of its own, who gets on much more slowly than ours: so it computes for as
    // long as ours sleeps.
    let (name, arguments) = beside.program(count, interval);
    let computes = Setup::new(Isolated::default(), &listed(name)?).arguments(arguments);
    let sleeps = Setup::new(Isolated::default(), &listed("oversleep")?).arguments(arguments![
        0,
        count,
        interval.as_secs_f64()
    ]);
    let outcomes = run(vec![computes, sleeps]).map_err(|failure| failure.to_string())?;
    let printed = outcomes.last().map(ToString::to_string).unwrap_or_default();
    Ok(Late { times: Distribution::of_milliseconds(&printed)?, unended: false })
}

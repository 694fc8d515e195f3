//! Questions of which a few stall a sequential server.

use std::net::SocketAddr;

use stage::Result;
use workloads::load::{Load, Pace, Question, Report, Until};

/// Every `STALL`th question is expensive.
pub const STALL: u64 = 250;

/// So many questions of one client, at this pace; every [`STALL`]th is expensive.
pub fn with_stalls(address: SocketAddr, questions: u64, pace: Pace) -> Result<Report> {
    let load = Load { address, clients: 1, pace, until: Until::Requests(questions) };
    let report = load.run(|i| match i % STALL {
        0 => Question::expensive(),
        _ => Question::cheap(i),
    })?;
    Ok(report.all_right()?)
}

//! The server's side: one expensive question, and all the others.

use std::net::TcpListener;
use std::time::Duration;

use stage::{Result, Scene, Stage, Table, human};
use workloads::load::Report;
use workloads::load::serving::{cheap, cheap_beside_expensive, visit};
use workloads::serve::Job;
use workloads::{Approach, Stop};

use crate::solve::{self, GreenThreads};

/// Cheap questions beside an expensive one, computed in one piece and in many.
pub const SCENE: Scene = Scene {
    name: "serve",
    title: "cheap questions beside an expensive one",
    claim: "A green thread that computes starves all others, since nobody makes it give way: \
            nobody's cheap question is answered before the expensive one is. If it offers a turn \
            between pieces, cheap questions wait for a piece, on the same one core.",
    play,
    try_this: "in crates/green-threads-demo/src/solve.rs write 1_000_000 for PIECE: the expensive \
               question is one piece again, and the second verdict falls.",
    read: "crates/green-threads-demo/src/solve.rs, in_pieces()",
};

/// How many clients ask cheap questions.
const CLIENTS: usize = 8;

/// What came of a server's questions.
struct Visit {
    name: &'static str,
    alone: Report,
    beside: Report,
    expensive: Report,
}

impl Visit {
    /// How long this share of the cheap questions waited at most, and how long an expensive one takes.
    fn long(&self, share: f64) -> [Duration; 2] {
        [self.beside.latency_at(share), self.expensive.latency_at(0.5)]
    }

    fn ratio(&self, share: f64) -> f64 {
        let [cheap, expensive] = self.long(share);
        cheap.as_secs_f64() / expensive.as_secs_f64().max(1e-9)
    }
}

fn play(stage: &mut Stage<'_>) -> Result {
    let whole = paid_a_visit(stage, "in one piece", in_one_piece)?;
    let serve = |listener: TcpListener, stop: &Stop| GreenThreads.serve(listener, stop);
    let pieces = paid_a_visit(stage, "in pieces", serve)?;
    stage.say(format!(
        "A server with a green thread for each client. {CLIENTS} clients ask cheap questions; then \
         one more asks expensive ones beside them. First its green thread computes the answer in \
         one piece, then it calls yield_now() after every thousand numbers:",
    ));
    table(stage, &[&whole, &pieces]);
    // Not the hundredth: where an expensive one takes as long as the visit, few wait for one.
    let [longest, expensive] = whole.long(1.0).map(human);
    stage.check(
        "computed in one piece, it keeps cheap questions waiting until it ends",
        format!("the longest wait is {longest}, an expensive one takes {expensive}"),
        whole.ratio(1.0) > 0.7,
        "The expensive question was not asked, so busy was the machine.",
    );
    let [p99, expensive] = pieces.long(0.99).map(human);
    stage.check(
        "computed in pieces, it doesn't",
        format!("p99 {p99}, an expensive one takes {expensive}"),
        pieces.ratio(0.99) < 0.5,
        "The pieces are large, or other programs have the cores, so that everybody waits.",
    );
    stage.say(
        "It is the same core for all of them, so the expensive answer comes later by what the \
         others were given. And nobody can be sure to have found each loop that wants a \
         yield_now(). A task that computes starves an async runtime just as well; there the \
         computing is handed to another thread. To compare, the same clients play in: cargo run -p \
         event-loop-demo -- serve",
    );
    Ok(())
}

fn in_one_piece(listener: TcpListener, stop: &Stop) -> workloads::Result<()> {
    solve::serve(listener, stop, Job::run)
}

fn paid_a_visit(
    stage: &Stage<'_>,
    name: &'static str,
    serve: impl FnOnce(TcpListener, &Stop) -> workloads::Result<()> + Send,
) -> Result<Visit> {
    let [during, longer] = stage.pick([250, 700], [50, 150]).map(Duration::from_millis);
    visit(serve, |address| {
        let alone = cheap(address, CLIENTS, during)?;
        let (beside, expensive) = cheap_beside_expensive(address, CLIENTS, longer)?;
        Ok(Visit { name, alone, beside, expensive })
    })
}

fn table(stage: &mut Stage<'_>, visits: &[&Visit]) {
    let mut table = Table::new(["computed", "", "a second", "p50", "p99", "p99.9"]);
    for Visit { name, alone, beside, expensive } in visits {
        let rows = [("cheap, alone", alone), ("beside it", beside), ("the expensive", expensive)];
        for (situation, report) in rows {
            let rate = format!("{:.0}", report.per_second());
            let [p50, p99, p999] = [0.5, 0.99, 0.999].map(|share| human(report.latency_at(share)));
            table.row([(*name).to_owned(), situation.to_owned(), rate, p50, p99, p999]);
        }
    }
    stage.table(&table);
}

#[cfg(test)]
mod tests {
    use super::*;
    use workloads::blocking::get;
    use workloads::serve;

    #[test]
    fn either_server_answers_right_and_ends_with_clients_connected() {
        let in_pieces = |listener: TcpListener, stop: &Stop| GreenThreads.serve(listener, stop);
        for serve in [in_one_piece, in_pieces] {
            let stayed = visit(serve, |address| -> Result<_> {
                let stays = std::net::TcpStream::connect(address)?;
                assert_eq!(get(address, &serve::cheap(14)?)?, serve::cheap_answer(14));
                for (below, primes) in [(0, "0\n"), (1_000, "168\n"), (1_001, "168\n")] {
                    let answer = get(address, &serve::expensive(below)?)?;
                    assert_eq!(answer.body, primes.as_bytes(), "below {below}");
                }
                Ok(stays)
            });
            stayed.expect("a server that answers, and ends");
        }
    }
}
